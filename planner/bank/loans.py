"""Which crew-days one branch should lend another: chosen from what they are worth in both, and judged in the end.

Nothing here reads or plans. A branch takes part in one pair at most, as lender or as borrower: what a crew-day is
worth was asked of each plan as it stands, and holds no more once other crews come or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from geodata.projection import local_metres
from planner.domain import Branch

#: a branch asks so many of its neighbours, and nobody farther than this in a straight line
NEIGHBOURS, WITHIN_M = 3, 60_000.0
#: a crew goes nowhere that is farther on the road than this, one way
FARTHEST_S = 5_400.0
#: a loan is proposed where it gains more than this share of what it brings: quick figures are that much off
SURE = 0.2
#: crew-days from one branch to another in a week, one a day, and as a share of what the smaller of both has: each is
#: valued as if it alone changed places, and the second costs more and brings less
MOST, SHARE = 5, 0.2


@dataclass(frozen=True)
class Lendable:
    """A crew-day that a branch could do without, and what its plan loses then."""

    shift: str
    crew: str
    day: str
    loses: float


@dataclass(frozen=True)
class Wanted:
    """A crew-day of another branch and what it brings here; ``way_s`` from base to base, one way."""

    lender: str
    shift: str
    brings: float
    visits: int
    way_s: float
    estimated: bool


@dataclass(frozen=True)
class Worths:
    """What crew-days are worth in a branch; ``out`` says in one sentence why it takes no part, if it does not.

    ``crew_days`` is how many its plan has.
    """

    branch: str
    crew_days: int = 0
    lendable: tuple[Lendable, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    objective: float = 0.0
    took_s: float = 0.0
    out: str = ""

    def told(self) -> dict[str, Any]:
        """Give it as JSON can say it."""
        return asdict(self)


def worths_from(told: Mapping[str, Any]) -> Worths:
    """Read what ``Worths.told`` wrote."""
    lendable = tuple(Lendable(**one) for one in told["lendable"])
    return Worths(**{**told, "lendable": lendable, "wanted": tuple(Wanted(**one) for one in told["wanted"])})


@dataclass(frozen=True)
class CrewDay:
    """A crew-day that changes branches, with what it loses and brings by the quick figures."""

    shift: str
    crew: str
    day: str
    loses: float
    brings: float
    way_s: float
    estimated: bool

    @property
    def gain(self) -> float:
        """What both branches gain together."""
        return self.brings - self.loses


@dataclass(frozen=True)
class Loan:
    """The crew-days that one branch lends another."""

    lender: str
    borrower: str
    crew_days: tuple[CrewDay, ...]

    @property
    def promised(self) -> float:
        """What both branches should gain together."""
        return sum(one.gain for one in self.crew_days)


def neighbours(branches: Sequence[Branch]) -> dict[str, tuple[str, ...]]:
    """Give each branch's nearest ones under the same rules, with the same currency and clock, the nearest first.

    Examples
    --------
    >>> at = [("A", 120.0), ("B", 120.1), ("C", 120.25), ("far", 125.0)]
    >>> neighbours([Branch(code, "", "", lon, 30.0, "r") for code, lon in at])
    {'A': ('B', 'C'), 'B': ('A', 'C'), 'C': ('B', 'A'), 'far': ()}
    """
    found = {}
    for one in branches:
        alike = [
            other
            for other in branches
            if other.code != one.code
            and (other.rule_pack, other.currency, other.timezone) == (one.rule_pack, one.currency, one.timezone)
        ]
        metres = local_metres(np.array([[one.lon, one.lat], *((each.lon, each.lat) for each in alike)]))
        away = np.linalg.norm(metres[1:] - metres[0], axis=1)
        near = [k for k in np.argsort(away, kind="stable") if away[k] <= WITHIN_M]
        found[one.code] = tuple(alike[k].code for k in near[:NEIGHBOURS])
    return found


def proposals(worths: Iterable[Worths]) -> tuple[Loan, ...]:
    """Give the loans that gain most, the best first; each branch takes part once, each crew-day goes once.

    A loan is proposed where what it brings exceeds what it loses by more than the figures may be off.
    """
    known = {one.branch: one for one in worths if not one.out}
    pairs = []
    for borrower in known.values():
        for lender in dict.fromkeys(one.lender for one in borrower.wanted):
            days = crew_days(known[lender], borrower) if lender in known else ()
            if days:
                pairs.append(Loan(lender, borrower.branch, days))
    chosen, taken = [], set[str]()
    for one in sorted(pairs, key=lambda loan: (-loan.promised, loan.lender, loan.borrower)):
        if not taken & {one.lender, one.borrower}:
            chosen.append(one)
            taken |= {one.lender, one.borrower}
    return tuple(chosen)


def crew_days(lender: Worths, borrower: Worths) -> tuple[CrewDay, ...]:
    """Give the crew-days that are worth more with the borrower, the best of each day, by day."""
    here = {one.shift: one for one in borrower.wanted if one.lender == lender.branch}
    best: dict[str, CrewDay] = {}
    for one in lender.lendable:
        there = here.get(one.shift)
        if there is None:
            continue
        made = CrewDay(one.shift, one.crew, one.day, one.loses, there.brings, there.way_s, there.estimated)
        if made.gain > SURE * made.brings and (one.day not in best or made.gain > best[one.day].gain):
            best[one.day] = made
    few = min(MOST, max(1, int(SHARE * min(lender.crew_days, borrower.crew_days))))
    return best_of(best.values(), few)


def best_of(days: Iterable[CrewDay], most: int) -> tuple[CrewDay, ...]:
    """Give so many of the crew-days, those that gain most, by day."""
    chosen = sorted(days, key=lambda each: (-each.gain, each.day))[:most]
    return tuple(sorted(chosen, key=lambda each: each.day))


def smaller(loan: Loan) -> Loan:
    """Give the better half of a loan, to be tried where the whole does not gain."""
    return replace(loan, crew_days=best_of(loan.crew_days, len(loan.crew_days) // 2))


@dataclass(frozen=True)
class Planned:
    """A branch's week planned with a loan, as a scenario: what it is worth, and how many required visits it misses."""

    branch: str
    plan_id: str = ""
    objective: float = 0.0
    missing: int = 0
    was: float = 0.0
    was_missing: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Judged:
    """A loan and what planning both branches again came to."""

    loan: Loan
    lender: Planned
    borrower: Planned
    drafts: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why it was not judged; empty where both plans are there."""
        return self.lender.reason or self.borrower.reason

    @property
    def realised(self) -> float:
        """What both plans together gain over those without the loan."""
        return sum(one.objective - one.was for one in (self.lender, self.borrower))

    @property
    def kept(self) -> bool:
        """Say whether it really gains and loses no required visit."""
        whole = all(one.missing <= one.was_missing for one in (self.lender, self.borrower))
        return not self.reason and whole and self.realised > 0
