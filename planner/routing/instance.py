"""The problem as flat arrays for the search; the one place where travel is rounded up to whole seconds.

A *node* is one option of one visit: a place, a window, a service time and a value. At most one node of a visit is
planned. Times are float64 that hold whole seconds, so sums of them are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.routing.hours import Hours
from planner.routing.problem import BadProblem, Break, Lock, Problem, Seconds, Shift

#: Seconds of a leg without a road: more than any shift, and far below what float64 holds exactly.
NO_ROAD_S = 1e12

#: A time that is never reached.
NEVER = 1e15


@dataclass(frozen=True)
class Layers:
    """What a shift owes: its breaks in order, and until when it must be back with so many of them taken.

    ``back_by[k]`` is the latest return with the first k breaks taken: the end of the shift, or just before the next
    break would be owed.
    """

    breaks: tuple[Break, ...]
    back_by: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Instance:
    """A problem prepared for search.

    Parameters
    ----------
    travel_s
        Travel rounded up to whole seconds, (places, places), ``NO_ROAD_S`` where there is no road.
    road_s
        Travel unrounded, from which cost is reckoned; the same array as ``travel_s`` where all are whole.
    visit, option, place, service_s, opens, closes, value
        One entry a node, nodes of a visit side by side.
    nodes_of
        The nodes of each visit.
    required
        One flag a visit: required by the problem, or locked.
    locked, position
        One entry a visit: whether a lock names it, and the position that the lock demands, -1 for none.
    home
        The published shift of each visit, -1 where the published plan leaves it out; None where nothing is published.
    hours
        The factors of the hours, or None.
    may
        Whether a shift may take a node as far as skills and hours go, (shifts, nodes).
    layers
        What each shift owes.
    foes
        Of each visit that is kept apart from others: from whom. Visits without are not in it.
    """

    problem: Problem
    travel_s: Seconds
    road_s: Seconds
    visit: NDArray[np.int64]
    option: NDArray[np.int64]
    place: NDArray[np.int64]
    service_s: NDArray[np.float64]
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    value: NDArray[np.float64]
    nodes_of: tuple[NDArray[np.int64], ...]
    required: NDArray[np.bool_]
    locked: NDArray[np.bool_]
    position: NDArray[np.int64]
    home: NDArray[np.int64] | None
    hours: Hours | None
    may: NDArray[np.bool_]
    layers: tuple[Layers, ...]
    foes: Mapping[int, frozenset[int]]

    @property
    def cost_per_s(self) -> float:
        """What a second of travel costs."""
        return self.problem.travel_cost_per_s

    def worth(self, shift: int, nodes: ArrayLike) -> NDArray[np.float64]:
        """Give what nodes add on a shift, against leaving their visits out: value, and changes spared."""
        at = np.asarray(nodes, dtype=np.int64)
        if self.home is None or self.problem.published is None:
            return self.value[at]
        home, cost = self.home[self.visit[at]], self.problem.published.change_cost
        return self.value[at] + np.where(home == shift, cost, np.where(home < 0, -cost, 0.0))

    @property
    def all_changed(self) -> float:
        """What a plan without stops pays for the published visits it does not make."""
        if self.home is None or self.problem.published is None:
            return 0.0
        return self.problem.published.change_cost * int((self.home >= 0).sum())


def prepare(problem: Problem, *, like: Instance | None = None) -> Instance:
    """Give the problem as flat arrays; ``like`` is one with the same roads, which need not be read again."""
    known = like is not None and like.problem.seconds is problem.seconds
    road_s, travel_s = (like.road_s, like.travel_s) if like is not None and known else _roads(problem.seconds)
    nodes = [(v, o) for v, visit in enumerate(problem.visits) for o in range(len(visit.options))]
    options = [problem.visits[v].options[o] for v, o in nodes]
    visit = np.array([v for v, _ in nodes], dtype=np.int64)
    service_s = np.array([problem.visits[v].service_in(o) for v, o in nodes], dtype=np.float64)
    opens = np.array([one.opens for one in options], dtype=np.float64)
    closes = np.array([one.closes for one in options], dtype=np.float64)
    counts = np.array([len(one.options) for one in problem.visits], dtype=np.int64)
    lasts = np.cumsum(counts)
    value = np.array([one.value for one in options], dtype=np.float64)
    may = _may(problem, visit, np.maximum(opens, -NEVER), closes, service_s)
    locks = {lock.visit: lock for lock in problem.locks}
    for v, one in enumerate(problem.visits):
        if one.id in locks:
            _lock(problem, locks[one.id], np.arange(lasts[v] - counts[v], lasts[v]), may, opens, closes)
    origin = problem.origin
    into_day = origin.hour * 3600 + origin.minute * 60 + origin.second
    return Instance(
        problem=problem,
        travel_s=travel_s,
        road_s=road_s,
        visit=visit,
        option=np.array([o for _, o in nodes], dtype=np.int64),
        place=np.array([problem.visits[v].place_in(o) for v, o in nodes], dtype=np.int64),
        service_s=service_s,
        opens=opens,
        closes=closes,
        value=value,
        nodes_of=tuple(np.arange(last - count, last) for last, count in zip(lasts, counts, strict=True)),
        required=np.array([one.required or one.id in locks for one in problem.visits], dtype=bool),
        locked=np.array([one.id in locks for one in problem.visits], dtype=bool),
        position=np.array([_position(locks.get(one.id)) for one in problem.visits], dtype=np.int64),
        home=_home(problem),
        hours=None if problem.hour_factors is None else Hours(problem.hour_factors, into_day),
        may=may,
        layers=tuple(layers(one) for one in problem.shifts),
        foes=_foes(problem),
    )


def _roads(seconds: Seconds, block: int = 512) -> tuple[Seconds, Seconds]:
    """Give travel with ``NO_ROAD_S`` where there is no road, and the same rounded up; copies are made where needed."""
    blocks = range(0, len(seconds), block)
    if any(np.isnan(seconds[at : at + block]).any() for at in blocks):
        seconds = np.where(np.isnan(seconds), seconds.dtype.type(NO_ROAD_S), seconds)
    if all((seconds[at : at + block] == np.ceil(seconds[at : at + block])).all() for at in blocks):
        return seconds, seconds
    return seconds, np.ceil(seconds)


def layers(shift: Shift) -> Layers:
    """Give what a shift can owe: breaks that lie wholly inside it, in order of opening.

    >>> layers(Shift("s", "c", 0, 0, 0, 100, breaks=(Break(40, 60, 10), Break(95, 99, 10)))).back_by
    (69.0, 100.0)
    """
    owed = [one for one in shift.breaks if one.opens >= shift.starts and one.closes + one.lasts_s <= shift.ends]
    in_order = tuple(sorted(owed, key=lambda one: (one.opens, one.closes, one.lasts_s)))
    back_by = [float(shift.ends)]
    for one in reversed(in_order):
        back_by.insert(0, min(back_by[0], float(one.closes + one.lasts_s - 1)))
    return Layers(in_order, tuple(back_by))


def _may(
    problem: Problem,
    visit: NDArray[np.int64],
    opens: NDArray[np.float64],
    closes: NDArray[np.float64],
    service_s: NDArray[np.float64],
) -> NDArray[np.bool_]:
    may = np.zeros((len(problem.shifts), len(visit)), dtype=bool)
    skilled_of: dict[frozenset[str], NDArray[np.bool_]] = {}
    for s, shift in enumerate(problem.shifts):
        if shift.skills not in skilled_of:
            skilled_of[shift.skills] = np.array([one.needs <= shift.skills for one in problem.visits], dtype=bool)
        skilled = skilled_of[shift.skills]
        if len(visit) and shift.max_stops != 0:
            may[s] = skilled[visit] & (closes >= shift.starts) & (opens + service_s <= shift.ends)
    return may


def _lock(
    problem: Problem,
    lock: Lock,
    nodes: NDArray[np.int64],
    may: NDArray[np.bool_],
    opens: NDArray[np.float64],
    closes: NDArray[np.float64],
) -> None:
    """Leave a locked visit the nodes that keep its lock: on its shift alone, and at its time.

    Raises
    ------
    BadProblem
        If no option can keep the lock.
    """
    shift = next(s for s, one in enumerate(problem.shifts) if one.id == lock.shift)
    others = np.arange(len(problem.shifts)) != shift
    may[np.ix_(others, nodes)] = False
    most = problem.shifts[shift].max_stops
    if lock.begins is not None:
        at_time = (opens[nodes] <= lock.begins) & (lock.begins <= closes[nodes])
        may[shift, nodes[~at_time]] = False
        opens[nodes[at_time]] = closes[nodes[at_time]] = lock.begins
    if not may[shift, nodes].any() or (most is not None and (lock.position or 0) >= most):
        raise BadProblem(
            f"The lock of visit {lock.visit!r} cannot be kept: shift {lock.shift!r} lacks the skill, the hours or the "
            f"number of stops for it."
        )


def _foes(problem: Problem) -> dict[int, frozenset[int]]:
    """Give from whom each visit is kept apart, by number.

    Raises
    ------
    BadProblem
        If two that are kept apart are locked to one shift.
    """
    if not problem.apart:
        return {}
    number = {one.id: v for v, one in enumerate(problem.visits)}
    shift_of = {lock.visit: lock.shift for lock in problem.locks}
    foes: dict[int, set[int]] = {}
    for first, second in sorted(problem.apart):
        if first not in number or second not in number:
            continue
        if first in shift_of and shift_of[first] == shift_of.get(second):
            raise BadProblem(f"Visits {first!r} and {second!r} are kept apart, but both locked to one shift.")
        foes.setdefault(number[first], set()).add(number[second])
        foes.setdefault(number[second], set()).add(number[first])
    return {v: frozenset(others) for v, others in foes.items()}


def _position(lock: Lock | None) -> int:
    return -1 if lock is None or lock.position is None else lock.position


def _home(problem: Problem) -> NDArray[np.int64] | None:
    if problem.published is None:
        return None
    number = {one.id: s for s, one in enumerate(problem.shifts)}
    shift_of = problem.published.shift_of()
    return np.array([number[shift_of[one.id]] if one.id in shift_of else -1 for one in problem.visits], dtype=np.int64)
