"""What got better or worse beyond chance: the last months' roll rates beside those of as many months before.

Months may differ by more than luck (paydays, harvest, a holiday). By how much is taken from the months within the two
periods, of all segments and buckets together, and adds to the doubt of every answer. Given p-values of all segments the
answers are adjusted for looking at so many (Benjamini-Hochberg).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.patterns.regions import benjamini_hochberg
from planner.portfolio.rates import MONTHLY, ROLL, rate
from planner.portfolio.shares import FEWEST, difference
from planner.tables import INT, REAL, TEXT, Schema, conform

#: one row a segment and bucket
ROLL_CHANGES: Schema = {
    "dimension": TEXT,  # all, region, product
    "segment": TEXT,  # "" for all together
    "bucket": TEXT,
    "before": REAL,
    "after": REAL,
    "difference": REAL,  # NaN where too few to tell, as all that follows
    "low": REAL,
    "high": REAL,
    "n_before": INT,
    "n_after": INT,
    "p_value": REAL,
    "p_adjusted": REAL,
    "answer": TEXT,  # better (fewer roll on), worse, not_shown, too_few
}
#: Windows of either period where there are as many. Not the reader's choice: who tries several finds a change in one.
MONTHS = 3
#: Share of false ones among the changes named.
FALSE_SHARE = 0.05


def months_compared(moves: pd.DataFrame) -> int:
    """Give how many months of either period the lists allow, at most ``MONTHS``; 0 where there are not two."""
    return min(MONTHS, (int(moves["window"].max()) + 1) // 2) if len(moves) else 0


def roll_changes(moves: pd.DataFrame, *, by_money: bool) -> pd.DataFrame:
    """Say of all together, each region and each product whether fewer or more accounts roll on (``ROLL_CHANGES``)."""
    months = months_compared(moves)
    here = moves[(moves["window"] < 2 * months) & moves["from_bucket"].isin(MONTHLY)]
    here = here.assign(after=here["window"] < months)
    segments = [("all", "", here)]
    for dimension in ("region", "product"):
        segments += [(dimension, str(name), part) for name, part in here.groupby(dimension) if name]
    cells = [(d, s, b, part[part["from_bucket"] == b]) for d, s, part in segments for b in MONTHLY]
    extra = unrest([part for dimension, *_, part in cells if dimension != "product"]) if months > 1 else 0.0
    rows = []
    for dimension, segment, bucket, part in cells:
        before, after = (rate(part[part["after"] == late], ROLL, by_money=by_money) for late in (False, True))
        found = difference(before, after, unrest=2.0 * extra / max(months, 1))
        rows.append(
            {
                "dimension": dimension,
                "segment": segment,
                "bucket": bucket,
                "before": before.value,
                "after": after.value,
                "difference": found.value,
                "low": found.low,
                "high": found.high,
                "n_before": before.n,
                "n_after": after.n,
                "p_value": found.p_value,
            }
        )
    table = pd.DataFrame(rows).assign(p_adjusted=np.nan)
    for family in (table["dimension"] == "all", table["dimension"] != "all"):
        table.loc[family, "p_adjusted"] = benjamini_hochberg(table.loc[family, "p_value"].to_numpy(float))
    shown = table["p_adjusted"] <= FALSE_SHARE
    table["answer"] = np.select(
        [table["p_value"].isna(), shown & (table["difference"] > 0), shown & (table["difference"] < 0)],
        ["too_few", "worse", "better"],
        "not_shown",
    )
    return conform(table, ROLL_CHANGES)


def unrest(cells: list[pd.DataFrame]) -> float:
    """Give the variance of a month's roll rate beyond luck, at least 0.

    With y of n accounts rolling in a month and share p of N in its period, (y / n - p)² is on average
    (1 - n / N) (p (1 - p) / n + unrest); both sides are summed over the months of all cells with enough accounts.
    """
    beyond, weight = 0.0, 0.0
    for cell in cells:
        may = cell[cell["may_roll"]]
        for _, period in may.groupby("after"):
            months = period.groupby("window")["rolled"].agg(["size", "sum"])
            n, y = months["size"].to_numpy(float), months["sum"].to_numpy(float)
            whole = n.sum()
            if len(n) < 2 or n.min() < FEWEST:
                continue
            p, room = y.sum() / whole, 1.0 - n / whole
            beyond += float(((y / n - p) ** 2 - room * p * (1.0 - p) / n).sum())
            weight += float(room.sum())
    return max(beyond / weight, 0.0) if weight > 0 else 0.0
