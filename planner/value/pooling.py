"""Partial pooling of a rate's cells: how far classes lie apart is itself estimated, and its doubt is kept.

In log-odds a cell is its prior, plus what is particular to the branch, to the cell's row (say, the bucket), to its
column (say, the debtor type), and to the cell alone:

    logit p = m + level + row + column + own,      each ~ N(0, its own spread²)

The spreads decide how strongly cells are drawn together. They are not fixed: a grid of them is weighed by how well each
explains the counts (Laplace's approximation of the marginal likelihood) times a half-t prior, and the cells'
posteriors are averaged with these weights. With no visits every cell has exactly its prior mean.

References
----------
Gelman et al., Bayesian Data Analysis, 3rd edition, 5 (hierarchical models) and 13.3 (normal approximation).
Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithms 3.1 and 3.2 (Laplace).
Rue, Martino and Chopin, "Approximate Bayesian inference for latent Gaussian models", JRSS B 71 (2009), 319–392.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: spreads that are tried, as multiples of the expected one
MULTIPLES = (0.2, 0.6, 1.2, 2.4, 5.0)
#: degrees of freedom of the half-t prior on a spread: large ones are unlikely, not impossible
HEAVY = 4.0
NEWTON_STEPS, CLOSE = 30, 1e-9
NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Pooled:
    """Posterior of each cell, (cells,): mean and variance of the probability."""

    mean: Floats
    variance: Floats


def pool(
    successes: Floats, visits: Floats, prior: Floats, row: Ints, column: Ints, *, level: float, spread: float
) -> Pooled:
    """Pool the cells of one rate.

    Parameters
    ----------
    successes, visits, prior
        (cells,) counts, and prior means strictly between 0 and 1.
    row, column
        (cells,) to which row and column each belongs; where there is one cell both are 0.
    level, spread
        Log-odds: how far a branch lies from the prior, and how far classes of a branch lie apart (the scale of the
        half-t prior on each of the three spreads).

    Raises
    ------
    ValueError
        If there are more successes than visits, or a prior mean is 0 or 1.
    """
    if (successes < 0).any() or (successes > visits).any():
        raise ValueError("there cannot be more successes than visits")
    if not ((prior > 0) & (prior < 1)).all():
        raise ValueError("a prior mean lies strictly between 0 and 1")
    covariance, log_prior = covariances(row, column, level=level, spread=spread)
    start = prior_locations(prior, np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))
    mode, deviation, evidence = laplace(successes, visits, start, covariance)
    weight = np.exp(evidence + log_prior - (evidence + log_prior).max())
    weight /= weight.sum()
    chance = expit(mode[..., None] + deviation[..., None] * NODES)
    mean = np.asarray(weight @ (chance @ WEIGHTS), dtype=np.float64)
    square = np.asarray(weight @ ((chance**2) @ WEIGHTS), dtype=np.float64)
    return Pooled(mean, np.maximum(square - mean**2, 1e-12))


def covariances(row: Ints, column: Ints, *, level: float, spread: float) -> tuple[Floats, Floats]:
    """Give the cells' prior covariance for each combination of spreads, (k, cells, cells), and its log weight, (k,)."""
    same_row = (row[:, None] == row[None]).astype(np.float64)
    same_column = (column[:, None] == column[None]).astype(np.float64)
    cells = len(row)
    # A single cell is the branch itself: there is nothing apart from it.
    tried = list(product(MULTIPLES, repeat=3)) if cells > 1 else [(0.0, 0.0, 1e-3)]
    variances = (np.array(tried) * spread) ** 2
    parts = np.stack([same_row, same_column, np.eye(cells)])
    covariance = level**2 + np.einsum("ks,sij->kij", variances, parts)
    # Half-t in each spread; the grid is about even in its logarithm, so each counts by its own size too.
    multiples = np.array(tried)
    density = np.log(np.maximum(multiples, 1e-9)) - (HEAVY + 1) / 2 * np.log1p(multiples**2 / HEAVY)
    log_prior = density.sum(axis=1) if cells > 1 else np.zeros(1)
    return np.asarray(covariance, dtype=np.float64), np.asarray(log_prior, dtype=np.float64)


def prior_locations(prior: Floats, deviation: Floats) -> Floats:
    """Give the log-odds whose normal spread has just the prior mean, (k, cells)."""
    at = np.broadcast_to(logit(prior), deviation.shape) * np.sqrt(1 + np.pi * deviation**2 / 8)
    for _ in range(NEWTON_STEPS):
        chance = expit(at[..., None] + deviation[..., None] * NODES)
        off = chance @ WEIGHTS - prior
        at = at - off / ((chance * (1 - chance)) @ WEIGHTS)
        if np.abs(off).max() < CLOSE:
            break
    return np.asarray(at, dtype=np.float64)


def laplace(successes: Floats, visits: Floats, start: Floats, covariance: Floats) -> tuple[Floats, Floats, Floats]:
    """Approximate the cells' posterior by a normal one, for each covariance.

    Returns
    -------
    tuple
        Mode and standard deviation of the log-odds, (k, cells) each, and the log of the marginal likelihood up to a
        constant, (k,).
    """
    cells = len(visits)
    unit = np.eye(cells)
    at, dual = start.copy(), np.zeros_like(start)
    for _ in range(NEWTON_STEPS):
        chance = expit(at)
        curve = visits * chance * (1 - chance)
        root = np.sqrt(curve)
        inner = unit + root[:, :, None] * covariance * root[:, None, :]
        pull = curve * (at - start) + successes - visits * chance
        shifted = root * np.einsum("kij,kj->ki", covariance, pull)
        dual = pull - root * np.linalg.solve(inner, shifted[..., None])[..., 0]
        fresh = start + np.einsum("kij,kj->ki", covariance, dual)
        moved = np.abs(fresh - at).max()
        # Far from the mode a full step may overshoot: the log-odds move by at most 2 at once.
        at = at + np.clip(fresh - at, -2.0, 2.0)
        if moved < CLOSE:
            break
    chance = expit(at)
    root = np.sqrt(visits * chance * (1 - chance))
    lower = np.linalg.cholesky(unit + root[:, :, None] * covariance * root[:, None, :])
    solved = np.linalg.solve(lower, root[:, :, None] * covariance)
    variance = np.diagonal(covariance, axis1=1, axis2=2) - (solved**2).sum(axis=1)
    likelihood = (successes * at - visits * np.logaddexp(0, at)).sum(axis=1)
    halves = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    evidence = likelihood - ((at - start) * dual).sum(axis=1) / 2 - halves
    return at, np.sqrt(np.maximum(variance, 1e-12)), evidence
