"""Who may sign in: kept behind a door of its own, ended at once, slowed after failures; auditors and administrators."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from planner.domain import PEOPLE, Principal, Role
from planner.store import (
    BadLogin,
    Login,
    Logins,
    NotAllowed,
    Store,
    UnknownLogin,
    access,
    door,
    login_store,
    open_store,
)
from planner.store.connect import Scope, connect, reading
from planner.store.logins import IDLE, LONGEST
from planner.store.schema import metadata
from tests.planner.store.conftest import Database
from tests.planner.store.factories import HERE, NOW, THERE, principal

BOSS = Principal("boss", Role.ADMINISTRATOR, frozenset({HERE, THERE}))
GATE = Principal("gate", Role.GATE, frozenset())
LIN = Login("lin", Role.MANAGER, frozenset({HERE}))
#: good values for the arguments of every method
VALUES: dict[str, Any] = {
    "name": "lin",
    "given": LIN,
    "branch": HERE,
    "subject": "who",
    "token": "t",
    "password": "hash",
    "of": ("x",),
    "now": NOW,
    "since": NOW,
}
OF_ADMINISTRATORS = {"listed", "get", "save", "crews", "trail", "sessions", "end_sessions"}
METHODS = sorted(name for name, _ in inspect.getmembers(Logins, inspect.isfunction) if not name.startswith("_"))


def may_call(method: str) -> set[Role]:
    """Give the roles that a method answers."""
    allowed = {Role.ADMINISTRATOR if method in OF_ADMINISTRATORS else Role.GATE}
    return allowed | ({Role.AUDITOR} if method == "trail" else set())  # who lets people in is looked at by another


def call(logins: Logins, method: str, who: Principal | None) -> Any:
    wanted = list(inspect.signature(getattr(Logins, method)).parameters.values())[2:]
    given = {one.name: VALUES[one.name] for one in wanted if one.default is inspect.Parameter.empty}
    if method == "failures":
        given["of"] = "x"
    if method == "begin":  # no two sessions have one token
        given["token"] = uuid4().hex
    return getattr(logins, method)(who, **given)


@pytest.fixture
def logins(store: Store) -> Logins:
    store.logins.save(BOSS, Login("root", Role.ADMINISTRATOR), password="h0", now=NOW)
    store.logins.save(BOSS, LIN, password="h1", now=NOW)
    return store.logins


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("maker", ["sqlite"], indirect=True)
def test_administrators_manage_and_the_gate_checks_and_nobody_else_does_either(
    method: str, role: Role, logins: Logins
) -> None:
    assert list(inspect.signature(getattr(Logins, method)).parameters)[1] == "principal"
    who = Principal("somebody", role, frozenset({HERE, THERE}))
    if role in may_call(method):
        call(logins, method, who)
        return
    with pytest.raises(NotAllowed):
        call(logins, method, who)
    with pytest.raises(NotAllowed):
        call(logins, method, None)


@pytest.mark.parametrize("method", METHODS)
def test_every_call_works_on_both_databases(method: str, logins: Logins) -> None:
    call(logins, method, BOSS if method in OF_ADMINISTRATORS else GATE)


@pytest.mark.parametrize(
    ("login", "code"),
    [
        (Login("l", Role.MANAGER, frozenset({HERE})), "name"),
        (Login("<script>", Role.MANAGER, frozenset({HERE})), "name"),
        (Login("ann", Role.SYSTEM, frozenset({HERE})), "role"),
        (Login("ann", Role.GATE), "role"),
        (Login("ann", Role.ADMINISTRATOR, frozenset({HERE})), "administrator"),
        (Login("ann", Role.MANAGER), "branches"),
        (Login("ann", Role.MANAGER, frozenset({"XX99"})), "branch"),
        (Login("ann", Role.COLLECTOR, frozenset({HERE})), "crew"),
        (Login("ann", Role.COLLECTOR, frozenset({HERE}), f"{THERE}-A"), "crew"),
        (Login("ann", Role.COLLECTOR, frozenset({HERE, THERE}), f"{HERE}-A"), "crew"),
        (Login("ann", Role.MANAGER, frozenset({HERE}), f"{HERE}-A"), "crew"),
    ],
)
def test_what_cannot_be_a_login_is_refused(login: Login, code: str, logins: Logins) -> None:
    with pytest.raises(BadLogin) as refused:
        logins.save(BOSS, login, password="h", now=NOW)
    assert refused.value.code == code
    with pytest.raises(UnknownLogin):
        logins.get(BOSS, login.name)


def test_a_name_that_no_database_takes_is_nobodys(logins: Logins) -> None:
    assert logins.to_check(GATE, "lin\0") is None
    assert logins.of_subject(GATE, "who\0") is None


def test_two_never_have_one_subject_though_both_were_looked_at_before(
    logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins.save(BOSS, replace(LIN, name="first", subject="u-1"), now=NOW)
    monkeypatch.setattr(login_store.logins, "check", lambda _connection, _given: None)  # as it was a moment ago
    with pytest.raises(BadLogin, match="another login"):
        logins.save(BOSS, replace(LIN, name="second", subject="u-1"), now=NOW)
    assert "second" not in {one.name for one in logins.listed(BOSS)}


def test_names_that_differ_in_capitals_are_one(logins: Logins) -> None:
    logins.save(BOSS, replace(LIN, name="LIN", disabled=True), now=NOW)
    assert [one.name for one in logins.listed(BOSS)] == ["lin", "root"]
    assert logins.get(BOSS, " Lin ").disabled


def test_the_last_administrator_stays(logins: Logins) -> None:
    root = logins.get(BOSS, "root")
    for change in ({"disabled": True}, {"role": Role.MANAGER, "branches": frozenset({HERE})}):
        with pytest.raises(BadLogin) as refused:
            logins.save(BOSS, replace(root, **change), now=NOW)
        assert refused.value.code == "last"
        assert logins.get(BOSS, "root") == root
    logins.save(BOSS, Login("other", Role.ADMINISTRATOR), password="h", now=NOW)
    logins.save(BOSS, replace(root, disabled=True), now=NOW)


def living(logins: Logins, token: str, now: datetime) -> Login | None:
    found = logins.session(GATE, token)
    return None if found is None or found[0].ended(now) else found[0].login


def test_a_session_ends_by_itself(logins: Logins) -> None:
    logins.begin(GATE, "lin", "t", now=NOW)
    assert living(logins, "t", NOW + IDLE) == LIN
    assert living(logins, "t", NOW + IDLE + timedelta(seconds=1)) is None
    at = NOW
    while at < NOW + LONGEST:
        at += timedelta(minutes=14)
        logins.seen(GATE, "t", now=at)
        assert (living(logins, "t", at) is not None) == (at <= NOW + LONGEST)
    logins.seen(GATE, "t", now=NOW)  # a late note takes nothing back
    found = logins.session(GATE, "t")
    assert found is not None
    assert found[0].seen_at == at
    assert living(logins, "unknown", NOW) is None


@pytest.mark.parametrize("how", ["end", "disable", "password", "own password"])
def test_a_session_is_ended_and_stays_so(how: str, logins: Logins) -> None:
    for token in ("t1", "t2"):
        logins.begin(GATE, "lin", token, now=NOW)
    logins.begin(GATE, "root", "t3", now=NOW)
    if how == "end":
        logins.end(GATE, "t1", now=NOW)
    elif how == "disable":
        logins.save(BOSS, replace(LIN, disabled=True), now=NOW)
    elif how == "password":
        logins.save(BOSS, LIN, password="h2", now=NOW)
    else:
        logins.change_password(GATE, "lin", "h2", now=NOW)
    assert living(logins, "t1", NOW) is None
    assert (living(logins, "t2", NOW) is None) == (how != "end")
    assert living(logins, "t3", NOW) is not None
    logins.seen(GATE, "t1", now=NOW + timedelta(minutes=1))
    logins.save(BOSS, LIN, now=NOW)  # allowed again: what was ended stays ended
    assert living(logins, "t1", NOW) is None


def test_another_role_holds_for_sessions_that_are_open(logins: Logins) -> None:
    logins.begin(GATE, "lin", "t", now=NOW)
    logins.save(BOSS, Login("lin", Role.COLLECTOR, frozenset({THERE}), f"{THERE}-A"), now=NOW)
    found = logins.session(GATE, "t")
    assert found is not None
    who = found[0].login.principal(found[1])
    assert (who.role, who.branches, who.crew) == (Role.COLLECTOR, frozenset({THERE}), f"{THERE}-A")
    root = logins.get(BOSS, "root").principal(found[1])
    assert root.branches == {HERE, THERE}


def test_failures_are_counted_by_what_was_tried_and_forgiven(logins: Logins) -> None:
    for k in range(3):
        logins.fail(GATE, ("a", "all"), now=NOW + timedelta(minutes=k))
    logins.fail(GATE, ("b", "all"), now=NOW + timedelta(minutes=3))
    assert logins.failures(GATE, "a", since=NOW) == (3, NOW + timedelta(minutes=2))
    assert logins.failures(GATE, "all", since=NOW + timedelta(minutes=1))[0] == 3
    logins.begin(GATE, "lin", "t", forgive="a", now=NOW)
    assert logins.failures(GATE, "a", since=NOW) == (0, None)
    assert logins.failures(GATE, "b", since=NOW)[0] == 1


def test_every_change_is_in_the_trail_and_no_secret_is(logins: Logins) -> None:
    logins.begin(GATE, "lin", "token-hash", now=NOW)
    logins.fail(GATE, ("attempted",), login="", now=NOW)
    logins.change_password(GATE, "lin", "secret-hash", now=NOW)
    logins.end(GATE, "token-hash", now=NOW)
    trail = logins.trail(BOSS)
    assert [one.what for one in trail] == [
        *("login.save", "login.save", "session.begin", "login.refused", "login.password", "session.end")
    ]
    said = repr(trail)
    assert not any(secret in said for secret in ("secret-hash", "token-hash", "attempted", "h1"))


def test_an_auditor_reads_what_was_done_with_logins_and_that_is_noted(logins: Logins) -> None:
    auditor = principal(Role.AUDITOR, HERE, name="auditor")
    logins.begin(GATE, "lin", "token-hash", now=NOW)
    seen = logins.trail(auditor, most=2)
    assert [one.what for one in seen] == ["session.begin", "read.logins"]
    with pytest.raises(NotAllowed):
        replace(logins, clock=None).trail(auditor)


def test_an_auditors_reads_are_noted_before_they_are_answered(store: Store) -> None:
    auditor = principal(Role.AUDITOR, HERE, name="auditor")
    before = store.version(principal(), HERE)
    store.contacts(auditor, HERE)
    store.debtors(auditor, HERE)
    store.note_page(auditor, HERE, "debtor", debtor_id="D1")
    trail = [(one.who, one.what, one.ids) for one in store.audit_entries(principal(), HERE) if one.who == "auditor"]
    assert [what for _, what, _ in trail] == ["read.cards", "read.overdue", "read.page.debtor"]
    assert trail[-1][2] == {"debtor": "D1"}
    assert store.version(principal(), HERE) == before  # pages of others need not be drawn anew for it
    store.contacts(principal(), HERE)
    assert not any(one.what == "read.cards" and one.who != "auditor" for one in store.audit_entries(principal(), HERE))


def test_an_auditor_reads_nothing_where_it_could_not_be_noted(database: Database) -> None:
    store = open_store(database.url)
    with pytest.raises(NotAllowed):
        store.debtors(principal(Role.AUDITOR, HERE), HERE)
    store.close()


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own checks of rights and branches are gone."""

    def anybody(who: Principal, *_: object) -> Principal:
        return who

    for module in (access, door, login_store):
        for name in ("permit", "entitled"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, anybody)


@pytest.mark.parametrize("maker", ["postgresql"], indirect=True)
@pytest.mark.parametrize("role", [role for role in PEOPLE if role is not Role.ADMINISTRATOR] + [Role.SYSTEM])
@pytest.mark.usefixtures("unguarded")
def test_nobody_else_sees_a_login_though_the_programs_check_is_gone(role: Role, logins: Logins) -> None:
    who = Principal("somebody", role, frozenset({HERE, THERE}))
    logins.begin(GATE, "lin", "t", now=NOW)
    assert logins.listed(who) == ()
    assert logins.session(who, "t") is None
    with pytest.raises(sa.exc.DBAPIError):
        logins.save(who, Login("own", Role.ADMINISTRATOR), password="h", now=NOW)


@pytest.mark.parametrize("maker", ["postgresql"], indirect=True)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.GATE])
def test_administrators_and_the_gate_see_no_row_of_a_debtor(role: Role, database: Database) -> None:
    engine = connect(database.url)
    with reading(engine, Scope(frozenset({HERE, THERE}), role.value)) as connection:
        shown = {
            name
            for name, table in metadata.tables.items()
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        }
    with reading(engine, Scope(frozenset({HERE, THERE}), Role.AUDITOR.value)) as connection:
        debtors = sa.select(sa.func.count()).select_from(metadata.tables["debtor"])
        assert connection.execute(debtors).scalar_one() == 12
    engine.dispose()
    assert shown <= {"branch", "collector", "crew", "crew_member", "setting", "audit_entry"}


def test_open_sessions_are_listed_and_ended_by_whom_they_concern(logins: Logins) -> None:
    for token, minutes in (("old", 0), ("idle", 20), ("one", 30), ("two", 31)):
        logins.begin(GATE, "lin", token, now=NOW + timedelta(minutes=minutes))
    logins.begin(GATE, "root", "boss", now=NOW + timedelta(minutes=31))
    now = NOW + timedelta(minutes=40)
    assert [own for own, _ in logins.own_sessions(GATE, "one", now=now)] == [False, True], "the newest first"
    assert len(logins.sessions(BOSS, "LIN", now=now)) == 2
    assert logins.own_sessions(GATE, "nobody", now=now) == ()
    for token in ("idle", "nobody"):
        assert logins.end_others(GATE, token, now=now) == 0
    assert logins.end_others(GATE, "one", now=now) == 3, "with those that had ended by themselves"
    assert [one.revoked_at is None for _, one in logins.own_sessions(GATE, "one", now=now)] == [True]
    (two, _), (boss, _) = (logins.session(GATE, one) or ((None, ())) for one in ("two", "boss"))
    assert (two.revoked_at, boss.revoked_at) == (now, None)
    assert logins.end_sessions(BOSS, "lin", now=now) == 1
    assert logins.sessions(BOSS, "lin", now=now) == ()
    entries = logins.trail(BOSS)[-2:]
    assert [one.what for one in entries] == ["session.end_others", "session.end_all"]
    assert all(one.ids["login"] == "lin" and "one" not in str(one.ids) for one in entries)
