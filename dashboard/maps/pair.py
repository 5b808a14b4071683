"""Two plans side by side on two maps with the same view, so that what differs is seen and nothing else moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.maps.frame import Drawing, Ground, bounds_of, drawing
from dashboard.maps.week import NUMBERED, depots, left_out_dots, legend, route_content
from planner.view import RouteView, WeekView


def plan_pair(views: Sequence[WeekView], ground: Ground, *, day: date | None = None) -> tuple[Drawing, ...]:
    """Draw the routes of plans, or of one day of them, each on a map of its own and all with one view."""
    shown = [[r for r in view.routes if r.stops and (day is None or r.day == day)] for view in views]
    everything = [point for routes in shown for point in points(routes)]
    bounds = bounds_of(everything) if everything else bounds_of([ground.centre])
    frame = "-".join((*(view.plan_id for view in views), str(day)))
    return tuple(
        drawing(
            ground,
            {
                "selected": "",
                "plain": sum(len(route.stops) for route in routes) > NUMBERED,
                "hulls": [],
                "dots": [left_out_dots([], "", view.currency)],
                "routes": [route_content(route, view) for route in routes],
                "depots": depots(routes),
                "legend": legend(routes, hulls=False, left=0, estimated=view.roads_estimated),
                "frame": frame,
                "bounds": bounds,
            },
            name=f"whatif{number}",
        )
        for number, (view, routes) in enumerate(zip(views, shown, strict=True))
    )


def points(routes: Sequence[RouteView]) -> list[tuple[float, float]]:
    """Give what must be in view."""
    return [(stop.lon, stop.lat) for route in routes for stop in route.stops] + [route.depot for route in routes]
