"""Which map a coordinate was read from: WGS-84, China's own CGCS2000, or the shifted datums of Chinese maps.

Chinese map services give coordinates in GCJ-02 (Amap, Tencent) or BD-09 (Baidu). Taken for WGS-84 they lie 360–600 m or
about 1 km off. Outside the mainland neither datum shifts (the published
formulas test a box that holds half of Asia; :mod:`geodata.mainland` has an outline). CGCS2000, that of national
surveys, is not shifted either: it lies within centimetres of WGS-84 (both are tied to ITRF) and is kept by its name.

References
----------
The GCJ-02 formula as published in eviltransform (https://github.com/googollee/eviltransform) and coordtransform;
the ellipsoid is Krasovsky 1940 (a = 6378245 m, e² = 0.00669342162296594323). BD-09 as published in coordtransform.
Yang Yuanxi, "Chinese geodetic coordinate system 2000", Chinese Science Bulletin 54 (2009) (CGCS2000 and WGS-84).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.mainland import in_mainland

Datum = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
DATUMS: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09", "cgcs2000")
UNSHIFTED: tuple[Datum, ...] = ("wgs84", "cgcs2000")

AXIS_M = 6378245.0
ECCENTRICITY_2 = 0.00669342162296594323
BAIDU_TURN = np.pi * 3000 / 180


def to_wgs84(lonlat: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    """Give the WGS-84 coordinates of points read from a map of another datum.

    The inverse of :func:`from_wgs84`, found by iteration, exact to a millimetre.

    Parameters
    ----------
    lonlat
        (n, 2) degrees in ``datum``. NaN stays NaN.

    Raises
    ------
    ValueError
        If the datum is unknown.

    Examples
    --------
    >>> to_wgs84(np.array([[116.404, 39.915]]), "gcj02").round(5)
    array([[116.39776,  39.9136 ]])
    """
    _refuse_unknown(datum)
    target = np.asarray(lonlat, dtype=np.float64)
    if datum in UNSHIFTED:
        return target.copy()
    guess = target.copy()
    for _ in range(12):  # the shift varies by under 1 % of the way, so each round gains two digits
        guess = guess - (_shifted(guess, datum) - target)
    # Beside the outline a point may have no origin inside: it was never shifted, then.
    found = np.abs(_shifted(guess, datum) - target).max(axis=1, keepdims=True, initial=0.0) < 1e-8
    return np.where(found, guess, target)


def from_wgs84(lonlat: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    """Give the coordinates that a map of ``datum`` shows for WGS-84 points.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, WGS-84. NaN stays NaN.

    Raises
    ------
    ValueError
        If the datum is unknown.

    Examples
    --------
    >>> from_wgs84(np.array([[116.404, 39.915]]), "gcj02").round(6)
    array([[116.410244,  39.916404]])
    """
    _refuse_unknown(datum)
    points = np.asarray(lonlat, dtype=np.float64)
    return points.copy() if datum in UNSHIFTED else _shifted(points, datum)


def _refuse_unknown(datum: str) -> None:
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r}: one of {', '.join(DATUMS)}")


def _shifted(lonlat: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    """Shift points within the mainland, others not."""
    shifted = lonlat + _gcj02_offset(lonlat)
    if datum == "bd09":
        shifted = _bd09_of_gcj02(shifted)
    return np.where(in_mainland(lonlat)[:, None], shifted, lonlat)


def _gcj02_offset(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    both = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    latitude = np.radians(lonlat[:, 1])
    flat = 1 - ECCENTRICITY_2 * np.sin(latitude) ** 2
    north_degrees = np.degrees(north / (AXIS_M * (1 - ECCENTRICITY_2) / flat**1.5))
    east_degrees = np.degrees(east / (AXIS_M / np.sqrt(flat) * np.cos(latitude)))
    return np.column_stack([east_degrees, north_degrees])


def _bd09_of_gcj02(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
