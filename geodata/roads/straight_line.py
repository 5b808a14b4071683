"""The fallback without any road data: the straight line, made longer, at one speed. Always labelled as an estimate."""

from __future__ import annotations

import numpy as np

from geodata.roads.region import Profile
from geodata.roads.travel import Floats, OnCells, RouteShape, TravelTimes, checked_points, unheard

EARTH_RADIUS_M = 6_371_008.8
NAME = "straight line"


class StraightLine:
    """Straight line × detour at one speed.

    Parameters
    ----------
    detour
        How much longer the street is than the straight line: towns have a median of 1.25–1.45.
    kmh
        Door-to-door speed in a town by day.
    """

    def __init__(self, detour: float = 1.35, kmh: float = 25.0) -> None:
        if not (detour >= 1 and kmh > 0):
            raise ValueError(f"a detour is at least 1 and a speed positive, not {detour} and {kmh}")
        self.detour = detour
        self.kmh = kmh

    @property
    def source(self) -> str:
        """Name the estimate."""
        return f"{NAME} × {self.detour:g} at {self.kmh:g} km/h"

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Estimate all pairs; a point that is NaN has NaN everywhere, on the diagonal too.

        Examples
        --------
        >>> times = StraightLine().travel_times(np.array([[114.0, 30.0], [114.0, 30.01]]))
        >>> times.metres.round(), times.estimated
        (array([[   0., 1501.],
               [1501.,    0.]]), True)
        """
        array = checked_points(points, missing=True)
        metres = _distance_m(array[:, None], array[None, :]) * self.detour
        on_cells(metres.size, metres.size)
        return TravelTimes(metres * 3.6 / self.kmh, metres, np.full(len(array), np.nan), self.source, estimated=True)

    def route(self, points: Floats) -> RouteShape:
        """Join the points by straight lines."""
        array = checked_points(points, missing=False)
        metres = _distance_m(array[:-1], array[1:]) * self.detour
        legs = tuple(array[i : i + 2].copy() for i in range(len(array) - 1))
        return RouteShape(array.copy(), metres * 3.6 / self.kmh, metres, legs, estimated=True)


def straight_line(profile: Profile) -> StraightLine:
    """Give the estimate for how crews go; walkers take paths, and 4.5 km/h as ``walking_kmh`` of the defaults says.

    >>> straight_line("car").source, straight_line("foot").source
    ('straight line × 1.35 at 25 km/h', 'straight line × 1.3 at 4.5 km/h')
    """
    return StraightLine(1.3, 4.5) if profile == "foot" else StraightLine()


def is_estimate(source: str) -> bool:
    """Say whether a source of travel times is the straight line, by its name.

    >>> is_estimate(StraightLine().source), is_estimate("OSRM http://127.0.0.1:5000, data 1f")
    (True, False)
    """
    return source.startswith(NAME)


def _distance_m(a: Floats, b: Floats) -> Floats:
    """Give great-circle distances (haversine) of points in degrees."""
    lon_a, lat_a, lon_b, lat_b = (np.radians(v) for v in (a[..., 0], a[..., 1], b[..., 0], b[..., 1]))
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1))))
