"""The phone's routes for a crew's safety: how it stands, and what the crew says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.phone.answers import spoken, written
from dashboard.phone.days import DayRoutes, branch_of, crew_of
from dashboard.phone.safety import keep, safety_content
from dashboard.principal import of_headers
from planner.domain import Branch, Crew
from planner.safety import Kind


@dataclass(frozen=True)
class SafetyRoutes(DayRoutes):
    """The routes of a crew's safety."""

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        path = "/m/api/{branch}/{crew}/{day}/safety"
        return [Route(path, self.values), Route(path, self.say, methods=["POST"])]

    def asked(self, request: Request) -> tuple[Branch, Crew]:
        """Give whose day a request is about (KeyError where it is not the reader's)."""
        services, principal = self.services(), of_headers(request.headers)
        branch = branch_of(services.store, principal, request.path_params["branch"])
        return branch, crew_of(services.store, principal, branch, request.path_params["crew"])

    @spoken
    def values(self, request: Request) -> Response:
        """Say how it stands."""
        day, (branch, crew) = self.wanted(request), self.asked(request)
        principal = of_headers(request.headers)
        return JSONResponse(safety_content(self.services(), principal, branch, crew.crew_id, day))

    @written
    def say(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Keep what the crew says. The same id sent again is answered like the first time."""
        # A call for help is taken from any page; all else is of a day that the crew may open.
        help_wanted = sent.get("kind") in (Kind.ALERT, Kind.WITHDRAWN)
        day = self.named(request) if help_wanted else self.wanted(request, late=True)
        services, principal, (branch, crew) = self.services(), of_headers(request.headers), self.asked(request)
        new = keep(services, principal, branch, crew, day, sent)
        now = safety_content(services, principal, branch, crew.crew_id, day)
        return JSONResponse({"kept": True, "new": new, "safety": now}, status_code=201 if new else 200)
