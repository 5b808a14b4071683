"""What happened on a day: a small vocabulary, frozen values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Happened(StrEnum):
    """What calls for another plan of the rest of the day."""

    AGAIN = "again"  # nothing but the time that it is: nobody was home, or the day went quicker
    LATE = "late"  # the crew is free only so many minutes from now
    BLOCKED = "blocked"  # the road to a stop takes so many minutes more, or there is no way to it today
    URGENT = "urgent"  # somebody has to be visited today
    ALONE = "alone"  # a member of the crew cannot go on
    REFUSED = "refused"  # the crew does not make a stop


#: what may be said of a day that is still to come: it has no delay yet, and nobody stands anywhere
BEFOREHAND = frozenset({Happened.URGENT, Happened.ALONE, Happened.REFUSED})


class Way(StrEnum):
    """How the rest of a day may be planned again."""

    SAME = "same"  # the stops keep their order and are made later; who does not fit any more is left
    BEST = "best"  # the best order that there is, each change counted as a cost
    NEXT = "next"  # who is called in is the very next stop, and the others follow in their order


class Reason(StrEnum):
    """Why a crew does not make a stop; none has to be given, and none counts against anybody."""

    UNSAFE = "unsafe"
    KNOWN = "known"  # somebody of the crew knows the debtor
    UNWELL = "unwell"
    OTHER = "other"


class Why(StrEnum):
    """Why a day cannot be planned again as asked."""

    NO_PLAN = "no_plan"
    OVER = "over"
    NOT_AHEAD = "not_ahead"  # the stop is none that is still to be made
    CLOSED = "closed"  # the visit has no window left today
    NO_ROOM = "no_room"
    SKILL = "skill"
    NOT_YET = "not_yet"  # the day is still to come, and this can only be said on the day


class CannotChange(ValueError):
    """The day cannot be planned again as asked; ``why`` says so."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class News:
    """What happened.

    Parameters
    ----------
    debtor_id
        The stop it is about; "" where it is about none.
    minutes
        How late, or how much longer the way is; None where there is no way at all.
    member
        The collector who cannot go on.
    reason
        Why a stop is refused; None where nobody says.
    """

    kind: Happened
    debtor_id: str = ""
    minutes: int | None = None
    member: str = ""
    reason: Reason | None = None
