"""What a crew takes along from the phone: its route sheet, calendar and track, of the plan that its shifts work by.

Each file is made when it is asked for, for who may see the crew's contact cards, and kept nowhere. Only the sheet has
names: a calendar is copied to the maker of the telephone, a track to whatever reads it. A draft is never among them:
without a plan in force there is no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.phone.answers import spoken
from dashboard.phone.days import DayRoutes
from dashboard.principal import of_headers
from dashboard.screens.week_files_out import calendar, tracks
from dashboard.screens.week_files_paper import route_sheets
from dashboard.screens.week_files_plan import CARDS, Taken, basemap_of, taken
from dashboard.services import Services
from dashboard.text import N_, _
from planner.domain import Branch, Principal
from planner.store import NotAllowed, SavedPlan, Store
from planner.view import DayView, StopView, WeekView, week_view
from planner.view.day import find_crew, known_or
from planner.view.recorded import by_key
from planner.view.week import route_view
from planner.week import iso_week, week_days


@dataclass(frozen=True)
class File:
    """One file on offer: what it is called in an address and in words, its type, and what makes it."""

    name: str
    words: str
    ending: str
    kind: str  # as the desk's files and the audit trail call it
    media: str
    whole_week: bool
    make: Callable[[Services, Taken, str, date], bytes]
    names: bool = False


FILES = (
    File("sheet", N_("Route sheet (PDF)"), "pdf", "routes", "application/pdf", False,
         lambda kit, of, crew, day: route_sheets(of, crew, day, basemap_of(kit, of.branch)), names=True),
    File("track", N_("Route for a navigator (GPX)"), "gpx", "tracks", "application/gpx+xml", False,
         lambda _kit, of, crew, day: tracks(of, crew, day)),
    File("day", N_("Calendar of the day (ICS)"), "ics", "calendar", "text/calendar; charset=utf-8", False,
         lambda _kit, of, crew, day: calendar(of, crew, names=False, day=day)),
    File("week", N_("Calendar of the week (ICS)"), "ics", "calendar", "text/calendar; charset=utf-8", True,
         lambda _kit, of, crew, _day: calendar(of, crew, names=False)),
)  # fmt: skip
BY_NAME: Mapping[str, File] = {one.name: one for one in FILES}


@dataclass(frozen=True)
class FileRoutes(DayRoutes):
    """The route of a crew's files."""

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [Route("/m/api/{branch}/{crew}/{day}/file/{name}", self.file)]

    @spoken
    def file(self, request: Request) -> Response:
        """Give a file, and write down that it was taken."""
        services, principal = self.services(), of_headers(request.headers)
        day = self.wanted(request)
        wanted = BY_NAME[request.path_params["name"]]
        crew = request.path_params["crew"]
        only = None if wanted.whole_week else day
        branch, view = crew_week(services.store, principal, crew, iso_week(day), only)
        self.require_here(request, branch)
        data = wanted.make(services, replace(taken(services, principal, branch, view), published=True), crew, day)
        said = {"file": f"{wanted.kind}.{wanted.ending}", "crew": crew, "day": str(only or ""), "from": "phone"}
        said |= {"names": "yes" if wanted.names else "no"}
        services.store.note_export(principal, view.plan_id, wanted.kind, said=said, now=services.now())
        named = Taken(view, branch, services.now(), published=True)
        name = named.file_name(wanted.kind, wanted.ending, crew, only)
        headers = {"Content-Disposition": disposition(name), "Cache-Control": "no-store"}
        return Response(data, media_type=wanted.media, headers=headers)


def on_offer(view: DayView, principal: Principal, *, prefix: str) -> list[dict[str, str]]:
    """Give the files that a day's page offers: none without stops, or to who may see no contact cards."""
    if not view.stops or principal.role not in CARDS:
        return []
    here = f"{prefix}/m/api/{quote(view.branch.code)}/{quote(view.crew_id)}/{view.day.isoformat()}"
    return [{"name": one.name, "words": _(one.words), "href": f"{here}/file/{one.name}"} for one in FILES]


def crew_week(
    store: Store, principal: Principal, crew_id: str, week: str, day: date | None = None
) -> tuple[Branch, WeekView]:
    """Give a crew's week, or a day of it, as it is in force: each shift by the plan it works by, pins as known now.

    Raises
    ------
    planner.store.NotAllowed
        If the principal sees no contact cards, or not this branch.
    KeyError
        If there is no such crew for him, or nothing is in force.
    """
    if principal.role not in CARDS:
        raise NotAllowed("these files lead to doors: they are for who may see contact cards")
    if principal.crew is not None and principal.crew != crew_id:
        raise KeyError(crew_id)
    branch, _crew = find_crew(store, principal, crew_id)
    found = list(in_force(store, principal, branch, crew_id, week, day))
    if not found:
        raise KeyError("nothing is in force for this crew")
    cards = store.contacts(principal, branch.code, week=week)
    names: dict[str, str] = dict(zip(cards["debtor_id"], cards["name"], strict=True))
    places = store.places(principal, branch.code, week=week)
    known = by_key(places, "place_id", list(places["place_id"]))
    routes = [replace(one, stops=tuple(moved(stop, known) for stop in one.stops)) for one in (
        route_view(saved, route, names) for saved, route in found)]  # fmt: skip
    newest = max((saved for saved, _route in found), key=lambda one: one.created_at)
    view = week_view(store, principal, newest.plan_id)
    return branch, replace(
        view,
        routes=tuple(sorted(routes, key=lambda one: one.shift_starts_at)),
        days=tuple(sorted({one.day for one in routes})),
        published_at=view.published_at or view.created_at,
        left_out=(),
        roads_estimated=any(bool(saved.context["roads_estimated"]) for saved, _route in found),
    )


def in_force(
    store: Store, principal: Principal, branch: Branch, crew_id: str, week: str, only: date | None
) -> Iterator[tuple[SavedPlan, Mapping[str, Any]]]:
    """Give the crew's routes of a week, or a day of it, each out of the plan that its shift works by."""
    days = week_days(week) if only is None else (only,)
    for shift in store.shifts_worked(principal, branch.code, days[0], days[-1]):
        if shift.crew_id != crew_id:
            continue
        saved = store.published(principal, branch.code, week, shift=shift.shift_id)
        routes = [] if saved is None else saved.plan["routes"]
        mine = next((one for one in routes if one["shift"] == shift.shift_id), None)
        if saved is not None and mine is not None and shift.shift_id in saved.context["shifts"]:
            yield saved, mine


def moved(stop: StopView, known: Mapping[str, Mapping[str, Any]]) -> StopView:
    """Give a stop where its pin is known to be now: that is where the crew goes."""
    place = known.get(stop.place_id, {})
    return replace(stop, lon=known_or(place.get("lon"), stop.lon), lat=known_or(place.get("lat"), stop.lat))


def disposition(name: str) -> str:
    """Give the header that names a file; ids of crews may hold any sign.

    >>> disposition("routes-YX01.pdf")
    "attachment; filename*=UTF-8''routes-YX01.pdf"
    """
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
