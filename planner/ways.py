"""What a sample of a region's own roads shows of the ways there: from door to door, and out from the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.patterns.tour_length import Floats, LegLaw, leg_law, sampled
from geodata.projection import local_metres
from geodata.roads import RoadEngine

#: fewer pairs of doors than this are too few to tell of legs by themselves: the ways from the start count too
FEWEST_DOORS = 30
#: points of a sample; a table of so many takes the private road engine about a tenth of a second
SAMPLE = 64


@dataclass(frozen=True)
class Ways:
    """Places on a plane and the time on the roads.

    ``xy`` (n, 2) metres, ``depot_s`` (n,) seconds from the start to each place, the mean of there and back, both NaN
    where the place is unknown or no road was seen. ``law`` gives the seconds of a leg by its straight length.
    """

    xy: Floats
    depot_s: Floats
    law: LegLaw
    source: str
    estimated: bool


def ways(lonlat: Floats, start: tuple[float, float], roads: RoadEngine, *, seed: int = 1) -> Ways:
    """Look at a sample of roads between places and from the start.

    Parameters
    ----------
    lonlat
        (n, 2) places; NaN is unknown.
    start
        Longitude and latitude from which the crew goes out and to which it returns.

    Raises
    ------
    geodata.roads.RoadFailure
        If the engine gives no answer.
    ValueError
        If no road leads from one of the places to another or to the start.
    """
    points = np.vstack([np.asarray(start, dtype=np.float64)[None], lonlat])
    metres = local_metres(points)
    known = np.flatnonzero(np.isfinite(metres[1:]).all(axis=1)) + 1
    spots = known[np.sort(np.unique(points[known], axis=0, return_index=True)[1])]
    rows = spots[sampled(metres[spots], SAMPLE, seed=seed)]
    rows = np.append(0, rows)
    times = roads.travel_times(points[rows])
    apart = np.linalg.norm(metres[rows][:, None] - metres[rows][None], axis=2)
    if not apart.any() and len(rows) > 1:  # all of them live where the crew starts
        nowhere = LegLaw(np.ones(1), np.zeros(1))
        return Ways(metres[1:], np.linalg.norm(metres[1:], axis=1) * 0.0, nowhere, times.source, times.estimated)
    doors = np.isfinite(times.seconds[1:, 1:]) & (apart[1:, 1:] > 0)
    first = 1 if doors.sum() >= FEWEST_DOORS else 0
    seen = leg_law(apart[first:, first:].ravel(), times.seconds[first:, first:].ravel())
    both_s = (times.seconds[0, 1:] + times.seconds[1:, 0]) / 2
    away = np.linalg.norm(metres[1:] - metres[0], axis=1)
    # The start has its own ways (a bridge, a motorway): they are as much longer than the law as in the sample.
    longer = both_s / np.maximum(seen(apart[0, 1:]), 1e-9)
    usable = np.isfinite(longer) & (apart[0, 1:] > 0)
    factor = float(np.median(longer[usable])) if usable.any() else np.nan
    return Ways(metres[1:], seen(away) * factor, seen, times.source, times.estimated)
