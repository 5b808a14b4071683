"""One gentle bend for everything that was drawn, so that nothing is quite ruled or round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.city.curves import Floats
from geodata.city.sheet import Sheet


@dataclass(frozen=True)
class Warp:
    """Shifts in metres on the sheet's raster."""

    sheet: Sheet
    east: Floats
    north: Floats

    def __call__(self, points_m: Floats) -> Floats:
        """Bend points, shape (n, 2)."""
        shift = [self.sheet.sample(field, points_m, order=3) for field in (self.east, self.north)]
        return np.asarray(points_m + np.column_stack(shift))


def make_warp(sheet: Sheet, rng: np.random.Generator, *, amplitude_m: float = 14.0) -> Warp:
    """Draw the bend of a seed: waves of about 800 and 400 m."""
    east, north = (sheet.noise(rng, 800.0, octaves=2, falloff=0.45) * amplitude_m for _ in range(2))
    return Warp(sheet, east, north)
