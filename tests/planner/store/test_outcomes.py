"""Outcomes may come late, twice and in any order: the state is the same; corrections are entries of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.store import Store
from tests.planner.store.conftest import Maker, dump
from tests.planner.store.factories import HERE, NOW, outcome, outcomes, plan, principal

MANAGER = principal()
STORY = [
    outcome("o1"),
    outcome("o2", debtor_id="D2", code="PTP_3D", promised_minor=500, promised_on="2026-11-26"),
    outcome("o3", code="PAID_PART", paid_minor=100, replaces="o1"),
    outcome("o4", code="PAID_FULL", paid_minor=900, replaces="o3"),
    outcome("o5", debtor_id="D3", code="MOVED"),
]


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=3), st.integers(1, 4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_any_resend_give_the_same_state(
    fresh: Callable[[], Store], order: list[dict[str, object]], resent: list[dict[str, object]], size: int
) -> None:
    store = fresh()
    sent = order + resent
    for start in range(0, len(sent), size):
        store.save_outcomes(MANAGER, HERE, outcomes(*sent[start : start + size]), now=NOW)
    pd.testing.assert_frame_equal(store.outcomes(MANAGER, HERE), outcomes(*STORY))
    assert list(store.latest_outcomes(MANAGER, HERE)["outcome_id"]) == ["o2", "o4", "o5"]


@given(st.lists(st.permutations(STORY), min_size=3, max_size=3))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_file_three_times_in_any_order_gives_the_same_database(
    maker: Maker, orders: list[list[dict[str, object]]]
) -> None:
    """Every table is compared, row by row, but the trail, which says how often the file came."""
    once, thrice = (maker(f"{name}-{uuid4()}") for name in ("once", "thrice"))
    for database, files in ((once, [STORY]), (thrice, orders)):
        store = database.open()
        for rows in files:
            store.save_outcomes(MANAGER, HERE, outcomes(*rows), now=NOW)
        store.close()
    assert dump(thrice, but={"audit_entry"}) == dump(once, but={"audit_entry"})
    assert len(dump(thrice)["audit_entry"]) == len(dump(once)["audit_entry"]) + 2


def test_a_call_says_what_it_did(store: Store) -> None:
    first = store.save_outcomes(MANAGER, HERE, outcomes(*STORY[:2]), now=NOW)
    resent = {**STORY[0], "recorded_at": pd.Timestamp("2026-11-24T00:00:00Z")}
    second = store.save_outcomes(MANAGER, HERE, outcomes(resent, {**STORY[1], "code": "REFUSED"}, STORY[2]), now=NOW)
    assert (first.added, first.known, first.differing) == (("o1", "o2"), (), ())
    assert (second.added, second.known, second.differing) == (("o3",), ("o1", "o2"), ("o2",))
    pd.testing.assert_frame_equal(store.outcomes(MANAGER, HERE), outcomes(*STORY[:3]).sort_values("outcome_id"))


def test_only_what_was_recorded_since_is_given(store: Store) -> None:
    early = outcome("o0", started_at=pd.Timestamp("2026-09-01T02:00:00Z"))
    store.save_outcomes(MANAGER, HERE, outcomes(early, STORY[0]), now=NOW)
    since = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert list(store.outcomes(MANAGER, HERE, since=since)["outcome_id"]) == ["o1"]
    assert list(store.latest_outcomes(MANAGER, HERE)["outcome_id"]) == ["o0", "o1"]


def test_those_of_a_plan_are_given_whenever_they_were(store: Store) -> None:
    early, late = (datetime(2026, 11, day, 2, tzinfo=UTC) for day in (10, 22))
    rows = [
        outcome("old", started_at=early, plan_id="other"),
        outcome("mine", started_at=early, plan_id="P"),
        outcome("mended", started_at=late, plan_id="P", replaces="mine"),
        outcome("new", started_at=late, plan_id="other"),
    ]
    store.save_outcomes(MANAGER, HERE, outcomes(*rows), now=NOW)
    given = {name: set(store.outcomes(MANAGER, HERE, since=late, plan_id=name)["outcome_id"]) for name in ("P", "none")}
    assert given["P"] >= {"mine", "mended", "new"}
    assert "old" not in given["P"]
    assert given["none"] <= {"mended", "new"}


def test_a_correction_reaches_its_own_debtor_only(store: Store) -> None:
    astray = outcome("o9", debtor_id="D2", replaces="o1")
    store.save_outcomes(MANAGER, HERE, outcomes(STORY[0], astray), now=NOW)
    assert list(store.latest_outcomes(MANAGER, HERE)["outcome_id"]) == ["o1", "o9"]


def test_a_missing_time_of_recording_is_now(store: Store) -> None:
    store.save_outcomes(MANAGER, HERE, outcomes(outcome(recorded_at=pd.NaT)), now=NOW)
    assert list(store.outcomes(MANAGER, HERE)["recorded_at"]) == [pd.Timestamp(NOW)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([outcome("")], "id of its own"),
        ([outcome("o1", replaces="o1")], "id of its own"),
        ([outcome("o1"), outcome("o1", code="REFUSED")], "two different outcomes"),
        ([outcome("o1", debtor_id="D99")], "'D99'"),
    ],
)
def test_bad_outcomes_are_refused_whole(store: Store, rows: list[dict[str, object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        store.save_outcomes(MANAGER, HERE, outcomes(outcome("good"), *rows), now=NOW)
    assert store.outcomes(MANAGER, HERE).empty


def test_many_come_at_once(store: Store) -> None:
    ids = count()
    many = outcomes(*(outcome(f"m{next(ids):05d}") for _ in range(1200)))
    assert len(store.save_outcomes(MANAGER, HERE, many, now=NOW).added) == 1200
    assert len(store.save_outcomes(MANAGER, HERE, many, now=NOW).known) == 1200
    assert store.audit_entries(MANAGER, HERE)[-1].ids["known"] == 1200


def test_what_came_after_a_moment_is_told_by_its_recording_and_by_the_trail(store: Store) -> None:
    """``recorded_at`` says when it was recorded, which is before the moment for what is handed in late."""
    hour = pd.Timedelta(hours=1)
    old, new = pd.Timestamp(NOW) - hour, pd.Timestamp(NOW) + hour
    store.save_outcomes(MANAGER, HERE, outcomes(outcome("before", recorded_at=old)), now=NOW)
    assert store.outcomes_arrived(MANAGER, HERE, NOW).rows.empty
    rows = [
        outcome("late", debtor_id="D2", recorded_at=old),
        outcome("wrong", debtor_id="D3", recorded_at=new),
        outcome("right", debtor_id="D3", recorded_at=new, replaces="wrong"),
    ]
    store.save_outcomes(MANAGER, HERE, outcomes(*rows), now=new.to_pydatetime())
    came = store.outcomes_arrived(MANAGER, HERE, NOW)
    assert sorted(came.rows["debtor_id"]) == ["D2", "D3"]
    assert came.unnamed == 0
    assert store.outcomes_arrived(MANAGER, HERE, new.to_pydatetime()).rows.empty


@pytest.mark.parametrize("recorded", [-1, 1])
def test_a_large_delivery_counts_once_however_old_its_times_of_recording_are(store: Store, recorded: int) -> None:
    hour = pd.Timedelta(hours=1)
    many = [outcome(f"m{n}", recorded_at=pd.Timestamp(NOW) + recorded * hour) for n in range(60)]
    store.save_outcomes(MANAGER, HERE, outcomes(*many), now=(pd.Timestamp(NOW) + 2 * hour).to_pydatetime())
    came = store.outcomes_arrived(MANAGER, HERE, NOW)
    assert (len(came.rows), came.unnamed) == ((0, 60) if recorded < 0 else (60, 0))


def test_what_was_handed_in_before_a_plan_of_an_earlier_time_was_saved_is_known_to_it(store: Store) -> None:
    """The demo plans as of Monday, after it took in the visits of before."""
    later = (pd.Timestamp(NOW) + pd.Timedelta(hours=2)).to_pydatetime()
    old = {"recorded_at": pd.Timestamp(NOW) - pd.Timedelta(hours=1)}
    store.save_outcomes(MANAGER, HERE, outcomes(*(outcome(f"m{n}", **old) for n in range(60))), now=later)
    store.save_outcomes(MANAGER, HERE, outcomes(outcome("one", **old)), now=later)
    store.save_plan(MANAGER, plan("as of then", created_at=NOW))
    came = store.outcomes_arrived(MANAGER, HERE, NOW)
    assert (len(came.rows), came.unnamed) == (0, 0)
    store.save_outcomes(MANAGER, HERE, outcomes(outcome("two", **old)), now=later)
    assert len(store.outcomes_arrived(MANAGER, HERE, NOW).rows) == 1


def test_a_correction_is_of_the_visit_that_it_corrects(store: Store) -> None:
    """Written by hand later, it once bore the moment of writing; a time put right by hand is a whole minute."""
    first = outcome("t1")  # 00:30 to 00:40
    written = {"started_at": pd.Timestamp("2026-11-23T06:38:53.2Z"), "ended_at": pd.Timestamp("2026-11-23T06:38:54.7Z")}
    again = outcome("t2", replaces="t1", code="PAID_PART", paid_minor=100, **written)
    third = outcome("t3", replaces="t2", code="PAID_FULL", paid_minor=900,
                    **{name: at + pd.Timedelta(hours=1) for name, at in written.items()})  # fmt: skip
    told = {"started_at": pd.Timestamp("2026-11-23T01:00:00Z"), "ended_at": pd.Timestamp("2026-11-23T01:09:00Z")}
    evening = datetime(2026, 11, 23, 12, tzinfo=UTC)
    by_hand = outcome("t5", debtor_id="D2", replaces="t4", **told)
    store.save_outcomes(
        MANAGER, HERE, outcomes(third, first, again, outcome("t4", debtor_id="D2"), by_hand), now=evening
    )
    found = store.latest_outcomes(MANAGER, HERE).set_index("outcome_id")
    assert list(found.index) == ["t3", "t5"]
    assert tuple(found.loc["t3", ["started_at", "ended_at"]]) == (first["started_at"], first["ended_at"])
    assert tuple(found.loc["t5", ["started_at", "ended_at"]]) == tuple(told.values())
    every = store.outcomes(MANAGER, HERE)
    assert every["started_at"].is_monotonic_increasing
    # Of what was visited since a moment it is no part, though it was written since.
    since = datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert store.latest_outcomes(MANAGER, HERE, since=since).empty
