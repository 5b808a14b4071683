"""The loop in a real browser: files taken from the week page, the board of the day, and looking back."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import BRANCH, Demo
from tests.browser.screens import PLAN_MS, settled

pytestmark = pytest.mark.browser


def take(page: Page, label: str) -> tuple[str, bytes]:
    """Press a file's button and give what came."""
    with page.expect_download(timeout=PLAN_MS) as coming:
        page.get_by_test_id("stDownloadButton").filter(has_text=label).get_by_role("button").click()
    return coming.value.suggested_filename, Path(str(coming.value.path())).read_bytes()


def test_the_week_is_taken_along_as_files(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(f"/week?week={demo.week}", role=f"manager.{BRANCH}", size=(1440, 1400))
    settled(page)
    expect(page.get_by_text("Planned", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Take with you").click()
    ((before,),) = demo.rows("select coalesce(max(number), 0) from audit_entry")
    name, data = take(page, "Workbook")
    assert name == f"week-{BRANCH}-{demo.week}.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames[:2] == ["Summary", "Routes"]
    name, data = take(page, "Wall page")
    assert len(pypdfium2.PdfDocument(data)) == 1
    _name, data = take(page, "Calendar")
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    asked = "select what from audit_entry where what like 'export.%' and number > ? order by number"
    said = demo.rows(asked, before)
    assert [what for (what,) in said] == ["export.week", "export.wall", "export.calendar"]


def test_the_board_and_looking_back(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("/board", role=f"manager.{BRANCH}", size=(1440, 1400))
    expect(page.locator("table.board")).to_be_visible(timeout=PLAN_MS)
    expect(page.locator("table.board tbody tr").first.locator(".strip b").first).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Week", exact=True).click()
    page = open_page("/back", role=f"manager.{BRANCH}", size=(1440, 1400))
    expect(page.get_by_text("Money at the doors")).to_be_visible(timeout=PLAN_MS)
    expect(page.get_by_text("What the plan learned from it")).to_be_visible()
