"""The most a shift of a class can earn at given prices of the visits, exactly for ng-routes or from above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.alike import Class
from planner.routing.bound.completion import complete, table
from planner.routing.bound.labels import Found, richest, room
from planner.routing.bound.regions import Kept
from planner.routing.bound.relaxed import Relaxed
from planner.routing.bound.walks import walk

#: Labels that one search of a class may make: at first, at least and at most. Twice as many after a search that found a
#: route, half as many after one that gave up before. And how many it may look into after its first route.
FIRST_MADE, LEAST_MADE, MOST_MADE, EXTRA = 100_000, 25_000, 1_000_000, 3_000

#: Routes that one search gives.
ROUTES = 30

#: Walks from the most promising doors, and walks that make none of each other's visits.
WALKS, SERIES = 24, 12

#: Visits that a door remembers at first: few, so that the first rounds are quick.
FIRST_SIZE = 6

#: The first guess of how far the routes wanted lie below the promise, as a share of it.
FIRST_SPAN = 0.02


#: The stops of a route in order, and what it earns.
Earning = tuple[NDArray[np.int64], int]


@dataclass(frozen=True, eq=False)
class Priced:
    """No ng-route earns more than ``most`` units; some routes with what they earn, the stops of each in order."""

    most: int
    routes: tuple[Earning, ...]


class Pricer:
    """Prices the classes of a relaxed problem, one after another in the same room."""

    def __init__(self, relaxed: Relaxed) -> None:
        stops = max((len(one.visit) for one in relaxed.classes), default=0)
        doors = max((len(one.arcs.visit) for one in relaxed.classes), default=0)
        width = max((one.width for one in relaxed.classes), default=0)
        long = max((one.arcs.begins.shape[1] // one.step + 2 for one in relaxed.classes), default=0)
        lie = max((one.regions.wait.shape[1] for one in relaxed.classes), default=0)
        self._table, self._at_door = table(stops, width), table(doors, width)
        self._promised = np.empty(lie * width, np.int32)
        times = max((one.arcs.begins.shape[1] for one in relaxed.classes), default=0)
        self._room = room(MOST_MADE + stops, stops, times)
        self._found = Found(*(np.zeros(shape, np.int32) for shape in ((ROUTES, long), ROUTES, ROUTES)))
        self._spans = np.full(len(relaxed.classes), -1)
        self._patience = np.full(len(relaxed.classes), FIRST_MADE)
        self._classes = relaxed.classes
        self.size = FIRST_SIZE

    def price(self, k: int, gain: NDArray[np.int32]) -> Priced:
        """Price class k whose stops earn ``gain`` units; what earns nothing is never made."""
        one: Class = self._classes[k]
        arcs, width = one.arcs, one.width
        kept = one.kept(gain)
        doors = kept.doors
        complete(arcs, gain, kept, one.regions, self._table, self._at_door, self._promised, width, one.step)
        arrives = np.minimum(arcs.out[doors], width - 1)
        promise = int((self._at_door.first[doors * width + arrives] - arcs.out_cost[doors]).max(initial=0))
        if promise <= 0:
            return Priced(0, ())
        span = int(self._spans[k]) if self._spans[k] > 0 else int(FIRST_SPAN * promise) + 1
        while True:
            floor = max(0, promise - span)
            most = richest(
                arcs,
                gain,
                kept,
                one.regions,
                self._table,
                self._at_door,
                self._promised,
                width,
                one.near,
                self._room,
                self._found,
                floor,
                promise,
                self.size,
                int(self._patience[k]),
                EXTRA,
            )
            count = int(self._room.counts[0])
            if count or floor == 0 or self._room.counts[3]:
                break
            span *= 3
        if count:
            self._patience[k] = min(MOST_MADE, 2 * self._patience[k])
        elif self._room.counts[3]:
            self._patience[k] = max(LEAST_MADE, self._patience[k] // 2)
        lengths, prices = self._found.length[:count].tolist(), self._found.price[:count].tolist()
        lowest = prices[-1] if count else floor
        self._spans[k] = int(1.2 * (promise - lowest)) + 1 if count else span
        routes = tuple(
            (self._found.stops[r, :length][::-1].astype(np.int64), price)
            for r, (length, price) in enumerate(zip(lengths, prices, strict=True))
        )
        return Priced(min(most, promise), routes + tuple(self._walks(one, gain, kept, again=count == 0)))

    def _walks(self, one: Class, gain: NDArray[np.int32], kept: Kept, *, again: bool) -> Iterator[Earning]:
        """Give routes that follow the completions: from the most promising doors, and some that share no visit.

        ``again`` adds those that come back to a visit as the table may: what they earn is what it promises.
        """
        arcs, doors, width = one.arcs, kept.doors, one.width
        arrives = np.minimum(arcs.out[doors], width - 1)
        promise = self._at_door.first[doors * width + arrives] - arcs.out_cost[doors]
        order = doors[np.argsort(-promise, kind="stable")].tolist()
        stops = np.empty(self._found.stops.shape[1], dtype=np.int32)
        blank = np.zeros((WALKS + 1, len(arcs.visit)), dtype=np.uint8)
        begun, most = 0, WALKS * (1 + again) + SERIES
        for start, banned, once in [
            *((d, blank[0], False) for d in order[: WALKS if again else 0]),
            *((d, blank[k], True) for k, d in enumerate(order[:WALKS])),
            *((d, blank[WALKS], True) for d in order),
        ]:
            if begun >= most or banned[arcs.visit[start]]:
                continue
            begun += 1
            size, price = walk(
                arcs,
                gain,
                kept,
                one.regions,
                self._table,
                self._at_door,
                self._promised,
                width,
                start,
                banned,
                stops,
                once,
            )
            if size and price > 0:
                yield stops[:size].astype(np.int64), int(price)
