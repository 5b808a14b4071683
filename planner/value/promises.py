"""Whether promises were kept: each promise at a door against the money that came in until it was due.

A promise is kept if, from the day it was given until some days after the promised one, at least a stated part of the
promised amount was paid; what was paid at the very visit at which it was given is no part of it. Money keeps one
promise only: a debtor's payments go to his promises in the order in which they fall due. One that is not due yet tells
nothing, nor does one due after the last payment on file: money that is not booked yet is not money that was not paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    "paid_minor": REAL,  # from the day it was given until it was due, what no earlier promise has taken
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
        As they stand: without those that a later entry corrects. Give a debtor's whole past: an earlier promise may
        have been kept by the money that would else keep a later one.
    payments
        ``tables.PAYMENTS`` of the same branch; None or empty, no promise can be judged.
    today
        The last day that counts; None, the day of the last payment on file.
    list_days
        Days of the lists that the payments were read from, rising: money is seen on the first list after it came, so a
        promise is judged on the first list on or after the day it is due. Money whose own day is known, from a door or
        a list's last payment day, must still have come by the day the promise was due.
    """
    if payments is None or payments.empty:
        return empty(JUDGED)
    known_until = payments["paid_on"].max()
    until = known_until if today is None else min(known_until, pd.Timestamp(today))
    made = outcomes[outcomes["code"].isin(GIVEN) & outcomes["promised_on"].notna() & (outcomes["promised_minor"] > 0)]
    due = made["promised_on"] + pd.Timedelta(days=parameters.promise_grace.value)
    promise = pd.DataFrame(
        {
            "outcome_id": made["outcome_id"],
            "debtor_id": made["debtor_id"],
            "given_on": local_day(made["started_at"], zone),
            "by_on": due,
            "due_on": due,
            "promised_minor": made["promised_minor"],
        }
    )
    if len(list_days):
        days = np.array([*list_days, pd.Timestamp.max.floor("D").as_unit("s")], dtype="datetime64[s]")
        promise["due_on"] = days[np.searchsorted(days, promise["due_on"].to_numpy("datetime64[s]"))]
        until = list_days[-1] if today is None else min(list_days[-1], pd.Timestamp(today))
    promise = promise[(promise["due_on"] <= until) & (promise["by_on"] >= promise["given_on"])]
    paid = outcomes[outcomes["paid_minor"] > 0]
    doors = paid[["outcome_id", "debtor_id", "paid_minor"]].assign(paid_on=local_day(paid["started_at"], zone))
    booked = lots(allowed(payments, "payments"), doors, frozenset(list_days))
    noted = doors[paid["code"].isin(AT_DOOR)]
    # The crew's note and the booking may be the same money: the larger of both sums, not their sum.
    came = np.maximum(allotted(promise, booked), allotted(promise, lots(noted, noted, frozenset())))
    needed = parameters.promise_part.value * promise["promised_minor"].to_numpy(np.float64)
    return conform(promise.assign(paid_minor=came, kept=came >= needed), JUDGED)


@dataclass
class Lot:
    """Money of one day that no promise has taken yet. ``visit`` is the outcome at which it was paid, "" elsewhere.

    ``dated`` says that the day is its own, not that of the list which showed it.
    """

    on: pd.Timestamp
    dated: bool
    visit: str
    left: float


def lots(money: pd.DataFrame, doors: pd.DataFrame, list_days: frozenset[pd.Timestamp]) -> dict[str, list[Lot]]:
    """Give each debtor's money by day, rising, what was paid at doors by itself.

    Parameters
    ----------
    money, doors
        ``debtor_id``, ``paid_on`` and ``paid_minor``; of the doors ``outcome_id`` too. Money of a day holds what was
        paid at doors on it.
    """
    at_doors: dict[tuple[str, pd.Timestamp], list[tuple[str, float]]] = {}
    for door in doors.to_dict("records"):
        at_doors.setdefault((str(door["debtor_id"]), door["paid_on"]), []).append(
            (str(door["outcome_id"]), float(door["paid_minor"]))
        )
    found: dict[str, list[Lot]] = {}
    sums = money.groupby(["debtor_id", "paid_on"], sort=True)[["paid_minor"]].sum().reset_index()
    for one in sums.to_dict("records"):
        debtor, on, rest = str(one["debtor_id"]), one["paid_on"], float(one["paid_minor"])
        mine = found.setdefault(debtor, [])
        for visit, paid in at_doors.get((debtor, on), ()):
            mine.append(Lot(on, True, visit, min(paid, rest)))
            rest -= mine[-1].left
        mine.append(Lot(on, on not in list_days, "", rest))
    return found


def allotted(promise: pd.DataFrame, money: dict[str, list[Lot]]) -> np.ndarray:
    """Give each promise its money, in the order in which they fall due: as much as was promised, then what is left.

    What was paid at the very visit of a promise is no part of it.
    """
    taken = [0.0] * len(promise)
    rows = promise.assign(row=range(len(promise))).sort_values(["by_on", "given_on", "row"]).to_dict("records")
    for whole in (False, True):
        for one in rows:
            most = np.inf if whole else float(one["promised_minor"])
            for lot in money.get(str(one["debtor_id"]), ()):
                in_time = one["given_on"] <= lot.on <= (one["by_on"] if lot.dated else one["due_on"])
                if in_time and lot.visit != one["outcome_id"]:
                    part = min(lot.left, most - taken[one["row"]])
                    taken[one["row"]] += part
                    lot.left -= part
    return np.array(taken)


def local_day(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Give the branch's date of each instant."""
    days: pd.Series = instants.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    return days
