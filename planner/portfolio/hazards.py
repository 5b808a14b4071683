"""How likely a spell ends at each age, when the end is only known to lie between two lists.

The hazard is constant within a band of ages. A spell seen first at age a, last at L and no more at R has the likelihood
(S(L) - S(R)) / S(a), one that goes on S(L) / S(a). Expectation and maximisation in turn: with the hazards so far, how
many of the ends that lie between L and R fall into each band, and how many days each spell is under observation there;
then hazard = ends / days. The variance comes from the observed information, the derivative of the score
ends / hazard - days, so what the lists do not show widens it.

References
----------
Turnbull 1976, JRSS B 38, 290-295 (interval-censored and truncated data). Dempster, Laird and Rubin 1977, JRSS B 39,
1-38. Louis 1982, JRSS B 44, 226-233 (observed information).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

ROUNDS, CLOSE_ENOUGH = 200, 1e-5
#: A band in which nobody ended is given this hazard a day while the others are worked out.
LEAST = 1e-7
#: Directions with less information than this, by the largest, are not told by the lists.
UNTOLD = 1e-4


class Lifetimes:
    """Spells cut by bands: what does not change from round to round.

    Parameters
    ----------
    seen, last, gone
        (n,) ages in days; ``gone`` equals ``last`` where a spell goes on.
    edges
        (k + 1,) ascending, the last beyond every age.
    """

    def __init__(self, seen: Reals, last: Reals, gone: Reals, edges: Reals) -> None:
        low, high = edges[:-1], edges[1:]
        self.widths = high - low
        self.sure = np.clip(np.minimum(last[:, None], high) - np.maximum(seen[:, None], low), 0.0, None).sum(axis=0)
        between = gone > last
        begins, ends = last[between, None], gone[between, None]
        self.begins, self.ends = np.clip(begins, low, high), np.clip(ends, low, high)
        #: days from the band's beginning, from which the summed hazard is counted
        self.ahead, self.behind = self.begins - low, self.ends - low
        self.last = np.clip(last[between, None] - low, 0.0, self.widths)
        self.gone = np.clip(gone[between, None] - low, 0.0, self.widths)

    def expected(self, hazard: Reals) -> tuple[Reals, Reals]:
        """Give (k,) ends in each band and (k,) days under observation, with these hazards."""
        before = np.concatenate([[0.0], np.cumsum(hazard * self.widths)[:-1]])
        # Relative to the last time seen, so that old ages do not vanish.
        start = (self.last * hazard).sum(axis=1, keepdims=True)
        still_at = np.exp(start - before - self.ahead * hazard)
        still_after = np.exp(start - before - self.behind * hazard)
        still_at_end = np.exp(start - (self.gone * hazard).sum(axis=1, keepdims=True))
        whole = 1.0 - still_at_end
        mass = still_at - still_after
        days = mass / hazard - still_at_end * (self.ends - self.begins)
        return (mass / whole).sum(axis=0), self.sure + (days / whole).sum(axis=0)


def hazards(seen: Reals, last: Reals, gone: Reals, edges: Reals) -> tuple[Reals, Reals]:
    """Give (k,) the hazard a day in each band, and (k, k) the covariance of the hazards.

    Every band must have days under observation.

    Examples
    --------
    >>> n = 1000  # seen from the first day on, a tenth ends before day 10, half of the rest before day 20
    >>> last, gone = np.repeat([0.0, 10.0, 20.0], [100, 450, 450]), np.repeat([10.0, 20.0, 20.0], [100, 450, 450])
    >>> found, _ = hazards(np.zeros(n), last, gone, np.array([0.0, 10.0, 20.0]))
    >>> np.round(np.exp(-10 * found), 3).tolist()
    [0.9, 0.5]
    """
    spells = Lifetimes(seen, last, gone, edges)
    hazard = np.full(len(edges) - 1, 0.01)
    for _ in range(ROUNDS):
        ends, days = spells.expected(hazard)
        better = np.maximum(ends / np.maximum(days, 1e-9), LEAST)
        moved = float(np.abs(better - hazard).max())
        hazard = better
        if moved < CLOSE_ENOUGH * float(hazard.max()):
            break
    return hazard, covariance(spells, hazard)


def covariance(spells: Lifetimes, hazard: Reals) -> Reals:
    """Give the covariance of the hazards: the inverse of the observed information."""
    size = len(hazard)
    information = np.zeros((size, size))
    for k in range(size):
        step = max(hazard[k] * 1e-3, 1e-9)
        sides = []
        for sign in (-1.0, 1.0):
            moved = hazard.copy()
            moved[k] = max(moved[k] + sign * step, LEAST / 10)
            ends, days = spells.expected(moved)
            sides.append((ends / moved - days, moved[k]))
        (below, at_below), (above, at_above) = sides
        information[:, k] = -(above - below) / (at_above - at_below)
    symmetric = (information + information.T) / 2.0
    # A band without an end tells nothing of its hazard's doubt: its information is unbounded and its variance 0.
    known = hazard > 2 * LEAST
    result = np.zeros_like(symmetric)
    if known.any():
        values, vectors = np.linalg.eigh(symmetric[np.ix_(known, known)])
        # Where all debts fall due on the day of the list, nothing tells the bands between two lists apart: great doubt.
        told = np.maximum(values, UNTOLD * float(values.max()))
        result[np.ix_(known, known)] = (vectors / told) @ vectors.T
    return result
