"""The newest review that counts decides the type; bad faith never without two different people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain import DebtorType, Principal, Role
from planner.store import NotAllowed, SamePerson, Store
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    bad_faith,
    overdue_list,
    principal,
    review,
    reviews,
    source,
)

LIN, SU = principal(name="lin"), principal(name="su")
HEAD = principal(Role.REGIONAL_HEAD, name="head")
CREW_A = principal(Role.COLLECTOR, crew=f"{HERE}-A")
ANSWERS = {
    "occasional": ("yes", "yes", ""),
    "hardship": ("yes", "no", "income_lost"),
    "careless": ("no", "yes", ""),
    "unreviewed": ("unknown", "yes", ""),
    "bad_faith": ("no", "yes", "hides_assets"),
}
DEED = st.tuples(st.sampled_from(sorted(ANSWERS)), st.sampled_from(["lin", "su"]), st.booleans(), st.integers(0, 120))


def type_of(store: Store, debtor_id: str = "D1", on: date | None = None) -> dict[str, object]:
    table = store.debtor_types(LIN, HERE, on=on).set_index("debtor_id")
    return dict(table.loc[debtor_id])


def confirm(first: str, review_id: str = "r2", **changes: object) -> dict[str, object]:
    return bad_faith(review_id, confirms=first, **changes)


@given(st.lists(DEED, max_size=7))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_gives_the_type_of_the_newest_that_counts(
    fresh: Callable[[], Store], deeds: list[tuple[str, str, bool, int]]
) -> None:
    """Whatever two people do in any order, a plain re-telling of the rules comes to the same type."""
    store, now, told = fresh(), NOW, []
    waiting: tuple[str, str] | None = None
    for number, (found, who, confirms, days) in enumerate(deeds):
        now += timedelta(days=days, minutes=1)
        by = principal(name=who)
        willing, able, grounds = ANSWERS[found]
        answers = {"willing": willing, "able": able, "grounds": grounds}
        if confirms and told:
            row = bad_faith(f"r{number}", confirms=told[-1][1])
            try:
                store.save_reviews(by, HERE, reviews(row), TERMS, now=now)
            except (ValueError, NotAllowed):
                continue
            assert waiting is not None
            assert waiting[1] != who
            told[-1][3] = True
            waiting = None
        else:
            store.save_reviews(by, HERE, reviews(review(f"r{number}", **answers)), TERMS, now=now)
            told.append([now.date(), f"r{number}", found, False])
            waiting = (f"r{number}", who) if found == "bad_faith" else None
    today = now.date()
    counts = [one for one in told if (pd.Timestamp(one[0]) + pd.DateOffset(months=6)).date() >= today]
    newest = counts[-1] if counts else None
    expected = "" if newest is None else newest[2]
    if newest is not None and newest[2] == "bad_faith" and not newest[3]:
        expected = "unreviewed"
    state = type_of(store, on=today)
    assert state["debtor_type"] == expected
    assert store.debtors(LIN, HERE, on=today).set_index("debtor_id").loc["D1", "debtor_type"] == expected
    if state["debtor_type"] == "bad_faith":
        assert state["second"]
        assert state["second"] != state["reviewer"]


def test_nobody_confirms_his_own_proposal(store: Store) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith()), TERMS, now=NOW)
    state = type_of(store)
    assert (state["debtor_type"], state["proposed"], state["second"]) == ("unreviewed", "bad_faith", "")
    for name in ("lin", " LIN "):
        with pytest.raises(SamePerson, match="another person"):
            store.save_reviews(principal(name=name), HERE, reviews(confirm("r1")), TERMS, now=NOW)
    assert store.save_reviews(SU, HERE, reviews(confirm("r1")), TERMS, now=NOW).added == ("r2",)
    state = type_of(store)
    assert (state["debtor_type"], state["proposed"], state["second"]) == ("bad_faith", "", "su")
    with pytest.raises(ValueError, match="confirmed this already"):
        store.save_reviews(HEAD, HERE, reviews(confirm("r1", "r3")), TERMS, now=NOW)


def doubt(first: str, review_id: str = "r2", grounds: str = "act_not_shown not_heard") -> dict[str, object]:
    return review(review_id, confirms=first, willing="unknown", able="unknown", grounds=grounds)


@pytest.mark.parametrize("by", [SU, HEAD])
def test_who_is_not_convinced_says_why_and_the_proposal_neither_waits_nor_counts(store: Store, by: Principal) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith()), TERMS, now=NOW)
    with pytest.raises(SamePerson):
        store.save_reviews(LIN, HERE, reviews(doubt("r1")), TERMS, now=NOW)
    for grounds in ("", "hides_assets", "not_heard income_lost"):  # a no without a ground of doubt is none
        with pytest.raises(ValueError, match=r"no proposal|unknown ground"):
            store.save_reviews(by, HERE, reviews(doubt("r1", grounds=grounds)), TERMS, now=NOW)
    assert store.save_reviews(by, HERE, reviews(doubt("r1")), TERMS, now=NOW).added == ("r2",)
    state = type_of(store)
    assert (state["debtor_type"], state["proposed"], state["second"]) == ("unreviewed", "", "")
    assert state["doubted"] == by.name
    assert store.reviews_to_confirm(HEAD, HERE, on=NOW.date()).empty
    for row in (confirm("r1", "r3"), doubt("r1", "r3")):  # one answer only
        with pytest.raises(ValueError, match="not convinced of this already"):
            store.save_reviews(principal(name="wu"), HERE, reviews(row), TERMS, now=NOW)
    # A new proposal is another matter, and may be confirmed.
    store.save_reviews(LIN, HERE, reviews(bad_faith("r4")), TERMS, now=NOW + timedelta(days=1))
    store.save_reviews(by, HERE, reviews(confirm("r4", "r5")), TERMS, now=NOW + timedelta(days=2))
    assert (type_of(store)["debtor_type"], type_of(store)["doubted"]) == ("bad_faith", "")


def test_doubt_is_no_ground_of_a_review(store: Store) -> None:
    with pytest.raises(ValueError, match="unknown ground"):
        store.save_reviews(SU, HERE, reviews(review("r1", grounds="not_heard")), TERMS, now=NOW)


def test_a_name_that_is_given_is_not_believed(store: Store) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith(reviewer="su", proposed="hardship")), TERMS, now=NOW)
    row = store.reviews(LIN, HERE).iloc[0]
    assert (row["reviewer"], row["proposed"]) == ("lin", "bad_faith")
    with pytest.raises(SamePerson):
        store.save_reviews(LIN, HERE, reviews(confirm("r1", reviewer="su")), TERMS, now=NOW)


def test_nobody_waits_who_is_on_the_list_no_more(store: Store) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith(), bad_faith("r2", debtor_id="D2")), TERMS, now=NOW)
    waiting = store.reviews_to_confirm(HEAD, HERE, on=NOW.date())
    assert waiting["debtor_id"].tolist() == ["D1", "D2"]
    listed = {name: table[table["debtor_id"] != "D2"] for name, table in overdue_list().items()}
    listed["accounts"] = listed["accounts"].assign(as_of_on=listed["accounts"]["as_of_on"] + pd.Timedelta(days=1))
    store.save_import(LIN, HERE, listed, **source("7" * 64), full_list=True)
    assert store.accounts(LIN, HERE)["debtor_id"].eq("D2").sum() == 0
    assert store.reviews_to_confirm(HEAD, HERE, on=NOW.date())["debtor_id"].tolist() == ["D1"]


def test_a_head_confirms_and_does_not_review(store: Store) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith(note="Moved the truck")), TERMS, now=NOW)
    assert store.reviews(LIN, HERE)["note"].tolist() == ["Moved the truck"]
    waiting = store.reviews_to_confirm(HEAD, HERE, on=NOW.date())
    assert waiting[["review_id", "debtor_id", "note"]].to_numpy().tolist() == [["r1", "D1", ""]]
    store.save_reviews(HEAD, HERE, reviews(confirm("r1")), TERMS, now=NOW)
    assert type_of(store)["second"] == "head"
    with pytest.raises(NotAllowed):
        store.save_reviews(HEAD, HERE, reviews(review("r9")), TERMS, now=NOW)
    mixed = reviews(review("r9", "D2"), confirm("r1", "r8"))
    with pytest.raises(NotAllowed):
        store.save_reviews(HEAD, HERE, mixed, TERMS, now=NOW)


@pytest.mark.parametrize("row", [confirm("r9"), confirm("r1", debtor_id="D2"), review("r2", confirms="r1")])
def test_what_confirms_nothing_is_refused(store: Store, row: dict[str, object]) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith()), TERMS, now=NOW)
    with pytest.raises(ValueError, match="no proposal"):
        store.save_reviews(SU, HERE, reviews(row), TERMS, now=NOW)
    assert len(store.reviews(LIN, HERE)) == 1


def test_a_later_review_takes_a_proposal_away(store: Store) -> None:
    store.save_reviews(LIN, HERE, reviews(bad_faith()), TERMS, now=NOW)
    store.save_reviews(SU, HERE, reviews(review("r2")), TERMS, now=NOW + timedelta(days=1))
    assert type_of(store)["debtor_type"] == "hardship"
    with pytest.raises(ValueError, match="no proposal"):
        store.save_reviews(SU, HERE, reviews(confirm("r1", "r3")), TERMS, now=NOW + timedelta(days=2))


def test_a_resend_is_the_same_review(store: Store) -> None:
    later = NOW + timedelta(hours=2)
    store.save_reviews(LIN, HERE, reviews(review()), TERMS, now=NOW)
    again = store.save_reviews(LIN, HERE, reviews(review()), TERMS, now=later)
    other = store.save_reviews(LIN, HERE, reviews(review(able="yes")), TERMS, now=later)
    assert (again.added, again.known, again.differing) == ((), ("r1",), ())
    assert other.differing == ("r1",)
    assert type_of(store)["debtor_type"] == "hardship"
    assert store.reviews(LIN, HERE)["reviewed_at"].tolist() == [pd.Timestamp(NOW)]


@pytest.mark.parametrize("note", ["call 13800000000", "x" * 300])
def test_a_note_that_is_not_fit_is_refused_whole(store: Store, note: str) -> None:
    with pytest.raises(ValueError, match="note"):
        store.save_reviews(LIN, HERE, reviews(review("r1"), review("r2", note=note)), TERMS, now=NOW)
    assert store.reviews(LIN, HERE).empty


def test_a_review_ages_and_the_list_speaks_again(store: Store) -> None:
    store.save_import(LIN, HERE, typed("careless"), **source("c" * 64))
    store.save_reviews(LIN, HERE, reviews(review()), TERMS, now=NOW + timedelta(hours=1))
    state = type_of(store, on=date(2027, 5, 23))
    assert (state["debtor_type"], state["source"], state["listed"]) == ("hardship", "review", "careless")
    state = type_of(store, on=date(2027, 5, 24))
    assert (state["debtor_type"], state["source"], state["expired"]) == ("careless", "list", True)


def typed(word: str) -> dict[str, pd.DataFrame]:
    listed = overdue_list()
    return {**listed, "debtors": listed["debtors"].assign(debtor_type=word)}


def test_the_newest_word_wins_and_saying_it_again_is_no_news(store: Store) -> None:
    store.save_import(LIN, HERE, typed("careless"), **source("c" * 64))
    store.save_reviews(LIN, HERE, reviews(review()), TERMS, now=NOW + timedelta(days=1))
    store.save_import(LIN, HERE, typed("careless"), **source("d" * 64, now=NOW + timedelta(days=2)))
    assert type_of(store)["debtor_type"] == "hardship"
    store.save_import(LIN, HERE, typed("occasional"), **source("e" * 64, now=NOW + timedelta(days=3)))
    state = type_of(store)
    assert (state["debtor_type"], state["source"], state["reviewed"]) == ("occasional", "list", "hardship")
    store.save_import(LIN, HERE, typed("unreviewed"), **source("f" * 64, now=NOW + timedelta(days=4)))
    assert type_of(store)["debtor_type"] == "hardship"  # a list that says nothing takes nothing back


def test_since_when_a_list_says_a_type_is_known_once_it_has_said_one(store: Store) -> None:
    assert pd.isna(type_of(store)["listed_at"])
    store.save_import(LIN, HERE, typed("careless"), **source("c" * 64, now=NOW + timedelta(days=1)))
    assert type_of(store)["listed_at"] == pd.Timestamp(NOW + timedelta(days=1))
    silent = store.save_import(LIN, HERE, typed("unreviewed"), **source("d" * 64, now=NOW + timedelta(days=2)))
    assert type_of(store)["listed_at"] == pd.Timestamp(NOW + timedelta(days=2))
    store.undo_import(LIN, HERE, silent.batch_id, now=NOW + timedelta(days=3))
    assert type_of(store)["listed_at"] == pd.Timestamp(NOW + timedelta(days=3))


def test_a_list_alone_never_makes_bad_faith(store: Store) -> None:
    store.save_import(LIN, HERE, typed("bad_faith"), **source("c" * 64))
    assert type_of(store)["debtor_type"] == "unreviewed"
    assert set(store.debtors(LIN, HERE)["debtor_type"]) == {"unreviewed"}
    assert DebtorType.BAD_FAITH not in set(store.debtors(CREW_A, HERE)["debtor_type"])


def test_a_collector_sees_the_reviews_of_his_stops_only(store: Store) -> None:
    store.save_reviews(LIN, HERE, reviews(review("r1", "D1"), review("r3", "D3")), TERMS, now=NOW)
    assert store.reviews(CREW_A, HERE)["debtor_id"].tolist() == ["D1"]
    assert set(store.debtor_types(CREW_A, HERE)["debtor_id"]) == {"D1", "D2"}
    with pytest.raises(NotAllowed):
        store.save_reviews(CREW_A, HERE, reviews(review("r4", "D1")), TERMS, now=NOW)


def test_a_review_counts_from_the_day_where_the_branch_is(store: Store) -> None:
    at = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # the 24th in Shanghai
    store.save_reviews(principal(name="lin"), HERE, reviews(review("r9", "D4")), TERMS, now=at)
    table = store.reviews(principal(), HERE).set_index("review_id")
    assert f"{table.loc['r9', 'expires_on']:%Y-%m-%d}" == "2027-05-24"
