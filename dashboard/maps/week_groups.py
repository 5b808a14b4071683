"""The outlines of the visit groups that a week's routes touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.maps.escape import tip
from dashboard.maps.hull import soft_hull
from dashboard.text import _
from dashboard.text.groups import group_name
from planner.view import GroupView, LeftOutView, RouteView, StopView, WeekView

#: A group on the map is of two at least, or its outline would single somebody out for nothing.
SMALLEST_GROUP = 2
SCATTERED = frozenset({"", "scattered"})


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
