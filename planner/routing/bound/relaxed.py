"""The problem as the bound sees it: shifts in classes, time on a grid, nothing forbidden that some plan may do.

Every step only allows more, so what bounds this problem bounds the true one:

- Travel and its cost are the shortest over any places between (Floyd-Warshall), travel times the smallest hour factor.
  Then a stop that earns nothing can be left out of any route.
- A time T becomes ⌊(T - start) / grid⌋, service and the way after it ⌊(service + travel) / grid⌋ steps. Sums of
  rounded down steps are never more than the rounded down sum.
- A break is cut out of the day: what comes after it moves forward by its length. A window that reaches into it keeps
  both of its times. The shift may also come home early or leave late enough to owe none. Of several breaks the longest
  is cut out, the others are forgotten; so are the largest number of stops and the position that a lock demands.
- Shifts of the same length, places, breaks and skills may be made one class: each may then do what any of them may.
- A visit that takes less than a step, the way to the next one included, is taken out of all routes and given away.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.alike import LARGEST_PRICE, LARGEST_SUM, Class, Draft, alike, draft, windows
from planner.routing.bound.kernel import LANES, kernel
from planner.routing.instance import NO_ROAD_S, Instance

Seconds = NDArray[np.float64]

#: Places beyond which shortest ways are not computed, pairs of doors in all classes, entries and times of a table.
MOST_PLACES, MOST_PAIRS, MOST_ENTRIES, MOST_STEPS = 3_500, 1e8, 2e7, 30_000

#: A grid of so many seconds that loses nothing is taken; else these are tried, the finest first.
COARSE_ENOUGH_S, GRIDS_S = 30, (1, 5, 10, 15, 20, 30, 60)

#: Nanoseconds for each stop, door and time of a vector at which the stop may begin, tables and labels together.
NS_EACH = 0.4

#: Rounds for which there should be time, and for which there must be.
ROUNDS_WANTED, ROUNDS_NEEDED = 20, 10


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxed problem.

    Parameters
    ----------
    given_away
        What plans earn besides the routes of the classes, at most.
    scale
        Units of money in a unit of value.
    top
        The largest value of a stop.
    """

    classes: tuple[Class, ...]
    given_away: float
    scale: float
    grid_s: int
    top: float


@kernel
def shorten(matrix: Seconds) -> None:
    """Replace every entry by the shortest way over any places."""
    n = matrix.shape[0]
    for k in range(n):
        for i in range(n):
            to = matrix[i, k]
            for j in range(n):
                matrix[i, j] = min(matrix[i, j], to + matrix[k, j])


@dataclass(frozen=True)
class Form:
    """How a problem is relaxed: seconds of a step of the grid, and how coarsely shifts are put into classes."""

    grid_s: int
    by_length: bool


def relax(instance: Instance, *, within_s: float = np.inf) -> Relaxed | None:
    """Give the relaxed problem, or None where it is too large for so many seconds."""
    form = form_for(instance, within_s)
    if form is None:
        return None
    factors = instance.problem.hour_factors
    travel_s = instance.travel_s.astype(np.float64)
    if factors is not None:
        travel_s = np.floor(instance.road_s.astype(np.float64) * min(factors))
    shorten(travel_s)
    cost = instance.road_s.astype(np.float64) * instance.cost_per_s
    shorten(cost)
    drafts = [draft(instance, travel_s, shifts, form.grid_s) for shifts in alike(instance, by_length=form.by_length)]
    given = _given_away(drafts)
    best = np.zeros(len(instance.required))
    for one in drafts:
        np.maximum.at(best, one.visit, one.value)
    top = max((float(np.abs(one.value).max(initial=0.0)) for one in drafts), default=0.0)
    steps = max((one.horizon // one.least(given) for one in drafts), default=1) + 2
    scale = 2.0 ** np.floor(np.log2(LARGEST_SUM / (steps * (1.0 + LARGEST_PRICE) * max(top, 1e-9))))
    classes = tuple(one.made(cost, given, scale) for one in drafts if set(one.visit.tolist()) - given)
    free = float(best[sorted(given)].sum()) - instance.all_changed
    return Relaxed(classes, free, scale, form.grid_s, top)


def provable(instance: Instance, within_s: float) -> bool:
    """Say whether a bound within so many seconds is worth trying."""
    return bool(instance.may.size) and form_for(instance, within_s) is not None


def form_for(instance: Instance, within_s: float) -> Form | None:
    """Give how to relax a problem so that there is time for enough rounds, or None where it is too large.

    The grid is the coarsest that loses nothing, or else the finest on which there is likely to be time for the rounds
    wanted; where there is none, shifts of the same length are put together, and fewer rounds have to do.
    """
    if len(instance.travel_s) > MOST_PLACES:
        return None
    natural = natural_grid_s(instance)
    grids = [natural] if natural >= COARSE_ENOUGH_S else [one for one in GRIDS_S if one >= natural]
    for by_length, tries in ((False, (ROUNDS_WANTED,)), (True, (ROUNDS_WANTED, ROUNDS_NEEDED))):
        work = _Work.of(instance, by_length=by_length)
        for rounds in tries:
            for grid_s in grids:
                if work.takes_s(grid_s) * rounds <= within_s:
                    return Form(grid_s, by_length)
    return None


@dataclass(frozen=True)
class _Work:
    """How much there is to do in a round, about.

    Parameters
    ----------
    pairs
        Stops times doors times seconds at which a stop may begin, over all classes.
    square
        Doors times doors, over all classes.
    longest_s, most_stops, shortest_s
        The longest shift, the most stops of a class, and the shortest time at a door.
    """

    pairs: float
    square: float
    longest_s: float
    most_stops: int
    shortest_s: float

    @classmethod
    def of(cls, instance: Instance, *, by_length: bool) -> _Work:
        pairs, square, longest_s, most_stops = 0.0, 0.0, 0.0, 0
        for shifts in alike(instance, by_length=by_length):
            node, opens, closes, value = windows(instance, shifts)
            visit, place = instance.visit[node], instance.place[node]
            doors = np.unique(np.stack((visit, place)), axis=1).shape[1]
            # What is the same on several days is one stop with one window.
            stops = np.unique(np.stack((visit, place, instance.service_s[node], value)), axis=1).shape[1]
            open_s = np.unique(np.stack((visit, place, value, opens, closes)), axis=1)
            pairs += doors * float((open_s[4] - open_s[3]).sum())
            square += doors**2
            longest_s = max(longest_s, _horizon_s(instance, int(shifts[0])))
            most_stops = max(most_stops, stops)
        return cls(pairs, float(square), longest_s, most_stops, float(instance.service_s.min(initial=86400)))

    def takes_s(self, grid_s: int) -> float:
        """Give the seconds of a round on this grid; infinity where its tables would be too large."""
        steps = self.longest_s / grid_s
        if self.square > MOST_PAIRS or steps > MOST_STEPS or self.most_stops * steps > MOST_ENTRIES:
            return np.inf
        # Only so many times of a vector are reckoned at once as no stop follows another in less.
        at_once = min(LANES, max(1.0, self.shortest_s // grid_s))
        return self.pairs / grid_s * LANES / at_once * NS_EACH * 1e-9


def _horizon_s(instance: Instance, shift: int) -> float:
    """Give the seconds of a shift of which a break may be cut out wherever it lies."""
    one, breaks = instance.problem.shifts[shift], instance.layers[shift].breaks
    around = max((pause.closes - pause.opens + 2 * pause.lasts_s for pause in breaks), default=0)
    return float(one.ends - one.starts + around)


def natural_grid_s(instance: Instance) -> int:
    """Give the largest number of seconds that divides every time of the problem.

    >>> from planner.routing.instance import prepare
    >>> from planner.routing.problem import Problem, Shift
    >>> import numpy as np, datetime
    >>> ways = np.array([[0.0, 600.0], [900.0, 0.0]])
    >>> one = Problem(datetime.datetime(2026, 11, 30), 0.1, ways, (), (Shift("s", "c", 0, 0, 3600, 7200),))
    >>> natural_grid_s(prepare(one))
    300
    """
    roads = np.unique(instance.travel_s[instance.travel_s < NO_ROAD_S])
    times = [roads.astype(np.float64), instance.service_s, instance.opens, instance.closes]
    for one in instance.problem.shifts:
        pauses = [t for pause in one.breaks for t in (pause.opens, pause.closes, pause.lasts_s)]
        times.append(np.array([one.starts, one.ends, *pauses], dtype=np.float64))
    return gcd(*np.unique(np.concatenate([one.ravel() for one in times])).astype(np.int64).tolist())


def _given_away(drafts: list[Draft]) -> set[int]:
    return {int(v) for one in drafts for v in one.visit[one.shortest() < 1]}
