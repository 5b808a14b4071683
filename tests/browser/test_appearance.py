"""Light or dark, chosen in the corner: on every page, over reloads, against the system, and back to the system's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo
from tests.browser.screens import PHONE, map_of, nothing_overflows, settled

pytestmark = pytest.mark.browser

#: what the page was first painted with: a choice that came late would flicker
FIRST_PAINTS = """
    window.paints = [];
    new MutationObserver(() => {
        const app = document.querySelector("[data-testid=stApp]");
        if (app) window.paints.push(getComputedStyle(app).backgroundColor);
    }).observe(document, {childList: true, subtree: true});
"""
DARK, LIGHT = re.compile(r"rgb\(18, 22, 27\)"), re.compile(r"rgb\(247, 248, 250\)")


def choose(page: Page, look: str) -> None:
    page.locator(".st-key-corner .look").click()
    page.locator(f"button[value={look}]").click()
    settled(page)


def test_dark_is_chosen_kept_without_flicker_and_given_back_to_the_system(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(f"/week?week={demo.week}&day={demo.day}")
    app = page.get_by_test_id("stApp")
    expect(map_of(page).locator(".block").first).to_be_visible()
    settled(page)
    expect(app).to_have_css("background-color", LIGHT)
    choose(page, "dark")
    # Back where one was, with the view in the address.
    expect(page).to_have_url(re.compile(f"/week.*day={demo.day}"))
    expect(app).to_have_css("background-color", DARK)
    expect(map_of(page).locator(".rounds-legend")).to_be_visible()
    assert map_of(page).locator("html").evaluate("e => e.classList.contains('dark')")
    page.add_init_script(FIRST_PAINTS)
    page.goto("/risk")
    settled(page)
    expect(app).to_have_css("background-color", DARK)
    paints = [re.findall(r"[\d.]+", one) for one in page.evaluate("window.paints")]
    assert paints
    # Before its styles are there the page is painted by Streamlit's own dark, never by anything light.
    assert [one for one in paints if one[3:] != ["0"] and any(float(c) > 128 for c in one[:3])] == []
    page.goto("/appearance")
    expect(page.locator("button[value=dark]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("body")).to_have_css("background-color", DARK)
    page.goto("/week")
    choose(page, "system")
    expect(app).to_have_css("background-color", LIGHT)
    page.emulate_media(color_scheme="dark")
    page.reload()
    settled(page)
    expect(app).to_have_css("background-color", DARK)


def test_light_stays_on_a_dark_system_and_the_language_with_it(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(f"/week?week={demo.week}", size=PHONE, touch=True)
    page.emulate_media(color_scheme="dark")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("button", name="重新规划")).to_be_visible()
    choose(page, "light")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", LIGHT)
    expect(page.get_by_role("button", name="重新规划")).to_be_visible()
    nothing_overflows(page)
