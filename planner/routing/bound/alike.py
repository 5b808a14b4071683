"""Shifts that are alike, as one class: which stops such a shift may make, when, and how long the ways take.

Every step only allows more than the shifts of the class may do (``relaxed`` lists them).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import Arcs
from planner.routing.bound.kernel import LANES
from planner.routing.bound.labels import Near
from planner.routing.bound.regions import Kept, Regions, lying_together, regions
from planner.routing.instance import Instance

Ints = NDArray[np.int64]
Seconds = NDArray[np.float64]

#: Visits that a door remembers, itself included.
REMEMBERED = 15

#: Sums along a route stay below this many units of money, and a price below this many times the largest value.
LARGEST_SUM, LARGEST_PRICE = 2**28, 4.0


@dataclass(frozen=True, eq=False)
class Class:
    """Shifts that are alike, and the stops they may make.

    Parameters
    ----------
    shifts
        Indices of the shifts.
    visit, value
        The visit of each stop in the instance, and what the stop earns, (stops,). ``arcs.visit`` counts those of the
        class only.
    step
        The least wait of any stop, at most LANES.
    """

    shifts: Ints
    visit: Ints
    value: Seconds
    arcs: Arcs
    regions: Regions
    near: Near
    step: int

    @property
    def width(self) -> int:
        """Length of a row of the completion table."""
        return int(self.arcs.begins.shape[1]) + 2 * LANES

    def kept(self, gain: NDArray[np.int32]) -> Kept:
        """Give the stops that earn something, and their doors."""
        stops = np.flatnonzero(gain > 0).astype(np.int32)
        doors = np.unique(self.arcs.door[stops])
        ends = np.arange(self.regions.wait.shape[1] + 1)
        return Kept(stops, doors, np.searchsorted(self.regions.of_door[doors], ends).astype(np.int32))


def alike(instance: Instance, *, by_length: bool) -> list[Ints]:
    """Give the shifts in classes that may drive the same.

    ``by_length`` also puts shifts of several days and hours together whose length, places, breaks and skills are the
    same: each of them is then allowed what any of them may do, counted from its own start.
    """
    classes: dict[tuple[object, ...], list[int]] = defaultdict(list)
    home = instance.home if instance.home is not None else np.full(len(instance.required), -1)
    for s, one in enumerate(instance.problem.shifts):
        breaks = tuple((b.opens - one.starts, b.closes - one.starts, b.lasts_s) for b in instance.layers[s].breaks)
        key = (one.start_place, one.end_place, one.ends - one.starts, breaks)
        if by_length:
            classes[*key, one.skills].append(s)
        else:
            classes[*key, one.starts, instance.may[s].tobytes(), (home == s).tobytes()].append(s)
    return [np.array(shifts) for shifts in classes.values()]


@dataclass(frozen=True, eq=False)
class Draft:
    """A class before visits are given away; times in steps of the grid from the start of a shift."""

    shifts: Ints
    ends: tuple[int, int]
    visit: Ints
    place: Ints
    service_s: Seconds
    value: Seconds
    begins: NDArray[np.int16]
    out: NDArray[np.int32]
    home: NDArray[np.int32]
    travel_s: Seconds
    grid_s: int

    @property
    def horizon(self) -> int:
        """The last time of a shift."""
        return int(self.begins.shape[1]) - 1

    def shortest(self) -> NDArray[np.int32]:
        """Give for each stop the least steps until another visit can begin."""
        doors = np.unique(np.stack((self.visit, self.place)), axis=1)
        wait = np.where(self.visit[:, None] != doors[0], self._wait(doors[1]), self.horizon + 1)
        least: NDArray[np.int32] = wait.min(axis=1, initial=self.horizon + 1)
        return least

    def least(self, given: set[int]) -> int:
        """Give the least of them among the stops whose visits are not given away."""
        return int(self.shortest()[self._kept(given)].min(initial=self.horizon + 1))

    def made(self, cost: Seconds, given: set[int], scale: float) -> Class:
        """Give the class without the visits given away; ``cost`` is that of the ways between all places."""
        at = self._kept(given)
        doors, door = np.unique(np.stack((self.visit[at], self.place[at])), axis=1, return_inverse=True)
        ways_s = self.travel_s[np.ix_(doors[1], doors[1])]
        groups = lying_together(ways_s + ways_s.T)
        placed = np.concatenate(groups)
        doors, door = doors[:, placed], np.argsort(placed)[door.ravel()]
        order = np.argsort(door, kind="stable")
        at, door = at[order], door[order]
        start, end = self.ends
        begins, place = self.begins[at], doors[1]
        closes = ((begins >= 0).sum(axis=1) - 1).astype(np.int32)
        shuts = np.full(len(place), -1, dtype=np.int32)
        np.maximum.at(shuts, door, closes)
        _, visit = np.unique(doors[0], return_inverse=True)
        arcs = Arcs(
            stops_of=np.searchsorted(door, np.arange(len(place) + 1)).astype(np.int32),
            door=door.astype(np.int32),
            visit=visit.astype(np.int32),
            out=_steps(self.travel_s[start, place], self.grid_s, self.horizon),
            out_cost=_units(cost[start, place], scale),
            wait=np.ascontiguousarray(self._wait(place)[at]),
            cost=_units(cost[np.ix_(place, place)], scale),
            home=self.home[at],
            home_cost=_units(cost[place, end], scale),
            begins=begins,
            opens=(begins == np.arange(self.horizon + 1)).argmax(axis=1).astype(np.int32),
            closes=closes,
            shuts=shuts,
        )
        step = min(LANES, self.least(given))
        near = _near(self.travel_s[np.ix_(place, place)], arcs.visit)
        # Between the stops of one visit the wait may be less than a step, but nobody goes from one to the other.
        lie = regions([len(one) for one in groups], np.maximum(arcs.wait, step), arcs.cost, arcs.stops_of)
        return Class(self.shifts, self.visit[at], self.value[at], arcs, lie, near, step)

    def _kept(self, given: set[int]) -> Ints:
        return np.flatnonzero(~np.isin(self.visit, sorted(given)))

    def _wait(self, place: Ints) -> NDArray[np.int32]:
        """Give for each stop the steps of its service and the way to each of these places."""
        return _steps(self.service_s[:, None] + self.travel_s[np.ix_(self.place, place)], self.grid_s, self.horizon)


def draft(instance: Instance, travel_s: Seconds, shifts: Ints, grid_s: int) -> Draft:
    """Give what a shift of the class may do at most; ``travel_s`` are the shortest ways between all places."""
    one, breaks = instance.problem.shifts[shifts[0]], instance.layers[shifts[0]].breaks
    pause = max(breaks, key=lambda pause: pause.lasts_s, default=None)
    may, opens, closes, value = windows(instance, shifts)
    starts, ends = 0.0, float(one.ends - one.starts)
    if pause is not None:
        # The latest time moved forward that a stop before the break cannot also have, and the earliest one behind it.
        earliest = pause.opens - one.starts + 1.0 - pause.lasts_s
        latest = pause.closes - one.starts + pause.lasts_s - 1.0
        starts = min(starts, earliest)
        opens = np.where(opens <= earliest, opens, np.maximum(earliest, opens - pause.lasts_s))
        closes = np.where(closes <= latest, closes, np.maximum(latest, closes - pause.lasts_s))
        ends = max(latest, ends - pause.lasts_s)
    horizon = int((ends - starts) // grid_s)
    key = np.stack((instance.visit[may], instance.place[may], instance.service_s[may], value))
    _, some, stop = np.unique(key, axis=1, return_index=True, return_inverse=True)
    allowed = np.zeros((len(some), horizon + 2), dtype=np.int32)
    np.add.at(allowed, (stop.ravel(), ((opens - starts) // grid_s).astype(np.int64)), 1)
    np.add.at(allowed, (stop.ravel(), ((closes - starts) // grid_s).astype(np.int64) + 1), -1)
    node = may[some]
    place, service_s = instance.place[node], instance.service_s[node].astype(np.float64)
    out = _steps(travel_s[one.start_place, place], grid_s, horizon)
    home = _steps(service_s + travel_s[place, one.end_place], grid_s, horizon)
    times = np.arange(horizon + 1)
    good = (allowed.cumsum(axis=1)[:, :-1] > 0) & (times >= out[:, None]) & (times + home[:, None] <= horizon)
    later = np.where(good, times, horizon + 1)
    begins = np.minimum.accumulate(later[:, ::-1], axis=1)[:, ::-1]
    begins = np.where(begins > horizon, -1, begins).astype(np.int16)
    kept = np.flatnonzero(good.any(axis=1))
    return Draft(
        shifts,
        (one.start_place, one.end_place),
        instance.visit[node[kept]].astype(np.int64),
        place[kept].astype(np.int64),
        service_s[kept],
        value[some[kept]],
        begins[kept],
        out[kept],
        home[kept],
        travel_s,
        grid_s,
    )


def windows(instance: Instance, shifts: Ints) -> tuple[Ints, Seconds, Seconds, Seconds]:
    """Give every node that one of the shifts may make, with window from the shift's start and value."""
    nodes, opens, closes, value = [], [], [], []
    every = np.arange(len(instance.visit))
    for s in shifts.tolist():
        one = instance.problem.shifts[s]
        opened = np.maximum(instance.opens, one.starts) - one.starts
        closed = np.minimum(instance.closes, one.ends) - one.starts
        may = np.flatnonzero(instance.may[s] & (opened <= closed))
        nodes.append(may)
        opens.append(opened[may])
        closes.append(closed[may])
        value.append(instance.worth(s, every)[may])
    return np.concatenate(nodes), np.concatenate(opens), np.concatenate(closes), np.concatenate(value)


def _steps(seconds: Seconds, grid_s: int, horizon: int) -> NDArray[np.int32]:
    """Give whole steps, more than the horizon where they do not fit into it."""
    return np.minimum(seconds // grid_s, horizon + 1).astype(np.int32)


def _units(money: Seconds, scale: float) -> NDArray[np.int32]:
    """Give a cost in units, rounded down."""
    return np.minimum(np.floor(money * scale), LARGEST_SUM).astype(np.int32)


def _near(ways_s: Seconds, visit: NDArray[np.int32]) -> Near:
    """Let each door remember the visits to which the way there and back is shortest."""
    doors, visits = len(visit), int(visit.max(initial=-1)) + 1
    remembered = np.full((doors, REMEMBERED), -1, dtype=np.int32)
    place = np.full((doors, visits), -1, dtype=np.int8)
    there_and_back = ways_s + ways_s.T
    for d in range(doors):
        order = visit[np.argsort(there_and_back[d], kind="stable")[: 4 * REMEMBERED]]
        order = np.concatenate(([visit[d]], order[order != visit[d]]))
        _, first = np.unique(order, return_index=True)
        chosen = order[np.sort(first)][:REMEMBERED]
        remembered[d, : len(chosen)] = chosen
        place[d, chosen] = np.arange(len(chosen))
    return Near(remembered, place)
