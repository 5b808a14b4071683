"""A crew takes its day along from the phone: the files arrive, each made when it is asked for."""

from __future__ import annotations

import re
import time
from pathlib import Path

import gpxpy
import icalendar
import pypdfium2
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo
from tests.browser.screens import PHONE, nothing_overflows

pytestmark = pytest.mark.browser

SMALL = """all => all.filter(e => { const r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44 })
  .map(e => e.outerHTML.slice(0, 90))"""
WORDS = {"en": "Saved on this telephone", "zh": "已存到本机"}


def my_day(open_page: OpenPage, demo: Demo, language: str) -> Page:
    return open_page(demo.phone, role=f"collector.{demo.crew_id}", language=language, size=PHONE, touch=True)


def taken(page: Page, name: str) -> tuple[str, bytes]:
    with page.expect_download() as coming:
        page.locator(f"[data-file={name}]").tap()
    file = coming.value
    return file.suggested_filename, Path(file.path()).read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_crew_takes_its_day_along(open_page: OpenPage, demo: Demo, language: str) -> None:
    page = my_day(open_page, demo, language)
    expect(page.locator("#files a")).to_have_count(4)
    assert page.locator("#files a").evaluate_all(SMALL) == []

    name, sheet = taken(page, "sheet")
    assert name.endswith(f"{demo.crew_id}-{demo.day.isoformat()}.pdf")
    assert len(pypdfium2.PdfDocument(sheet)) >= 1
    expect(page.locator("#file-said")).to_contain_text(WORDS[language])
    _name, track = taken(page, "track")
    assert len(gpxpy.parse(track.decode()).waypoints) == demo.stops
    _name, day = taken(page, "day")
    told = day.decode()
    events = list(icalendar.Calendar.from_ical(day).walk("VEVENT"))
    assert len(events) >= demo.stops
    assert not [one for one in demo.planned if one in told]
    _name, week = taken(page, "week")
    assert len(list(icalendar.Calendar.from_ical(week).walk("VEVENT"))) > len(events)
    nothing_overflows(page)


def test_a_file_in_the_making_says_so_and_a_lost_line_too(open_page: OpenPage, demo: Demo) -> None:
    page = my_day(open_page, demo, "en")

    def slowly(route: Route) -> None:
        time.sleep(1.0)
        route.continue_()

    page.route(re.compile("/file/sheet$"), slowly)
    link = page.locator("[data-file=sheet]")
    with page.expect_download():
        link.tap()
        expect(link).to_have_attribute("aria-busy", "true")
        expect(page.locator("#file-said")).to_contain_text("is being made")
        link.tap()  # a second tap asks for nothing more
    expect(link).not_to_have_attribute("aria-busy", "true")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.locator("[data-file=day]").tap()
    expect(page.locator("#file-said.failed")).to_contain_text("Is there a line?")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_tap_at_the_door_and_what_became_of_it(open_page: OpenPage, demo: Demo, language: str) -> None:
    page = my_day(open_page, demo, language)
    page.locator("#arrived").tap()
    expect(page.locator("#arrived")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#arrived")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.reload()
    expect(page.locator("#arrived")).to_have_attribute("aria-pressed", "true")  # it is kept on the phone
    page.locator("#arrived").tap()
    expect(page.locator("#arrived")).to_have_attribute("aria-pressed", "false")
    page.locator("#used").tap()
    expect(page.locator("section.card li").first).to_be_visible()
    nothing_overflows(page)
    assert page.locator("a:visible").evaluate_all(SMALL) == []
