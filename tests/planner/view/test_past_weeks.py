from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.view.past_weeks import EVERY, WEEKS, monday, past_weeks, recorded_hours
from tests.planner.store.factories import outcome, outcomes

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 24)  # a Tuesday
THIS, LAST = pd.Timestamp("2026-11-23"), pd.Timestamp("2026-11-16")


def past(*rows: tuple[str, pd.Timestamp, float]) -> pd.DataFrame:
    columns = ["region", "week_on", "paid_minor"]
    table = pd.DataFrame.from_records(rows, columns=columns).assign(expected_minor=50.0, hours=0.5)
    return table.astype({"week_on": "datetime64[s]", "region": "str", "paid_minor": "float64"})


def test_every_district_has_every_week_the_oldest_first() -> None:
    table = past_weeks(
        past(("W", THIS, 100), ("W", THIS, 0), ("E", LAST, 7)), pd.Index(["W", "E"]), until=TODAY, weeks=3
    )
    assert table.columns.tolist() == list(WEEKS)
    assert table["region"].tolist() == ["W"] * 3 + ["E"] * 3 + [EVERY] * 3
    assert table["week_on"].tolist()[:3] == [pd.Timestamp("2026-11-09"), LAST, THIS]
    assert table["visits"].tolist() == [0, 0, 2, 0, 1, 0, 0, 1, 2]
    assert table["payments"].tolist() == [0, 0, 1, 0, 1, 0, 0, 1, 1]
    assert table["actual_minor"].tolist() == [0, 0, 100, 0, 7, 0, 0, 7, 100]
    assert table["hours"].tolist() == [0, 0, 1.0, 0, 0.5, 0, 0, 0.5, 1.0]


def test_what_lies_elsewhere_or_earlier_is_not_counted() -> None:
    rows = past(("", THIS, 100), ("W", pd.Timestamp("2026-06-01"), 100))
    assert past_weeks(rows, pd.Index(["W"]), until=TODAY, weeks=2)["visits"].sum() == 0
    assert past_weeks(rows, pd.Index([], dtype="str"), until=TODAY, weeks=2).empty


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("WE"), st.sampled_from([THIS, LAST]), st.integers(0, 10**9)), max_size=30))
def test_nothing_is_lost(rows: list[tuple[str, pd.Timestamp, float]]) -> None:
    table = past_weeks(past(*rows), pd.Index(["W", "E"]), until=TODAY, weeks=2)
    for part in (table[table["region"] != EVERY], table[table["region"] == EVERY]):
        assert part["actual_minor"].sum() == sum(row[2] for row in rows)
        assert part["visits"].sum() == len(rows)


def test_a_week_begins_on_monday_by_the_branchs_calendar() -> None:
    late = pd.Series(pd.to_datetime(["2026-11-22T15:59:00Z", "2026-11-22T16:01:00Z"]))  # around midnight in Shanghai
    assert monday(late, ZONE).tolist() == [LAST, THIS]


def test_hours_are_those_at_the_door_and_since_the_door_before() -> None:
    at = pd.Timestamp("2026-11-02T01:00:00Z")
    spans = [(0, 30), (42, 60), (200, 215)]
    visits = outcomes(
        *(
            outcome(f"o{k}", crew_id="A")
            | {"started_at": at + pd.Timedelta(minutes=a), "ended_at": at + pd.Timedelta(minutes=b)}
            for k, (a, b) in enumerate(spans)
        )
    )
    assert recorded_hours(visits, ZONE).tolist() == pytest.approx([0.5, 0.5, 0.25])
