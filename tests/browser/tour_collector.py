"""The pictures of a collector's day for docs/tour.md: on a phone, in the shift, and what the manager sees."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.demo import BRANCH
from tests.browser.screens import settled
from tests.browser.tour_camera import CREW, DESK, PHONE, PLAN_MS, Camera


@dataclass(frozen=True)
class FieldCamera(Camera):
    """A camera whose browser, like the application, believes it to be a moment of the crew's shift."""

    moment: datetime

    def phone(self, path: str = "", *, role: str = f"collector.{CREW}", size: tuple[int, int] = PHONE) -> Page:
        page = self.open("about:blank", size=size, role=role, touch=size == PHONE)
        page.context.clock.install(time=self.moment + timedelta(seconds=30))
        page.goto(path or f"/m/{BRANCH}/{CREW}/{self.day}")
        return page

    def my_day(self) -> Page:
        page = self.phone()
        expect(page.locator("#next .name")).to_be_visible()
        expect(page.locator("#map .k-street")).to_be_attached()
        return page


def worked(camera: FieldCamera) -> None:
    """Let the demo's crews record their stops until now, once."""
    page = camera.phone("/board", role=f"manager.{BRANCH}", size=DESK)
    camera.let_crews_work(page)
    page.context.close()


def board(camera: FieldCamera) -> None:
    page = camera.phone("/board", role=f"manager.{BRANCH}", size=DESK)
    camera.let_crews_work(page)
    settled(page)
    expect(page.get_by_test_id("stToast")).to_have_count(0, timeout=PLAN_MS)
    camera.keep(page, "board")


def my_day(camera: FieldCamera) -> None:
    worked(camera)
    page = camera.my_day()
    camera.keep(page, "day-phone")
    page = camera.my_day()
    page.locator("#list").evaluate("e => e.scrollIntoView({block: 'start'})")
    camera.keep(page, "day-list-phone")


def record(camera: FieldCamera) -> None:
    page = camera.my_day()
    page.locator("#do-more").tap()
    camera.keep(page, "record-phone")
    page = camera.my_day()
    page.locator("#do-promise").tap()
    camera.keep(page, "promise-phone")
    page = camera.my_day()
    page.locator("#do-more").tap()
    page.locator("[data-code=NEGOTIATE]").tap()
    page.locator("#details summary").tap()
    for name, value in (("evidence", "notice_signed"), ("willing", "yes"), ("able", "no")):
        page.locator(f"#sheet input[name={name}][value={value}]").check(force=True)
    page.locator("#effect").evaluate("e => e.scrollIntoView({block: 'center'})")
    camera.keep(page, "evidence-phone")


def pin(camera: FieldCamera) -> None:
    page = camera.my_day()
    page.locator("#pin").tap()
    expect(page.locator("#atlas .aim")).to_be_visible()
    camera.keep(page, "pin-phone")


def day_changes(camera: FieldCamera) -> None:
    page = camera.my_day()
    page.locator("#changed").tap()
    camera.keep(page, "changes-phone")
    page = camera.my_day()
    page.locator("#changed").tap()
    page.locator("#news-late").tap()
    page.locator("[data-minutes='30']").tap()
    expect(page.locator("#changes li").first).to_be_visible()
    camera.keep(page, "difference-phone")


def pack(camera: FieldCamera) -> None:
    page = camera.my_day()
    page.locator("#take-along").tap()
    expect(page.locator("#make")).to_be_enabled()
    page.locator("#make").tap()
    expect(page.locator("#phrase")).to_be_visible()
    phrase = page.locator("#phrase").inner_text()
    with tempfile.TemporaryDirectory() as folder:
        with page.expect_download() as saving:
            page.locator("#save").tap()
        path = Path(folder) / saving.value.suggested_filename
        saving.value.save_as(path)
        opened = page.context.new_page()
        camera.keep(page, "pack-phone", close=False)
        page.context.set_offline(True)
        opened.goto(path.as_uri())
        opened.locator("#lock-phrase").fill(phrase)
        opened.locator("#lock-open").tap()
        expect(opened.locator("#next .name")).to_be_visible()
        opened.locator("#do-absent").tap()
        opened.locator("#save").tap()
        expect(opened.locator("#waiting")).to_contain_text("1")
        camera.keep(opened, "offline-phone", close=False)
        with opened.expect_download() as saving:
            opened.locator("#carry").tap()
        back = Path(folder) / saving.value.suggested_filename
        saving.value.save_as(back)
        page.context.set_offline(False)
        page.goto(f"/m/{BRANCH}/{CREW}/{camera.day}/upload")
        page.locator("#file").set_input_files(back)
        page.locator("#lock-phrase").fill(phrase)
        page.locator("#bring").tap()
        expect(page.locator("#results li").first).to_be_visible()
        camera.keep(page, "upload-phone")


def files(camera: FieldCamera) -> None:
    page = camera.my_day()
    page.locator("#files").evaluate("e => e.scrollIntoView({block: 'center'})")
    camera.keep(page, "files-phone")


def safety(camera: FieldCamera) -> None:
    """Call for help, see it on the board, and say that all is well again."""
    page = camera.my_day()
    begin = page.locator("#shift-begin, #shift-again")
    if begin.count():
        begin.first.tap()
        expect(page.locator("#watch")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.locator("#guard .sos").tap()
    expect(page.locator("#alert-send")).to_be_visible()
    camera.keep(page, "alert-asked-phone", close=False)
    page.locator("#alert-send").tap()
    expect(page.locator("#alert-told")).to_be_visible()
    camera.keep(page, "alert-phone", close=False)
    board = camera.phone("/board", role=f"manager.{BRANCH}", size=DESK)
    expect(board.locator(".safety.alarm")).to_be_visible(timeout=PLAN_MS)
    settled(board)
    camera.keep(board, "board-alert")
    page.locator("#alert-back").tap()
    expect(page.locator("#watch.alarm")).to_have_count(0)
    page.context.close()


def times(camera: FieldCamera) -> None:
    page = camera.phone("/learning", role=f"manager.{BRANCH}", size=DESK)
    chosen = page.get_by_role("radio", name=camera.say("Times", "时间"))
    expect(chosen).to_be_visible(timeout=PLAN_MS)
    chosen.click()
    settled(page)
    camera.keep(page, "times")


FIELD_SHOTS: tuple[Callable[[FieldCamera], None], ...] = (
    *(board, my_day, record, pin, day_changes, pack, files, safety, times),
)
