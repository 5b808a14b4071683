"""Whether the doors have changed: the last weeks against those before, rate by rate, like with like.

Recent visits may have gone to other classes or at other hours than before; so each cell is compared with itself and the
comparisons are added up (Cochran, Mantel and Haenszel). Several rates are asked at once: Holm's rule keeps the chance
that a steady branch is told of any change below the alarm rate.

References
----------
Mantel and Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease", JNCI 22
(1959).
Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from scipy.stats import norm

from planner.tables import INT, REAL, TEXT, Schema, conform
from planner.value.learning import PARTS, RATES
from planner.value.parameters import Parameters

#: one row a rate; the shares are of the cells that have both recent and earlier visits, in the recent mix
DRIFT: Schema = {
    "rate": TEXT,
    "before": REAL,
    "recent": REAL,
    "difference": REAL,
    "low": REAL,
    "high": REAL,
    "visits_before": INT,
    "visits_recent": INT,
    "p_value": REAL,
    "state": TEXT,  # changed, steady (no change shown), too_few
}


def drift(asked: pd.DataFrame, parameters: Parameters, *, now: datetime) -> pd.DataFrame:
    """Compare each rate's last weeks with those before (``DRIFT``).

    Parameters
    ----------
    asked
        As ``learning.trials`` gives them.
    now
        The recent weeks end here; later answers are left out.
    """
    border = pd.Timestamp(now - timedelta(weeks=parameters.recent_weeks.value))
    past = asked[asked["at"] < pd.Timestamp(now)]
    rows = [compared(rate, past[past["rate"] == rate], border, parameters) for rate in RATES if rate not in PARTS]
    table = pd.DataFrame(rows)
    table["state"] = states(table["p_value"].to_numpy(np.float64), parameters.drift_alarm.value)
    return conform(table, DRIFT)


def compared(rate: str, asked: pd.DataFrame, border: pd.Timestamp, parameters: Parameters) -> dict[str, object]:
    """Compare one rate cell by cell and add up."""
    recent = asked["at"] >= border
    by_cell = asked.assign(recent=recent).groupby(["cell", "within", "recent"])["success"]
    counts = pd.DataFrame(by_cell.agg(["sum", "size"])).unstack("recent")
    assert isinstance(counts, pd.DataFrame)
    wanted = pd.MultiIndex.from_product([["sum", "size"], [False, True]])
    counts = counts.reindex(columns=wanted).fillna(0)
    s0, s1 = (counts["sum", one].to_numpy(np.float64) for one in (False, True))
    n0, n1 = (counts["size", one].to_numpy(np.float64) for one in (False, True))
    both = (n0 > 0) & (n1 > 0)
    s0, s1, n0, n1 = s0[both], s1[both], n0[both], n1[both]
    row: dict[str, object] = {
        "rate": rate, "before": np.nan, "recent": np.nan, "difference": np.nan, "low": np.nan, "high": np.nan,
        "visits_before": int(n0.sum()), "visits_recent": int(n1.sum()), "p_value": np.nan,
    }  # fmt: skip
    if min(n0.sum(), n1.sum()) < parameters.least_compared.value:
        return row
    both_n, both_s = n0 + n1, s0 + s1
    expected = (n1 * both_s / both_n).sum()
    variance = (n0 * n1 * both_s * (both_n - both_s) / (both_n**2 * np.maximum(both_n - 1, 1))).sum()
    before, now = float((n1 * s0 / n0).sum() / n1.sum()), float(s1.sum() / n1.sum())
    # The difference in the recent mix; cells of few visits count for little (Mantel and Haenszel's weights).
    weight = n0 * n1 / both_n
    difference = float((weight * (s1 / n1 - s0 / n0)).sum() / weight.sum())
    smooth0, smooth1 = (s0 + 0.5) / (n0 + 1), (s1 + 0.5) / (n1 + 1)
    spread = weight**2 * (smooth0 * (1 - smooth0) / n0 + smooth1 * (1 - smooth1) / n1)
    error = float(np.sqrt(spread.sum()) / weight.sum())
    z = norm.ppf(0.5 + parameters.interval.value / 2)
    off = max(abs(float(s1.sum() - expected)) - 0.5, 0.0)
    p_value = float(2 * norm.sf(off / np.sqrt(variance))) if variance > 0 else 1.0
    return row | {
        "before": before, "recent": now, "difference": difference, "low": difference - z * error,
        "high": difference + z * error, "p_value": min(p_value, 1.0),
    }  # fmt: skip


def states(p_values: np.ndarray, alarm: float) -> list[str]:
    """Say of each p-value whether it is a change after Holm's correction; NaN is too few."""
    known = np.flatnonzero(np.isfinite(p_values))
    found = ["too_few" if not np.isfinite(one) else "steady" for one in p_values]
    for rank, index in enumerate(known[np.argsort(p_values[known], kind="stable")]):
        if p_values[index] > alarm / (len(known) - rank):
            break
        found[int(index)] = "changed"
    return found
