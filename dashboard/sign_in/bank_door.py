"""What is remembered between the way to the bank's sign-in and the way back: one attempt a browser, used once."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dashboard.services import Services
from dashboard.sign_in.bank import Attempt, Bank

#: so long somebody may take at the bank; so many may be under way
WITHIN, MOST = timedelta(minutes=10), 5_000


@dataclass
class BankDoor:
    """The bank's sign-in as the settings name it, and who is on the way."""

    banks: list[Bank] = field(default_factory=list)
    attempts: OrderedDict[str, Attempt] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bank(self, services: Services) -> Bank | None:
        """Give the bank's sign-in, None where it is not used."""
        said = services.settings
        if not said.oidc_issuer:
            return None
        with self.lock:
            if not self.banks:
                given = (said.oidc_issuer, said.oidc_client_id, said.oidc_client_secret)
                self.banks.append(Bank(*given, said.oidc_claim, said.oidc_scope))
            return self.banks[0]

    def begin(self, attempt: Attempt) -> str:
        """Remember an attempt; gives what its browser keeps of it."""
        token = secrets.token_urlsafe(32)
        with self.lock:
            self.attempts[digest(token)] = attempt
            while len(self.attempts) > MOST:
                self.attempts.popitem(last=False)
        return token

    def take(self, token: str, now: datetime) -> Attempt | None:
        """Give a browser's attempt and forget it; None where there is none, or it was begun too long ago."""
        with self.lock:
            found = self.attempts.pop(digest(token), None)
        return None if found is None or now - found.begun_at > WITHIN else found


def digest(token: str) -> str:
    """Give what is kept of what a browser keeps."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
