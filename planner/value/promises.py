"""Whether promises were kept: each promise at a door against the money that came in until it was due.

A promise is kept if, from the day it was given until some days after the promised one, at least a stated part of the
promised amount was paid; what was paid at the very visit at which it was given is no part of it. One that is not due
yet tells nothing, nor does one due after the last payment on file: money that is not booked yet is not money that was
not paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import OutcomeCode as Code
from planner.tables import DAY, INT, REAL, TEXT, Schema, conform, empty
from planner.value.features import allowed
from planner.value.parameters import Parameters

GIVEN = frozenset({Code.PTP_2D, Code.PTP_3D, Code.PTP_LATER, Code.PLAN_SIGNED})
#: money at a door, as the crew wrote it down
AT_DOOR = frozenset({Code.PAID_FULL, Code.PAID_PART, Code.THIRD_PAYS})

#: one row a promise that can be judged
JUDGED: Schema = {
    "outcome_id": TEXT,
    "debtor_id": TEXT,
    "given_on": DAY,
    "due_on": DAY,  # the promised day and the days of grace
    "promised_minor": INT,
    "paid_minor": REAL,  # from the day it was given until it was due
    "kept": "bool",
}


def judged(
    outcomes: pd.DataFrame,
    payments: pd.DataFrame | None,
    parameters: Parameters,
    *,
    zone: ZoneInfo,
    today: date | None,
    list_days: Sequence[pd.Timestamp] = (),
) -> pd.DataFrame:
    """Judge each promise that is due (``JUDGED``).

    Parameters
    ----------
    outcomes
        As they stand: without those that a later entry corrects.
    payments
        ``tables.PAYMENTS`` of the same branch; None or empty, no promise can be judged.
    today
        The last day that counts; None, the day of the last payment on file.
    list_days
        Days of the lists that the payments were read from, rising: money is seen on the first list after it came, so a
        promise is judged on the first list on or after the day it is due.
    """
    if payments is None or payments.empty:
        return empty(JUDGED)
    known_until = payments["paid_on"].max()
    until = known_until if today is None else min(known_until, pd.Timestamp(today))
    made = outcomes[outcomes["code"].isin(GIVEN) & outcomes["promised_on"].notna() & (outcomes["promised_minor"] > 0)]
    promise = pd.DataFrame(
        {
            "outcome_id": made["outcome_id"],
            "debtor_id": made["debtor_id"],
            "given_on": local_day(made["started_at"], zone),
            "due_on": made["promised_on"] + pd.Timedelta(days=parameters.promise_grace.value),
            "promised_minor": made["promised_minor"],
            "at_once_minor": made["paid_minor"],
        }
    )
    if len(list_days):
        days = np.array([*list_days, pd.Timestamp.max.floor("D").as_unit("s")], dtype="datetime64[s]")
        promise["due_on"] = days[np.searchsorted(days, promise["due_on"].to_numpy("datetime64[s]"))]
        until = list_days[-1] if today is None else min(list_days[-1], pd.Timestamp(today))
    promise = promise[(promise["due_on"] <= until) & (promise["due_on"] >= promise["given_on"])]
    booked = allowed(payments, "payments")
    door = outcomes[outcomes["code"].isin(AT_DOOR)]
    seen = pd.DataFrame(
        {
            "debtor_id": door["debtor_id"],
            "paid_on": local_day(door["started_at"], zone),
            "paid_minor": door["paid_minor"],
        }
    )
    # The crew's note and the booking may be the same money: the larger of both sums, not their sum.
    # What was paid when the promise was given is booked too, and is no part of what was promised.
    later = (within(promise, booked) - promise["at_once_minor"].to_numpy(np.float64)).clip(min=0.0)
    paid = np.maximum(later, within(promise, seen))
    needed = parameters.promise_part.value * promise["promised_minor"].to_numpy(np.float64)
    return conform(promise.assign(paid_minor=paid, kept=paid >= needed), JUDGED)


def within(promise: pd.DataFrame, money: pd.DataFrame) -> np.ndarray:
    """Sum, for each promise, what its debtor paid from the day it was given until it was due."""
    rows = promise.reset_index(drop=True).reset_index(names="promise")
    both = rows.merge(money, on="debtor_id")
    inside = both[(both["paid_on"] >= both["given_on"]) & (both["paid_on"] <= both["due_on"])]
    sums = inside.groupby("promise")["paid_minor"].sum()
    return sums.reindex(rows["promise"], fill_value=0).to_numpy(np.float64)


def local_day(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Give the branch's date of each instant."""
    days: pd.Series = instants.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    return days
