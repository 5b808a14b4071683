"""The shifts of a crew on one day, each with the plan it works by: a crew may be called in for a second one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from planner.domain import Branch, Principal, Shift
from planner.store import SavedPlan, Store
from planner.week import iso_week


def in_force(
    store: Store, principal: Principal, branch: Branch, crew_id: str, day: date, shifts: Sequence[Shift]
) -> tuple[SavedPlan | None, list[tuple[SavedPlan, Mapping[str, Any]]]]:
    """Give a plan in force if there is any, and the crew's routes of a day, each with the plan its shift works by.

    ``shifts`` are the crew's of the day. A route of a shift that nobody knows any more is in the plan all the same.
    """
    known = {one.shift_id for one in shifts}
    current: SavedPlan | None = None
    found: dict[str, tuple[SavedPlan, Mapping[str, Any]]] = {}
    names: list[str | None] = [one.shift_id for one in shifts]
    for name in names or [None]:
        saved = store.published(principal, branch.code, iso_week(day), shift=name)
        current = saved or current
        for route in saved.plan["routes"] if saved is not None else ():
            mine = route["shift"] == name or route["shift"] not in known
            if saved is not None and mine and is_of(saved, route, crew_id, day):
                found.setdefault(route["shift"], (saved, route))
    return current, list(found.values())


def shift_now(hours: Sequence[tuple[datetime, datetime]], now: datetime | None) -> int:
    """Give which shift is under way or comes next, in the order of their starts; the last where all are over.

    Whoever does not ask for the moment looks ahead: at the first.
    """
    return next((k for k, (_, ends) in enumerate(hours) if now is None or now < ends), len(hours) - 1)


def is_of(saved: SavedPlan, route: Mapping[str, Any], crew_id: str, day: date) -> bool:
    """Say whether a route of a plan is this crew's of this day."""
    shift = saved.context["shifts"].get(route["shift"], {})
    return bool(shift.get("crew_id") == crew_id and shift.get("day") == day.isoformat())
