"""The plain routes: the phone page and its JSON, the demo's choice of a role, the choices of language and light."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from config.parameters import load as load_parameters
from config.rules import branch_clocks
from dashboard import assets, formats
from dashboard import doorkeeper as door
from dashboard import text as speech
from dashboard.phone.changes import BadChange, offered, proposed, read, taken
from dashboard.phone.content import day_address, day_content, map_content, other_names
from dashboard.phone.outcome import BadOutcome, read_outcome, save
from dashboard.phone.pin import BadPin, save_pin
from dashboard.phone.words import words
from dashboard.principal import of_headers
from dashboard.services import Services
from dashboard.text import _
from planner.day_change import OwnDay
from planner.domain import Principal, Role
from planner.store import NotAllowed, Store
from planner.view import DayView, day_view

YEAR_S = 365 * 24 * 3600
MOST_BYTES = 16_384
SMALLEST = 1_000
#: A way back that stays on this host: a path of ours, no scheme, no second slash.
OWN_PATH = re.compile(r"/(?![/\\])[\w/.:-]*")

Handler = Callable[["PhoneRoutes", Request], Response]


def spoken(handler: Handler) -> Callable[[PhoneRoutes, Request], Any]:
    """Answer in the reader's language, in a thread, and turn refusals into plain answers."""

    @wraps(handler)
    async def answer(self: PhoneRoutes, request: Request) -> Response:
        def run() -> Response:
            with self.language(request):
                try:
                    return smaller(request, handler(self, request))
                except (NotAllowed, KeyError):
                    # One answer for "not yours" and "not there": it must not tell which crews exist.
                    return refusal(request, 404, _("There is no such crew or day for you."))

        return await run_in_threadpool(run)

    return answer


Receiver = Callable[["PhoneRoutes", Request, Mapping[str, Any]], Response]


def written(receiver: Receiver) -> Callable[[PhoneRoutes, Request], Any]:
    """Take what a phone sends as one JSON object, of a bounded length, and say in a sentence what is wrong with it."""

    @wraps(receiver)
    async def answer(self: PhoneRoutes, request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return JSONResponse({"error": "JSON is expected"}, status_code=415)
        body = await limited_body(request)
        if body is None:
            return JSONResponse({"error": "too long"}, status_code=413)

        def run() -> Response:
            with self.language(request):
                try:
                    sent = json.loads(body)
                    if not isinstance(sent, dict):
                        raise ValueError("no object")
                    return receiver(self, request, sent)
                except (BadOutcome, BadPin, BadChange) as error:
                    return JSONResponse({"error": str(error)}, status_code=422)
                except ValueError:
                    return JSONResponse({"error": _("This is incomplete: do it once more.")}, status_code=422)
                except NotAllowed:
                    return JSONResponse({"error": _("You may not record outcomes for this crew.")}, status_code=403)
                except KeyError:
                    return JSONResponse({"error": _("There is no such crew or day for you.")}, status_code=404)

        return await run_in_threadpool(run)

    return answer


def of_day(store: Store, principal: Principal, crew_id: str, day: date, now: datetime) -> DayView:
    """Read a crew's day with the clocks as they will stand on it, and its chances as they stand now."""
    return day_view(store, principal, crew_id, day, terms=branch_clocks, now=now, parameters=load_parameters())


@dataclass(frozen=True)
class PhoneRoutes:
    """The routes over services. ``services`` is asked per request, so that nothing is opened before it is needed."""

    services: Callable[[], Services]
    prefix: str = ""
    read_day: Callable[[Store, Principal, str, date, datetime], DayView] = of_day

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
            Route("/act-as", self.roles),
            Route("/act-as", self.act_as, methods=["POST"]),
            Route("/language", self.choose_language),
            Route("/appearance", self.appearance),
        ]

    def language(self, request: Request) -> AbstractContextManager[None]:
        """Speak the language the reader chose, else the browser's, else the settings'."""
        wish = request.cookies.get(speech.COOKIE)
        default = self.services().settings.language
        return speech.speaking(wish or speech.known(request.headers.get("accept-language"), default))

    def page(self, request: Request, name: str, **values: Any) -> HTMLResponse:
        """Fill a template."""
        language = speech.current_language()
        other = "en" if language == "zh" else "zh"
        back = urlencode({"to": other, "back": request.url.path})
        return HTMLResponse(
            templates()
            .get_template(name)
            .render(
                _=_,
                address=assets.address,
                prefix=self.prefix,
                language=language,
                other_language=other,
                other_language_name=speech.LANGUAGES[other],
                other_language_address=f"{self.prefix}/language?{back}",
                **values,
            )
        )

    @spoken
    def crews(self, request: Request) -> Response:
        """Offer the reader's crews; a collector goes straight to his own."""
        services, principal = self.services(), of_headers(request.headers)
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
        wanted = request.path_params["branch"]
        branch = next((one for one in services.store.branches(principal) if one.code == wanted), None)
        if branch is None:
            raise KeyError(wanted)
        day = services.now().astimezone(ZoneInfo(branch.timezone)).date()
        crew = quote(request.path_params["crew"])
        return RedirectResponse(day_address(self.prefix, quote(branch.code), crew, day), status_code=303)

    @staticmethod
    def wanted(request: Request) -> date:
        """Give the day a request is about."""
        try:
            return date.fromisoformat(request.path_params["day"])
        except ValueError as error:
            raise KeyError("no such day") from error

    def own(self, request: Request) -> OwnDay:
        """Read what is needed to plan the day again that a request is about."""
        services, crew = self.services(), request.path_params["crew"]
        own = read(services, of_headers(request.headers), crew, self.wanted(request))
        if own.branch.code != request.path_params["branch"]:
            raise KeyError("another branch's crew")
        return own

    def view(self, request: Request) -> DayView:
        """Read the day a request is about."""
        day = self.wanted(request)
        services, crew = self.services(), request.path_params["crew"]
        view = self.read_day(services.store, of_headers(request.headers), crew, day, services.now())
        if view.branch.code != request.path_params["branch"]:
            raise KeyError("another branch's crew")
        return view

    @spoken
    def day(self, request: Request) -> Response:
        """Show a crew's day."""
        view, principal = self.view(request), of_headers(request.headers)
        content = day_content(view, self.services(), principal, prefix=self.prefix)
        return self.page(request, "day.html", day=content, words=words())

    @spoken
    def day_values(self, request: Request) -> Response:
        """Give a crew's day as JSON, as the page carries it."""
        view, principal = self.view(request), of_headers(request.headers)
        return JSONResponse(day_content(view, self.services(), principal, prefix=self.prefix))

    @spoken
    def map_values(self, request: Request) -> Response:
        """Give the ground of a crew's day as JSON."""
        return JSONResponse(map_content(self.services(), self.view(request)))

    @written
    def outcome(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Keep one outcome. The same id sent again is answered like the first time."""
        services, principal, now = self.services(), of_headers(request.headers), self.services().now()
        view = self.view(request)
        outcome = read_outcome(sent, view, now=now)
        new = save(services.store, principal, view, outcome, now=now)
        told = (
            _("The outcome is kept without its note: it held what must not be written.") if outcome.note_faults else ""
        )
        return JSONResponse({"kept": True, "new": new, "told": told}, status_code=201 if new else 200)

    @written
    def pin(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Put right where a stop is."""
        services, principal = self.services(), of_headers(request.headers)
        save_pin(services.store, principal, self.view(request), sent, now=services.now())
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
        return JSONResponse(proposed(services, principal, self.own(request), sent))

    @written
    def change(self, request: Request, sent: Mapping[str, Any]) -> Response:
        """Take what was shown; sent again it is answered like the first time."""
        services, principal = self.services(), of_headers(request.headers)
        new = taken(services, principal, self.own(request), sent)
        day = day_content(self.view(request), services, principal, prefix=self.prefix)
        return JSONResponse({"kept": True, "new": new, "day": day}, status_code=201 if new else 200)

    @spoken
    def roles(self, request: Request) -> Response:
        """Offer the roles of the demo."""
        principal = of_headers(request.headers)
        titles = {
            Role.MANAGER: _("Branch manager"),
            Role.REGIONAL_HEAD: _("Regional head"),
            Role.COLLECTOR: _("Collector"),
        }
        roles = self.services().demo_roles()
        groups = [
            {
                "title": title,
                "roles": [
                    {
                        "key": role.key,
                        "name": role.crew.name
                        if role.crew
                        else own_name(role.branch.name_en, role.branch.name_zh)
                        if role.branch
                        else _("All branches"),
                        "detail": own_name(role.branch.name_en, role.branch.name_zh)
                        if role.crew and role.branch
                        else (role.branch.code if role.branch else ""),
                        "current": role.principal == principal,
                    }
                    for role in roles
                    if role.principal.role is kind
                ],
            }
            for kind, title in titles.items()
        ]
        return self.page(request, "roles.html", groups=groups)

    async def act_as(self, request: Request) -> Response:
        """Take the chosen role from the next page on. The gate has checked that one of our pages asks."""
        body = await limited_body(request)
        wanted = parse_qs((body or b"").decode("utf-8", "replace")).get("role", [""])[0]
        role = next((one for one in await run_in_threadpool(self.services().demo_roles) if one.key == wanted), None)
        answer = RedirectResponse(f"{self.prefix}/", status_code=303)
        if role is not None:
            answer.set_cookie(door.COOKIE, role.key, httponly=True, samesite="lax", path=self.prefix or "/")
        return answer

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
        """Keep a language for the browser and go back."""
        back = request.query_params.get("back", "/")
        answer = RedirectResponse(back if OWN_PATH.fullmatch(back) else f"{self.prefix}/", status_code=303)
        wanted = request.query_params.get("to", "")
        if wanted in speech.LANGUAGES:
            answer.set_cookie(speech.COOKIE, wanted, max_age=YEAR_S, samesite="lax", path=self.prefix or "/")
        return answer


def smaller(request: Request, answer: Response) -> Response:
    """Compress an answer for a browser that takes it: a day is 40 kilobytes plain and under ten compressed."""
    body = bytes(answer.body)
    if len(body) >= SMALLEST and "gzip" in request.headers.get("accept-encoding", ""):
        answer.body = gzip.compress(body, 6)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
        answer.headers["Vary"] = "Accept-Encoding"
    return answer


def own_name(english: str, chinese: str) -> str:
    """Give a name in the current language, or in the other where it has none."""
    return (chinese or english) if speech.current_language() == "zh" else (english or chinese)


def refusal(request: Request, status: int, sentence: str) -> Response:
    """Refuse in the form that was asked for."""
    if "/api/" in request.url.path:
        return JSONResponse({"error": sentence}, status_code=status)
    page = templates().from_string(
        "<!doctype html><html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Rounds</title><p>{{ sentence }}</p>"
    )
    return HTMLResponse(page.render(sentence=sentence), status_code=status)


async def limited_body(request: Request) -> bytes | None:
    """Read a request's body, None where it is longer than any of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def templates() -> Environment:
    """Give the templates: every value is escaped, and a missing one is an error."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
