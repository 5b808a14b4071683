"""How the time of a plan is spent, per route and for the week.

Words: a route's *time out* runs from leaving the start to reaching the end; it is travel, service, breaks and waiting.
A *field hour* is an hour of travel or service. The *travel share* is travel over time out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from planner.routing.plan import Plan, Route
from planner.routing.problem import Problem, Shift, Visit


@dataclass(frozen=True)
class Spent:
    """Where the seconds of one route, or of all routes together, go.

    ``travel_s`` is the matrix unrounded; ``waiting_s`` is whatever of the time out is neither travel, service nor
    break; ``shift_s`` is the length of the shift; ``value`` is what the stops earn, travel cost not taken off.
    """

    visits: int = 0
    travel_s: float = 0.0
    service_s: float = 0.0
    waiting_s: float = 0.0
    break_s: float = 0.0
    shift_s: float = 0.0
    value: float = 0.0

    @property
    def out_s(self) -> float:
        """Seconds between leaving the start and reaching the end."""
        return self.travel_s + self.service_s + self.waiting_s + self.break_s

    @property
    def field_hours(self) -> float:
        """Hours of travel and service."""
        return (self.travel_s + self.service_s) / 3600

    @property
    def visits_per_hour(self) -> float:
        """Visits per hour of the shift; NaN without a shift."""
        return self.visits * 3600 / self.shift_s if self.shift_s else math.nan

    @property
    def value_per_field_hour(self) -> float:
        """Value per field hour; NaN where nobody goes out."""
        return self.value / self.field_hours if self.field_hours else math.nan

    @property
    def travel_share(self) -> float:
        """Travel over time out, 0 to 1; NaN where nobody goes out."""
        return self.travel_s / self.out_s if self.out_s else math.nan


@dataclass(frozen=True)
class Efficiency:
    """Time spent by shift (every shift of the problem, also those without stops) and in all."""

    routes: dict[str, Spent]
    week: Spent


def efficiency(problem: Problem, plan: Plan) -> Efficiency:
    """Give how the plan's time is spent.

    Raises
    ------
    KeyError
        If the plan names a shift or visit that the problem does not have; audit it first.
    """
    shifts = {one.id: one for one in problem.shifts}
    visits = {one.id: one for one in problem.visits}
    routes = {one.id: Spent(shift_s=one.ends - one.starts) for one in problem.shifts}
    routes |= {route.shift: _spent(problem, shifts[route.shift], visits, route) for route in plan.routes if route.stops}
    return Efficiency(routes, total(routes.values()))


def total(parts: Iterable[Spent]) -> Spent:
    """Give the sum of several.

    >>> total([Spent(visits=2, travel_s=600.0), Spent(visits=1, travel_s=60.0)]).travel_s
    660.0
    """
    found = Spent()
    for one in parts:
        found = Spent(
            visits=found.visits + one.visits,
            travel_s=found.travel_s + one.travel_s,
            service_s=found.service_s + one.service_s,
            waiting_s=found.waiting_s + one.waiting_s,
            break_s=found.break_s + one.break_s,
            shift_s=found.shift_s + one.shift_s,
            value=found.value + one.value,
        )
    return found


def _spent(problem: Problem, shift: Shift, visits: dict[str, Visit], route: Route) -> Spent:
    places = [visits[stop.visit].place_in(stop.option) for stop in route.stops]
    legs = zip([shift.start_place, *places], [*places, shift.end_place], strict=True)
    travel_s = sum(float(problem.seconds[a, b]) for a, b in legs)
    service_s = sum(visits[stop.visit].service_in(stop.option) for stop in route.stops)
    break_s = sum(pause.lasts_s for pause in route.breaks)
    out_s = route.reaches_end - route.leaves_start
    return Spent(
        visits=len(route.stops),
        travel_s=travel_s,
        service_s=service_s,
        waiting_s=max(0.0, out_s - travel_s - service_s - break_s),
        break_s=break_s,
        shift_s=shift.ends - shift.starts,
        value=sum(visits[stop.visit].options[stop.option].value for stop in route.stops),
    )
