"""Reads and writes plans, ``field-visit-plan/1``, and beside them the prices of the bound, ``field-visit-prices/1``.

Reading refuses what is not of the format. Whether the plan keeps its promises is for ``audit`` to say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from planner.routing.fields import Fields, as_real, fields, known_format, read_object
from planner.routing.plan import LeftOut, Pause, Plan, Prices, Route, Stop
from planner.routing.problem import BadProblem

FORMAT, PRICES_FORMAT = "field-visit-plan/1", "field-visit-prices/1"

_PLAN = frozenset(
    [
        "format",
        "routes",
        "left_out",
        "objective",
        "bound",
        "bound_is_valid",
        "bound_kind",
        "status",
        "search_s",
        "seed",
        "made_with",
    ]
)
_ROUTE = frozenset(["shift", "leaves_start", "reaches_end", "stops", "breaks"])
_STOP = frozenset(["visit", "option", "arrives", "begins", "leaves"])
_PAUSE = frozenset(["begins", "lasts_s"])
_LEFT_OUT = frozenset(["visit", "reason", "detail", "action"])


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises
    ------
    BadProblem
        If the file breaks the format.
    """
    data = read_object(path, FORMAT)
    return plan_from_dict(data)


def plan_from_dict(data: dict[str, Any]) -> Plan:
    """Give the plan that a JSON object describes.

    Raises
    ------
    BadProblem
        If the object breaks the format.
    """
    known_format(data, FORMAT)
    top = fields(data, "", _PLAN)
    return Plan(
        routes=tuple(_route(one) for one in top.objects("routes", _ROUTE)),
        left_out=tuple(_left_out(one) for one in top.objects("left_out", _LEFT_OUT)),
        objective=top.real("objective"),
        status=top.text("status"),
        bound=top.or_none("bound", top.real),
        bound_is_valid=top.flag("bound_is_valid", False),
        bound_kind=top.or_none("bound_kind", top.text),
        search_s=top.real("search_s", 0.0, least=0.0),
        seed=top.or_none("seed", lambda key: top.whole(key, least=-(2**63), most=2**63)),
        made_with=top.text("made_with", "", empty=True),
    )


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """Give the JSON object of a plan."""
    return {
        "format": FORMAT,
        "routes": [_route_dict(one) for one in plan.routes],
        "left_out": [
            {"visit": one.visit, "reason": one.reason, "detail": one.detail, "action": one.action}
            for one in plan.left_out
        ],
        "objective": plan.objective,
        "bound": plan.bound,
        "bound_is_valid": plan.bound_is_valid,
        "bound_kind": plan.bound_kind,
        "status": str(plan.status),
        "search_s": plan.search_s,
        "seed": plan.seed,
        "made_with": plan.made_with,
    }


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan whole or not at all: a reader never sees half of it."""
    _write(path, plan_to_dict(plan))


def read_prices(path: Path) -> Prices:
    """Read the prices of a plan.

    Raises
    ------
    BadProblem
        If the file breaks the format.
    """
    data = read_object(path, PRICES_FORMAT)
    top = fields(data, "", frozenset(["format", "visits", "shifts"]))
    return Prices(_prices(top, "visits"), _prices(top, "shifts"))


def write_prices(path: Path, prices: Prices) -> None:
    """Write prices whole or not at all."""
    _write(path, {"format": PRICES_FORMAT, "visits": dict(prices.visits), "shifts": dict(prices.shifts)})


def _write(path: Path, data: dict[str, Any]) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)


def _prices(top: Fields, key: str) -> dict[str, float]:
    """Read an object of numbers by id."""
    values = top.value(key)
    if not isinstance(values, dict):
        raise BadProblem(f"{key!r} must be an object.")
    return {one: as_real(value, f"{key}.{one}") for one, value in values.items()}


def _route(one: Fields) -> Route:
    return Route(
        shift=one.text("shift"),
        leaves_start=one.whole("leaves_start"),
        reaches_end=one.whole("reaches_end"),
        stops=tuple(_stop(row) for row in one.objects("stops", _STOP)),
        breaks=tuple(Pause(row.whole("begins"), row.whole("lasts_s")) for row in one.objects("breaks", _PAUSE, [])),
    )


def _stop(one: Fields) -> Stop:
    return Stop(
        visit=one.text("visit"),
        option=one.whole("option"),
        arrives=one.whole("arrives"),
        begins=one.whole("begins"),
        leaves=one.whole("leaves"),
    )


def _left_out(one: Fields) -> LeftOut:
    # An absent or empty reason is a broken promise, not a broken file: the audit names it.
    return LeftOut(
        visit=one.text("visit"),
        reason=one.text("reason", "", empty=True),
        detail=one.text("detail", "", empty=True),
        action=one.text("action", "", empty=True),
    )


def _route_dict(route: Route) -> dict[str, Any]:
    return {
        "shift": route.shift,
        "leaves_start": route.leaves_start,
        "reaches_end": route.reaches_end,
        "stops": [
            {
                "visit": one.visit,
                "option": one.option,
                "arrives": one.arrives,
                "begins": one.begins,
                "leaves": one.leaves,
            }
            for one in route.stops
        ],
        "breaks": [{"begins": one.begins, "lasts_s": one.lasts_s} for one in route.breaks],
    }
