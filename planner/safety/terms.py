"""The numbers of the crews' safety, dated and with their reason; ``config/safety.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from planner.rules.pack import Term

#: the branch's settings: the number that its crews call, and, with the crew's id behind it, the number of each crew
BRANCH_PHONE, CREW_PHONE = "safety_phone", "safety_phone."


@dataclass(frozen=True)
class Number:
    """An emergency number and whom it reaches (English, Chinese)."""

    number: Term[str]
    name_en: str
    name_zh: str


@dataclass(frozen=True)
class SafetyTerms:
    """How long a crew may be silent, how far a collector looks back, and whom to call, by rule pack."""

    check_in_min: Term[int]
    ahead_min: Term[int]
    more_min: Term[int]
    call_min: Term[int]
    not_begun_min: Term[int]
    entered_late_min: Term[int]
    back_days: Term[int]
    numbers: Mapping[str, tuple[Number, ...]]

    @property
    def grace(self) -> timedelta:
        """How long after the planned end of a stop something should have been heard."""
        return timedelta(minutes=self.check_in_min.value)

    @property
    def ahead(self) -> timedelta:
        """How much longer than planned from door to door a crew ahead of its plan may take, within the plan's hour."""
        return timedelta(minutes=self.ahead_min.value)

    @property
    def until_call(self) -> timedelta:
        """How long after that the crew is to be called."""
        return timedelta(minutes=self.call_min.value)
