"""Static files, gzipped once and kept: Streamlit sends its own bundle of some megabytes uncompressed.

A cold start over a slow line took 53 s uncompressed and 20 s compressed. Only public files pass here, so nothing
personal is kept in memory.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.policy import PUBLIC_PREFIXES, starts

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg", "font/ttf", "application/wasm")
KEPT_BYTES = 64_000_000
SMALLEST = 1_000


class CompressedFiles:
    """ASGI middleware that gzips public files once and answers from memory afterwards."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, compressed where the browser takes it."""
        if not (scope["type"] == "http" and scope["method"] == "GET" and self.concerns(scope)):
            await self.app(scope, receive, send)
            return
        # A part of a file is a part of the uncompressed file: ask for the whole.
        inner = {**scope, "headers": [(n, v) for n, v in scope["headers"] if n not in (b"range", b"accept-encoding")]}
        start: Message | None = None
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False) or start is None:
                return
            first, content = self.compressed(str(scope["path"]), start, bytes(body))
            await send(first)
            await send({"type": "http.response.body", "body": content})

        await self.app(inner, receive, collect)

    def concerns(self, scope: Scope) -> bool:
        """Say whether a request is for a public file or the shell page, by a browser that takes gzip."""
        path = str(scope["path"])
        takes = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        return takes and (path == "/" or starts(path, PUBLIC_PREFIXES))

    def compressed(self, path: str, start: Message, body: bytes) -> tuple[Message, bytes]:
        """Give the first message and the body, compressed where that pays."""
        headers = {name.lower(): value for name, value in start["headers"]}
        kind = headers.get(b"content-type", b"").decode("latin-1")
        if start["status"] != 200 or len(body) < SMALLEST or not kind.startswith(COMPRESSIBLE):
            return start, body
        key = (path, headers.get(b"etag", b"") or str(hash(body)).encode())
        content = self.kept.pop(key, None) or gzip.compress(body, 6, mtime=0)
        self.kept[key] = content
        while sum(map(len, self.kept.values())) > KEPT_BYTES:
            self.kept.popitem(last=False)
        left = [(n, v) for n, v in start["headers"] if n.lower() not in (b"content-length", b"etag", b"accept-ranges")]
        etag = [(b"etag", b"W/" + headers[b"etag"].removeprefix(b"W/"))] if b"etag" in headers else []
        extra = [
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(content)).encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        return {**start, "headers": [*left, *etag, *extra]}, content
