"""Driving through the day: the seconds of a leg times the factor of the local hour in which it is departed.

A crew may wait for a cheaper hour, so leaving later never arrives earlier: times stay in order, and the labels of a
tour may be built on them. The same is compiled for the search in ``planner.routing.compiled.drive``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.routing.compiled.layout import HAIR_S, HOUR_S


@dataclass(frozen=True)
class Hours:
    """Factors by the hour of departure, and where in a day the origin of the times lies, in seconds."""

    factors: tuple[float, ...]
    into_day: int

    def arrival(self, at: ArrayLike, leg: ArrayLike) -> NDArray[np.float64]:
        """Give the earliest arrival of legs that may be left from ``at`` on, times and legs in whole seconds."""
        departs, seconds = np.broadcast_arrays(np.asarray(at, dtype=float), np.asarray(leg, dtype=float))
        best = departs + self._lasts(departs, seconds)
        later = departs - (self.into_day + departs) % HOUR_S + HOUR_S
        while (sooner := (later < best) & (seconds > 0)).any():
            best = np.where(sooner, np.minimum(best, later + self._lasts(later, seconds)), best)
            later = later + HOUR_S
        return best

    def departure(self, by: ArrayLike, leg: ArrayLike) -> NDArray[np.float64]:
        """Give the latest moment from which on legs may be left so that they arrive by then."""
        last, seconds = np.broadcast_arrays(np.asarray(by, dtype=float), np.asarray(leg, dtype=float))
        arrives, found = last, np.full(last.shape, np.nan)
        begins = last - (self.into_day + last) % HOUR_S
        while (open_ := np.isnan(found)).any():
            departs = np.minimum(last, arrives - self._lasts(begins, seconds))
            found = np.where(open_ & (departs >= begins), departs, found)
            last = np.minimum(last, begins - 1)
            begins = begins - HOUR_S
        return found

    def arrives(self, at: float, leg: float) -> float:
        """Give ``arrival`` of one leg: most tours are built a leg at a time, and an array of one costs twenty times."""
        best = at + self._last(at, leg)
        later = at - (self.into_day + at) % HOUR_S + HOUR_S
        while later < best and leg > 0:
            best = min(best, later + self._last(later, leg))
            later += HOUR_S
        return best

    def leaves(self, by: float, leg: float) -> float:
        """Give ``departure`` of one leg."""
        last, begins = by, by - (self.into_day + by) % HOUR_S
        while True:
            departs = min(last, by - self._last(begins, leg))
            if departs >= begins:
                return departs
            last, begins = min(last, begins - 1), begins - HOUR_S

    def _last(self, departs: float, seconds: float) -> float:
        return float(math.ceil(seconds * self.factors[int((self.into_day + departs) // HOUR_S % 24)] - HAIR_S))

    def _lasts(self, departs: NDArray[np.float64], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        hour = ((self.into_day + departs) // HOUR_S % 24).astype(np.int64)
        whole: NDArray[np.float64] = np.ceil(seconds * np.asarray(self.factors)[hour] - HAIR_S)
        return whole


#: Times and legs beyond it stand for "never" and "no road".
BEYOND_S = 1e9


def arrival(hours: Hours | None, at: ArrayLike, leg: ArrayLike) -> NDArray[np.float64]:
    """Give the earliest arrival; without factors departure and leg are simply added."""
    if hours is None:
        return np.add(at, leg)
    known = (np.abs(at) < BEYOND_S) & (np.asarray(leg) < BEYOND_S)
    return np.where(known, hours.arrival(np.where(known, at, 0.0), np.where(known, leg, 0.0)), np.inf)


def departure(hours: Hours | None, by: ArrayLike, leg: ArrayLike) -> NDArray[np.float64]:
    """Give the latest departure; without factors the leg is simply taken off."""
    if hours is None:
        return np.subtract(by, leg)
    known = (np.abs(by) < BEYOND_S) & (np.asarray(leg) < BEYOND_S)
    return np.where(known, hours.departure(np.where(known, by, 0.0), np.where(known, leg, 0.0)), -np.inf)


def arrival_one(hours: Hours | None, at: float, leg: float) -> float:
    """Give ``arrival`` of one leg."""
    if hours is None:
        return at + leg
    return hours.arrives(at, leg) if abs(at) < BEYOND_S and leg < BEYOND_S else math.inf


def departure_one(hours: Hours | None, by: float, leg: float) -> float:
    """Give ``departure`` of one leg."""
    if hours is None:
        return by - leg
    return hours.leaves(by, leg) if abs(by) < BEYOND_S and leg < BEYOND_S else -math.inf
