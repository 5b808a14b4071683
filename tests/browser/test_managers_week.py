"""A manager's week in a real browser: the tour, why, and the board."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo
from tests.browser.screens import PHONE, PLAN_MS, map_of, settled, type_day

pytestmark = pytest.mark.browser

WIDE = (1440, 1400)
BLUE = re.compile(r"rgb\(15, 94, 156\)")


def opened(open_page: OpenPage, demo: Demo, more: str = "") -> Page:
    page = open_page(f"/week?week={demo.week}&day={demo.day}&crew={demo.crew_id}{more}", size=WIDE)
    expect(map_of(page).locator(".block").first).to_be_visible()
    settled(page)
    return page


def test_the_tour_points_at_what_it_tells_and_is_closed_for_good(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo, "&tour=1")
    told = page.locator(".tour")
    expect(told).to_contain_text("Step 1 of 5")
    expect(page.locator(".st-key-tiles-week")).to_have_css("outline-style", "solid")
    page.get_by_role("button", name="Next step").focus()
    for number in range(2, 6):
        page.keyboard.press("Enter")
        expect(told).to_contain_text(f"Step {number} of 5")
        settled(page)
        page.get_by_test_id("stMain").evaluate("all => all.scrollTo(0, 400)")
        expect(told).to_be_in_viewport(ratio=1)
        if number < 5:
            page.get_by_role("button", name="Next step").focus()
    expect(page.get_by_role("link", name="Board", exact=True)).to_have_css("outline-color", BLUE)
    expect(page.locator(".st-key-tiles-week")).not_to_have_css("outline-style", "solid")
    page.reload()
    expect(told).to_contain_text("Step 5 of 5")
    page.get_by_role("button", name="Done").click()
    expect(told).to_have_count(0)
    expect(page).not_to_have_url(re.compile("tour="))
    page.goto(f"/week?week={demo.week}")
    expect(page.get_by_role("button", name="Tour")).to_be_visible()
    expect(told).to_have_count(0)


def test_why_somebody_is_left_out_is_told_with_what_it_would_take(open_page: OpenPage, demo: Demo) -> None:
    page = opened(open_page, demo, f"&debtor={next(iter(demo.left_out.values()))}")
    said = page.locator(".st-key-why")
    expect(said.locator("strong").first).to_be_visible(timeout=PLAN_MS)
    expect(said).to_contain_text("Best slot")
    expect(page.locator(".st-key-edit_card").get_by_role("button", name="Add to a route")).to_be_visible()


def test_an_outcome_recorded_at_a_door_stands_on_the_board(open_page: OpenPage, demo: Demo) -> None:
    phone = open_page(demo.phone, role=f"collector.{demo.crew_id}", size=PHONE, touch=True)
    phone.get_by_role("button", name="Paid").tap()
    phone.locator("#amount-due").tap()
    phone.get_by_role("button", name="Save").tap()
    expect(phone.locator("#progress")).to_contain_text(f"1 of {demo.stops} visits")
    page = open_page("/board", size=WIDE)
    expect(page.get_by_test_id("stDateInputField")).to_be_visible()
    settled(page)
    type_day(page, demo.day)
    row = page.locator("table.board tbody tr").filter(has_text=demo.crew_name)
    expect(row).to_contain_text(f"1 / {demo.stops}")
    expect(row.locator(".strip b").filter(has_text="●")).to_have_count(1)


def test_a_word_is_looked_up_in_either_language(open_page: OpenPage) -> None:
    page = open_page("/words", language="zh")
    expect(page.locator("table.words tr").nth(100)).to_be_attached()
    page.get_by_role("textbox").fill("field hour")
    page.keyboard.press("Enter")
    expect(page.locator("table.words tr").first).to_contain_text("外访小时")
    expect(page.locator("table.words tr").first).to_contain_text("行驶或上门的一小时")
