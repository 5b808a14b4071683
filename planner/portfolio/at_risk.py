"""Portfolio at risk: the share of outstanding principal on accounts more than 30, 60 or 90 days past due.

An overdue list does not name accounts that are current, so it does not hold the whole book. Where the outstanding
principal of the book is known (the bank enters it), that is what the share is of; otherwise it is a share of the
principal *on the list* and called so: of its overdue accounts, since the few that are named without a day past due (to
be watched, or because they were cured) are not the rest of the book. Where a row has no principal its overdue amount
counts.

Who is on the list is known, not sampled: the interval says how much the share hangs on a few large debtors, as if the
same kind of debtors had been drawn again. The change beside an earlier list is by debtor, who mostly stand on both.
"""

from __future__ import annotations

from math import nan, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from planner.portfolio.shares import LEVEL, share
from planner.tables import FLAG, INT, REAL, Schema, conform

THRESHOLDS = (30, 60, 90)
#: one row a threshold
AT_RISK: Schema = {
    "over_days": INT,
    "value": REAL,
    "low": REAL,
    "high": REAL,
    "at_risk_minor": REAL,
    "of_minor": REAL,
    "accounts": INT,
    "n": INT,  # overdue accounts on the list
    "few": FLAG,
    "change": REAL,  # beside the earlier list, as a difference of shares; NaN without one
    "change_low": REAL,
    "change_high": REAL,
}

Reals = NDArray[np.float64]


def outstanding(states: pd.DataFrame) -> Reals:
    """Give the principal of each account, its overdue amount where the list has no principal."""
    principal, overdue = states["principal_minor"].to_numpy(float), states["overdue_minor"].to_numpy(float)
    return np.maximum(np.where(principal > 0, principal, overdue), 0.0)


def overdue(states: pd.DataFrame) -> pd.DataFrame:
    """Give the accounts with a day past due."""
    late: pd.DataFrame = states[states["days_past_due"] > 0]
    return late


def at_risk(now: pd.DataFrame, earlier: pd.DataFrame | None = None, *, book_minor: float | None = None) -> pd.DataFrame:
    """Give the shares (``AT_RISK``).

    Parameters
    ----------
    now, earlier
        ``ACCOUNT_STATES`` of the newest list and of the one to compare with.
    book_minor
        Outstanding principal of the whole book; None for shares of what is on the list. It is taken for both lists.

    Raises
    ------
    ValueError
        If the book is smaller than what the list says is outstanding.
    """
    now = overdue(now)
    earlier = None if earlier is None else overdue(earlier)
    principal = outstanding(now)
    if book_minor is not None and book_minor < principal.sum():
        raise ValueError("the book must hold at least what is on the list")
    rows = []
    for days in THRESHOLDS:
        late = now["days_past_due"].to_numpy() > days
        if book_minor is None:
            found = share(late, principal, now["debtor_id"])
            of, value, low, high = float(principal.sum()), found.value, found.low, found.high
        else:
            of = float(book_minor)
            value, low, high = of_book(principal[late], now["debtor_id"].to_numpy()[late], of)
        change = (nan, nan, nan) if earlier is None else moved(now, earlier, days, book_minor)
        rows.append(
            {
                "over_days": days,
                "value": value,
                "low": low,
                "high": high,
                "at_risk_minor": float(principal[late].sum()),
                "of_minor": of,
                "accounts": int(late.sum()),
                "n": len(now),
                "few": len(now) < 20,
                **dict(zip(("change", "change_low", "change_high"), change, strict=True)),
            }
        )
    return conform(pd.DataFrame(rows), AT_RISK)


def of_book(amounts: Reals, debtors: np.ndarray, book_minor: float) -> tuple[float, float, float]:
    """Give a sum by the book with its interval: so many debtors of like size, counted as Poisson (Jeffreys)."""
    if book_minor <= 0:
        return nan, nan, nan
    if not len(amounts) or amounts.sum() <= 0:
        return 0.0, 0.0, nan
    _, owner = np.unique(debtors, return_inverse=True)
    by = np.bincount(owner, amounts)
    count = float(by.sum() ** 2 / (by**2).sum())
    tail = (1.0 - LEVEL) / 2.0
    value = float(by.sum()) / book_minor
    low, high = (float(special.gammaincinv(count + 0.5, q)) / count for q in (tail, 1.0 - tail))
    return value, value * low, min(value * high, 1.0)


def moved(now: pd.DataFrame, earlier: pd.DataFrame, days: int, book_minor: float | None) -> tuple[float, float, float]:
    """Give the change of a share between two lists with its interval, linearised by debtor."""
    parts = []
    for states in (earlier, now):
        principal = outstanding(states)
        late = principal * (states["days_past_due"].to_numpy() > days)
        whole = principal.sum() if book_minor is None else book_minor
        if whole <= 0:
            return nan, nan, nan
        value = late.sum() / whole
        each = (late - (value * principal if book_minor is None else 0.0)) / whole
        parts.append((value, pd.Series(each).groupby(states["debtor_id"].to_numpy()).sum()))
    (before, then), (after, today) = parts
    apart = today.sub(then, fill_value=0.0).to_numpy(float)
    centred = apart - (apart.mean() if book_minor is None else 0.0)
    reach = float(stats.norm.ppf((1.0 + LEVEL) / 2.0)) * sqrt(float((centred**2).sum()))
    value = float(after - before)
    return value, value - reach, value + reach
