"""What somebody else sees: the regional head no debtor, a collector no week and no other crew."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard.navigation import ENTRIES
from planner.domain import Role
from tests.browser.conftest import OpenPage
from tests.browser.demo import BRANCH, Demo
from tests.browser.test_leaks import walk
from tests.browser.watch import NOWHERE

pytestmark = pytest.mark.browser


def test_a_regional_head_meets_no_debtor_on_any_page(open_page: OpenPage, demo: Demo) -> None:
    """All that its browser is sent, on its own pages and on others it asks for, names nobody but who waits there."""
    page = open_page("/act-as", role="regional_head", size=(1440, 1400))
    one = next(iter(demo.planned.values()))
    own = [entry.address for entry in ENTRIES if Role.REGIONAL_HEAD in entry.roles]
    assert own[:4] == ["regions", "risk", "branches", "second"]
    foreign = [f"week?week={demo.week}&debtor={one}", "overdue", "board", f"debtor?id={one}&branch={BRANCH}"]
    said = walk(page, [*own, *foreign])
    assert len(said) > 50_000
    debtors = {str(debtor) for (debtor,) in demo.rows("select debtor_id from debtor")}
    proposed = {str(debtor) for (debtor,) in demo.rows("select debtor_id from review where proposed = 'bad_faith'")}
    asked = {one}  # the address that was typed comes back
    assert set(re.findall(r"[\w-]+", said)) & debtors - proposed - asked == set()
    names = {*demo.planned, *demo.left_out, *(str(name) for (name,) in demo.rows("select name from contact limit 400"))}
    assert [name for name in names if len(name) > 2 and name in said] == []
    for path in ("/m", f"/m/{BRANCH}/{demo.crew_id}/{demo.day}", f"/m/api/{BRANCH}/{demo.crew_id}/{demo.day}"):
        assert page.request.get(path).status == 404


def test_a_collector_opens_neither_the_week_nor_another_crew(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("/week", role=f"collector.{demo.crew_id}")
    expect(page.get_by_text("This page is not for your role")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit has a word of its own, in English
    page.get_by_role("button", name="To the first page").click()
    expect(page.get_by_role("link", name="Open the phone page")).to_be_visible()
    expect(page.get_by_role("link", name="Week", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Plan again")).to_have_count(0)
    other = next(str(crew) for (crew,) in demo.rows("select crew_id from crew") if crew != demo.crew_id)
    for path in (f"/m/{other[:4]}/{other}/{demo.day}", f"/m/api/{other[:4]}/{other}/{demo.day}"):
        assert page.request.get(path).status == 404
    assert page.request.get(demo.phone).status == 200


@pytest.mark.parametrize(
    ("language", "said", "onward"),
    [("en", "There is no page at this address.", "To the first page"), ("zh", "此地址没有页面。", "前往首页")],
)
def test_an_address_without_a_page_says_so_and_leads_on(
    open_page: OpenPage, language: str, said: str, onward: str
) -> None:
    page = open_page(NOWHERE, language=language)
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("link", name=onward).click()
    expect(page.get_by_test_id("stApp")).to_be_visible()
    page.wait_for_url("**/week*")


def test_a_role_is_taken_on_the_page_for_it(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("/act-as")
    page.locator(f"button[value='collector.{demo.crew_id}']").click()
    expect(page.get_by_role("combobox", name="Crew")).to_have_value(demo.crew_name)
    page.goto("/m")
    expect(page.get_by_text(demo.crew_name).first).to_be_visible()
    assert page.url.rsplit("/", 2)[0].endswith(f"/m/{BRANCH}")
