"""The playbook: no kind of debtor without advice, both languages, nothing unlawful, and slips of the pen by name."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.playbook import CHINESE, PLAYBOOK, load_playbook
from config.strict import BadConfig
from planner.domain import Bucket, DebtorType, Group
from planner.rules.lint import flagged
from planner.rules.playbook import ELEMENTS, Advice, Status, Words, advise

BOOK = load_playbook()
CELLS = list(product(DebtorType, Bucket, (*Group, "")))
PLAIN = {"debtor_type": "unreviewed", "bucket": "M2", "group": "individual", "guaranteed": False}


def advice(**changes) -> Advice:
    return advise(BOOK, **PLAIN | changes)


def texts(one: Advice) -> list[Words]:
    named = [*one.documents, *one.offered, *one.conditional, *one.blocked]
    said = [one.approach_name, one.greeting, one.opening, one.care, *one.elements.values(), *one.cautions]
    return [*said, *(each.name for each in named), *(each.why for each in (*one.offered, *one.conditional))]


def test_eighteen_techniques_by_status():
    counted = {status: sum(one.status is status for one in BOOK.techniques) for status in Status}
    assert counted == {Status.OFFERED: 6, Status.CONDITIONAL: 7, Status.BLOCKED: 5}
    blocked = [one for one in BOOK.techniques if one.status is Status.BLOCKED]
    assert {one.name.zh for one in blocked} == {"公布黑名单", "群体进攻", "财产要挟", "借助关系", "组织干预"}
    assert all(one.article and one.why.en for one in blocked)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CELLS), st.booleans(), st.booleans(), st.booleans(), st.integers(-5, 400))
def test_everybody_gets_whole_lawful_advice_in_both_languages(cell, guaranteed, lapsing, expired, days):
    debtor_type, bucket, group = cell
    one = advise(
        BOOK,
        debtor_type=debtor_type,
        bucket=bucket,
        group=group,
        guaranteed=guaranteed,
        required_reason="limitation_lapses" if lapsing else "",
        expired=expired,
        days_past_due=days,
    )
    assert tuple(one.elements) == ELEMENTS
    assert one.offered
    assert {thing.code for thing in one.documents} >= {"identity", "statement"}
    assert not {each.status for each in (*one.offered, *one.conditional)} & {Status.BLOCKED}
    assert len(one.blocked) == 5
    for words in texts(one):
        assert words.en
        assert CHINESE.search(words.zh)
        assert not CHINESE.search(words.en)
    for words in (one.greeting, one.opening, one.care, *one.elements.values()):
        assert not flagged(words.en + words.zh)
    assert ("pursue_guarantor" in {each.code for each in one.offered}) <= guaranteed
    assert ("guarantee_contract" in {thing.code for thing in one.documents}) == guaranteed
    if expired:
        assert "lawful_suit" not in {each.code for each in one.offered}
        assert "suit_papers" not in {thing.code for thing in one.documents}
        assert "no signature or promise" in one.cautions[-1].en


def test_the_most_specific_table_counts_text_by_text():
    assert advice().approach == "find_out"
    assert advice(debtor_type="hardship", bucket="M3").approach == "instalments"
    assert advice(debtor_type="hardship", bucket="M1").approach == "relief"
    assert advice(debtor_type="hardship", bucket="M3", group="company").approach == "business_figures"
    assert advice(debtor_type="careless", bucket="Y1-3").approach == "lawful_suit"
    # the greeting is the group's while the opening is the type's
    merchant = advice(debtor_type="careless", group="merchant")
    assert "customers are served" in merchant.greeting.en
    assert merchant.opening == advice(debtor_type="careless").opening


def test_what_to_bring_adds_up_and_follows_the_facts():
    def bring(**changes) -> set[str]:
        return {thing.code for thing in advice(debtor_type="careless", **changes).documents}

    plain = bring()
    assert bring(guaranteed=True) - plain == {"guarantee_contract"}
    assert bring(required_reason="limitation_lapses") - plain == {"demand_notice"}
    assert bring(group="company") - plain == {"business_papers"}
    assert bring(bucket="M4-6") - plain == {"instalment_form"}


@pytest.mark.parametrize(
    ("days", "group", "channel"),
    [
        (0, "individual", None), (1, "individual", "message"), (3, "company", "message"), (4, "company", "call"),
        (4, "individual", "call"), (15, "farm", "call"), (16, "farm", None),
    ],
)  # fmt: skip
def test_the_first_days_have_an_act_of_their_own(days, group, channel):
    first = advice(bucket="M1", group=group, days_past_due=days).first
    assert (first.channel if first else None) == channel


def test_a_debtor_of_whom_little_is_known_gets_the_advice_for_all():
    assert advice(debtor_type="", group="").approach == "find_out"


def altered(tmp_path, old, new, count=1):
    text = PLAYBOOK.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "playbook.toml"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('status = "blocked"', 'status = "forbidden"', "forbidden"),
        ('code = "rapport"', 'code = "instalments"', "instalments occurs twice"),
        ('techniques = ["rapport"', 'techniques = ["publish_blacklist"', "'publish_blacklist' is blocked"),
        ('techniques = ["rapport"', 'techniques = ["charm"', "no technique 'charm'"),
        ('approach = "relief"', 'approach = "pity"', "no approach 'pity'"),
        ('bring = ["business_papers"]', 'bring = ["a_lawyer"]', "no document 'a_lawyer'"),
        ('opening.zh = "是关于您本人在我行的账户。', 'opening.zh = "Hello"\n# "', "advice 1.opening.zh"),
        ("Not a word of the debt before", "Tell the neighbours before", "must not be said"),
        ('type = "careless"\n', 'type = "lazy"\n', "'lazy'"),
        ("from_day = 1\n", "from_day = 0\n", "from_day"),
        ('channel = "message"', 'channel = "drone"', "drone"),
        ('when = "lapsing"', 'when = "raining"', "raining"),
        ("[sign]\nother_overdue.name", "[sign]\nsad.name", "sign"),
        ('ask_how.en = "How will you pay', 'ask_hows.en = "How will you pay', "ask_hows"),
        ("rounds-playbook/2", "rounds-playbook/1", "rounds-playbook/1"),
        ('article = { en = "PIPL 25', '# article = { en = "PIPL 25', "names the article"),
    ],
)  # fmt: skip
def test_a_slip_in_the_playbook_is_named(tmp_path, old, new, said):
    with pytest.raises(BadConfig, match=re.escape(said)):
        load_playbook(altered(tmp_path, old, new))


def test_a_gap_is_named_with_the_debtors_it_is_about(tmp_path):
    whole = '[[advice]]\napproach = "find_out"'
    with pytest.raises(BadConfig, match="nothing says ask_when for occasional, M1, company"):
        load_playbook(altered(tmp_path, whole, '[[advice]]\ngroup = "farm"\nbucket = "M1"\napproach = "find_out"'))


def test_two_tables_that_contradict_each_other_are_named(tmp_path):
    again = '[[advice]]\ntype = "hardship"\napproach = "relief"\n\n# ---- by age'
    with pytest.raises(BadConfig, match="both say approach"):
        load_playbook(altered(tmp_path, "# ---- by age", again))
