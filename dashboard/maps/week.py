"""The week's plan on a map: routes along the streets, numbered stops, depot, who is left out, visit groups."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import formats
from dashboard.maps.escape import escape, tip
from dashboard.maps.frame import Drawing, Ground, bounds_of, drawing
from dashboard.maps.hull import soft_hull
from dashboard.text import _
from dashboard.text.groups import group_name
from dashboard.theme import GREY_DOT, crew_colour, ink_on
from planner.view import GroupView, LeftOutView, RouteView, StopView, WeekView

#: A group on the map is of two at least, or its outline would single somebody out for nothing.
SMALLEST_GROUP = 2
#: More stops than this at once are dots without numbers: numbers of several days would only cover each other.
NUMBERED = 150
#: More left-out debtors than this are drawn fainter: the routes are what the map is about.
MANY = 200
SCATTERED = frozenset({"", "scattered"})


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
    """Draw a plan, or one day or some crews of it.

    Parameters
    ----------
    view
        The plan.
    ground
        What lies under it.
    day
        Only this day; None for the whole week.
    crews
        Only these crews' ids; None for all.
    selected
        Id of the debtor to make stand out, wherever he is.
    group
        Code of the visit group to bring into view and to make stand out, on whatever day it is visited.
    with_left_out
        Show who is not visited as small grey dots.
    with_groups
        Show the outlines of the visit groups.
    """
    routes = [
        route
        for route in view.routes
        if route.stops and (day is None or route.day == day) and (crews is None or route.crew_id in crews)
    ]
    left = [one for one in view.left_out if math.isfinite(one.lon) and math.isfinite(one.lat)] if with_left_out else []
    hulls = group_outlines(routes, left, view, group) if with_groups else []
    chosen = view.visit_groups.get(group) if with_groups else None
    shown = [(stop.lon, stop.lat) for route in routes for stop in route.stops] + [route.depot for route in routes]
    shown += [(lon, lat) for route in routes for lon, lat in route.line]
    content = {
        "selected": selected,
        "plain": sum(len(route.stops) for route in routes) > NUMBERED,
        "hulls": hulls,
        "dots": [left_out_dots(left, selected, view.currency)],
        "routes": [route_content(route, view) for route in routes],
        "depots": depots(routes),
        "legend": legend(routes, hulls=bool(hulls), left=len(left), estimated=view.roads_estimated, chosen=chosen),
        # Another day, crew or group is another view; the choice of a debtor alone must not move the map.
        "frame": "-".join((view.plan_id, str(day), ",".join(sorted(crews or ())), chosen.code if chosen else "")),
        "bounds": bounds_of(chosen.outline if chosen else shown) or bounds_of((one.lon, one.lat) for one in left),
    }
    return drawing(ground, content, name="week")


def route_content(route: RouteView, view: WeekView) -> dict[str, Any]:
    """Give one route with its stops; without a line along streets the stops are joined straight, and dashed."""
    straight = [route.depot, *((stop.lon, stop.lat) for stop in route.stops), route.depot]
    line = route.line or straight
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
        "colour": colour,
        "ink": ink_on(colour),
        "estimated": view.roads_estimated or not route.line,
        "line": [(round(lon, 5), round(lat, 5)) for lon, lat in line],
        "tip": tip(route.crew_name, pairs),
        "stops": [stop_content(stop, route, view.currency) for stop in route.stops],
    }


def stop_content(stop: StopView, route: RouteView, currency: str) -> dict[str, Any]:
    """Give one numbered stop with its tooltip."""
    pairs = [
        (_("Crew"), route.crew_name),
        (_("At the door"), formats.span(stop.begins_at, stop.leaves_at)),
        (_("Overdue"), formats.money(stop.overdue_minor, currency)),
        (_("Expected uplift"), formats.money(stop.value_minor, currency)),
    ]
    lines = [_("Must be visited this week")] if stop.required else []
    return {
        "id": stop.debtor_id,
        "number": stop.number,
        "lon": stop.lon,
        "lat": stop.lat,
        "required": stop.required,
        "tip": tip(f"{stop.number} · {stop.name or stop.debtor_id}", pairs, lines),
    }


def left_out_dots(left: Sequence[LeftOutView], selected: str, currency: str) -> dict[str, Any]:
    """Give the left-out debtors as one layer of small grey dots, fainter where they are many."""
    few = len(left) <= MANY
    return {
        "selected": selected,
        "edge": "#FFFFFF",
        "opacity": 0.8 if few else 0.5,
        "lon": [one.lon for one in left],
        "lat": [one.lat for one in left],
        "id": [one.debtor_id for one in left],
        "radius": [3.5 if few else 2.5] * len(left),
        "colour": [GREY_DOT] * len(left),
        "tip": [
            tip(
                one.name or one.debtor_id,
                [(_("Overdue"), formats.money(one.overdue_minor, currency))],
                [_("Not visited this week")],
            )
            for one in left
        ],
    }


def depots(routes: Sequence[RouteView]) -> list[dict[str, Any]]:
    """Give each start place once, with the crews that leave from it."""
    names: dict[tuple[float, float], list[str]] = defaultdict(list)
    for route in routes:
        if route.crew_name not in names[route.depot]:
            names[route.depot].append(route.crew_name)
    return [
        {"lon": lon, "lat": lat, "tip": tip(_("Start and end"), lines=crews)} for (lon, lat), crews in names.items()
    ]


def group_outlines(
    routes: Sequence[RouteView], left: Sequence[LeftOutView], view: WeekView, chosen: str = ""
) -> list[dict[str, Any]]:
    """Give the outline of each visit group that the shown routes touch, with its name, hours and value.

    The chosen one is there in any case, as the last, so that it lies over the others. A plan saved before groups had
    names knows no outline: then a soft hull is drawn about those who are shown.
    """
    touched = {stop.visit_group for route in routes for stop in route.stops} - SCATTERED - {chosen}
    members: dict[str, list[tuple[float, float]]] = defaultdict(list)
    everybody: list[StopView | LeftOutView] = [*(stop for route in routes for stop in route.stops), *left]
    for one in everybody:
        if one.visit_group in touched:
            members[one.visit_group].append((one.lon, one.lat))
    outlines = [
        group_content(view.visit_groups[code], view.currency)
        if code in view.visit_groups
        else {"ring": soft_hull(points), "tip": tip(_("Visit group"), [(_("Debtors here"), len(points))])}
        for code, points in sorted(members.items())
        if len(points) >= SMALLEST_GROUP
    ]
    if chosen in view.visit_groups:
        outlines.append(group_content(view.visit_groups[chosen], view.currency) | {"chosen": True})
    return outlines


def group_content(group: GroupView, currency: str) -> dict[str, Any]:
    """Give a named group's outline with its tooltip."""
    hours_s = None if group.travel_s is None else group.door_s + group.travel_s
    pairs = [
        (_("Visit group"), group.code),
        (_("Debtors here"), group.size),
        (_("Hours needed"), formats.duration(hours_s)),
        (_("Expected uplift"), formats.money(group.value_minor, currency)),
    ]
    return {"ring": group.outline, "tip": tip(group_name(group), pairs)}


def legend(
    routes: Sequence[RouteView], *, hulls: bool, left: int, estimated: bool, chosen: GroupView | None = None
) -> Mapping[str, Any]:
    """Explain the signs that are on the map, and no others."""
    crews = {route.crew_id: (route.crew_name, crew_colour(route.colour)) for route in routes}
    rows = [
        {"kind": "line", "colour": colour, "text": escape(name)}
        for name, colour in sorted(crews.values(), key=lambda crew: crew[0])
    ]
    if routes:
        rows.append({"kind": "star", "colour": "", "text": escape(_("Start and end"))})
    if any(stop.required for route in routes for stop in route.stops):
        rows.append({"kind": "ring", "colour": "#FFFFFF", "text": escape(_("Must be visited this week"))})
    if left:
        rows.append({"kind": "dot", "colour": GREY_DOT, "text": escape(_("Not visited ({n})").format(n=left))})
    if hulls:
        rows.append({"kind": "hull", "colour": "", "text": escape(_("Visit group"))})
    if chosen is not None:
        rows.append({"kind": "chosen", "colour": "", "text": escape(group_name(chosen))})
    if estimated and routes:
        rows.append({"kind": "note", "colour": "", "text": escape(_("Dashed: straight lines, not streets"))})
    return {"title": escape(_("Legend")), "rows": rows}
