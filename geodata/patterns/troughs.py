"""Divide what hangs together into one part a peak, where the trough between two peaks stands out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: how many standard errors of its logarithm a trough must lie below the lower of two peaks to divide them
STANDS_OUT = 1.0


def divided(
    joined: NDArray[np.bool_], height: NDArray[np.float64], support: NDArray[np.float64], xy: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Give each point the peak that it belongs to.

    The points are taken from the highest down. One that is joined to no higher one begins a part; another goes with the
    highest that it is joined to; and where it joins two parts it is the trough between them: they become one, unless
    the lower peak stands out above it.

    Parameters
    ----------
    joined
        (n, n) whether two points are within reach, symmetric.
    height
        (n,) positive.
    support
        (n,) how many a height was counted from: the variance of its logarithm is about one over that.
    xy
        (n, 2) metres; decides between equal heights, so that the order of the points does not.

    Returns
    -------
    ndarray
        (n,) the row of each point's peak.

    References
    ----------
    Chazal, Guibas, Oudot and Skraba (2013): Persistence-based clustering in Riemannian manifolds, Journal of the ACM.

    Examples
    --------
    >>> import numpy as np
    >>> along = np.arange(7.0)[:, None]
    >>> joined = np.abs(along - along.T) <= 1
    >>> height = np.array([2.0, 8.0, 3.0, 2.0, 3.0, 9.0, 4.0])
    >>> divided(joined, height, np.full(7, 20.0), np.hstack([along, along])).tolist()
    [1, 1, 1, 1, 5, 5, 5]
    >>> divided(joined, height, np.full(7, 0.5), np.hstack([along, along])).tolist()
    [5, 5, 5, 5, 5, 5, 5]
    """
    order = np.lexsort((xy[:, 1], xy[:, 0], -height))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    peak = np.full(len(order), -1, dtype=np.intp)
    level, variance = np.log(height), 1.0 / np.maximum(support, 1.0)
    for row in order:
        higher = np.flatnonzero(joined[row] & (peak >= 0))
        if not len(higher):
            peak[row] = row
            continue
        own = peak[higher[np.argmin(rank[higher])]]
        peak[row] = own
        met = np.unique(peak[higher])
        for other in met[np.argsort(rank[met])]:
            upper, lower = (own, other) if rank[own] < rank[other] else (other, own)
            trough = STANDS_OUT * np.sqrt(variance[lower] + variance[row])
            if upper != lower and level[lower] - level[row] < trough:
                peak[peak == lower] = own = upper
    return peak
