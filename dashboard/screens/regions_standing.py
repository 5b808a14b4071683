"""The comparison of districts that stands for everybody who may see the same: made once, and renewed beside the page.

A new list makes it anew, and whoever opens the page waits for that. Visits recorded in the field are taken in by a
renewal every ten minutes (``versions.counted_until``) during which the comparison of before stands, with its time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import streamlit as st

from dashboard.comparing import Compared

LOG = logging.getLogger(__name__)
#: how long what was compared without the road engine stands before it is asked again
AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Made:
    """A comparison, the state of the data it is of, and until when visits are counted in it."""

    compared: Compared
    version: str
    until: datetime
    made_at: datetime

    def stale(self, version: str, now: datetime) -> bool:
        """Say whether a newer one is wanted."""
        return self.version != version or (bool(self.compared.fault) and now - self.made_at >= AGAIN)


@dataclass
class Standing:
    """What stands, and whether it is being renewed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    made: Made | None = None
    renewing: threading.Thread | None = None

    def read(self, make: Callable[[], Compared], version: str, until: datetime, now: datetime) -> Made:
        """Give what stands, the first time after it was made; begin to renew it where it is stale."""
        with self.lock:
            if self.made is None:
                self.made = Made(make(), version, until, now)
            elif self.made.stale(version, now) and not (self.renewing and self.renewing.is_alive()):
                given = (make, version, until, now)
                self.renewing = threading.Thread(target=self.renew, args=given, name="regions anew", daemon=True)
                self.renewing.start()
            return self.made

    def renew(self, make: Callable[[], Compared], version: str, until: datetime, now: datetime) -> None:
        """Put a new comparison in the place of what stands; where it cannot be made, that goes on standing."""
        try:
            made = Made(make(), version, until, now)
        except Exception:
            LOG.exception("the comparison of districts was not renewed")
            return
        with self.lock:
            self.made = made


@st.cache_resource(ttl=6 * 3600, max_entries=12, show_spinner=False)
def standing(who: str, codes: str, today: str, listed: str) -> Standing:  # noqa: ARG001  the key
    """Give the one place for the comparisons of the same lists, for everybody who may see the same of them."""
    return Standing()
