"""What a reader chooses for the browser: the language, light or dark."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import text as speech
from dashboard.phone.answers import Answering, spoken

YEAR_S = 365 * 24 * 3600
#: A way back that stays on this host: a path of ours, no scheme, no second slash.
OWN_PATH = re.compile(r"/(?![/\\])[\w/.:-]*")


@dataclass(frozen=True)
class ChoiceRoutes(Answering):
    """The routes of the choices."""

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [
            Route("/act-as", self.roles),
            Route("/language", self.choose_language),
            Route("/appearance", self.appearance),
        ]

    async def roles(self, request: Request) -> Response:  # noqa: ARG002
        """Lead an old address on: the demo's roles stand on the page of one's account."""
        return RedirectResponse(f"{self.prefix}/account", status_code=303)

    @spoken
    def appearance(self, request: Request) -> Response:
        """Offer light, dark or the system's choice; the browser keeps it for each of Streamlit's paths."""
        from dashboard.navigation import ENTRIES

        wanted = request.query_params.get("language", "")
        with speech.speaking(wanted if wanted in speech.LANGUAGES else speech.current_language()):
            paths = [f"{self.prefix}/{one.address}" for one in ENTRIES]
            answer = self.page(request, "appearance.html", paths=[*paths, f"{self.prefix}/", f"{self.prefix}/home"])
        if wanted in speech.LANGUAGES:
            # On the way back a new page asks for its language.
            answer.set_cookie(speech.COOKIE, wanted, max_age=YEAR_S, samesite="lax", path=self.prefix or "/")
        return answer

    async def choose_language(self, request: Request) -> Response:
        """Keep a language for the browser and go back; with ``stay`` nothing is shown, since the page is there."""
        back = request.query_params.get("back", "/")
        answer: Response = RedirectResponse(back if OWN_PATH.fullmatch(back) else f"{self.prefix}/", status_code=303)
        if "stay" in request.query_params:
            answer = Response(status_code=204)
        wanted = request.query_params.get("to", "")
        if wanted in speech.LANGUAGES:
            answer.set_cookie(speech.COOKIE, wanted, max_age=YEAR_S, samesite="lax", path=self.prefix or "/")
        return answer
