"""One walk over every page with a database full of texts that try to run, and one person whom nobody else may see."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.navigation import ENTRIES
from planner.domain import Principal, Role
from planner.safety import CREW_PHONE
from planner.store import Store, open_store
from planner.view import week_view
from tests.browser.conftest import OpenPage, missing
from tests.browser.demo import BRANCH, VAR, Demo, copy_demo
from tests.browser.hostile import ADDRESS, CARELESS, MARKS, NAME, PAYLOADS, PERSON, PHONE, relist
from tests.browser.server import application
from tests.browser.watch import mark_in
from tests.planner.store.factories import TERMS, bad_faith, clue, clues, outcome, outcomes, reviews

#: a page on a busy machine
LOADED_MS = 90_000
#: pages that are no script of Streamlit's
PLAIN = ("m", "account", "act-as")
pytestmark = pytest.mark.browser
PICTURE = next(one for one in PAYLOADS if one.startswith("!["))
MANAGER = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A copy of our own, in which every text that somebody can bring tries to run."""
    if not (VAR / "rounds.sqlite").is_file():
        missing("The demo is not set up: run make setup.")
    demo = copy_demo(tmp_path_factory.mktemp("leaks"))
    store = open_store(f"sqlite:///{demo.database}")
    fill(store, demo)
    store.close()
    return demo


@pytest.fixture(scope="module")
def app(demo: Demo) -> Iterator[str]:
    with application(demo.var) as address:
        yield address


def seen_people(store: Store, demo: Demo) -> list[str]:
    """Give debtors on the screens: first those of the day's route, then those left out that are worth most."""
    row = next(one for one in store.plans(MANAGER, BRANCH, demo.week) if one.in_force)
    view = week_view(store, MANAGER, row.plan_id)
    route = next(one for one in view.routes if (one.day, one.crew_id) == (demo.day, demo.crew_id))
    left = sorted(view.left_out, key=lambda one: -one.value_minor)
    return [stop.debtor_id for stop in route.stops] + [one.debtor_id for one in left]


def fill(store: Store, demo: Demo) -> None:
    """Bring the texts in, each by the way on which such a text comes: a list, a manager's words, a crew's name."""
    now = datetime.now(UTC)
    cases = dict(demo.rows("select debtor_id, min(case_id) from account group by debtor_id"))
    people = [one for one in seen_people(store, demo) if one in cases][: len(PAYLOADS) + 1]
    changes = {
        str(cases[one]): {"name": text, "address": f"知行路{n}号{text}"}
        for n, (one, text) in enumerate(zip(people[1:], PAYLOADS, strict=True))
    }
    changes[str(cases[people[0]])] = {"name": NAME, "phone": PHONE, "address": ADDRESS}
    relist(demo.var, BRANCH, changes, name="<img data-xss src=xss>.csv")
    crews = store.crews(MANAGER, BRANCH)
    store.save_crews(
        MANAGER, BRANCH, [replace(one, name=text) for one, text in zip(crews, PAYLOADS, strict=False)], now=now
    )
    members = store.collectors(MANAGER, BRANCH)
    store.save_collectors(
        MANAGER, BRANCH, [replace(one, name=text) for one, text in zip(members, PAYLOADS, strict=False)], now=now
    )
    things = [
        clue(f"xss-{n}", debtor_id=one, branch=BRANCH, place=text)
        for n, (one, text) in enumerate(zip(people, PAYLOADS, strict=False))
    ]
    store.save_clues(MANAGER, BRANCH, clues(*things), now=now)
    write(store, demo, [one for one in people[1:] if one in cases], {str(k): str(v) for k, v in cases.items()}, now)
    name_places(store, now)


def write(store: Store, demo: Demo, people: list[str], cases: dict[str, str], now: datetime) -> None:
    """Bring in what crews and managers write: notes of visits and reviews, where a paper lies, numbers, scenarios."""
    texts = list(zip(people, PAYLOADS, strict=False))
    at = pd.Timestamp(now) - pd.Timedelta(hours=30)
    times = {"started_at": at, "ended_at": at, "recorded_at": at, "branch": BRANCH, "crew_id": demo.crew_id}
    visits = [
        outcome(f"xss-{n}", debtor_id=one, note=text, evidence=text, promised_how=text, recorded_by=text, **times)
        for n, (one, text) in enumerate(texts)
    ]
    store.save_outcomes(MANAGER, BRANCH, outcomes(*visits), now=now)
    doubts = [bad_faith(f"xss-{n}", one, branch=BRANCH, note=text) for n, (one, text) in enumerate(texts)]
    store.save_reviews(MANAGER, BRANCH, reviews(*doubts), TERMS, now=now)
    for one, text in texts:
        on = {"on": now.date(), "evidence": "notice_signed", "source": text}
        store.save_interruption(MANAGER, BRANCH, cases[one], now=now, **on)
    for crew, text in zip(store.crews(MANAGER, BRANCH), PAYLOADS, strict=False):
        store.save_setting(MANAGER, BRANCH, CREW_PHONE + crew.crew_id, text, now=now)
    row = next(one for one in store.plans(MANAGER, BRANCH, demo.week) if one.in_force)
    saved = store.plan(MANAGER, row.plan_id)
    for n, text in enumerate(PAYLOADS[:3]):
        mark = {"scenario": {"name": text}}
        made = replace(saved, plan_id=f"xss-{n}", metrics={**saved.metrics, **mark}, created_at=now, created_by=text)
        store.save_plan(MANAGER, made)


def name_places(store: Store, now: datetime) -> None:
    """Let branch and districts be called so."""
    branch = next(one for one in store.branches(MANAGER) if one.code == BRANCH)
    store.save_branch(MANAGER, replace(branch, name_en=PAYLOADS[0], name_zh=PAYLOADS[2]), now=now)
    districts = store.regions(MANAGER, branch.road_region)
    names = [PAYLOADS[n % len(PAYLOADS)] for n in range(len(districts))]
    store.save_regions(MANAGER, branch.road_region, districts.assign(name_zh=names, name_en=names), now=now)


def nothing_grew(page: Page, where: str) -> None:
    """No element, link or mark was made of a text, in the page or in a frame of it."""
    for frame in page.frames:
        grown = frame.locator(MARKS)
        assert grown.count() == 0, f"{where}: {grown.first.evaluate('one => one.outerHTML')[:300]}"
        assert mark_in(frame) == "undefined", where
    expect(page.get_by_text(re.compile("Uncaught|Traceback"))).to_have_count(0)


def person_is_nowhere_beside_the_page(page: Page, where: str) -> None:
    """Address, title and what the browser keeps name nobody."""
    kept = str(page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"))
    for text in PERSON:
        assert text not in page.url + page.title() + kept, where


def heard(page: Page) -> list[bytes]:
    """Collect what a page's session is sent."""
    said: list[bytes] = []

    def listen(socket) -> None:
        socket.on("framereceived", lambda frame: said.append(frame if isinstance(frame, bytes) else frame.encode()))

    page.on("websocket", listen)
    page.on("response", lambda answer: said.append(answer.url.encode()))
    return said


def ids(demo: Demo) -> dict[str, str]:
    """Give the debtors by name."""
    rows = demo.rows("select name, debtor_id from contact where branch = ?", BRANCH)
    return {str(name): str(debtor) for name, debtor in rows}


def bare(text: str) -> str:
    """Give a text without what makes it harmless, to see that it was there at all."""
    told = html.unescape(re.sub(r"\\u([0-9a-f]{4})", lambda one: chr(int(one[1], 16)), text))
    return told.replace("\\", "")


def walk(page: Page, addresses: list[str]) -> str:
    """Open pages one after the other and look at each; gives all that the browser was sent."""
    said = heard(page)
    for address in addresses:
        page.goto(f"/{address}")
        if not address.startswith(PLAIN):
            expect(page.locator("[data-testid=stApp]")).to_have_attribute(
                "data-test-script-state", "notRunning", timeout=LOADED_MS
            )
        nothing_grew(page, address)
        person_is_nowhere_beside_the_page(page, address)
    return b"".join(said).decode("utf-8", errors="ignore")


def test_no_page_runs_them_and_none_tells_who_it_is_beside_itself(open_page: OpenPage, demo: Demo) -> None:
    by_name = ids(demo)
    page = open_page("/act-as", size=(1440, 1800))
    # On the card stands one that Markdown would make a picture of.
    week, debtor = f"week?week={demo.week}&debtor={by_name[PICTURE]}", f"debtor?id={by_name[NAME]}&branch={BRANCH}"
    text = walk(page, [week, debtor, demo.phone.lstrip("/")])
    met = [one for one in PAYLOADS if bare(one) in bare(text)]
    assert len(met) >= 20, "the texts were not on the pages: the walk proves nothing"
    assert NAME in text
    # Nobody has asked for it: the telephone was not even sent to the desk.
    assert PHONE not in text
    assert page.request.get("/metrics").status == 403
    answer = open_page("/people", role=Role.ADMINISTRATOR.value).request.get("/metrics").text()
    assert "rounds_page_runs_total" in answer
    log = (demo.var / "app.log").read_text()
    for secret in (*PERSON, *PAYLOADS):
        assert secret not in answer + log


@pytest.mark.long
@pytest.mark.parametrize(
    "who", [Role.MANAGER, Role.COLLECTOR, Role.REGIONAL_HEAD, Role.AUDITOR, Role.ADMINISTRATOR], ids=str
)
def test_every_page_of_every_role_runs_none(who: Role, open_page: OpenPage, demo: Demo) -> None:
    by_name = ids(demo)
    debtors = [f"debtor?id={by_name[text]}&branch={BRANCH}" for text in PAYLOADS if text in by_name]
    more = {
        Role.MANAGER: [*debtors, "m", demo.phone.lstrip("/")],
        Role.COLLECTOR: [*debtors, "m"],
        Role.AUDITOR: debtors[:2],
    }
    key = {Role.MANAGER: f"manager.{BRANCH}", Role.COLLECTOR: f"collector.{demo.crew_id}"}.get(who, who.value)
    page = open_page("/act-as", role=key, size=(1440, 1800))
    own = [entry.address for entry in ENTRIES if who in entry.roles]
    text = bare(walk(page, [*own, *more.get(who, []), "account", "act-as"]))
    met = [one for one in PAYLOADS if bare(one) in text]
    assert who is Role.ADMINISTRATOR or len(met) >= 5, "the texts were not on the pages: the walk proves nothing"


@pytest.mark.parametrize("role", ["manager.YX02", pytest.param("regional_head", marks=pytest.mark.long)])
def test_a_foreign_session_is_sent_nothing_of_the_person(open_page: OpenPage, demo: Demo, role: str) -> None:
    page = open_page("/act-as", role=role)
    one = ids(demo)[NAME]
    more = ["regions", "risk", "branches", "second"] if role == "regional_head" else []
    text = walk(page, [f"debtor?id={one}&branch={BRANCH}", *more])
    assert len(text) > 5_000
    for secret in PERSON:
        assert secret not in text
        assert secret not in page.content()
    assert NAME not in page.request.get(demo.phone).text()


def test_the_control_where_nobody_cares_each_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    for text in PAYLOADS:
        target = re.search(r"[(<](javascript:[^)>]*|xss[^)]*)", text) if text[0] in "[!<" else None
        # What a reader of Markdown would make of it comes last.
        careless = [one.format(text=text) for one in CARELESS] + ([f'<a href="{target[1]}">x</a>'] if target else [])
        assert any(seen(page, made) for made in careless), text
    page.close()


def seen(page: Page, made: str) -> bool:
    page.set_content(made)
    return page.locator(MARKS).count() > 0 or mark_in(page.main_frame) != "undefined"
