"""The gate: every request, http or websocket, passes it before anything of ours or of Streamlit's sees it.

In order: the host must be ours (else a foreign site could point its name at this machine), a write or a websocket must
come from our own pages, inbound identity headers are dropped and our own is put in their place, a stranger gets only
what is public and is shown the way to the login page, the answer gets its policy headers, and a fault becomes a plain
page without a traceback. An open websocket is kept under watch (``dashboard.open_page``), so that signing out,
disabling and another role reach the tabs that are open.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.doorkeeper import Doorkeeper
from dashboard.inbound import cookies, from_here, header_values, host_name, is_navigation, same_origin, without_identity
from dashboard.open_page import LOGIN, OpenPage, Watch, say_farewell
from dashboard.policy import COMPONENT, PUBLIC_PREFIXES, headers_for, starts
from dashboard.principal import HEADER, to_header
from dashboard.told import Told
from dashboard.watched import NOTE, Note
from planner.domain import Principal

LOG = logging.getLogger("rounds.gate")
READS = frozenset({"GET", "HEAD", "OPTIONS"})

#: A tab that was asleep asks these first; refused, it would stick at "Connection error". A monitor has no account
#: either; the metrics are for who bears their token, or for an administrator (``dashboard.health``).
ALWAYS_ANSWERED = frozenset(
    {"/_stcore/health", "/_stcore/host-config", "/favicon.png", "/favicon.ico", "/manifest.json"}
    | {"/health", "/ready"}
)

#: Where the gate tells our routes that a request comes from this machine: the headers that say otherwise are gone then.
NEAR = "rounds.near"
#: What our pages use of Streamlit's own routes. The others tell how the process does, or are doors that nobody watches.
STREAMLIT = ("/_stcore/stream", "/_stcore/upload_file", "/_stcore/bidi-components")
STREAMLITS_OWN = ("/_stcore", "/auth", "/oauth2callback")
#: What strangers reach: the pages for signing in, which look for a session of their own.
SIGN_IN_PATHS = ("/login", "/logout", "/password")

PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>{title}</title><h1>{title}</h1><p>{text}</p>"
)


@dataclass(frozen=True)
class Refusal:
    """Why a request is not let in, as a status and a sentence for the reader."""

    status: int
    title: str
    text: str


BAD_HOST = Refusal(421, "Unknown host", "Open this page as http://localhost, on the machine where it runs.")
BAD_ORIGIN = Refusal(403, "Not from here", "This can only be done from a page of this application.")
STRANGER = Refusal(401, "Nobody is signed in", "Sign in first, on this application's own page for it.")
NOT_YOURS = Refusal(404, "Not found", "There is no such file for you. Open the page it belongs to once more.")
FAULT = Refusal(
    500, "Something went wrong", "This is a fault of ours. What you entered before is kept; reload the page."
)


@dataclass(frozen=True)
class Gate:
    """A pure ASGI class around the application. ``hosts`` are names without a port."""

    app: ASGIApp
    hosts: frozenset[str]
    doorkeeper: Doorkeeper
    pages: str
    #: whether browsers come by https, though a proxy may hand it on as http
    secure: bool = False
    #: gives the last frame of a websocket, which sends its page to an address
    farewell: Callable[[str], bytes] | None = None
    #: the policy of a map's frame
    frames: str = COMPONENT
    told: Told = field(default_factory=Told)
    watch: Watch = field(default_factory=Watch)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = Answer(scope, send, self.pages, self.secure, self.frames)
        refusal = self.refuse(scope)
        if refusal is None:
            try:
                refusal = await self.let_in(scope, receive, answer)
            except Exception as error:
                if answer.status is not None:
                    raise
                LOG.error("who comes could not be asked: nobody comes in", exc_info=error)
                refusal = FAULT
        if refusal is not None:
            await answer.refuse(receive, refusal)

    async def let_in(self, scope: Scope, receive: Receive, answer: Answer) -> Refusal | None:
        """Serve who may come in; give the refusal of a stranger who was not shown the way to the login page."""
        path, kept = str(scope["path"]), without_identity(scope)
        if is_open(path) or bears_token(scope):
            await self.serve({**scope, "headers": kept, NEAR: from_here(scope)}, receive, answer)
            return None
        mine, near = cookies(scope), from_here(scope)

        def who() -> Principal | None:
            return self.doorkeeper.who(mine, near=near)

        principal = await run_in_threadpool(who)
        socket = scope["type"] == "websocket"
        if principal is None:
            if socket and self.farewell and await run_in_threadpool(self.doorkeeper.ended, mine):
                # A tab that slept while its session ended would ask for ever: it is told where to go, and nothing else.
                await say_farewell(scope, receive, answer.send, self.farewell(LOGIN))
                return None
            if socket or not is_navigation(scope):
                return STRANGER
            query = scope.get("query_string", b"").decode("latin-1")
            back = f"{path}?{query}" if query else path
            await answer.redirect(f"{LOGIN}?{urlencode({'back': back})}" if back != "/" else LOGIN)
            return None
        headers = [*kept, (HEADER.encode(), to_header(principal).encode())]
        admitted = {**scope, "headers": headers, NEAR: near}
        if not socket:
            if not is_used(path) or not self.told.may_have(principal, path):
                return NOT_YOURS
            await run_in_threadpool(self.doorkeeper.acts, mine)
            await self.serve(admitted, receive, answer)
            return None

        def acts() -> None:
            self.doorkeeper.acts(mine)

        def tells(frame: bytes) -> None:
            self.told.note(principal, frame)

        page = OpenPage(who, acts, tells, principal, self.farewell, receive, answer.send, self.watch)
        async with page:
            await self.serve(admitted, page.receive, answer, send=page.send)
        return None

    def refuse(self, scope: Scope) -> Refusal | None:
        """Say why a request may not come in at all, None where it may."""
        hosts = header_values(scope, "host")
        if len(hosts) != 1 or host_name(hosts[0]) not in self.hosts:
            return BAD_HOST
        if scope["type"] == "websocket" or scope["method"] not in READS:
            origins = header_values(scope, "origin")
            if len(origins) != 1 or not same_origin(origins[0], hosts[0], secure=self.secure):
                return BAD_ORIGIN
        return None

    async def serve(self, scope: Scope, receive: Receive, answer: Answer, *, send: Send | None = None) -> None:
        """Run the application; a fault before the answer began becomes a plain page."""
        try:
            await self.app(scope, receive, send or answer.send)
        except Exception as error:
            # The message of an exception may quote a debtor: the log keeps its kind and stack (``config.logs``).
            LOG.error("a fault while answering", exc_info=error)
            if answer.status is not None:
                raise
            await answer.refuse(receive, FAULT)


class Answer:
    """An answer on its way out: it gets its headers, and it is known whether it has begun."""

    def __init__(self, scope: Scope, send: Send, pages: str, secure: bool = False, frames: str = COMPONENT) -> None:
        self.scope, self.forward, self.pages, self.frames = scope, send, pages, frames
        self.secure = secure or scope.get("scheme") in ("https", "wss")
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on, with the policy's headers on the first."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self.headers(message.get("headers", []))}
        elif message["type"] == "websocket.accept":
            self.status = 101
        elif message["type"] == "websocket.close" and self.status is None:
            self.status = 403
        await self.forward(message)

    def headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Give the application's headers with the policy's; the policy's win."""
        kept = any(name.lower() == b"cache-control" for name, _ in given)
        path = str(self.scope["path"])
        ours = headers_for(path, pages=self.pages, secure=self.secure, kept=kept, frames=self.frames)
        names = {name.lower().encode() for name, _ in ours} | {b"server"}
        return [(n, v) for n, v in given if n.lower() not in names] + [(n.encode(), v.encode()) for n, v in ours]

    async def refuse(self, receive: Receive, refusal: Refusal) -> None:
        """Answer with a plain page, or close a websocket before it opens."""
        if self.scope["type"] == "websocket":
            await receive()
            await self.send({"type": "websocket.close", "code": 4403, "reason": refusal.title})
            self.status = refusal.status
            return
        text = PAGE.format(title=html.escape(refusal.title), text=html.escape(refusal.text)).encode()
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(text)).encode())]
        await self.send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": text})

    async def redirect(self, address: str) -> None:
        """Send a browser elsewhere."""
        headers = [(b"location", address.encode()), (b"content-length", b"0")]
        await self.send({"type": "http.response.start", "status": 303, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})


def is_open(path: str) -> bool:
    """Say whether a path answers everybody: public files, health, and signing in.

    >>> is_open("/login"), is_open("/health"), is_open("/metrics"), is_open("/loginx"), is_open("/")
    (True, True, False, False, False)
    """
    return starts(path, PUBLIC_PREFIXES) or starts(path, SIGN_IN_PATHS) or path in ALWAYS_ANSWERED


def is_used(path: str) -> bool:
    """Say whether a path is none of Streamlit's own routes, or one that our pages use.

    >>> is_used("/week"), is_used("/_stcore/upload_file/a/b"), is_used("/_stcore/metrics"), is_used("/auth/logout")
    (True, True, False, False)
    """
    return starts(path, STREAMLIT) or path in ALWAYS_ANSWERED or not starts(path, STREAMLITS_OWN)


def bears_token(scope: Mapping[str, Any]) -> bool:
    """Say whether a request bore the token of the metrics, for which it was looked at outside the gate."""
    note = scope.get(NOTE)
    return isinstance(note, Note) and note.metrics_token
