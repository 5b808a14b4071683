"""The reader of windows and the reader of plans know the same rules and say the same."""

import ast
import inspect
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.rules import load_pack
from planner.rules import check, crew, needs, permit
from planner.rules.catalog import CATALOG, Kept
from planner.rules.check import broken_rules
from planner.rules.facts import Facts
from planner.rules.permit import permitted
from planner.value.clocks import clocks
from planner.value.survey import survey
from tests.planner.rules.readings import inside, stop
from tests.planner.value.factories import NOW, TODAY, WEEK, ZONE, branch


def test_each_rule_is_known_to_both():
    """The rules that the search keeps, those that the audit reads, and the catalogue: the same, each once."""
    searched = [*permit.RULES, *crew.RULES, *needs.RULES]
    assert searched == list(check.RULES) == [rule.name for rule in CATALOG]
    assert len(set(searched)) == len(searched)
    kept = {kind: [rule.name for rule in CATALOG if rule.kept is kind] for kind in Kept}
    assert kept[Kept.WINDOWS] == list(permit.RULES)
    assert kept[Kept.CREWS] == list(crew.RULES)
    assert kept[Kept.SKILLS] + kept[Kept.TOLD] == list(needs.RULES)
    for rules in (permit.RULES, check.RULES):
        assert all(name == rule.__name__ for name, rule in rules.items())
        assert all(inspect.getdoc(rule) for rule in rules.values())


def test_the_second_reader_uses_nothing_of_the_first():
    tree = ast.parse(inspect.getsource(check))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any("permit" in module or "crew" in module for module in imported if module)


def random_facts(seed: int) -> Facts:
    made = branch(60, seed)
    # A third of the claims lapse within days, so that some are kept by a visit only and go before a limit.
    lapsing = made["accounts"].index % 3 == 0
    soon = pd.Timestamp(TODAY) - pd.DateOffset(years=3) + pd.to_timedelta(made["accounts"].index % 17, unit="D")
    made["accounts"]["due_on"] = made["accounts"]["due_on"].mask(lapsing, soon.to_series(made["accounts"].index))
    people = survey(made["debtors"], made["accounts"], today=TODAY)
    ticking = clocks(made["accounts"], load_pack("CN").clocks, today=TODAY)
    names = ("places", "holds", "accommodations", "outcomes")
    return Facts(survey=people, clocks=ticking, zone=ZONE, now=NOW, **{name: made[name] for name in names})


@pytest.mark.parametrize("code", ["CN", "IN"])
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), minutes=st.lists(st.integers(0, 7 * 1440 - 1), min_size=12, max_size=12))
def test_on_random_branches_a_stop_is_permitted_exactly_if_it_breaks_nothing(code, seed, minutes):
    facts, pack = random_facts(seed), load_pack(code)
    answer = permitted(facts, pack, days=WEEK)
    places = facts.places
    start = NOW.replace(hour=0, minute=0) + timedelta(days=3)
    for number, minute in enumerate(minutes):
        place = places.iloc[(seed + 7 * number) % len(places)]
        begins = start + timedelta(minutes=minute)
        who = {"debtor": place["debtor_id"], "place": place["place_id"]}
        against = broken_rules([stop(begins, **who)], facts, pack)
        assert inside(answer, begins, **who) == (not against), (who, begins, against)


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_everybody_is_either_permitted_or_removed_with_a_reason(seed):
    facts = random_facts(seed)
    answer = permitted(facts, load_pack("CN"), days=WEEK)
    kept, gone = set(answer.windows["debtor_id"]), set(answer.removed["debtor_id"])
    assert kept | gone == set(facts.survey["debtor_id"])
    assert not kept & gone
    assert (answer.removed[["code", "detail", "action"]] != "").all(axis=None)
    assert (answer.windows["opens_at"] <= answer.windows["closes_at"]).all()
    assert set(answer.removed["code"]) <= set(permit.RULES)
