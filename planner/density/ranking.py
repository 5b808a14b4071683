"""How sure a ranking is: from draws of all regions together, the chance to be among the best and the span of ranks.

References
----------
Goldstein and Spiegelhalter 1996, JRSS A 159, 385-443 (league tables and their limits). Laird and Louis 1989, Journal of
Educational Statistics 14, 29-46 (expected ranks).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def ranking(draws: NDArray[np.float64], *, top: int = 3, level: float = 0.8) -> pd.DataFrame:
    """Rank the regions in every draw, the largest first, and sum up the ranks.

    Parameters
    ----------
    draws
        (s, r) one draw of all regions a row; a region with NaN anywhere has no rank and takes none from the others.
        Which of equal ones comes first is drawn by lot, row by row, so that it is not the order of the columns.
    top
        How many regions are "the best".
    level
        Share of the interval of the rank.

    Returns
    -------
    DataFrame
        ``top_k_probability`` (over the ranked regions these sum to ``top``, or to their number if they are fewer),
        ``expected_rank``, ``rank_low``, ``rank_high`` (Int64, 1 is the best); NaN and NA without a rank.

    Raises
    ------
    ValueError
        If ``top`` is less than 1 or the level is no share.

    Examples
    --------
    >>> import numpy as np
    >>> ranking(np.array([[3.0, 1, 2], [3, 2, 1]]), top=1)["top_k_probability"].tolist()
    [1.0, 0.0, 0.0]
    """
    if top < 1:
        raise ValueError(f"at least one region is the best, got {top}")
    if not 0 < level < 1:
        raise ValueError(f"the level must be a share between 0 and 1, got {level}")
    ranked = np.flatnonzero(~np.isnan(draws).any(axis=0))
    lots = np.random.default_rng(1).random((len(draws), len(ranked)))
    ranks = np.argsort(np.lexsort((lots, -draws[:, ranked]), axis=1), axis=1) + 1
    tail = (1.0 - level) / 2.0
    found = pd.DataFrame(
        {
            "top_k_probability": (ranks <= top).mean(axis=0),
            "expected_rank": ranks.mean(axis=0),
            "rank_low": np.quantile(ranks, tail, axis=0, method="lower"),
            "rank_high": np.quantile(ranks, 1.0 - tail, axis=0, method="higher"),
        },
        index=ranked,
    )
    return found.reindex(range(draws.shape[1])).astype({"rank_low": "Int64", "rank_high": "Int64"})
