"""Small invented branches for the tests of value and rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.rules.facts import Facts
from planner.tables import ACCOMMODATIONS, ACCOUNTS, DEBTORS, HOLDS, OUTCOMES, PLACES, Schema, conform, empty

ZONE = ZoneInfo("Asia/Shanghai")
#: a Monday
MONDAY = date(2026, 11, 30)
WEEK = tuple(MONDAY + timedelta(days=n) for n in range(7))
NOW = datetime(2026, 11, 27, 18, 0, tzinfo=ZONE)
TODAY = NOW.date()
NUMBERS = count(1)


def table(schema: Schema, defaults: dict, rows: list[dict]) -> pd.DataFrame:
    return conform(pd.DataFrame([defaults | row for row in rows]), schema) if rows else empty(schema)


def debtors(*rows: dict) -> pd.DataFrame:
    defaults = {
        "debtor_id": "D1", "branch": "B", "region": "R", "group": "individual", "occupation": "salaried",
        "debtor_type": "unreviewed", "agency": "in_house", "needs": "",
    }  # fmt: skip
    return table(DEBTORS, defaults, list(rows))


def accounts(*rows: dict) -> pd.DataFrame:
    defaults = {
        "case_id": "C1", "debtor_id": "D1", "branch": "B", "product": "card", "collateral": "none",
        "overdue_minor": 1_000_000, "principal_minor": 2_000_000, "days_past_due": 20, "as_of_on": TODAY,
        "due_on": TODAY - timedelta(days=20), "last_paid_on": None, "interrupted_on": None, "interruption": "",
        "clock_set_by": "branch", "guarantee_kind": "none", "guarantee_ends_on": None,
    }  # fmt: skip
    return table(ACCOUNTS, defaults, list(rows))


def places(*rows: dict) -> pd.DataFrame:
    defaults = {
        "place_id": "P1", "debtor_id": "D1", "branch": "B", "kind": "home", "lon": 120.0, "lat": 30.0,
        "accuracy_m": 20.0, "source_datum": "wgs84", "source_lon": 120.0, "source_lat": 30.0,
    }  # fmt: skip
    return table(PLACES, defaults, list(rows))


def holds(*rows: dict) -> pd.DataFrame:
    defaults = {
        "hold_id": "H1", "debtor_id": "D1", "branch": "B", "kind": "dispute", "from_on": None, "until_on": None,
        "set_by": "branch",
    }  # fmt: skip
    return table(HOLDS, defaults, list(rows))


def accommodations(*rows: dict) -> pd.DataFrame:
    defaults = {
        "accommodation_id": "A1", "debtor_id": "D1", "branch": "B", "kind": "no_visit_weekdays", "value": "5 6",
        "said_by": "debtor", "set_on": date(2026, 11, 1), "expires_on": date(2027, 11, 1),
    }  # fmt: skip
    return table(ACCOMMODATIONS, defaults, list(rows))


def outcomes(*rows: dict) -> pd.DataFrame:
    at = datetime(2026, 11, 2, 10, 0, tzinfo=ZONE)
    defaults = {
        "debtor_id": "D1", "branch": "B", "place_id": "P1", "crew_id": "K1", "plan_id": "", "started_at": at,
        "code": "NEGOTIATE", "willing": "unknown", "able": "unknown", "promised_on": None, "promised_how": "",
        "promised_minor": 0, "paid_minor": 0, "evidence": "", "next_action": "", "note": "", "replaces": "",
        "recorded_by": "K1",
    }  # fmt: skip
    full = []
    for row in rows:
        one = {"outcome_id": f"O{next(NUMBERS)}"} | defaults | row
        full.append({"ended_at": one["started_at"], "recorded_at": one["started_at"]} | one)
    return table(OUTCOMES, {}, full)


def visited(day: date, code: str = "NEGOTIATE", hour: int = 10, **changes) -> dict:
    return {"started_at": datetime(day.year, day.month, day.day, hour, tzinfo=ZONE), "code": code} | changes


def clock(ends_on: date = date(2029, 11, 1), state: str = "running", *, visit_needed: bool = False) -> pd.DataFrame:
    """One limitation clock of D1, as far as the rules look at it."""
    row = {"debtor_id": "D1", "kind": "limitation", "state": state, "visit_needed": visit_needed}
    return pd.DataFrame([row | {"ends_on": pd.Timestamp(ends_on)}]).astype({"ends_on": "datetime64[s]"})


def facts(**changes) -> Facts:
    """One salaried debtor with one home, nothing against a visit."""
    base = {
        "survey": pd.DataFrame({"debtor_id": ["D1"], "guarantee": ["none"]}),
        "places": places({}),
        "holds": holds(),
        "accommodations": accommodations(),
        "outcomes": outcomes(),
        "clocks": clock(),
        "zone": ZONE,
        "now": NOW,
    }
    return Facts(**(base | changes))


def branch(n: int, seed: int) -> dict[str, pd.DataFrame]:
    """A random branch with everything that the rules look at: the keyword arguments of ``BranchTables``."""
    rng = np.random.default_rng(seed)
    ids = [f"D{i:04d}" for i in range(n)]

    def pick(values, size=n, p=None):
        return rng.choice(values, size, p=p)

    people = debtors(*({"debtor_id": one} for one in ids)).assign(
        group=pick(["individual", "merchant", "farm", "company"]),
        occupation=pick(["salaried", "retired", "self_employed", "unknown"]),
        debtor_type=pick(["unreviewed", "careless", "hardship"]),
    )
    owed = int(n * 1.15)
    past_due = rng.integers(1, 1500, owed)
    claims = accounts(*({"case_id": f"C{i}"} for i in range(owed))).assign(
        debtor_id=[*ids, *pick(ids, owed - n)],
        overdue_minor=rng.integers(50_000, 9_000_000, owed),
        days_past_due=past_due,
        due_on=pd.Series(pd.Timestamp(TODAY) - pd.to_timedelta(past_due, unit="D")).astype("datetime64[s]"),
        guarantee_kind=pick(["none", "joint", "ordinary"], owed, [0.8, 0.1, 0.1]),
    )
    kinds = ["home", "shop", "workplace", "guarantor"]
    where = places(
        *({"place_id": f"P{i}", "debtor_id": one} for i, one in enumerate(ids)),
        *({"place_id": f"Q{i}", "debtor_id": one, "kind": kinds[i % 4]} for i, one in enumerate(pick(ids, n // 2))),
    )
    where = where.assign(
        lon=120 + rng.normal(0, 0.05, len(where)),
        lat=30 + rng.normal(0, 0.05, len(where)),
        accuracy_m=rng.choice([10.0, 80.0, 250.0, 4000.0, np.nan], len(where)),
    )
    where.loc[rng.random(len(where)) < 0.05, ["lon", "lat"]] = np.nan
    codes = ["NOT_HOME", "THIRD_PARTY_ONLY", "PTP_3D", "PAID_PART", "NEGOTIATE", "MOVED", "DISPUTE", "UNSAFE_ABORT"]
    rows = where.iloc[rng.integers(0, len(where), n)]
    began = [
        datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=int(d), hours=int(h))
        for d, h in zip(rng.integers(0, 86, n), rng.integers(1, 12, n), strict=True)
    ]
    past = outcomes(
        *(
            {"debtor_id": d, "place_id": p, "started_at": at, "code": c}
            for d, p, at, c in zip(rows["debtor_id"], rows["place_id"], began, pick(codes), strict=True)
        )
    )
    few = max(1, n // 20)
    held = holds(
        *(
            {"hold_id": f"H{i}", "debtor_id": d, "kind": k, "until_on": u}
            for i, (d, k, u) in enumerate(
                zip(
                    pick(ids, few),
                    pick(["dispute", "hardship"], few),
                    rng.choice(np.array([None, WEEK[2], WEEK[0] - timedelta(days=3)]), few),
                    strict=True,
                )
            )
        )
    )
    wishes = [
        ("no_visit_weekdays", "5 6"), ("no_visit_before", "10:00"), ("no_visit_after", "18:00"),
        ("no_visit_dates", "2026-12-01"), ("safe_contact_only", ""), ("language", "yue"),
    ]  # fmt: skip
    asked = accommodations(
        *(
            {"accommodation_id": f"A{i}", "debtor_id": d, "kind": wishes[i % 6][0], "value": wishes[i % 6][1]}
            for i, d in enumerate(pick(ids, few))
        )
    )
    return {
        "debtors": people,
        "accounts": conform(claims, ACCOUNTS),
        "places": where,
        "holds": held,
        "accommodations": asked,
        "outcomes": past,
    }
