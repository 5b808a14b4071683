"""Passwords: hashed with Argon2id, checked at the same cost whoever asks, and made where somebody needs a first one.

The cost is RFC 9106's second recommended option (64 MiB, three passes, four lanes), the library's own default: about
0.1 s and 64 MiB a check, so callers bound how many run at once.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
#: 32 letters and digits that are not taken for each other: 4 groups of 5 are 100 bits
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789A"
COMMON = ("password", "passwort", "qwerty", "123456", "111111", "abc123", "iloveyou", "letmein", "welcome", "woaini")


class WeakPassword(ValueError):
    """A password that is too easy to guess; ``code`` says why: short, long, plain or name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require_strong(password: str, name: str) -> None:
    """Refuse a password that is too short or too plain; no other rules, and pasting is welcome.

    >>> require_strong("correct horse battery", "lin")
    >>> require_strong("password1234", "lin")
    Traceback (most recent call last):
        ...
    planner.passwords.WeakPassword: plain

    Raises
    ------
    WeakPassword
        If so.
    """
    if len(password) < SHORTEST:
        raise WeakPassword("short")
    if len(password) > LONGEST:
        raise WeakPassword("long")
    low = password.lower()
    rest = low
    for one in COMMON:
        rest = rest.replace(one, "")
    if len(set(low)) < 5 or len(rest) < SHORTEST // 2:
        raise WeakPassword("plain")
    if len(name) > 2 and name.lower() in low:
        raise WeakPassword("name")


def one_time() -> str:
    """Make a password to be used once, such as ``k7mpx-2qwra-…``.

    >>> len(one_time())
    23
    """
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    return PasswordHasher().hash(password)


def matches(kept: str, password: str) -> bool:
    """Say whether a password is the one of which ``kept`` is the hash; "" never matches, and takes as long.

    >>> matches("", "anything")
    False
    """
    good = bool(kept) and len(password) <= LONGEST
    try:
        found = PasswordHasher().verify(kept if good else _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return found and good


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """Give the hash of a password that nobody knows: what there is to check where there is no such login."""
    return hashed(secrets.token_hex(16))
