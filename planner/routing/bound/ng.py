"""A value that no plan can exceed, by column generation over ng-routes; better with every round.

Give every visit a price π: whoever makes it pays π for it. At any prices no plan is worth more than

    Σ π  +  Σ over classes of shifts of count × max(0, the most that one route of the class earns after prices)

because a plan pays each price at most once (a required visit exactly once, so its price may lie below zero), and
because a route may here do all that a shift may do, and more (``relaxed``, ``labels``). So every round gives a valid
bound, and the rounds only look for prices at which it is low: the master programme proposes prices from the routes
found so far, the pricing finds the routes that are too good at them, and in between the proposal is drawn back towards
the best prices known.

References
----------
Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming", International Transactions in
Operational Research 4 (1997), for the drawing back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.alike import LARGEST_PRICE, REMEMBERED
from planner.routing.bound.elsewhere import Elsewhere
from planner.routing.bound.first_prices import first_prices
from planner.routing.bound.knapsack import Knapsack
from planner.routing.bound.ortools_master import Master, Prices, Route
from planner.routing.bound.pricing import Priced, Pricer
from planner.routing.bound.relaxed import Relaxed, relax
from planner.routing.instance import Instance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: How much of the master's proposal is taken, and how far from the best prices it may go at first, as a share of the
#: largest value of each visit. It may go farther after a round in which the bound fell by a good share of what the
#: master hoped for, and less far after one in which it fell by hardly any.
TAKEN, FIRST_BOX, LEAST_BOX, MOST_BOX = 0.3, 0.06, 0.02, 0.4
MUCH, LITTLE, WIDER, NARROWER = 0.1, 0.03, 1.5, 0.7

#: A stop remembers more visits, so many more, when the master's value is so near to the bound, as a share of it.
GROWTH, GROW_BELOW = 3, 2.5e-3

#: The rounds end when the master's value is so near to the bound, as a share of it.
NEAR_ENOUGH = 1e-5


@dataclass(frozen=True, eq=False)
class Bound:
    """What was proven, and at which prices.

    Parameters
    ----------
    value
        No plan that makes every required visit is worth more; no plan at all, if the plan at hand does not make them.
    duals
        The price of each visit: what it is worth to the whole to make it, (visits,).
    marginal
        What one more shift like this one would earn at these prices, (shifts,).
    rounds
        How many rounds it took.
    """

    value: float
    duals: Floats
    marginal: Floats
    rounds: int


@dataclass(frozen=True, eq=False)
class _Round:
    """Prices in units, the bound at them, and what each class found."""

    prices: Ints
    value: float
    priced: tuple[Priced, ...]


def ng_bound(
    instance: Instance,
    tours: Sequence[Sequence[int]],
    *,
    ends: float,
    on_bound: Callable[[Bound], None],
    cancelled: Callable[[], bool],
    other: Knapsack | None = None,
) -> Bound | None:
    """Give the best bound found until ``ends`` (of ``time.monotonic``), or None where the problem is too large.

    Parameters
    ----------
    tours
        The nodes of each shift in the plan at hand.
    on_bound
        Told of every better bound.
    cancelled
        Asked between any two classes.
    other
        A bound that is lower than the first one here gives prices at which this one is lower still.
    """
    relaxed = relax(instance, within_s=ends - time.monotonic())
    if relaxed is None:
        return None
    return _Rounds(instance, tours, relaxed, lambda: cancelled() or time.monotonic() >= ends, on_bound).run(other)


class _Rounds:
    def __init__(
        self,
        instance: Instance,
        tours: Sequence[Sequence[int]],
        relaxed: Relaxed,
        stopped: Callable[[], bool],
        on_bound: Callable[[Bound], None],
    ) -> None:
        self._instance, self._relaxed, self._stopped, self._on_bound = instance, relaxed, stopped, on_bound
        self._pricer = Pricer(relaxed)
        self._counts = [len(one.shifts) for one in relaxed.classes]
        self._master = Master(self._counts, len(instance.required))
        self._elsewhere = Elsewhere(relaxed, len(instance.required))
        self._low, self._high = _limits(instance, tours, relaxed)
        # The price of a visit that must be made may have to go far below a value of nothing.
        self._reach = np.where(self._low < 0, np.maximum(self._high, int(self._high.mean())), self._high)
        self._first = first_prices(instance, tours)

    def run(self, other: Knapsack | None) -> Bound | None:
        """Give the best bound of all rounds, None if there was no time for the first."""
        best = self._at(self._units(self._first))
        if best is None:
            return None
        rounds, last = 1, best
        self._on_bound(self._bound(best, rounds))
        if other is not None and other.value < best.value:
            self._learn(best, None)
            now = self._at(self._units(other.prices))
            if now is None:
                return self._bound(best, rounds)
            rounds, last = 2, now
            if now.value < best.value:
                best = now
                self._on_bound(self._bound(best, rounds))
        box = FIRST_BOX
        found = None
        while not self._stopped():
            # A round that taught nothing would be repeated for ever: then the proposal is taken whole.
            taken = TAKEN if self._learn(last, found) else 1.0
            scale = self._relaxed.scale
            far = box * self._reach
            low, high = np.maximum(self._low, best.prices - far), np.minimum(self._high, best.prices + far)
            found = self._master.prices(low / scale, high / scale)
            if found is None:
                break
            short = best.value - found.value - self._relaxed.given_away
            if self._pricer.size < REMEMBERED and short < GROW_BELOW * abs(best.value):
                # At these prices better routes are hardly to be found: forbid more of those that return.
                self._pricer.size = min(REMEMBERED, self._pricer.size + GROWTH)
                self._master.keep(lambda one: self._remembers(one.of_class, one.stops))
                now = self._at(best.prices)
                if now is None:
                    break
                best = last = now if now.value <= best.value else _Round(best.prices, best.value, now.priced)
                rounds += 1
                self._on_bound(self._bound(best, rounds))
                continue
            if short < NEAR_ENOUGH * abs(best.value):
                break
            proposed = np.floor(found.visits * scale).astype(np.int64)
            draft = np.clip(
                np.round(taken * proposed + (1.0 - taken) * best.prices).astype(np.int64), self._low, self._high
            )
            now = self._at(draft)
            if now is None:
                break
            rounds += 1
            kept = (best.value - now.value) / max(short, 1e-9)
            box = min(max(box * (WIDER if kept > MUCH else NARROWER if kept < LITTLE else 1.0), LEAST_BOX), MOST_BOX)
            if now.value < best.value:
                best = now
                self._on_bound(self._bound(best, rounds))
            last = now
        return self._bound(best, rounds)

    def _units(self, prices: Floats) -> Ints:
        """Give prices in units, as low and as high as they may be."""
        return np.clip(np.floor(prices * self._relaxed.scale), self._low, self._high).astype(np.int64)

    def _at(self, prices: Ints) -> _Round | None:
        """Give the bound at these prices, or None where time is up before it is known."""
        priced = []
        for k, one in enumerate(self._relaxed.classes):
            if self._stopped():
                return None
            worth = np.ceil(one.value * self._relaxed.scale).astype(np.int64)
            priced.append(self._pricer.price(k, (worth - prices[one.visit]).astype(np.int32)))
        units = int(prices.sum()) + sum(count * one.most for count, one in zip(self._counts, priced, strict=True))
        value = units / self._relaxed.scale + self._relaxed.given_away
        return _Round(prices, value + 1e-9 * abs(value), tuple(priced))

    def _learn(self, last: _Round, prices: Prices | None) -> int:
        """Take the routes of a round into the master, there and in other classes; give how many were new."""
        routes = []
        for k, (one, priced) in enumerate(zip(self._relaxed.classes, last.priced, strict=True)):
            for stops, earned in priced.routes:
                visits = one.visit[stops]
                routes.append(
                    Route(k, stops, visits, (earned + float(last.prices[visits].sum())) / self._relaxed.scale)
                )
        if prices is not None:
            routes.extend(self._elsewhere.driven(routes, prices))
        return self._master.add(routes)

    def _remembers(self, k: int, stops: Ints) -> bool:
        """Say whether a route still makes no visit that it remembers."""
        one, memory = self._relaxed.classes[k], set[int]()
        for j in stops.tolist():
            door = one.arcs.door[j]
            visit = int(one.arcs.visit[door])
            if visit in memory:
                return False
            memory = memory.intersection(one.near.visits[door, : self._pricer.size].tolist()) | {visit}
        return True

    def _bound(self, best: _Round, rounds: int) -> Bound:
        scale = self._relaxed.scale
        marginal = np.zeros(len(self._instance.problem.shifts))
        for one, priced in zip(self._relaxed.classes, best.priced, strict=True):
            marginal[one.shifts] = priced.most / scale
        return Bound(best.value, best.prices / scale, marginal, rounds)


def _limits(instance: Instance, tours: Sequence[Sequence[int]], relaxed: Relaxed) -> tuple[Ints, Ints]:
    """Give the least and the largest price of each visit, in units.

    A price above the value would keep a visit out of every route; below zero only what must be made may be priced, and
    only a plan at hand that makes all of it shows that it can be.
    """
    visits = len(instance.required)
    reached = np.zeros(visits, dtype=bool)
    high = np.zeros(visits, dtype=np.int64)
    for one in relaxed.classes:
        reached[one.visit] = True
        np.maximum.at(high, one.visit, np.ceil(one.value * relaxed.scale).astype(np.int64))
    made = np.zeros(visits, dtype=bool)
    made[instance.visit[[n for one in tours for n in one]]] = True
    forced = instance.required & reached & bool(made[instance.required].all())
    least = -int(LARGEST_PRICE * relaxed.scale * relaxed.top)
    low = np.where(forced, least, 0)
    return low, np.maximum(high, low)
