"""What exploring costs: the uplift of an expected week as it is, less that of the same week explored.

The week is found by ``planner.expected`` over straight-line roads, so the price takes a second or two and no road
engine; both weeks are valued by the model's own means, without any bonus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.roads import StraightLine
from planner.domain import Branch, Crew, Principal, Shift
from planner.expected import CrewTime, by_slot, crew_time, expected
from planner.rules.pack import RulePack
from planner.store import Store
from planner.value.candidates import BranchTables, candidates
from planner.value.exploring import BONUS, HOLD_OUT, Exploration, held_out, with_bonus
from planner.value.learning import Model
from planner.value.parameters import Parameters
from planner.ways import Ways, ways

LOTS = 5


@dataclass(frozen=True)
class Price:
    """Expected uplift of the coming week in minor units: as it is, and explored; and who is left by the lot."""

    plain_minor: float
    explored_minor: float
    held: float

    @property
    def costs_minor(self) -> float:
        """What a week of exploring costs, not below 0: the expected week is not found exactly."""
        return max(0.0, self.plain_minor - self.explored_minor)


@dataclass(frozen=True)
class Ready:
    """A week that can be priced again and again."""

    options: pd.DataFrame
    required: frozenset[str]
    seen: Ways
    row_of: dict[str, int]
    crews: tuple[Crew, ...]
    shifts: tuple[Shift, ...]
    time: CrewTime
    parameters: Parameters
    zone: ZoneInfo
    travel_minor_per_s: float


def ready(
    store: Store,
    principal: Principal,
    branch: Branch,
    pack: RulePack,
    parameters: Parameters,
    model: Model,
    *,
    days: Sequence[date],
    now: datetime,
) -> Ready | None:
    """Make a week ready to be priced; None where no crew works or nobody may be visited in it."""
    code, zone = branch.code, ZoneInfo(branch.timezone)
    shifts = tuple(one for one in store.shifts(principal, code, days[0], days[-1]) if one.starts >= now)
    if not shifts:
        return None
    tables = BranchTables(
        debtors=store.debtors(principal, code),
        accounts=store.accounts(principal, code),
        places=store.places(principal, code),
        holds=store.holds(principal, code),
        accommodations=store.accommodations(principal, code),
        outcomes=store.latest_outcomes(principal, code),
    )
    worked = sorted({shift.day for shift in shifts})
    found = candidates(tables, pack, parameters, days=worked, now=now, zone=zone, model=model)
    places = tables.places.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    if found.options.empty or places.empty:
        return None
    crews = store.crews(principal, code)
    seen = ways(places[["lon", "lat"]].to_numpy(float), crews[0].start, StraightLine())
    mean_s = float(np.mean([(shift.ends - shift.starts).total_seconds() for shift in shifts]))
    cost = parameters.visit_cost.value * parameters.visits_per_day_urban.value / mean_s
    required = frozenset(found.options.loc[found.options["required"], "debtor_id"])
    rows = {place: row for row, place in enumerate(places["place_id"])}
    time = crew_time(shifts, parameters.slots, zone)
    return Ready(found.options, required, seen, rows, crews, shifts, time, parameters, zone, cost)


def price(week: Ready, setting: Exploration) -> Price:
    """Price a setting."""
    plain = brought(week, week.options, week.options)
    if setting.kind == HOLD_OUT and setting.share > 0:
        people = week.options["debtor_id"].drop_duplicates()
        values, held = [], []
        for lot in range(LOTS):
            drawn = held_out(people, replace(setting, lot=setting.lot + lot))
            gone = set(people[drawn]) - week.required
            kept = week.options[~week.options["debtor_id"].isin(gone)].reset_index(drop=True)
            values.append(brought(week, kept, kept))
            held.append(len(gone))
        return Price(plain, float(np.mean(values)), float(np.mean(held)))
    if setting.kind == BONUS and setting.weight > 0:
        return Price(plain, brought(week, with_bonus(week.options, setting), week.options), 0.0)
    return Price(plain, plain, 0.0)


def brought(week: Ready, chosen_by: pd.DataFrame, valued_by: pd.DataFrame) -> float:
    """Choose a week by some values and give what it brings by others; both tables have the same rows."""
    options = chosen_by.assign(true_minor=valued_by["value_minor"].to_numpy())
    offers = by_slot(options, week.crews, week.shifts, week.parameters.slots, week.zone)
    if offers.empty:
        return 0.0
    rows = np.array([week.row_of[place] for place in offers["place_id"]])
    told = expected(
        offers,
        week.seen.xy[rows],
        week.seen.depot_s[rows],
        week.seen.law,
        week.time,
        travel_minor_per_s=week.travel_minor_per_s,
    )
    return float(offers["true_minor"].to_numpy()[told.chosen].sum())
