"""How much of the expected money a region brings: how often a visit pays, times what a payment amounts to.

factor = theta · kappa · level, drawn together for all regions:

- theta, how often visits pay beside what was expected (``rates``);
- kappa, how large the region's payments are beside the others' (``amounts``);
- level, which makes the draw agree with all money recovered so far: given theta and kappa, recovery / scale of all
  regions together behaves like a Poisson count around level · sum(theta kappa expected) / scale, and the level is Gamma
  with mean 1 and ``LEVEL_SD`` beforehand. Scale is the variance of recovery by its mean, see ``funnel.payment_scale``.

Why the level comes from sums of money: if large debts pay less often than small ones, or amounts have a heavier tail
than a lognormal, counts times lognormal amounts miss the money of all regions alike. Measured in
``benchmarks/density_coverage.py``; the figures are in docs/recovery-density.md.

References
----------
Buehlmann and Gisler 2005, A Course in Credibility Theory, ch. 3-4 (frequency and size of claims apart). Klugman, Panjer
and Willmot 2012, Loss Models, ch. 9 (compound models).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.density.amounts import relative_draws
from planner.density.funnel import payment_scale
from planner.density.past import payers, tally
from planner.density.rates import bunching, factor_draws

#: with so many draws the limits of an 80 % interval differ from seed to seed by about 1 % of its width (s.d., 20 seeds)
DRAWS = 4000
LEVEL_SD = 0.5


def money_draws(past: pd.DataFrame, regions: list[str], *, draws: int = DRAWS, seed: int = 1) -> NDArray[np.float64]:
    """Draw by what factor each region's recovery lies above or below what the model expects.

    Parameters
    ----------
    past
        ``past.PAST``; visits in regions that are not named are left out.
    regions
        (r,) codes.
    seed
        The same history and seed give the same draws.

    Returns
    -------
    ndarray
        (draws, r), above 0. The mean of a column is the region's factor; a row holds a state of the world that agrees
        with the past, so what is asked of several regions at once (a rank) is asked row by row.

    Raises
    ------
    ValueError
        As ``past.tally``.
    """
    rng = np.random.default_rng(seed)
    here = past[past["region"].isin(regions)]
    counted, paid = tally(here, regions), payers(here)
    theta = factor_draws(
        counted["payments"], counted["expected_payments"], scale=bunching(paid["times"]), draws=draws, rng=rng
    )
    kappa = relative_draws(
        np.log(paid["paid_minor"].to_numpy() / paid["if_paid_minor"].to_numpy()),
        pd.Index(regions).get_indexer(pd.Index(paid["region"])),
        len(regions),
        draws=draws,
        rng=rng,
    )
    both = theta * kappa
    scale = payment_scale(here)
    prior = LEVEL_SD**-2.0
    if not np.isfinite(scale):  # nobody has paid yet: how much a payment amounts to is not known
        return np.asarray(both * rng.gamma(prior, 1.0 / prior, (draws, 1)))
    seen = counted["actual_minor"].sum() / scale
    asked = (both @ counted["expected_minor"].to_numpy()) / scale
    return np.asarray(both * (rng.gamma(prior + seen, size=draws) / (prior + asked))[:, None])
