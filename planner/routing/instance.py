"""The problem as flat arrays for the search; the one place where travel is rounded up to whole seconds.

A *node* is one option of one visit: a place, a window, a service time and a value. At most one node of a visit is
planned. Times are float64 that hold whole seconds, so sums of them are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.problem import Break, Problem, Shift

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
        One flag a visit.
    may
        Whether a shift may take a node as far as skills and hours go, (shifts, nodes).
    layers
        What each shift owes.
    """

    problem: Problem
    travel_s: NDArray[np.float64]
    road_s: NDArray[np.float64]
    visit: NDArray[np.int64]
    option: NDArray[np.int64]
    place: NDArray[np.int64]
    service_s: NDArray[np.float64]
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    value: NDArray[np.float64]
    nodes_of: tuple[NDArray[np.int64], ...]
    required: NDArray[np.bool_]
    may: NDArray[np.bool_]
    layers: tuple[Layers, ...]

    @property
    def cost_per_s(self) -> float:
        """What a second of travel costs."""
        return self.problem.travel_cost_per_s


def prepare(problem: Problem) -> Instance:
    """Give the problem as flat arrays."""
    road_s = np.where(np.isnan(problem.seconds), NO_ROAD_S, problem.seconds)
    travel_s = np.ceil(road_s)
    if np.array_equal(travel_s, road_s):
        road_s = travel_s
    nodes = [(v, o) for v, visit in enumerate(problem.visits) for o in range(len(visit.options))]
    options = [problem.visits[v].options[o] for v, o in nodes]
    visit = np.array([v for v, _ in nodes], dtype=np.int64)
    service_s = np.array([problem.visits[v].service_in(o) for v, o in nodes], dtype=np.float64)
    opens = np.array([one.opens for one in options], dtype=np.float64)
    closes = np.array([one.closes for one in options], dtype=np.float64)
    counts = np.array([len(one.options) for one in problem.visits], dtype=np.int64)
    lasts = np.cumsum(counts)
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
        value=np.array([one.value for one in options], dtype=np.float64),
        nodes_of=tuple(np.arange(last - count, last) for last, count in zip(lasts, counts, strict=True)),
        required=np.array([one.required for one in problem.visits], dtype=bool),
        may=_may(problem, visit, np.maximum(opens, -NEVER), closes, service_s),
        layers=tuple(layers(one) for one in problem.shifts),
    )


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
    for s, shift in enumerate(problem.shifts):
        skilled = np.array([one.needs <= shift.skills for one in problem.visits], dtype=bool)
        if len(visit) and shift.max_stops != 0:
            may[s] = skilled[visit] & (closes >= shift.starts) & (opens + service_s <= shift.ends)
    return may
