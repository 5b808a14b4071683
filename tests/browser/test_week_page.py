"""Map and timeline as one in a real browser: a click on either selects in both, and the address restores it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo
from tests.browser.screens import choose_day, choose_week_crew, map_of, marker, settled

pytestmark = pytest.mark.browser


def opened(open_page: OpenPage, demo: Demo, **wishes: object) -> Page:
    page = open_page(f"/week?week={demo.week}", **wishes)
    expect(map_of(page).locator(".block").first).to_be_visible()
    settled(page)
    choose_day(page, demo.day)
    choose_week_crew(page, demo.crew_name)
    expect(map_of(page).locator(".block")).to_have_count(demo.stops)
    return page


def block(page: Page, number: int) -> Locator:
    return map_of(page).locator(".block").filter(has_text=re.compile(rf"^{number}$"))


def card(page: Page, number: int) -> Locator:
    return page.locator(".st-key-beside strong").filter(has_text=re.compile(rf"^{number} · "))


def in_address(page: Page) -> dict[str, str]:
    return {name: texts[0] for name, texts in parse_qs(urlsplit(page.url).query).items()}


def seen(page: Page) -> tuple[float, float]:
    frame = next(one for one in page.frames if "st_folium" in one.url)
    zoom, lat = frame.evaluate("[window.map.getZoom(), window.map.getCenter().lat]")
    return float(zoom), float(lat)


def test_a_click_on_map_or_timeline_selects_in_both_and_leaves_the_map_where_it_is(
    open_page: OpenPage, demo: Demo
) -> None:
    page = opened(open_page, demo)
    # The same number in the same colour on both.
    colours = [
        one.evaluate("e => getComputedStyle(e).backgroundColor")
        for one in (marker(page, 3).locator("span"), block(page, 3))
    ]
    assert colours[0] == colours[1]
    before = seen(page)
    marker(page, 3).dispatch_event("click")
    expect(map_of(page).locator(".block.chosen")).to_have_text("3")
    expect(map_of(page).locator(".rounds-stop.chosen")).to_have_text("3")
    expect(card(page, 3)).to_be_visible()
    block(page, 2).click()
    expect(map_of(page).locator(".rounds-stop.chosen")).to_have_text("2")
    expect(map_of(page).locator(".block.chosen")).to_have_text("2")
    expect(card(page, 2)).to_be_visible()
    assert seen(page) == pytest.approx(before)


#: the share of the commonest colour in the tile with the most on it
PLAINEST = """() => Math.min(...[...document.querySelectorAll(".rounds-basemap canvas")].map(tile => {
  const dots = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height).data, counts = {};
  for (let at = 0; at < dots.length; at += 4) {
    const colour = dots[at] << 16 | dots[at + 1] << 8 | dots[at + 2];
    counts[colour] = (counts[colour] || 0) + 1;
  }
  return 4 * Math.max(...Object.values(counts)) / dots.length;
}))"""


def test_the_ground_is_drawn_at_broken_zooms_too(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo)
    frame = next(one for one in page.frames if "st_folium" in one.url)
    # Every layer ends at a whole zoom and the next begins at the one after: between them neither may be missing.
    for zoom in (12.5, 11.75, 11.25, 14.5, 14.25):
        frame.evaluate("zoom => void window.map.setZoom(zoom)", zoom)
        page.wait_for_timeout(1_500)
        assert frame.evaluate(PLAINEST) < 0.8, zoom


def test_the_timeline_is_walked_with_the_keyboard_and_so_is_the_page(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo)
    block(page, 1).focus()
    page.keyboard.press("ArrowRight")
    expect(block(page, 2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page, 2)).to_be_visible()
    expect(block(page, 2)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("heading").first.click()
    page.keyboard.press("Alt+j")
    expect(card(page, 3)).to_be_visible()
    expect(map_of(page).locator(".block.chosen")).to_have_text("3")


def with_alt(page: Page, key: str) -> None:
    """Press Alt and then a key, no faster than a hand does: the keyboard passes from one process to another between."""
    page.keyboard.down("Alt")
    page.wait_for_timeout(500)
    page.keyboard.press(key)
    page.keyboard.up("Alt")


def test_the_pages_keys_work_while_the_map_has_the_keyboard(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo)
    block(page, 2).click()
    expect(card(page, 2)).to_be_visible()
    settled(page)
    with_alt(page, "k")  # nothing of the page was clicked since
    expect(card(page, 1)).to_be_visible()
    # A sign may lie under its neighbour's, so it is not clicked with the mouse; the map has the keyboard all the same.
    marker(page, 3).focus()
    marker(page, 3).dispatch_event("click")
    expect(card(page, 3)).to_be_visible()
    settled(page)
    with_alt(page, "j")
    expect(card(page, 4)).to_be_visible()


def test_a_selection_outlives_the_filters_and_they_are_cleared(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo)
    block(page, 2).click()
    expect(card(page, 2)).to_be_visible()
    settled(page)  # a rerun under way would shut the list of reasons again
    box, option = page.get_by_role("combobox", name="Not visited because"), page.get_by_role("option").first
    for _try in range(3):  # a page that is drawn anew shuts the list
        box.click()
        page.wait_for_timeout(500)
        if option.is_visible():
            break
    number = re.findall(r"\((\d+)\)$", str(option.text_content()))[0]
    option.click()
    expect(page.get_by_text(f"{int(number):,} in the filter")).to_be_visible()
    expect(map_of(page).locator(".block.chosen")).to_have_text("2")
    expect(card(page, 2)).to_be_visible()
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("in the filter")).to_have_count(0)
    expect(map_of(page).locator(".block.chosen")).to_have_text("2")
    expect(page.get_by_role("button", name="Clear", exact=True)).to_have_count(0)


def test_the_address_opens_the_same_view_for_somebody_else(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo)
    block(page, 2).click()
    expect(card(page, 2)).to_be_visible()
    map_of(page).get_by_role("button", name="Zoom in").click()
    expect(page).to_have_url(re.compile(r"at=[\d.]+%2C[\d.]+%2C[\d.]+"))
    said = in_address(page)
    assert (said["week"], said["day"], said["crew"]) == (demo.week, demo.day.isoformat(), demo.crew_id)
    assert said["debtor"] == list(demo.planned.values())[1]
    assert not [name for name in demo.planned if name in str(said)]

    other = open_page(page.url.removeprefix(page.url.split("/week")[0]))
    expect(map_of(other).locator(".block")).to_have_count(demo.stops)
    expect(map_of(other).locator(".block.chosen")).to_have_text("2")
    expect(card(other, 2)).to_be_visible()
    settled(other)
    # The map lies on whole pixels.
    assert seen(other) == pytest.approx(seen(page), abs=3e-4)

    # Of another branch there is nothing to see at that address: rights are asked as ever.
    stranger = open_page(page.url.removeprefix(page.url.split("/week")[0]), role="manager.YX03")
    settled(stranger)
    expect(stranger.locator(".st-key-beside strong").filter(has_text=" · ")).to_have_count(0)


def test_a_dark_system_gets_a_dark_page_map_and_timeline(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("/act-as")
    page.emulate_media(color_scheme="dark")
    page.goto(f"/week?week={demo.week}")
    expect(map_of(page).locator(".block").first).to_be_visible()
    light = "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).every(c => c > 128)"
    assert not page.get_by_test_id("stApp").evaluate(light)
    assert not page.get_by_test_id("stMetric").first.evaluate(light)
    for part in (".leaflet-container", ".rounds-lines", ".rounds-legend"):
        assert not map_of(page).locator(part).evaluate(light)


@pytest.mark.parametrize("alone", [False, True], ids=["all crews of a day", "one crew"])
def test_a_tooltip_is_never_under_the_card_beside_the_map(open_page: OpenPage, demo: Demo, alone: bool) -> None:
    """The card is no ground of its own: what the frame shows under it is printed through its words."""
    page = open_page(f"/week?week={demo.week}&day={demo.day}")
    blocks = map_of(page).locator(".block")
    expect(blocks.first).to_be_visible()
    settled(page)
    if alone:
        choose_week_crew(page, demo.crew_name)
        expect(blocks).to_have_count(demo.stops)
    tip, column = map_of(page).locator(".rounds-float.shown"), page.get_by_test_id("stColumn").filter(
        has=page.locator(".st-key-beside"))  # fmt: skip
    card = column.bounding_box()
    assert card
    places = [one.bounding_box() for one in blocks.all()]
    tried = [at for at, place in enumerate(places) if place and place["x"] > card["x"] - 150]
    assert len(tried) > 3
    for at in tried[:: max(1, len(tried) // 12)]:
        blocks.nth(at).hover()
        label = re.match(r"Stop (\d+), (.*?), \d\d:\d\d", blocks.nth(at).get_attribute("aria-label") or "")
        assert label
        expect(tip.locator("b")).to_have_text(f"{label[1]} · {label[2]}")
        # Hovering may have scrolled the page.
        card, box, frame = (one.bounding_box() for one in (column, tip, page.locator("iframe[title*=folium]")))
        assert card
        assert box
        assert frame
        beside, below = box["x"] + box["width"] <= card["x"], box["y"] >= card["y"] + card["height"]
        assert beside or below, (at, box, card)
        assert frame["x"] <= box["x"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]
