"""In a real browser: the regions' map shows districts from afar and squares from near, and hands out its files."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard.test_browser import SLOW_MS, Watched

pytestmark = pytest.mark.browser
PEOPLE = 20_000
#: how many of some elements lie over one before them
OVER = """(all) => all.map((one) => one.getBoundingClientRect()).filter((a, n, boxes) => boxes.slice(0, n).some(
    (b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length"""


@pytest.fixture
def watched(chromium: Browser, address: str) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    page = Watched(context.new_page(), address)
    page.page.goto(f"{address}/?squares={PEOPLE}")
    expect(page.page.frame_locator("iframe").locator(".rounds-district-name")).to_have_count(16, timeout=SLOW_MS)
    yield page
    context.close()


def comes_true(what: Callable[[], bool], watched: Watched) -> None:
    """Look until it is so, as ``expect`` does."""
    for _ in range(50):
        if what():
            return
        watched.page.wait_for_timeout(200)
    assert what()


def test_squares_take_the_districts_place_when_the_map_comes_near(watched: Watched) -> None:
    page, frame = watched.page, watched.page.frame_locator("iframe")
    legend = frame.locator(".rounds-legend")
    expect(legend).to_contain_text("¥ per field hour")
    for _ in range(4):
        frame.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(400)
    expect(legend).to_contain_text("Squares of")
    expect(frame.locator(".rounds-district-name")).to_have_count(0)
    near = legend.inner_text()
    page.get_by_text("Debtors per 100 customers").click()
    expect(legend).to_contain_text("Debtors per 100 customers")
    assert legend.inner_text() != near
    page.get_by_text("No squares").click()
    expect(frame.locator(".rounds-district-name")).to_have_count(16)
    assert watched.faults == []


def test_hot_and_cold_spots_come_and_go_over_the_districts(watched: Watched) -> None:
    page, frame = watched.page, watched.page.frame_locator("iframe")
    outlines = frame.locator(".leaflet-rounds-spots-pane path")
    expect(outlines).to_have_count(0)
    page.get_by_text("Hot and cold spots").click()
    # Two outlines with a white line under each, and three squares that are felt.
    expect(outlines).to_have_count(7)
    legend = frame.locator(".leaflet-left .rounds-legend")
    expect(legend).to_contain_text("Hot: pays more often, all around")
    expect(legend).to_contain_text("Cold: pays less often, all around")
    expect(frame.locator(".rounds-district-name")).to_have_count(16)
    expect(page.get_by_text("2 hot squares, 1 cold square.")).to_be_visible()
    for _ in range(4):
        frame.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(400)
    # From near the squares under them are to be felt.
    expect(outlines).to_have_count(4)
    page.get_by_text("Hot and cold spots").click()
    expect(outlines).to_have_count(0)
    expect(legend).to_have_count(0)
    assert watched.faults == []


def test_names_of_districts_do_not_lie_over_one_another(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    narrow = Watched(context.new_page(), address)
    narrow.page.goto(f"{address}/?squares={PEOPLE}&called=Longwindedvillagenames")
    frame = narrow.page.frame_locator("iframe")
    expect(frame.locator(".rounds-district-name")).to_have_count(16, timeout=SLOW_MS)
    names = frame.locator(".rounds-district-name > span")
    # The map is fitted to its frame a moment after it is drawn.
    comes_true(lambda: names.evaluate_all(OVER) > 0, narrow)
    shown = frame.locator(".rounds-district-name > span:not(.crowded)")
    comes_true(lambda: shown.evaluate_all(OVER) == 0, narrow)
    assert 0 < shown.count() < 16
    assert narrow.faults == []
    context.close()


def test_a_district_can_be_chosen_on_the_map_that_moves(watched: Watched) -> None:
    frame = watched.page.frame_locator("iframe")
    chosen = watched.page.get_by_text(re.compile(r"chosen Q\d\d"))
    # While the page answers an earlier move of the map, the map is drawn anew and a click on the old one is lost.
    for _ in range(6):
        frame.locator(".leaflet-container").click(position={"x": 560, "y": 200})
        with suppress(AssertionError):
            expect(chosen).to_be_visible(timeout=6_000)
            break
    expect(chosen).to_be_visible()
    assert watched.faults == []


def test_the_page_is_handed_out_as_a_file(watched: Watched) -> None:
    with watched.page.expect_download() as waited:
        watched.page.get_by_text("One page (PDF)").click()
    assert waited.value.suggested_filename == "regions-2026-11-24.pdf"
    pages = pypdfium2.PdfDocument(io.BytesIO(Path(waited.value.path()).read_bytes()))
    assert len(pages) == 1
    assert watched.faults == []
