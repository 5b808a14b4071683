"""A rule pack: what one jurisdiction permits, as frozen data. Every value names its article, date and confidence.

Packs are written in TOML and loaded by ``config.rules``; nothing in the code knows a jurisdiction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Generic, TypeVar

from planner.domain import HoldKind, OutcomeCode, PlaceKind

T = TypeVar("T")
#: an article that says so is no law but what the branch's own pack sets; it may be gone against, with a note
SETTING = "engineering default"


@dataclass(frozen=True)
class Term(Generic[T]):
    """One value of a pack and why it is so.

    ``confidence`` is H (primary text read), M (several secondary sources) or L (one source, or an engineering default).
    """

    value: T
    article: str
    in_force: date
    confidence: str

    @property
    def is_law(self) -> bool:
        """Whether somebody else said so: what the pack itself sets yields where a claim would else be lost."""
        return SETTING not in self.article


@dataclass(frozen=True)
class Hours:
    """When a visit may take place. Times are local; a visit begins and ends inside."""

    opens: time
    closes: time

    @property
    def minutes(self) -> tuple[int, int]:
        """The two ends in minutes after midnight."""
        return self.opens.hour * 60 + self.opens.minute, self.closes.hour * 60 + self.closes.minute


@dataclass(frozen=True)
class HoursRule:
    """Hours on some weekdays at some kinds of place; all rules that match apply together.

    ``hours`` None means closed. ``weekdays`` counts from Monday = 0.
    """

    name: str
    weekdays: frozenset[int]
    places: frozenset[PlaceKind]
    hours: Term[Hours | None]


@dataclass(frozen=True)
class Count:
    """So many visits within so many days."""

    visits: int
    days: int


@dataclass(frozen=True)
class HoldRule:
    """A hold that removes the stop, and what to do instead."""

    kind: HoldKind
    action: str
    term: Term[bool]


@dataclass(frozen=True)
class PlaceRule:
    """Whether a kind of place may be visited.

    ``with_guarantee``: only where somebody stands surety. ``only_without``: only if the debtor has no located place of
    these kinds.
    """

    kind: PlaceKind
    with_guarantee: bool
    only_without: frozenset[PlaceKind]
    term: Term[bool]


@dataclass(frozen=True)
class Holiday:
    """A day without visits: everywhere, or in the named areas only.

    ``areas`` holds codes and names of districts; one that ends in ``*`` stands for every code that begins so. A local
    festival belongs to the calendar of an area, never to people.
    """

    on: date
    name: str
    term: Term[bool]
    areas: frozenset[str] = frozenset()

    def falls_in(self, area: frozenset[str]) -> bool:
        """Say whether the day is off in an area, which goes by its code and its names.

        >>> term = Term(True, "", date(2027, 1, 1), "L")
        >>> day = Holiday(date(2027, 4, 9), "San Yue San", term, frozenset({"45*", "Riverside"}))
        >>> [day.falls_in(frozenset(area)) for area in ({"450103"}, {"X", "Riverside"}, {"330106"}, set())]
        [True, True, False, False]
        """
        if not self.areas or self.areas & area:
            return True
        starts = tuple(one[:-1] for one in self.areas if one.endswith("*"))
        return bool(starts) and any(one.startswith(starts) for one in area)


@dataclass(frozen=True)
class FeeStep:
    """A step of a scale of court fees: from claims of ``above_minor`` on, ``pct`` per cent and ``plus_minor``."""

    above_minor: int
    pct: float
    plus_minor: int


@dataclass(frozen=True)
class ActCosts:
    """What the acts that keep a clock cost, in minor units. Counsel is not in the price of a suit."""

    letter_minor: Term[int]
    visit_minor: Term[int]
    suit: Term[tuple[FeeStep, ...]]

    def suit_minor(self, claim_minor: int) -> int:
        """Give the court's fee for a claim."""
        step = [one for one in self.suit.value if claim_minor >= one.above_minor][-1]
        return round(claim_minor * step.pct / 100) + step.plus_minor


@dataclass(frozen=True)
class ClockTerms:
    """How long a claim and a guarantee last, and which act is enough when."""

    limitation_years: Term[int]
    long_stop_years: Term[int]
    guarantee_months: Term[int]
    #: a clock with at most this many days left lapses soon
    soon_days: Term[int]
    #: with fewer days left, a letter may not bring its proof of delivery in time
    letter_days: Term[int]
    #: below this balance neither a visit nor a suit is made for the clock alone
    visit_worth_minor: Term[int]
    suit_worth_minor: Term[int]
    #: evidence that interrupts the limitation period
    interrupting: Term[frozenset[str]]


@dataclass(frozen=True)
class RulePack:
    """All rules of one jurisdiction."""

    code: str
    title: str
    dated: date
    hours: tuple[HoursRule, ...]
    #: minutes kept free before the end of the hours, so that the visit also ends inside them
    door_allowance_min: Term[int]
    frequency: tuple[Term[Count], ...]
    #: so many visits in a row without meeting anybody, the last within so many days: another channel first
    no_contact: Term[Count]
    crew_min: Term[int]
    crew_max: Term[int]
    holds: tuple[HoldRule, ...]
    #: what a crew reported that acts as a hold until somebody has looked at it
    outcome_holds: Mapping[OutcomeCode, HoldKind]
    places: tuple[PlaceRule, ...]
    holidays: tuple[Holiday, ...]
    visit_when_expired: Term[bool]
    visit_after_unsafe: Term[bool]
    clocks: ClockTerms
    #: None where the pack does not say what acts cost
    costs: ActCosts | None = None
    #: hours of work in a collector's day, without its breaks: what is usual, and the most; None where a pack is silent
    day_hours: Term[float] | None = None
    day_hours_most: Term[float] | None = None
    #: a few signs of the file's content: two packs of one date that say different things differ here
    digest: str = ""

    @property
    def version(self) -> str:
        """Name the pack as plans do: code, date and content."""
        return " ".join(one for one in (self.code, self.dated.isoformat(), self.digest) if one)

    @property
    def local_holidays(self) -> bool:
        """Say whether some day is off in some areas only."""
        return any(one.areas for one in self.holidays)

    def hold(self, kind: str) -> HoldRule | None:
        """Give the rule for a kind of hold, None if that hold removes nothing here."""
        return next((rule for rule in self.holds if rule.kind == kind), None)

    def place(self, kind: str) -> PlaceRule | None:
        """Give the rule for a kind of place, None if the pack does not name it (then it may not be visited)."""
        return next((rule for rule in self.places if rule.kind == kind), None)
