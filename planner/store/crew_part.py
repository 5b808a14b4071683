"""The part of a plan that one crew may see: its own shifts and stops, nothing of anybody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.store.plans import SavedPlan


def crew_part(saved: SavedPlan, crew: str) -> SavedPlan:
    """Give the plan without the shifts of other crews and without every visit that is not a stop of this crew.

    The documents are cut by id: wherever a mapping is keyed by, or a record names, a visit or shift that is not the
    crew's, that entry is dropped. The rows of the travel matrix stay, so that places keep their numbers.
    """
    shifts = {one["id"]: one["crew"] for one in saved.problem.get("shifts", [])}
    own_shifts = {shift for shift, owner in shifts.items() if owner == crew}
    own_stops = {
        stop["visit"]
        for route in saved.plan.get("routes", [])
        if route["shift"] in own_shifts
        for stop in route["stops"]
    }
    visits = {one["id"] for one in saved.problem.get("visits", [])}
    visits |= {one["visit"] for one in saved.plan.get("left_out", [])}
    hidden = frozenset((visits - own_stops) | (set(shifts) - own_shifts) | (set(shifts.values()) - {crew}))
    return replace(
        saved,
        problem=_without(saved.problem, hidden),
        plan=_without(saved.plan, hidden),
        context=_without(saved.context, hidden),
        metrics=_without(saved.metrics, hidden),
    )


def _without(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, hidden) for name, inner in value.items() if name not in hidden}
    if isinstance(value, list):
        return [_without(inner, hidden) for inner in value if not _names(inner, hidden)]
    return value


def _names(record: Any, hidden: frozenset[str]) -> bool:
    if not isinstance(record, dict):
        return False
    return any(isinstance(inner, str) and inner in hidden for inner in record.values())
