"""The week page where something is missing, under way, gone wrong or out of date: what it says, and what to do next."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from planner.store import Store
from tests.browser.branches import ILL, NEW, ROADLESS, copy_with_branches, load, manager, next_week
from tests.browser.conftest import OpenPage
from tests.browser.demo import VAR
from tests.browser.screens import PHONE, PLAN_MS, badge, map_of, nothing_overflows, pick, settled
from tests.browser.server import application

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (VAR / "rounds.sqlite").is_file():
        pytest.skip("The demo is not set up: run make setup.")
    return tmp_path_factory.mktemp("states")


@pytest.fixture(scope="module")
def kept(var: Path) -> Iterator[Store]:
    store = copy_with_branches(var)
    yield store
    store.close()


@pytest.fixture(scope="module")
def app(kept: Store, var: Path) -> Iterator[str]:
    """Run the application over a copy with branches of our own."""
    with application(var) as address:
        yield address


def week_of(open_page: OpenPage, branch: str, **wishes: object) -> Page:
    page = open_page(f"/week?week={next_week()}", role=f"manager.{branch}", **wishes)
    settled(page)
    return page


def plan(page: Page) -> None:
    page.locator(".st-key-plan_week button").first.click()
    expect(page.get_by_role("progressbar")).to_be_visible()


def no_traceback(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert "Traceback" not in page.content()


@pytest.mark.parametrize(
    ("language", "size", "said", "act"),
    [("en", (1440, 900), "load a list first", "Load a list"), ("zh", PHONE, "请先导入清单", "导入清单")],
)
def test_a_branch_without_a_list_is_led_to_loading_one(
    open_page: OpenPage, language: str, size: tuple[int, int], said: str, act: str
) -> None:
    page = week_of(open_page, NEW, language=language, size=size)
    expect(page.locator(".st-key-week_empty")).to_contain_text(said)
    # What cannot be done is not offered.
    expect(page.locator(".st-key-plan_week button").first).to_be_disabled()
    nothing_overflows(page)
    page.get_by_role("button", name=act).click()
    expect(page).to_have_url(re.compile("/overdue"))


def test_a_week_without_a_plan_says_what_it_would_be_planned_with(open_page: OpenPage) -> None:
    page = week_of(open_page, ROADLESS)
    empty = page.locator(".st-key-week_empty")
    expect(empty).to_contain_text("40 debtors on the list · 1 crew · 5 shifts ahead · takes about 5 seconds")
    expect(page.locator(".st-key-plan_week button").first).to_be_enabled()
    # In the last week that is offered nobody works.
    pick(page, page.get_by_role("combobox", name="Week"), page.get_by_role("option").last)
    settled(page)
    expect(empty).to_contain_text("No crew has a shift ahead in this week")
    expect(page.locator(".st-key-plan_week button").first).to_be_disabled()


def test_missing_roads_are_told_in_words_with_what_to_do(open_page: OpenPage) -> None:
    page = week_of(open_page, ROADLESS)
    plan(page)
    failed = page.locator(".st-key-job_failed")
    expect(failed).to_contain_text("There is no region moved-away", timeout=PLAN_MS)
    expect(failed).to_contain_text("Nothing was lost")
    expect(failed).to_contain_text("sets the roads up")
    no_traceback(page)
    other = week_of(open_page, ROADLESS, language="zh", size=PHONE)
    expect(other.locator(".st-key-job_failed")).to_contain_text("没有任何丢失")
    expect(other.locator(".st-key-job_failed")).not_to_contain_text("There is no")
    nothing_overflows(other)
    page.get_by_role("button", name="Close").click()
    expect(failed).to_have_count(0)
    expect(page.locator(".st-key-week_empty")).to_be_visible()


def test_a_plan_that_dies_is_told_made_again_watched_over_a_reload_and_stopped_with_what_it_has(
    open_page: OpenPage, kept: Store
) -> None:
    page = week_of(open_page, ILL)
    plan(page)
    expect(page.get_by_text(re.compile(r"Visits \d"))).to_be_visible(timeout=PLAN_MS)
    (job,) = kept.jobs(manager(ILL), ILL)
    os.kill(job.pid or 0, signal.SIGKILL)
    failed = page.locator(".st-key-job_failed")
    expect(failed).to_contain_text("ended unexpectedly", timeout=PLAN_MS)
    expect(failed).to_contain_text(f"the number {job.job_id[:8]}")
    no_traceback(page)
    failed.get_by_role("button", name="Plan once more").click()
    expect(failed).to_have_count(0)
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Visits \d"))).to_be_visible(timeout=PLAN_MS)
    page.get_by_role("button", name="Stop and keep the best so far").click()
    expect(page.get_by_text("the best plan until then was kept")).to_be_visible(timeout=PLAN_MS)
    expect(badge(page, "Draft")).to_be_visible()
    expect(map_of(page).locator(".block").first).to_be_visible(timeout=PLAN_MS)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("the best plan until then was kept")).to_have_count(0)


def test_a_plan_older_than_its_list_says_so_until_it_is_planned_again(open_page: OpenPage, var: Path) -> None:
    page = week_of(open_page, ILL)
    made(page)
    expect(page.locator(".st-key-week-stale")).to_have_count(0)
    load(var, ILL, rows=38, amount=9_900)
    page.reload()
    stale = page.locator(".st-key-week-stale")
    expect(stale).to_contain_text("Since this plan was made: a newer list (38 changed)")
    expect(stale).to_contain_text("Plan again to take it into account")
    phone = week_of(open_page, ILL, language="zh", size=PHONE)
    expect(phone.locator(".st-key-week-stale")).to_contain_text("有更新的清单")
    nothing_overflows(phone)
    plan(page)
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    expect(badge(page, "Draft")).to_be_visible(timeout=PLAN_MS)
    expect(stale).to_have_count(0)


def test_what_somebody_else_publishes_is_announced_and_nothing_is_overwritten(open_page: OpenPage, kept: Store) -> None:
    mine = week_of(open_page, ILL)
    made(mine)
    first = kept.plans(manager(ILL), ILL, next_week())[0].plan_id
    plan(mine)
    expect(mine.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    expect(badge(mine, "Draft")).to_be_visible(timeout=PLAN_MS)
    settled(mine)
    # While the page is built anew the button of before may still be there.
    expect(mine.get_by_role("button", name="Undo")).to_have_count(1)
    mine.get_by_role("button", name="Undo").click()
    settled(mine)
    # A window opened now begins where this manager went back to, and may go on to the newer plan again.
    theirs = week_of(open_page, ILL)
    theirs.get_by_role("button", name="Redo").click()
    expect(theirs.get_by_role("button", name="Redo")).to_be_disabled()
    settled(theirs)
    theirs.get_by_role("button", name="Publish", exact=True).click()
    expect(badge(theirs, "Published")).to_be_visible(timeout=PLAN_MS)
    second = in_force(kept)
    assert second not in ("", first)
    expect(mine.locator(".st-key-week_news")).to_contain_text("published another plan of this week", timeout=PLAN_MS)
    mine.get_by_role("button", name="Publish", exact=True).click()
    expect(mine.get_by_text("Yours was not published, and nothing was overwritten")).to_be_visible()
    assert in_force(kept) == second
    mine.get_by_role("button", name="Show the published plan").first.click()
    expect(badge(mine, "Published")).to_be_visible()


def in_force(store: Store) -> str:
    return next((row.plan_id for row in store.plans(manager(ILL), ILL, next_week()) if row.in_force), "")


def made(page: Page) -> None:
    """Plan the week where it has no plan yet."""
    if page.locator(".st-key-week_empty").count():
        plan(page)
        expect(page.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    expect(badge(page, "Draft").or_(badge(page, "Published"))).to_be_visible(timeout=PLAN_MS)
    settled(page)
