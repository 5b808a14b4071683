"""A plan that was replaced and by which crews still go on days that had begun: what it is, and a way back.

The week's later days go by the newer plan. To put the older one back for these is a deed of its own, with words of its
own: it is no publishing of a draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.services import Services
from dashboard.text import _
from dashboard.text.words import actor
from planner.domain import Branch, Principal
from planner.store import PlanRow, ruling
from planner.week import week_days

#: the session's key of the plan that was left to look at another one: that one's id and its own
CAME_FROM = "week came from"


def days_of(kit: Services, principal: Principal, branch: Branch, row: PlanRow) -> tuple[date, ...]:
    """Give the days on which crews go by a plan that a newer one has replaced; nothing for any other plan."""
    if row.in_force or row.published_at is None:
        return ()
    works_by = kit.store.plans_by_shift(principal, branch.code, row.week)
    made_of = {one.plan_id: one.parent for one in kit.store.day_plans(principal, branch.code, row.week)}
    mine = {shift for shift, plan in works_by.items() if of_week(plan, made_of) == row.plan_id}
    days = week_days(row.week)
    shifts = kit.store.shifts_worked(principal, branch.code, days[0], days[-1]) if mine else ()
    return tuple(sorted({one.day for one in shifts if one.shift_id in mine}))


def of_week(plan_id: str, made_of: Mapping[str, str | None]) -> str:
    """Give the plan of the week behind a plan, which may be of a day; ``made_of`` gives the parents of those of days.

    >>> of_week("second", {"second": "first", "first": "week"}), of_week("week", {})
    ('week', 'week')
    """
    while plan_id in made_of:
        plan_id = made_of[plan_id] or ""
    return plan_id


def named(days: Sequence[date]) -> str:
    """Name days."""
    return _(", ").join(formats.day(day) for day in days)


def badge(days: Sequence[date]) -> None:
    """Say in the page's head what the plan is."""
    st.badge(_("In force for {days}").format(days=named(days)), icon=":material/check_circle:", color="blue")


def show(branch: Branch, rows: Sequence[PlanRow], shown: PlanRow, days: Sequence[date]) -> None:
    """Say which plan the later days go by, and lead back to the plan that one came from."""
    left, newer = came_from(rows, shown), ruling(rows)
    if not days and left is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="week-in-part"):
        if days:
            text = _("In force for {days}, whose crews had begun. {later}").format(
                days=named(days), later=goes_by(branch, newer)
            )
            st.markdown(f":blue-badge[:material/directions_walk: {text}]", width="content")
        if left is not None:
            st.button(
                _("Back to the plan you came from"),
                icon=":material/arrow_back:",
                type="tertiary",
                key="week_came_from",
                on_click=turn_to,
                args=(left.plan_id,),
            )
        elif newer is not None:
            st.button(
                _("Show the plan of the later days"),
                type="tertiary",
                key="week_later_days",
                on_click=turn_to,
                args=(newer.plan_id,),
            )


def goes_by(branch: Branch, newer: PlanRow | None) -> str:
    """Say which plan the later days go by."""
    if newer is None or newer.published_at is None:
        return ""
    when = newer.published_at.astimezone(ZoneInfo(branch.timezone))
    return _("The later days go by the plan that {who} published: {day} {time}.").format(
        who=actor(newer.published_by or ""), day=formats.day(when.date()), time=formats.clock(when)
    )


def leave_for(plan_id: str, here: str) -> None:
    """Show another plan, and keep from which one that was."""
    st.session_state[CAME_FROM] = (plan_id, here)
    st.session_state["plan"] = plan_id


def turn_to(plan_id: str) -> None:
    """Show a plan; where one came from is done with."""
    st.session_state.pop(CAME_FROM, None)
    st.session_state["plan"] = plan_id


def came_from(rows: Sequence[PlanRow], shown: PlanRow) -> PlanRow | None:
    """Give the plan that was left to look at the one shown."""
    there, left = st.session_state.get(CAME_FROM, ("", ""))
    return next((row for row in rows if row.plan_id == left), None) if there == shown.plan_id else None
