"""What must not happen in a browser: a request to elsewhere, an error in the console, a script out of a list."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Error, Frame, Page

HERE = frozenset({"localhost", "127.0.0.1"})
#: How often a frame may be loaded anew while it is asked
LOADS = 5
INSIDE = frozenset({"data", "blob", "about"})
#: On a page with a path of its own Streamlit asks below that path before it asks at the root.
STREAMLIT_ASKS_TWICE = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")
#: An address at which there is no page, for a test that opens it: a browser calls the answer an error
NOWHERE = "/no-such-page"


@dataclass
class Watch:
    """Remembers everything of one browser window that a test must not forgive."""

    faults: list[str] = field(default_factory=list)
    requests: int = 0

    def over(self, context: BrowserContext) -> Watch:
        """Watch a window and every page opened in it."""
        context.on("request", lambda request: self.asked(request.url))
        context.on("console", self.said)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("dialog", self.asked_the_reader)
        context.on("page", lambda page: page.on("websocket", lambda socket: self.asked(socket.url)))
        return self

    def asked(self, url: str) -> None:
        self.requests += 1
        if not stays_here(url):
            self.faults.append(f"request to another host: {url}")

    def said(self, message: ConsoleMessage) -> None:
        path = urlsplit(message.location["url"]).path
        expected = path == NOWHERE or STREAMLIT_ASKS_TWICE.search(path)
        if message.type == "error" and not expected:
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def asked_the_reader(self, dialog: Dialog) -> None:
        self.faults.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def check(self, context: BrowserContext) -> None:
        """Fail if anything was remembered, if a script out of a list ran, or if nothing was watched at all."""
        for page in context.pages:
            self.faults += [f"a script out of the list ran in {url}" for url in hit_frames(page)]
        assert self.requests > 0, "no request was seen: the watch is blind"
        assert not self.faults, "\n".join(self.faults)


def stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in INSIDE or parts.hostname in HERE


def hit_frames(page: Page) -> list[str]:
    """Give the frames of a page in which a script out of the list has left its mark."""
    return [frame.url for frame in page.frames if mark_in(frame) != "undefined"]


def mark_in(frame: Frame) -> str:
    """Give the type of the mark in a frame; one that is being loaded is asked again, one that left has none."""
    for _ in range(LOADS):
        if frame.is_detached():
            break
        with suppress(Error):
            return str(frame.evaluate("typeof window.__hit"))
    else:
        raise AssertionError(f"the frame could not be asked: {frame.url}")
    return "undefined"
