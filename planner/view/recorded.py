"""What was recorded of a day: the outcome of each stop that counts, corrections applied.

Several entries may stand for one stop: one carried back from a day without a line, one made meanwhile. All of them
happened. What was paid counts together, and no later visit that met nobody takes a payment back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, OutcomeCode, Principal
from planner.store import Store
from planner.week import iso_week

#: a promise, which may be kept before its day or its amount is known
PROMISED = frozenset({OutcomeCode.PTP_2D, OutcomeCode.PTP_3D, OutcomeCode.PTP_LATER})


def outcomes_of_day(
    store: Store, principal: Principal, branch: Branch, day: date, *, plan_id: str
) -> dict[str, Mapping[str, Any]]:
    """Give the outcome of each debtor that counts (``counting``) on a day or for its plan.

    A plan has one stop for a debtor, so an outcome that names the plan is of this stop, whenever it was entered: else a
    stop that is written down on the next morning would stay open, and be written down twice.
    """
    return counting_by_debtor(entries_of_day(store, principal, branch, day, plan_id=plan_id))


def counting_by_debtor(entries: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    """Give the entry of each debtor that counts (``counting``)."""
    table = counting(entries)
    return by_key(table, "debtor_id", list(table["debtor_id"]))


def counting(entries: pd.DataFrame) -> pd.DataFrame:
    """Give the entry of each debtor that counts, with ``together_minor`` paid and how many entries are ``standing``.

    Of several that stand beside each other a payment counts before anything else, then the later visit: one may have
    been carried back long after the other.
    """
    table = entries[~entries["outcome_id"].isin(entries["replaces"])]
    table = table.assign(paying=table["paid_minor"] > 0).sort_values(["paying", "started_at", "recorded_at"])
    of_debtor = table.groupby("debtor_id")["paid_minor"]
    table = table.assign(together_minor=of_debtor.transform("sum"), standing=of_debtor.transform("size"))
    return table.drop(columns="paying").drop_duplicates("debtor_id", keep="last")


def own_by_debtor(entries: pd.DataFrame, crew_id: str) -> dict[str, Mapping[str, Any]]:
    """Give the last entry of a crew that stands, by debtor: its own to put right, whosever counts."""
    table = entries[~entries["outcome_id"].isin(entries["replaces"]) & (entries["crew_id"] == crew_id)]
    table = table.sort_values(["started_at", "recorded_at"]).drop_duplicates("debtor_id", keep="last")
    return by_key(table, "debtor_id", list(table["debtor_id"]))


def unsaid(entry: Mapping[Any, Any]) -> tuple[str, ...]:
    """Give what was not said of a promise, ``day`` and ``amount``; nothing of any other outcome.

    >>> unsaid({"code": "PTP_LATER", "promised_on": pd.NaT, "promised_minor": 500}), unsaid({"code": "NOT_HOME"})
    (('day',), ())
    """
    if entry["code"] not in PROMISED:
        return ()
    return tuple(["day"] * bool(pd.isna(entry["promised_on"])) + ["amount"] * (not entry["promised_minor"]))


def entries_of_day(
    store: Store, principal: Principal, branch: Branch, day: date, *, plan_id: str | None = None
) -> pd.DataFrame:
    """Give everything that was recorded on a day or for its plan, what was replaced too (``tables.OUTCOMES``)."""
    begins, _ = _bounds(branch, day)
    table = store.outcomes(principal, branch.code, since=begins, week=iso_week(day), plan_id=plan_id)
    return table[_that_day(table, branch, day) | (table["plan_id"] == plan_id if plan_id else False)]


def on_day(entries: pd.DataFrame, branch: Branch, day: date) -> pd.DataFrame:
    """Give those of entries that were visits of a day."""
    return entries[_that_day(entries, branch, day)]


def _that_day(entries: pd.DataFrame, branch: Branch, day: date) -> pd.Series[bool]:
    begins, ends = _bounds(branch, day)
    return (entries["started_at"] >= begins) & (entries["started_at"] < ends)


def _bounds(branch: Branch, day: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time.min, ZoneInfo(branch.timezone)).astimezone(UTC)
    return begins, begins + timedelta(days=1)


def by_key(table: pd.DataFrame, key: str, wanted: list[str]) -> dict[str, Mapping[str, Any]]:
    """Give the wanted rows of a table by their key."""
    rows = table[table[key].isin(wanted)]
    records: Sequence[Mapping[Any, Any]] = rows.to_dict("records")
    return {str(row[key]): row for row in records}
