"""The main job in a real browser: upload a list, plan next week, publish it, record an outcome on the phone."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from planner.week import iso_week
from tests.browser.conftest import OpenPage
from tests.browser.demo import HOSTILE, Demo
from tests.browser.screens import PHONE, PLAN_MS, badge, cells, choose, choose_row, map_of, settled, type_day
from tests.browser.server import application

pytestmark = pytest.mark.browser

BRANCH, CREW = "YX02", "YX02-A"
HEAD = ["Loan ID", "Customer name", "Mobile", "Address", "Longitude", "Latitude", "Datum", "Overdue amount", "DPD"]
PLAN = re.compile("Plan the week|Plan again")
GOOD = 36
#: what is wrong with a row → its amount and days past due
BAD = {"amount_missing": ("", "45"), "days_unreadable": ("5200", "x"), "amount_not_positive": ("0", "45")}


def invented_list() -> bytes:
    """Forty rows about the branch: names that try to run as code and plain ones, three bad rows and one given twice."""
    names = [*HOSTILE, *(f"Invented {number}" for number in range(len(HOSTILE), GOOD))]
    rows = [
        [f"J{number:03d}", name, "", "", *near(number), "WGS-84", f"{9000 + 100 * number}.50", str(40 + number)]
        for number, name in enumerate(names)
    ]
    bad = [
        [f"K{number}", f"Bad {number}", "", "", "109.51", "29.105", "WGS-84", amount, days]
        for number, (amount, days) in enumerate(BAD.values())
    ]
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows, *bad, rows[-1]])
    return text.getvalue().encode()


def near(number: int) -> tuple[str, str]:
    """Give longitude and latitude of a place near the branch."""
    return f"{109.50 + number * 0.0007:.6f}", f"{29.10 + number % 6 * 0.002:.6f}"


def next_week() -> str:
    """Give next week's name, where the branch is."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return iso_week(today + timedelta(weeks=1))


def test_from_a_list_to_an_outcome(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(role=f"manager.{BRANCH}", size=(1440, 1400))
    load_the_list(page)
    week = next_week()
    plan_the_week(page, week)
    look_at_the_plan(page)
    publish(page)
    plan_id = str(demo.rows("select plan_id from plan_state where branch = ?", BRANCH)[-1][0])

    shift = "select min(day) from plan_stop p join shift s using (shift_id) where plan_id = ? and s.crew_id = ?"
    day = date.fromisoformat(str(demo.rows(shift, plan_id, CREW)[0][0]))
    address, stops = find_the_phone_page(page, day)
    # Nothing is recorded of a day to come, and a crew opens its own days alone: it is that day at ten there.
    ten = datetime.combine(day, time(10), ZoneInfo("Asia/Shanghai"))
    with application(demo.var, ten) as then:
        phone = open_page(
            address, role=f"collector.{CREW}", size=PHONE, touch=True, other=then, clock=ten + timedelta(seconds=30)
        )
        outcome_in_three_taps(phone, stops)
    kept = demo.rows("select code, paid_minor, crew_id from outcome where plan_id = ?", plan_id)
    assert [(code, crew) for code, _paid, crew in kept] == [("PAID_FULL", CREW)]

    page.reload()
    type_day(page, day)
    expect(page.get_by_text(f"1 of {stops} visits")).to_be_visible()
    expect(page.get_by_text("¥0 collected")).to_have_count(0)
    expect(cells(page, "Paid in full")).to_have_count(1)


def load_the_list(page: Page) -> None:
    page.get_by_role("link", name="Overdue list").click()
    page.get_by_role("button", name="Load a list").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "invented.csv", "mimeType": "text/csv", "buffer": invented_list()}
    )
    expect(page.get_by_text(f"{GOOD} of {GOOD + len(BAD) + 1} rows can be taken")).to_be_visible(timeout=PLAN_MS)
    for name in HOSTILE:
        expect(cells(page, name).first).to_be_attached()
    page.get_by_role("tab", name=re.compile("Issues")).click()
    for code in [*BAD, "row_repeated"]:
        expect(cells(page, code).first).to_be_attached()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(f"Imported: {GOOD} accounts added")).to_be_visible(timeout=PLAN_MS)
    page.get_by_role("textbox", name="Search").fill("J00")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^10 of \d+ debtors"))).to_be_visible()
    for name in HOSTILE:
        expect(cells(page, name).first).to_be_attached()
    choose_row(page, HOSTILE[2], shows=page.get_by_role("heading", name=HOSTILE[2]))
    page.get_by_role("button", name="Plan the week").click()


def plan_the_week(page: Page, week: str) -> None:
    year, number = week.split("-W")
    choose(page, page.get_by_role("combobox", name="Week"), re.compile(rf"Week {int(number)}, {year}"))
    expect(page.get_by_role("heading", name=f"Week {int(number)}, {year}").first).to_be_visible()
    settled(page)
    page.get_by_role("button", name=PLAN).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    expect(badge(page, "Draft")).to_be_visible(timeout=PLAN_MS)
    settled(page)


def look_at_the_plan(page: Page) -> None:
    expect(map_of(page).locator(".rounds-stop").first).to_be_visible()
    expect(map_of(page).locator("canvas").first).to_be_visible()
    expect(map_of(page).locator(".block").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Not visited: \d+ debtors"))).to_be_visible()
    expect(page.locator("[role=gridcell]").first).to_be_attached()
    expect(page.get_by_test_id("stMetric")).to_have_count(5)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    expect(badge(page, "Published")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()


def find_the_phone_page(page: Page, day: date) -> tuple[str, int]:
    """Give the address of the crew's phone page on a day, and how many stops the day has at the desk."""
    page.get_by_role("link", name="My day").click()
    settled(page)
    type_day(page, day)
    told = page.get_by_text(re.compile(r"^0 of \d+ visits"))
    expect(told).to_be_visible()
    link = page.get_by_role("link", name="Open the phone page")
    expect(link).to_have_attribute("href", re.compile(f"/m/{BRANCH}/{CREW}/{day.isoformat()}$"))
    return str(link.get_attribute("href")), int(str(told.text_content()).split()[2])


def outcome_in_three_taps(phone: Page, stops: int) -> None:
    rows = phone.get_by_role("listitem").get_by_role("button")
    expect(rows).to_have_count(stops)
    first = phone.locator("#next .name").inner_text()
    phone.get_by_role("button", name="Paid").tap()
    phone.locator("#amount-due").tap()
    with phone.expect_response(re.compile("/outcome$")) as answer:
        phone.get_by_role("button", name="Save").dblclick()
    assert answer.value.status == 201
    expect(phone.locator("#progress")).to_contain_text(f"1 of {stops} visits")
    expect(phone.locator("#next .name")).not_to_have_text(first)
    phone.reload()
    expect(phone.locator("#progress")).to_contain_text(f"1 of {stops} visits")


def test_stopping_keeps_the_best_so_far(open_page: OpenPage, demo: Demo) -> None:
    week = next_week()
    page = open_page(f"/week?week={week}", role="manager.YX03")
    page.get_by_role("button", name=PLAN).click()
    expect(page.get_by_text("Searching for the best week")).to_be_visible(timeout=PLAN_MS)
    page.get_by_role("button", name="Stop and keep the best so far").click()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    expect(badge(page, "Draft")).to_be_visible(timeout=PLAN_MS)
    expect(map_of(page).locator(".rounds-stop").first).to_be_visible()
    ((state, plan),) = demo.rows("select state, result_id from job where branch = 'YX03'")
    assert state == "cancelled"
    assert demo.rows("select week from plan where plan_id = ?", plan) == [(week,)]
