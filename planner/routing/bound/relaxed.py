"""The problem as the bound sees it: shifts in classes, time on a grid, nothing forbidden that some plan may do.

Every step only allows more, so what bounds this problem bounds the true one:

- Travel and its cost are the shortest over any places between (Floyd-Warshall), travel times the smallest hour factor.
  Then a stop that earns nothing can be left out of any route.
- A time T becomes ⌊(T - start) / grid⌋, service and the way after it ⌊(service + travel) / grid⌋ steps. Sums of
  rounded down steps are never more than the rounded down sum.
- A break is cut out of the day: what comes after it moves forward by its length. A window that reaches into it keeps
  both of its times. The shift may also come home early or leave late enough to owe none. Of several breaks the longest
  is cut out, the others are forgotten; so are the largest number of stops and the position that a lock demands.
- A visit that takes less than a step, the way to the next one included, is taken out of all routes and given away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import Arcs
from planner.routing.bound.kernel import LANES, kernel
from planner.routing.bound.labels import Near
from planner.routing.instance import NO_ROAD_S, Instance

Seconds = NDArray[np.float64]

#: Visits that a stop remembers, itself included.
REMEMBERED = 15

#: Places beyond which shortest ways are not computed, pairs of stops in all classes, entries and times of a table.
MOST_PLACES, MOST_PAIRS, MOST_ENTRIES, MOST_STEPS = 3_500, 1e8, 2e7, 30_000

#: A grid of so many seconds that loses nothing is taken; else these are tried, the finest first.
COARSE_ENOUGH_S, GRIDS_S = 30, (1, 5, 10, 15, 20, 30, 60)

#: Nanoseconds for each pair of stops and time at which one of them may begin, completion table and labels together.
NS_EACH = 0.4

#: Rounds for which there should be time, and for which there must be on the coarsest grid.
ROUNDS_WANTED, ROUNDS_NEEDED = 30, 12

#: Sums along a route stay below this many units of money, and a price below this many times the largest value.
LARGEST_SUM, LARGEST_PRICE = 2**28, 4.0


@dataclass(frozen=True, eq=False)
class Class:
    """Shifts that are alike, and the stops they may make.

    Parameters
    ----------
    shifts
        Indices of the shifts.
    node, value
        A node of the instance that stands for each stop, and what the stop earns, (stops,).
    visit
        The visit of each stop in the instance; ``arcs.visit`` counts those of the class only.
    """

    shifts: NDArray[np.int64]
    node: NDArray[np.int64]
    visit: NDArray[np.int64]
    value: NDArray[np.float64]
    arcs: Arcs
    near: Near
    step: int

    @property
    def width(self) -> int:
        """Length of a row of the completion table."""
        return int(self.arcs.begins.shape[1]) + 2 * LANES


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


def relax(instance: Instance, *, within_s: float = np.inf) -> Relaxed | None:
    """Give the relaxed problem, or None where it is too large for so many seconds.

    The grid is the coarsest that loses nothing, or else the finest on which there is likely to be time for the rounds
    wanted.
    """
    grid_s = _grid_s(instance, within_s)
    if grid_s is None:
        return None
    factors = instance.problem.hour_factors
    travel_s = instance.travel_s.astype(np.float64)
    if factors is not None:
        travel_s = np.floor(instance.road_s.astype(np.float64) * min(factors))
    shorten(travel_s)
    cost = instance.road_s.astype(np.float64) * instance.cost_per_s
    shorten(cost)
    drafts = [_draft(instance, travel_s, list(shifts), grid_s) for shifts in _alike(instance)]
    given = _given_away(drafts)
    best = np.zeros(len(instance.required))
    for one in drafts:
        np.maximum.at(best, one.visit, one.value)
    top = max((float(np.abs(one.value).max(initial=0.0)) for one in drafts), default=0.0)
    steps = max((one.horizon // one.least(given) for one in drafts), default=1) + 2
    scale = 2.0 ** np.floor(np.log2(LARGEST_SUM / (steps * (1.0 + LARGEST_PRICE) * max(top, 1e-9))))
    classes = tuple(one.made(cost, given, scale) for one in drafts)
    free = float(best[sorted(given)].sum()) - instance.all_changed
    return Relaxed(tuple(one for one in classes if len(one.node)), free, scale, grid_s, top)


def provable(instance: Instance, within_s: float) -> bool:
    """Say whether a bound within so many seconds is worth trying."""
    return bool(instance.may.size) and _grid_s(instance, within_s) is not None


def _grid_s(instance: Instance, within_s: float) -> int | None:
    """Give the seconds of a step of the grid, or None where the problem is too large for any."""
    classes = [int(shifts[0]) for shifts in _alike(instance)]
    stops = instance.may[classes].sum(axis=1).astype(np.float64)
    if len(instance.travel_s) > MOST_PLACES or (stops**2).sum() > MOST_PAIRS:
        return None
    whole, pairs = 0.0, 0.0
    for s, count in zip(classes, stops.tolist(), strict=True):
        one, may = instance.problem.shifts[s], instance.may[s]
        whole = max(whole, float(one.ends - one.starts))
        open_s = np.minimum(instance.closes[may], one.ends) - np.maximum(instance.opens[may], one.starts)
        pairs += count * float(open_s.sum())
    natural = natural_grid_s(instance)
    grids = [natural] if natural >= COARSE_ENOUGH_S else [one for one in GRIDS_S if one >= natural]
    for grid_s in grids:
        rounds = ROUNDS_WANTED if grid_s < grids[-1] else ROUNDS_NEEDED
        small = whole / grid_s <= MOST_STEPS and stops.max(initial=0.0) * whole / grid_s <= MOST_ENTRIES
        if small and pairs / grid_s * NS_EACH * 1e-9 * rounds <= within_s:
            return grid_s
    return None


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


def _alike(instance: Instance) -> list[NDArray[np.int64]]:
    """Give the shifts in classes that may drive the same."""
    classes = defaultdict(list)
    home = instance.home if instance.home is not None else np.full(len(instance.required), -1)
    for s, one in enumerate(instance.problem.shifts):
        key = (one.start_place, one.end_place, one.starts, one.ends, instance.layers[s].breaks)
        classes[*key, instance.may[s].tobytes(), (home == s).tobytes()].append(s)
    return [np.array(shifts) for shifts in classes.values()]


@dataclass(frozen=True, eq=False)
class _Draft:
    """A class before visits are given away; ``wait`` etc. in steps of the grid."""

    shifts: NDArray[np.int64]
    ends: tuple[int, int]
    node: NDArray[np.int64]
    visit: NDArray[np.int64]
    place: NDArray[np.int64]
    value: Seconds
    begins: NDArray[np.int16]
    out: NDArray[np.int32]
    wait: NDArray[np.int32]
    home: NDArray[np.int32]

    @property
    def horizon(self) -> int:
        return int(self.begins.shape[1]) - 1

    def shortest(self) -> NDArray[np.int32]:
        """Give for each stop the least steps until another visit can begin."""
        other = self.visit[:, None] != self.visit
        least: NDArray[np.int32] = np.where(other, self.wait, self.horizon + 1).min(axis=1, initial=self.horizon + 1)
        return least

    def kept(self, given: set[int]) -> NDArray[np.int64]:
        """Give the stops whose visits are not given away."""
        return np.flatnonzero(~np.isin(self.visit, sorted(given)))

    def least(self, given: set[int]) -> int:
        return int(self.shortest()[self.kept(given)].min(initial=self.horizon + 1))

    def made(self, cost: Seconds, given: set[int], scale: float) -> Class:
        at = self.kept(given)
        square, place = np.ix_(at, at), self.place[at]
        start, end = self.ends
        begins = self.begins[at]
        opens = (begins == np.arange(self.horizon + 1)).argmax(axis=1)
        closes = (begins >= 0).sum(axis=1) - 1
        _, visit = np.unique(self.visit[at], return_inverse=True)
        wait = np.ascontiguousarray(self.wait[square])
        arcs = Arcs(
            self.out[at],
            _units(cost[start, place], scale),
            wait,
            _units(cost[np.ix_(place, place)], scale),
            self.home[at],
            _units(cost[place, end], scale),
            begins,
            opens.astype(np.int32),
            closes.astype(np.int32),
            visit.astype(np.int32),
        )
        step = min(LANES, self.least(given))
        return Class(self.shifts, self.node[at], self.visit[at], self.value[at], arcs, _near(wait, arcs.visit), step)


def _draft(instance: Instance, travel_s: Seconds, shifts: list[int], grid_s: int) -> _Draft:
    one, breaks = instance.problem.shifts[shifts[0]], instance.layers[shifts[0]].breaks
    pause = max(breaks, key=lambda pause: pause.lasts_s, default=None)
    may = np.flatnonzero(instance.may[shifts[0]])
    worth = instance.worth(shifts[0], np.arange(len(instance.visit)))
    opens, closes = np.maximum(instance.opens[may], one.starts), np.minimum(instance.closes[may], one.ends)
    may, opens, closes = may[opens <= closes], opens[opens <= closes], closes[opens <= closes]
    starts, ends = float(one.starts), float(one.ends)
    if pause is not None:
        # The latest time moved forward that a stop before the break cannot also have, and the earliest one behind it.
        earliest, latest = pause.opens + 1.0 - pause.lasts_s, pause.closes + pause.lasts_s - 1.0
        starts = min(starts, earliest)
        opens = np.where(opens <= earliest, opens, np.maximum(earliest, opens - pause.lasts_s))
        closes = np.where(closes <= latest, closes, np.maximum(latest, closes - pause.lasts_s))
        ends = max(latest, ends - pause.lasts_s)
    horizon = int((ends - starts) // grid_s)
    key = np.stack((instance.visit[may], instance.place[may], instance.service_s[may], worth[may]))
    _, some, stop = np.unique(key, axis=1, return_index=True, return_inverse=True)
    node = may[some]
    allowed = np.zeros((len(node), horizon + 2), dtype=np.int32)
    np.add.at(allowed, (stop, ((opens - starts) // grid_s).astype(np.int64)), 1)
    np.add.at(allowed, (stop, ((closes - starts) // grid_s).astype(np.int64) + 1), -1)
    place, service_s = instance.place[node], instance.service_s[node]
    out = _steps(travel_s[one.start_place, place], grid_s, horizon)
    home = _steps(service_s + travel_s[place, one.end_place], grid_s, horizon)
    times = np.arange(horizon + 1)
    good = (allowed.cumsum(axis=1)[:, :-1] > 0) & (times >= out[:, None]) & (times + home[:, None] <= horizon)
    later = np.where(good, times, horizon + 1)
    begins = np.minimum.accumulate(later[:, ::-1], axis=1)[:, ::-1]
    begins = np.where(begins > horizon, -1, begins).astype(np.int16)
    some = np.flatnonzero(good.any(axis=1))
    wait = _steps(service_s[:, None] + travel_s[np.ix_(place, place)], grid_s, horizon)
    node = node[some]
    return _Draft(
        np.array(shifts),
        (one.start_place, one.end_place),
        node,
        instance.visit[node],
        place[some],
        worth[node],
        begins[some],
        out[some],
        wait[np.ix_(some, some)],
        home[some],
    )


def _given_away(drafts: list[_Draft]) -> set[int]:
    return {int(v) for one in drafts for v in one.visit[one.shortest() < 1]}


def _steps(seconds: Seconds, grid_s: int, horizon: int) -> NDArray[np.int32]:
    """Give whole steps, more than the horizon where they do not fit into it."""
    return np.minimum(seconds // grid_s, horizon + 1).astype(np.int32)


def _units(money: Seconds, scale: float) -> NDArray[np.int32]:
    """Give a cost in units, rounded down."""
    return np.minimum(np.floor(money * scale), LARGEST_SUM).astype(np.int32)


def _near(wait: NDArray[np.int32], visit: NDArray[np.int32]) -> Near:
    """Let each stop remember the visits to which the way there and back is shortest."""
    stops, visits = len(visit), int(visit.max(initial=-1)) + 1
    remembered = np.full((stops, REMEMBERED), -1, dtype=np.int32)
    place = np.full((stops, visits), -1, dtype=np.int8)
    for j in range(stops):
        order = visit[np.argsort(wait[j] + wait[:, j], kind="stable")[: 4 * REMEMBERED]]
        order = np.concatenate(([visit[j]], order[order != visit[j]]))
        _, first = np.unique(order, return_index=True)
        chosen = order[np.sort(first)][:REMEMBERED]
        remembered[j, : len(chosen)] = chosen
        place[j, chosen] = np.arange(len(chosen))
    return Near(remembered, place)
