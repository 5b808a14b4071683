"""What a manager may say of a plan: a small vocabulary of commands, frozen values without behaviour.

Visits, shifts and crews go by their ids, times are seconds from the problem's origin, days are local dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planner.routing import ProblemShift
from planner.routing.changes import Moved


class DropReason(StrEnum):
    """Why somebody is taken out of the week by hand; none of them tells anything about a person."""

    AGREED = "agreed"
    REACHED = "reached"
    AWAY = "away"
    SAFETY = "safety"
    REGARD = "regard"
    DATA = "data"
    OTHER = "other"


@dataclass(frozen=True)
class Move:
    """Make a planned visit on another shift, or at another position (from 0); None for wherever it is best.

    ``instead_of`` makes room: these leave the shift first, and go where they fit elsewhere, or stay out. ``moved`` says
    of some of them where they go, and who is left out for it there.
    """

    visit: str
    shift: str
    position: int | None = None
    instead_of: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Add:
    """Make a visit that is left out, or was dropped; on any shift that may where ``shift`` is None."""

    visit: str
    shift: str | None = None
    position: int | None = None
    instead_of: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Lock:
    """Keep a planned visit on its shift whatever else changes, also when planning again.

    ``position`` keeps its place in the order too, ``time`` the moment at which it begins.
    """

    visit: str
    position: bool = False
    time: bool = False


@dataclass(frozen=True)
class Unlock:
    """Let a locked visit move again."""

    visit: str


@dataclass(frozen=True)
class Drop:
    """Do not visit somebody this week, also not when planning again."""

    visit: str
    why: DropReason = DropReason.OTHER


@dataclass(frozen=True)
class Restore:
    """Let somebody who was dropped be planned again; this alone plans nobody."""

    visit: str


@dataclass(frozen=True)
class Forbid:
    """Never make these two visits on one route: neighbours at odds, a family, two who must not hear of each other."""

    first: str
    second: str


@dataclass(frozen=True)
class Allow:
    """Take a forbidden pair back."""

    first: str
    second: str


@dataclass(frozen=True)
class SwapDays:
    """Exchange what a crew does on two days; None for all crews that work on both."""

    first: date
    second: date
    crew: str | None = None


@dataclass(frozen=True)
class DayOff:
    """Give a crew a day off; or one of its collectors, with the skills that the others still have."""

    crew: str
    day: date
    collector: str | None = None
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Hours:
    """Let a shift begin and end at other times; ``fill`` lets left-out visits use what room there is then."""

    shift: str
    starts: int
    ends: int
    fill: bool = True


@dataclass(frozen=True)
class CallIn:
    """Let a crew of the branch work a shift more; ``fill`` lets left-out visits use it."""

    shift: ProblemShift
    fill: bool = True


Command = (
    Move | Add | Lock | Unlock | Drop | Restore | Forbid | Allow | SwapDays | DayOff | Hours | CallIn
)  # fmt: skip


class Why(StrEnum):
    """Why a command cannot be done as it stands."""

    UNKNOWN = "unknown"  # the problem has no such visit, shift or crew
    NOT_PLANNED = "not_planned"
    PLANNED = "planned"  # it is on a route already
    NOTHING = "nothing"  # the plan is like that already
    NO_OPTION = "no_option"  # a rule, a hold or an accommodation left no window at all
    SKILL = "skill"
    CLOSED = "closed"  # no window of the visit is open during the shift
    NO_ROAD = "no_road"
    FULL = "full"  # by number of stops
    NO_ROOM = "no_room"  # the crew would come too late to somebody, or home
    LOCKED = "locked"
    APART = "apart"  # a forbidden pair
    BACKWARDS = "backwards"  # a shift that ends before it begins
    BUSY = "busy"  # the crew works then
    DROPPED = "dropped"


@dataclass(frozen=True)
class Refusal:
    """Why a command cannot be done, whom it is about, and what it would take: other commands that can be done.

    ``minutes`` is how much longer the shift would have to be, None where that is not the point; ``windows`` are those
    of the visit, in seconds from the origin.
    """

    why: Why
    visits: tuple[str, ...] = ()
    shift: str = ""
    skills: tuple[str, ...] = ()
    minutes: int | None = None
    windows: tuple[tuple[int, int], ...] = ()
    takes: tuple[tuple[Command, ...], ...] = ()
