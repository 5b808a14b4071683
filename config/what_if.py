"""Load what scenarios begin with from ``config/what_if.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.strict import BadConfig, confidence, day, keys, read_toml, typed
from planner.rules.pack import Hours, Term

FILE = Path(__file__).parent / "what_if.toml"
FORMAT = "rounds-what-if/1"
WHY = ("value", "article", "in_force", "confidence")


@dataclass(frozen=True)
class WhatIfTerms:
    """The hours of an evening shift, and by how many minutes a shorter day ends earlier."""

    evening: Term[Hours]
    shorter_min: Term[int]

    @property
    def evening_s(self) -> tuple[int, int]:
        """The evening's hours in seconds of the day."""
        opens, closes = self.evening.value.minutes
        return 60 * opens, 60 * closes


def load_what_if(path: Path = FILE) -> WhatIfTerms:
    """Load the terms.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, or the evening ends before it begins; the message names it.
    """
    top = keys(read_toml(path), ["format", "dated", "evening", "shorter_min"], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    day(top["dated"], "dated")
    evening, shorter = keys(top["evening"], WHY, "evening"), keys(top["shorter_min"], WHY, "shorter_min")
    hours = keys(evening["value"], ["opens", "closes"], "evening.value")
    opens, closes = (typed(hours[name], time, f"evening.value.{name}") for name in ("opens", "closes"))
    if opens >= closes:
        raise BadConfig(f"{path.name}: evening.value ends before it begins")
    minutes = typed(shorter["value"], int, "shorter_min.value")
    if minutes <= 0:
        raise BadConfig(f"{path.name}: shorter_min.value must be above 0")
    return WhatIfTerms(
        Term(
            Hours(opens, closes),
            typed(evening["article"], str, "evening.article"),
            day(evening["in_force"], "evening.in_force"),
            confidence(evening["confidence"], "evening.confidence"),
        ),
        Term(
            minutes,
            typed(shorter["article"], str, "shorter_min.article"),
            day(shorter["in_force"], "shorter_min.in_force"),
            confidence(shorter["confidence"], "shorter_min.confidence"),
        ),
    )
