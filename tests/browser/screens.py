"""How a test finds its way on the screens: by what a reader sees, not by how it was built."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import date

from playwright.sync_api import FrameLocator, Locator, Page, TimeoutError, expect

PHONE = (390, 844)
PLAN_MS = 90_000
PATIENCE_S = 10.0
ROW_PX = 35


def settled(page: Page) -> None:
    """Wait until the page's script has run."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def map_of(page: Page) -> FrameLocator:
    """Give the frame of the map on a page."""
    return page.frame_locator("iframe[title*=folium]")


def marker(page: Page, number: int) -> Locator:
    """Give the sign of a stop on the map."""
    return map_of(page).locator(".rounds-stop").filter(has_text=re.compile(rf"^{number}$")).first


def choose(page: Page, box: Locator, text: str | re.Pattern[str]) -> None:
    """Choose an entry of a select box."""
    pick(page, box, page.get_by_role("option", name=text))
    settled(page)


def pick(page: Page, box: Locator, option: Locator) -> None:
    """Open a select box and click an entry; a page that is drawn anew shuts the list, so it is opened again."""
    ends = time.monotonic() + 2 * PATIENCE_S
    while True:
        if not option.is_visible():
            box.click()
        try:
            option.click(timeout=3_000)
        except TimeoutError:
            assert time.monotonic() < ends, "the list shuts again and again, or has no such entry"
            page.keyboard.press("Escape")
        else:
            return


def badge(page: Page, text: str) -> Locator:
    """Give the badge with this word; its icon comes before it."""
    return page.get_by_text(re.compile(rf"^(\w+ )?{text}$")).first


def cells(page: Page, text: str) -> Locator:
    """Give the cells with this text: tables are painted, and tell what they show to a screen reader."""
    return page.locator("[role=gridcell]").filter(has_text=re.compile(f"^{re.escape(text)}$"))


def choose_row(page: Page, text: str, *, shows: Locator) -> None:
    """Choose the row of a table with this text, by its box at the left, until what it shows is there.

    A click on a table that is being drawn anew is lost; one on a row that is chosen gives it up again.
    """
    ends = time.monotonic() + 2 * PATIENCE_S
    while not shows.is_visible():
        assert time.monotonic() < ends, f"choosing {text!r} shows nothing"
        click_row(page, text)
        with suppress(AssertionError):
            expect(shows).to_be_visible(timeout=5_000)


def click_row(page: Page, text: str) -> None:
    """Click the box at the left of the row of a table with this text."""
    found = cells(page, text).first
    expect(found).to_be_attached()
    row = int(found.get_attribute("id").rsplit("-", 1)[1])  # type: ignore[union-attr]
    table = page.get_by_test_id("stDataFrame").filter(has=cells(page, text))
    expect(table).to_be_visible()
    table.click(position={"x": 16, "y": ROW_PX * (row + 1) + ROW_PX // 2})
    settled(page)


def choose_day(page: Page, day: date) -> None:
    """Show one day of the week on the page of the week."""
    page.get_by_role("radio", name=re.compile(rf"\b{day.day}$")).click()
    settled(page)


def choose_week_crew(page: Page, crew: str) -> None:
    """Show one crew alone on the page of the week."""
    page.locator(".st-key-week-filters").get_by_test_id("stPopoverButton").first.click()
    page.get_by_role("button", name=re.compile(rf"^{re.escape(crew)} \(\d+\)$")).click()
    settled(page)
    page.keyboard.press("Escape")


def type_day(page: Page, day: date) -> None:
    """Enter a day into the page's date field."""
    field = page.get_by_test_id("stDateInputField")
    for part, value in (("year", f"{day:%Y}"), ("month", f"{day:%m}"), ("day", f"{day:%d}")):
        field.locator(f"[data-type={part}]").press_sequentially(value)
    # Typing opens a calendar; the day counts once that is closed and the field left.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("heading", name=re.compile(rf"\b{day.day}\b")).first).to_be_visible()
    settled(page)


def nothing_overflows(page: Page) -> None:
    """Wait until a page is no wider than its window and no text of it is cut off at the window's edge.

    A page may be wider for a moment while it is built, so this asks again; what stays too wide is named.
    """
    ends = time.monotonic() + PATIENCE_S
    while (wide := too_wide(page)) and time.monotonic() < ends:
        page.wait_for_timeout(100)
    if wide:
        raise AssertionError(f"wider than the window: {wide}")


def too_wide(page: Page) -> list[str]:
    """Give what reaches beyond the window: the page itself, and every text or button, unless its box is swiped."""
    width = page.viewport_size["width"]  # type: ignore[index]
    texts: list[str] = page.evaluate(
        """width => {
            const swiped = e => {
                for (let box = e.parentElement; box && !box.matches("[data-testid=stMain]"); box = box.parentElement)
                    if (/auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth)
                        return box.getBoundingClientRect().right <= width + 1;
                return false;
            };
            return [...document.querySelectorAll("h1,h2,h3,h4,p,button,a,[data-testid=stMetric]")]
                .filter(e => e.offsetParent && e.getBoundingClientRect().right > width + 1 && !swiped(e))
                .map(e => e.textContent || e.getAttribute("aria-label") || e.outerHTML.slice(0, 200));
        }""",
        width,
    )
    if width <= PHONE[0]:  # a note that ends in three dots cannot be read there: nothing shows the rest to a finger
        cut = "[...document.querySelectorAll('.stMarkdownBadge')].filter(e => e.scrollWidth > e.clientWidth + 1)"
        texts += page.evaluate(f"{cut}.map(e => e.textContent)")
    whole = page.evaluate("document.documentElement.scrollWidth")
    return texts + [f"the page: {whole} px"] * (whole > width)
