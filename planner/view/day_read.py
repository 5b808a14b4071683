"""What the board and the crews' safety read of a day, once for both; nothing of it depends on the time of the look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from planner.domain import Branch, Principal, Shift
from planner.store import Store
from planner.view.day_news import DayNews, day_news
from planner.view.in_force import InForce, PlanOf, routes_in_force
from planner.view.recorded import counting_by_debtor, entries_of_day, on_day
from planner.view.week import contact_names
from planner.week import iso_week


@dataclass(frozen=True)
class DayRead:
    """A branch's day as it is on record. Nobody changes what is in it: several readers may share it.

    Parameters
    ----------
    names
        Debtors' names, empty for who may not see them.
    routes
        The routes in force of the day's shifts.
    known
        By plan the outcome of each debtor that counts (``recorded.outcomes_of_day``).
    entries
        What was recorded of the day, corrected entries too (``tables.OUTCOMES``).
    news
        By shift what its crew said of it.
    published
        Whether the week has a plan in force.
    """

    branch: Branch
    day: date
    names: Mapping[str, str]
    shifts: tuple[Shift, ...]
    routes: tuple[InForce, ...]
    known: Mapping[str, Mapping[str, Mapping[str, Any]]]
    entries: pd.DataFrame
    news: Mapping[str, tuple[DayNews, ...]]
    published: bool


def read_day(
    store: Store,
    principal: Principal,
    branch: Branch,
    day: date,
    *,
    plan_of: PlanOf | None = None,
    names: Mapping[str, str] | None = None,
) -> DayRead:
    """Read a day; ``plan_of`` may keep the plans, which never change, and ``names`` may be known already.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the branch.
    """
    read, week = plan_of or (lambda plan_id: store.plan(principal, plan_id)), iso_week(day)
    shifts = store.shifts_worked(principal, branch.code, day, day)
    worked = {one.shift_id for one in shifts}
    routes = tuple(
        one for one in routes_in_force(store, principal, branch, week, plan_of=read) if one.shift_id in worked
    )
    plans = {one.saved.plan_id: one.saved for one in routes}
    entries = {one: entries_of_day(store, principal, branch, day, plan_id=one) for one in plans}
    # Those of the day are the same whichever plan they were asked with.
    of_day = next(iter(entries.values())) if entries else entries_of_day(store, principal, branch, day)
    return DayRead(
        branch=branch,
        day=day,
        names=contact_names(store, principal, branch.code) if names is None else names,
        shifts=shifts,
        routes=routes,
        known={one: counting_by_debtor(table) for one, table in entries.items()},
        entries=on_day(of_day, branch, day),
        news={one.shift_id: day_news(one.saved, one.shift_id, read) for one in routes},
        published=any(row.in_force for row in store.plans(principal, branch.code, week)),
    )
