"""Two periods compared by a ratio with its interval: payments counted, and money.

If nothing changed, each payment might as well have come in the other period, with a chance that only the exposures fix
(visits, or field hours): pi = after / (before + after). What would have to be true for the payments to lie as they do
gives the interval: a ratio rho moves pi to after rho / (before + after rho).

- **How often**: the number of payments after, given all of them, is binomial with pi; mid-p, so half of each of two
  Betas.
- **Money**: each debtor's payments of a period keep their amount and fall into either period; a uniform number each
  says from which pi on they lie after. The pi at which a draw reaches what came after, and that at which it exceeds
  it, are drawn; their quantiles are the interval. With equal amounts that is the first answer again.

The draws are seeded, mirrored (u and 1 - u), and the amounts sorted, so swapping the periods inverts the ratio and its
limits and keeps the p-value, and the currency's unit does not matter.

References
----------
Przyborowski and Wilenski 1940, Biometrika 31, 313-323 (conditional test of two Poisson counts). Lancaster 1961, JASA
56, 223-234 (mid-p). Ernst 2004, Statistical Science 19, 676-685 (permutation tests and their intervals).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

#: Share of the intervals.
LEVEL = 0.9
#: An interval's limit differs from seed to seed by about a hundredth of its width.
DRAWS = 4000
#: Elements of the draws that are held at once, and of all draws of one answer.
HELD, MOST = 1_000_000, 4_000_000

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """After by before with its interval, and how often chance alone gives as large a difference either way."""

    ratio: float
    low: float
    high: float
    p_value: float


UNTOLD = Change(nan, nan, nan, nan)


def rate_change(
    before: float,
    after: float,
    exposure_before: float,
    exposure_after: float,
    *,
    scale: float = 1.0,
    level: float = LEVEL,
) -> Change:
    """Compare two counts by their exposures: conditional binomial test, mid-p, with the interval that belongs to it.

    Parameters
    ----------
    before, after
        Payments counted.
    exposure_before, exposure_after
        Visits, or whatever the count is in proportion to; above 0.
    scale
        Variance of a count by its mean; 1 for Poisson counts.
    level
        Share of the interval.

    Returns
    -------
    Change
        NaN where nothing was counted at all.

    Examples
    --------
    >>> found = rate_change(5, 15, 100, 100)
    >>> found.ratio, round(found.low, 2), round(found.high, 2), round(found.p_value, 3)
    (3.0, 1.31, 7.52, 0.027)
    """
    check(exposure_before, exposure_after, level)
    if before < 0 or after < 0 or scale <= 0:
        raise ValueError(f"counts must not be negative and the scale must be positive: {before}, {after}, {scale}")
    if before + after == 0:
        return UNTOLD
    x, y = before / scale, after / scale

    def upper(pi: float) -> float:  # P(more than y after) + P(y after) / 2
        reached = special.betainc(y, x + 1.0, pi) if y > 0 else 1.0
        exceeded = special.betainc(y + 1.0, x, pi) if x > 0 else 0.0
        return float(reached + exceeded) / 2.0

    def limit(share: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2.0
            low, high = (middle, high) if upper(middle) < share else (low, middle)
        return (low + high) / 2.0

    tail = (1.0 - level) / 2.0
    ends = (0.0 if after == 0 else limit(tail), 1.0 if before == 0 else limit(1.0 - tail))
    reached = upper(exposure_after / (exposure_before + exposure_after))
    return told_as(before, after, exposure_before, exposure_after, ends, 2.0 * min(reached, 1.0 - reached))


def money_change(
    before: ArrayLike,
    after: ArrayLike,
    exposure_before: float,
    exposure_after: float,
    *,
    spread: float = 0.0,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 1,
) -> Change:
    """Compare two sums of money by their exposures: a permutation test over the payments, with its interval.

    Parameters
    ----------
    before, after
        What each debtor paid in the period; those who paid nothing add nothing.
    exposure_before, exposure_after
        Field hours or visits; above 0.
    spread
        Standard deviation of the ratio's logarithm that comes on top of which payments fall where: each draw's ratio is
        moved by so much.
    level
        Share of the interval.
    draws
        Fewer where there are very many payments, at least 1,000.

    Returns
    -------
    Change
        NaN where nothing was paid at all. The p-value is at least one by the draws.

    Examples
    --------
    >>> found = money_change([100.0] * 5, [100.0] * 15, 10.0, 10.0)  # as five and fifteen payments counted
    >>> found.ratio, round(found.low, 1), round(found.high, 1), round(found.p_value, 2)
    (3.0, 1.3, 7.6, 0.03)
    """
    check(exposure_before, exposure_after, level)
    earlier, later = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    amounts = np.sort(np.concatenate([earlier, later]))
    if not (amounts >= 0).all():
        raise ValueError("amounts must be known and not negative")
    amounts = amounts[amounts > 0]
    if not len(amounts):
        return UNTOLD
    at = crossings(amounts, float(later.sum()), spread=spread, draws=draws, seed=seed)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(at, [tail, 1.0 - tail])
    pi = exposure_after / (exposure_before + exposure_after)
    reached = ((at < pi).mean() + (at <= pi).mean()) / 2.0
    p = max(2.0 * min(reached, 1.0 - reached), 1.0 / len(at))
    return told_as(earlier.sum(), later.sum(), exposure_before, exposure_after, (float(low), float(high)), p)


def crossings(amounts: Reals, came: float, *, spread: float, draws: int, seed: int) -> Reals:
    """Draw from which chance on the payments that fall after reach what came, and from which they exceed it.

    Parameters
    ----------
    amounts
        (n,) all payments of both periods, above 0, sorted.
    came
        Their sum in the second period.
    spread
        As in ``money_change``; a draw's mirror image is moved the other way.

    Returns
    -------
    ndarray
        (2 draws,) between 0 (reached by nothing) and 1 (never).
    """
    rng, moving = (np.random.default_rng([seed, k]) for k in range(2))
    pairs = int(np.clip(MOST // len(amounts), 500, draws // 2))
    nearly = 1e-9 * float(amounts.sum())  # sums in another order differ in their last digit
    found = []
    for start in range(0, pairs, max(HELD // len(amounts), 1)):
        many = min(max(HELD // len(amounts), 1), pairs - start)
        u = rng.random((many, len(amounts)))
        order = np.argsort(u, axis=1)
        sorted_u, paid = np.take_along_axis(u, order, axis=1), amounts[order]
        moved = np.exp(spread * moving.standard_normal(many))
        mirrored = 1.0 - sorted_u[:, ::-1], paid[:, ::-1], 1.0 / moved
        for at, falls, factor in ((sorted_u, paid, moved), mirrored):
            total = np.cumsum(falls, axis=1)
            # As many columns as payments, and a last one for "never"; nothing came: reached at 0.
            reached = (total < came - nearly).sum(axis=1)
            exceeded = (total <= came + nearly).sum(axis=1)
            ends = np.hstack([at, np.ones((many, 1))])
            row = np.arange(many)
            pi = np.concatenate([ends[row, reached] if came > 0 else np.zeros(many), ends[row, exceeded]])
            odds = np.tile(factor, 2)
            found.append(pi * odds / (1.0 - pi + pi * odds))
    return np.concatenate(found)


def check(exposure_before: float, exposure_after: float, level: float) -> None:
    """Refuse exposures and levels that make no sense."""
    if not (exposure_before > 0 and exposure_after > 0):
        raise ValueError(f"exposures must be above 0, got {exposure_before} and {exposure_after}")
    if not 0 < level < 1:
        raise ValueError(f"the level must be a share between 0 and 1, got {level}")


def told_as(
    before: float, after: float, exposure_before: float, exposure_after: float, ends: tuple[float, float], p: float
) -> Change:
    """Turn limits of the chance to lie after into limits of the ratio."""

    def by(pi: float) -> float:
        return inf if pi >= 1.0 else pi / (1.0 - pi) * exposure_before / exposure_after

    ratio = inf if before == 0 else float(after * exposure_before / (before * exposure_after))
    return Change(ratio, by(ends[0]), by(ends[1]), float(p))
