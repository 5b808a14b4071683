"""What is answered at an address at which there is nothing: a page of ours, where Streamlit would begin another one."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from dashboard.phone.answers import Answering, spoken
from dashboard.text import _

#: Streamlit's own, beside those that begin with an underscore
STREAMLIT = frozenset({"component", "media", "static", "assets", "app", "oauth2callback", "auth"})


class Nowhere(Route):
    """The addresses that somebody opens as a page and that are none; everything else is left to who comes next."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether this answers."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return Match.NONE, {}
        wants = dict(scope["headers"]).get(b"accept", b"")
        if b"text/html" not in wants or not nowhere(scope["path"]):
            return Match.NONE, {}
        return Match.FULL, {"endpoint": self.endpoint, "path_params": {"path": scope["path"].lstrip("/")}}


def nowhere(path: str) -> bool:
    """Say whether there is no page at a path.

    >>> [nowhere(one) for one in ("/", "/week", "/week/", "/whatif", "/week/2", "/_stcore/health", "/favicon.png")]
    [False, False, False, True, True, False, False]
    """
    first, *more = path.strip("/").split("/")
    if not first or first.startswith("_") or first in STREAMLIT or "." in path:
        return False
    return bool(more) or first not in pages()


@cache
def pages() -> frozenset[str]:
    """Give the addresses of pages, that of the hidden one that Streamlit serves at the root among them."""
    from dashboard.navigation import ENTRIES  # loaded while the application starts, not before it

    return frozenset({"home", *(one.address for one in ENTRIES)})


class NowhereRoutes(Answering):
    """Answers where there is nothing."""

    def routes(self) -> list[BaseRoute]:
        """Give the routes; they stand behind all others of ours."""
        return [Nowhere("/{path:path}", self.nothing, methods=["GET"])]

    @spoken
    def nothing(self, request: Request) -> Response:
        """Say so, and repeat nothing of the address: whoever makes one up puts no words on our page."""
        answer = self.page(request, "refused.html", sentence=_("There is no page at this address."), home=True)
        answer.status_code = 404
        return answer
