"""The door to the logins, apart from the one to debtors: administrators say who may sign in, the gate checks it.

No role that sees a debtor has one of these rights, and neither has the system: a job cannot read a password's hash or
open a session. Every change leaves an entry in the trail under no branch, without names of debtors or passwords.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from planner.domain import Principal, Role
from planner.store import audit, field_team, logins
from planner.store.access import Right, entitled
from planner.store.audit import AuditEntry
from planner.store.connect import reading, scope_of, writing
from planner.store.door import Door
from planner.store.logins import Login, Session, UnknownLogin
from planner.store.schema import crew

#: the branch under which the trail keeps what is of no branch
NO_BRANCH = ""


@dataclass(frozen=True)
class Logins:
    """Who may sign in. Every call raises ``NotAllowed`` for a principal without the right.

    ``clock`` gives the time of an auditor's reads, as in ``planner.store.door``. ``heard`` is called in this process
    after each change that may end a session.
    """

    engine: Engine
    clock: Callable[[], datetime] | None = None
    heard: list[Callable[[], None]] = field(default_factory=list, compare=False)

    # ---- for administrators

    def listed(self, principal: Principal) -> tuple[Login, ...]:
        """Give all logins by name."""
        entitled(principal, Right.MANAGE_LOGINS)
        with reading(self.engine, scope_of(principal)) as connection:
            return logins.listed(connection)

    def get(self, principal: Principal, name: str) -> Login:
        """Give a login (``UnknownLogin``)."""
        entitled(principal, Right.MANAGE_LOGINS)
        with reading(self.engine, scope_of(principal)) as connection:
            found = logins.read(connection, name)
        if found is None:
            raise UnknownLogin(name)
        return found[0]

    def save(self, principal: Principal, given: Login, *, password: str | None = None, now: datetime) -> None:
        """Add a login or change one (``BadLogin``); ``password`` is a hash, None leaves it. Sessions end where due."""
        entitled(principal, Right.MANAGE_LOGINS)
        with reading(self.engine, scope_of(principal)) as connection:
            logins.check(connection, given)
        with audit.deed(self.engine, principal, NO_BRANCH, "login.save", now) as deed:
            logins.save(deed.connection, given, password=password, now=now)
            deed.note(login=given.name, role=given.role.value, branches=given.branches, crew=given.crew)
            deed.note(disabled=int(given.disabled), password=int(password is not None))
        self._tell()

    def crews(self, principal: Principal, branch: str) -> tuple[tuple[str, str], ...]:
        """Give ids and names of a branch's crews."""
        entitled(principal, Right.LIST_CREWS)
        with reading(self.engine, scope_of(principal, branch)) as connection:
            query = sa.select(crew.c.crew_id, crew.c.name).where(crew.c.branch == branch).order_by(crew.c.crew_id)
            return tuple((row.crew_id, row.name) for row in connection.execute(query))

    def sessions(self, principal: Principal, name: str, *, now: datetime) -> tuple[Session, ...]:
        """Give the open sessions of somebody, the one used last first; nothing by which one could be taken over."""
        entitled(principal, Right.MANAGE_LOGINS)
        with reading(self.engine, scope_of(principal)) as connection:
            return tuple(one for _, one in logins.open_sessions(connection, name, now))

    def end_sessions(self, principal: Principal, name: str, *, now: datetime) -> int:
        """End all sessions of somebody; gives how many there were."""
        entitled(principal, Right.MANAGE_LOGINS)
        with audit.deed(self.engine, principal, NO_BRANCH, "session.end_all", now) as deed:
            count = logins.end_all(deed.connection, name, now)
            deed.note(login=logins.key_of(name), sessions=count)
        self._tell()
        return count

    def trail(
        self, principal: Principal, *, since: datetime | None = None, most: int | None = None
    ) -> tuple[AuditEntry, ...]:
        """Give the newest of what was done with logins and sessions, oldest first; an auditor's read is noted."""
        entitled(principal, Right.READ_LOGIN_TRAIL)
        if principal.role is Role.AUDITOR:
            Door(self.engine, self.clock).note_read(principal, NO_BRANCH, "logins")
        with reading(self.engine, scope_of(principal)) as connection:
            return audit.entries(connection, NO_BRANCH, since, most)

    # ---- for the gate

    def to_check(self, principal: Principal, name: str) -> tuple[Login, str] | None:
        """Give a login with its password's hash, None where there is none."""
        entitled(principal, Right.SIGN_IN)
        with reading(self.engine, scope_of(principal)) as connection:
            return logins.read(connection, name)

    def of_subject(self, principal: Principal, subject: str) -> Login | None:
        """Give the login of somebody whom the bank's own sign-in names."""
        entitled(principal, Right.SIGN_IN)
        with reading(self.engine, scope_of(principal)) as connection:
            return logins.of_subject(connection, subject)

    def begin(self, principal: Principal, name: str, token: str, *, forgive: str = "", now: datetime) -> None:
        """Note that somebody signed in; ``forgive`` are the failed attempts to forget."""
        entitled(principal, Right.SIGN_IN)
        with audit.deed(self.engine, principal, NO_BRANCH, "session.begin", now) as deed:
            logins.begin(deed.connection, name, token, now)
            logins.forgive(deed.connection, forgive)
            deed.note(login=name)

    def session(self, principal: Principal, token: str) -> tuple[Session, tuple[str, ...]] | None:
        """Give a session by its token's hash, with the codes of all branches; None where there never was one."""
        entitled(principal, Right.SIGN_IN)
        with reading(self.engine, scope_of(principal)) as connection:
            found = logins.session(connection, token)
            return None if found is None else (found, field_team.all_codes(connection))

    def seen(self, principal: Principal, token: str, *, now: datetime) -> None:
        """Note that somebody is there; leaves no entry in the trail."""
        entitled(principal, Right.SIGN_IN)
        with writing(self.engine, "sessions", scope_of(principal)) as connection:
            logins.seen(connection, token, now)

    def end(self, principal: Principal, token: str, *, now: datetime) -> None:
        """End a session for good."""
        entitled(principal, Right.SIGN_IN)
        with audit.deed(self.engine, principal, NO_BRANCH, "session.end", now) as deed:
            found = logins.session(deed.connection, token)
            logins.end(deed.connection, token, now)
            deed.note(login=None if found is None else found.login.name)
        self._tell()

    def own_sessions(self, principal: Principal, token: str, *, now: datetime) -> tuple[tuple[bool, Session], ...]:
        """Give the open sessions of whose this token is, and of each whether it is this one; used last comes first."""
        entitled(principal, Right.SIGN_IN)
        with reading(self.engine, scope_of(principal)) as connection:
            own = logins.session(connection, token)
            found = () if own is None else logins.open_sessions(connection, own.login.name, now)
            return tuple((one == token, session) for one, session in found)

    def end_others(self, principal: Principal, token: str, *, now: datetime) -> int:
        """End all sessions of whose this token is but this one; gives how many, none for who is not signed in."""
        entitled(principal, Right.SIGN_IN)
        with audit.deed(self.engine, principal, NO_BRANCH, "session.end_others", now) as deed:
            own = logins.session(deed.connection, token)
            living = None if own is None or own.ended(now) else own.login.name
            count = 0 if living is None else logins.end_all(deed.connection, living, now, but=token)
            deed.note(login=living, sessions=count)
        self._tell()
        return count

    def change_password(self, principal: Principal, name: str, password: str, *, now: datetime) -> None:
        """Give a person the password of his own choice (a hash); all his sessions end (``UnknownLogin``)."""
        entitled(principal, Right.SIGN_IN)
        with audit.deed(self.engine, principal, NO_BRANCH, "login.password", now) as deed:
            found = logins.read(deed.connection, name)
            if found is None:
                raise UnknownLogin(name)
            logins.set_password(deed.connection, name, password, now)
            deed.note(login=name)
        self._tell()

    def fail(self, principal: Principal, of: Collection[str], *, login: str = "", now: datetime) -> None:
        """Note a failed attempt under these hashes; ``login`` is the account there is, never what was typed."""
        entitled(principal, Right.SIGN_IN)
        with audit.deed(self.engine, principal, NO_BRANCH, "login.refused", now) as deed:
            logins.fail(deed.connection, of, now)
            deed.note(login=login or None)

    def failures(self, principal: Principal, of: str, *, since: datetime) -> tuple[int, datetime | None]:
        """Give how many attempts under a hash failed since then, and when the last one did."""
        entitled(principal, Right.SIGN_IN)
        with reading(self.engine, scope_of(principal)) as connection:
            return logins.failures(connection, of, since)

    def _tell(self) -> None:
        for one in tuple(self.heard):
            one()
