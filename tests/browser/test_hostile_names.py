"""Names that try to run as code are text on every screen, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.text import _, speaking
from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo
from tests.browser.screens import (
    PHONE,
    cells,
    choose,
    choose_day,
    choose_row,
    choose_week_crew,
    map_of,
    marker,
    settled,
    type_day,
)

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_week_shows_them_as_text(open_page: OpenPage, demo: Demo, language: str) -> None:
    page = open_page(f"/week?week={demo.week}", language=language, size=(1440, 1600))  # room for the table
    settled(page)
    choose_day(page, demo.day)
    choose_week_crew(page, demo.crew_name)
    expect(map_of(page).locator(".rounds-stop")).to_have_count(demo.stops)
    for number, name in enumerate(demo.planned, start=1):
        marker(page, number).focus()
        expect(map_of(page).locator(".rounds-tip b").filter(has_text=name)).to_have_text(f"{number} · {name}")
    # The table is long while no card stands above it.
    for name in demo.left_out:
        expect(cells(page, name)).to_be_attached()
    for number, name in list(enumerate(demo.planned, start=1))[-2:]:
        marker(page, number).dispatch_event("click")
        expect(map_of(page).locator(".rounds-stop.chosen")).to_have_text(str(number))
        expect(page.get_by_text(f"{number} · {name}", exact=True)).to_be_visible()
    for name in list(demo.left_out)[:2]:
        page.reload()
        settled(page)
        choose_row(page, name, shows=page.get_by_role("strong").filter(has_text=name))
        nothing_grew_from_a_name(page)
    nothing_grew_from_a_name(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_day_shows_them_as_text(open_page: OpenPage, demo: Demo, language: str) -> None:
    page = open_page("/day", language=language, size=(1440, 1400))
    settled(page)
    type_day(page, demo.day)
    choose_crew(page, demo, language)
    first = next(iter(demo.planned))
    expect(page.get_by_role("heading", name=f"1 · {first}", exact=True)).to_be_visible()
    for name in demo.planned:
        expect(cells(page, name)).to_be_attached()
    marker(page, 1).focus()
    expect(map_of(page).locator(".rounds-tip b")).to_have_text(f"1 · {first}")
    nothing_grew_from_a_name(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_page_shows_them_as_text(open_page: OpenPage, demo: Demo, language: str) -> None:
    page = open_page(demo.phone, language=language, size=PHONE, touch=True)
    for number, name in enumerate(demo.planned, start=1):
        page.get_by_role("listitem").get_by_role("button").filter(has_text=name).click()
        expect(page.locator("#next .name")).to_have_text(name)
        page.locator("#do-absent").click()
        expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text(f"{number} · {name}")
        page.keyboard.press("Escape")
    expect(page.locator("#map .mark").first).to_be_visible()
    nothing_grew_from_a_name(page)


def choose_crew(page: Page, demo: Demo, language: str) -> None:
    with speaking(language):
        label = _("Crew")
    box = page.get_by_role("combobox", name=label)
    if box.input_value() != demo.crew_name:
        choose(page, box, demo.crew_name)


def nothing_grew_from_a_name(page: Page) -> None:
    """No element and no link was made of a name, in the page or in a frame of it."""
    for frame in page.frames:
        assert frame.locator("img[src=x], [onerror]").count() == 0
        assert frame.locator("a[href^='javascript:']").count() == 0
    expect(page.get_by_text(re.compile("Uncaught|Traceback"))).to_have_count(0)
