"""Past visits of the demo: rested debtors, crews at one door at a time, and nothing after today."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.demo.history import MONTH_DAYS, REST_DAYS, VISITS_A_MONTH, history
from planner.demo.truth import Truth
from planner.domain import OutcomeCode
from planner.tables import OUTCOMES, conform
from tests.planner.demo.factories import TODAY, buildings, staff

SHIFTS = [one for one in staff((-6, 2)).shifts if one.branch == "YX01" and one.day < TODAY]


def drawn(seed: int = 7, count: int = 60) -> pd.DataFrame:
    at = buildings(count)
    ids = [f"D{k}" for k in range(count)]
    places = pd.DataFrame(
        {"place_id": [f"P{k}" for k in range(count)], "debtor_id": ids, "branch": "YX01", "kind": "home",
         "lon": at["lon"].where(at.index > 0), "lat": at["lat"].where(at.index > 0)}
    )  # fmt: skip
    people = pd.DataFrame({"debtor_id": ids, "branch": "YX01", "bucket": "M2", "overdue_minor": 1_000_000})
    return history(people, places, SHIFTS, Truth(), seed=seed)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return drawn()


def test_nobody_is_visited_again_too_early(table):
    assert len(table) > 100
    again = 0
    for _, mine in table.groupby("debtor_id"):
        starts = mine["started_at"].sort_values()
        assert (starts.diff().dropna() >= pd.Timedelta(days=REST_DAYS)).all()
        beyond = starts.diff(VISITS_A_MONTH).dropna()
        assert (beyond >= pd.Timedelta(days=MONTH_DAYS)).all()
        again += len(starts) > 1
    assert again, "nobody was visited twice, so nothing was tested"


def test_visits_lie_in_past_shifts_of_their_crew(table):
    hours = {(one.crew_id, one.day): one for one in SHIFTS}
    for row in table.itertuples():
        local = row.started_at.tz_convert("Asia/Shanghai")
        shift = hours[row.crew_id, local.date()]
        assert shift.starts <= row.started_at
        assert row.started_at < shift.ends
        assert local.date() < TODAY


def test_a_crew_is_at_one_door_at_a_time(table):
    for _, mine in table.groupby("crew_id"):
        ordered = mine.sort_values("started_at")
        assert (ordered["started_at"].iloc[1:].to_numpy() > ordered["ended_at"].iloc[:-1].to_numpy()).all()


def test_outcomes_say_what_fits_their_code(table):
    assert conform(table, OUTCOMES).equals(table)
    assert set(table["code"]) <= set(OutcomeCode)
    assert "D0" not in set(table["debtor_id"])  # has no place on the map
    paid = table["code"].isin(["PAID_FULL", "PAID_PART"])
    promised = table["code"].str.startswith("PTP")
    assert (table["paid_minor"] > 0).equals(paid)
    assert table["promised_on"].notna().equals(promised)
    assert (table.loc[promised, "promised_minor"] > 0).all()
    assert (table["paid_minor"] <= 1_000_000).all()
    assert paid.any()
    assert promised.any()
    assert (table["ended_at"] > table["started_at"]).all()


def test_the_same_seed_gives_the_same_visits_with_the_same_ids(table):
    assert drawn().equals(table)
    assert set(drawn(seed=8)["outcome_id"]).isdisjoint(table["outcome_id"])
    assert table["outcome_id"].is_unique
