"""What a manager settled by hand, as far as the problem itself cannot say it; it travels in the plan's context.

Locks are the problem's own. A visit that was dropped has no options in the problem, so no search can plan it; what it
had is kept here, to be given back. Two visits apart are kept here because the format of problems has no key for them;
the draft and the search have them in their ``Problem``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from planner.editing.commands import DropReason
from planner.routing import Break, Lock, Option, Pair, Problem, ProblemShift, Visit, pair

#: The kind of a bound that CP-SAT has settled, with every constraint of the problem.
EXACT = "exact"


@dataclass(frozen=True)
class Dropped:
    """Why a visit was dropped, and the visit as it was."""

    why: DropReason
    visit: Visit


@dataclass(frozen=True)
class Proven:
    """The problem of which the plan's bound was proven, as far as hands can change it."""

    locks: frozenset[Lock] = frozenset()
    dropped: frozenset[str] = frozenset()
    shifts: Mapping[str, ProblemShift] = field(default_factory=dict)
    apart: frozenset[Pair] = frozenset()


@dataclass(frozen=True)
class Kept:
    """What holds beside the problem.

    Parameters
    ----------
    apart
        Pairs that are never on one route, each in order of its ids.
    off
        Shifts that were taken away, by id.
    absent
        Collectors who are not with their crew, by shift.
    shifts
        Shifts with other hours, or that were called in, by id.
    """

    dropped: Mapping[str, Dropped] = field(default_factory=dict)
    apart: frozenset[Pair] = frozenset()
    off: Mapping[str, ProblemShift] = field(default_factory=dict)
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shifts: Mapping[str, ProblemShift] = field(default_factory=dict)
    proven: Proven = field(default_factory=Proven)

    def rivals(self, visit: str) -> frozenset[str]:
        """Give those with whom a visit may not be on one route."""
        return frozenset(b if a == visit else a for a, b in self.apart if visit in (a, b))


def proven(problem: Problem, dropped: Iterable[str] = ()) -> Proven:
    """Remember a problem that a bound is proven of."""
    return Proven(frozenset(problem.locks), frozenset(dropped), {one.id: one for one in problem.shifts}, problem.apart)


def bound_holds(problem: Problem, kept: Kept, kind: str | None = None) -> bool:
    """Say whether the bound of the problem that it was proven of is one of this problem too.

    It is where nothing more is allowed than then: every plan of this problem, audited, is one of that. Another lock, a
    visit dropped, a pair apart, a shift gone, shorter, or with fewer skills only takes plans away. A shift that is
    longer, new or more skilled, a lock or a drop taken back that the proof knew, allows plans that it did not see. So
    does a pair allowed again, but only a bound of the ``kind`` exact is proven with the pairs: the others ignore them.

    A break that a shorter shift no longer owes is no plan more: whoever is home before it ends did not owe it either.
    """
    then = kept.proven
    return (
        then.locks <= frozenset(problem.locks)
        and then.dropped <= set(kept.dropped)
        and (kind != EXACT or then.apart <= kept.apart)
        and all(one.id in then.shifts and _within(one, then.shifts[one.id]) for one in problem.shifts)
    )


def _within(now: ProblemShift, then: ProblemShift) -> bool:
    most = then.max_stops
    return (
        now.starts >= then.starts
        and now.ends <= then.ends
        and now.skills <= then.skills
        and now.breaks == then.breaks
        and (now.start_place, now.end_place) == (then.start_place, then.end_place)
        and (most is None or (now.max_stops is not None and now.max_stops <= most))
    )


def kept_to_dict(kept: Kept) -> dict[str, Any]:
    """Give it as JSON can say it."""
    return {
        "dropped": {
            name: {"why": one.why.value, "visit": _visit_dict(one.visit)} for name, one in kept.dropped.items()
        },
        "apart": sorted(list(one) for one in kept.apart),
        "off": {name: _shift_dict(one) for name, one in kept.off.items()},
        "absent": {name: list(who) for name, who in kept.absent.items()},
        "shifts": {name: _shift_dict(one) for name, one in kept.shifts.items()},
        "proven": {
            "locks": [asdict(one) for one in sorted(kept.proven.locks, key=lambda one: one.visit)],
            "dropped": sorted(kept.proven.dropped),
            "shifts": {name: _shift_dict(one) for name, one in kept.proven.shifts.items()},
            "apart": sorted(list(one) for one in kept.proven.apart),
        },
    }


def kept_from_dict(data: Mapping[str, Any]) -> Kept:
    """Read what ``kept_to_dict`` gave."""
    then = data.get("proven", {})
    return Kept(
        dropped={
            name: Dropped(DropReason(one["why"]), _visit(one["visit"])) for name, one in data.get("dropped", {}).items()
        },
        apart=frozenset(pair(a, b) for a, b in data.get("apart", [])),
        off={name: shift_from_dict(one) for name, one in data.get("off", {}).items()},
        absent={name: tuple(who) for name, who in data.get("absent", {}).items()},
        shifts={name: shift_from_dict(one) for name, one in data.get("shifts", {}).items()},
        proven=Proven(
            frozenset(Lock(**one) for one in then.get("locks", [])),
            frozenset(then.get("dropped", [])),
            {name: shift_from_dict(one) for name, one in then.get("shifts", {}).items()},
            frozenset(pair(a, b) for a, b in then.get("apart", [])),
        ),
    )


def bare(visit: Visit) -> Visit:
    """Give a visit without options: it is left out by every search."""
    return replace(visit, options=())


def _visit_dict(visit: Visit) -> dict[str, Any]:
    return asdict(visit) | {"needs": sorted(visit.needs)}


def _visit(data: Mapping[str, Any]) -> Visit:
    options = tuple(Option(**one) for one in data["options"])
    return Visit(**{**data, "needs": frozenset(data["needs"]), "options": options})


def _shift_dict(shift: ProblemShift) -> dict[str, Any]:
    return asdict(shift) | {"skills": sorted(shift.skills)}


def shift_from_dict(data: Mapping[str, Any]) -> ProblemShift:
    """Read a shift as ``kept_to_dict`` and ``told.command_to_dict`` write it."""
    breaks = tuple(Break(**one) for one in data["breaks"])
    return ProblemShift(**{**data, "skills": frozenset(data["skills"]), "breaks": breaks})
