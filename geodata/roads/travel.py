"""What a road engine is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FAR_SNAP_M = 300.0
#: a point further from every street than this has no road: its times would be those of somewhere else
NO_STREET_M = 5_000.0

#: told how many cells of a matrix are there, and of how many; may raise to stop the work
OnCells = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Hear how far a matrix is and do nothing."""


class RoadFailure(Exception):
    """The engine gave no answer.

    Attributes
    ----------
    fault
        ``"input"``: what was asked cannot be answered, change it. ``"engine"``: the engine or its data is at fault.
        ``"network"``: the engine was not reached.
    try_again
        Whether the same question may be answered later.
    """

    def __init__(self, text: str, *, fault: str, try_again: bool) -> None:
        super().__init__(text)
        self.fault = fault
        self.try_again = try_again


@dataclass(frozen=True)
class TravelTimes:
    """How long and how far it is from each of n points to each other.

    Attributes
    ----------
    seconds, metres
        (n, n), from the row's point to the column's; NaN = no road; the diagonal is 0.
    snap_m
        (n,) from the point to the street it was moved to; NaN = the point is unknown or no street was sought.
    source
        The engine and its data, for people to read.
    estimated
        True when no street was looked at: must be said wherever the numbers are shown.
    """

    seconds: Floats
    metres: Floats
    snap_m: Floats
    source: str
    estimated: bool

    @property
    def unreachable_pairs(self) -> int:
        """How many ordered pairs have no road between them."""
        return int(np.isnan(self.seconds).sum())

    @property
    def far_from_streets(self) -> int:
        """How many points lie over 300 m from the street they were moved to: misplaced, or off the map."""
        return int((self.snap_m > FAR_SNAP_M).sum())


@dataclass(frozen=True)
class RouteShape:
    """The way through k points in the order given.

    Attributes
    ----------
    line
        (m, 2) longitude and latitude along the streets.
    leg_seconds, leg_metres
        (k − 1,) NaN = no road.
    leg_lines
        The line cut at the points, k − 1 pieces; a piece without a road is empty (0, 2).
    estimated
        True when no street was looked at.
    """

    line: Floats
    leg_seconds: Floats
    leg_metres: Floats
    leg_lines: tuple[Floats, ...]
    estimated: bool


class RoadEngine(Protocol):
    """Anything that knows the way."""

    @property
    def source(self) -> str:
        """Name the engine and its data: the same name promises the same answers."""
        ...

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Give the times between all of (n, 2) longitudes and latitudes; a row of NaN gives NaN."""
        ...

    def route(self, points: Floats) -> RouteShape:
        """Give the way through (k, 2) longitudes and latitudes, k ≥ 1."""
        ...


@runtime_checkable
class Extending(Protocol):
    """An engine that can be asked for what is new of a matrix alone."""

    def extended(
        self, points: Floats, kept: TravelTimes, rows: NDArray[np.intp], *, on_cells: OnCells = unheard
    ) -> TravelTimes:
        """Give the times between all of (n, 2) points, of which some are kept.

        Parameters
        ----------
        kept
            The times between points of another question to the same engine.
        rows
            (n,) each point's row in ``kept``; −1: it is new, or NaN.
        """
        ...


def alike(points: Floats) -> Floats:
    """Give (n, 2) points to a millionth of a degree, a tenth of a metre: what is alike then is one place."""
    return np.asarray(np.round(np.asarray(points, dtype=np.float64).reshape(-1, 2), 6) + 0.0)  # no -0.0 beside 0.0


def checked_points(points: Floats, *, missing: bool) -> Floats:
    """Give the points as an (n, 2) float array, or say what is wrong with them.

    Raises
    ------
    RoadFailure
        If the shape is another, a point is not on the Earth, or one is NaN and ``missing`` does not allow it.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise RoadFailure(f"points must be (n, 2), longitude first, not {array.shape}", fault="input", try_again=False)
    known = np.isfinite(array).all(axis=1)
    if not missing and not known.all():
        raise RoadFailure(f"point {int(np.argmin(known))} has no coordinates", fault="input", try_again=False)
    off = known & ((np.abs(array[:, 0]) > 180) | (np.abs(array[:, 1]) > 90))
    if off.any():
        first = int(np.argmax(off))
        raise RoadFailure(
            f"point {first} is not on the Earth: longitude {array[first, 0]}, latitude {array[first, 1]}",
            fault="input",
            try_again=False,
        )
    return array


def without_far(times: TravelTimes) -> TravelTimes:
    """Give travel times in which a point over 5 km from every street has no road to any other, nor from it.

    A road engine would answer for the street that it moves the point to, be that 60 km away.
    """
    far = times.snap_m > NO_STREET_M
    if not far.any():
        return times
    cut = (far[:, None] | far[None, :]) & ~np.eye(len(far), dtype=np.bool_)
    return replace(times, seconds=np.where(cut, np.nan, times.seconds), metres=np.where(cut, np.nan, times.metres))


def with_missing_rows(times: TravelTimes, known: NDArray[np.bool_]) -> TravelTimes:
    """Give travel times for all points when only the known ones were asked: the others get NaN, on the diagonal too."""
    if known.all():
        return times
    n = len(known)
    seconds, metres, snap_m = np.full((n, n), np.nan), np.full((n, n), np.nan), np.full(n, np.nan)
    seconds[np.ix_(known, known)] = times.seconds
    metres[np.ix_(known, known)] = times.metres
    snap_m[known] = times.snap_m
    return TravelTimes(seconds, metres, snap_m, times.source, times.estimated)
