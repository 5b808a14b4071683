"""The legend of the week's map and timeline: the signs that are there, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.maps.escape import escape
from dashboard.maps.week_lines import fragile, late
from dashboard.text import _
from dashboard.text.groups import group_name
from dashboard.theme import GREY_DOT, crew_colour, crew_shape
from planner.view import GroupView, RouteView


def legend(
    routes: Sequence[RouteView],
    *,
    hulls: bool,
    left: int,
    nowhere: int,
    estimated: bool,
    chosen: GroupView | None,
    dimmed: bool,
    shut: bool = False,
) -> Mapping[str, Any]:
    """Explain the signs: each crew with its number of visits, then what the signs of single stops mean.

    It lies beside the map where there is a timeline, else on it: ``shut`` until it is opened, since it hides stops.
    """
    visits: dict[tuple[str, int], int] = {}
    for route in routes:
        crew = (route.crew_name, route.colour)
        visits[crew] = visits.get(crew, 0) + len(route.stops)
    rows: list[dict[str, Any]] = [
        row("line", f"{name} ({number})", colour=crew_colour(colour), shape=crew_shape(colour))
        for (name, colour), number in sorted(visits.items())
    ]
    if routes:
        rows.append(row("star", _("Start and end")))
    if any(stop.required for route in routes for stop in route.stops):
        rows.append(row("ring", _("Must be visited this week"), colour="#FFFFFF"))
    if any(stop.locked for route in routes for stop in route.stops):
        rows.append(row("lock", _("Locked")))
    if any(fragile(made) for route in routes if route.finish for made in route.finish.made.values()):
        rows.append(row("risk", _("May be missed: over 10% chance to come late")))
    if any(late(route) for route in routes):
        rows.append(row("late", _("Ends in its shift with less than 80%")))
    if dimmed and routes:
        rows.append(row("dim", _("Not in the filter")))
    if left:
        rows.append(row("dot", _("Not visited ({n})").format(n=left), colour=GREY_DOT))
        rows.append(row("hexagon", _("Several of them; the darker, the more")))
    if nowhere:
        rows.append(row("note", _("{n} without a place are not shown").format(n=nowhere)))
    if hulls:
        rows.append(row("hull", _("Visit group")))
    if chosen is not None:
        rows.append(row("chosen", group_name(chosen)))
    if estimated and routes:
        rows.append(row("note", _("Dashed: straight lines, not streets")))
    return {"title": escape(_("Legend")), "rows": rows} | ({"shut": True} if shut else {})


def row(kind: str, text: str, *, colour: str = "", shape: str = "") -> dict[str, Any]:
    """Give one row of the legend."""
    return {"kind": kind, "colour": colour, "shape": shape, "text": escape(text)}
