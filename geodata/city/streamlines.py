"""Secondary and tertiary streets as streamlines of the direction field, evenly spaced.

References
----------
Jobard, B. and Lefer, W. (1997). Creating evenly-spaced streamlines of arbitrary density.
Chen, G. et al. (2008). Interactive procedural street modeling.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import atan2, cos, floor, hypot, pi, sin

import numpy as np

from geodata.city.curves import Floats, resample, tangents

_STEP_M = 40.0
_PARALLEL = 0.72  # |cos| of the angle between streets from which on they compete for space
_SEED_AT, _STOP_AT = 0.93, 0.55  # of the spacing


@dataclass
class Neighbours:
    """Points of the streets drawn so far with their directions, in square bins."""

    bin_m: float
    bins: dict[tuple[int, int], list[tuple[float, float, float, float]]] = field(default_factory=dict)

    def add(self, line: Floats) -> None:
        """Remember a line's points."""
        for (x, y), (dx, dy) in zip(line.tolist(), tangents(line).tolist(), strict=True):
            self.bins.setdefault((floor(x / self.bin_m), floor(y / self.bin_m)), []).append((x, y, dx, dy))

    def parallel_within(self, x: float, y: float, dx: float, dy: float, reach_m: float) -> bool:
        """Say whether a street of about the same direction runs within a distance."""
        reach = int(reach_m // self.bin_m) + 1
        column, row = floor(x / self.bin_m), floor(y / self.bin_m)
        limit = reach_m * reach_m
        for i in range(column - reach, column + reach + 1):
            for j in range(row - reach, row + reach + 1):
                for px, py, pdx, pdy in self.bins.get((i, j), ()):
                    if (px - x) ** 2 + (py - y) ** 2 < limit and abs(pdx * dx + pdy * dy) > _PARALLEL:
                        return True
        return False


@dataclass(frozen=True)
class Guide:
    """Rasters that lead a street: the direction field, spacing in metres, and where streets may run."""

    crosses: Floats  # (2, rows, columns), cosine and sine of 4θ
    spacing_m: Floats
    allowed: np.ndarray
    left: float
    bottom: float
    cell_m: float

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Give row and column, None beyond the sheet or where no street may run."""
        row, column = round((y - self.bottom) / self.cell_m), round((x - self.left) / self.cell_m)
        rows, columns = self.allowed.shape
        if 0 <= row < rows and 0 <= column < columns and self.allowed[row, column]:
            return row, column
        return None

    def heading(self, x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
        """Give the field's direction at a place that is nearest to the present one (bilinear)."""
        v, u = (y - self.bottom) / self.cell_m, (x - self.left) / self.cell_m
        i, j = min(max(int(v), 0), self.allowed.shape[0] - 2), min(max(int(u), 0), self.allowed.shape[1] - 2)
        q, p = v - i, u - j
        c, s = (
            (a[i][j] * (1 - p) + a[i][j + 1] * p) * (1 - q) + (a[i + 1][j] * (1 - p) + a[i + 1][j + 1] * p) * q
            for a in self.crosses
        )
        base = atan2(s, c) / 4.0
        turned = base + round((atan2(dy, dx) - base) / (pi / 2)) * (pi / 2)
        return cos(turned), sin(turned)


def trace_streets(
    guide: Guide, drawn: Neighbours, beginnings: Iterable[Floats], rng: np.random.Generator
) -> list[Floats]:
    """Fill the allowed area with evenly spaced streets of both families.

    Parameters
    ----------
    drawn
        Streets that are there already; those traced are added to it.
    beginnings
        Lines beside which to begin, in this order.

    Returns
    -------
    list of numpy.ndarray
        Lines of 40 m steps, each at least one spacing long.
    """
    queue: deque[tuple[float, float, float, float]] = deque()
    found: list[Floats] = []
    for line in beginnings:
        queue.extend(_offers(guide, line))
    spare = np.argwhere(guide.allowed)
    spare = rng.permutation(spare)[: len(spare) // 4]
    rest = [(guide.left + c * guide.cell_m, guide.bottom + r * guide.cell_m) for r, c in spare.tolist()]
    while queue or rest:
        if queue:
            x, y, dx, dy = queue.popleft()
        else:
            x, y = rest.pop()
            dx, dy = (1.0, 0.0) if len(rest) % 2 else (0.0, 1.0)
        cell = guide.cell(x, y)
        if cell is None:
            continue
        spacing = float(guide.spacing_m[cell])
        dx, dy = guide.heading(x, y, dx, dy)
        if drawn.parallel_within(x, y, dx, dy, _SEED_AT * spacing):
            continue
        back = _walk(guide, drawn, x, y, -dx, -dy)
        line = np.array([*back[::-1], (x, y), *_walk(guide, drawn, x, y, dx, dy)])
        if len(line) * _STEP_M > spacing:
            found.append(line)
            drawn.add(line)
            queue.extend(_offers(guide, line))
    return found


def _offers(guide: Guide, line: Floats) -> list[tuple[float, float, float, float]]:
    """Offer places one spacing beside a line, on both sides, to begin a parallel street."""
    offers = []
    even = resample(line, 160.0)
    for (x, y), (dx, dy) in zip(even.tolist(), tangents(even).tolist(), strict=True):
        cell = guide.cell(x, y)
        if cell is None:
            continue
        apart = float(guide.spacing_m[cell])
        offers += [(x - dy * apart, y + dx * apart, dx, dy), (x + dy * apart, y - dx * apart, dx, dy)]
    return offers


def _walk(guide: Guide, drawn: Neighbours, x: float, y: float, dx: float, dy: float) -> list[tuple[float, float]]:
    """Follow the field until a parallel street, water or the town's edge."""
    path: list[tuple[float, float]] = []
    for _ in range(400):
        # The direction half a step ahead (midpoint rule).
        hx, hy = guide.heading(x + dx * _STEP_M / 2, y + dy * _STEP_M / 2, dx, dy)
        x, y = x + hx * _STEP_M, y + hy * _STEP_M
        cell = guide.cell(x, y)
        if cell is None:
            return path
        apart = _STOP_AT * float(guide.spacing_m[cell])
        if drawn.parallel_within(x, y, hx, hy, apart):
            return path
        # Own tail: a spiral would run beside itself.
        if any(hypot(px - x, py - y) < apart * 0.9 for px, py in path[: -int(2.2 * apart / _STEP_M) - 1 : 3]):
            return path
        path.append((x, y))
        dx, dy = hx, hy
    return path
