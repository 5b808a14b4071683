"""A plan on paper, in the reader's words: route sheets of a crew, and the week's page for the wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from dashboard import formats
from dashboard.phone.content import required_reason
from dashboard.screens.week_files_out import line_of
from dashboard.screens.week_files_plan import Taken
from dashboard.screens.who import branch_name
from dashboard.text import _, current_language, n_
from dashboard.text.words import PLACE_KINDS, word
from dashboard.theme import crew_colour
from planner.export.route_sheet import Line, Mark, RouteDay, RouteSheet, route_sheet_pdf
from planner.export.wall import Cell, CrewRow, Wall, wall_pdf
from planner.view import RouteView, StopView

NOBODY = Cell("")


def route_sheets(of: Taken, crew: str, day: date | None, basemap: Mapping[str, Any] | None) -> bytes:
    """Give the sheets of a crew, a page a day."""
    return route_sheet_pdf(sheet(of, of.routes(crew, day)), basemap)


def sheet(of: Taken, routes: Sequence[RouteView]) -> RouteSheet:
    """Put a crew's routes into words for paper."""
    named = any(stop.name for route in routes for stop in route.stops)
    footer = _("Names and addresses: keep this sheet with you, and destroy it after the day.") if named else ""
    notes = [_("Travel times are estimated by straight lines, not streets.")] if of.view.roads_estimated else []
    return RouteSheet(
        lang=current_language(),
        title=_("Route sheets"),
        author="Rounds",
        made=_("Made {when}").format(when=of.made),
        banner=of.banner,
        footer=footer,
        notes=notes,
        headings=["#", _("At the door"), _("May begin"), _("Debtor"), _("Place"), _("Overdue"), _("Remark")],
        legend=[
            ("stop", _("Visit, in this order")),
            ("required", _("Must be visited this week")),
            ("depot", _("Start and end")),
            (
                "way",
                _("Dashed: straight lines, not streets") if of.view.roads_estimated else _("Way along the streets"),
            ),
        ],
        days=[route_day(of, route) for route in routes],
    )


def route_day(of: Taken, route: RouteView) -> RouteDay:
    """Put one day into words."""
    facts = [n_("{n} visit", "{n} visits", len(route.stops))]
    if route.stops:
        facts.append(_("Out {leaves}, back {returns}").format(
            leaves=formats.clock(route.leaves_at), returns=formats.clock(route.returns_at)))  # fmt: skip
        facts.append(_("Travel {time}").format(time=formats.duration(route.efficiency.get("travel_s"))))
    facts.append(_("Shift {hours}").format(hours=formats.span(route.shift_starts_at, route.shift_ends_at)))
    return RouteDay(
        title=f"{formats.day(route.day, year=True)} · {route.crew_name}",
        facts=" · ".join(facts),
        depot=route.depot,
        line=line_of(route) if route.stops else (),
        colour=crew_colour(route.colour),
        marks=[Mark(str(stop.number), stop.lon, stop.lat, stop.required) for stop in route.stops],
        lines=table(of, route),
        empty="" if route.stops else _("No stop for the crew on this day."),
    )


def table(of: Taken, route: RouteView) -> list[Line]:
    """Give the stops with the breaks between them, and the way back."""
    pauses = [(begins, Line("", formats.span(begins, ends), "", _("Break"), "", "")) for begins, ends in route.breaks]
    rows = [*((stop.begins_at, stop_line(of, stop)) for stop in route.stops), *pauses]
    lines = [line for _at, line in sorted(rows, key=lambda row: row[0])]
    return [*lines, Line("", formats.clock(route.returns_at), "", _("Back"), "", "")] if route.stops else []


def stop_line(of: Taken, stop: StopView) -> Line:
    """Put one stop into a line."""
    address = of.addresses.get(stop.place_id, "")
    return Line(
        number=str(stop.number),
        time=formats.span(stop.begins_at, stop.leaves_at),
        window=formats.span(stop.opens_at, stop.closes_at),
        name=stop.name or stop.debtor_id,
        place=_("{kind} · {address}").format(
            kind=word(PLACE_KINDS, stop.place_kind), address=address or of.district(stop)
        ),
        amount=formats.money(stop.overdue_minor, of.view.currency),
        note=required_reason(stop.required_reason) if stop.required else "",
        strong=stop.required,
    )


def wall_page(of: Taken, paper: Literal["a3", "a4"], basemap: Mapping[str, Any] | None) -> bytes:
    """Give the page for the wall."""
    return wall_pdf(wall(of, paper), basemap)


def wall(of: Taken, paper: Literal["a3", "a4"]) -> Wall:
    """Put the week into words that anybody may read who passes the wall."""
    view, crews = of.view, dict[str, list[RouteView]]()
    for route in sorted(view.routes, key=lambda one: (one.colour, one.shift_starts_at)):
        crews.setdefault(route.crew_id, []).append(route)
    rows = [crew_row(of, mine) for mine in crews.values()]
    days = [[one for one in view.routes if one.day == day and one.stops] for day in view.days]
    first, last = view.days[0], view.days[-1]
    ours = view.metrics
    return Wall(
        lang=current_language(),
        paper=paper,
        title=f"{branch_name(of.branch)} · {formats.week(view.week)}",
        subtitle=f"{formats.day(first, year=True)} – {formats.day(last, year=True)}",
        author="Rounds",
        made=_("Made {when}").format(when=of.made),
        banner=of.banner,
        map_title=_("Where the crews go"),
        depot=view.routes[0].depot if view.routes else (of.branch.lon, of.branch.lat),
        depot_word=_("Start and end"),
        days=[formats.day(day) for day in view.days],
        crew_word=_("Crew"),
        total_word=_("Total"),
        rows=rows,
        totals=[total(one) for one in (*days, [route for day in days for route in day])],
        figures=[
            (_("Visits"), formats.number(sum(len(route.stops) for route in view.routes))),
            (_("Crew-days"), formats.number(sum(1 for route in view.routes if route.stops))),
            (_("Hours out"), formats.duration(sum(out_s(route) for route in view.routes))),
            (_("Travel share"), formats.percent(ours.get("travel_share"))),
            (_("Must be visited this week"), formats.number(due(view.routes))),
        ],
        notes=[
            _("For the wall: no debtor's name, amount or door. Routes are drawn coarsely and without stops."),
            _("In a cell: visits, out and back, travel."),
            *([_("Travel times are estimated by straight lines, not streets.")] if view.roads_estimated else []),
            *([_("Two numbers in a cell are two shifts of a crew on that day.")] if twice(view.routes) else []),
        ],
    )


def crew_row(of: Taken, routes: Sequence[RouteView]) -> CrewRow:
    """Give a crew's line of the grid."""
    return CrewRow(
        name=routes[0].crew_name,
        colour=crew_colour(routes[0].colour),
        cells=[cell([route for route in routes if route.day == day]) for day in of.view.days],
        total=total([route for route in routes if route.stops]),
        lines=[[line_of(one) for one in routes if one.day == day and one.stops] for day in of.view.days],
    )


def cell(routes: Sequence[RouteView]) -> Cell:
    """Say a crew's day in three short texts; a shift without a stop is a zero, no shift is nothing.

    Of several shifts each has its visits and its times, in order, and the row's total has their travel.
    """
    out = [one for one in routes if one.stops] or list(routes[:1])
    if len(out) > 1:
        first, *more = [formats.span(one.leaves_at, one.returns_at) for one in out]
        return Cell(" + ".join(str(len(one.stops)) for one in out), first, _(", ").join(more), both=True)
    if not out:
        return NOBODY
    (route,) = out
    if not route.stops:
        return Cell("0", formats.span(route.shift_starts_at, route.shift_ends_at), _("no stop"))
    travel = formats.duration(route.efficiency.get("travel_s"))
    return Cell(str(len(route.stops)), formats.span(route.leaves_at, route.returns_at), travel)


def twice(routes: Sequence[RouteView]) -> bool:
    """Say whether a crew goes out more than once on a day."""
    out = [(one.crew_id, one.day) for one in routes if one.stops]
    return len(set(out)) < len(out)


def total(routes: Sequence[RouteView]) -> Cell:
    """Sum routes up: visits, hours out, travel."""
    if not routes:
        return NOBODY
    travel = sum(float(route.efficiency.get("travel_s") or 0) for route in routes)
    visits = sum(len(route.stops) for route in routes)
    return Cell(str(visits), formats.duration(sum(out_s(one) for one in routes)), formats.duration(travel))


def out_s(route: RouteView) -> float:
    """Give how long a crew is out, in seconds."""
    if route.leaves_at is None or route.returns_at is None:
        return 0.0
    return (route.returns_at - route.leaves_at).total_seconds()


def due(routes: Sequence[RouteView]) -> int:
    """Count the required visits."""
    return sum(stop.required for route in routes for stop in route.stops)
