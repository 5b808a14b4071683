"""A list with something left open: asked, answered, looked at, taken, taken back; and the next one asks no more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from planner.domain import Principal, Role
from planner.store import Store, open_store
from tests.browser.conftest import OpenPage
from tests.browser.demo import VAR, Demo, copy_demo
from tests.browser.screens import nothing_overflows, settled
from tests.browser.server import application

pytestmark = pytest.mark.browser
BRANCH = {"en": "YX01", "zh": "YX02"}
SAID = {
    "en": ("Day before month", "Read the list so", "Taken back", "Read as answered for an earlier list"),
    "zh": ("日在前，月在后", "按此读取清单", "已撤销", "按此前清单的回答读取"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A copy of our own: other journeys stand on the list that was loaded last."""
    if not (VAR / "rounds.sqlite").is_file():
        pytest.skip("The demo is not set up: run make setup.")
    return copy_demo(tmp_path_factory.mktemp("import"))


@pytest.fixture(scope="module")
def app(demo: Demo) -> Iterator[str]:
    """Run the application over it."""
    with application(demo.var) as address:
        yield address


@pytest.fixture
def kept(demo: Demo):
    store = open_store(f"sqlite:///{demo.var / 'rounds.sqlite'}")
    yield store
    store.close()


def listed(store: Store, branch: str, count: int = 12) -> bytes:
    """A list of accounts that are there, with other amounts, one that is new and days that can be two."""
    who = Principal("test", Role.MANAGER, frozenset({branch}))
    known = store.accounts(who, branch).head(count)
    rows = [
        f"{one.case_id},测试,{one.overdue_minor / 100 + 11:.2f},{one.days_past_due},03/04/2026,知行路1号"
        for one in known.itertuples()
    ]
    head = "案件编号,姓名,逾期金额(元),逾期天数,最后还款日,家庭地址"
    return "\n".join([head, *rows, "NEW-1,新一,500.00,40,05/06/2026,知行路2号", ""]).encode()


def give(page: Page, name: str, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("ROUNDS_PICTURES")
    if folder:
        page.wait_for_timeout(700)
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_asked_answered_looked_at_taken_and_taken_back(open_page: OpenPage, kept: Store, language: str) -> None:
    branch = BRANCH[language]
    first, read_so, back, remembered = SAID[language]
    who = Principal("test", Role.MANAGER, frozenset({branch}))
    before = kept.accounts(who, branch)
    data = listed(kept, branch)
    page = open_page("/overdue", role=f"manager.{branch}", language=language)
    settled(page)
    page.locator(".st-key-overdue_open button").click()
    give(page, "november.csv", data)
    questions = page.locator(".st-key-overdue_questions")
    expect(questions).to_contain_text("03/04/2026")
    expect(page.locator(".st-key-overdue_import")).to_have_count(0)
    expect(page.locator(".st-key-overdue_answer button")).to_be_disabled()
    picture(page, f"import_asked_{language}")
    questions.get_by_text(first).click()
    page.get_by_role("button", name=read_so).click()
    expect(questions).to_have_count(0)
    button = page.locator(".st-key-overdue_import button")
    expect(button).to_be_enabled()
    page.get_by_test_id("stExpander").last.click()
    nothing_overflows(page)
    button.scroll_into_view_if_needed()
    picture(page, f"import_changes_{language}")
    assert len(kept.accounts(who, branch)) == len(before)
    button.click()
    expect(page.locator(".st-key-overdue_told")).to_be_visible()
    assert len(kept.accounts(who, branch)) == len(before) + 1
    page.locator(".st-key-overdue_undo button").first.click()
    panel = page.locator(".st-key-overdue_undo_panel")
    expect(panel).to_contain_text("november.csv")
    picture(page, f"import_undo_{language}")
    page.locator(".st-key-overdue_undo_do button").click()
    # As a pattern it knows capitals: "can be taken back" stood there before.
    expect(page.get_by_text(re.compile(f"^{back}"))).to_be_visible()
    expect(page.locator(".st-key-overdue_undo_do")).to_have_count(0)
    picture(page, f"import_undone_{language}")
    assert kept.accounts(who, branch).equals(before)
    # The next list of its kind asks no more.
    page.locator(".st-key-overdue_open button").click()
    give(page, "december.csv", data.replace(b"NEW-1", b"NEW-2"))
    expect(page.locator(".st-key-overdue_remembered")).to_contain_text(remembered)
    expect(page.locator(".st-key-overdue_questions")).to_have_count(0)
    picture(page, f"import_again_{language}")
