"""The outline of a group on the map: close about its places, and not across water that none of them lies beyond."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

#: how far the outline stays from its outermost places
MARGIN_M = 60.0
#: how deep the hull may go in: 1 is convex, 0 follows every place
HULL_RATIO = 0.35
#: corners nearer than this to the line between their neighbours are left out
SMOOTH_M = 6.0


def outline(places_xy: NDArray[np.float64], waters: Sequence[BaseGeometry] = ()) -> Polygon:
    """Draw the outline of a group.

    A hull that may go in is widened by ``MARGIN_M``, and what water cuts off without a place is taken away. If places
    lie on more than one side of the water, or in it, a bridge joins them or their accuracy is poor: it stays whole.

    Parameters
    ----------
    places_xy
        (n, 2) metres, at least one.
    waters
        Areas of water on the same plane.

    Returns
    -------
    Polygon
        Metres; without holes; every place lies inside.

    Raises
    ------
    ValueError
        If there is no place or a coordinate is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> bank = np.array([[0.0, 0.0], [0.0, 400.0], [-300.0, 200.0]])
    >>> river = shapely.box(20, -1000, 200, 1000)
    >>> outline(bank).bounds[2] > 20, outline(bank, [river]).bounds[2]
    (True, 20.0)
    """
    if not len(places_xy) or not np.isfinite(places_xy).all():
        raise ValueError("an outline needs at least one place, all with finite coordinates")
    places = MultiPoint(places_xy)
    hull = shapely.concave_hull(places, ratio=HULL_RATIO).buffer(MARGIN_M, quad_segs=4)
    whole = _filled(hull.simplify(SMOOTH_M))
    near = [water for water in waters if water.intersects(whole)]
    if not near:
        return whole
    land = shapely.get_parts(whole.difference(shapely.union_all(near)))
    sides = [part for part in land if part.intersects(places)]
    if len(sides) == 1 and sides[0].covers(places):
        return _filled(sides[0])
    return whole


def _filled(shape: BaseGeometry) -> Polygon:
    assert isinstance(shape, Polygon)  # a widened hull is in one piece, and so is a part of it
    return Polygon(shape.exterior)
