"""Whom a published route is going to visit, so that a new plan does not send a second crew.

A plan holds only shifts that had not begun when it was made. The stops of the other shifts, those of today and of the
weeks beside, stand as published: until a crew has reported from there, nobody else is sent. A crew that was out
without a signal reports when it is back at a line, perhaps on the day after: until then its doors count as visited.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd

from planner.domain import Branch, Principal, Shift
from planner.store import Store
from planner.value.candidates import Candidates
from planner.week import iso_week, week_days

#: The reason of those who are taken out of a plan because a crew is on its way to them.
ON_A_ROUTE = "on_a_route"
#: A crew that is home and was heard of so shortly before has reported: what it did not record it did not make.
HEARD = timedelta(hours=2)
#: So long after its shift a crew that was not heard of is waited for: a pack is carried back by the next day.
REPORTS_IN = timedelta(hours=36)


def promised(
    store: Store,
    principal: Principal,
    branch: Branch,
    week: str,
    planned: Collection[str],
    outcomes: pd.DataFrame,
    *,
    now: datetime,
) -> dict[str, str]:
    """Give the shift that is going to visit somebody, by debtor.

    Parameters
    ----------
    planned
        Ids of the shifts that are being planned: their published stops are planned anew.
    outcomes
        ``tables.OUTCOMES`` of the branch; who was visited since the shift began is waited for no longer.
    """
    monday = week_days(week)[0]
    waiting: dict[str, str] = {}
    for days in (-7, 0, 7):
        beside = iso_week(monday + timedelta(days=days))
        stops = store.stops_in_force(principal, branch.code, beside)
        first, *_, last = week_days(beside)
        usual = {one.shift_id for one in store.shifts(principal, branch.code, first, last)}
        for shift in store.shifts_worked(principal, branch.code, first, last):
            mine = stops.get(shift.shift_id, ())
            if shift.shift_id in planned or (shift.ends <= now and reported(shift, mine, outcomes, now=now)):
                continue
            if days == 0 and shift.shift_id not in usual and shift.starts >= now:
                continue  # called in by the plan that is replaced, and given up with it
            seen = set(outcomes.loc[outcomes["started_at"] >= shift.starts, "debtor_id"])
            waiting |= dict.fromkeys(set(mine) - seen, shift.shift_id)
    return waiting


def reported(shift: Shift, stops: Sequence[str], outcomes: pd.DataFrame, *, now: datetime) -> bool:
    """Say whether all is known of a shift that is over: its crew was heard of near its end, or is awaited no more.

    Who recorded the last door in the order (``stops``) has been at all of them, however early that was.
    """
    if now >= shift.ends + REPORTS_IN:
        return True
    mine = outcomes[(outcomes["crew_id"] == shift.crew_id) & (outcomes["started_at"] >= shift.starts)]
    if stops and (mine["debtor_id"] == stops[-1]).any():
        return True
    return len(mine) > 0 and bool(mine["ended_at"].max() >= shift.ends - HEARD)


def without(chosen: Candidates, waiting: dict[str, str]) -> Candidates:
    """Take those who are waited for out of the options and list them as removed."""
    out = chosen.options["debtor_id"].isin(list(waiting))
    rows = chosen.options[out].drop_duplicates("debtor_id")
    removed = rows[["debtor_id", "required", "required_reason"]].assign(
        code=ON_A_ROUTE,
        article="",
        detail=[f"A published route visits this debtor already: {waiting[one]}." for one in rows["debtor_id"]],
        action="Plan again once the crew has reported.",
    )
    table = pd.concat([chosen.removed, removed[list(chosen.removed.columns)]], ignore_index=True)
    return replace(chosen, options=chosen.options[~out].reset_index(drop=True), removed=table)
