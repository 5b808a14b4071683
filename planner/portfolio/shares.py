"""A share of accounts or of money with its interval, when one debtor's accounts may move together.

With x_d of the weight w_d of debtor d in the share p = Σ x / Σ w, the variance of p is about Σ (x_d - p w_d)² / (Σ w)²
(linearised, by debtor). An independent account would give p (1 - p) / n, so the debtors stand for
n* = p (1 - p) / variance accounts, and never for more than Kish's (Σ w)² / Σ w² of the accounts: by money, a variance
that looks small because no large account happened to move is luck. The interval is Jeffreys' with n*: quantiles of
Beta(p n* + ½, (1 - p) n* + ½). It stays inside 0 to 1 and has a width where everybody or nobody moved.

References
----------
Kish 1965, Survey Sampling (design effect). Korn and Graubard 1998, Survey Methodology 24, 193-201 (effective sample
size in intervals of a proportion). Brown, Cai and DasGupta 2001, Statistical Science 16, 101-133 (Jeffreys). Newcombe
1998, Statistics in Medicine 17, 873-890 (interval of a difference).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

#: Share of the intervals.
LEVEL = 0.9
#: Fewer accounts than this tell nothing that is worth a figure.
FEWEST = 20
ROUNDING = 1e-12

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """A share with its interval; ``n`` accounts of ``debtors``, which count as ``effective`` independent ones.

    The figures are NaN where there is nobody.
    """

    value: float
    low: float
    high: float
    n: int
    debtors: int
    effective: float

    @property
    def few(self) -> bool:
        """Say whether too few accounts stand behind it."""
        return self.n < FEWEST


def share(success: ArrayLike, weight: ArrayLike, debtor: ArrayLike, *, level: float = LEVEL) -> Share:
    """Give the share of the weight that succeeded.

    Parameters
    ----------
    success
        (n,) flags, or parts between 0 and 1.
    weight
        (n,) 1 for a share of accounts, amounts for a share of money; not negative.
    debtor
        (n,) whose account it is.

    Examples
    --------
    >>> found = share([1, 1, 0, 0], [1, 1, 1, 1], ["a", "b", "c", "d"])
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (0.5, 0.14, 0.86)
    """
    flags, weights = np.asarray(success, dtype=float), np.asarray(weight, dtype=float)
    if (weights < 0).any():
        raise ValueError("weights must not be negative")
    _, owner = np.unique(np.asarray(debtor), return_inverse=True)
    whole = float(weights.sum())
    people = int(owner.max()) + 1 if len(owner) else 0
    if whole <= 0:
        return Share(nan, nan, nan, len(flags), people, 0.0)
    weight_of = np.asarray(np.bincount(owner, weights), dtype=float)
    reached = np.asarray(np.bincount(owner, weights * flags), dtype=float)
    p = float(reached.sum()) / whole
    p = round(p) if abs(p - round(p)) < ROUNDING else p  # sums in another order differ in their last digit
    effective = effective_size(reached, weight_of, p, most=whole**2 / float((weights**2).sum()))
    low, high = jeffreys(p, effective, level=level)
    return Share(p, low, high, len(flags), people, effective)


def effective_size(reached: Reals, weight_of: Reals, p: float, *, most: float) -> float:
    """Give for how many independent accounts the debtors stand, at least 1 and at most ``most``."""
    whole, people = float(weight_of.sum()), len(weight_of)
    if people < 2 or not 0.0 < p < 1.0:
        return max(whole**2 / float((weight_of**2).sum()), 1.0)
    variance = float(((reached - p * weight_of) ** 2).sum()) / whole**2 * people / (people - 1)
    return float(np.clip(p * (1.0 - p) / variance if variance > 0 else most, 1.0, max(most, 1.0)))


def jeffreys(p: float, effective: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Give Jeffreys' interval of a share seen on so many independent accounts.

    >>> jeffreys(0.0, 10)[0]
    0.0
    """
    tail = (1.0 - level) / 2.0
    a, b = p * effective + 0.5, (1.0 - p) * effective + 0.5
    low = 0.0 if p <= 0.0 else float(special.betaincinv(a, b, tail))
    high = 1.0 if p >= 1.0 else float(special.betaincinv(a, b, 1.0 - tail))
    return min(low, p), max(high, p)


@dataclass(frozen=True)
class Difference:
    """After less before, with its interval, and how often chance alone gives as large a difference either way."""

    value: float
    low: float
    high: float
    p_value: float


def difference(before: Share, after: Share, *, unrest: float = 0.0) -> Difference:
    """Compare two shares of different accounts.

    Parameters
    ----------
    unrest
        Variance of the difference that comes on top, because months differ by more than luck.

    Examples
    --------
    >>> one = Share(0.5, 0.42, 0.58, 100, 100, 100.0)
    >>> two = Share(0.7, 0.62, 0.77, 100, 100, 100.0)
    >>> found = difference(one, two)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2), round(found.p_value, 4)
    (0.2, 0.09, 0.31, 0.0039)
    """
    if before.few or after.few or not (before.effective > 0 and after.effective > 0):
        return Difference(nan, nan, nan, nan)
    value = after.value - before.value
    both = before.effective + after.effective
    common = (before.value * before.effective + after.value * after.effective) / both
    variance = common * (1.0 - common) * (1.0 / before.effective + 1.0 / after.effective) + unrest
    p = 1.0 if variance <= 0 else float(2.0 * stats.norm.sf(abs(value) / sqrt(variance)))
    room = float(stats.norm.ppf((1.0 + LEVEL) / 2.0)) ** 2 * unrest
    low = value - sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2 + room)
    high = value + sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2 + room)
    return Difference(value, max(low, -1.0), min(high, 1.0), p)
