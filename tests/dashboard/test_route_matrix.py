"""Who gets what by the addresses of the application: every route, file and export by every account about everybody's.

The store has its own matrix (``tests/planner/store/test_matrix.py``); this one stands before the gate, with sessions,
over a week that was really planned. Nobody's answer holds a name, telephone or address that is not theirs to see, and
nothing that a stranger to it sends is kept. ``make test-long`` makes ten thousand calls on each database.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.application import HOSTS, plain_routes
from dashboard.gate import Gate, is_open
from dashboard.phone.files import BY_NAME
from dashboard.sign_in.keeper import COOKIE, Keeper
from dashboard.told import Told
from planner.domain import Crew, Principal, Role
from planner.store import Login, Session, Store, migrate, open_store, walls
from planner.store.connect import Scope, connect, reading
from planner.store.schema import metadata
from planner.view import RouteView, week_view
from tests.conftest import LONG
from tests.dashboard.fakes import RealStore
from tests.planner.conftest import Story, story  # noqa: F401  a fixture
from tests.planner.factories import BRANCH, NOW, principal
from tests.planner.store.conftest import DATABASES, server  # noqa: F401  a fixture
from tests.planner.store.server import APP, OWNER

CALLS = 10_000 if LONG else 150
#: so many call at a time
AT_ONCE = 4
#: what reads a PDF bears one thread
ONE_READER = threading.Lock()
ELSEWHERE = "YX02"
BASE = "http://127.0.0.1:8501"
#: in the middle of the week: a crew may open each of its days
WEDNESDAY = NOW + timedelta(days=5)
BOSS = Principal("boss", Role.ADMINISTRATOR, frozenset({BRANCH, ELSEWHERE}))
MEDIA = "/media/0a1b2c.xlsx"
#: what is written whoever reads: who is there, who was refused, who looked
BESIDE = {"login", "login_session", "login_failure", "audit_entry"}


@dataclass
class Kit(RealStore):
    """The story's store behind the routes."""

    moment: datetime | None = WEDNESDAY

    def demo_door(self) -> bool:
        return False


@dataclass
class Town:
    """The application before which everybody stands: accounts with an open session each, and whose is what."""

    store: Store
    url: str
    browser: TestClient
    routes: list[tuple[str, str]]
    tokens: dict[str, str]
    logins: dict[str, Login]
    paths: dict[str, RouteView]
    stops: dict[str, set[str]]
    people: dict[str, tuple[str, ...]]

    def words_of(self, debtors: set[str]) -> set[str]:
        """Give names, telephones and addresses of some."""
        return {word for one in debtors for word in self.people[one]}


def poured(source: str, owner: str) -> None:
    """Put all rows of a SQLite database into an empty one on PostgreSQL."""
    old, new = connect(source), connect(owner)
    with old.connect() as there, new.begin() as here:
        walls.open_to_owner(here)
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in there.execute(sa.select(table)).mappings()]
            if rows:
                here.execute(table.insert(), rows)
        counted = (
            "SELECT setval(pg_get_serial_sequence('audit_entry', 'number'), (SELECT max(number) FROM audit_entry))"
        )
        here.exec_driver_sql(counted)
        walls.draw(here, APP)
    old.dispose()
    new.dispose()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, story: Story, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    if request.param == "sqlite":
        shutil.copy(story.database, tmp_path / "own.sqlite")
        yield f"sqlite:///{tmp_path / 'own.sqlite'}"
        return
    there = request.getfixturevalue("server")
    name = there.create()
    migrate(there.url(name), owner=there.url(name, OWNER))
    poured(f"sqlite:///{story.database}", there.url(name, OWNER))
    yield there.url(name)
    there.drop(name)


@pytest.fixture
def town(url: str, story: Story) -> Iterator[Town]:  # noqa: F811
    store = open_store(url, clock=lambda: NOW)
    setup = Principal("set-up", Role.SYSTEM, frozenset({BRANCH, ELSEWHERE}))
    here = next(one for one in store.branches(setup) if one.code == BRANCH)
    store.save_branch(setup, replace(here, code=ELSEWHERE, name_en="Elsewhere", name_zh="别处"), now=NOW)
    far = Crew(f"{ELSEWHERE}-A", ELSEWHERE, "Far", (), frozenset(), (here.lon, here.lat), (here.lon, here.lat))
    store.save_crews(setup, ELSEWHERE, [far], now=NOW)
    view = week_view(store, principal(), story.first.plan_id)
    routes = sorted((one for one in view.routes if one.stops), key=lambda one: one.day, reverse=True)
    paths = {one.crew_id: one for one in routes}  # the first day of each
    assert len(paths) >= 2
    logins = {one.name: one for one in accounts(sorted(paths))}
    kit = Kit(real=store)
    keeper = Keeper(lambda: kit)  # type: ignore[arg-type, return-value]
    tokens = {}
    for login in logins.values():
        store.logins.save(BOSS, replace(login, disabled=False), password="h", now=NOW)
        tokens[login.name] = keeper.begin(login)
        if login.disabled:
            store.logins.save(BOSS, login, now=NOW)
    keeper.end(tokens["went"])
    tokens |= {"nobody": "", "guesses": "x" * 43}
    made = plain_routes(lambda: kit, keeper)  # type: ignore[arg-type, return-value]

    async def file(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("the file of a page")

    gate = Gate(Starlette(routes=[*made, Route("/media/{name}", file)]), HOSTS, keeper, "policy")
    gate.told.note(logins["manager"].principal(()), MEDIA.encode())
    stops = {
        crew: {stop.debtor_id for one in view.routes if one.crew_id == crew for stop in one.stops} for crew in paths
    }
    elsewhere = ("/login", "/logout", "/password", "/login/bank", "/login/bank/back")  # test_sign_in, test_bank
    ways = [
        (way, one.path)
        for one in made
        if isinstance(one, Route) and one.path not in elsewhere
        for way in sorted((one.methods or set()) - {"HEAD"})
    ]
    browser = TestClient(gate, base_url=BASE, follow_redirects=False, client=("127.0.0.1", 40000))
    yield Town(store, url, browser, [*ways, ("GET", MEDIA)], tokens, logins, paths, stops, people_of(store))
    store.close()


def accounts(crews: list[str]) -> Iterator[Login]:
    """Give an account of each kind."""
    here, there = frozenset({BRANCH}), frozenset({ELSEWHERE})
    for name, branches in (("", here), ("far ", there)):
        code = name.strip() and f"{name.strip()}."
        yield Login(f"{code}manager", Role.MANAGER, branches)
        yield Login(f"{code}head", Role.REGIONAL_HEAD, branches)
        yield Login(f"{code}auditor", Role.AUDITOR, branches)
    for number, crew in enumerate(crews):
        yield Login(f"crew{number}", Role.COLLECTOR, here, crew)
    yield Login("far.crew", Role.COLLECTOR, there, f"{ELSEWHERE}-A")
    yield Login("boss", Role.ADMINISTRATOR)
    yield Login("out", Role.MANAGER, here, disabled=True)
    yield Login("went", Role.MANAGER, here)


def people_of(store: Store) -> dict[str, tuple[str, ...]]:
    """Give what is known of each debtor: name, telephone, addresses; not such as are words of the pages too."""
    cards, places = store.contacts(principal(), BRANCH), store.addresses(principal(), BRANCH)
    whose = store.places(principal(), BRANCH).set_index("place_id")["debtor_id"]
    rows = zip(*(cards[name].astype(str) for name in ("debtor_id", "name", "phone")), strict=True)
    found = {one: [name, phone] for one, name, phone in rows}
    for place, text in zip(places["place_id"], places["address"], strict=True):
        found[str(whose[place])].append(text)
    return {one: tuple(word for word in words if len(word) > 2) for one, words in found.items()}


def told(answer: Any) -> str:
    """Give what an answer says: as it stands, without escapes, and the text of a PDF."""
    body = answer.content
    if body.startswith(b"%PDF"):
        with ONE_READER:
            document = pypdfium2.PdfDocument(body)
            try:
                return "\n".join(page.get_textpage().get_text_range() for page in document)
            finally:
                document.close()
    text = body.decode("utf-8", "replace")
    return text + re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), text)


def sent(route: RouteView, plan_id: str, what: str) -> dict[str, Any]:
    """Give what a crew's own phone sends of its first stop to an address that ends so."""
    stop, at, one = route.stops[0], f"{route.day.isoformat()}T02:40:00.000Z", str(uuid4())
    place = {"debtor_id": stop.debtor_id, "place_id": stop.place_id}
    outcome = {"outcome_id": one, **place, "plan_id": plan_id, "code": "NOT_HOME", "correction": False}
    pin = {"change_id": one, **place, "lon": stop.lon, "lat": stop.lat, "accuracy_m": 20}
    return {
        "outcome": outcome | {"started_at": at, "ended_at": at},
        "pin": pin,
        "safety": {"entry_id": one, "kind": "shift_begun", "happened_at": at},
        "upload": {"entries": [{"path": "/pin", "body": pin}]},
        "replan": {"kind": "late", "minutes": 30, "pinned": []},
    }.get(what, {"change_id": one, "digest": "", "asked": {}, "pack_id": one, "stops": 1})


def kept(url: str) -> dict[str, list[Any]]:
    """Give all rows but those that are written whoever reads."""
    engine = connect(url)
    with reading(engine, Scope(frozenset({BRANCH, ELSEWHERE}), Role.MANAGER.value)) as connection:
        found = {
            name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in BESIDE
        }
    engine.dispose()
    return found


@dataclass(frozen=True)
class Call:
    """One call: by whom, about what, and what is known of it beforehand."""

    who: str
    login: Login | None
    way: str
    pattern: str
    words: dict[str, str]

    @property
    def path(self) -> str:
        return re.sub(r"\{(\w+)\}", lambda one: self.words[one[1]], self.pattern)

    @property
    def inside(self) -> bool:
        """Whether somebody is signed in."""
        return self.login is not None and not self.login.disabled and self.who != "went"

    def is_of(self, role: Role) -> bool:
        """Say whether somebody of the branch with the people calls, in this role."""
        return self.inside and self.login is not None and self.login.role is role and BRANCH in self.login.branches

    @property
    def is_of_crew(self) -> bool:
        """Whether a collector calls about his own crew."""
        named = (self.words["branch"], self.words["crew"])
        return self.is_of(Role.COLLECTOR) and self.login is not None and named == (BRANCH, self.login.crew)

    @property
    def may_write(self) -> bool:
        """Whether what is sent would be kept."""
        return self.way == "POST" and (self.is_of(Role.MANAGER) or self.is_of_crew)


def drawn(draw: random.Random, town: Town) -> Call:
    """Draw a call; those who may see something are drawn more often, and their own things too."""
    insiders = [one for one in town.logins if one in ("manager", "auditor") or one.startswith("crew")]
    who, (way, pattern) = draw.choice([*town.tokens, *insiders, *insiders]), draw.choice(town.routes)
    crew = draw.choice([*town.paths, *town.paths, f"{ELSEWHERE}-A", "nowhere"])
    route = town.paths.get(crew) or next(iter(town.paths.values()))
    words = {"branch": draw.choice([*[BRANCH] * 4, ELSEWHERE]), "crew": crew, "day": route.day.isoformat()}
    return Call(who, town.logins.get(who), way, pattern, words | {"name": draw.choice(list(BY_NAME))})


def judged(town: Town, call: Call, status: int, text: str) -> Iterator[str]:
    """Give what is wrong with an answer."""
    good, login = status < 300, call.login
    if status >= 500:
        yield "a fault"
    if good and not call.inside and not is_open(call.path):
        yield "answered a stranger"
    if call.path == MEDIA and good != (call.who == "manager"):
        yield "a file of somebody's page"
    if "{branch}" in call.pattern and good and login is not None and call.words["branch"] not in login.branches:
        yield "answered about another branch"
    collects = login is not None and login.role is Role.COLLECTOR
    if "{crew}" in call.pattern and good and collects and login is not None and call.words["crew"] != login.crew:
        yield "answered about another crew"
    if call.is_of(Role.REGIONAL_HEAD) and (
        ("{branch}" in call.pattern and good) or any(one in text for one in town.people)
    ):
        yield "a row about a debtor for a head"
    mine = seen_by(town, call)
    foreign = town.words_of(set(town.people) - mine) - town.words_of(mine)
    if any(word in text for word in foreign):
        yield "tells of people"


def seen_by(town: Town, call: Call) -> set[str]:
    """Give the debtors whose cards somebody may see in an answer."""
    if call.is_of(Role.MANAGER) or call.is_of(Role.AUDITOR):
        return set(town.people)
    return town.stops[call.words["crew"]] if call.is_of_crew else set()


def asked(town: Town, browser: TestClient, call: Call, plan_id: str) -> Any:
    """Make a call and give its answer."""
    route = town.paths.get(call.words["crew"]) or next(iter(town.paths.values()))
    headers = {"origin": BASE, "cookie": f"{COOKIE}={town.tokens[call.who]}", "content-type": "application/json"}
    said = json.dumps(sent(route, plan_id, call.pattern.rpartition("/")[2])) if call.way == "POST" else None
    return browser.request(call.way, call.path, headers=headers, content=said)


def looked_at(
    town: Town, browser: TestClient, calls: Sequence[tuple[int, Call]], plan_id: str
) -> tuple[list[str], Counter[str]]:
    """Make calls one after the other; give what is wrong with the answers, and how many there were of which kind."""
    faults, seen = list[str](), Counter[str]()
    for number, call in calls:
        answer = asked(town, browser, call, plan_id)
        text = told(answer)
        wrong = judged(town, call, answer.status_code, text)
        faults += [f"{one}: {number}, {call.way} {call.path} by {call.who}: {answer.status_code}" for one in wrong]
        good = answer.status_code < 300
        seen[f"{'in' if call.inside else 'out'} {'answered' if good else 'refused'}"] += 1
        seen["told one's own"] += good and any(word in text for word in town.words_of(seen_by(town, call)))
    return faults, seen


def test_nobody_gets_or_changes_what_is_not_theirs(town: Town, story: Story) -> None:  # noqa: F811
    """Several call at a time, as they would: each waits for threads of the application most of its time."""
    draw, faults, seen, before = random.Random(20261129), list[str](), Counter[str](), kept(town.url)
    # What is there has to stay as it is: what would be kept is left out.
    calls = [one for one in enumerate(drawn(draw, town) for _ in range(CALLS)) if not one[1].may_write]
    with ExitStack() as stack:
        browser = stack.enter_context(town.browser)  # one loop for all of them, as the application has
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        for start in range(0, len(calls), 500):
            some = calls[start : start + 500]
            parts = [
                pool.submit(looked_at, town, browser, some[k::AT_ONCE], story.first.plan_id) for k in range(AT_ONCE)
            ]
            for part in parts:
                wrong, counted = part.result()
                faults += wrong
                seen += counted
            if faults:
                break  # it has failed; the rest would say no more
    assert faults == []
    assert kept(town.url) == before
    assert seen["told one's own"] > CALLS / 100, seen
    assert seen["out refused"] > CALLS / 10, seen


def test_what_strangers_send_is_kept_where_a_crew_sends_it(town: Town, story: Story) -> None:  # noqa: F811
    """The control of the other: it was refused for who sent it, not for what it was."""
    crew, route = min(town.paths.items(), key=lambda pair: pair[1].day)
    who = next(name for name, login in town.logins.items() if login.crew == crew)
    path = f"/m/api/{BRANCH}/{crew}/{route.day.isoformat()}"
    headers = {"origin": BASE, "cookie": f"{COOKIE}={town.tokens[who]}"}
    for what in ("pin", "outcome"):
        said = sent(route, story.first.plan_id, what)
        assert town.browser.post(f"{path}/{what}", json=said, headers=headers).status_code == 201, what


@pytest.mark.long
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("gone", ["role", "files", "end of a session"])
def test_the_matrix_notices_a_check_that_is_gone(
    gone: str,
    town: Town,
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if gone == "role":
        everything = principal()
        monkeypatch.setattr(Login, "principal", lambda *_: everything)
    elif gone == "files":
        monkeypatch.setattr(Told, "may_have", lambda *_: True)
    else:
        monkeypatch.setattr(Session, "ended", lambda *_: False)
    with pytest.raises(AssertionError):
        test_nobody_gets_or_changes_what_is_not_theirs(town, story)
