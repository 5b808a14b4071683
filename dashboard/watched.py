"""Every request watched from outside: its number, its line in the log, its part in the metrics.

Two pieces of ASGI around the gate. ``Watched`` stands outside and sees what was answered and how long it took, refusals
included; ``Inside`` stands behind the gate and notes in which role the request was let in. What is kept of a request is
its method, the *pattern* of its route, the role, the status and the time: no address as it was sent, no name.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config import logs
from dashboard.metrics import METRICS, Metrics
from dashboard.nowhere import Nowhere
from dashboard.policy import PUBLIC_PREFIXES, starts
from dashboard.principal import HEADER, NobodySignedIn, to_principal
from planner.domain import Role

LOG = logging.getLogger("rounds.requests")
NOTE = "rounds.note"
#: Streamlit's own paths, told as far as they are code
STREAMLIT = ("/_stcore/stream", "/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file")
BELOW = ("/_stcore", "/component", "/static", "/media")
PAGE, OTHER = "/{page}", "/{other}"
#: what a monitor asks every few seconds is told at the level of debugging
ASKED_OFTEN = frozenset({"/health", "/ready", "/metrics", "/_stcore/health"})


@dataclass
class Note:
    """What is known of a request while it is answered; the same object outside and inside the gate."""

    request: str = field(default_factory=lambda: uuid4().hex)
    role: Role | None = None
    status: int | None = None
    metrics_token: bool = False


class Patterns:
    """Tells the pattern of a path; only words of the source come out."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.routes = [route for route in routes if isinstance(route, Route)]
        below = [f"{one}/*" for one in BELOW]
        own = (route.path for route in self.routes if not isinstance(route, Nowhere))
        self.all = (*dict.fromkeys(own), *STREAMLIT, *below, "/", PAGE, OTHER)
        logs.allow("route", self.all)

    def of(self, path: str, method: str = "GET") -> str:
        """Give the pattern.

        >>> Patterns([Route("/m/{branch}", print)]).of("/m/YX01")
        '/m/{branch}'
        >>> Patterns([]).of("/week"), Patterns([]).of("/a/b"), Patterns([]).of("/media/x")
        ('/{page}', '/{other}', '/media/*')
        """
        scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
        # Of the route of what is not there the pattern says nothing that the words for unknown paths do not say.
        known = (route for route in self.routes if not isinstance(route, Nowhere))
        found = next((route.path for route in known if route.matches(scope)[0] is not Match.NONE), None)
        if found:
            return found
        if path in STREAMLIT or path == "/":
            return path
        below = next((f"{one}/*" for one in BELOW if starts(path, [one])), None)
        return below or (PAGE if path.count("/") == 1 else OTHER)


class Watched:
    """Outermost ASGI class: numbers, times and counts requests.

    Parameters
    ----------
    routes
        The application's own routes, for their patterns.
    metrics_token
        Gives the token: who shows it as a bearer may read the metrics. It is looked at here, since the gate lets no
        inbound authorization through; empty: nobody has one.
    """

    def __init__(
        self,
        app: ASGIApp,
        routes: Sequence[BaseRoute],
        metrics_token: Callable[[], str] = str,
        metrics: Metrics = METRICS,
    ) -> None:
        self.app, self.patterns, self.metrics_token, self.metrics = app, Patterns(routes), metrics_token, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and tell what became of it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        note = Note(metrics_token=self.bears_token(scope))
        began = time.monotonic()
        token = logs.REQUEST.set(note.request)

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                note.status = message["status"]
                number = (b"x-request-id", note.request.encode())
                message = {**message, "headers": [*message.get("headers", []), number]}
            elif message["type"] == "websocket.accept":
                note.status = 101
            elif message["type"] == "websocket.close" and note.status is None:
                note.status = 403
            await send(message)

        try:
            await self.app({**scope, NOTE: note}, receive, seen)
        finally:
            self.tell(scope, note, time.monotonic() - began)
            logs.REQUEST.reset(token)

    def bears_token(self, scope: Scope) -> bool:
        """Say whether a request shows the token of the metrics; compared in constant time."""
        shown = [value for name, value in scope["headers"] if name == b"authorization"]
        if scope["path"] != "/metrics" or len(shown) != 1:
            return False
        try:
            token = self.metrics_token()
        except Exception:  # no settings: nobody bears what is not known
            return False
        return bool(token) and hmac.compare_digest(shown[0], f"Bearer {token}".encode())

    def tell(self, scope: Scope, note: Note, seconds: float) -> None:
        """Log and count a request that was answered."""
        method = "WS" if scope["type"] == "websocket" else str(scope["method"])
        method = method if method in logs.WORDS["method"] else "OTHER"
        route = self.patterns.of(str(scope["path"]), method)
        status = note.status or 500
        often = route in ASKED_OFTEN or starts(str(scope["path"]), PUBLIC_PREFIXES)
        level = logging.DEBUG if often and status < 400 else logging.INFO if status < 500 else logging.ERROR
        extra = {"method": method, "route": route, "role": note.role, "status": status, "ms": 1000 * seconds}
        LOG.log(level, "answered", extra={**extra, "request": note.request})
        labels = {"method": method, "route": route, "status": str(status), "role": note.role.value if note.role else ""}
        self.metrics.count("rounds_requests_total", labels)
        if method != "WS":  # a socket stays open as long as its page
            self.metrics.observe("rounds_request_seconds", {"route": route}, seconds)


class Inside:
    """ASGI class behind the gate: notes the role in which a request was let in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the role, and pass the request on."""
        note = scope.get(NOTE)
        if isinstance(note, Note):
            written = next((value for name, value in scope["headers"] if name == HEADER.encode()), b"")
            try:
                note.role = to_principal(written.decode("latin-1")).role
            except NobodySignedIn:
                note.role = None
        await self.app(scope, receive, send)


@contextmanager
def log_taken_over() -> Iterator[None]:
    """Take the handlers off the loggers of the server and of Streamlit, which come before the application's start."""
    import streamlit.logger

    # Streamlit puts a handler of its own on each logger that it makes later; ours hears them through the root.
    streamlit.logger.setup_formatter = heard_by_root
    logs.adopt()
    yield


def heard_by_root(logger: logging.Logger) -> None:
    """Let a logger's records go to the root's handler."""
    logger.handlers.clear()
    logger.propagate = True
