"""What a branch's recorded times teach: minutes at doors and the hours on the road, beside what plans use now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.stats import norm

from planner.domain import Branch, Principal
from planner.store import Store
from planner.times import TimesAdoption, UnreadableTimes, adoptions, times_in_use
from planner.value.learning import current
from planner.value.parameters import Parameters
from planner.value.recorded_times import Doors, Driven, doors, last_third, legs
from planner.value.times import Learnt, learn, learn_doors, learn_hours
from planner.week import iso_week

#: fewer held-out visits, or legs, than this tell nothing
LEAST_HELD = 20


@dataclass(frozen=True)
class Foretold:
    """How held-out days were foretold: root mean squared error in minutes, old and new, and the sum of all by what was.

    ``better`` is the old squared error less the new one, with its interval by crew-day: above 0 the new are better.
    """

    held_from: date
    count: int
    error_old: float
    error_new: float
    better: float
    better_low: float
    better_high: float
    sum_old: float
    sum_new: float

    def summary(self) -> dict[str, Any]:
        """What is kept with an adoption."""
        told = {
            name: round(float(value), 4) for name, value in vars(self).items() if name not in ("held_from", "count")
        }
        return {"held_from": self.held_from.isoformat(), "count": self.count, **told}


@dataclass(frozen=True)
class TimesView:
    """Everything the page shows. ``used_doors`` and ``used_hours`` are what plans use, in the rows of ``learnt``.

    ``unreadable`` says that what was adopted cannot be read; then the assumed times stand for it here, in no plan.
    """

    branch: Branch
    visits: int
    doors: Doors
    legs: Driven
    learnt: Learnt
    used_doors: pd.Series
    used_hours: pd.Series
    until: date | None
    doors_foretold: Foretold | None
    roads_foretold: Foretold | None
    adoptions: tuple[TimesAdoption, ...]
    unreadable: bool


def times_view(store: Store, principal: Principal, branch: Branch, parameters: Parameters) -> TimesView:
    """Learn times from what a branch's crews recorded, and compare them with those in use."""
    zone = ZoneInfo(branch.timezone)
    outcomes = current(store.latest_outcomes(principal, branch.code))
    debtors = store.debtors(principal, branch.code, closed=True)
    rural = dict(zip(debtors["debtor_id"], debtors["group"].isin(parameters.rural_groups), strict=True))
    seen = doors(outcomes, rural, parameters, zone)
    driven = legs(plans_of(store, principal, branch, outcomes), outcomes, parameters, zone)
    try:
        used, unreadable = times_in_use(store, principal, branch.code, parameters), False
        past = adoptions(store, principal, branch.code)
    except UnreadableTimes:
        used, past, unreadable = parameters, tuple[TimesAdoption, ...](), True
    learnt = learn(seen.table, driven.table, parameters)
    cells = list(zip(learnt.doors["contact"], learnt.doors["rural"], strict=True))
    return TimesView(
        branch=branch,
        visits=len(outcomes),
        doors=seen,
        legs=driven,
        learnt=learnt,
        used_doors=pd.Series([used.minutes_of(contact, rural)[0] for contact, rural in cells]),
        used_hours=pd.Series(used.times.hour_factors or used.assumed_hours()),
        until=None if seen.table.empty else max(seen.table["on"]),
        doors_foretold=doors_foretold(seen.table, used, parameters),
        roads_foretold=roads_foretold(driven.table, used, parameters),
        adoptions=past,
        unreadable=unreadable,
    )


def plans_of(
    store: Store, principal: Principal, branch: Branch, outcomes: pd.DataFrame
) -> dict[str, Mapping[str, Any]]:
    """Give the plans that outcomes name, as far as legs need them."""
    zone = ZoneInfo(branch.timezone)
    named = set(outcomes["plan_id"]) - {""}
    weeks = {iso_week(day) for day in outcomes.loc[outcomes["plan_id"] != "", "started_at"].dt.tz_convert(zone).dt.date}
    found = dict[str, Mapping[str, Any]]()
    for week in sorted(weeks):
        rows = (*store.plans(principal, branch.code, week), *store.day_plans(principal, branch.code, week))
        for plan_id in {row.plan_id for row in rows} & named:
            saved = store.plan(principal, plan_id)
            found[plan_id] = {
                "origin": saved.problem["origin"],
                "visits": saved.problem["visits"],
                "routes": saved.plan["routes"],
                "hour_factors": saved.problem.get("hour_factors"),
                "estimated": saved.context["roads_estimated"],
            }
    return found


def doors_foretold(table: pd.DataFrame, used: Parameters, parameters: Parameters) -> Foretold | None:
    """Foretell the held-out days' visits, who was met being known, by the times in use and by those learnt before."""
    first = last_third(table["on"])
    if first is None or (held := table[table["on"] >= first]).shape[0] < LEAST_HELD:
        return None
    before = learn_doors(table[table["on"] < first], parameters).set_index(["contact", "rural"])["mean"]
    keys = list(zip(held["contact"], held["rural"], strict=True))
    old = np.array([used.minutes_of(contact, rural)[0] for contact, rural in keys])
    new = before.reindex(pd.MultiIndex.from_tuples(keys)).to_numpy(float)
    return foretold(held, held["minutes"].to_numpy(float), old, new, first, parameters)


def roads_foretold(table: pd.DataFrame, used: Parameters, parameters: Parameters) -> Foretold | None:
    """Foretell the held-out days' legs by the factors in use and by those of the days before."""
    first = last_third(table["on"]) if len(table) else None
    if first is None or (held := table[table["on"] >= first]).shape[0] < LEAST_HELD:
        return None
    hours, _day, _leg = learn_hours(table[table["on"] < first].reset_index(drop=True), parameters)
    minutes = held["planned_s"].to_numpy(float) / 60
    at = held["hour"].to_numpy(np.int64)
    old = minutes * np.array(used.times.hour_factors or used.assumed_hours())[at]
    new = minutes * hours["mean"].to_numpy(float)[at]
    return foretold(held, held["took_s"].to_numpy(float) / 60, old, new, first, parameters)


def foretold(
    held: pd.DataFrame, true: np.ndarray, old: np.ndarray, new: np.ndarray, first: date, parameters: Parameters
) -> Foretold:
    """Compare two foretellings; legs and visits of one crew-day are not independent."""
    gain = (old - true) ** 2 - (new - true) ** 2
    day = pd.factorize(held["crew_id"].astype(str) + " " + held["on"].astype(str))[0]
    sums = np.bincount(day, gain - gain.mean())
    many = len(sums)
    error = float(np.sqrt((sums**2).sum() * many / max(many - 1, 1))) / len(gain)
    z = norm.ppf(0.5 + parameters.interval.value / 2)
    return Foretold(
        held_from=first,
        count=len(held),
        error_old=float(np.sqrt(((old - true) ** 2).mean())),
        error_new=float(np.sqrt(((new - true) ** 2).mean())),
        better=float(gain.mean()),
        better_low=float(gain.mean() - z * error),
        better_high=float(gain.mean() + z * error),
        sum_old=float(old.sum() / true.sum()),
        sum_new=float(new.sum() / true.sum()),
    )
