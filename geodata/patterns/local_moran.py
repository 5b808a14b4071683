"""Hot and cold spots: areas whose neighbours' rates are higher or lower than chance would place beside them.

Rates of small areas jump about, so they are first standardised with the variance that their exposure gives them
(empirical Bayes). Then each area keeps its own rate while those of its neighbours are drawn from all other areas: the
p-value says how often chance gives neighbours as high, or as low. Both sides count, and with many areas the p-values
are adjusted for the false discovery rate.

The draws of an area end early when it is plain that it does not stand out (sequential Monte Carlo), so that the few
areas that do can be drawn often enough to pass the adjustment.

The standardised rate is that of Assuncao and Reis with one difference: where the variance between areas is estimated
below nothing it counts as nothing, for all areas alike.

References
----------
Anselin 1995, Geographical Analysis 27, 93-115 (local Moran, conditional permutation). Assuncao and Reis 1999,
Statistics in Medicine 18, 2147-2162 (empirical-Bayes standardised rates). Besag and Clifford 1991, Biometrika 78,
301-304 (sequential Monte Carlo p-values). Caldas de Castro and Singer 2006, Geographical Analysis 38, 180-208 (false
discovery rate of local statistics).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.patterns.regions import ROOM, benjamini_hochberg

LEVEL = 0.05
#: With fewer areas there are so few ways to draw neighbours that hardly anything could pass: nothing is said then.
FEWEST_AREAS = 20
#: An area whose neighbours were reached by so many draws on both sides does not stand out.
ENOUGH = 30
FIRST_DRAWS = 999
CHUNK = 2_000_000
CLASSES = ("hot", "cold", "high_beside_low", "low_beside_high", "none", "unknown")


@dataclass(frozen=True)
class LocalMoran:
    """What was found at each of the n areas.

    ``z`` standardised rate, ``lag`` mean z of the neighbours, ``p_value`` two-sided, ``p_adjusted`` by
    Benjamini-Hochberg, ``place`` one of ``CLASSES``. NaN and "unknown": no exposure, or no neighbour with any, or fewer
    than ``FEWEST_AREAS`` areas that can be tested.
    """

    z: NDArray[np.float64]
    lag: NDArray[np.float64]
    p_value: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    place: NDArray[np.str_]


def standardised_rates(events: ArrayLike, exposure: ArrayLike) -> NDArray[np.float64]:
    """Give (rate - common rate) / its standard deviation, which small exposure makes large.

    Parameters
    ----------
    events, exposure
        (n,) what was counted and among how many, or how many were expected; an area without exposure gives NaN.

    Raises
    ------
    ValueError
        If a number is negative or infinite.

    Examples
    --------
    >>> standardised_rates([30, 25, 25, 15, 33, 21, 30, 20], [100, 100, 110, 90, 100, 90, 110, 90])[:2].round(2)
    array([ 0.96, -0.04])
    """
    y, x = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if (y < 0).any() or (x < 0).any() or np.isinf(y).any() or np.isinf(x).any():
        raise ValueError("events and exposure must be finite and not negative")
    known = (x > 0) & np.isfinite(y)
    z = np.full(len(x), np.nan)
    if not y[known].any():
        z[known] = 0.0  # nothing anywhere: no area differs from another
        return z
    rate = y[known] / x[known]
    common = y[known].sum() / x[known].sum()
    seen = (x[known] * (rate - common) ** 2).sum() / x[known].sum()
    between = max(seen - common / x[known].mean(), 0.0)
    z[known] = (rate - common) / np.sqrt(between + common / x[known])
    return z


def local_moran(
    events: ArrayLike,
    exposure: ArrayLike,
    neighbours: Sequence[NDArray[np.intp]],
    *,
    seed: int = 1,
    level: float = LEVEL,
) -> LocalMoran:
    """Find areas that stand out together with their neighbours, or against them.

    Parameters
    ----------
    events, exposure
        As for ``standardised_rates``.
    neighbours
        For each area the positions of its neighbours, see ``contiguity.neighbours_of``; neighbours without exposure are
        passed over.
    level
        False discovery rate up to which an area is named.

    Returns
    -------
    LocalMoran
        In the order of the areas. "hot": above the common rate among neighbours that are high; "cold": below among low;
        "high_beside_low" and "low_beside_high" stand out against theirs.

    Raises
    ------
    ValueError
        If there is not one list of neighbours an area, or as ``standardised_rates``.
    """
    z = standardised_rates(events, exposure)
    if len(neighbours) != len(z):
        raise ValueError(f"{len(z)} areas need as many lists of neighbours, got {len(neighbours)}")
    known = np.isfinite(z)
    beside = [np.asarray(one, dtype=np.intp) for one in neighbours]
    beside = [one[known[one]] for one in beside]
    lag = np.array([z[one].mean() if len(one) and known[k] else np.nan for k, one in enumerate(beside)])
    tested = np.flatnonzero(np.isfinite(lag))
    unknown = np.full(len(z), np.nan)
    if len(tested) < FEWEST_AREAS:
        return LocalMoran(z, lag, unknown, unknown.copy(), np.full(len(z), "unknown", dtype="<U15"))
    above, below = _tails(z, lag, beside, tested, draws=math.ceil(2 * ROOM * len(tested) / level), seed=seed)
    p_value, high = unknown.copy(), np.zeros(len(z), dtype=bool)
    p_value[tested] = np.minimum(2 * np.minimum(above, below), 1.0)
    high[tested] = above < below
    adjusted = benjamini_hochberg(p_value)
    place = np.select(
        [np.isnan(p_value), adjusted > level, (z > 0) & high, (z <= 0) & ~high, (z > 0) & ~high],
        ["unknown", "none", "hot", "cold", "high_beside_low"],
        default="low_beside_high",
    )
    return LocalMoran(z, lag, p_value, adjusted, place)


def _tails(
    z: NDArray[np.float64],
    lag: NDArray[np.float64],
    beside: Sequence[NDArray[np.intp]],
    tested: NDArray[np.intp],
    *,
    draws: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the share of draws, the observed one included, at or above and at or below each tested area's lag."""
    rng = np.random.default_rng(seed)
    pool = np.flatnonzero(np.isfinite(z))
    own = np.searchsorted(pool, tested)
    sizes = np.array([len(beside[k]) for k in tested])
    above, below, done = np.ones(len(tested)), np.ones(len(tested)), np.ones(len(tested))
    running, more = np.arange(len(tested)), FIRST_DRAWS
    while len(running):
        for size in np.unique(sizes[running]):
            rows = running[sizes[running] == size]
            step = max(1, CHUNK // (len(rows) * int(size)))
            for start in range(0, more, step):
                drawn = _others(rng, own[rows], len(pool), int(size), min(step, more - start))
                means = z[pool[drawn]].mean(axis=0)
                seen = lag[tested[rows], None]
                above[rows] += (means >= seen - 1e-12).sum(axis=1)
                below[rows] += (means <= seen + 1e-12).sum(axis=1)
        done[running] += more
        running = running[(np.minimum(above, below)[running] <= ENOUGH) & (done[running] <= draws)]
        more *= 2
    return above / done, below / done


def _others(rng: np.random.Generator, own: NDArray[np.intp], n: int, size: int, draws: int) -> NDArray[np.intp]:
    """Draw ``size`` different areas of n other than one's own (Floyd's sampling): (size, len(own), draws)."""
    chosen = np.empty((size, len(own), draws), dtype=np.intp)
    for k in range(size):
        last = n - 1 - size + k
        pick = rng.integers(0, last + 1, (len(own), draws))
        taken = (chosen[:k] == pick).any(axis=0)
        chosen[k] = np.where(taken, last, pick)
    return chosen + (chosen >= own[None, :, None])
