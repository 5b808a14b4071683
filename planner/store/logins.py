"""Who may sign in and as what, who is signed in, and which attempts failed: the rows, nothing of who may ask.

Passwords arrive as hashes, a session's token and what was attempted as SHA-256: none of them can be read back here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import PEOPLE, Principal, Role
from planner.store.frames import instant, moment
from planner.store.schema import branch, crew, login, login_failure, login_session

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,59}")
#: a session ends so long after the last sign of its person, and at the latest so long after it began
IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=10)
#: failed attempts are forgotten after this
KEPT_FAILURES = timedelta(days=1)
#: sessions stay this long as evidence that they ended
KEPT_SESSIONS = timedelta(days=30)


class UnknownLogin(KeyError):
    """There is no login of this name."""


class BadLogin(ValueError):
    """A login cannot be kept like this; ``code`` says why, the message is a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Login:
    """Somebody who may sign in.

    ``branches`` is empty for an administrator, who has no debtors and whose settings are of all branches. ``subject``
    is who the bank's own sign-in says this is, "" where it is not used. With ``one_time_until`` the password is one
    to be changed at once, and good until then. ``ready`` is an account of the demo, which has no password.
    """

    name: str
    role: Role
    branches: frozenset[str] = frozenset()
    crew: str | None = None
    language: str = ""
    subject: str = ""
    disabled: bool = False
    ready: bool = False
    one_time_until: datetime | None = None

    def principal(self, everywhere: Collection[str]) -> Principal:
        """Give whom the store answers to; ``everywhere`` are the codes of all branches."""
        of_all = self.role is Role.ADMINISTRATOR
        return Principal(self.name, self.role, frozenset(everywhere) if of_all else self.branches, self.crew)


@dataclass(frozen=True)
class Session:
    """Somebody who signed in: may be over by now, see ``ended``."""

    login: Login
    created_at: datetime
    seen_at: datetime
    revoked_at: datetime | None

    def ended(self, now: datetime) -> bool:
        """Say whether it is over: signed out, disabled, idle for too long, or as old as a session may be."""
        over = self.revoked_at is not None or self.login.disabled
        return over or now - self.seen_at > IDLE or now - self.created_at > LONGEST

    def asleep(self, now: datetime) -> bool:
        """Say whether it is over for no other reason than that nobody gave a sign for too long."""
        over = self.revoked_at is not None or self.login.disabled or now - self.created_at > LONGEST
        return not over and now - self.seen_at > IDLE


def key_of(name: str) -> str:
    """Give what a login is known by: names differ by more than upper and lower case."""
    return name.strip().lower()


def listed(connection: Connection) -> tuple[Login, ...]:
    """Give all logins by name."""
    return tuple(map(_login, connection.execute(sa.select(login).order_by(login.c.login))))


def read(connection: Connection, name: str) -> tuple[Login, str] | None:
    """Give a login with its password's hash ("" where it has none), None where there is no such login."""
    if "\0" in name:  # PostgreSQL takes no such text, not even to look for it
        return None
    row = connection.execute(sa.select(login).where(login.c.login == key_of(name))).one_or_none()
    return None if row is None else (_login(row), row.password)


def of_subject(connection: Connection, subject: str) -> Login | None:
    """Give the login of somebody whom the bank's own sign-in names."""
    if "\0" in subject:
        return None
    row = connection.execute(sa.select(login).where(login.c.subject == subject, login.c.subject != "")).one_or_none()
    return None if row is None else _login(row)


def save(connection: Connection, given: Login, *, password: str | None, now: datetime) -> None:
    """Add a login or change one; its sessions end where it is disabled, or has another password (None leaves it) or
    another subject.

    Raises
    ------
    BadLogin
        If nobody could administer any more, or the bank's sign-in would name two by one subject.
    """
    key, at = key_of(given.name), instant(now)
    _one_subject(connection, given)  # here, where writers wait for each other
    found = read(connection, key)
    values: dict[str, Any] = {
        "role": given.role.value,
        "branches": json.dumps(sorted(given.branches)),
        "crew": given.crew,
        "language": given.language,
        "subject": given.subject,
        "ready": given.ready,
        "disabled": given.disabled,
        "one_time_until": None if given.one_time_until is None else instant(given.one_time_until),
        "changed_at": at,
    }
    if found is None:
        new = {"login": key, "name": given.name.strip(), "created_at": at, "password": password or ""}
        connection.execute(login.insert().values(**new, **values))
        return
    kept = values if password is None else {**values, "password": password}
    connection.execute(login.update().where(login.c.login == key).values(**kept))
    if password is not None or given.disabled or given.subject != found[0].subject:
        end_all(connection, key, now)
    if found[0].role is Role.ADMINISTRATOR and not _administrators(connection):
        raise BadLogin("last", f"{given.name} is the last administrator: make another one first")


def set_password(connection: Connection, name: str, password: str, now: datetime) -> None:
    """Give a login the password of its person's own choice; all its sessions end."""
    values = {"password": password, "one_time_until": None, "changed_at": instant(now)}
    connection.execute(login.update().where(login.c.login == key_of(name)).values(**values))
    end_all(connection, name, now)


def check(connection: Connection, given: Login) -> None:
    """Refuse a login that cannot be kept like this.

    Raises
    ------
    BadLogin
        If so.
    """
    if not NAME.fullmatch(given.name.strip()):
        raise BadLogin("name", "a name is 2 to 60 letters, digits and . _ @ -, and begins with a letter or digit")
    if given.role not in PEOPLE:
        raise BadLogin("role", f"nobody signs in as {given.role.value}")
    if given.role is Role.ADMINISTRATOR and (given.branches or given.crew):
        raise BadLogin("administrator", "an administrator has no branch and no crew")
    if given.role is not Role.ADMINISTRATOR and not given.branches:
        raise BadLogin("branches", f"a {given.role.value} needs a branch")
    unknown = given.branches - set(connection.execute(sa.select(branch.c.code)).scalars())
    if unknown:
        raise BadLogin("branch", f"there is no branch {min(unknown)!r}")
    if (given.role is Role.COLLECTOR) != (given.crew is not None) or (given.crew and len(given.branches) != 1):
        raise BadLogin("crew", "a collector, and nobody else, belongs to one crew of one branch")
    if given.crew is not None:
        there = sa.select(crew.c.crew_id).where(crew.c.branch.in_(given.branches), crew.c.crew_id == given.crew)
        if connection.execute(there).first() is None:
            raise BadLogin("crew", f"there is no crew {given.crew!r} at {min(given.branches)}")


def _one_subject(connection: Connection, given: Login) -> None:
    same = sa.select(login.c.login).where(login.c.subject == given.subject, login.c.login != key_of(given.name))
    if given.subject and connection.execute(same).first() is not None:
        raise BadLogin("subject", "another login has this name at the bank's own sign-in")


def _administrators(connection: Connection) -> int:
    """Count those who could sign in and administer."""
    query = sa.select(sa.func.count()).where(
        login.c.role == Role.ADMINISTRATOR.value,
        ~login.c.disabled,
        sa.or_(login.c.password != "", login.c.subject != "", login.c.ready),
    )
    return int(connection.execute(query).scalar_one())


def begin(connection: Connection, name: str, token: str, now: datetime) -> None:
    """Note that somebody has signed in; ``token`` is the hash of what his browser keeps."""
    over = instant(now - KEPT_SESSIONS)
    connection.execute(login_session.delete().where(login_session.c.created_at < over))
    at = instant(now)
    connection.execute(login_session.insert().values(token=token, login=key_of(name), created_at=at, seen_at=at))


def session(connection: Connection, token: str) -> Session | None:
    """Give a session by the hash of its token."""
    query = sa.select(
        login,
        login_session.c.created_at.label("began"),
        login_session.c.seen_at,
        login_session.c.revoked_at,
    ).join(login, login.c.login == login_session.c.login)
    row = connection.execute(query.where(login_session.c.token == token)).one_or_none()
    if row is None:
        return None
    ended = None if row.revoked_at is None else moment(row.revoked_at)
    return Session(_login(row), moment(row.began), moment(row.seen_at), ended)


def open_sessions(connection: Connection, name: str, now: datetime) -> tuple[tuple[str, Session], ...]:
    """Give a login's sessions that are not over with the hashes of their tokens, the one used last first."""
    of = sa.select(login_session.c.token).where(
        login_session.c.login == key_of(name), login_session.c.revoked_at.is_(None)
    )
    tokens = connection.execute(of.order_by(login_session.c.seen_at.desc(), login_session.c.token)).scalars().all()
    found = [(str(token), session(connection, token)) for token in tokens]
    return tuple((token, one) for token, one in found if one is not None and not one.ended(now))


def seen(connection: Connection, token: str, now: datetime) -> None:
    """Note that somebody is there; never back in time, and never for a session that has ended."""
    at = instant(now)
    mine = sa.and_(login_session.c.token == token, login_session.c.revoked_at.is_(None), login_session.c.seen_at < at)
    connection.execute(login_session.update().where(mine).values(seen_at=at))


def end(connection: Connection, token: str, now: datetime) -> None:
    """End a session for good."""
    mine = sa.and_(login_session.c.token == token, login_session.c.revoked_at.is_(None))
    connection.execute(login_session.update().where(mine).values(revoked_at=instant(now)))


def end_all(connection: Connection, name: str, now: datetime, *, but: str = "") -> int:
    """End all sessions of a login, but the one with this token's hash; gives how many."""
    mine = sa.and_(login_session.c.login == key_of(name), login_session.c.revoked_at.is_(None))
    mine = sa.and_(mine, login_session.c.token != but)
    return connection.execute(login_session.update().where(mine).values(revoked_at=instant(now))).rowcount


def fail(connection: Connection, of: Collection[str], now: datetime) -> None:
    """Note a failed attempt under each of these hashes."""
    connection.execute(login_failure.delete().where(login_failure.c.at < instant(now - KEPT_FAILURES)))
    connection.execute(login_failure.insert(), [{"of": one, "at": instant(now)} for one in of])


def failures(connection: Connection, of: str, since: datetime) -> tuple[int, datetime | None]:
    """Give how many attempts failed since then, and when the last one did."""
    query = sa.select(sa.func.count(), sa.func.max(login_failure.c.at)).where(
        login_failure.c.of == of, login_failure.c.at >= instant(since)
    )
    count, last = connection.execute(query).one()
    return int(count), None if last is None else moment(last)


def forgive(connection: Connection, of: str) -> None:
    """Forget failed attempts: the right person has come in."""
    connection.execute(login_failure.delete().where(login_failure.c.of == of))


def _login(row: Any) -> Login:
    return Login(
        row.name,
        Role(row.role),
        frozenset(json.loads(row.branches)),
        row.crew,
        row.language,
        row.subject,
        bool(row.disabled),
        bool(row.ready),
        None if row.one_time_until is None else moment(row.one_time_until),
    )
