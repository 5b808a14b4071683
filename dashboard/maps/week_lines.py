"""The lines of the week's timeline: shift, travel, waiting, breaks, visits and the return, a line a route.

Times are minutes from midnight at the branch: a browser elsewhere must show the crew's clock, not its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.text import _
from planner.routing.finish import FRAGILE
from planner.view import RouteView

#: A route that ends in its shift with less than this chance is marked.
LATE = 0.8

#: heights in the frame: the hours above, a line, the name of a day where there are several
HOURS_PX, LINE_PX, DAY_PX = 30, 30, 24
#: the sentence that nobody is visited
NOBODY_PX = 24
#: the legend above the timeline (``assets/week.css``)
LEGEND_PX = 40

Span = tuple[float, float]


def minutes(moment: datetime, day: date) -> float:
    """Give a moment's wall time as minutes from a day's midnight, over 1,440 on the day after.

    >>> minutes(datetime(2026, 11, 24, 9, 30), date(2026, 11, 24))
    570.0
    """
    days = (moment.date() - day).days
    return round(1440 * days + 60 * moment.hour + moment.minute + moment.second / 60, 1)


def lines_px(routes: Sequence[RouteView]) -> int:
    """Give the height of legend and timeline in which nothing has to be scrolled, 0 where there is no line."""
    days = len({route.day for route in routes})
    return (LEGEND_PX + HOURS_PX + LINE_PX * len(routes) + (DAY_PX * days if days > 1 else 0)) if routes else 0


def quiet_px(routes: Sequence[RouteView]) -> int:
    """Give the height where nobody is visited: that of the week's fullest day, so that from day to day nothing moves.

    >>> quiet_px([])
    100
    """
    days: dict[date, list[RouteView]] = {}
    for route in routes:
        days.setdefault(route.day, []).append(route)
    return max((lines_px(on_day) for on_day in days.values()), default=LEGEND_PX + HOURS_PX + LINE_PX)


def nobody(day: date | None, *, crews: bool) -> str:
    """Say that nobody is visited, on a day or in the week, by the crews that were chosen or by any."""
    if crews:
        return (
            _("The chosen crews visit nobody this week.")
            if day is None
            else _("The chosen crews visit nobody on this day.")
        )
    return _("Nobody is visited this week.") if day is None else _("Nobody is visited on this day.")


def late(route: RouteView) -> bool:
    """Say whether a route may well end after its shift."""
    return route.finish is not None and route.finish.in_time < LATE


def fragile(made: float | None) -> bool:
    """Say whether a stop may be missed with more than the chance that the plan's own risk calls fragile.

    >>> fragile(0.85), fragile(0.95), fragile(None)
    (True, False, False)
    """
    return made is not None and made < 1 - FRAGILE


def day_content(route: RouteView) -> dict[str, Any]:
    """Give one route's line. Its blocks are in the order of the route's stops."""
    day = route.day
    content: dict[str, Any] = {
        "id": route.shift_id,
        "day": day.isoformat(),
        "title": escape(formats.day(day)),
        "crew": escape(route.crew_name),
        "shift": (minutes(route.shift_starts_at, day), minutes(route.shift_ends_at, day)),
        "breaks": [(minutes(begin, day), minutes(end, day)) for begin, end in route.breaks],
        "travel": travel(route),
        "waits": [
            (minutes(stop.arrives_at, day), minutes(stop.begins_at, day))
            for stop in route.stops
            if stop.begins_at > stop.arrives_at
        ],
        "blocks": [(minutes(stop.begins_at, day), minutes(stop.leaves_at, day)) for stop in route.stops],
    }
    if route.finish is not None and route.stops:
        early, _middle, last = route.finish.returns
        content["back"] = (minutes(early, day), minutes(last, day))
        content["ends"] = formats.percent(route.finish.in_time)
        content["late"] = late(route)
    return content


def travel(route: RouteView) -> list[Span]:
    """Give the time on the road: what lies between two doors, from the leaving of one to the coming to the next."""
    spans: list[Span] = []
    at = route.leaves_at
    for stop in route.stops:
        if at is not None and stop.arrives_at > at:
            spans.append((minutes(at, route.day), minutes(stop.arrives_at, route.day)))
        at = stop.leaves_at
    if at is not None and route.returns_at is not None and route.returns_at > at:
        spans.append((minutes(at, route.day), minutes(route.returns_at, route.day)))
    return spans
