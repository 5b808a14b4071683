"""The migration matrix, roll rates and cure rates of a month, by accounts and by money.

A *roll rate* is the share of a bucket that stands in a later bucket a month later, of those old enough to get there:
with lists 28 days apart an account one day late could not. By money: of the overdue amount on the earlier list. A *cure
rate* is the share that is current or has left the list.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from planner.portfolio.moves import FROM, TO
from planner.portfolio.shares import Share, share
from planner.tables import FLAG, INT, REAL, TEXT, Schema, conform

ROLL, CURE = "roll", "cure"
#: buckets a month wide, between which monthly roll rates mean what is said of them
MONTHLY: tuple[str, ...] = FROM[:3]

_SHARE: Schema = {"value": REAL, "low": REAL, "high": REAL, "n": INT, "debtors": INT, "effective": REAL, "few": FLAG}
#: one row a bucket and place it may go to
MATRIX: Schema = {"from_bucket": TEXT, "to": TEXT, "moved": INT, "moved_debtors": INT, "moved_minor": INT, **_SHARE}
#: one row a segment, bucket and figure
RATES: Schema = {"segment": TEXT, "bucket": TEXT, "figure": TEXT, **_SHARE}


def migration(moves: pd.DataFrame, *, by_money: bool) -> pd.DataFrame:
    """Give the matrix (``MATRIX``) of the moves given, buckets without an account left out; rows add up to 1."""
    rows: list[dict[str, object]] = []
    for bucket in FROM:
        here = moves[moves["from_bucket"] == bucket]
        if here.empty:
            continue
        for to in TO:
            there = (here["to"] == to).to_numpy()
            found = share(there, weights(here, by_money=by_money), here["debtor_id"])
            counted = {
                "moved": int(there.sum()),
                "moved_debtors": int(here.loc[there, "debtor_id"].nunique()),
                "moved_minor": int(here.loc[there, "overdue_minor"].sum()),
            }
            rows.append({"from_bucket": bucket, "to": to, **counted, **told(found)})
    return conform(pd.DataFrame(rows, columns=list(MATRIX)), MATRIX)


def rates(moves: pd.DataFrame, segment: str, *, by_money: bool, buckets: Iterable[str] = MONTHLY) -> pd.DataFrame:
    """Give roll and cure rates (``RATES``) by bucket for each value of a column of the moves.

    Parameters
    ----------
    segment
        Name of the column that tells segments apart; "" for all together, whose segment is "".
    """
    rows: list[dict[str, object]] = []
    parts = [("", moves)] if not segment else [(str(name), part) for name, part in moves.groupby(segment)]
    for name, part in parts:
        for bucket in buckets:
            here = part[part["from_bucket"] == bucket]
            for figure in (ROLL, CURE):
                found = rate(here, figure, by_money=by_money)
                rows.append({"segment": name, "bucket": bucket, "figure": figure, **told(found)})
    return conform(pd.DataFrame(rows, columns=list(RATES)), RATES)


def rate(moves: pd.DataFrame, figure: str, *, by_money: bool) -> Share:
    """Give the roll or cure rate of all the moves given."""
    here = moves[moves["may_roll"]] if figure == ROLL else moves
    flags = here["rolled"] if figure == ROLL else here["cured"]
    return share(flags, weights(here, by_money=by_money), here["debtor_id"])


def weights(moves: pd.DataFrame, *, by_money: bool) -> np.ndarray:
    """Give what each account counts for."""
    return moves["overdue_minor"].clip(lower=0).to_numpy(float) if by_money else np.ones(len(moves))


def told(found: Share) -> dict[str, object]:
    """Give a share as columns."""
    return {**vars(found), "few": found.few}
