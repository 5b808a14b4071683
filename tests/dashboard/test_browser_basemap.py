"""In a real browser: a map fetches the pieces of its basemap in view, and shows what it has until they come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect

from geodata.osm.packing import coded

pytestmark = pytest.mark.browser

SLOW_MS = 60_000
HEAD = re.compile(r"/assets/basemap/yunxi-[0-9a-f]+/head\.js")
PIECE = re.compile(r"/assets/basemap/yunxi-[0-9a-f]+/(\d+)\.js")
#: the colour in the middle of a map's tiles: of water by the head, of a building by a piece
WATER, BUILDING = "#aeccdd", "#dad3c7"
MIDDLE = """
() => {
  const all = [...document.querySelectorAll("canvas.leaflet-tile")];
  const tiles = all.map((tile) => [tile, tile.getBoundingClientRect()]);
  const [x, y] = [innerWidth / 2 + 40, 150];
  const met = tiles.find(([, box]) => box.left <= x && x < box.right && box.top <= y && y < box.bottom);
  if (!met || getComputedStyle(met[0]).visibility !== "visible") return "none";
  const [tile, box] = met, ratio = tile.width / box.width;
  const [r, g, b] = tile.getContext("2d").getImageData((x - box.left) * ratio, (y - box.top) * ratio, 1, 1).data;
  return "#" + [r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("");
}
"""
UNSEEN = """
() => {
  const all = [...document.querySelectorAll("canvas.leaflet-tile")];
  return all.filter((one) => getComputedStyle(one).visibility !== "visible").length;
}
"""


def box(side: int) -> list[Any]:
    """Give a bin of one square about the map's middle, ``side`` units to each side."""
    text = coded([0, 0, 2 * side, 0, 0, 2 * side, -2 * side, 0])
    return [-side, -side, side, side, text]


def head() -> str:
    layers = [
        {"id": "water", "kind": "area", "minzoom": 0, "maxzoom": 11, "bins": [box(40_000)]},
        {"id": "building", "kind": "area", "minzoom": 12, "maxzoom": 24, "bins": []},
    ]
    near, far = [-40_000, -40_000, 40_000, 40_000, 12, 24], [400_000, 0, 440_000, 40_000, 12, 24]
    other = [-40_000, -40_000, 40_000, 40_000, 7, 8]
    value = {"format": "rounds-basemap/1", "name": "t", "bounds": [109.4, 29.0, 109.8, 29.3], "origin": [109.57, 29.1]}
    value |= {"scale": 200_000, "layers": layers, "labels": [], "pieces": [near, far, other]}
    return f"window.ROUNDS_BASEMAP={json.dumps(value)};"


@pytest.fixture
def page(chromium: Browser, address: str, basemap_folder: Path) -> Iterator[Page]:
    """Give the page with a week's map over a basemap in pieces: a lake in the head, a building over it in piece 0."""
    folder = basemap_folder / "yunxi-abc"
    folder.mkdir()
    piece = f"roundsBasemapPiece(0,{json.dumps({'bins': {1: [box(40_000)]}, 'labels': []})});"
    (folder / "0.js").write_text(piece)
    (folder / "head.js").write_text(head())
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(SLOW_MS)
    made.context.add_cookies([{"name": "rounds_role", "value": "manager.YX01", "url": address}])
    yield made
    context.close()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def map_of(page: Page) -> Frame:
    expect(page.frame_locator("iframe").locator("canvas.leaflet-tile").first).to_be_attached(timeout=SLOW_MS)
    return next(frame for frame in page.frames if "/component/" in frame.url)


def until(page: Page, colour: str) -> None:
    frame = map_of(page)
    for _ in range(300):
        seen = frame.evaluate(MIDDLE)
        if seen == colour:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the map's middle is {seen}, not {colour}")


def test_what_is_in_view_is_fetched_once_and_nothing_else(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/basemap/" in request.url else None)
    page.goto(address)
    until(page, BUILDING)
    assert [bool(HEAD.search(url)) for url in asked] == [True, False]
    assert [found[1] for url in asked if (found := PIECE.search(url))] == ["0"]
    answer = page.request.get(asked[1])
    assert "immutable" in answer.headers["cache-control"]
    frame = map_of(page)
    frame.evaluate("window.dispatchEvent(new Event('rounds-theme'))")
    until(page, BUILDING)
    assert len(asked) == 2


def test_the_head_is_shown_until_a_piece_has_come_and_it_is_asked_for_again(page: Page, address: str) -> None:
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    page.route(PIECE, refuse)
    page.goto(address)
    until(page, WATER)
    assert len(refused) >= 1
    page.unroute(PIECE)
    until(page, BUILDING)


def test_a_piece_that_is_slow_leaves_no_hole(page: Page, address: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(PIECE, hold)
    page.goto(address)
    until(page, WATER)
    frame = map_of(page)
    assert frame.evaluate(UNSEEN) == 0
    assert len(held) == 1, "one piece is asked for once, though several tiles want it"
    held[0].continue_()
    until(page, BUILDING)


@pytest.mark.parametrize("path", ["../vendor/done", "..%2fvendor%2fleaflet%2fleaflet.js", "yunxi-abc/9.js"])
def test_nothing_but_pieces_is_served(page: Page, address: str, path: str) -> None:
    assert page.request.get(f"{address}/assets/basemap/{path}").status in (400, 404)
    assert page.request.get(f"{address}/assets/basemap/yunxi-abc/0.js").status == 200


def test_names_are_fetched_from_further_off_than_lines(page: Page, address: str) -> None:
    page.goto(address)
    missing = map_of(page).evaluate(
        """() => {
            const row = [100, 0, 200, 50, 12, 24], box = (r) => ({ left: r[0], top: r[1], right: r[2], bottom: r[3] });
            const pieces = roundsPieces([[...row, 14], [...row, 160], row], "", box, () => {});
            const missing = (left) => pieces.missing({ left, top: 0, width: 50, height: 50, zoom: 15, scale: 2 });
            return [missing(0), missing(45), missing(-100)];
        }"""
    )
    assert missing == [[1, 2], [0, 1, 2], []]  # the third row, of before, says nothing of its reach
