"""What the rules are applied to, and the words for what a crew reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.agency import Agency
from planner.domain import OutcomeCode

#: visits at which the debtor or guarantor was not met
NO_CONTACT = frozenset(
    {
        OutcomeCode.NOT_HOME,
        OutcomeCode.NO_ACCESS,
        OutcomeCode.NOTICE_LEFT,
        OutcomeCode.THIRD_PARTY_ONLY,
        OutcomeCode.MOVED,
        OutcomeCode.WRONG_ADDRESS,
        OutcomeCode.LOST,
    }
)


#: A claim that only a visit keeps goes before a limit that is no law, where that limit would leave it fewer days than
#: these, the last one included: over a weekend nobody can be sent, and the limit is not worth the claim.
DAYS_TO_GO = 3


@dataclass(frozen=True)
class Facts:
    """What is known of a branch's debtors at an instant.

    ``survey`` needs ``debtor_id`` and ``guarantee``, and may have ``needs``; ``places``, ``holds``, ``accommodations``
    and ``outcomes`` are as in ``planner.tables``; ``clocks`` needs ``debtor_id``, ``kind``, ``state``,
    ``visit_needed`` and ``ends_on``, one row a clock. ``zone`` is the branch's, ``now`` is aware. ``areas`` gives, by
    place id, the code and the names of the district it lies in; a place that is missing there follows the calendar that
    holds everywhere. ``agencies`` are the branch's contracts; ``agency``, ``product`` and ``bucket`` of the survey say
    whom they are about.
    """

    survey: pd.DataFrame
    places: pd.DataFrame
    holds: pd.DataFrame
    accommodations: pd.DataFrame
    outcomes: pd.DataFrame
    clocks: pd.DataFrame
    zone: ZoneInfo
    now: datetime
    areas: Mapping[str, frozenset[str]] = field(default_factory=dict)
    agencies: tuple[Agency, ...] = ()

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("now must be aware of its time zone")

    def area(self, place_id: str) -> frozenset[str]:
        """Give the code and the names of the district that a place lies in, nothing where it is not known."""
        return self.areas.get(place_id, frozenset())
