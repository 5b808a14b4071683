"""A collector's day on a phone: the page, what is recorded at a door, and the day that goes otherwise."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from planner.domain import Principal, Role
from planner.store import open_store
from planner.view import RouteView, week_view
from tests.browser.conftest import PATIENCE_MS
from tests.browser.demo import BRANCH, Demo, copy_demo
from tests.browser.screens import PHONE, nothing_overflows
from tests.browser.server import application
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "zh")
#: Chrome's own profile "Slow 3G" as it reaches a page, and what a day may take on it once its script is kept
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
USABLE_S = 3.0
LIGHT_AA = 4.5
#: the least contrast of any text on the page with what lies behind it (WCAG 2.1), and which text that is
CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (e) => {
    for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c.length === 3 || c[3] > 0.5) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest("svg, script, [aria-disabled=true]") || !e.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, e.className + " " + e.textContent.slice(0, 30)];
  }
  return worst;
}"""
#: what was drawn anew since it was found has no size, and is none that anybody taps
SMALL = """all => all.filter(e => e.isConnected)
  .filter(e => { const r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44 })
  .map(e => e.outerHTML.slice(0, 90))"""


class Field:
    """The demo with one crew out on its day, two hours into the shift, and phones that believe so too."""

    def __init__(self, demo: Demo, route: RouteView, moment: datetime, address: str, browser: Browser) -> None:
        self.demo, self.route, self.moment, self.address, self.browser = demo, route, moment, address, browser
        self.windows: list[tuple[object, Watch]] = []
        self.forgiven = re.compile("(?!)")

    def phone(self, language: str = "en", *, role: str = "", path: str = "", ahead: timedelta = timedelta(0)) -> Page:
        """Open the day; ``ahead`` is by how much the phone's clock is wrong."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": PHONE[0], "height": PHONE[1]},
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            timezone_id="Asia/Shanghai",
            has_touch=True,
        )
        context.clock.install(time=self.moment + timedelta(seconds=30) + ahead)
        context.set_default_timeout(PATIENCE_MS)
        cookies = (("rounds_role", role or f"collector.{self.route.crew_id}"), ("rounds_language", language))
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies])
        self.windows.append((context, Watch().over(context)))
        page = context.new_page()
        page.goto(path or self.demo.phone)
        # A busy machine draws the map for a second: a tap whose end waits so long is a long press, which opens nothing.
        while page.evaluate("Boolean(window.roundsDay) && !window.roundsDay.mapped"):
            page.wait_for_timeout(50)
        return page

    def outcomes(self) -> list[tuple[object, ...]]:
        return self.demo.rows(
            "select code, evidence, willing, able, next_action, note, replaces, outcome_id from outcome "
            "where crew_id = ? and plan_id != '' order by recorded_at",
            self.route.crew_id,
        )

    def close(self) -> None:
        try:
            for context, watch in self.windows:
                watch.faults = [one for one in watch.faults if not self.forgiven.search(one)]
                watch.check(context)  # type: ignore[arg-type]
        finally:
            for context, _watch in self.windows:
                context.close()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, RouteView, datetime, str]]:
    """Run the application on a copy of its own, on the chosen day, two hours after the crew has left."""
    demo = copy_demo(tmp_path_factory.mktemp("day"))
    manager = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))
    store = open_store(f"sqlite:///{demo.database}")
    row = next(one for one in store.plans(manager, BRANCH, demo.week) if one.in_force)
    view = week_view(store, manager, row.plan_id)
    route = next(one for one in view.routes if (one.crew_id, one.day) == (demo.crew_id, demo.day))
    moment = (route.shift_starts_at + timedelta(hours=2)).astimezone(UTC)
    with application(demo.var, moment) as address:
        yield demo, route, moment, address


@pytest.fixture
def field(out: tuple[Demo, RouteView, datetime, str], browser: Browser) -> Iterator[Field]:
    made = Field(*out, browser)
    yield made
    made.close()


@contextmanager
def answered(page: Page, path: str) -> Iterator[Callable[[], int]]:
    with page.expect_response(re.compile(f"/{path}$")) as coming:
        yield lambda: coming.value.status


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_day(field: Field, language: str) -> None:
    page = field.phone(language)
    expect(page.locator("#next .name")).to_be_visible()
    # Out for two hours and nothing recorded: nothing is foretold from silence.
    expect(page.locator("#finish")).to_contain_text({"en": "Nothing recorded yet", "zh": "尚无登记"}[language])
    expect(page.locator("#finish")).not_to_contain_text("%")
    expect(page.locator("#list li button")).to_have_count(field.demo.stops)
    expect(page.locator("#map .k-street")).to_be_attached()
    expect(page.locator("#map .mark")).to_have_count(field.demo.stops)
    assert page.locator("button:visible, a:visible, summary:visible").evaluate_all(SMALL) == []
    least, which = page.evaluate(CONTRAST)
    assert least >= LIGHT_AA, which
    nothing_overflows(page)
    page.locator("#whole").tap()
    page.locator("#enlarge").tap()
    expect(page.locator("#atlas .mark").first).to_be_visible()
    page.locator("#atlas .close").tap()
    # Nobody else's stops are in what the phone was sent.
    sent = page.locator("#day").text_content() or ""
    others = field.demo.rows(
        "select distinct visit_id from plan_stop where crew_id != ? and visit_id not in "
        "(select visit_id from plan_stop where crew_id = ?)",
        field.route.crew_id,
        field.route.crew_id,
    )
    assert others
    assert not [one for (one,) in others if str(one) in sent]


def test_a_kept_page_is_usable_on_a_slow_line(field: Field) -> None:
    page = field.phone()
    expect(page.locator("#map .k-street")).to_be_attached()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    took = []
    for _time in range(3):
        began = time.monotonic()
        page.goto(field.demo.phone, wait_until="commit")
        page.locator("#do-paid").tap()
        expect(page.locator("#save")).to_be_visible()
        took.append(time.monotonic() - began)
    assert min(took) <= USABLE_S, took


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outcome_is_recorded_in_three_taps_and_put_right(field: Field, language: str) -> None:
    before = len(field.outcomes())
    page = field.phone(language)
    stop = page.locator("#next .badge").inner_text()
    # No amount and no way of paying is filled in: what was not said is not recorded by habit.
    page.locator("#do-paid").tap()
    expect(page.locator("#amount")).to_have_value("")
    expect(page.locator("#sheet input[name=how]:checked")).to_have_count(0)
    page.locator("#save").tap()
    expect(page.locator("#sheet .error[role=alert]")).not_to_be_empty()
    page.locator("#amount-due").tap()
    expect(page.locator("#amount")).to_have_value(re.compile(r"^\d+(\.\d+)?$"))
    page.locator("#sheet .close").tap()
    page.locator("#do-more").tap()
    page.locator("[data-code=NOTICE_SIGNED]").tap()
    expect(page.locator("#note")).not_to_be_visible()  # nothing more is asked for
    with answered(page, "outcome") as status:
        page.locator("#save").dblclick()
    assert status() == 201
    expect(page.locator("#next .badge")).not_to_have_text(stop)
    # The crew is silent no more, so it is told how its day will likely go on, and who is left out.
    expect(page.locator("#finish")).to_contain_text(re.compile(r"\d+\s?%"))
    expect(page.locator("#missed")).to_contain_text({"en": "likely not be reached", "zh": "来不及"}[language])
    ((code, evidence, _w, _a, _n, note, _r, first),) = field.outcomes()[before:]
    assert (code, evidence, note) == ("NOTICE_SIGNED", "notice_signed", "")

    page.wait_for_timeout(800)  # what is tapped right after saving is taken for the second half of a double tap
    page.locator("#list li button").filter(has=page.locator(".badge", has_text="✓")).last.tap()
    expect(page.locator("#next .badge")).to_have_text(stop)
    page.locator("#do-more").tap()
    page.locator("[data-code=NEGOTIATE]").tap()
    page.locator("#details summary").tap()
    for name, value in (("evidence", "delivery_proof"), ("willing", "yes"), ("able", "no"), ("next_action", "letter")):
        answer = page.locator(f"#sheet input[name={name}][value={value}]")
        answer.evaluate("e => e.scrollIntoView({ block: 'center' })")  # Save stays in sight, over what lies under it
        answer.check(force=True)
    expect(page.locator("#effect")).to_contain_text(re.compile("limitation|时效|period"))
    page.locator("#note").fill("老赖 13800000000")
    expect(page.locator("#sheet .error")).to_contain_text("老赖")
    page.locator("#save").tap()
    expect(page.locator("#sheet .error[role=alert]")).not_to_be_empty()  # and nothing was sent
    page.locator("#note").fill("Works until six")
    with answered(page, "outcome") as status:
        page.locator("#save").tap()
    assert status() == 201
    second = field.outcomes()[-1]
    assert second[:7] == ("NEGOTIATE", "delivery_proof", "yes", "no", "letter", "Works until six", first)


def test_what_cannot_be_right_is_said_while_the_form_is_open_and_what_is_refused_is_not_lost(field: Field) -> None:
    before = len(field.outcomes())
    page = field.phone()
    error = page.locator("#sheet .error[role=alert]")
    page.locator("#do-promise").tap()
    page.locator("#sheet input[name=when][value=other]").check(force=True)
    page.locator("#when").fill(f"{field.route.day.year + 4}-11-01")
    page.locator("#amount").fill("99999999")
    page.locator("#save").tap()
    expect(error).to_contain_text("within the next year")
    expect(error).to_contain_text("ten times what is overdue")
    page.locator("#sheet .close").tap()

    # More than is due is asked about once; then it is sent. A branch that refuses it gives the entry back to the form.
    page.locator("#do-paid").tap()
    page.locator("#amount-due").tap()
    due = float(page.locator("#amount").input_value())
    page.locator("#amount").fill(f"{due + 7:.2f}")
    page.locator("#save").tap()
    expect(error).to_contain_text("more than is overdue")
    field.forgiven = re.compile("422")
    page.route("**/outcome", lambda route: route.fulfill(status=422, json={"error": "Not like this."}))
    with answered(page, "outcome") as status:
        page.locator("#save").tap()
    assert status() == 422
    expect(page.locator("#toast")).to_contain_text("Not like this.")
    page.wait_for_timeout(800)  # what is tapped right after saving is taken for the second half of a double tap
    page.locator("#do-paid").tap()
    expect(page.locator("#amount")).to_have_value(re.compile(rf"^{due + 7:.2f}".rstrip("0").rstrip(".")))
    assert len(field.outcomes()) == before


def test_an_outcome_waits_for_a_signal_and_is_sent_once(field: Field) -> None:
    before = len(field.outcomes())
    page = field.phone()
    field.forgiven = re.compile("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.locator("#do-absent").tap()
    page.locator("#save").tap()
    expect(page.locator("#waiting")).to_be_visible()
    with answered(page, "outcome") as status:
        page.context.set_offline(False)
    assert status() == 201
    expect(page.locator("#waiting")).to_be_hidden()
    assert len(field.outcomes()) == before + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_pin_is_put_right_on_the_map(field: Field, language: str) -> None:
    said = {"en": "set by the crew on the map, exact", "zh": "小组已在地图上标定，准确"}[language]
    page = field.phone(language)
    expect(page.locator("#map .k-street")).to_be_attached()
    page.locator("#pin").tap()
    expect(page.locator("#atlas .aim")).to_be_visible()
    page.locator("#pin-save").tap()  # a slip makes no pin exact
    expect(page.locator("#toast")).to_contain_text({"en": "where it was", "zh": "没有移动"}[language])
    expect(page.locator("#atlas .aim")).to_be_visible()
    box = page.locator("#atlas svg.atlas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 230, steps=4)
    page.mouse.up()
    with answered(page, "pin") as status:
        page.locator("#pin-save").tap()
    assert status() == 201
    rows = field.demo.rows(
        "select deed, how, abs(lon - was_lon) + abs(lat - was_lat) from place_change where made_by = ? order by rowid",
        f"collector.{field.route.crew_id}",
    )
    assert len(rows) == 1 + LANGUAGES.index(language)
    deed, how, moved = rows[-1]
    assert (deed, how) == ("correct", "visit")
    assert 0 < float(str(moved)) < 0.01
    for _time in range(2):  # as said on the phone, and as the branch knows it
        expect(page.locator("#next .pin").first).to_contain_text(said)
        expect(page.locator("#pin-waits")).to_be_visible()
        page.reload()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_changes_when_the_crew_says_so(field: Field, language: str) -> None:
    page = field.phone(language)
    order = page.locator("#list li button .who b").all_inner_texts()
    page.locator("#changed").tap()
    page.locator("#news-late").tap()
    with answered(page, "replan") as status:
        page.locator("[data-minutes='90']").tap()
    assert status() == 200
    # Its own order first; another one only beside it, with what it has over the first.
    expect(page.locator("#changes li").first).to_be_visible()
    if page.locator(".way").count():
        expect(page.locator(".way")).to_have_count(2)
        page.locator(".way").last.tap()
        expect(page.locator(".way").last.locator("input")).to_be_checked()
        page.locator(".way").first.tap()
    assert page.locator("#sheet button:visible, #sheet .way:visible").evaluate_all(SMALL) == []
    least, which = page.evaluate(CONTRAST)
    assert least >= LIGHT_AA, which
    nothing_overflows(page)
    page.locator("#leave").tap()
    assert page.locator("#list li button .who b").all_inner_texts() == order  # nothing moved by itself

    refused = page.locator("#next .name").inner_text()
    page.locator("#changed").tap()
    page.locator("#news-refused").tap()
    page.locator("#propose").tap()
    expect(page.locator("#changes")).to_contain_text(refused)
    with answered(page, "change") as status:
        page.locator("#take").dblclick()
    assert status() == 201
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#next .name")).not_to_have_text(refused)
    expect(page.locator("#finish")).to_contain_text(re.compile(r"\d+\s?%"))  # the chance of the changed day
    expect(page.locator("#back")).to_contain_text(re.compile(r"\d\d:\d\d"))
    plans = field.demo.rows("select plan_id, shift_id from plan_state where shift_id = ?", field.route.shift_id)
    page.reload()
    expect(page.locator("#next .name")).not_to_have_text(refused)
    expect(page.locator("#news")).to_be_hidden()  # the crew's own change is no news to it
    assert len(plans) == 1 + LANGUAGES.index(language)


def test_nothing_is_recorded_of_a_day_that_is_still_to_come(field: Field) -> None:
    last = f"/m/{BRANCH}/{field.route.crew_id}/{field.route.day + timedelta(days=1)}"
    before = len(field.outcomes())
    page = field.phone(path=last)
    if not page.locator("#list li button").count():
        pytest.skip("nobody is visited on the day after")
    expect(page.locator("#ahead")).to_be_visible()
    expect(page.locator("#do-paid")).to_have_count(0)
    page.locator("#changed").tap()
    expect(page.locator("#news-note")).to_be_visible()
    expect(page.locator("#news-refused")).to_be_visible()
    expect(page.locator("#news-late")).to_have_count(0)
    # A phone that believes it to be tomorrow is told by the branch; what was recorded stays on it.
    field.forgiven = re.compile("425")
    wrong = field.phone(path=last, ahead=timedelta(days=1))
    wrong.locator("#do-absent").tap()
    with answered(wrong, "outcome") as status:
        wrong.locator("#save").tap()
    assert status() == 425
    expect(wrong.locator("#waiting")).to_be_visible()
    wrong.reload()
    expect(wrong.locator("#waiting")).to_be_visible()
    expect(wrong.locator("#list .done")).to_have_count(1)
    assert len(field.outcomes()) == before


def test_what_a_manager_changes_is_announced_and_the_board_is_raised(field: Field) -> None:
    crew = field.phone()
    expect(crew.locator("#next .name")).to_be_visible()
    manager = field.phone(role=f"manager.{BRANCH}")
    manager.locator("#changed").tap()
    manager.locator("#news-urgent").tap()
    manager.locator("[data-urgent]").first.tap()
    expect(manager.locator("#changes .added")).to_have_count(1)
    manager.locator("#take").tap()
    expect(manager.locator("#sheet")).to_be_hidden()
    crew.reload()
    expect(crew.locator("#news")).to_be_visible()
    kept = crew.evaluate("JSON.stringify(Object.entries(localStorage))")
    names = json.loads(crew.locator("#day").text_content() or "{}")["stops"]
    assert "rounds-told" in kept
    assert not [one["name"] for one in names if one["name"] in kept], "no name is left on the phone"
    crew.locator("#news-seen").tap()
    crew.reload()
    expect(crew.locator("#news")).to_be_hidden()
    # It is required now: a crew of one goes to no door, and the manager sees at once what is not made.
    crew.locator("#changed").tap()
    crew.locator("#news-alone").tap()
    crew.locator("[data-member]").first.tap()
    expect(crew.locator("#sheet .warn")).to_be_visible()
    crew.locator("#take").tap()
    expect(crew.locator("#sheet")).to_be_hidden()
    board = field.phone(role=f"manager.{BRANCH}", path="/board")
    expect(board.get_by_text("will not be made")).to_be_visible(timeout=60_000)


def test_a_refusal_is_a_sentence(field: Field) -> None:
    page = field.phone()
    api = field.demo.phone.replace("/m/", "/m/api/")
    answer = page.request.post(
        f"{api}/replan", headers={"origin": field.address}, data={"kind": "refused", "debtor_id": "x"}
    )
    assert answer.status == 422
    assert answer.json()["error"].endswith(".")
    other = page.request.post(f"{api}/change", headers={"origin": field.address}, data={"change_id": "x", "asked": {}})
    assert other.status == 422
