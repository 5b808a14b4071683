"""Past visits, and what they come to region by region and payer by payer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.tables import INT, REAL, TEXT, Schema, conform

#: one row a past visit
PAST: Schema = {
    "region": TEXT,
    "debtor_id": TEXT,
    "paid_minor": REAL,  # at the door
    "expected_minor": REAL,  # what the model expected of the visit
    "if_paid_minor": REAL,  # what it expected if there was a payment at all; 0 where no money was expected
}

#: one row a region
TALLY: Schema = {
    "region": TEXT,
    "outcomes": INT,
    "actual_minor": REAL,
    "expected_minor": REAL,
    "payments": INT,  # among visits of which money was expected
    "expected_payments": REAL,
}

#: one row a debtor who paid although, or because, money was expected of him
PAYERS: Schema = {"region": TEXT, "debtor_id": TEXT, "times": INT, "paid_minor": REAL, "if_paid_minor": REAL}


def tally(past: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
    """Count the past visits of each region (``TALLY``, in the order given; nothing where nobody went).

    A region may be a district, a cell of a grid, or any other area by its code.

    Raises
    ------
    ValueError
        If a column of ``PAST`` is missing or an amount is negative or unknown.
    """
    visits = checked(past)
    asked = visits["if_paid_minor"] > 0
    rows = visits.assign(
        payments=asked & (visits["paid_minor"] > 0),
        expected_payments=(visits["expected_minor"] / visits["if_paid_minor"].where(asked)).fillna(0.0),
    )
    counted = rows.groupby("region").agg(
        outcomes=("paid_minor", "size"),
        actual_minor=("paid_minor", "sum"),
        expected_minor=("expected_minor", "sum"),
        payments=("payments", "sum"),
        expected_payments=("expected_payments", "sum"),
    )
    index = pd.Index(np.asarray(regions, dtype=str), name="region")
    return conform(counted.reindex(index).fillna(0).reset_index(), TALLY)


def payers(past: pd.DataFrame) -> pd.DataFrame:
    """Give who paid, how often and how much, beside what was expected if they paid (``PAYERS``)."""
    visits = checked(past)
    paying = visits[(visits["paid_minor"] > 0) & (visits["if_paid_minor"] > 0)]
    found = paying.groupby(["region", "debtor_id"], as_index=False).agg(
        times=("paid_minor", "size"), paid_minor=("paid_minor", "sum"), if_paid_minor=("if_paid_minor", "sum")
    )
    return conform(found, PAYERS)


def checked(past: pd.DataFrame) -> pd.DataFrame:
    """Give the past visits as ``PAST``, or refuse them."""
    visits = conform(past, PAST)
    for column in ("paid_minor", "expected_minor", "if_paid_minor"):
        if not (visits[column] >= 0).all():
            raise ValueError(f"{column} must be known and not negative")
    return visits
