"""Which days of the published week go by a plan of their own, because their crews changed them on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard import formats
from dashboard.screens.links import to_board
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal
from planner.store import PlanRow
from planner.view import WeekView


@dataclass(frozen=True)
class ChangedDay:
    """A crew's day that goes by a plan of the day: how many of its planned stops nobody makes any more."""

    shift_id: str
    crew: str
    day: date
    not_made: int


def show(kit: Services, principal: Principal, branch: Branch, view: WeekView, rows: Sequence[PlanRow]) -> None:
    """Say quietly which days were changed, with the way to their board; nothing of a plan that is not in force."""
    for one in changed_days(kit, principal, branch, view, rows):
        with st.container(horizontal=True, vertical_alignment="center", key=f"week-changed-{one.shift_id}"):
            st.caption(told(one), width="content")
            if st.button(_("See the board"), type="tertiary", key=f"week_board {one.shift_id}"):
                to_board(one.day, branch.code)


def told(one: ChangedDay) -> str:
    """Say what one crew changed."""
    facts = _("{crew} changed its day, {day}").format(crew=one.crew, day=formats.day(one.day))
    gone = n_("{n} visit is not made", "{n} visits are not made", one.not_made)
    return f"{facts} · {gone}" if one.not_made else facts


def changed_days(
    kit: Services, principal: Principal, branch: Branch, view: WeekView, rows: Sequence[PlanRow]
) -> list[ChangedDay]:
    """Give the changed days of the plan that is shown, by day; read from lists of ids alone, no plan is opened."""
    if not next(row for row in rows if row.plan_id == view.plan_id).in_force:
        return []
    of_days = {row.plan_id for row in kit.store.day_plans(principal, branch.code, view.week)}
    if not of_days:
        return []
    works_by = kit.store.plans_by_shift(principal, branch.code, view.week)
    stops = kit.store.stops_in_force(principal, branch.code, view.week)
    made = {debtor for debtors in stops.values() for debtor in debtors}  # who is called in is made on another day
    found = [
        ChangedDay(route.shift_id, route.crew_name, route.day, sum(stop.debtor_id not in made for stop in route.stops))
        for route in view.routes
        if works_by.get(route.shift_id) in of_days
    ]
    return sorted(found, key=lambda one: (one.day, one.crew))
