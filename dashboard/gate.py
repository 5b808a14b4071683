"""The gate: every request, http or websocket, passes it before anything of ours or of Streamlit's sees it.

In order: the host must be ours (else a foreign site could point its name at this machine), a write or a websocket must
come from our own pages, inbound identity headers are dropped and our own is put in their place, a stranger gets only
what is public, the answer gets its policy headers, a fault becomes a plain page without a traceback, and one line is
logged that holds no personal data.
"""

from __future__ import annotations

import html
import logging
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.doorkeeper import Doorkeeper
from dashboard.policy import PUBLIC_PREFIXES, headers_for, starts
from dashboard.principal import HEADER, to_header

LOG = logging.getLogger("rounds.requests")
READS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN_IDENTITY = ("x-rounds-", "x-forwarded-", "x-auth-", "x-remote-")
FOREIGN_IDENTITY_NAMES = frozenset({"remote-user", "forwarded", "x-real-ip", "x-user", "x-user-email", "authorization"})

#: A tab that was asleep asks these first; refused, it would stick at "Connection error".
ALWAYS_ANSWERED = frozenset(
    {"/_stcore/health", "/_stcore/host-config", "/favicon.png", "/favicon.ico", "/manifest.json"}
)

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
STRANGER = Refusal(401, "Nobody is signed in", "No branch is set up yet: run “make setup”, then reload this page.")
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = Answer(scope, send, self.pages, time.monotonic())
        refusal = self.refuse(scope)
        if refusal is None:
            admitted = self.admit(scope)
            if isinstance(admitted, Refusal):
                refusal = admitted
            else:
                await self.serve(admitted, receive, answer)
        if refusal is not None:
            await answer.refuse(receive, refusal)
        answer.log()

    def refuse(self, scope: Scope) -> Refusal | None:
        """Say why a request may not come in at all, None where it may."""
        hosts = header_values(scope, "host")
        if len(hosts) != 1 or host_name(hosts[0]) not in self.hosts:
            return BAD_HOST
        if scope["type"] == "websocket" or scope["method"] not in READS:
            origins = header_values(scope, "origin")
            if len(origins) != 1 or not same_origin(origins[0], hosts[0]):
                return BAD_ORIGIN
        return None

    def admit(self, scope: Scope) -> Scope | Refusal:
        """Give the scope with our identity header in place of any inbound one, or the refusal of a stranger."""
        kept = [(name, value) for name, value in scope["headers"] if not foreign_identity(name.decode("latin-1"))]
        path = str(scope["path"])
        if starts(path, PUBLIC_PREFIXES) or path in ALWAYS_ANSWERED:
            return {**scope, "headers": kept}
        principal = self.doorkeeper.who(cookies(scope))
        if principal is None:
            return STRANGER
        return {**scope, "headers": [*kept, (HEADER.encode(), to_header(principal).encode())]}

    async def serve(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Run the application; a fault before the answer began becomes a plain page."""
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            # The message of an exception may quote a debtor; its kind and place say enough to find it.
            place = traceback.extract_tb(error.__traceback__)[-1]
            LOG.error("fault %s at %s:%s", type(error).__name__, place.filename, place.lineno)
            if answer.status is not None:
                raise
            await answer.refuse(receive, FAULT)


class Answer:
    """An answer on its way out: it gets its headers and is remembered for the log."""

    def __init__(self, scope: Scope, send: Send, pages: str, began: float) -> None:
        self.scope, self.forward, self.pages, self.began = scope, send, pages, began
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
        ours = headers_for(
            str(self.scope["path"]), pages=self.pages, secure=self.scope.get("scheme") in ("https", "wss"), kept=kept
        )
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

    def log(self) -> None:
        """Write one line: method, path without its query, status, milliseconds."""
        LOG.info(
            "%s %s %s %.0f ms",
            self.scope.get("method", "WS"),
            quote(str(self.scope["path"])),
            self.status,
            1000 * (time.monotonic() - self.began),
        )


def header_values(scope: Mapping[str, Any], name: str) -> list[str]:
    """Give all values of a header of a request."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name.encode()]


def host_name(host: str) -> str:
    """Give the name in a Host header, without its port and in lower case; empty where it is malformed.

    >>> host_name("LOCALHOST:8501"), host_name("[::1]:80"), host_name("evil@localhost")
    ('localhost', '::1', '')
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return "" if parts.path or parts.query or "@" in host else (parts.hostname or "")


def same_origin(origin: str, host: str) -> bool:
    """Say whether an Origin header names the very host and port the request was sent to.

    >>> same_origin("http://localhost:8501", "localhost:8501"), same_origin("http://evil", "localhost:8501")
    (True, False)
    >>> same_origin("null", "localhost:8501")
    False
    """
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower() and not parts.path


def foreign_identity(name: str) -> bool:
    """Say whether an inbound header claims an identity, which only the gate may do.

    >>> foreign_identity("X-Rounds-Principal"), foreign_identity("Accept")
    (True, False)
    """
    name = name.lower().replace("_", "-")
    return name.startswith(FOREIGN_IDENTITY) or name in FOREIGN_IDENTITY_NAMES


def cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    """Give the cookies of a request."""
    return {name: value for header in header_values(scope, "cookie") for name, value in cookie_parser(header).items()}
