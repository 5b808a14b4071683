"""Both languages on every page, and every page on a phone's width: nothing is left untranslated, nothing overflows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo
from tests.browser.screens import PHONE, map_of, nothing_overflows, settled, type_day

pytestmark = pytest.mark.browser


def test_the_language_is_chosen_on_the_page_and_kept(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(f"/week?week={demo.week}", language="en")
    expect(page.get_by_role("button", name="Plan again")).to_be_visible()
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("button", name="重新规划")).to_be_visible()
    expect(page.get_by_role("link", name="Overdue list")).to_have_count(0)
    settled(page)
    expect(map_of(page).locator(".rounds-legend")).to_contain_text("图例")


def test_a_language_chosen_in_the_corner_outlives_a_reload_both_ways(open_page: OpenPage) -> None:
    page = open_page("/words", language="en")
    for name in ("中文", "English", "中文"):
        with page.expect_response(lambda answer: "/language" in answer.url and answer.status == 204):
            page.get_by_role("radio", name=name).click()
        settled(page)
        page.reload()
        expect(page.get_by_role("radio", name=name)).to_be_checked()
        settled(page)
        expect(page.get_by_role("link", name="Overdue list")).to_have_count(1 if name == "English" else 0)


def test_the_phone_page_speaks_the_browsers_language_until_one_is_chosen(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(demo.phone, language="en", size=PHONE)
    expect(page.locator("#progress")).to_contain_text("visits")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#progress")).to_contain_text("已完成")
    assert page.locator("html").get_attribute("lang") == "zh"


@pytest.mark.parametrize(("path", "language"), [("/week", "en"), ("/week", "zh"), ("/day", "en"), ("/day", "zh")])
def test_a_page_fits_a_phone(open_page: OpenPage, demo: Demo, path: str, language: str) -> None:
    # Of the demo's week: today's may have no plan yet.
    where = f"{path}?week={demo.week}" if path == "/week" else path
    page = open_page(where, language=language, size=PHONE, touch=True)
    expect(page.get_by_role("heading").first).to_be_visible()
    settled(page)
    if path == "/day":
        # Today may be a day off.
        type_day(page, demo.day)
    # What is drawn last is the widest: the map, and the timeline, which is swiped.
    expect(page.locator("canvas, iframe[title*=folium]").first).to_be_visible()
    if path == "/week":
        expect(map_of(page).locator(".block").first).to_be_attached()
    else:  # as high as its page says: the week's rule for its own map is not this one's
        room = page.locator("iframe[title*=folium]").first.bounding_box()
        assert room is not None
        assert room["height"] > 300
    nothing_overflows(page)
