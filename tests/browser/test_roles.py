"""What somebody else sees: the regional head no names, a collector no week and no other crew."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import BRANCH, Demo
from tests.browser.screens import cells, choose_day, map_of, settled

pytestmark = pytest.mark.browser


def test_the_regional_head_sees_no_names(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(f"/week?week={demo.week}", role="regional_head", size=(1440, 1400))
    settled(page)
    choose_day(page, demo.day)
    expect(map_of(page).locator(".rounds-stop").first).to_be_visible()
    first, *_rest = demo.left_out.values()
    expect(cells(page, first)).to_be_attached()
    expect(page.get_by_role("button", name="Plan again")).to_have_count(0)
    expect(page.get_by_role("link", name="My day")).to_have_count(0)
    names = [*demo.planned, *demo.left_out, *(str(name) for (name,) in demo.rows("select name from contact limit 400"))]
    for frame in page.frames:
        shown = frame.content()
        assert [name for name in names if len(name) > 2 and name in shown] == []


def test_a_collector_opens_neither_the_week_nor_another_crew(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("/week", role=f"collector.{demo.crew_id}")
    expect(page.get_by_role("link", name="Open the phone page")).to_be_visible()
    expect(page.get_by_role("link", name="Week", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Plan again")).to_have_count(0)
    other = next(str(crew) for (crew,) in demo.rows("select crew_id from crew") if crew != demo.crew_id)
    for path in (f"/m/{other[:4]}/{other}/{demo.day}", f"/m/api/{other[:4]}/{other}/{demo.day}"):
        assert page.request.get(path).status == 404
    assert page.request.get(demo.phone).status == 200


def test_a_role_is_taken_on_the_page_for_it(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("/act-as")
    page.locator(f"button[value='collector.{demo.crew_id}']").click()
    expect(page.get_by_role("combobox", name="Crew")).to_have_value(demo.crew_name)
    page.goto("/m")
    expect(page.get_by_text(demo.crew_name).first).to_be_visible()
    assert page.url.rsplit("/", 2)[0].endswith(f"/m/{BRANCH}")
