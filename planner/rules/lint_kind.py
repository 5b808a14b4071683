"""One kind of words that a note is read for (``lint_person``, ``lint_conduct``; they are looked for by ``lint``)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What one kind of flag looks for, its reason and its cure."""

    code: str
    pattern: re.Pattern[str]
    reason: str
    cure: str
    severe: bool = True


def words(*parts: str) -> re.Pattern[str]:
    """Give one pattern of several, whatever the case."""
    return re.compile("|".join(parts), re.IGNORECASE)
