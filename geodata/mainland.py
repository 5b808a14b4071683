"""Where Chinese map services shift coordinates: a coarse outline of the mainland, Hong Kong and Macau included.

Within about 20 km of a land border the answer may be "mainland" on both sides, since whoever reads a coordinate there
from a Chinese map reads a shifted one. Checked against a gazetteer of towns over 5,000 people: every town of the
mainland lies inside, and of its neighbours' only those close to the border.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

# Longitude and latitude of corners, clockwise from the far west; well off the coast, in the strait of Taiwan
# along its middle.
# fmt: off
CORNERS: tuple[tuple[float, float], ...] = (
    (73.4, 39.5), (73.8, 40), (76, 40.6), (80.2, 42.2), (80.2, 44.9), (82.5, 45.2), (82.9, 46.9), (85.4, 47.2),
    (85.6, 48.2), (87, 49.2), (87.8, 49.2), (90, 48), (91, 46.9), (91, 45.2), (95.3, 44.3), (96.4, 42.8),
    (101.5, 42.6), (105, 41.6), (107.4, 42.4), (110, 42.7), (111.9, 43.7), (111.6, 44.6), (113.6, 44.8), (115, 45.4),
    (117, 46.4), (119.7, 46.7), (118, 47.9), (115.6, 47.8), (116.7, 49.8), (117.8, 49.5), (119.3, 50.3),
    (119.9, 52.6), (121, 53.3), (123.5, 53.56), (126, 52.8), (127.5, 50.3), (127.7, 49.7), (130.6, 48.9), (131, 47.7),
    (134.7, 48.4), (133.1, 45), (131.8, 45.3), (131, 44.8), (131.2, 43.5), (130.6, 42.4), (129.9, 43), (128.9, 42),
    (128.4, 41.8), (128.3, 41.35), (126.9, 41.8), (126, 40.9), (124.3, 39.9), (123.8, 39.3), (123.5, 37), (123, 31),
    (122.9, 29.8), (121.9, 27.5), (120.4, 26.4), (120.2, 25.5), (118.9, 24.2), (118.5, 23.2), (116.5, 22.3),
    (114.5, 21.3), (111.8, 18), (109.5, 17.5), (108.3, 18.8), (108.3, 21.2), (108, 21.5), (106.7, 21.9),
    (106.7, 22.8), (105.3, 23.3), (104, 22.5), (102.5, 22.7), (101.7, 22.4), (101.8, 21.1), (101.2, 21.3),
    (100.1, 21.5), (99.2, 22.1), (99.5, 23), (98.7, 24), (97.5, 23.9), (97.7, 24.8), (98.7, 25.9), (98.7, 27.6),
    (97.4, 28.3), (95.5, 29.1), (94, 28.9), (92.5, 27.9), (91.6, 27.8), (91, 27.95), (89.8, 28.2), (89.3, 27.9),
    (88.95, 27.3), (88.8, 27.9), (88.1, 27.9), (86, 28), (84.2, 28.9), (82, 30.2), (81, 30.1), (78.8, 31.3),
    (78.8, 32.5), (79.4, 32.6), (78.1, 33.5), (78, 35.4), (76, 35.9), (74.5, 37.2),
)
# fmt: on
MARGIN_DEGREES = 0.15


def in_mainland(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each point whether Chinese maps shift it.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, in any of the datums: the shift is far smaller than the outline's margin.

    Returns
    -------
    ndarray
        (n,) True inside; False outside and for NaN.

    Examples
    --------
    >>> in_mainland(np.array([[116.4, 39.9], [121.5, 25.03], [126.98, 37.57]]))  # Beijing, Taipei, Seoul
    array([ True, False, False])
    """
    return np.asarray(shapely.contains_xy(_outline(), lonlat[:, 0], lonlat[:, 1]), dtype=np.bool_)


@cache
def _outline() -> shapely.Geometry:
    outline = shapely.Polygon(CORNERS).buffer(MARGIN_DEGREES)
    shapely.prepare(outline)
    return outline
