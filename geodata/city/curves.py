"""Curves as arrays of points: splines, even steps, smoothing and tangents."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]


def along(line: Floats) -> Floats:
    """Give the distance of each point from the first one along the line, shape (n,), m.

    Examples
    --------
    >>> along(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])).tolist()
    [0.0, 5.0, 6.0]
    """
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def resample(line: Floats, step_m: float) -> Floats:
    """Put points along a line at even steps of about ``step_m``; both ends stay.

    Examples
    --------
    >>> resample(np.array([[0.0, 0.0], [9.0, 0.0]]), 4.0)[:, 0].tolist()
    [0.0, 4.5, 9.0]
    """
    position = along(line)
    count = max(2, round(position[-1] / step_m) + 1)
    targets = np.linspace(0.0, position[-1], count)
    return np.column_stack([np.interp(targets, position, line[:, k]) for k in (0, 1)])


def spline(points: Floats, step_m: float, *, closed: bool = False) -> Floats:
    """Draw a cubic spline through points, resampled at even steps.

    Parameters
    ----------
    points
        Shape (n, 2), m.
    closed
        Join the last point to the first one smoothly.
    """
    if closed:
        points = np.vstack([points, points[:1]])
    chord = along(points)
    curve = CubicSpline(chord, points, bc_type="periodic" if closed else "natural")
    return resample(curve(np.linspace(0.0, chord[-1], int(chord[-1] / step_m * 2) + 2)), step_m)


def smooth(line: Floats, sigma: float) -> Floats:
    """Smooth a line of even steps and keep its two ends where they are.

    Parameters
    ----------
    sigma
        Width of the smoothing in points.
    """
    if len(line) < 4:
        return line
    # Mirroring about the ends (2·end − point) makes the filter leave the ends in place.
    pad = min(len(line) - 1, int(4 * sigma))
    before, after = 2 * line[0] - line[pad:0:-1], 2 * line[-1] - line[-2 : -pad - 2 : -1]
    padded = gaussian_filter1d(np.vstack([before, line, after]), sigma, axis=0, mode="nearest")
    result = padded[pad : pad + len(line)]
    result[[0, -1]] = line[[0, -1]]
    return np.asarray(result)


def tangents(line: Floats) -> Floats:
    """Give unit directions at the points of a line, shape (n, 2)."""
    slope = np.gradient(line, axis=0)
    return np.asarray(slope / np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 1e-9)[:, None])


def beside(line: Floats, offset_m: float | Floats) -> Floats:
    """Shift a line to its left by an offset (to the right where negative), point by point."""
    direction = tangents(line)
    normal = np.column_stack([-direction[:, 1], direction[:, 0]])
    return np.asarray(line + normal * np.reshape(offset_m, (-1, 1)))


def ribbon(line: Floats, half_width_m: float | Floats) -> shapely.Polygon:
    """Give the area within a half-width, which may vary by point, of a line."""
    ring = np.vstack([beside(line, half_width_m), beside(line, -np.asarray(half_width_m))[::-1]])
    return shapely.Polygon(ring).buffer(0)


def round_corners(ring: Floats, times: int = 2) -> Floats:
    """Cut the corners of a closed ring (Chaikin), first point repeated at the end.

    References
    ----------
    Chaikin, G. (1974). An algorithm for high-speed curve generation.
    """
    for _ in range(times):
        start, end = ring[:-1], ring[1:]
        ring = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1).reshape(-1, 2)
        ring = np.vstack([ring, ring[:1]])
    return ring


def segments(ends: Floats) -> NDArray[np.object_]:
    """Give one line for each pair of points, shape (n, 2, 2)."""
    return np.array(shapely.linestrings(ends), dtype=object, ndmin=1)


def outlines(rings: Floats) -> NDArray[np.object_]:
    """Give one polygon for each row of corners, shape (n, corners, 2)."""
    return np.array(shapely.polygons(rings), dtype=object, ndmin=1)


def within(area: BaseGeometry, points_m: Floats) -> NDArray[np.bool_]:
    """Say which points, shape (n, 2), lie inside an area."""
    shapely.prepare(area)
    return np.asarray(shapely.contains_xy(area, points_m[:, 0], points_m[:, 1]), dtype=np.bool_).reshape(len(points_m))


def blob(
    rng: np.random.Generator, centre: Floats, radius_m: float, *, wobble: float = 0.16, points: int = 40
) -> Floats:
    """Give a closed, rounded, irregular outline about a centre, shape (points + 1, 2)."""
    turn = np.linspace(0.0, 2 * np.pi, points, endpoint=False)
    radius = np.ones(points)
    for wave in (2, 3, 4):
        radius += wobble / (wave - 0.5) * rng.uniform(0.5, 1.0) * np.cos(wave * turn + rng.uniform(0, 2 * np.pi))
    ring = centre + radius_m * radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.vstack([ring, ring[:1]])
