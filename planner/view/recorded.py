"""What was recorded of a day: the outcome of each stop that counts, corrections applied.

Several entries may stand for one stop: one carried back from a day without a line, one made meanwhile. All of them
happened. What was paid counts together, and no later visit that met nobody takes a payment back.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    table = counting(entries_of_day(store, principal, branch, day, plan_id=plan_id))
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


def unsaid(entry: Mapping[Any, Any]) -> tuple[str, ...]:
    """Give what was not said of a promise, ``day`` and ``amount``; nothing of any other outcome.

    >>> unsaid({"code": "PTP_LATER", "promised_on": pd.NaT, "promised_minor": 500}), unsaid({"code": "NOT_HOME"})
    (('day',), ())
    """
    if entry["code"] not in PROMISED:
        return ()
    return tuple(["day"] * bool(pd.isna(entry["promised_on"])) + ["amount"] * (not entry["promised_minor"]))


def entries_of_day(store: Store, principal: Principal, branch: Branch, day: date, *, plan_id: str) -> pd.DataFrame:
    """Give everything that was recorded on a day or for its plan, what was replaced too (``tables.OUTCOMES``)."""
    zone = ZoneInfo(branch.timezone)
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    table = store.outcomes(principal, branch.code, since=begins, week=iso_week(day), plan_id=plan_id)
    that_day = (table["started_at"] >= begins) & (table["started_at"] < begins + timedelta(days=1))
    return table[that_day | (table["plan_id"] == plan_id)]


def by_key(table: pd.DataFrame, key: str, wanted: list[str]) -> dict[str, Mapping[str, Any]]:
    """Give the wanted rows of a table by their key."""
    rows = table[table[key].isin(wanted)]
    return {str(row[key]): dict(zip(rows.columns, row.values(), strict=True)) for row in rows.to_dict("records")}
