"""In a real browser: the map and the phone page work offline, hostile names stay text, an outcome takes three taps."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard.fakes import HOSTILE

pytestmark = pytest.mark.browser
DAY = "/m/YX01/YX01-1/2026-11-24"
SLOW_MS = 60_000


class Watched:
    """A page and what it did that it must not."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.faults = page, list[str]()
        page.set_default_timeout(SLOW_MS)
        page.context.add_cookies([{"name": "rounds_role", "value": "manager.YX01", "url": address}])
        own = (address, address.replace("http:", "ws:"), "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else self.faults.append(f"asked {r.url}"))
        page.on("dialog", lambda d: (self.faults.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: self.faults.append(f"error {e}"))
        page.on("console", lambda m: self.faults.append(m.text) if "Content Security Policy" in m.text else None)


@pytest.fixture(params=["zh-CN", "en-GB"])
def phone(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Watched]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale=request.param, has_touch=True, device_scale_factor=2
    )
    watched = Watched(context.new_page(), address)
    watched.page.goto(address + DAY)
    yield watched
    context.close()


def test_an_outcome_takes_three_taps_and_survives_a_reload(phone: Watched) -> None:
    page = phone.page
    expect(page.locator("#next .name")).to_be_visible()
    before = page.locator("#list .done").count()
    stop = page.locator("#next .badge").inner_text()
    with page.expect_response(re.compile("/outcome$")) as answer:
        page.tap("#do-paid")
        page.tap("#amount-due")
        page.tap("#save")
    assert answer.value.status == 201
    expect(page.locator("#list .done")).to_have_count(before + 1)
    expect(page.locator("#next .badge")).not_to_have_text(stop)
    page.reload()
    expect(page.locator("#list .done")).to_have_count(before + 1)
    assert phone.faults == []


def test_a_promise_is_saved_in_two_taps_and_says_what_was_not_said(phone: Watched) -> None:
    page = phone.page
    expect(page.locator("#next .name")).to_be_visible()
    before = page.locator("#list .done").count()
    page.tap("#do-promise")
    expect(page.locator("#sheet input[name=when]:checked")).to_have_count(0)
    page.locator("#amount").fill("much")
    page.tap("#save")
    expect(page.locator("#sheet .error p")).to_have_count(1)  # no amount at all
    page.locator("#amount").fill("")
    with page.expect_response(re.compile("/outcome$")) as answer:
        page.tap("#save")
    assert answer.value.status == 201
    expect(page.locator("#list .done")).to_have_count(before + 1)
    told = page.locator("#list .done").last.locator(".who span")
    expect(told).to_have_text(re.compile("not said|未说明"))
    # It is made whole by an entry that replaces it: its day, and its sum by a chip that says that it is chosen.
    page.locator("#list .done button").last.tap()
    again(page, "#do-promise")
    expect(page.locator("#amount-half")).to_have_attribute("aria-pressed", "false")
    page.tap("#amount-half")
    expect(page.locator("#amount-half")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#amount-due")).to_have_attribute("aria-pressed", "false")
    day = page.locator("#sheet input[name=when]").nth(2)
    chosen = str(day.get_attribute("value"))
    day.check(force=True)
    with page.expect_response(re.compile("/outcome$")) as answer:
        page.tap("#save")
    assert answer.value.status == 201
    expect(page.locator("#list .done")).to_have_count(before + 1)
    expect(told).to_have_text(re.compile(r"¥\d"))  # its sum and its day, not only about when
    assert chosen in (answer.value.request.post_data or "")
    assert phone.faults == []


def again(page: Page, button: str) -> None:
    """Open a form after another one was saved: for a moment a tap is taken for the second of a double tap."""
    page.wait_for_timeout(700)
    page.tap(button)


def unheard(page: Page) -> None:
    """Answer what is recorded in the place of the application: the day has stops for other tests too."""
    page.route(re.compile("/outcome$"), lambda route: route.fulfill(status=201, json={"kept": True, "told": ""}))


def sent(answer: Any) -> dict[str, Any]:
    return json.loads(answer.value.request.post_data or "{}")  # type: ignore[no-any-return]


def test_a_correction_keeps_the_visits_time_and_what_was_entered(phone: Watched) -> None:
    page = phone.page
    expect(page.locator("#next .name")).to_be_visible()
    page.tap("#do-paid")
    page.locator("#amount").fill("600")
    page.locator("#details summary").tap()
    page.locator("#note").fill("At the gate")
    with page.expect_response(re.compile("/outcome$")) as first:
        page.tap("#save")
    was = sent(first)
    assert page.evaluate("scrollY") == 0  # the next one is on top
    page.locator("#list .done button").last.tap()
    recorded = page.locator("#recorded")
    for text in ("¥600", "At the gate"):
        expect(recorded).to_contain_text(text)
    again(page, "#do-paid")
    expect(page.locator("#amount")).to_have_value("600")
    expect(page.locator("#note")).to_have_value("At the gate")
    page.locator("#amount").fill("700")
    with page.expect_response(re.compile("/outcome$")) as second:
        page.tap("#save")
    now = sent(second)
    assert second.value.status == 201
    # The page has the visit from the server by now, which writes the same instants in its own way.
    for name in ("started_at", "ended_at"):
        assert datetime.fromisoformat(now[name]) == datetime.fromisoformat(was[name])
    assert (now["note"], now["replaces"]) == ("At the gate", was["outcome_id"])
    assert now["paid_minor"] == 70_000
    # Only who says that the time was wrong gives another one, of whole minutes.
    page.locator("#list .done button").last.tap()
    again(page, "#do-paid")
    page.locator("#times summary").tap()
    page.locator("#time-from").fill("00:01")
    page.locator("#time-to").fill("00:00")
    page.tap("#save")
    expect(page.locator("#sheet .error p")).to_have_count(1)
    page.locator("#time-to").fill("00:02")
    with page.expect_response(re.compile("/outcome$")) as moved:
        page.tap("#save")
    told = sent(moved)
    assert told["started_at"].endswith(":00.000Z")
    assert told["started_at"] < was["started_at"]
    assert phone.faults == []


def test_what_another_crew_recorded_is_no_visit_of_this_one(phone: Watched) -> None:
    page = phone.page
    expect(page.locator("#next .name")).to_be_visible()
    unheard(page)
    page.tap("#do-absent")
    with page.expect_response(re.compile("/outcome$")) as first:
        page.tap("#save")
    was = sent(first)
    page.evaluate(
        """id => {
      const stop = roundsDay.day.stops.find((one) => one.debtor_id === id);
      Object.assign(stop.entry, { ours: false, started_at: "2026-11-24T01:00:00Z", ended_at: "2026-11-24T01:05:00Z" });
      roundsDay.chosen = id;
      roundsDay.render();
    }""",
        was["debtor_id"],
    )
    again(page, "#do-absent")
    expect(page.locator("#times")).to_have_count(0)  # the time of another crew's visit is not to be put right here
    with page.expect_response(re.compile("/outcome$")) as second:
        page.tap("#save")
    now = sent(second)
    assert (now["correction"], now["replaces"]) == (False, "")
    assert now["started_at"] >= was["ended_at"]
    assert phone.faults == []


def test_a_day_that_was_on_its_way_takes_no_entry_back(phone: Watched) -> None:
    page, asked = phone.page, list[Any]()
    expect(page.locator("#next .name")).to_be_visible()
    before = page.locator("#list .done").count()
    unheard(page)
    page.route(re.compile("/m/api/YX01/YX01-1/2026-11-24$"), lambda route: asked.extend([route]))
    page.evaluate("void roundsDay.refresh()")
    page.tap("#do-absent")
    with page.expect_response(re.compile("/outcome$")):
        page.tap("#save")
    expect(page.locator("#list .done")).to_have_count(before + 1)
    page.wait_for_timeout(500)
    first, _since = asked  # the other was asked for when the entry had been heard
    first.fulfill(response=first.fetch())
    page.wait_for_timeout(500)
    expect(page.locator("#list .done")).to_have_count(before + 1)
    assert len(asked) == 3, "what was overtaken is asked for again"
    assert phone.faults == []


def test_everything_that_is_wrong_with_a_note_is_told_above_save_as_it_is_written(phone: Watched) -> None:
    page = phone.page
    page.tap("#do-absent")
    page.locator("#details summary").tap()
    page.locator("#note").fill("老赖，电话 13800000000，身份证 110101199003071234")
    many = page.evaluate("window.roundsDay.lint(document.getElementById('note').value).length")
    assert many > 1
    expect(page.locator("#sheet .error p")).to_have_count(many)
    page.tap("#save")
    expect(page.locator("#sheet .error p")).to_have_count(1 + many)
    for one in page.locator("#sheet .error p").all():
        expect(one).to_be_in_viewport()
    page.locator("#note").fill("老赖")
    expect(page.locator("#sheet .error p")).to_have_count(1)
    expect(page.locator("#sheet .error")).to_contain_text("老赖")
    page.locator("#note").fill("")
    expect(page.locator("#sheet .error p")).to_have_count(0)


def test_an_outcome_waits_for_a_signal(phone: Watched) -> None:
    page = phone.page
    before = page.locator("#list .done").count()
    page.context.set_offline(True)
    page.tap("#do-absent")
    page.tap("#save")
    expect(page.locator("#waiting")).to_be_visible()
    expect(page.locator("#list .done")).to_have_count(before + 1)
    with page.expect_response(re.compile("/outcome$")) as answer:
        page.context.set_offline(False)
    assert answer.value.status == 201
    expect(page.locator("#waiting")).to_be_hidden()


def test_the_phones_map_and_its_targets(phone: Watched) -> None:
    page = phone.page
    expect(page.locator("#map .mark").first).to_be_visible()
    expect(page.locator("#map .k-primary, #map .k-water").first).to_be_attached()
    small = page.locator("button:visible, a:visible").evaluate_all(
        "all => all.filter(e => { const r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44 })"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []
    wide = page.locator("body").evaluate("body => body.scrollWidth > innerWidth")
    assert not wide
    assert phone.faults == []


def test_the_navigator_is_chosen_once_and_told_no_name(phone: Watched) -> None:
    page = phone.page
    name = page.locator("#next .name").inner_text()
    page.context.route("https://**", lambda route: route.abort())
    page.tap("#go")
    with page.context.expect_event("request", lambda asked: "uri.amap.com" in asked.url) as first:
        page.tap("#sheet [data-app=amap]")
    assert "coordinate=gaode" in first.value.url
    assert quote(name) not in first.value.url
    expect(page.locator("#next .name"), "the day stays where it is").to_have_text(name)
    with page.context.expect_event("request", lambda asked: "uri.amap.com" in asked.url):
        page.tap("#go")


def test_another_map_is_chosen_and_one_that_does_not_open_says_so(phone: Watched) -> None:
    page = phone.page
    page.context.route("https://**", lambda route: route.abort())
    page.tap("#go")
    called = page.locator("#sheet [data-app=baidu]").inner_text()
    page.tap("#sheet [data-app=baidu]")  # there is no such app here
    expect(page.locator("#sheet .error")).to_contain_text(called)
    with page.context.expect_event("request", lambda asked: "google.com/maps" in asked.url):
        page.locator("#sheet [data-app=google]").dispatch_event("click")  # a tap waits for the app that is not there
    expect(page.locator("#other-map")).to_contain_text("Google Maps")
    page.locator("#other-map").dispatch_event("click")
    expect(page.locator("#sheet [data-app=apple]")).to_be_visible()


@pytest.mark.parametrize(("width", "share"), [(1440, 0.6), (390, 1.0)])
def test_a_day_without_visits_says_so_where_the_timeline_is_and_the_map_keeps_its_place(
    chromium: Browser, address: str, width: int, share: float
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 1200})
    watched = Watched(context.new_page(), address)
    page = watched.page
    page.goto(f"{address}?nobody=1")
    week, pair = page.frame_locator("iframe >> nth=0"), page.frame_locator("iframe >> nth=1")
    said = week.locator(".rounds-lines")
    expect(said).to_have_text("Nobody is visited on this day.")
    expect(week.locator("canvas").first).to_be_visible()
    frame, ground, lines = (
        one.bounding_box() for one in (page.locator("iframe").first, week.locator("#map_div"), said)
    )
    assert frame
    assert ground
    assert lines
    assert ground["width"] == pytest.approx(share * frame["width"], abs=9)
    # The legend's strip lies between them; neither covers the map.
    assert ground["y"] + ground["height"] <= lines["y"] - 40 + 1
    assert lines["height"] >= 60
    expect(pair.locator("canvas").first).to_be_visible()
    expect(pair.locator(".rounds-lines")).to_be_hidden()
    whole, ground = page.locator("iframe").nth(1).bounding_box(), pair.locator("#map_div").bounding_box()
    assert whole
    assert ground
    assert ground["width"] == pytest.approx(whole["width"], abs=9)
    assert watched.faults == []
    context.close()


def test_the_week_map_works_offline_and_hostile_names_are_text(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    watched = Watched(context.new_page(), address)
    page = watched.page
    page.goto(address)
    expect(page.get_by_text("acting as manager.YX01")).to_be_visible()
    frame = page.frame_locator("iframe")
    expect(frame.locator(".rounds-stop")).to_have_count(len(HOSTILE) + 6)
    expect(frame.locator("canvas").first).to_be_visible()
    expect(frame.locator(".block")).to_have_count(len(HOSTILE) + 6)
    expect(frame.locator(".rounds-lines .line .now")).to_have_count(2)
    for number, name in enumerate(HOSTILE):
        frame.locator(".rounds-stop").nth(number).dispatch_event("mousemove")
        expect(frame.locator(".rounds-tip b").filter(has_text=name)).to_be_visible()
        frame.locator(".rounds-stop").nth(number).dispatch_event("mouseout")
    frame.locator(".rounds-stop").nth(1).click(force=True)
    expect(page.get_by_text("clicked D002")).to_be_visible()
    assert frame.locator("img[src=x]").count() == 0
    assert watched.faults == []
    context.close()


def test_a_group_chosen_far_below_the_map_comes_into_sight(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    watched = Watched(context.new_page(), address)
    page = watched.page
    page.goto(f"{address}/?group=1")
    frame = page.frame_locator("iframe")
    expect(frame.locator(".rounds-stop").first).to_be_visible()
    page.get_by_text("choose the group").scroll_into_view_if_needed()
    expect(page.locator("iframe").first).not_to_be_in_viewport()
    page.get_by_text("choose the group").click()
    expect(page.locator("iframe").first).to_be_in_viewport(ratio=1)
    expect(frame.locator(".rounds-legend div.chosen")).to_have_text(HOSTILE[0])
    assert frame.locator("img[src=x]").count() == 0
    assert watched.faults == []
    context.close()


def test_before_a_visit_may_begin_it_is_said_and_the_truth_is_kept(phone: Watched) -> None:
    page = phone.page
    opens = """(minutes) => { const R = window.roundsDay, at = new Date(Date.now() + 60000 * minutes);
        R.day.today = true; Object.assign(R.open(), { opens_at: at.toISOString(), opens: "08:30" }); R.render(); }"""
    page.evaluate(opens, 60)
    page.tap("#arrived")
    expect(page.locator("#too-early")).to_contain_text("08:30")
    page.tap("#do-absent")
    expect(page.locator("#begun-early")).to_contain_text("08:30")
    page.tap("#sheet .close")
    # Later it may begin: who waited says so, and nothing is taken for granted.
    page.evaluate(
        """() => { const R = window.roundsDay, key = R.day.day + " " + R.open().place_id;
            R.keep("rounds-at-the-door", { [key]: new Date(Date.now() - 3600000).toISOString() }); }"""
    )
    page.evaluate(opens, -30)
    expect(page.locator("#too-early")).to_have_count(0)
    page.tap("#do-absent")
    page.tap("#save")
    expect(page.locator("#sheet .feet .error")).not_to_be_empty()
    waited = page.locator("input[name=begun]").first.get_attribute("value")
    page.locator("#sheet label", has=page.locator("input[name=begun]")).first.tap()
    with page.expect_request(re.compile("/outcome$")) as sent:
        page.tap("#save")
    assert sent.value.post_data_json["started_at"] == waited
