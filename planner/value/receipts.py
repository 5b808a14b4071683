"""Money that came in, read from successive lists where the bank gives no payments.

A fall of an account's overdue amount between two full lists is a payment; so is the whole amount of an account that a
later full list no longer names, since whoever is not overdue any more has paid, or agreed to. The day is the account's
last payment where it lies between the lists, else the middle of them: it is known no better.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from planner.tables import PAYMENTS, conform, empty


def receipts(states: pd.DataFrame) -> pd.DataFrame:
    """Give the payments (``tables.PAYMENTS``) that full lists (``tables.ACCOUNT_STATES``) imply."""
    days = pd.Series(states["as_of_on"].unique()).sort_values(ignore_index=True)
    if len(days) < 2:
        return empty(PAYMENTS)
    after = dict(pairwise(days))
    here = states[["branch", "case_id", "debtor_id", "as_of_on", "overdue_minor"]].assign(
        next_on=states["as_of_on"].map(after)
    )
    here = here[here["next_on"].notna()]
    then = states[["case_id", "as_of_on", "overdue_minor", "last_paid_on"]].rename(
        columns={"as_of_on": "next_on", "overdue_minor": "left_minor"}
    )
    both = here.merge(then, on=["case_id", "next_on"], how="left")
    fell = (both["overdue_minor"] - both["left_minor"].fillna(0)).clip(lower=0)
    middle = both["as_of_on"] + (both["next_on"] - both["as_of_on"]) / 2
    said = both["last_paid_on"]
    inside = (said > both["as_of_on"]) & (said <= both["next_on"])
    paid_on = middle.dt.floor("D").mask(inside, said)
    table = both[["branch", "case_id", "debtor_id"]].assign(paid_on=paid_on, paid_minor=fell)
    return conform(table[fell > 0], PAYMENTS)
