"""The verdict region by region, corrected for having looked at several."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from geodata.patterns.labelling import Excess, checked, labelled_excess
from geodata.patterns.verdict import LEVEL, RADII_M, Verdict, Why, conclude, located, refusal

#: With m regions the first p-value must pass LEVEL / m, so the labellings must be able to go well below that.
ROOM = 5


def benjamini_hochberg(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p-values so that rejecting those at most q keeps the expected share of false rejections at most q.

    Parameters
    ----------
    p_values
        (m,) p-values; NaN were not tested, stay NaN and do not count.

    References
    ----------
    Benjamini and Hochberg 1995, JRSS B 57, 289-300.

    Examples
    --------
    >>> import numpy as np
    >>> benjamini_hochberg(np.array([0.01, 0.04, np.nan, 0.03]))
    array([0.03, 0.04,  nan, 0.04])
    """
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    raised = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return adjusted


def verdicts_by_region(
    points_xy: NDArray[np.float64],
    labels: NDArray[np.bool_],
    regions: Sequence[str] | NDArray[np.str_],
    *,
    simulations: int = 499,
    seed: int = 1,
    radii_m: Sequence[int] = RADII_M,
    accuracy_m: NDArray[np.float64] | None = None,
    null: str = "customers",
) -> dict[str, Verdict]:
    """Give the verdict of each region, from the points inside it only, with Benjamini-Hochberg adjusted p-values.

    Parameters
    ----------
    points_xy, labels, radii_m, accuracy_m, null
        As for ``labelled_verdict``.
    regions
        (n,) code of the region each point lies in; points with the empty code belong to no region and are left out.
    simulations
        At least so many labellings a region; with many regions more are drawn, because a p-value that cannot fall
        below LEVEL by the number of regions could never be called significant.
    seed
        A region's draws depend on the seed and its code only, not on which other regions there are.

    Returns
    -------
    dict
        Verdicts by region code, in the order of the codes. Regions that are refused an answer are no part of the
        correction.

    Raises
    ------
    ValueError
        As ``labelled_verdict``.
    """
    points, marked = checked(points_xy, labels, radii_m)
    codes = np.asarray(regions, dtype=str)
    if codes.shape != marked.shape:
        raise ValueError(f"regions must be one code a point, got shape {codes.shape}")
    names = [str(code) for code in np.unique(codes) if code]
    rows = {name: np.flatnonzero(codes == name) for name in names}
    refused: dict[str, Why | None] = {
        name: refusal(marked[at], None if accuracy_m is None else accuracy_m[at]) for name, at in rows.items()
    }
    known = located(marked, accuracy_m)
    left = {name: int((marked[at] & ~known[at]).sum()) for name, at in rows.items()}
    rows = {name: at[known[at]] for name, at in rows.items()}
    asked = sum(why is None for why in refused.values())
    draws = max(simulations, math.ceil(ROOM * asked / LEVEL) - 1)
    found: dict[str, Excess | None] = {}
    for name, at in rows.items():
        found[name] = None
        if refused[name] is not Why.COARSE_LOCATIONS and 2 <= marked[at].sum() < len(at):
            own_seed = crc32(f"{seed} {name}".encode())
            found[name] = labelled_excess(points[at], marked[at], simulations=draws, seed=own_seed, radii_m=radii_m)
    sizes = {name: (int(marked[at].sum()), len(at)) for name, at in rows.items()}
    return corrected(found, refused, sizes, radii_m=radii_m, null=null, left=left)


def corrected(
    found: Mapping[str, Excess | None],
    refused: Mapping[str, Why | None],
    sizes: Mapping[str, tuple[int, int]],
    *,
    radii_m: Sequence[int] = RADII_M,
    null: str = "customers",
    left: Mapping[str, int] | None = None,
) -> dict[str, Verdict]:
    """Conclude for all regions together from what random labelling found in each.

    ``sizes`` gives how many points are marked and how many there are, ``left`` how many marked ones were left out. Only
    regions with a finding and no refusal take part in the correction.
    """
    p = [one.p_value if one and refused[name] is None else math.nan for name, one in found.items()]
    adjusted = dict(zip(found, benjamini_hochberg(np.array(p)), strict=True))
    return {
        name: conclude(
            one,
            refused[name],
            n_marked=sizes[name][0],
            n_all=sizes[name][1],
            radii_m=radii_m,
            null=null,
            n_coarse=(left or {}).get(name, 0),
            p_adjusted=None if math.isnan(adjusted[name]) else float(adjusted[name]),
        )
        for name, one in found.items()
    }
