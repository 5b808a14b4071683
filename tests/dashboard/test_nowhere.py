"""An address without a page is answered by a page of ours, and no page is taken for one."""

from __future__ import annotations

import pytest
from starlette.routing import Match

from dashboard.navigation import ENTRIES
from dashboard.nowhere import Nowhere, nowhere

HTML = [(b"accept", b"text/html,application/xhtml+xml")]


@pytest.mark.parametrize("page", [one.address for one in ENTRIES] + ["home"])
def test_there_is_a_page(page: str) -> None:
    assert not nowhere(f"/{page}")


@pytest.mark.parametrize("path", ["/whatif", "/week/2", "/nothing/here", "/%3Cscript%3E", "/admin"])
def test_there_is_no_page(path: str) -> None:
    assert nowhere(path)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/whatif", "POST", HTML),
        ("/whatif", "GET", [(b"accept", b"*/*")]),  # asked for by a script, not opened by somebody
        ("/_stcore/health", "GET", HTML),
        ("/static/js/index.js", "GET", HTML),
        ("/component/x/index.html", "GET", HTML),
        ("/", "GET", HTML),
        ("/what-if", "GET", HTML),
    ],
)
def test_the_rest_is_left_to_who_comes_next(path: str, method: str, headers: list[tuple[bytes, bytes]]) -> None:
    route = Nowhere("/{path:path}", lambda _: None)
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    assert route.matches(scope)[0] is Match.NONE
    assert route.matches(scope | {"path": "/whatif", "method": "GET", "headers": HTML})[0] is Match.FULL
