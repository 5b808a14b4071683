"""Successive lists written out by hand: day → {case: days past due}."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.tables import ACCOUNT_STATES, conform


def states(lists: Mapping[str, Mapping[str, int]], **columns: object) -> pd.DataFrame:
    """A debtor a case unless columns say otherwise: 100 yuan overdue and outstanding each."""
    rows = [
        {"case_id": case, "debtor_id": f"D{case}", "as_of_on": pd.Timestamp(day), "days_past_due": days}
        for day, accounts in lists.items()
        for case, days in accounts.items()
    ]
    rest = {
        "branch": "B",
        "region": "R",
        "product": "card",
        "overdue_minor": 100_00,
        "principal_minor": 100_00,
        "last_paid_on": pd.NaT,
    }
    return conform(pd.DataFrame(rows).assign(**{**rest, **columns}), ACCOUNT_STATES)
