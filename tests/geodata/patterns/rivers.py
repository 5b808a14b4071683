"""A small town on two banks of a river with one bridge, and who lives there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PACE_S_PER_M = 0.15  # 24 km/h
BRIDGE_Y = 5_000.0


def driven(xy: NDArray[np.float64], *, river_x: float | None = None, bridge_y: float = BRIDGE_Y) -> NDArray[np.float64]:
    """Drive around the blocks; across the river only by its bridge."""
    seconds = np.abs(xy[:, None] - xy[None]).sum(axis=2) * PACE_S_PER_M
    if river_x is not None:
        bank = xy[:, 0] < river_x
        to_bridge = np.abs(xy - [river_x, bridge_y]).sum(axis=1)
        seconds = np.where(bank[:, None] != bank[None], (to_bridge[:, None] + to_bridge[None]) * PACE_S_PER_M, seconds)
    return seconds
