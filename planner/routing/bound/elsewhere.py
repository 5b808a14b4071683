"""Routes of one class of shifts, driven by the others: columns that cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import Arcs
from planner.routing.bound.kernel import kernel
from planner.routing.bound.ortools_master import Prices, Route
from planner.routing.bound.relaxed import Relaxed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A route is taken where it is worth so much more than its price, as a share of its worth.
WORTHWHILE = 1e-4


class Elsewhere:
    """Tries routes in every class."""

    def __init__(self, relaxed: Relaxed, visits: int) -> None:
        self._relaxed = relaxed
        self._door_of = np.full((len(relaxed.classes), visits), -1, dtype=np.int64)
        for k, one in enumerate(relaxed.classes):
            self._door_of[k, one.visit] = one.arcs.door

    def driven(self, routes: Iterable[Route], prices: Prices) -> Sequence[Route]:
        """Give the routes that another class can drive and that earn more there than their visits and shift cost."""
        found = []
        for route in routes:
            price = float(prices.visits[route.visits].sum())
            for k, one in enumerate(self._relaxed.classes):
                doors = self._door_of[k, route.visits]
                if k == route.of_class or (doors < 0).any():
                    continue
                above = price + float(prices.classes[k])
                stops = np.empty(len(doors), dtype=np.int64)
                cost = _driven(one.arcs, one.value, doors, stops)
                worth = float(one.value[stops].sum()) - cost / self._relaxed.scale if cost >= 0 else -np.inf
                if worth > above + WORTHWHILE * abs(worth):
                    found.append(Route(k, stops, route.visits, worth))
        return found


@kernel
def _driven(arcs: Arcs, value: Floats, doors: Ints, stops: Ints) -> int:
    """Drive to these doors in order and make at each the richest stop that can begin at once, or else the next to open.

    Writes the stops; gives what the driving costs, in units, or -1 where the hours forbid it.
    """
    at, cost = np.int64(arcs.out[doors[0]]), np.int64(arcs.out_cost[doors[0]])
    for k in range(len(doors)):
        here = doors[k]
        if k > 0:
            at += arcs.wait[stops[k - 1], here]
            cost += arcs.cost[doors[k - 1], here]
        begins, best = np.int64(arcs.begins.shape[1]), -1
        if at <= arcs.shuts[here]:
            for j in range(arcs.stops_of[here], arcs.stops_of[here + 1]):
                begin = np.int64(arcs.begins[j, at])
                if begin >= 0 and (begin < begins or (begin == begins and value[j] > value[best])):
                    begins, best = begin, j
        if best < 0:
            return -1
        stops[k], at = best, begins
    if at + arcs.home[stops[len(doors) - 1]] >= arcs.begins.shape[1]:
        return -1
    return int(cost + arcs.home_cost[doors[len(doors) - 1]])
