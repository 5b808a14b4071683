"""Pictures of the running application for docs/tour.md, in both languages: ``python -m tests.browser.make_tour``.

The application runs on a copy of the demo, so nothing of yours is changed; a real Chromium does what the page of the
tour says. Every picture is of what a person would see after these clicks, none is touched up.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.demo import BRANCH, ROOT, VAR, copy_database
from tests.browser.screens import map_of, marker, pick, settled
from tests.browser.server import application
from tests.browser.tour_camera import CREW, IMAGES, PATIENCE_MS, PHONE, PLAN_MS, Camera
from tests.browser.tour_collector import FIELD_SHOTS, FieldCamera
from tests.browser.tour_page import write_page


def to_top_of(page: Page, spot: Locator) -> None:
    """Scroll until a part of the page stands under the navigation."""
    spot.evaluate("e => e.scrollIntoView({block: 'start'})")
    page.get_by_test_id("stMain").evaluate("e => e.scrollBy(0, -70)")


def click_stop(page: Page, number: int) -> None:
    marker(page, number).dispatch_event("click")
    expect(page.locator(".st-key-edit_card")).to_be_visible()
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)


def tour(camera: Camera) -> None:
    page = camera.open(f"/week?week={camera.week}&day={camera.day}&tour=1")
    expect(map_of(page).locator(".block").first).to_be_visible()
    camera.keep(page, "tour")


def selection(camera: Camera) -> None:
    page = camera.week_page()
    click_stop(page, 5)
    to_top_of(page, page.locator(".st-key-week-filters"))
    camera.keep(page, "selection")


def why(camera: Camera) -> None:
    page = camera.week_page()
    click_stop(page, 5)
    to_top_of(page, page.locator(".st-key-week-filters"))
    page.locator(".st-key-why").evaluate("e => e.scrollIntoView({block: 'start'})")
    to_top_of(page, page.locator(".st-key-week-filters"))
    camera.keep(page, "why")


def left_out(camera: Camera) -> None:
    page = camera.week_page()
    table = page.locator(".st-key-left-out-table").get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    table.click(position={"x": 16, "y": 35 * 5 + 17})
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    to_top_of(page, page.locator(".st-key-week-filters"))
    page.locator(".st-key-why").evaluate("e => e.scrollIntoView({block: 'start'})")
    to_top_of(page, page.locator(".st-key-week-filters"))
    camera.keep(page, "left-out")


def price(camera: Camera) -> None:
    page, _week = ahead(camera)
    click_stop(page, 5)
    page.locator(".st-key-edit_card").get_by_role("button", name=camera.say("Take out", "移出")).click()
    page.locator("[class*=st-key-edit_drop] button").click()
    expect(page.locator(".st-key-edit_panel table")).to_be_visible(timeout=PLAN_MS)
    settled(page)
    to_top_of(page, page.locator(".st-key-edit_bar"))
    camera.keep(page, "price")


def certainty(camera: Camera) -> None:
    page = camera.week_page()
    page.get_by_test_id("stPopoverButton").first.click()
    page.wait_for_timeout(800)
    camera.keep(page, "certainty")


def routes(camera: Camera) -> None:
    page = camera.week_page()
    to_top_of(page, page.locator(".st-key-week-filters"))
    page.get_by_test_id("stMain").evaluate("e => e.scrollBy(0, 420)")
    camera.keep(page, "routes")


def take_with_you(camera: Camera) -> None:
    page = camera.week_page()
    page.locator(".st-key-take-with-you button").first.click()
    page.wait_for_timeout(800)
    camera.keep(page, "files")


def dark(camera: Camera) -> None:
    page = camera.week_page(dark=True)
    click_stop(page, 5)
    camera.keep(page, "dark")


def ahead(camera: Camera) -> tuple[Page, str]:
    """Open next week, planned where it is not yet: what has passed is neither changed nor planned otherwise."""
    monday = camera.day + timedelta(days=7 - camera.day.weekday())
    week = f"{monday:%G}-W{monday:%V}"
    page = camera.open(f"/week?week={week}&day={monday + timedelta(days=2)}&tour=0")
    plan = page.locator(".st-key-plan_week button").first
    expect(plan).to_be_enabled()
    settled(page)
    empty = page.locator(".st-key-week_empty")
    expect(empty.or_(page.get_by_test_id("stMetric").first).first).to_be_visible()
    if empty.count():
        plan.click()
        expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=PLAN_MS)
    expect(map_of(page).locator(".block").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    return page, week


def what_if(camera: Camera) -> None:
    """Compare next week's plan with one more crew."""
    page, week = ahead(camera)
    page.goto(f"/what-if?week={week}")
    expect(page.get_by_test_id("stForm").first).to_be_attached()
    settled(page)
    if not page.locator("table.what-if").count():
        box = page.get_by_role("combobox", name=camera.say("One more crew like", "增加小组参照"))
        pick(page, box, page.get_by_role("option").nth(1))
        page.get_by_role("button", name=camera.say("Plan this scenario", "计划此方案")).click()
    expect(page.locator("table.what-if")).to_be_visible(timeout=PLAN_MS)
    for frame in (0, 1):
        map_there = page.locator("iframe[title*=folium]").nth(frame).content_frame
        expect(map_there.locator(".rounds-stop").first).to_be_visible()
    to_top_of(page, page.locator("table.what-if"))
    camera.keep(page, "what-if")


def looking_back(camera: Camera) -> None:
    last = camera.day - timedelta(days=7)
    page = camera.open(f"/back?week={last:%G}-W{last:%V}")
    expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    camera.keep(page, "looking-back")


def words(camera: Camera) -> None:
    page = camera.open("/words")
    expect(page.locator("table.words")).to_be_visible()
    camera.keep(page, "words")


def week_on_a_phone(camera: Camera) -> None:
    camera.keep(camera.week_page(size=PHONE), "week-phone")


Taking = TypeVar("Taking", bound=Camera)
LANGUAGES = ("en", "zh")
#: when the pictures of a day under way are taken: some two hours into the shift
OUT_AT = time(10, 30)

SHOTS: tuple[Callable[[Camera], None], ...] = (
    *(tour, selection, why, left_out, price, certainty, routes, what_if, looking_back),
    *(take_with_you, dark, words, week_on_a_phone),
)


def copied(var: Path) -> tuple[str, date]:
    """Copy the demo; give its published week and the day of it with the most stops."""
    copy_database(var)
    with closing(sqlite3.connect(var / "rounds.sqlite")) as ours:
        week = ours.execute("select max(week) from plan_state where branch = ?", [BRANCH]).fetchone()[0]
        year, number = map(int, re.findall(r"\d+", week))
        asked = (
            "select s.day, count(*) from plan_stop p join shift s using (shift_id) join plan_state t using (plan_id) "
            "where t.week = ? and t.branch = ? and s.crew_id = ? group by s.day order by 2 desc"
        )
        found = ours.execute(asked, [week, BRANCH, CREW]).fetchone()
    return week, date.fromisoformat(found[0]) if found else date.fromisocalendar(year, number, 1)


def main(wanted: list[str]) -> int:
    """Take the pictures (those named, else all) and write the page."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None or not (VAR / "rounds.sqlite").is_file():
        sys.stderr.write("Needed: a Chromium, and the demo (make setup).\n")
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    failed = 0
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found, args=FLAGS)
        manager = [shot for shot in SHOTS if not wanted or shot.__name__ in wanted]
        collector = [shot for shot in FIELD_SHOTS if not wanted or shot.__name__ in wanted]
        for language in LANGUAGES:  # each on a copy of its own: what one has planned is named in its language
            if manager:
                with tempfile.TemporaryDirectory() as folder:
                    week, day = copied(Path(folder))
                    with application(Path(folder)) as address:
                        camera = Camera(browser, address, language, week, day)
                        failed += sum(not taken(shot, camera) for shot in manager)
            if collector:
                # A crew is not always out when the pictures are taken, so these have a clock of their own.
                with tempfile.TemporaryDirectory() as folder:
                    week, day = copied(Path(folder))
                    moment = datetime.combine(day, OUT_AT, ZoneInfo("Asia/Shanghai")).astimezone(UTC)
                    with application(Path(folder), moment) as address:
                        field = FieldCamera(browser, address, language, week, day, moment)
                        failed += sum(not taken(shot, field) for shot in collector)
        browser.close()
    write_page(IMAGES, ROOT / "docs" / "tour.md")
    return 1 if failed else 0


def taken(shot: Callable[[Taking], None], camera: Taking) -> bool:
    """Take a picture; one that cannot be taken is named, and the others are still taken."""
    try:
        shot(camera)
    except (AssertionError, Error) as error:
        sys.stderr.write(f"No picture {shot.__name__}.{camera.language}: {' '.join(str(error).split()[:60])}\n")
        for number, context in enumerate(camera.browser.contexts):
            if context.pages and os.environ.get("TOUR_FAULTS"):
                path = Path(os.environ["TOUR_FAULTS"]) / f"{shot.__name__}.{camera.language}.{number}.png"
                context.pages[0].screenshot(path=path, full_page=True)
            context.close()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
