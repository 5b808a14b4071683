"""A day on which a crew is off: the ways on to its shifts beside that day, for the phone and for the desk."""

from __future__ import annotations

from datetime import date

from dashboard import formats
from dashboard.phone.days import days_of
from dashboard.services import Services
from dashboard.text import _
from planner.domain import Principal
from planner.view import DayView
from planner.view.near_shifts import near_shifts


def ways_on(view: DayView, services: Services, principal: Principal) -> list[tuple[date, str]]:
    """Give the days of the shifts before and after a day off that the reader may open, each with its words."""
    if view.starts_at is not None:
        return []
    near = near_shifts(services.store, principal, view.branch.code, view.crew_id, view.day)
    mine = days_of(services, principal, view.branch)
    named = ((near.before, _("Shift before: {day}")), (near.after, _("Next shift: {day}")))
    return [
        (one.day, words.format(day=f"{formats.day(one.day)}, {formats.span(one.starts, one.ends)}"))
        for one, words in named
        if one is not None and (mine is None or one.day in mine)
    ]
