"""What a crew-day is worth in a branch's plan, by searching on: the loss if one is taken away, the gain of one more.

Both begin with the plan as further search alone would have it (``plain``), so that what going on brings counts for
neither. The figures are quick ones (docs/why.md): near enough to choose what is planned anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.routing.greedy import Tours, fill, rank, toured
from planner.routing.instance import Instance, prepare
from planner.routing.problem import Shift
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.why.more_shifts import DAY, worth_of

#: steps of each search: about a second of one core on a branch of 800 debtors
STEPS = 5_000


@dataclass(frozen=True, eq=False)
class Searched:
    """A plan searched on from: ``now`` for so many steps, ``plain`` for as many again."""

    instance: Instance
    now: Tours
    plain: Tours
    steps: int
    seed: int


def searched(instance: Instance, tours: Tours, *, seed: int, steps: int) -> Searched:
    """Search on from a plan."""
    now = improve(instance, tours, Steps(steps), seed).tours
    plain = improve(instance, now, Steps(steps), seed).tours
    return Searched(instance, now, plain, steps, seed)


def least_worth(of: Searched, shifts: list[int], most: int) -> list[int]:
    """Give those of the shifts (by number) that earn least themselves, at most so many a day, in their order."""
    by_day: dict[int, list[int]] = {}
    for one in sorted(shifts, key=lambda s: (of.plain[s].gain, s)):
        by_day.setdefault(of.instance.problem.shifts[one].starts // 86_400, []).append(one)
    return sorted(one for mine in by_day.values() for one in mine[:most])


def loss(of: Searched, shift: int) -> float | None:
    """Give what the plan loses without a shift (by number), at least 0; None where a required visit would be lost."""
    problem = of.instance.problem
    smaller = prepare(replace(problem, shifts=(*problem.shifts[:shift], *problem.shifts[shift + 1 :])))
    best: tuple[int, int, float] | None = None
    # What stays of the plan as it is, and of the one before: the search goes on from there as long as ``plain`` did.
    for tours, steps in ((of.plain, 0), (of.now, of.steps)):
        left = [tuple(one.nodes) for k, one in enumerate(tours) if k != shift]
        made = fill(smaller, toured(smaller, left))
        if steps:
            made = improve(smaller, made, Steps(steps), of.seed).tours
        reached = rank(smaller, made)
        best = reached if best is None else max(best, reached)
    before = rank(of.instance, of.plain)
    assert best is not None
    return None if best[:2] < before[:2] else max(0.0, before[2] - best[2])


def gain(of: Searched, guest: Shift) -> tuple[float, int]:
    """Give what the plan gains by one more shift, at least 0, and how many visits more are made."""
    found = worth_of(of.instance, of.now, of.plain, DAY, [guest], steps=of.steps, seed=of.seed)
    return found.gain, found.visits
