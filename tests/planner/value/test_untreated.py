"""With and without a visit: a known difference is found, waiting for the crew is not counted as going unvisited."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from planner.tables import ACCOUNT_STATES, PAYMENTS, conform, empty
from planner.value.untreated import SPANS, by_lot, spans, untreated

PARAMETERS = load()
TODAY = date(2026, 11, 28)
DAYS = 120
BEGIN = TODAY - timedelta(days=DAYS)


def people(count=300, past_due=100):
    rows = {
        "debtor_id": [f"D{k}" for k in range(count)], "group": ["individual", "farm"] * (count // 2),
        "from_on": pd.Timestamp(BEGIN), "until_on": pd.Timestamp(TODAY), "days_past_due": past_due,
        "owed_minor": 100_000.0,
    }  # fmt: skip
    return conform(pd.DataFrame(rows), SPANS)


def world(anyway, uplift, seed=1, count=400):
    """Everybody pays a fifth of what he owed once in a while; a visit adds a payment on its own day, by chance."""
    rng = np.random.default_rng(seed)
    rows, visits = [], []
    for k in range(count):
        went = int(rng.integers(10, DAYS - 1)) if k % 2 else None
        rows += [(f"D{k}", int(day), 20_000) for day in np.flatnonzero(rng.random(DAYS) < anyway / 60 / 0.2)]
        if went is not None:
            visits.append((f"D{k}", went))
            if rng.random() < uplift / 0.2:
                rows.append((f"D{k}", went, 20_000))
    paid = pd.DataFrame(rows, columns=["debtor_id", "day", "paid_minor"])
    paid["paid_on"] = pd.Timestamp(BEGIN) + pd.to_timedelta(paid["day"], unit="D")
    seen = pd.DataFrame(visits, columns=["debtor_id", "day"])
    seen["on"] = pd.Timestamp(BEGIN) + pd.to_timedelta(seen["day"], unit="D")
    return conform(paid.assign(branch="B", case_id=""), PAYMENTS), seen[["debtor_id", "on"]]


def compared(anyway, uplift, **kind):
    paid, seen = world(anyway, uplift, **kind)
    return untreated(people(400, past_due=170), seen, paid, PARAMETERS, today=TODAY).set_index("bucket")


def test_a_known_difference_is_found():
    row = compared(0.08, 0.06).loc["M7-12"]
    assert row["state"] == "compared"
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    # A payment is a fifth of what was owed then, or a little more: later payments are owed too.
    assert row["without"] == pytest.approx(0.07, abs=0.02)
    assert row["difference"] == pytest.approx(0.05, abs=0.025)
    assert row["difference_low"] > 0


def test_where_visits_do_nothing_nothing_is_found():
    inside = [compared(0.10, 0.0, seed=seed).loc["M7-12"] for seed in range(8)]
    assert sum(one["difference_low"] <= 0 <= one["difference_high"] for one in inside) >= 5


def test_who_pays_before_the_crew_comes_is_not_lost():
    """Everybody is to be visited on day 100, half pay on day 20 and are then not visited: no visit does anything."""
    ids = [f"D{k}" for k in range(200)]
    paid = pd.DataFrame({"debtor_id": ids[:100], "paid_on": pd.Timestamp(BEGIN) + pd.Timedelta(days=20)})
    seen = pd.DataFrame({"debtor_id": ids[100:], "on": pd.Timestamp(BEGIN) + pd.Timedelta(days=100)})
    money = conform(paid.assign(branch="B", case_id="", paid_minor=100_000), PAYMENTS)
    row = untreated(people(200, past_due=170), seen, money, PARAMETERS, today=TODAY).set_index("bucket").loc["M7-12"]
    # Those visited later count as unvisited until then: all 200 wait, half of them pay in the sixty days.
    assert row["unvisited"] == 200
    assert row["without"] < 0.5


def test_too_few_cannot_be_told():
    paid, seen = world(0.1, 0.1)
    few = untreated(people(400, past_due=170), seen[:10], paid, PARAMETERS, today=TODAY).set_index("bucket")
    assert set(few["state"]) == {"cannot_tell"}
    assert few["difference"].isna().all()
    assert untreated(people(), seen, empty(PAYMENTS), PARAMETERS, today=TODAY).empty
    assert untreated(empty(SPANS), seen, paid, PARAMETERS, today=TODAY).empty


def test_spans_come_from_lists_or_else_from_today_backwards():
    survey = pd.DataFrame(
        {"debtor_id": ["D1", "D2"], "group": ["farm", "company"], "days_past_due": [10, 900], "overdue_minor": [5, 7]}
    )
    none = spans(empty(ACCOUNT_STATES), survey, today=TODAY, since=BEGIN).set_index("debtor_id")
    assert none.loc["D1", "from_on"].date() == TODAY - timedelta(days=10)
    assert none.loc["D2", "from_on"].date() == BEGIN
    assert none.loc["D2", "days_past_due"] == 900 - DAYS
    rows = [("D1", 0, 10, 500), ("D1", 7, 17, 400), ("D3", 0, 40, 900)]
    states = pd.DataFrame(
        {
            "branch": "B", "case_id": [r[0] for r in rows], "debtor_id": [r[0] for r in rows],
            "as_of_on": [pd.Timestamp(BEGIN) + pd.Timedelta(days=r[1]) for r in rows], "region": "", "product": "card",
            "overdue_minor": [r[3] for r in rows], "principal_minor": 0, "days_past_due": [r[2] for r in rows],
            "last_paid_on": pd.NaT,
        }
    )  # fmt: skip
    assert "D2" not in set(spans(conform(states, ACCOUNT_STATES), survey, today=TODAY, since=BEGIN)["debtor_id"])
    found = spans(conform(states, ACCOUNT_STATES), survey, today=TODAY, since=BEGIN, paid_up_to_days=90).set_index(
        "debtor_id"
    )
    assert found.loc["D3", "until_on"].date() == BEGIN + timedelta(days=7)
    assert found.loc["D3", "owed_minor"] == 0  # left at 40 days past due: paid up
    assert found.loc["D1", "until_on"].date() == TODAY
    assert (found.loc["D1", "owed_minor"], found.loc["D1", "days_past_due"], found.loc["D1", "group"]) == (
        400,
        10,
        "farm",
    )


def test_the_lot_finds_what_visiting_brings_whoever_is_visited():
    """Crews visit only those who pay anyway; the lot still finds that visits bring a tenth to half of the others."""
    ids = [f"D{k}" for k in range(400)]
    held = frozenset(ids[::4])
    since = TODAY - timedelta(days=80)
    pays_anyway = ids[::2]
    brought = [one for one in ids if one not in held][::2]
    rows = [(one, 10, 20_000) for one in pays_anyway] + [(one, 20, 20_000) for one in brought]
    money = pd.DataFrame(rows, columns=["debtor_id", "day", "paid_minor"])
    money["paid_on"] = pd.Timestamp(since) + pd.to_timedelta(money["day"], unit="D")
    paid = conform(money.assign(branch="B", case_id=""), PAYMENTS)
    table = by_lot(people(400, past_due=170), held, paid, PARAMETERS, since=since, today=TODAY)
    row = table.set_index("bucket").loc["M7-12"]
    assert (row["visited"], row["unvisited"]) == (300, 100)
    assert row["difference"] == pytest.approx(row["with_visit"] - row["without"])
    assert by_lot(people(), held, paid, PARAMETERS, since=TODAY, today=TODAY).empty
    nobody = by_lot(people(400, past_due=170), frozenset(), paid, PARAMETERS, since=since, today=TODAY)
    assert set(nobody["state"]) == {"cannot_tell"}


def test_what_todays_list_shows_to_have_come_in_counts():
    """The newest list is today's, and what it shows has its day: it is followed, and was owed before."""
    seen = pd.DataFrame({"debtor_id": [f"D{k}" for k in range(300) if k % 2], "on": pd.Timestamp(TODAY)})
    seen["on"] -= pd.Timedelta(days=5)
    rows = {"branch": "B", "case_id": "", "debtor_id": seen["debtor_id"], "paid_on": pd.Timestamp(TODAY)}
    paid = conform(pd.DataFrame(rows | {"paid_minor": 50_000}), PAYMENTS)
    row = untreated(people(), seen, paid, PARAMETERS, today=TODAY).set_index("bucket").loc["M7-12"]
    assert row["with_visit"] == pytest.approx(50_000 / 150_000)
    assert row["without"] < row["with_visit"] / 2
