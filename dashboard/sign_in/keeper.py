"""The doorkeeper with accounts: whose session a browser's token is, asked anew for every request and every frame.

The browser keeps a random token, the database its hash. What was looked up is believed for a second, so that a page
with forty requests asks once; signing out, disabling and another role take effect after that second everywhere, and at
once in this process: what was believed is forgotten, and the open pages are looked at (``stir``). A session that is
being ended is over here before the database says so, which may be busy with a long import.

Beside it stands the demo's door: on this machine, over the demo's database, while the settings say demo, the cookie
``rounds_role`` is enough. Our tests and benchmarks come in by it; no page sets it.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.doorkeeper import DemoDoorkeeper, DemoRole
from dashboard.services import Services
from planner.domain import Principal, Role
from planner.store import Login, Session

LOG = logging.getLogger("rounds.sign_in")
GATE = Principal("gate", Role.GATE, frozenset())
#: names of the cookie with the token: the second one a browser takes over https from this very host only
COOKIE, SECURE_COOKIE = "rounds_session", "__Host-rounds_session"
#: what was looked up is believed for so long; that somebody is there is written down so often
FRESH_S, WRITTEN_S = 1.0, 60.0
MOST_REMEMBERED = 5_000

Looked = tuple[float, Session, tuple[str, ...]]


@dataclass
class Keeper:
    """Answers the gate's question, and remembers for a moment what it found."""

    services: Callable[[], Services]
    secure: bool = False
    stir: Callable[[], None] = lambda: None
    ending: set[str] = field(default_factory=set)
    looked: dict[str, Looked] = field(default_factory=dict)
    forgotten: int = 0
    active: dict[str, datetime] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)
    demo: tuple[float, bool] = (float("-inf"), False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cookie(self) -> str:
        """Give the name of the cookie with the token."""
        return SECURE_COOKIE if self.secure else COOKIE

    def who(self, cookies: Mapping[str, str], *, near: bool = False) -> Principal | None:
        """Give the principal of a request with these cookies, None for a stranger; ``near`` if from this machine."""
        token = cookies.get(self.cookie)
        if token:
            found = self.session(token)
            if found is None or found[0].login.one_time_until is not None:
                return None
            session, branches = found
            return session.login.principal(branches) if self.may(session.login, near=near) else None
        if not (near and self.demo_door()):
            return None
        return DemoDoorkeeper(self.services().demo_roles).who(cookies, near=near)

    def may(self, login: Login, *, near: bool) -> bool:
        """Say whether a login counts for this request: one of the demo only while its door is open, and near."""
        return not login.ready or (near and self.demo_door())

    def session(self, token: str) -> tuple[Session, tuple[str, ...]] | None:
        """Give a living session with the codes of all branches, None where it has ended or never was."""
        found = self.look(token)
        return None if found is None or found[0].ended(self.services().now()) else found

    def ended(self, cookies: Mapping[str, str]) -> bool:
        """Say whether these cookies are of a session that was one and is over."""
        token = cookies.get(self.cookie)
        found = self.look(token) if token else None
        return found is not None and found[0].ended(self.services().now())

    def asleep(self, cookies: Mapping[str, str], *, near: bool = False) -> Principal | None:
        """Give the manager whose session ended because nobody gave a sign; None for all others."""
        token = cookies.get(self.cookie)
        found = self.look(token) if token else None
        if found is None or not found[0].asleep(self.services().now()):
            return None
        login = found[0].login
        usual = login.role is Role.MANAGER and login.one_time_until is None and self.may(login, near=near)
        return login.principal(found[1]) if usual else None

    def look(self, token: str) -> tuple[Session, tuple[str, ...]] | None:
        """Look a token up, living or not."""
        key, now = digest(token), time.monotonic()
        logins = self.services().store.logins
        with self.lock:
            known, over, forgotten = self.looked.get(key), key in self.ending, self.forgotten
            if self.forget not in logins.heard:
                logins.heard.append(self.forget)
        if known is None or now - known[0] > FRESH_S:
            found = logins.session(GATE, key)
            if found is None:
                return None
            known = (now, *found)
            with self.lock:
                if len(self.looked) > MOST_REMEMBERED:
                    self.looked.clear()
                if self.forgotten == forgotten:  # else it may have changed while it was read
                    self.looked[key] = known
        session, there = known[1], self.active.get(key)
        if there is not None and there > session.seen_at:
            session = replace(session, seen_at=there)
        if over and session.revoked_at is None:
            session = replace(session, revoked_at=self.services().now())
        return session, known[2]

    def acts(self, cookies: Mapping[str, str]) -> None:
        """Note that the person of a living session has done something; written down once a minute, beside the work."""
        token = cookies.get(self.cookie)
        if not token or self.session(token) is None:
            return
        key, now, moment = digest(token), time.monotonic(), self.services().now()
        with self.lock:
            if len(self.active) > MOST_REMEMBERED:
                self.active.clear()
                self.written.clear()
            self.active[key] = moment
            if now - self.written.get(key, float("-inf")) < WRITTEN_S:
                return
            self.written[key] = now
        # The database may be busy with a long import: nobody waits for that.
        threading.Thread(target=self.write, args=(key, moment), name="seen", daemon=True).start()

    def write(self, key: str, moment: datetime) -> None:
        """Write down that somebody was there; what fails is written a minute later."""
        try:
            self.services().store.logins.seen(GATE, key, now=moment)
        except Exception as error:
            LOG.warning("a session could not be written down", extra={"kind": type(error)})

    def begin(self, login: Login, *, old: str | None = None, forgive: str = "") -> str:
        """Open a session and give its token; the one this browser had ends."""
        logins, now = self.services().store.logins, self.services().now()
        if old:
            self.end(old)
        token = secrets.token_urlsafe(32)
        logins.begin(GATE, login.name, digest(token), forgive=forgive, now=now)
        return token

    def end(self, token: str) -> None:
        """End a session, in all its tabs."""
        if self.look(token) is None:
            return
        key = digest(token)
        with self.lock:
            self.ending.add(key)
        self.stir()
        self.services().store.logins.end(GATE, key, now=self.services().now())
        with self.lock:  # else it stays so here: who wanted to be out is not let in again
            self.ending.discard(key)

    def own_sessions(self, token: str) -> tuple[tuple[bool, Session], ...]:
        """Give the open sessions of whose this token is, and of each whether it is this one."""
        return self.services().store.logins.own_sessions(GATE, digest(token), now=self.services().now())

    def end_others(self, token: str) -> None:
        """End the other sessions of whose this token is, in all their tabs."""
        self.services().store.logins.end_others(GATE, digest(token), now=self.services().now())

    def forget(self) -> None:
        """Believe nothing that was looked up, and look at the open pages."""
        with self.lock:
            self.looked.clear()
            self.forgotten += 1
        self.stir()

    def demo_door(self) -> bool:
        """Say whether the demo's door is open; asked anew every few seconds."""
        asked, is_open = self.demo
        if time.monotonic() - asked > 5 * FRESH_S:
            is_open = self.services().demo_door()
            self.demo = (time.monotonic(), is_open)
        return is_open

    def ready(self, key: str) -> Login | None:
        """Give the demo's account of a role, made when first asked for; None where there is no such role."""
        role = next((one for one in self.services().demo_roles() if one.key == key), None)
        if role is None or not self.demo_door():
            return None
        logins = self.services().store.logins
        found = logins.to_check(GATE, key)
        if found is None:
            made = login_of(role)
            codes = frozenset().union(*(one.principal.branches for one in self.services().demo_roles()))
            logins.save(Principal("demo", Role.ADMINISTRATOR, codes), made, now=self.services().now())
            return made
        return found[0] if found[0].ready and not found[0].disabled else None


def login_of(role: DemoRole) -> Login:
    """Give the account of a role of the demo."""
    who = role.principal
    branches = frozenset[str]() if who.role is Role.ADMINISTRATOR else who.branches
    return Login(role.key, who.role, branches, who.crew, ready=True)


def digest(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
