"""The week's plan on a map and on its timeline: one value, drawn by ``assets/week.js`` and ``assets/timeline.js``.

The value has two parts. What is drawn is large and changes with the plan, the filters and the language only, so a page
keeps it as text; what is chosen is a few words. The frame draws anew only where the version of the first part differs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dashboard import formats
from dashboard.maps.escape import escape, script_value, tip
from dashboard.maps.frame import Bounds, Drawing, Ground, bounds_of, drawing
from dashboard.maps.week_groups import group_outlines
from dashboard.maps.week_legend import legend
from dashboard.maps.week_lines import NOBODY_PX, day_content, fragile, lines_px, minutes, nobody, quiet_px
from dashboard.text import _
from dashboard.theme import crew_colour, crew_shape, ink_on
from planner.view import LeftOutView, RouteView, StopView, WeekView

#: More stops than this at once are dots without numbers: numbers of several days would only cover each other.
NUMBERED = 150
#: a place in whole 0.00001 degrees, about a metre
GRAIN = 100_000
#: what a stop's flags mean: it must be made, it may be missed, the filters are about others
REQUIRED, FRAGILE, DIM, LOCKED = 1, 2, 4, 8


@dataclass(frozen=True)
class Choice:
    """What of a week is shown. Empty means all; ``day`` None is the whole week."""

    day: date | None = None
    crews: frozenset[str] = frozenset()
    buckets: frozenset[str] = frozenset()
    group: str = ""
    reason: str = ""

    def has_route(self, route: RouteView) -> bool:
        """Say whether a route is shown."""
        on = self.day is None or route.day == self.day
        return bool(route.stops) and on and (not self.crews or route.crew_id in self.crews)

    def has_debtor(self, one: StopView | LeftOutView) -> bool:
        """Say whether a debtor is among those that the filters are about; a stop that is not is shown fainter."""
        return (not self.buckets or one.bucket in self.buckets) and (not self.group or one.visit_group == self.group)

    def has_left_out(self, one: LeftOutView) -> bool:
        """Say whether somebody who is not visited is shown."""
        return self.has_debtor(one) and self.reason in ("", one.reason)


ALL = Choice()


@dataclass(frozen=True)
class Prepared:
    """What is drawn, as a JavaScript literal ready for a page's cache: text, its version, the view at first."""

    text: str
    version: str
    frame: str
    bounds: Bounds | None
    lines_px: int


@dataclass(frozen=True)
class Chosen:
    """What changes at a click.

    Parameters
    ----------
    selected
        Id of the debtor to make stand out.
    heard
        The number of the last click of the frame that the page has seen: an older answer never takes back a newer one.
    at
        The place and zoom to begin with (lon, lat, zoom), None for the whole choice.
    now
        The present at the branch, for the line across today's routes.
    """

    selected: str = ""
    heard: int = 0
    at: tuple[float, float, float] | None = None
    now: datetime | None = None


NOTHING_CHOSEN = Chosen()


def week_map(
    view: WeekView,
    ground: Ground,
    *,
    day: date | None = None,
    crews: Collection[str] | None = None,
    selected: str = "",
    group: str = "",
    with_left_out: bool = True,
    with_groups: bool = True,
) -> Drawing:
    """Draw a plan, or one day or some crews of it, without a timeline: ``prepared`` and ``week_drawing`` at once."""
    choice = Choice(day=day, crews=frozenset(crews or ()))
    ready = prepared(
        view, choice, group=group, with_left_out=with_left_out, with_groups=with_groups, with_timeline=False
    )
    return week_drawing(ground, ready, Chosen(selected=selected))


def week_drawing(ground: Ground, ready: Prepared, chosen: Chosen = NOTHING_CHOSEN, *, name: str = "week") -> Drawing:
    """Join what is drawn with what is chosen; ``name`` tells maps of one page apart."""
    content: dict[str, Any] = {
        "version": ready.version,
        "frame": ready.frame,
        "bounds": ready.bounds,
        "selected": chosen.selected,
        "heard": chosen.heard,
    }
    if chosen.at is not None:
        content["at"] = chosen.at
    if chosen.now is not None:
        content["now"] = {"day": chosen.now.date().isoformat(), "minute": minutes(chosen.now, chosen.now.date())}
    return drawing(ground, content, name=name, prepared={"week": ready.text})


def prepared(
    view: WeekView,
    choice: Choice,
    *,
    group: str = "",
    with_left_out: bool = True,
    with_groups: bool = True,
    with_timeline: bool = True,
) -> Prepared:
    """Give what is drawn of a plan.

    Parameters
    ----------
    view
        The plan.
    choice
        What of it is shown.
    group
        Code of the visit group to bring into view and to make stand out, on whatever day it is visited.
    with_left_out
        Show who is not visited: single dots near, hexagons with their number from afar.
    with_groups
        Show the outlines of the visit groups.
    with_timeline
        Show the timeline under the map.
    """
    routes = [route for route in view.routes if choice.has_route(route)]
    there = [one for one in view.left_out if choice.has_left_out(one)] if with_left_out else []
    left = [one for one in there if math.isfinite(one.lon) and math.isfinite(one.lat)]
    hulls = group_outlines(routes, left, view, group) if with_groups else []
    chosen = view.visit_groups.get(group) if with_groups else None
    corners = [(stop.lon, stop.lat) for route in routes for stop in route.stops] + [route.depot for route in routes]
    corners += [(lon, lat) for route in routes for lon, lat in route.line]
    lines = lined(view, choice) if with_timeline else []
    height = timeline_px(view, choice) if with_timeline else 0
    quiet = {"nobody": escape(nobody(choice.day, crews=bool(choice.crews)))} if with_timeline and not routes else {}
    value = {
        "words": words() | quiet,
        "plain": sum(len(route.stops) for route in routes) > NUMBERED,
        "hulls": hulls,
        "left": left_content(left, view.currency),
        "routes": [route_content(route, view, choice) for route in routes],
        "depots": depots(routes),
        "lines": [day_content(route) for route in lines],
        "lines_px": height,
        "legend": legend(
            routes, hulls=bool(hulls), left=len(there), nowhere=len(there) - len(left),
            estimated=view.roads_estimated, chosen=chosen, dimmed=bool(choice.buckets or choice.group),
            shut=not with_timeline,
        ),
    }  # fmt: skip
    text = script_value(value)
    crews = ",".join(sorted(choice.crews))
    return Prepared(
        text=text,
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        # Another day, crew or group is another view; neither the choice of a debtor nor a change by hand moves the map.
        frame="-".join((view.branch, view.week, str(choice.day), crews, chosen.code if chosen else choice.group)),
        lines_px=height,
        bounds=bounds_of(chosen.outline if chosen else corners)
        or bounds_of((one.lon, one.lat) for one in left)
        or bounds_of((stop.lon, stop.lat) for route in view.routes for stop in route.stops),
    )


def lined(view: WeekView, choice: Choice) -> list[RouteView]:
    """Give the routes that have a line in the timeline; a crew that stays in is one, on a single day."""
    idle = choice.day is not None
    return [
        route
        for route in view.routes
        if choice.has_route(route)
        or (idle and route.day == choice.day and (not choice.crews or route.crew_id in choice.crews))
    ]


def timeline_px(view: WeekView, choice: Choice) -> int:
    """Give the height of the timeline, also where it only says that nobody is visited."""
    lines = lined(view, choice)
    if not lines:
        return quiet_px([one for one in view.routes if not choice.crews or one.crew_id in choice.crews])
    return lines_px(lines) + (0 if any(one.stops for one in lines) else NOBODY_PX)


def words() -> dict[str, str]:
    """Give the words that the frame puts beside values, in the session's language."""
    return {
        name: escape(text)
        for name, text in {
            "crew": _("Crew"),
            "door": _("At the door"),
            "overdue": _("Overdue"),
            "uplift": _("Expected uplift"),
            "made": _("In its window with"),
            "required": _("Must be visited this week"),
            "locked": _("Locked"),
            "left": _("Not visited this week"),
            "here": _("Debtors not visited here"),
            "nearer": _("Click to look closer"),
            "travel": _("Travel"),
            "wait": _("Waiting"),
            "break": _("Break"),
            "shift": _("Shift"),
            "back": _("Back, in eight days of ten"),
            "late": _("Ends in its shift with"),
            "timeline": _("Timeline"),
            "stop": _("Stop"),
            "now": _("Now"),
            "min": _("min"),
        }.items()
    }


def route_content(route: RouteView, view: WeekView, choice: Choice) -> dict[str, Any]:
    """Give one route with its stops; without a line along streets the stops are joined straight, and dashed."""
    straight = [route.depot, *((stop.lon, stop.lat) for stop in route.stops), route.depot]
    colour = crew_colour(route.colour)
    facts = route.efficiency
    pairs = [
        (_("Day"), formats.day(route.day)),
        (_("Visits"), len(route.stops)),
        (_("Out and back"), formats.span(route.leaves_at, route.returns_at)),
    ]
    if "travel_s" in facts:
        pairs.append((_("Travel"), formats.duration(facts["travel_s"])))
    return {
        "id": route.shift_id,
        "crew": escape(route.crew_name),
        "colour": colour,
        "ink": ink_on(colour),
        "shape": crew_shape(route.colour),
        "estimated": view.roads_estimated or not route.line,
        "line": steps(route.line or straight),
        "tip": tip(route.crew_name, pairs),
        "stops": [stop_content(stop, route, view.currency, choice) for stop in route.stops],
    }


def stop_content(stop: StopView, route: RouteView, currency: str, choice: Choice) -> dict[str, Any]:
    """Give one numbered stop."""
    made = route.finish.made.get(stop.debtor_id) if route.finish else None
    flags = (REQUIRED if stop.required else 0) | (LOCKED if stop.locked else 0)
    flags |= 0 if choice.has_debtor(stop) else DIM
    content = {
        "id": stop.debtor_id,
        "number": stop.number,
        "lon": round(stop.lon * GRAIN),
        "lat": round(stop.lat * GRAIN),
        "name": escape(stop.name or stop.debtor_id),
        "door": formats.span(stop.begins_at, stop.leaves_at),
        "overdue": formats.money(stop.overdue_minor, currency),
        "uplift": formats.money(stop.value_minor, currency),
        "flags": flags | (FRAGILE if fragile(made) else 0),
    }
    return content if made is None else content | {"made": formats.percent(made)}


def steps(line: Sequence[tuple[float, float]]) -> list[int]:
    """Give a line as one flat list, the first point and then the steps from point to point, in whole grains.

    >>> steps([(109.5, 29.1), (109.50002, 29.1), (109.50002, 29.09999)])
    [10950000, 2910000, 2, 0, 0, -1]
    """
    flat: list[int] = []
    at = (0, 0)
    for lon, lat in line:
        point = (round(lon * GRAIN), round(lat * GRAIN))
        if not flat or point != at:
            flat += (point[0] - at[0], point[1] - at[1])
        at = point
    return flat


@dataclass
class Columns:
    """Debtors that are not visited, as columns."""

    id: list[str] = field(default_factory=list)
    lon: list[int] = field(default_factory=list)
    lat: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    overdue: list[int] = field(default_factory=list)


def left_content(left: Sequence[LeftOutView], currency: str) -> dict[str, Any]:
    """Give who is not visited as columns; amounts in whole units, with a sample of how they are written."""
    columns = Columns()
    for one in left:
        columns.id.append(one.debtor_id)
        columns.lon.append(round(one.lon * GRAIN))
        columns.lat.append(round(one.lat * GRAIN))
        columns.name.append(escape(one.name) if one.name else "")
        columns.overdue.append(round(one.overdue_minor / 100))
    sample = formats.money(100, currency)
    return {**vars(columns), "money": escape(sample.replace("1", "#"))}


def depots(routes: Sequence[RouteView]) -> list[dict[str, Any]]:
    """Give each start place once, with the crews that leave from it."""
    names: dict[tuple[float, float], list[str]] = {}
    for route in routes:
        here = names.setdefault(route.depot, [])
        if route.crew_name not in here:
            here.append(route.crew_name)
    return [
        {"lon": lon, "lat": lat, "tip": tip(_("Start and end"), lines=crews)} for (lon, lat), crews in names.items()
    ]
