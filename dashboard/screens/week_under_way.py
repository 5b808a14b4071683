"""What of the week is not in the plan shown: shifts that had begun when it was published go on as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard import formats
from dashboard.screens import week_filters, week_in_part
from dashboard.screens.week_in_part import of_week
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal
from planner.store import PlanRow
from planner.view import WeekView
from planner.week import week_days


@dataclass(frozen=True)
class UnderWay:
    """Shifts that work by another plan than the one shown: their days, and how many visits they have."""

    plan_id: str
    days: tuple[date, ...]
    visits: int


def show(kit: Services, principal: Principal, branch: Branch, view: WeekView, rows: Sequence[PlanRow]) -> None:
    """Say which days go on by an earlier plan, with the way to it; nothing where the plan shown has them all."""
    for one in under_way(kit, principal, branch, view, rows):
        with st.container(horizontal=True, vertical_alignment="center", key=f"week-under-way-{one.plan_id}"):
            st.markdown(f":blue-badge[:material/directions_walk: {told(one)}]", width="content")
            st.button(
                _("Show that day") if len(one.days) == 1 else _("Show those days"),
                type="tertiary",
                key=f"week_under_way {one.plan_id}",
                on_click=to_plan,
                args=(one.plan_id, one.days[0], view.plan_id),
            )


def told(one: UnderWay) -> str:
    """Say what goes on, and that the figures of the page are without it."""
    days = _(", ").join(formats.day(day) for day in one.days)
    visits = n_("{n} visit", "{n} visits", one.visits)
    return _("{days}: begun without this plan, so its crews go on by the plan before ({visits}).").format(
        days=days, visits=visits
    )


def to_plan(plan_id: str, day: date, here: str) -> None:
    """Show another plan of the week, at a day, with a way back to this one."""
    week_in_part.leave_for(plan_id, here)
    week_filters.turn_to(day)


def under_way(
    kit: Services, principal: Principal, branch: Branch, view: WeekView, rows: Sequence[PlanRow]
) -> list[UnderWay]:
    """Give the shifts that work by earlier plans of the week, by plan; read from lists of ids alone."""
    known = {row.plan_id for row in rows}
    works_by = kit.store.plans_by_shift(principal, branch.code, view.week)
    # A crew that changed its day goes by a plan of that day alone: it is told with the plan of the week it is made of.
    made_of = {row.plan_id: row.parent for row in kit.store.day_plans(principal, branch.code, view.week)}
    works_by = {shift: of_week(plan, made_of) for shift, plan in works_by.items()}
    other = {shift: plan for shift, plan in works_by.items() if plan in known - {view.plan_id}}
    if not other:
        return []
    days = week_days(view.week)
    shifts = {one.shift_id: one for one in kit.store.shifts_worked(principal, branch.code, days[0], days[-1])}
    # A draft is published now at the earliest.
    told_at = view.published_at or kit.now()
    begun = {shift: plan for shift, plan in other.items() if shift in shifts and shifts[shift].starts <= told_at}
    stops = kit.store.stops_in_force(principal, branch.code, view.week)
    found = []
    for plan in sorted(set(begun.values())):
        mine = [shift for shift, by in begun.items() if by == plan]
        on = tuple(sorted({shifts[shift].day for shift in mine}))
        found.append(UnderWay(plan, on, sum(len(stops.get(shift, ())) for shift in mine)))
    return sorted(found, key=lambda one: one.days)
