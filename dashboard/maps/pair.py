"""Two plans side by side on two maps with the same view, so that what differs is seen and nothing else moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dashboard.maps.frame import Drawing, Ground, bounds_of
from dashboard.maps.week import Choice, prepared, week_drawing
from planner.view import WeekView


def plan_pair(views: Sequence[WeekView], ground: Ground, *, day: date | None = None) -> tuple[Drawing, ...]:
    """Draw the routes of plans, or of one day of them, each on a map of its own and all with one view."""
    choice = Choice(day=day)
    routes = [route for view in views for route in view.routes if choice.has_route(route)]
    everything = [(stop.lon, stop.lat) for route in routes for stop in route.stops] + [one.depot for one in routes]
    bounds = bounds_of(everything) if everything else bounds_of([ground.centre])
    frame = "-".join((*(view.plan_id for view in views), str(day)))
    drawn = (prepared(view, choice, with_left_out=False, with_groups=False, with_timeline=False) for view in views)
    return tuple(
        week_drawing(ground, replace(ready, frame=frame, bounds=bounds), name=f"whatif{number}")
        for number, ready in enumerate(drawn)
    )
