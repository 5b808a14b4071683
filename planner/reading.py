"""Reads a week from the store: crews, shifts, debtors and places as they are, with what a plan by hand settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.roads.travel import Floats
from planner.agency import with_bank
from planner.ask import midnight
from planner.domain import Branch, Crew, Principal, Shift
from planner.keeping import Settled, shifts_as_settled
from planner.rules.areas import areas_of
from planner.rules.crew import crews_permitted
from planner.rules.needs import duties_of
from planner.rules.pack import RulePack
from planner.store import Store
from planner.value.candidates import BranchTables
from planner.week import week_days


class NothingToPlan(ValueError):
    """The branch has no crew at work in what is left of the week, or nobody may be visited. One sentence, no names."""


@dataclass(frozen=True)
class Week:
    """A branch's week as read from the store.

    ``days`` are those on which a crew still works, ``crews`` those that the rules let go out, and ``duties`` what a
    crew must be told for the door, by debtor.
    """

    branch: Branch
    name: str
    monday: datetime
    days: tuple[date, ...]
    crews: tuple[Crew, ...]
    shifts: tuple[Shift, ...]
    tables: BranchTables
    customers: pd.DataFrame
    duties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_week(
    store: Store, principal: Principal, branch: str, week: str, *, now: datetime, pack: RulePack | None = None
) -> Week:
    """Read everything the week needs; shifts that have begun, or whose crew may not go out, are left alone.

    Raises
    ------
    NothingToPlan
        If no shift is left.
    """
    days = week_days(week)
    known = next((one for one in store.branches(principal) if one.code == branch), None)
    if known is None:
        raise NothingToPlan(f"There is no branch {branch!r} here.")
    crews = with_bank(store.crews(principal, branch), store.collectors(principal, branch))
    unfit = dict[str, str]()
    if pack is not None:
        crews, unfit = crews_permitted(crews, pack)
    ahead = [one for one in store.shifts(principal, branch, days[0], days[-1]) if one.starts >= now]
    shifts = tuple(one for one in ahead if one.crew_id not in unfit)
    if ahead and not shifts:
        raise NothingToPlan(f"No crew with a shift ahead in week {week} may go out: {next(iter(unfit.values()))}.")
    if not shifts:
        raise NothingToPlan(f"No crew of branch {branch} has a shift ahead in week {week}: plan another week.")
    tables = tables_of(store, principal, known, now=now, pack=pack)
    return Week(
        branch=known,
        name=week,
        monday=midnight(known, days[0]),
        days=tuple(sorted({shift.day for shift in shifts})),
        crews=crews,
        shifts=shifts,
        tables=tables,
        customers=store.customers(principal, branch),
        duties=duties_of(tables.accommodations, first_day=days[0], last_day=days[-1]),
    )


def as_settled(week: Week, settled: Settled, *, now: datetime) -> Week:
    """Give the week with the shifts that a plan by hand has: a day off, other hours, a crew called in.

    Raises
    ------
    NothingToPlan
        If no shift is left.
    """
    crews = {one.crew_id for one in week.crews}
    shifts = shifts_as_settled(week.shifts, settled, crews, week.branch.code, now=now)
    if not shifts:
        raise NothingToPlan(
            f"No crew of branch {week.branch.code} has a shift ahead in week {week.name}: plan another week."
        )
    return replace(week, shifts=shifts, days=tuple(sorted({one.day for one in shifts})))


def tables_of(
    store: Store, principal: Principal, branch: Branch, *, now: datetime, pack: RulePack | None = None
) -> BranchTables:
    """Read the branch's tables as they are."""
    places = store.places(principal, branch.code)
    local = pack is not None and pack.local_holidays
    return BranchTables(
        debtors=store.debtors(principal, branch.code, on=now.astimezone(ZoneInfo(branch.timezone)).date()),
        accounts=store.accounts(principal, branch.code),
        places=places,
        holds=store.holds(principal, branch.code),
        accommodations=store.accommodations(principal, branch.code),
        outcomes=store.latest_outcomes(principal, branch.code),
        areas=areas_of(places, store.regions(principal, branch.road_region)) if local else {},
        agencies=store.agencies(principal, branch.code),
    )


def points_of(week: Week) -> Floats:
    """Give all points of the branch, (n, 2): the crews' and every located place, so that each plan asks the same."""
    spots = [spot for crew in week.crews for spot in (crew.start, crew.end)]
    places = week.tables.places[["lon", "lat"]].dropna().to_numpy(float)
    return np.vstack([np.array(spots, dtype=np.float64).reshape(-1, 2), places])
