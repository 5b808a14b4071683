"""Routes of one class of shifts, driven by the others: columns that cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import Arcs
from planner.routing.bound.kernel import kernel
from planner.routing.bound.ortools_master import Prices, Route
from planner.routing.bound.relaxed import Relaxed

Ints = NDArray[np.int64]

#: A route is taken where it is worth so much more than its price, as a share of its worth.
WORTHWHILE = 1e-4


class Elsewhere:
    """Tries routes in every class."""

    def __init__(self, relaxed: Relaxed, visits: int) -> None:
        self._relaxed = relaxed
        self._stop_of = np.full((len(relaxed.classes), visits), -1, dtype=np.int64)
        for k, one in enumerate(relaxed.classes):
            self._stop_of[k, one.visit] = np.arange(len(one.visit))

    def driven(self, routes: Iterable[Route], prices: Prices) -> Sequence[Route]:
        """Give the routes that another class can drive and that earn more there than their visits and shift cost."""
        found = []
        for route in routes:
            price = float(prices.visits[route.visits].sum())
            for k, one in enumerate(self._relaxed.classes):
                stops = self._stop_of[k, route.visits]
                if k == route.of_class or (stops < 0).any():
                    continue
                value = float(one.value[stops].sum())
                above = price + float(prices.classes[k])
                if value < above:
                    continue
                cost = _cost(one.arcs, stops)
                worth = value - cost / self._relaxed.scale
                if cost >= 0 and worth > above + WORTHWHILE * abs(worth):
                    found.append(Route(k, stops, route.visits, worth))
        return found


@kernel
def _cost(arcs: Arcs, stops: Ints) -> int:
    """Give what driving to these stops in order costs, in units, or -1 where the hours forbid it."""
    here = stops[0]
    at, cost = arcs.out[here], arcs.out_cost[here]
    for k in range(len(stops)):
        if k > 0:
            at += arcs.wait[here, stops[k]]
            cost += arcs.cost[here, stops[k]]
            here = stops[k]
        if at > arcs.closes[here]:
            return -1
        at = np.int32(arcs.begins[here, at])
    if at + arcs.home[here] >= arcs.begins.shape[1]:
        return -1
    return int(cost + arcs.home_cost[here])
