"""The most a shift of a class can earn at given prices of the visits, exactly for ng-routes or from above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import Table, complete
from planner.routing.bound.labels import Found, richest, room
from planner.routing.bound.relaxed import Class, Relaxed

#: Labels that one search may make, and look into.
MOST_MADE, MOST_LOOKED, EXTRA = 1_000_000, 100_000, 3_000

#: Routes that one search gives.
ROUTES = 30

#: Visits that a stop remembers at first: few, so that the first rounds are quick.
FIRST_SIZE = 6

#: The first guess of how far the routes wanted lie below the promise, as a share of it.
FIRST_SPAN = 0.02


@dataclass(frozen=True, eq=False)
class Priced:
    """No ng-route earns more than ``most`` units; some routes with what they earn, the stops of each in order."""

    most: int
    routes: tuple[tuple[NDArray[np.int64], int], ...]


class Pricer:
    """Prices the classes of a relaxed problem, one after another in the same room."""

    def __init__(self, relaxed: Relaxed) -> None:
        stops = max((len(one.node) for one in relaxed.classes), default=0)
        flat = max((len(one.node) * one.width for one in relaxed.classes), default=0)
        long = max((one.arcs.begins.shape[1] // one.step + 2 for one in relaxed.classes), default=0)
        self._table = Table(*(np.empty(flat, np.int32) for _ in range(3)))
        times = max((one.arcs.begins.shape[1] for one in relaxed.classes), default=0)
        self._room = room(MOST_MADE + stops, stops, times)
        self._found = Found(*(np.zeros(shape, np.int32) for shape in ((ROUTES, long), ROUTES, ROUTES)))
        self._spans = np.full(len(relaxed.classes), -1)
        self._classes = relaxed.classes
        self.size = FIRST_SIZE

    def price(self, k: int, gain: NDArray[np.int32]) -> Priced:
        """Price class k whose stops earn ``gain`` units; what earns nothing is never made."""
        one: Class = self._classes[k]
        arcs, width = one.arcs, one.width
        kept = np.flatnonzero(gain > 0).astype(np.int32)
        complete(arcs, gain, kept, self._table, width, one.step)
        arrives = np.minimum(arcs.out[kept], width - 1)
        promise = int((self._table.first[kept * width + arrives] - arcs.out_cost[kept]).max(initial=0))
        if promise <= 0:
            return Priced(0, ())
        span = int(self._spans[k]) if self._spans[k] > 0 else int(FIRST_SPAN * promise) + 1
        while True:
            floor = max(0, promise - span)
            most = richest(
                arcs,
                gain,
                kept,
                self._table,
                width,
                one.near,
                self._room,
                self._found,
                floor,
                promise,
                self.size,
                MOST_LOOKED,
                EXTRA,
            )
            count = int(self._room.counts[0])
            if count or floor == 0 or self._room.counts[3]:
                break
            span *= 3
        lengths, prices = self._found.length[:count].tolist(), self._found.price[:count].tolist()
        lowest = prices[-1] if count else floor
        self._spans[k] = int(1.2 * (promise - lowest)) + 1 if count else span
        routes = tuple(
            (self._found.stops[r, :length][::-1].astype(np.int64), price)
            for r, (length, price) in enumerate(zip(lengths, prices, strict=True))
        )
        return Priced(min(most, promise), routes)
