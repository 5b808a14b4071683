"""Where visits pay more often than expected, side by side: hot and cold spots of past visits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.patterns.local_moran import LEVEL, local_moran
from planner.density.past import tally


def hot_spots(
    past: pd.DataFrame,
    areas: Sequence[str],
    neighbours: Sequence[NDArray[np.intp]],
    *,
    level: float = LEVEL,
    seed: int = 1,
) -> pd.DataFrame:
    """Say of each area whether visits there and beside it pay more or less often than the model expects.

    Parameters
    ----------
    past
        ``past.PAST`` with the area's code as ``region``: a district, or a cell of a grid.
    areas
        (n,) codes.
    neighbours
        For each area the positions of its neighbours among ``areas``, see ``geodata.patterns.contiguity``.
    level
        False discovery rate up to which an area is named.

    Returns
    -------
    DataFrame
        In the order of the areas: ``region``, ``payments``, ``expected_payments``, ``z`` (standardised rate), ``lag``
        (mean z of the neighbours), ``p_value``, ``p_adjusted`` and ``place``: "hot", "cold", "high_beside_low",
        "low_beside_high", "none", or "unknown" (nobody went there or beside it, or too few areas).

    Raises
    ------
    ValueError
        As ``past.tally`` and ``geodata.patterns.local_moran.local_moran``.
    """
    counted = tally(past, areas)
    found = local_moran(counted["payments"], counted["expected_payments"], neighbours, seed=seed, level=level)
    return counted[["region", "payments", "expected_payments"]].assign(
        z=found.z, lag=found.lag, p_value=found.p_value, p_adjusted=found.p_adjusted, place=found.place
    )
