"""What visits answered, counted by cell: all that one branch needs to know of another's visits, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

#: a cell of a rate
CELL = ["rate", "cell", "within"]
#: one row a cell that was asked of: the sum of the answers and of their squares (of shares of an amount), and how many
#: they are, which need not be whole (``background``)
COUNTS = (*CELL, "successes", "squares", "visits")
FORMAT = "rounds-counts/1"


def counted(asked: pd.DataFrame) -> pd.DataFrame:
    """Count the answers by cell (``COUNTS``)."""
    return asked.groupby(CELL, as_index=False).agg(
        successes=("success", "sum"), squares=("success", lambda shares: (shares**2).sum()), visits=("success", "size")
    )


def together(counts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Add up the counts of several branches."""
    return pd.concat(counts).groupby(CELL, as_index=False)[["successes", "squares", "visits"]].sum()


def beside(cells: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Give every cell its counts, 0 where nothing was asked."""
    rates = cells.merge(counts, on=CELL, how="left")
    rates[[*COUNTS[3:]]] = rates[[*COUNTS[3:]]].fillna(0.0).astype("float64")
    return rates


def written(counts: pd.DataFrame) -> dict[str, Any]:
    """Write counts as plain values, cells without answers left out."""
    asked = counts[counts["visits"] > 0]
    return {"format": FORMAT, "rows": asked[list(COUNTS)].round(6).to_numpy(object).tolist()}


def read_counts(text: Mapping[str, Any]) -> pd.DataFrame:
    """Read counts (``COUNTS``).

    Raises
    ------
    ValueError
        If they are of another format or cannot be counts. What others shared is no reason to stop: see
        ``planner.adoption.elsewhere``.
    """
    if text.get("format") != FORMAT:
        raise ValueError(f"the counts have the format {text.get('format')!r}, not {FORMAT}")
    table = pd.DataFrame(list(text["rows"]), columns=list(COUNTS))
    table = table.astype(dict.fromkeys(CELL, str) | dict.fromkeys(COUNTS[3:], "float64"))
    if not ((table["successes"] >= 0) & (table["successes"] <= table["visits"])).all():
        raise ValueError("there cannot be more successes than visits")
    return table
