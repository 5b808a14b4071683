"""The phone page of a crew's day and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import formats
from dashboard.phone.answers import own_name, spoken, written
from dashboard.phone.became import used_address
from dashboard.phone.changes import BadChange, offered, proposed, read, taken
from dashboard.phone.content import day_address, day_content, map_content, other_names
from dashboard.phone.days import DayRoutes, branch_of, require_rows
from dashboard.phone.files import on_offer
from dashboard.phone.looks import Looks
from dashboard.phone.outcome import beside, once_of, read_outcome, save
from dashboard.phone.pin import save_pin
from dashboard.phone.words import words
from dashboard.principal import of_headers
from dashboard.text import _, joined
from planner.day_change import OwnDay
from planner.domain import Role


@dataclass(frozen=True)
class PhoneRoutes(DayRoutes):
    """The routes of a crew's day."""

    looks: Looks = field(default_factory=Looks)

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [
            Route("/m", self.crews),
            Route("/m/{branch}/{crew}", self.today),
            Route("/m/api/{branch}/{crew}/{day}", self.day_values),
            Route("/m/api/{branch}/{crew}/{day}/map", self.map_values),
            Route("/m/api/{branch}/{crew}/{day}/outcome", self.outcome, methods=["POST"]),
            Route("/m/api/{branch}/{crew}/{day}/pin", self.pin, methods=["POST"]),
            Route("/m/api/{branch}/{crew}/{day}/offered", self.offered),
            Route("/m/api/{branch}/{crew}/{day}/replan", self.replan, methods=["POST"]),
            Route("/m/api/{branch}/{crew}/{day}/change", self.change, methods=["POST"]),
            Route("/m/{branch}/{crew}/{day}", self.day),
        ]

    @spoken
    def crews(self, request: Request) -> Response:
        """Offer the reader's crews; a collector goes straight to his own."""
        services, principal = self.services(), of_headers(request.headers)
        require_rows(principal)
        branches: list[dict[str, Any]] = []
        for branch in services.store.branches(principal):
            day = services.now().astimezone(ZoneInfo(branch.timezone)).date()
            names = {one.collector_id: one.name for one in services.store.collectors(principal, branch.code)}
            crews = [
                {
                    "id": crew.crew_id,
                    "name": crew.name,
                    "members": other_names(crew.name, [names.get(member, member) for member in crew.members]),
                    "href": day_address(self.prefix, quote(branch.code), quote(crew.crew_id), day),
                }
                for crew in services.store.crews(principal, branch.code)
                if principal.role is not Role.COLLECTOR or crew.crew_id == principal.crew
            ]
            branches.append({"name": own_name(branch.name_en, branch.name_zh), "crews": crews})
        own = [crew for branch in branches for crew in branch["crews"]]
        if principal.role is Role.COLLECTOR and len(own) == 1:
            return RedirectResponse(str(own[0]["href"]), status_code=303)
        day_text = formats.day(services.now().date())
        return self.page(request, "crews.html", branches=[one for one in branches if one["crews"]], day_text=day_text)

    @spoken
    def today(self, request: Request) -> Response:
        """Lead to the crew's day today."""
        services, principal = self.services(), of_headers(request.headers)
        require_rows(principal)
        branch = branch_of(services.store, principal, request.path_params["branch"])
        day = services.now().astimezone(ZoneInfo(branch.timezone)).date()
        crew = quote(request.path_params["crew"])
        return RedirectResponse(day_address(self.prefix, quote(branch.code), crew, day), status_code=303)

    def own(self, request: Request, sent: Mapping[str, Any] | None = None) -> OwnDay:
        """Read what is needed to plan the day again that a request, and what was sent with it, is about."""
        services, crew = self.services(), request.path_params["crew"]
        own = read(services, of_headers(request.headers), crew, self.wanted(request), sent)
        self.require_here(request, own.branch)
        return own

    @spoken
    def day(self, request: Request) -> Response:
        """Show a crew's day."""
        view, principal = self.view(request), of_headers(request.headers)
        self.looks.note(self.services(), principal, view)
        content = day_content(view, self.services(), principal, prefix=self.prefix)
        files = on_offer(view, principal, prefix=self.prefix)
        along = content["api"].replace("/m/api/", "/m/", 1)
        used = used_address(view, principal, prefix=self.prefix)
        return self.page(request, "day.html", day=content, words=words(), along=along, files=files, used=used)

    @spoken
    def day_values(self, request: Request) -> Response:
        """Give a crew's day as JSON, as the page carries it."""
        view, principal = self.view(request), of_headers(request.headers)
        self.looks.note(self.services(), principal, view)
        return JSONResponse(day_content(view, self.services(), principal, prefix=self.prefix))

    @spoken
    def map_values(self, request: Request) -> Response:
        """Give the ground of a crew's day as JSON."""
        return JSONResponse(map_content(self.services(), self.view(request)))

    @written
    def outcome(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Keep one outcome. The same id sent again is answered like the first time."""
        services, principal, now = self.services(), of_headers(request.headers), self.services().now()
        view = self.view(request, late=True, doors_only=True)
        outcome = read_outcome(sent, view, once_of(services.store, principal, view), now=now)
        new = save(services.store, principal, view, outcome, now=now)
        told = [beside(services.store, principal, view, outcome)] if new else []
        if outcome.note_faults:
            told.append(_("The outcome is kept without its note: it held what must not be written."))
        return JSONResponse({"kept": True, "new": new, "told": joined(*told)}, status_code=201 if new else 200)

    @written
    def pin(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Put right where a stop is."""
        services, principal = self.services(), of_headers(request.headers)
        save_pin(services.store, principal, self.view(request, late=True), sent, now=services.now())
        return JSONResponse({"kept": True}, status_code=201)

    @spoken
    def offered(self, request: Request) -> Response:
        """Give who could be called in today and who is in the crew."""
        services, principal = self.services(), of_headers(request.headers)
        try:
            return JSONResponse(offered(services, principal, self.own(request)))
        except BadChange as error:
            return JSONResponse({"error": str(error)}, status_code=422)

    @written
    def replan(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Say what the rest of the day would be after what happened; nothing is kept."""
        services, principal = self.services(), of_headers(request.headers)
        return JSONResponse(proposed(services, principal, self.own(request, sent), sent))

    @written
    def change(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Take what was shown; sent again it is answered like the first time."""
        services, principal = self.services(), of_headers(request.headers)
        new = taken(services, principal, self.own(request, sent), sent)
        day = day_content(self.view(request), services, principal, prefix=self.prefix)
        return JSONResponse({"kept": True, "new": new, "day": day}, status_code=201 if new else 200)
