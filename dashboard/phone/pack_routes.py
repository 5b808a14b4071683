"""The routes of a day taken along: the page that makes the pack, and the page that takes back what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import formats
from dashboard.phone.answers import smaller, spoken, written
from dashboard.phone.content import MAY_RECORD, day_address
from dashboard.phone.days import DayRoutes
from dashboard.phone.pack import PLACE, file_name, pack_parts
from dashboard.phone.pack_words import make_words, upload_words
from dashboard.phone.upload import taken_in
from dashboard.principal import of_headers
from planner.store import NotAllowed
from planner.view import DayView


@dataclass(frozen=True)
class PackRoutes(DayRoutes):
    """The routes of the day pack and of what comes back from it."""

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [
            Route("/m/api/{branch}/{crew}/{day}/pack", self.pack, methods=["POST"]),
            Route("/m/api/{branch}/{crew}/{day}/upload", self.upload, methods=["POST"]),
            Route("/m/{branch}/{crew}/{day}/pack", self.pack_page),
            Route("/m/{branch}/{crew}/{day}/upload", self.upload_page),
        ]

    @spoken
    def pack_page(self, request: Request) -> Response:
        """Show what a day pack is and make one; the phrase is shown here once and never sent."""
        view = self.recordable(request)
        return self.page(request, "pack_make.html", **self.about(view, words=make_words(), place=PLACE))

    @written
    def pack(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Give the parts of a day pack, which the browser seals."""
        principal, view = of_headers(request.headers), self.view(request)
        parts = pack_parts(self.services(), principal, view, sent, prefix=self.prefix)
        return smaller(request, JSONResponse(parts))

    @spoken
    def upload_page(self, request: Request) -> Response:
        """Show where a file that was carried back is chosen."""
        view = self.recordable(request)
        return self.page(request, "upload.html", **self.about(view, words=upload_words()))

    @written
    def upload(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Take in a part of a file; the same part sent again is answered, and changes nothing."""
        principal, view = of_headers(request.headers), self.recordable(request, late=True)
        return JSONResponse({"results": taken_in(self.services(), principal, view, sent)})

    def recordable(self, request: Request, *, late: bool = False) -> DayView:
        """Read the day a request is about, for whoever may record outcomes in it; ``late`` as in ``view``.

        Raises
        ------
        NotAllowed
            If the reader may only look.
        """
        if of_headers(request.headers).role not in MAY_RECORD:
            raise NotAllowed("only who records outcomes takes a day along")
        return self.view(request, late=late)

    def about(self, view: DayView, **values: Any) -> dict[str, Any]:
        """Give what both pages say of a day, and what their scripts need."""
        here = day_address(self.prefix, view.branch.code, view.crew_id, view.day)
        page = {"api": here.replace("/m/", "/m/api/", 1), "crew": view.crew_id, "day": view.day.isoformat(),
                "name": file_name(view.day, view.crew_id)}  # fmt: skip
        return {"day_text": formats.day(view.day), "crew_name": view.crew_name, "back": here, "stops": len(view.stops),
                "script_page": page | values}  # fmt: skip
