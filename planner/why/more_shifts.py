"""What one more shift would be worth on each day, by planning: an empty shift is added and the search goes on.

The search starts from the plan at hand, so a few seconds do. Going on searching finds something even without another
shift, so that is done first and as long, and only what lies above it counts. Like which shift of the day the new one is
made is tried quickly for each, and the best one is searched for. A shift more takes nothing away: no worth is below 0.
How near this comes to planning all anew is measured by ``benchmarks/crew_day_worth.py`` (docs/why.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.routing.greedy import Tours, grown, planned, rank
from planner.routing.instance import Instance, prepare
from planner.routing.problem import Problem, Shift
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.tour import tour
from planner.why.standing import Standing

DAY, EVENING = "day", "evening"
DAY_S = 86_400
#: Steps of the search for each shift more; some two seconds of one core on a branch of a thousand visits.
STEPS = 12_000
#: The id of a shift more begins so; it is never one of the branch's.
PREFIX = "more:"

#: Told how many searches of how many are done; True asks to stop.
Heard = Callable[[int, int], bool]


def unheard(done: int, of: int) -> bool:  # noqa: ARG001
    """Hear nothing and go on."""
    return False


@dataclass(frozen=True)
class Worth:
    """What one more shift is worth.

    Parameters
    ----------
    day
        Days after the problem's origin.
    kind
        ``day`` for a shift like one of that day, ``evening`` for one in the evening hours.
    like
        The crew whose start, skills and, for ``day``, hours the new shift has.
    starts, ends
        Seconds from the origin.
    gain
        By how much the objective grows, at least 0.
    visits
        How many visits more are made.
    required
        How many visits that must be made come in by it.
    """

    day: int
    kind: str
    like: str
    starts: int
    ends: int
    gain: float
    visits: int
    required: int = 0


@dataclass(frozen=True)
class Worths:
    """What shifts are worth, each alone, and what going on with the search brings without any (``searched``)."""

    each: tuple[Worth, ...]
    searched: float
    steps: int
    complete: bool = True


def more_shifts(
    of: Standing,
    *,
    evening: tuple[int, int] | None,
    crews: Collection[str] | None = None,
    steps: int = STEPS,
    seed: int = 1,
    heard: Heard = unheard,
) -> Worths:
    """Give what one more shift on each day of the plan is worth, and one more in the evening.

    Parameters
    ----------
    evening
        From when to when an evening shift lasts, in seconds of the day; None for none.
    crews
        Those like which a shift may be added; None for all.
    heard
        Asked between two searches.
    """
    problem, like = of.problem, [one for one in of.problem.shifts if crews is None or one.crew in crews]
    asked = [group for day in days(problem) for group in kinds(like, day, evening) if group[1]]
    total, done = len(asked) + 2, 0
    begun = rank(of.instance, of.tours)[2]
    now = improve(of.instance, of.tours, Steps(steps), seed).tours
    done += 1
    stopped = heard(done, total)
    plain = now if stopped else improve(of.instance, now, Steps(steps), seed).tours
    done += 1
    found: list[Worth] = []
    for kind, shifts in asked:
        stopped = stopped or heard(done, total)
        if stopped:
            break
        found.append(worth_of(of.instance, now, plain, kind, shifts, steps=steps, seed=seed))
        done += 1
    heard(done, total)
    return Worths(tuple(found), rank(of.instance, plain)[2] - begun, steps, complete=not stopped)


def days(problem: Problem) -> list[int]:
    """Give the days on which a shift begins, counted from the origin."""
    return sorted({one.starts // DAY_S for one in problem.shifts})


def kinds(shifts: Sequence[Shift], day: int, evening: tuple[int, int] | None) -> list[tuple[str, list[Shift]]]:
    """Give for one day the shifts to choose the one more from: like any of the week, and in the evening."""
    moved = [at_day(one, day) for one in shifts]
    plain = {alike(one): one for one in reversed(moved)}
    asked = [(DAY, [replace(one, id=f"{PREFIX}{DAY}:{day}") for one in reversed(plain.values())])]
    if evening is not None:
        crews = {(one.start_place, one.end_place, one.skills): one for one in reversed(moved)}
        starts, ends = (day * DAY_S + at for at in evening)
        late = [
            replace(one, id=f"{PREFIX}{EVENING}:{day}", starts=starts, ends=ends, breaks=())
            for one in reversed(crews.values())
        ]
        asked.append((EVENING, late))
    return asked


def at_day(one: Shift, day: int) -> Shift:
    """Give a shift at the same hours of another day."""
    by = (day - one.starts // DAY_S) * DAY_S
    breaks = tuple(replace(pause, opens=pause.opens + by, closes=pause.closes + by) for pause in one.breaks)
    return replace(one, starts=one.starts + by, ends=one.ends + by, breaks=breaks)


def alike(one: Shift) -> tuple[object, ...]:
    """Give what two shifts have in common that can do the same."""
    return one.start_place, one.end_place, one.starts, one.ends, one.skills, one.breaks, one.max_stops


def worth_of(
    instance: Instance, now: Tours, plain: Tours, kind: str, shifts: Sequence[Shift], *, steps: int, seed: int
) -> Worth:
    """Give what one of these shifts is worth beyond ``plain``, which was searched from ``now`` for as long."""
    tries = [filled(instance.problem, plain, one) for one in shifts]
    k = max(range(len(tries)), key=lambda one: rank(*tries[one]))
    chosen, (larger, quick) = shifts[k], tries[k]
    _, start = filled(instance.problem, now, chosen)
    found = improve(larger, start, Steps(steps), seed).tours
    best = max((quick, found), key=lambda one: rank(larger, one))
    before, after = rank(instance, plain), rank(larger, best)
    return Worth(
        day=chosen.starts // DAY_S,
        kind=kind,
        like=chosen.crew,
        starts=chosen.starts,
        ends=chosen.ends,
        # Where a visit that must be made comes in, the value alone may shrink.
        gain=max(0.0, after[2] - before[2]),
        visits=int(planned(larger, best).sum() - planned(instance, plain).sum()),
        required=after[1] - before[1],
    )


def filled(problem: Problem, tours: Tours, one: Shift) -> tuple[Instance, Tours]:
    """Add a shift and let in whoever is left out and pays there, the others as they are."""
    larger = prepare(replace(problem, shifts=(*problem.shifts, one)))
    shift = len(tours)
    empty = tour(larger, shift, ())
    assert empty is not None, "a shift without stops can always be made"
    nodes = np.flatnonzero(larger.may[shift] & ~planned(larger, tours)[larger.visit])
    return larger, (*tours, grown(larger, empty, nodes))
