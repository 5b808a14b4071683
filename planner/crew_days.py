"""What a crew-day is worth where, before any plan is made, and which loan of a crew between branches gains most.

The first day in a district takes the best visits, each further one what the others left. So what a day more would
bring, and what the last one brings now, follow from the outlook of so many days (``planner.outlook``). Within a branch
the plan itself puts each day where it is worth most; between branches somebody has to lend a crew.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.outlook import Prospect
from planner.tables import REAL, TEXT, Schema, conform

#: One row a district: the crew-days that its visits take now (NaN without a plan), what one more would bring and what
#: the last of them brings; NaN without a plan, where there is not so much as one, or no way to anybody.
CREW_DAYS: Schema = {
    "region": TEXT,
    "branch": TEXT,
    "days_now": REAL,
    "one_more_minor": REAL,
    "last_minor": REAL,
}
#: One row a loan: a crew-day of district ``lender`` made in ``borrower`` instead, and what all gain by it.
LOANS: Schema = {"lender": TEXT, "borrower": TEXT, "loses_minor": REAL, "brings_minor": REAL, "gain_minor": REAL}


def crew_days(of: Mapping[str, Prospect], days_now: Mapping[str, float]) -> pd.DataFrame:
    """Give what a crew-day more and the last one bring in each district (``CREW_DAYS``).

    Parameters
    ----------
    of
        The districts' prospects.
    days_now
        Crew-days that visits in each district take in the newest plans; a district that is not named has no plan.
    """
    rows = []
    for region, one in of.items():
        now = float(days_now.get(region, np.nan))
        if np.isnan(now):
            rows.append((region, one.branch, now, np.nan, np.nan))
            continue
        days, brings = now, value(one, now)
        # A day more takes nothing away: what lies below 0 is how exactly the choice is found.
        last = np.maximum(brings - value(one, days - 1), 0.0) if days >= 1 else np.nan
        rows.append((region, one.branch, now, np.maximum(value(one, days + 1) - brings, 0.0), last))
    return conform(pd.DataFrame.from_records(rows, columns=list(CREW_DAYS)), CREW_DAYS)


def value(of: Prospect, days: float) -> float:
    """Give what so many crew-days bring, in minor units; NaN where no way leads to anybody."""
    if days <= 0:
        return 0.0 if of.seen is not None else np.nan
    told = of.of_days(days)
    return np.nan if told is None else told.value_minor


def loans(days: pd.DataFrame, *, most: int = 5) -> pd.DataFrame:
    """Give the loans between branches that gain most, the best first and each district once (``LOANS``).

    Parameters
    ----------
    days
        ``CREW_DAYS``. Only districts with a plan can lend or borrow: without one it is not known what they lack.

    Examples
    --------
    >>> rows = [("A", "X", 3.0, 10.0, 20.0), ("B", "Y", 1.5, 90.0, 95.0)]
    >>> loans(pd.DataFrame(rows, columns=list(CREW_DAYS)))[["lender", "borrower", "gain_minor"]].values.tolist()
    [['A', 'B', 70.0]]
    """
    planned = days[days["days_now"].notna()]
    pairs = planned.merge(planned, how="cross", suffixes=("", "_to"))
    pairs = pairs[(pairs["branch"] != pairs["branch_to"]) & pairs["last_minor"].notna()]
    table = pd.DataFrame(
        {
            "lender": pairs["region"],
            "borrower": pairs["region_to"],
            "loses_minor": pairs["last_minor"],
            "brings_minor": pairs["one_more_minor_to"],
            "gain_minor": pairs["one_more_minor_to"] - pairs["last_minor"],
        }
    )
    best = table[table["gain_minor"] > 0].sort_values(
        ["gain_minor", "lender", "borrower"], ascending=[False, True, True]
    )
    kept, busy = [], set[str]()
    for row, lender, borrower in zip(best.index, best["lender"], best["borrower"], strict=True):
        if not {lender, borrower} & busy:
            kept.append(row)
            busy |= {lender, borrower}
    return conform(best.loc[kept[:most]].reset_index(drop=True), LOANS)
