"""One thing said for a crew's safety: by the crew, or by the manager who saw to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pandas as pd

#: what an acknowledgement is about where it is about no alert
CHECK_IN = "check_in"


class Kind(StrEnum):
    """What is said."""

    BEGUN = "shift_begun"
    ENDED = "shift_ended"
    WELL = "all_well"
    ALERT = "alert"
    WITHDRAWN = "alert_withdrawn"
    SEEN = "acknowledged"


class Done(StrEnum):
    """What a manager did about a missed check-in or an alert. The first two say that the crew was spoken to."""

    WELL = "called_well"
    BACK = "is_back"
    NO_ANSWER = "no_answer"
    SENT = "sent_somebody"
    EMERGENCY = "called_emergency"


@dataclass(frozen=True)
class Entry:
    """An entry (``tables.SAFETY_ENTRIES``). ``happened_at`` is by the phone's clock, ``recorded_at`` by ours."""

    entry_id: str
    crew_id: str
    day: date
    kind: Kind
    minutes: int
    about: str
    said: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str

    @property
    def at(self) -> datetime:
        """When it happened: a phone whose clock is fast says nothing of the future."""
        return min(self.happened_at, self.recorded_at)


def read_entries(table: pd.DataFrame) -> tuple[Entry, ...]:
    """Give a table's entries in the order in which they happened."""
    found = [
        Entry(
            entry_id=str(row["entry_id"]),
            crew_id=str(row["crew_id"]),
            day=row["day_on"].date(),
            kind=Kind(row["kind"]),
            minutes=int(row["minutes"]),
            about=str(row["about"]),
            said=str(row["said"]),
            happened_at=row["happened_at"].to_pydatetime(),
            recorded_at=row["recorded_at"].to_pydatetime(),
            recorded_by=str(row["recorded_by"]),
        )
        for row in table.to_dict("records")
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.recorded_at, one.entry_id)))
