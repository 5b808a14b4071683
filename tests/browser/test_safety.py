"""A crew's safety in a real browser: a shift begun, a sign given, help called for by thumb, key and without a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.demo import BRANCH
from tests.browser.screens import nothing_overflows
from tests.browser.test_collectors_day import CONTRAST, LIGHT_AA, SMALL, Field, field, out  # noqa: F401

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "zh")
SPIES = "window.located = 0; navigator.geolocation.getCurrentPosition = navigator.geolocation.watchPosition = () => { window.located += 1; };"  # fmt: skip  # noqa: E501


def entries(field: Field) -> list[str]:  # noqa: F811
    query = "select kind from safety_entry where crew_id = ? order by recorded_at, happened_at"
    return [str(kind) for (kind,) in field.demo.rows(query, field.route.crew_id)]


@contextmanager
def said(page: Page) -> Iterator[Callable[[], int]]:
    """Wait for what is said to be answered; the page asks by itself too."""
    with page.expect_response(lambda one: one.url.endswith("/safety") and one.request.method == "POST") as coming:
        yield lambda: coming.value.status


def board(field: Field, language: str) -> Page:  # noqa: F811
    page = field.phone(language, role=f"manager.{BRANCH}", path="/board")
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


def check(page: Page) -> None:
    assert page.locator("button:visible, a:visible, summary:visible").evaluate_all(SMALL) == []
    least, which = page.evaluate(CONTRAST)
    assert least >= LIGHT_AA, which
    nothing_overflows(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crew_goes_out_calls_for_help_and_comes_back(field: Field, language: str) -> None:  # noqa: F811
    field.forgiven = re.compile("404|ERR_INTERNET_DISCONNECTED")
    before = len(entries(field))
    page = field.phone(language)
    page.add_init_script(SPIES)
    page.clock.fast_forward("05:00")  # not before what the test in the other language said
    page.reload()
    begin = page.locator("#shift-begin, #shift-again")
    with said(page) as status:
        begin.tap()
    assert status() == 201
    expect(page.locator("#watch")).to_contain_text(re.compile(r"\d\d:\d\d"))
    check(page)
    with said(page) as status:
        page.locator("#all-well").tap()
    assert status() == 201

    # A pocket's press does nothing but ask.
    page.locator("#guard .sos").tap()
    expect(page.locator("#alert-send")).to_be_visible()
    page.locator("#alert-cancel").tap()
    assert entries(field)[before:] == ["shift_begun", "all_well"]

    # Without a line nobody is told, and the phone says so and whom to call.
    page.context.set_offline(True)
    page.locator("#guard .sos").tap()
    page.locator("#alert-send").tap()
    expect(page.locator("#alert-told")).to_contain_text(re.compile("No line|没有信号"))
    expect(page.locator("#sheet a[href='tel:110']")).to_be_visible()
    with said(page) as status:
        page.context.set_offline(False)
    assert status() == 201
    expect(page.locator("#watch.alarm")).to_be_attached()

    desk = board(field, language)
    alarm = desk.locator(".safety.alarm")
    expect(alarm).to_be_visible(timeout=PATIENCE_MS)
    top = alarm.bounding_box()
    assert top is not None
    assert top["y"] + top["height"] < 450, "at the top, without scrolling"
    # It stands on every other page too, with the way to the board.
    elsewhere = field.phone(language, role=f"manager.{BRANCH}", path="/words")
    strip = elsewhere.locator(".safety.alarm a")
    expect(strip).to_contain_text(re.compile("calls for help|求助"), timeout=PATIENCE_MS)
    strip.click()
    expect(elsewhere.locator(".safety.alarm b")).to_be_visible(timeout=PATIENCE_MS)
    desk.get_by_role("button", name=re.compile("no answer|无人接听")).first.click()
    expect(alarm).to_contain_text(re.compile("no answer|无人接听"))

    page.locator("#alert-back").tap()
    expect(page.locator("#watch.alarm")).to_have_count(0)
    expect(alarm).to_have_count(0, timeout=PATIENCE_MS)
    with said(page) as status:
        page.locator("#end-early").tap()
        page.locator("#end-not").tap()  # with doors still open it is asked first
        expect(page.locator("#end-early")).to_be_visible()
        page.locator("#end-early").tap()
        page.locator("#end-sure").tap()
    assert status() == 201
    expect(page.locator("#shift-again")).to_be_visible()
    wanted = ["shift_begun", "all_well", "alert", "acknowledged", "alert_withdrawn", "shift_ended"]
    assert sorted(entries(field)[before:]) == sorted(wanted)
    assert page.evaluate("window.located") == 0
    assert not page.evaluate("document.featurePolicy.allowsFeature('geolocation')")


def test_help_is_called_by_holding_and_by_key_and_from_a_sheet(field: Field) -> None:  # noqa: F811
    page = field.phone()
    expect(page.locator("#guard .sos")).to_be_visible()
    page.clock.pause_at(field.moment + timedelta(minutes=2))
    page.locator("#do-paid").tap()
    assert page.locator("#sheet .sos").count() == 1, "the button lies above every sheet"
    button = page.locator("#sheet .sos")
    button.focus()
    page.keyboard.down("Enter")
    page.clock.run_for(1000)
    page.keyboard.up("Enter")
    expect(page.locator("#alert-send")).to_be_visible()  # too short: asked once more
    page.locator("#alert-cancel").tap()
    page.locator("#guard .sos").focus()
    page.keyboard.down(" ")
    with said(page) as status:
        page.clock.run_for(1600)
    assert status() == 201
    page.keyboard.up(" ")
    expect(page.locator("#alert-told")).to_be_visible()
    with said(page):
        page.locator("#alert-back").tap()


def test_a_double_tap_on_save_is_no_sign_of_the_crew(field: Field) -> None:  # noqa: F811
    page = field.phone()
    before = entries(field)
    page.locator("#do-absent").tap()
    page.locator("#save").dblclick()
    page.wait_for_timeout(1500)
    assert entries(field) == before


def test_own_week_only(field: Field) -> None:  # noqa: F811
    field.forgiven = re.compile("404")
    page = field.phone()
    # Days over the week's end are open from Friday on.
    last = max(field.demo.day + timedelta(days=6 - field.demo.day.weekday()), field.demo.day + timedelta(days=3))
    page.goto(field.demo.phone.replace(field.demo.day.isoformat(), last.isoformat()))
    expect(page.locator(".top .edge")).to_have_count(1)
    next_week = field.demo.phone.replace(field.demo.day.isoformat(), (last + timedelta(days=1)).isoformat())
    answer = page.goto(next_week)
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("body")).to_contain_text("this week")
