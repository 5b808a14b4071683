"""Which shares paid without a visit to plan with: the assumed ones, drawn towards what the branch's past shows.

What a past shows of a bucket is uncertain, of old debts very much so: taken as it is it makes plans worse than the
assumption does (docs/learning.md). So what was assumed and what was seen are weighed by how well each is known.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm

from planner.domain import Bucket
from planner.value.parameters import Parameters


def pooled_shares(compared: pd.DataFrame, parameters: Parameters) -> Mapping[Bucket, float]:
    """Give the posterior mean of each bucket that could be compared, by a normal approximation.

    The doubt of a seen share is that of so many answers at the assumed share, times how much more or less than answers
    such shares vary, which is taken from the intervals of all buckets together: a bucket in which little was seen by
    luck must not look well known. The assumption's own doubt is ``unsourced_spread``, in log-odds.

    Parameters
    ----------
    compared
        ``untreated.COMPARED``.

    References
    ----------
    Gelman et al., Bayesian Data Analysis, 3rd edition, 2.5; McCullagh and Nelder (1989), 4.5 (dispersion).
    """
    rows = compared[(compared["state"] == "compared") & compared["without"].between(0, 1)]
    if rows.empty:
        return {}
    seen, n = rows["without"].to_numpy(np.float64), rows["unvisited"].to_numpy(np.float64)
    width = (rows["without_high"] - rows["without_low"]).to_numpy(np.float64)
    deviation = width / (2 * norm.ppf((1 + parameters.interval.value) / 2))
    answers = float((seen * (1 - seen) / n).sum())
    dispersion = float((deviation**2).sum()) / answers if answers > 0 else 1.0
    buckets = [Bucket(one) for one in rows["bucket"]]
    assumed = np.array([parameters.collected_without[one].value for one in buckets])
    varies = assumed * (1 - assumed)
    doubt = (parameters.unsourced_spread.value * varies) ** 2
    weight = doubt / (doubt + dispersion * varies / n)
    return dict(zip(buckets, (assumed + weight * (seen - assumed)).tolist(), strict=True))
