"""How the plain routes answer: in the reader's language, in a thread, compressed, every refusal one sentence."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from dashboard import assets
from dashboard import text as speech
from dashboard.services import Services
from dashboard.text import N_, _
from planner.safety import NotYourWeek
from planner.store import NotAllowed

MOST_BYTES = 16_384
SMALLEST = 1_000
OTHER_WEEK = N_("You can open the days of this week and the next three, and the last seven days to write something up.")


class BadSent(ValueError):
    """What a phone sent cannot be kept; the message is a sentence for the collector."""

    status = 422


@dataclass(frozen=True)
class Answering:
    """Routes over services. ``services`` is asked per request, so that nothing is opened before it is needed."""

    services: Callable[[], Services]
    prefix: str = ""

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

    def refusal(self, request: Request, sentence: str) -> Response:
        """Say that something is not there for the reader, in the form that was asked for, with a way on."""
        if "/api/" in request.url.path:
            return JSONResponse({"error": sentence}, status_code=404)
        answer = self.page(request, "refused.html", sentence=sentence)
        answer.status_code = 404
        return answer


Routes = TypeVar("Routes", bound=Answering)


def spoken(handler: Callable[[Routes, Request], Response]) -> Callable[[Routes, Request], Any]:
    """Answer in the reader's language, in a thread, and turn refusals into plain answers."""

    @wraps(handler)
    async def answer(self: Routes, request: Request) -> Response:
        def run() -> Response:
            with self.language(request):
                try:
                    return smaller(request, handler(self, request))
                except NotYourWeek:
                    return self.refusal(request, _(OTHER_WEEK))
                except (NotAllowed, KeyError):
                    # One answer for "not yours" and "not there": it must not tell which crews exist.
                    return self.refusal(request, _("There is no such crew or day for you."))

        return await run_in_threadpool(run)

    return answer


def written(
    receiver: Callable[[Routes, Request, Mapping[str, Any]], Response],
) -> Callable[[Routes, Request], Any]:
    """Take what a phone sends as one JSON object, of a bounded length, and say in a sentence what is wrong with it."""

    @wraps(receiver)
    async def answer(self: Routes, request: Request) -> Response:
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
                except BadSent as error:
                    return JSONResponse({"error": str(error)}, status_code=error.status)
                except ValueError:
                    return JSONResponse({"error": _("This is incomplete: do it once more.")}, status_code=422)
                except NotAllowed:
                    return JSONResponse({"error": _("You may not record outcomes for this crew.")}, status_code=403)
                except NotYourWeek:
                    return JSONResponse({"error": _(OTHER_WEEK)}, status_code=404)
                except KeyError:
                    return JSONResponse({"error": _("There is no such crew or day for you.")}, status_code=404)

        return await run_in_threadpool(run)

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


async def limited_body(request: Request) -> bytes | None:
    """Read a request's body, None where it is longer than any of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


@cache
def templates() -> Environment:
    """Give the templates, translated once: every value is escaped, and a missing one is an error."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
