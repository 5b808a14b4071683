"""How a name and a password are checked: at the same cost whoever asks, slower after failures, telling nothing more.

Five failures of a name within a quarter of an hour hold it for a minute, each further one for twice as long, at most a
quarter of an hour; what is typed while it is held is not looked at. Whether the name exists makes no difference.
Many failures over many names make every attempt wait a little. One password is checked at a time, since a check takes
64 MiB and a tenth of a second.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dashboard.sign_in.keeper import GATE
from planner.passwords import matches
from planner.store import Login, Logins
from planner.store.logins import key_of

FREE, WITHIN = 5, timedelta(minutes=15)
HOLD, LONGEST_HOLD = timedelta(minutes=1), timedelta(minutes=15)
#: so many failures of anybody within ``WITHIN`` and every attempt waits, so much longer for each, at most so long
MANY, WAIT_S, LONGEST_WAIT_S = 50, 0.02, 2.0
EVERYBODY = hashlib.sha256(b"everybody").hexdigest()


@dataclass(frozen=True)
class Held:
    """The name is held: try again after so many seconds."""

    seconds: int


@dataclass
class Attempts:
    """Checks attempts one by one."""

    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, logins: Logins, name: str, password: str, now: datetime) -> Login | Held | None:
        """Give whose name and password these are, None where they are nobody's."""
        of = attempted(name)
        with self.lock:
            held = self.held(logins, of, now)
            if held is not None:
                return held
            many, _last = logins.failures(GATE, EVERYBODY, since=now - WITHIN)
            if many > MANY:
                time.sleep(min(LONGEST_WAIT_S, WAIT_S * (many - MANY)))
            found = logins.to_check(GATE, name)
            login, kept = found or (None, "")
            good = matches(kept, password)
            if login is not None and good and may_come(login, now):
                return login
            logins.fail(GATE, (of, EVERYBODY), login=login.name if login else "", now=now)
            return self.held(logins, of, now)

    @staticmethod
    def held(logins: Logins, of: str, now: datetime) -> Held | None:
        """Say for how long a name is held, None if it is not."""
        count, last = logins.failures(GATE, of, since=now - WITHIN)
        if count < FREE or last is None:
            return None
        until = last + min(LONGEST_HOLD, HOLD * 2 ** min(count - FREE, 10))
        left = (until - now).total_seconds()
        return Held(int(left) + 1) if left > 0 else None


def may_come(login: Login, now: datetime) -> bool:
    """Say whether a login may be used with its password now."""
    return not login.disabled and not login.ready and (login.one_time_until is None or now <= login.one_time_until)


def attempted(name: str) -> str:
    """Give the hash under which attempts with a name are kept: people type passwords where names go."""
    return hashlib.sha256(b"name " + key_of(name).encode("utf-8", "surrogateescape")).hexdigest()
