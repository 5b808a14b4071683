"""Partial pooling of a rate's cells: how far classes lie apart is itself estimated, and its doubt is kept.

In log-odds a cell is its prior, plus what is particular to the branch, to the cell's row (say, the bucket), to its
column (say, the debtor type), and to the cell alone:

    logit p = m + level + row + column + own,      each ~ N(0, its own spread²)

The spreads decide how strongly cells are drawn together. They are not fixed: a grid of them is weighed by how well each
explains the counts (Laplace's approximation of the marginal likelihood) times a half-t prior, and the cells'
posteriors are averaged with these weights. With no visits every cell has exactly its prior mean.

The other branches' counts, taken together, may stand beside the branch's own. A cell there has the same prior, and what
is particular to it is correlated with what is particular here, by one number from 0 (they tell nothing) to 1 (they are
one branch), which is weighed over a grid too.

References
----------
Gelman et al., Bayesian Data Analysis, 3rd edition, 5 (hierarchical models) and 13.3 (normal approximation).
Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithms 3.1 and 3.2 (Laplace).
Bonilla, Chai and Williams, "Multi-task Gaussian process prediction", NIPS 20 (2008) (one correlation between tasks).
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
#: how much a branch resembles the others: correlations that are tried, each as likely as the next
ALIKE = (0.0, 0.5, 0.8, 0.95, 1.0)
#: degrees of freedom of the half-t prior on a spread: large ones are unlikely, not impossible
HEAVY = 4.0
NEWTON_STEPS, CLOSE = 30, 1e-7
#: steps after which covariances are dropped whose weight is below e^-HOPELESS of the best one's
ROUGH_STEPS, HOPELESS = 1, 10.0
NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Pooled:
    """Posterior of each cell, (cells,): mean and variance of the probability."""

    mean: Floats
    variance: Floats


def pool(
    successes: Floats,
    visits: Floats,
    prior: Floats,
    row: Ints,
    column: Ints,
    *,
    level: float,
    spread: float,
    others: tuple[Floats, Floats] | None = None,
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
    others
        Successes and visits of the same cells, (cells,) each, in the other branches together.

    Raises
    ------
    ValueError
        If there are more successes than visits, or a prior mean is 0 or 1.
    """
    if not ((prior > 0) & (prior < 1)).all():
        raise ValueError("a prior mean lies strictly between 0 and 1")
    covariance, log_prior = covariances(row, column, level=level, spread=spread)
    start = prior_locations(prior, np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))
    cells = len(prior)
    if others is not None and others[1].any():
        covariance, log_prior = beside(covariance, log_prior)
        start = np.tile(start, (len(ALIKE), 2))
        successes, visits = np.concatenate([successes, others[0]]), np.concatenate([visits, others[1]])
    if (successes < 0).any() or (successes > visits).any():
        raise ValueError("there cannot be more successes than visits")
    mode, deviation, weight = posterior(successes, visits, start, covariance, log_prior)
    chance = expit(mode[:, :cells, None] + deviation[:, :cells, None] * NODES)
    mean = np.asarray(weight @ (chance @ WEIGHTS), dtype=np.float64)
    square = np.asarray(weight @ ((chance**2) @ WEIGHTS), dtype=np.float64)
    return Pooled(mean, np.maximum(square - mean**2, 1e-12))


def posterior(
    successes: Floats, visits: Floats, start: Floats, covariance: Floats, log_prior: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give mode, standard deviation, (k, cells), and weight, (k,), of those covariances that count.

    One step of Newton's method, begun from the mode of the covariance in the middle, tells nearly how well each
    explains the counts; only those that are not hopeless are followed to their modes.
    """
    middle = slice(len(covariance) // 2, len(covariance) // 2 + 1)
    near, _, _ = laplace(successes, visits, start[middle], covariance[middle], start[middle])
    rough, _, evidence = laplace(
        successes, visits, start, covariance, np.repeat(near, len(start), axis=0), steps=ROUGH_STEPS
    )
    told = evidence + log_prior
    good = told > told.max() - HOPELESS
    mode, deviation, evidence = laplace(successes, visits, start[good], covariance[good], rough[good])
    told = evidence + log_prior[good]
    weight = np.exp(told - told.max())
    return mode, deviation, weight / weight.sum()


def beside(covariance: Floats, log_prior: Floats) -> tuple[Floats, Floats]:
    """Set the other branches' cells beside the branch's own, for each correlation that is tried.

    Returns
    -------
    tuple
        (k · correlations, 2 · cells, 2 · cells), and its log weight.
    """
    joint = [np.array([[1.0, alike], [alike, 1.0]]) for alike in ALIKE]
    both = np.einsum("aij,kcd->akicjd", np.stack(joint), covariance)
    cells = covariance.shape[1]
    return both.reshape(-1, 2 * cells, 2 * cells), np.tile(log_prior, len(ALIKE))


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


def laplace(
    successes: Floats,
    visits: Floats,
    start: Floats,
    covariance: Floats,
    begin: Floats,
    *,
    steps: int = NEWTON_STEPS,
) -> tuple[Floats, Floats, Floats]:
    """Approximate the cells' posterior by a normal one, for each covariance; ``begin`` is where the mode is sought.

    Returns
    -------
    tuple
        Mode and standard deviation of the log-odds, (k, cells) each, and the log of the marginal likelihood up to a
        constant, (k,).
    """
    cells = len(visits)
    unit = np.eye(cells)
    at, dual = begin.copy(), np.zeros_like(start)
    for _ in range(steps):
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
