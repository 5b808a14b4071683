"""A day without a line: the pack is made, the network goes, the whole day is recorded in the file, and comes back."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from planner.domain import Principal, Role
from planner.store import open_store
from planner.view import RouteView, week_view
from tests.browser.conftest import PATIENCE_MS
from tests.browser.demo import BRANCH, Demo, copy_demo
from tests.browser.firefox import firefox, found
from tests.browser.screens import PHONE, nothing_overflows
from tests.browser.server import application
from tests.browser.test_collectors_day import CONTRAST, LIGHT_AA, SMALL

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "zh")
PATH = re.compile(r"^(file|data|blob):")


class Out:
    """A crew with a phone on its day, and everything its browser asked for."""

    def __init__(self, demo: Demo, crew: RouteView, moment: datetime, address: str) -> None:
        self.demo, self.route, self.moment, self.address = demo, crew, moment, address
        self.path = f"/m/{BRANCH}/{crew.crew_id}/{crew.day.isoformat()}"
        self.asked: list[str] = []
        self.faults: list[str] = []

    def context(self, browser: Browser, language: str, *, later: timedelta = timedelta(0)) -> BrowserContext:
        made = browser.new_context(
            base_url=self.address,
            viewport={"width": PHONE[0], "height": PHONE[1]},
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            timezone_id="Asia/Shanghai",
            has_touch=True,
            accept_downloads=True,
        )
        made.clock.install(time=self.moment + timedelta(seconds=30) + later)
        made.set_default_timeout(PATIENCE_MS)
        cookies = (("rounds_role", f"collector.{self.route.crew_id}"), ("rounds_language", language))
        made.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies])
        made.on("request", lambda request: self.asked.append(request.url))
        made.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        made.on("weberror", lambda error: self.faults.append(str(error.error)))
        return made

    def outcomes(self) -> list[tuple[object, ...]]:
        """Give what the database holds of this crew's day, without the moment at which it was taken in."""
        return self.demo.rows(
            "select outcome_id, debtor_id, place_id, plan_id, code, paid_minor, promised_minor, promised_on, replaces, "
            "note, started_at, recorded_by from outcome where crew_id = ? and recorded_by = ? order by outcome_id",
            self.route.crew_id,
            f"collector.{self.route.crew_id}",
        )


World = tuple[Demo, list[RouteView], str, datetime]


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a running application to a journey that records whole days: on some days of the week few crews are out."""
    with running(tmp_path_factory.mktemp("pack")) as made:
        yield made


@pytest.fixture(scope="module")
def quiet_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give one application to the journeys that send nothing to it."""
    with running(tmp_path_factory.mktemp("quiet")) as made:
        yield made


@contextmanager
def running(var: Path) -> Iterator[World]:
    """Run the application on a copy of its own, on the day of most crews, two hours after the first has left."""
    demo = copy_demo(var)
    manager = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))
    store = open_store(f"sqlite:///{demo.database}")
    row = next(one for one in store.plans(manager, BRANCH, demo.week) if one.in_force)
    week = [one for one in week_view(store, manager, row.plan_id).routes if one.stops]
    crews = Counter(one.day for one in week)
    day = max(crews, key=lambda one: (crews[one], one == demo.day, one))
    routes = sorted((one for one in week if one.day == day), key=lambda one: one.crew_id != demo.crew_id)
    moment = (routes[0].shift_starts_at + timedelta(hours=2)).astimezone(UTC)
    with application(demo.var, moment) as address:
        yield demo, routes, address, moment


def out(world: World, k: int = 0) -> Out:
    demo, routes, address, moment = world
    return Out(demo, routes[k % len(routes)], moment, address)


def made(page: Page, out: Out, folder: Path) -> tuple[Path, str]:
    """Make a pack on the phone; gives the file and the phrase that was shown."""
    page.goto(out.path)
    page.locator("#take-along").tap()
    expect(page.locator("#make")).to_be_enabled()
    nothing_overflows(page)
    page.locator("#make").tap()
    expect(page.locator("#phrase")).to_be_visible()
    phrase = page.locator("#phrase").inner_text()
    with page.expect_download() as saving:
        page.locator("#save").tap()
    path = folder / saving.value.suggested_filename
    saving.value.save_as(path)
    return path, phrase


def unlocked(page: Page, file: Path, phrase: str) -> None:
    page.goto(file.as_uri())
    page.locator("#lock-phrase").fill(phrase)
    page.locator("#lock-open").tap()


def carried(page: Page, folder: Path) -> Path:
    with page.expect_download() as saving:
        page.locator("#carry").tap()
    path = folder / saving.value.suggested_filename
    saving.value.save_as(path)
    expect(page.locator("#carry-open")).to_have_attribute("href", re.compile(r"/upload$"))
    page.locator("#sheet .close").tap()
    return path


def brought_back(page: Page, out: Out, file: Path, phrase: str) -> None:
    page.goto(f"{out.path}/upload")
    page.locator("#file").set_input_files(file)
    page.locator("#lock-phrase").fill(phrase)
    page.locator("#bring").tap()
    expect(page.locator("#results li").first).to_be_visible()
    expect(page.locator("#bring")).to_be_enabled()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_day_without_a_line(world: World, browser: Browser, tmp_path: Path, language: str) -> None:
    crew = out(world, LANGUAGES.index(language))
    context = crew.context(browser, language)
    page = context.new_page()
    file, phrase = made(page, crew, tmp_path)
    assert file.name == f"rounds-{crew.route.day.isoformat()}-{crew.route.crew_id}.html"
    assert re.fullmatch(r"([a-z]{3} ){5}[a-z]{3}", phrase)
    holds_nobody(file.read_text(encoding="utf-8"), crew)

    context.set_offline(True)
    crew.asked.clear()
    unlocked(page, file, phrase)
    expect(page.locator("#next .name")).to_be_visible()
    expect(page.locator("#map .k-street")).to_be_attached()
    stops = len(crew.route.stops)
    expect(page.locator("#list li button")).to_have_count(stops)
    assert page.locator("button:visible, a:visible, summary:visible").evaluate_all(SMALL) == []
    least, which = page.evaluate(CONTRAST)
    assert least >= LIGHT_AA, which
    nothing_overflows(page)
    expect(page.locator("#changed")).to_have_count(0)  # planning again needs a line

    for number in range(stops):
        expect(page.locator("#next .badge")).to_have_text(str(number + 1))
        kind = ("paid", "promise", "absent")[number % 3]
        page.locator(f"#do-{kind}").tap()
        if kind != "absent":
            page.locator("#amount-due").tap()
        if kind == "promise":
            page.locator("#sheet input[name=when]").nth(1).check(force=True)
        page.locator("#save").tap()
        expect(page.locator("#sheet")).to_be_hidden()
        page.clock.run_for(5_000)
    expect(page.locator("#actions")).to_be_hidden()

    # Closed and opened again it is all still there, and one is put right by a new entry.
    page.close()
    page = context.new_page()
    unlocked(page, file, phrase)
    expect(page.locator("#list li.done")).to_have_count(stops)
    readable_in_storage = page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert not [stop.debtor_id for stop in crew.route.stops if stop.debtor_id in readable_in_storage]
    assert "PAID" not in readable_in_storage
    page.locator("#list li button").first.tap()
    page.locator("#do-more").tap()
    page.locator("[data-code=REFUSED]").tap()
    page.locator("#details summary").tap()
    page.locator("#note").fill("Works until six")
    page.locator("#save").tap()
    expect(page.locator("#waiting")).to_contain_text(str(stops + 1))
    back = carried(page, tmp_path)
    held = back.read_text(encoding="utf-8")
    assert not [one for one in (*(s.debtor_id for s in crew.route.stops), "Works", "NOT_HOME") if one in held]
    assert [one for one in crew.asked if not PATH.match(one)] == [], "a request left while there was no line"

    context.set_offline(False)
    before = crew.outcomes()
    brought_back(page, crew, back, phrase)
    expect(page.locator("#results li.new")).to_have_count(stops + 1)
    nothing_overflows(page)
    once = crew.outcomes()
    fresh = [row for row in once if row not in before]
    assert len(fresh) == stops + 1
    (note,) = [row for row in fresh if row[9]]
    assert (note[4], note[9]) == ("REFUSED", "Works until six")
    (first,) = [row for row in fresh if row[0] == note[8]]  # replaced, and of the same visit
    assert (first[1], first[10]) == (note[1], note[10])
    assert sorted({str(row[4])[:3] for row in fresh}) == ["NOT", "PAI", "PTP", "REF"]
    assert all(row[7] and row[6] for row in fresh if str(row[4]).startswith("PTP"))
    brought_back(page, crew, back, phrase)
    expect(page.locator("#results li.known")).to_have_count(stops + 1)
    assert crew.outcomes() == once
    page.goto(crew.path)
    expect(page.locator("#list li.done")).to_have_count(stops)
    trail = crew.demo.rows(
        "select ids from audit_entry where what = 'day.pack' and who like ?", f"%{crew.route.crew_id}"
    )
    assert json.loads(str(trail[-1][0]))["stops"] == stops
    assert crew.faults == []
    context.close()


def holds_nobody(text: str, crew: Out) -> None:
    """Fail if the file, as it lies on the phone, holds anybody's name, number, address or id."""
    ids = [stop.debtor_id for stop in crew.route.stops]
    marks = ", ".join("?" * len(ids))
    people = crew.demo.rows(f"select name, phone, debtor_id from contact where debtor_id in ({marks})", *ids)
    ways = crew.demo.rows(f"select address, place_id from address where debtor_id in ({marks})", *ids)
    collectors = crew.demo.rows("select name from collector")
    secret = {str(value) for row in (*people, *ways, *collectors) for value in row if value}
    secret = {one for one in secret if len(one.encode()) > 4}  # less is found in any long text by chance
    assert len(secret) > 3 * len(ids)
    assert [one for one in secret if one in text] == []


# ---- damage

SEALED = re.compile(r'(<script type="application/json" id="sealed">)(.*?)(</script>)', re.DOTALL)


def changed(text: str, change: object) -> str:
    found = SEALED.search(text)
    assert found is not None
    pack = json.loads(found[2])
    change(pack)  # type: ignore[operator]
    return text[: found.start(2)] + json.dumps(pack) + text[found.end(2) :]


def later(pack: dict[str, str]) -> None:
    header = json.loads(pack["header"])
    header["ends_at"] = "2099-01-01T12:00:00+08:00"
    pack["header"] = json.dumps(header, separators=(",", ":"), ensure_ascii=False)


def one_byte(pack: dict[str, str]) -> None:
    middle = len(pack["sealed"]) // 2
    letter = "A" if pack["sealed"][middle] != "A" else "B"
    pack["sealed"] = pack["sealed"][:middle] + letter + pack["sealed"][middle + 1 :]


def fewer_rounds(pack: dict[str, str]) -> None:
    pack["header"] = pack["header"].replace('"rounds":600000', '"rounds":1000')


def shorter(pack: dict[str, str]) -> None:
    pack["sealed"] = pack["sealed"][:-400]


def test_damage_a_wrong_phrase_and_another_header_do_not_open(
    quiet_world: World, browser: Browser, tmp_path: Path
) -> None:
    crew = out(quiet_world)
    context = crew.context(browser, "en")
    page = context.new_page()
    file, phrase = made(page, crew, tmp_path)
    whole = file.read_text(encoding="utf-8")
    unlocked(page, file, "A-" + phrase[::-1])
    expect(page.locator("#lock-told")).to_contain_text("does not open")
    for change in (later, one_byte, fewer_rounds, shorter):
        broken = tmp_path / f"{change.__name__}.html"
        broken.write_text(changed(whole, change), encoding="utf-8")
        unlocked(page, broken, phrase)
        expect(page.locator("#lock-told")).to_contain_text("does not open")
        expect(page.locator("#pack")).to_be_hidden()
    for name, text in (
        ("cut", whole[: whole.index('id="sealed"') + 5_000]),
        ("cut-script", whole[:-5_000]),
        ("script", whole.replace("LEAST_ROUNDS = 600000", "LEAST_ROUNDS = 1")),
    ):
        broken = tmp_path / f"{name}.html"
        broken.write_text(text, encoding="utf-8")
        page.goto(broken.as_uri())
        expect(page.locator("#lock-told")).to_contain_text("damaged or incomplete")
        expect(page.locator("#lock-form")).to_be_hidden()
    # As it would be typed on a phone, capitals and all, it opens.
    unlocked(page, file, phrase.upper().replace(" ", "-"))
    expect(page.locator("#next .name")).to_be_visible()
    context.close()


def test_an_ended_pack_stays_shut_and_gives_back_what_was_recorded(
    quiet_world: World, browser: Browser, tmp_path: Path
) -> None:
    crew = out(quiet_world)
    context = crew.context(browser, "en")
    page = context.new_page()
    file, phrase = made(page, crew, tmp_path)
    unlocked(page, file, phrase)
    page.locator("#do-absent").tap()
    page.locator("#save").tap()
    expect(page.locator("#waiting")).to_contain_text("1")
    page.clock.set_system_time(crew.moment + timedelta(days=2))
    page.goto("about:blank")
    page.goto(file.as_uri())
    expect(page.locator("#lock-told")).to_contain_text("ended on")
    expect(page.locator("#lock-form")).to_be_hidden()
    with page.expect_download() as saving:
        page.locator("#lock-carry").tap()
    entries = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))["entries"]
    assert len(entries) == 1
    context.close()


#: sealed and opened again, and with one thing changed each time; gives what should not have happened
TRIALS = """async () => {
  const S = roundsSeal, bad = [], fails = (trial) => trial().then(() => false, () => true);
  const header = { rounds: 600000, salt: S.random(16) };
  const key = await S.key("abc def", header), other = await S.key("abc deg", header);
  const draw = (n) => String.fromCharCode(...crypto.getRandomValues(new Uint16Array(n)).map((c) => c & 0x57ff));
  for (let k = 0; k < 60; k += 1) {
    const text = draw(k * 7), about = draw(5), sealed = await S.seal(key, about, text);
    if (await S.open(key, about, sealed) !== text) bad.push("round trip " + k);
    const bytes = S.bytes(sealed), cut = S.base64(bytes.subarray(0, -1));
    bytes[k % bytes.length] ^= 1 + (k % 255);
    const trials = {
      byte: () => S.open(key, about, S.base64(bytes)),
      cut: () => S.open(key, about, cut),
      key: () => S.open(other, about, sealed),
      about: () => S.open(key, about + "x", sealed),
    };
    for (const [name, trial] of Object.entries(trials)) if (!await fails(trial)) bad.push(name + " " + k);
  }
  for (const rounds of [1, 599999, 1e9, 600000.5, "600000"])
    if (!await fails(() => S.key("a", { ...header, rounds }))) bad.push("rounds " + rounds);
  return bad;
}"""


def test_the_seal_opens_what_it_sealed_and_the_phrase_is_drawn_fairly(quiet_world: World, browser: Browser) -> None:
    crew = out(quiet_world)
    context = crew.context(browser, "en")
    page = context.new_page()
    page.goto(f"{crew.path}/pack")
    drawn = page.evaluate(
        """() => { const S = roundsSeal, seen = {}; let all = "";
        for (let k = 0; k < 4000; k += 1) all += S.phrase();
        for (const c of all) seen[c] = (seen[c] || 0) + 1;
        return { seen, bits: S.long * Math.log2(S.letters.length), letters: S.letters, all: all.length }; }"""
    )
    assert drawn["bits"] >= 77
    assert set(drawn["seen"]) == set(drawn["letters"])
    assert not set("ilov01") & set(drawn["letters"])
    fair = drawn["all"] / len(drawn["letters"])
    chi = sum((n - fair) ** 2 / fair for n in drawn["seen"].values())
    assert chi < 60  # 21 degrees of freedom: by chance once in about a hundred thousand runs
    failed = page.evaluate(TRIALS)
    assert failed == []
    context.close()


def test_the_line_may_show_what_was_recorded_elsewhere(world: World, browser: Browser, tmp_path: Path) -> None:
    """Offline the crew records a stop that the manager writes down meanwhile: both stand, side by side."""
    crew = out(world, 2)
    context = crew.context(browser, "en")
    page = context.new_page()
    file, phrase = made(page, crew, tmp_path)
    api = crew.path.replace("/m/", "/m/api/")
    stop = page.request.get(api).json()["stops"][0]
    at = (crew.moment - timedelta(minutes=20)).isoformat()
    sent = {
        "outcome_id": "5f0c1d52-7f3e-4e0f-9f3a-0d6a7c1b2e3f",
        **{name: stop[name] for name in ("debtor_id", "place_id")},
        **{"code": "REFUSED", "started_at": at, "ended_at": at},
    }
    answer = page.request.post(f"{api}/outcome", headers={"origin": crew.address}, data=sent)
    assert answer.status == 201
    context.set_offline(True)
    unlocked(page, file, phrase)
    page.locator("#do-absent").tap()
    page.locator("#save").tap()
    expect(page.locator("#waiting")).to_contain_text("1")
    back = carried(page, tmp_path)
    context.set_offline(False)
    brought_back(page, crew, back, phrase)
    row = page.locator("#results li.beside")
    expect(row.locator(".here")).to_contain_text("In this file")
    expect(row.locator(".there")).to_contain_text("Refus")
    nothing_overflows(page)
    standing = [row for row in crew.outcomes() if row[1] == stop["debtor_id"]]
    assert len(standing) == 2
    assert [row[8] for row in standing] == ["", ""]
    # Another crew's page takes nothing of it.
    other = out(world, 1)
    page.context.add_cookies(
        [{"name": "rounds_role", "value": f"collector.{other.route.crew_id}", "url": crew.address}]
    )
    page.goto(f"{other.path}/upload")
    page.locator("#file").set_input_files(back)
    page.locator("#lock-phrase").fill(phrase)
    page.locator("#bring").tap()
    expect(page.locator("#told")).to_contain_text("another crew")
    context.close()


@pytest.mark.skipif(found() is None, reason="No Firefox is found")
def test_the_pack_opens_in_firefox_and_keeps_what_was_recorded(world: World, browser: Browser, tmp_path: Path) -> None:
    """Firefox has its real clock, so the pack is made to end later than that; the header is sealed with it."""
    crew = out(world)
    context = crew.context(browser, "en")
    page = context.new_page()
    page.route("**/pack", ending_in_a_year)
    file, phrase = made(page, crew, tmp_path)
    for opening in (1, 2):  # and closed between
        with firefox(tmp_path / "profile", tmp_path) as fox:
            fox.go(file.as_uri())
            assert fox.run("return window.isSecureContext && Boolean(crypto.subtle)")
            fox.until("!document.getElementById('lock-form').hidden")
            fox.run(f"document.getElementById('lock-phrase').value = {phrase!r}")
            fox.run("document.getElementById('lock-open').click()")
            fox.until("!document.getElementById('pack').hidden && document.querySelectorAll('#list li button').length")
            assert fox.run("return document.querySelectorAll('#list li.done').length") == opening - 1
            assert fox.until("document.querySelectorAll('#map .k-street').length") > 0
            if opening == 1:
                fox.run("document.getElementById('do-absent').click()")
                fox.run("document.getElementById('save').click()")
                fox.until("Object.keys(localStorage).some((one) => one.includes(':e:'))")
            assert fox.run("return document.getElementById('kept-wrong').hidden")
            fox.run("document.getElementById('carry').click()")
            fox.until("document.getElementById('carry-open')")
    backs = sorted(tmp_path.glob("*-back-*.json"))
    assert backs
    brought_back(page, crew, backs[0], phrase)
    # It opens here. Firefox has today's clock, the application the demo's: whether the time fits is told and no matter.
    expect(page.locator("#results li")).to_have_count(1)
    if page.locator("#results li.refused").count():
        expect(page.locator("#results .why")).to_contain_text("clock")
        with page.expect_download() as saving:
            page.locator("#refused").tap()
        assert len(json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))["entries"]) == 1
    context.close()


def ending_in_a_year(route: Route) -> None:
    """Let the server's answer pass as made now and with another end."""
    if route.request.method != "POST":
        route.continue_()
        return
    answer = route.fetch()
    parts = answer.json()
    parts["header"]["made_at"] = min(parts["header"]["made_at"], datetime.now(UTC).isoformat())
    parts["header"]["ends_at"] = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    route.fulfill(response=answer, json=parts)
