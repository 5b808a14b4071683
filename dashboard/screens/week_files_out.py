"""A plan as calendar, GPX and GeoJSON, in the reader's words: for a telephone, a device, a map of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import shapely
from babel.numbers import get_currency_precision
from shapely.geometry.base import BaseGeometry

from dashboard import formats
from dashboard.screens.week_files_plan import Taken
from dashboard.text import _, joined, n_
from dashboard.text.groups import group_name
from planner.export.geojson import Feature, geojson
from planner.export.gpx import DayTrack, Waypoint, gpx
from planner.export.ics import Event, calendar_file
from planner.view import RouteView, StopView

#: the fewest points of a ring, the first once more at its end
RING = 4


def calendar(of: Taken, crew: str, *, names: bool, day: date | None = None) -> bytes:
    """Give a crew's week, or one day of it, as a calendar.

    Parameters
    ----------
    names
        Put names and addresses in: the maker of the telephone may then read them. Without, a visit is its number and
        its district.
    """
    routes = of.routes(crew, day)
    title = routes[0].crew_name if routes else crew
    events = [event for route in routes if route.stops for event in events_of(of, route, names=names)]
    label = f"{title} · {formats.week(of.view.week)}"
    return calendar_file(
        label if of.published else f"{label} · {_('Draft')}",
        events,
        now=of.now,
        made=of.view.published_at or of.view.created_at,
        draft=not of.published,
    )


def events_of(of: Taken, route: RouteView, *, names: bool) -> Iterator[Event]:
    """Give a day's stops and breaks as events."""
    mark = "" if of.published else f"[{_('Draft')}] "
    straight = _("Travel times are estimated by straight lines, not streets.") if of.view.roads_estimated else ""
    note = joined(_("Who and where: see My day.") if of.published else of.banner, straight)
    for stop in route.stops:
        place = of.district(stop)
        title = _("Visit {n} · {district}").format(n=stop.number, district=place)
        text = note
        if names:
            title = _("Visit {n} · {name}").format(n=stop.number, name=stop.name or stop.debtor_id)
            place = of.addresses.get(stop.place_id) or place
            text = joined(of.banner, straight)
        key = f"{of.branch.code} {of.view.week} {stop.debtor_id}"
        yield Event(key, stop.begins_at, stop.leaves_at, mark + title, place, text)
    for number, (begins, ends) in enumerate(route.breaks, start=1):
        yield Event(f"{of.view.week} {route.shift_id} break {number}", begins, ends, mark + _("Break"), busy=False)


def tracks(of: Taken, crew: str, day: date | None) -> bytes:
    """Give a crew's routes for a navigation device: numbers and times, no names."""
    routes = [one for one in of.routes(crew, day) if one.stops]
    name = routes[0].crew_name if routes else crew
    facts = [of.banner] if of.banner else []
    if of.view.roads_estimated:
        facts.append(_("Travel times are estimated by straight lines, not streets."))
    return gpx(
        f"{name} · {formats.week(of.view.week)}",
        joined(*facts),
        [day_track(of, one, several=len(routes) > 1) for one in routes],
        now=of.now,
    )


def day_track(of: Taken, route: RouteView, *, several: bool) -> DayTrack:
    """Give one day's track; where several days are in the file, a waypoint's name has its weekday."""
    lead = f"{formats.weekday(route.day)} " if several else ""
    mark = "" if of.published else f"{_('Draft')} "
    stops = [
        Waypoint(
            stop.lon,
            stop.lat,
            f"{mark}{lead}{stop.number}",
            f"{formats.day(route.day)} {formats.span(stop.begins_at, stop.leaves_at)} · {of.district(stop)}",
        )
        for stop in route.stops
    ]
    visits = n_("{n} visit", "{n} visits", len(route.stops))
    text = f"{visits} · {formats.span(route.leaves_at, route.returns_at)}"
    return DayTrack(f"{mark}{formats.day(route.day)} · {route.crew_name}", text, line_of(route), stops)


def line_of(route: RouteView) -> list[tuple[float, float]]:
    """Give the way along the streets, else from stop to stop straight."""
    return list(route.line) or [route.depot, *((stop.lon, stop.lat) for stop in route.stops), route.depot]


def features(of: Taken) -> bytes:
    """Give routes, stops and visit groups as GeoJSON: ids, times and figures, no names of debtors."""
    view = of.view
    about = {
        "branch": view.branch,
        "week": view.week,
        "plan": view.plan_id,
        "state": "published" if of.published else "draft",
        "currency": view.currency,
        "roads_estimated": view.roads_estimated,
        "made_at": of.now.isoformat(timespec="seconds"),
    }
    unit = 10 ** get_currency_precision(view.currency)
    found: list[Feature] = []
    for route in view.routes:
        if route.stops:
            found.append((shapely.LineString(line_of(route)), route_facts(route)))
            found += [(shapely.Point(one.lon, one.lat), stop_facts(one, route, unit)) for one in route.stops]
    for group in view.visit_groups.values():
        found.append((outline(group.outline), {
            "kind": "visit_group", "id": group.code, "name": group_name(group), "debtors": group.size,
        }))  # fmt: skip
    return geojson(found, about)


def outline(ring: tuple[tuple[float, float], ...]) -> BaseGeometry:
    """Give a group's outline; two members or fewer have none."""
    closed = ring if not ring or ring[0] == ring[-1] else (*ring, ring[0])
    return shapely.Polygon(closed) if len(closed) >= RING else shapely.Polygon()


def route_facts(route: RouteView) -> Mapping[str, Any]:
    """Give what a route's feature says."""
    return {
        "kind": "route",
        "id": route.shift_id,
        "crew": route.crew_id,
        "day": route.day.isoformat(),
        "visits": len(route.stops),
        "leaves_at": None if route.leaves_at is None else route.leaves_at.isoformat(),
        "returns_at": None if route.returns_at is None else route.returns_at.isoformat(),
        "travel_s": route.efficiency.get("travel_s"),
    }


def stop_facts(stop: StopView, route: RouteView, unit: int) -> Mapping[str, Any]:
    """Give what a stop's feature says."""
    return {
        "kind": "stop",
        "id": stop.debtor_id,
        "route": route.shift_id,
        "number": stop.number,
        "arrives_at": stop.arrives_at.isoformat(),
        "begins_at": stop.begins_at.isoformat(),
        "leaves_at": stop.leaves_at.isoformat(),
        "required": stop.required,
        "overdue": stop.overdue_minor / unit,
        "expected_uplift": round(stop.value_minor / unit, 2),
        "bucket": stop.bucket,
    }
