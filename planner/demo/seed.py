"""Fills an empty store with the demo's people: teams, customers, overdue lists, holds and past visits.

The overdue lists are written as files and read back through the intake, as a bank's own lists are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import shapely

from geodata.geocoding.index import StreetIndex
from planner.demo.ground import REGION, SEED, Ground
from planner.demo.history import history
from planner.demo.people import case_list, customers, overdue
from planner.demo.reviewed import survey_found
from planner.demo.team import Team, team
from planner.demo.truth import Truth
from planner.domain import HoldKind, Principal, Role
from planner.intake.profile import Profile
from planner.intake.read import read_list
from planner.receive import ListSource, receive
from planner.rules.review import ReviewTerms
from planner.store import Store
from planner.tables import ACCOMMODATIONS, HOLDS, conform
from planner.value.survey import survey

CUSTOMERS, OVERDUE = 25_000, 3_000
PAST_WEEKS, WEEKS_AHEAD = 12, 26
ZONE = ZoneInfo("Asia/Shanghai")
#: so many of the last weeks of a branch were planned and walked by their plan, not drawn (``walked.py``)
WALKED_WEEKS = {"YX01": 1}
BY = "demo"

#: share of the debtors on whom a hold lies
HELD = {
    HoldKind.PLAN_ACTIVE: 0.020, HoldKind.DISPUTE: 0.008, HoldKind.REPRESENTED: 0.003,
    HoldKind.DECEASED: 0.002, HoldKind.HARDSHIP: 0.010, HoldKind.VULNERABLE: 0.004,
}  # fmt: skip
WISHES = (
    ("no_visit_weekdays", "5 6"), ("no_visit_before", "10:00"), ("no_visit_after", "19:00"), ("language", "dialect"),
    ("no_entry", ""), ("safe_contact_only", ""),
)  # fmt: skip
WISHING = 0.04


@dataclass(frozen=True)
class Seeded:
    """What was put in: counts, for people to read."""

    customers: int
    debtors: int
    accounts: int
    outcomes: int


def system(branches: frozenset[str]) -> Principal:
    """Give the principal that sets up."""
    return Principal("set-up", Role.SYSTEM, branches)


def monday_morning(now: datetime) -> datetime:
    """Give when this week's list comes and its plan is made: Monday at 6:00, or ``now`` if that is earlier.

    So the plan shows a whole week, and knows its list, whatever today's weekday is.
    """
    local = now.astimezone(ZONE)
    monday = local.date() - timedelta(days=local.weekday())
    return min(local, datetime.combine(monday, time(6, 0), ZONE))


def seed(
    store: Store,
    ground: Ground,
    lists: Path,
    *,
    profile: Profile,
    index: StreetIndex,
    terms: ReviewTerms,
    now: datetime,
    say: Callable[[str], None],
) -> Seeded:
    """Fill the store. ``lists`` is the folder for the overdue lists as files; ``now`` decides the demo's today."""
    rng = np.random.default_rng(SEED)
    truth = Truth()
    today = now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    arrived = monday_morning(now)
    staff = team(ground.sites, road_region=REGION, monday=monday, weeks=(-PAST_WEEKS, WEEKS_AHEAD))
    asking = system(frozenset(branch.code for branch in staff.branches))
    say(f"Inventing {CUSTOMERS:,} customers, {OVERDUE:,} of them overdue")
    save_team(store, asking, staff, ground, now)
    people = customers(ground.buildings, staff.branches, count=CUSTOMERS, rng=rng)
    late = overdue(people, ground.hot_spots, truth, count=OVERDUE, rng=rng)
    cases = case_list(people, late, ground.buildings, ground.districts, today=arrived.date(), seed=SEED)
    counts = Seeded(len(people), 0, 0, 0)
    for branch in staff.branches:
        store.save_customers(asking, branch.code, people[people["branch"] == branch.code], now=now)
        path = write_list(cases[cases["branch"] == branch.code], lists / f"overdue_{branch.code}.csv")
        say(f"Reading {path.name} and twelve weeks of visits of {branch.name_en}")
        checked = read_list(path, profile, today=arrived.date())
        source = ListSource(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), profile.name)
        receive(store, asking, branch.code, checked, source, index=index, now=arrived)
        visits = past(store, asking, branch.code, staff, truth, now=now, today=today)
        share = len(staff_of(staff, branch.code)) / len(staff_of(staff, staff.branches[0].code))
        survey_found(store, branch.code, terms, seed=[SEED, 7, int(branch.code[2:])], share=share, now=now)
        counts = replace(
            counts,
            debtors=counts.debtors + len(store.debtors(asking, branch.code)),
            accounts=counts.accounts + len(store.accounts(asking, branch.code)),
            outcomes=counts.outcomes + visits,
        )
    return counts


def staff_of(staff: Team, branch: str) -> list[str]:
    """Give a branch's crews."""
    return [one.crew_id for one in staff.crews if one.branch == branch]


def save_team(store: Store, asking: Principal, staff: Team, ground: Ground, now: datetime) -> None:
    """Store branches, collectors, crews, shifts and districts."""
    for branch in staff.branches:
        store.save_branch(asking, branch, now=now)
        code = branch.code
        store.save_collectors(asking, code, [one for one in staff.collectors if one.branch == code], now=now)
        store.save_crews(asking, code, [one for one in staff.crews if one.branch == code], now=now)
        store.save_shifts(asking, code, [one for one in staff.shifts if one.branch == code], now=now)
    shapes = ground.districts.to_crs(4326)
    table = pd.DataFrame(shapes[["code", "name_zh", "name_en"]]).assign(
        geojson=shapely.to_geojson(shapes.geometry.to_numpy())
    )
    store.save_regions(asking, REGION, table, now=now)


def write_list(cases: pd.DataFrame, path: Path) -> Path:
    """Write an overdue list as Chinese Excel would: CSV in GB18030."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cases.drop(columns="branch").to_csv(path, index=False, encoding="gb18030")
    return path


def past(store: Store, asking: Principal, branch: str, staff: Team, truth: Truth, *, now: datetime, today: date) -> int:
    """Set holds and accommodations, and draw the past visits; give the number of visits."""
    # Who is watched only is left as drawn: holds, wishes and visits are about the overdue.
    surveyed = survey(store.debtors(asking, branch), store.accounts(asking, branch), today=today)
    ids = surveyed["debtor_id"].to_numpy(str)
    rng = np.random.default_rng([SEED, int(branch[2:])])
    store.save_holds(asking, branch, holds(ids, branch, rng, today), now=now)
    wishes = accommodations(ids, branch, rng, today)
    store.save_accommodations(asking, branch, wishes, now=now)
    # The first plan is made as at Monday morning: it must not know what came later, nor a crew be at two doors at once.
    monday = datetime.combine(today - timedelta(days=today.weekday()), time.min, ZONE)
    monday -= timedelta(weeks=WALKED_WEEKS.get(branch, 0))
    shifts = [shift for shift in staff.shifts if shift.branch == branch and shift.ends < monday]
    table = history(
        surveyed,
        store.places(asking, branch),
        shifts,
        truth,
        seed=SEED + int(branch[2:]),
    )
    store.save_outcomes(asking, branch, table, now=now)
    return len(table)


def holds(debtors: np.ndarray, branch: str, rng: np.random.Generator, today: date) -> pd.DataFrame:
    """Draw who must not be visited now."""
    kinds = rng.choice([*(k.value for k in HELD), ""], len(debtors), p=[*HELD.values(), 1 - sum(HELD.values())])
    held = [(debtor, kind) for debtor, kind in zip(debtors, kinds, strict=True) if kind]
    table = pd.DataFrame(held, columns=["debtor_id", "kind"]).assign(
        hold_id=[f"H-{debtor}" for debtor, _ in held],
        branch=branch,
        from_on=pd.Timestamp(today - timedelta(days=21)),
        until_on=pd.Series(pd.NaT, index=range(len(held)), dtype="datetime64[s]"),
        set_by=BY,
    )
    return conform(table, HOLDS)


def accommodations(debtors: np.ndarray, branch: str, rng: np.random.Generator, today: date) -> pd.DataFrame:
    """Draw what must be respected at some doors; the reason is never stored."""
    asked = debtors[rng.random(len(debtors)) < WISHING]
    which = rng.integers(len(WISHES), size=len(asked))
    table = pd.DataFrame(
        {
            "accommodation_id": [f"A-{debtor}" for debtor in asked],
            "debtor_id": asked,
            "branch": branch,
            "kind": [WISHES[k][0] for k in which],
            "value": [WISHES[k][1] for k in which],
            "said_by": "debtor",
            "set_on": pd.Timestamp(today - timedelta(days=30)),
            "expires_on": pd.Timestamp(today + timedelta(days=335)),
        }
    )
    return conform(table, ACCOMMODATIONS)
