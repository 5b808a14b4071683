"""The part of a plan that one crew may see: its own shifts, stops and places, nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Documents = dict[str, dict[str, Any]]


def crew_part(documents: Documents, crew: str) -> Documents:
    """Give a plan's documents without the shifts of other crews and without everybody who is no stop of this crew.

    They are cut by id: wherever a mapping is keyed by, or a record names, a debtor, shift or crew that is not the
    crew's, that entry is dropped. ``context["places"]`` is a list by the row of the travel matrix, so its other
    entries become None.

    >>> part = crew_part(
    ...     {
    ...         "problem": {"shifts": [{"id": "a", "crew": "A"}, {"id": "b", "crew": "B"}], "visits": []},
    ...         "plan": {"routes": [], "left_out": []},
    ...         "context": {"lines": {"a": [], "b": []}},
    ...         "metrics": {},
    ...     },
    ...     "A",
    ... )
    >>> part["context"]
    {'lines': {'a': []}}
    """
    problem, plan, context = documents["problem"], documents["plan"], documents["context"]
    crews = {one["id"]: one["crew"] for one in problem.get("shifts", [])}
    shifts = {shift for shift, owner in crews.items() if owner == crew}
    stops = {stop["visit"] for route in plan.get("routes", []) if route["shift"] in shifts for stop in route["stops"]}
    debtors = {one["id"] for one in problem.get("visits", [])} | set(context.get("debtors", {}))
    debtors |= {one["visit"] for one in plan.get("left_out", [])}
    debtors |= {one["debtor_id"] for one in context.get("removed", [])}
    debtors |= {one["visit"] for one in documents["metrics"].get("replan", {}).get("given_up", [])}
    hidden = frozenset((debtors - stops) | (set(crews) - shifts) | (set(crews.values()) - {crew}))
    part: Documents = {name: _without(document, hidden) for name, document in documents.items()}
    if "places" in context:
        own = _places(part["problem"])
        part["context"]["places"] = [place if k in own else None for k, place in enumerate(context["places"])]
    return part


def _places(problem: Mapping[str, Any]) -> set[int]:
    """Give the matrix rows that the shifts and visits of a problem name."""
    shifts, visits = problem.get("shifts", []), problem.get("visits", [])
    named = {one[key] for one in shifts for key in ("start_place", "end_place") if key in one}
    named |= {one["place"] for one in visits if "place" in one}
    return named | {one["place"] for visit in visits for one in visit.get("options", []) if "place" in one}


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
