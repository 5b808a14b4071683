"""How cohorts run off: of the accounts that fell overdue in a month, the share still overdue so many days later.

A *spell* is an account on successive full lists, from the first on which it stands until it is current or has left.
Its age counts from the day it fell overdue, as the first list says it. Three things are not seen, and taken honestly:

- What was cured between two lists never shows. A spell counts only from the age at which it was first seen (delayed
  entry), so ages at which nobody was looked at say nothing.
- When it left is known only to lie between two lists: ``hazards`` says how likely each day between them is.
- Spells still on the newest list are not over: they count until then (censored).

The share is the life table's form of Kaplan and Meier's estimate in bands of ten days, S = exp(-Σ hazard), by maximum
likelihood. The interval is of log(-log S), which stays inside 0 to 1. Several accounts of one debtor make it wider: the
variance is multiplied by the spells by debtor, as if they ended together. A cohort's curve ends where on average fewer
than ``WATCHED`` spells are under observation in a band.

References
----------
Kaplan and Meier 1958, JASA 53, 457-481. Cutler and Ederer 1958, Journal of Chronic Diseases 8, 699-712 (life table).
Klein and Moeschberger 2003, Survival Analysis, ch. 4.6 (left truncation).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from planner.portfolio.hazards import hazards
from planner.portfolio.shares import LEVEL
from planner.tables import ACCOUNT_STATES, DAY, FLAG, INT, REAL, TEXT, Schema, conform

#: one row a spell of an account
SPELLS: Schema = {
    "branch": TEXT,
    "case_id": TEXT,
    "debtor_id": TEXT,
    "region": TEXT,
    "product": TEXT,
    "overdue_on": DAY,  # the day it fell overdue, as the first list says
    "seen_at": REAL,  # age in days on the first list
    "last_at": REAL,  # on the last list on which it stands
    "gone_at": REAL,  # on the list that no longer names it; as ``last_at`` where it is still on the newest one
    "ended": FLAG,
}
#: one row a band of ages
CURVES: Schema = {
    "cohort": TEXT,  # "2026-08", "" for all together
    "age_days": INT,  # end of the band
    "still": REAL,  # share still overdue at that age
    "low": REAL,
    "high": REAL,
    "spells": INT,  # of the cohort
    "watched": REAL,  # spells under observation in the band, on average
}
BAND_DAYS, MOST_DAYS = 10, 180
#: Fewer spells under observation in a band, on average, tell nothing of it.
WATCHED = 10


def spells(states: pd.DataFrame) -> pd.DataFrame:
    """Give the spells (``SPELLS``) that successive full lists show."""
    checked = conform(states, ACCOUNT_STATES)
    parts = [_branch_spells(here) for _, here in checked.groupby("branch")]
    if not parts:
        return conform(pd.DataFrame(columns=list(SPELLS)), SPELLS)
    return conform(pd.concat(parts, ignore_index=True), SPELLS)


def _branch_spells(states: pd.DataFrame) -> pd.DataFrame:
    days = np.sort(states["as_of_on"].unique())
    late = states[states["days_past_due"] > 0].sort_values(["case_id", "as_of_on"])
    order = np.searchsorted(days, late["as_of_on"].to_numpy())
    case = late["case_id"].to_numpy()
    begins = np.ones(len(late), dtype=bool)
    begins[1:] = (case[1:] != case[:-1]) | (np.diff(order) > 1)
    ends = np.append(begins[1:], True)[: len(late)]
    first, last = late[begins].reset_index(drop=True), late[ends].reset_index(drop=True)
    overdue_on = first["as_of_on"] - pd.to_timedelta(first["days_past_due"], unit="D")
    until = order[ends]
    ended = until < len(days) - 1
    after = np.where(ended, days[np.minimum(until + 1, len(days) - 1)], days[until])

    def age(on: np.ndarray) -> pd.Series:
        return (pd.Series(on) - overdue_on).dt.total_seconds() / 86400.0

    return first.assign(
        overdue_on=overdue_on.astype("datetime64[s]"),
        seen_at=first["days_past_due"].astype(float),
        last_at=age(days[until]),
        gone_at=age(after),
        ended=ended,
        region=last["region"],
    )


def curve(found: pd.DataFrame, cohort: str = "") -> pd.DataFrame:
    """Give the share still overdue by age (``CURVES``) of these spells, as far as enough are under observation."""
    edges = np.arange(0, MOST_DAYS + BAND_DAYS, BAND_DAYS, dtype=float)
    here = found[found["seen_at"] < MOST_DAYS]
    watched = np.array([_watched(here, low, low + BAND_DAYS) for low in edges[:-1]])
    bands = int(np.minimum.accumulate(watched >= WATCHED).sum())
    if not bands:
        return conform(pd.DataFrame(columns=list(CURVES)), CURVES)
    seen, last, gone = (here[name].to_numpy(float) for name in ("seen_at", "last_at", "gone_at"))
    # What lies beyond the last band is one more band, which is not told.
    limits = np.append(edges[: bands + 1], max(float(gone.max()), edges[bands]) + 1.0)
    inside = seen < edges[bands]
    hazard, doubt = hazards(seen[inside], last[inside], gone[inside], limits)
    summing = np.tril(np.ones((bands, bands))) * BAND_DAYS
    summed = summing @ hazard[:bands]
    together = len(here) / max(here["debtor_id"].nunique(), 1)
    error = np.sqrt(np.clip(np.diag(summing @ doubt[:bands, :bands] @ summing.T), 0.0, None) * together)
    # So wide that it holds everything from 0 to 1 where hardly anybody has ended.
    reach = np.exp(np.minimum(float(stats.norm.ppf((1.0 + LEVEL) / 2.0)) * error / np.maximum(summed, 1e-9), 50.0))
    table = pd.DataFrame(
        {
            "cohort": cohort,
            "age_days": edges[1 : bands + 1].astype(int),
            "still": np.exp(-summed),
            "low": np.exp(-summed * reach),
            "high": np.exp(-summed / reach),
            "spells": len(found),
            "watched": watched[:bands],
        }
    )
    return conform(table, CURVES)


def vintages(found: pd.DataFrame) -> pd.DataFrame:
    """Give the curves of all cohorts by the month in which they fell overdue, oldest first, those seen from the start.

    A cohort of which nobody was seen in the first ten days has no curve.
    """
    months = found["overdue_on"].dt.strftime("%Y-%m")
    parts = [curve(part, str(month)) for month, part in found.groupby(months)]
    return conform(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(CURVES)), CURVES)


def _watched(found: pd.DataFrame, low: float, high: float) -> float:
    """Give how many spells are under observation at these ages, on average; an end is taken half way."""
    seen, last, gone = (found[name].to_numpy(float) for name in ("seen_at", "last_at", "gone_at"))
    days = np.clip(np.minimum((last + gone) / 2.0, high) - np.maximum(seen, low), 0.0, None)
    return float(days.sum()) / (high - low)
