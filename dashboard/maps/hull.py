"""The soft outline of a visit group: a hull around its places, widened so that it does not cut through them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely import MultiPoint, Polygon

METRES_PER_DEGREE = 111_320.0


def soft_hull(
    points: Sequence[tuple[float, float]], *, margin_m: float = 120.0, fine: bool = False
) -> list[tuple[float, float]]:
    """Give the outline around lon, lat points as a closed ring of lon, lat.

    Parameters
    ----------
    points
        At least one point.
    margin_m
        How far the outline stays from the outermost points.
    fine
        With so many corners that a circle is seen as one.

    >>> len(soft_hull([(116.0, 28.0), (116.01, 28.0), (116.0, 28.01)])) > 8
    True
    """
    places = np.asarray(points, dtype=float)
    # A degree of longitude shrinks towards the poles: work where a unit is a metre both ways.
    stretch = np.array([METRES_PER_DEGREE * np.cos(np.radians(places[:, 1].mean())), METRES_PER_DEGREE])
    origin = places.mean(axis=0)
    inner = MultiPoint((places - origin) * stretch).convex_hull
    outline = (
        inner.buffer(margin_m, quad_segs=12) if fine else inner.buffer(margin_m, quad_segs=4).simplify(margin_m / 12)
    )
    assert isinstance(outline, Polygon)  # a widened hull is never less
    ring = np.asarray(outline.exterior.coords) / stretch + origin
    return [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in ring]
