"""Where each account of an earlier list stands on a later one: in a bucket, current, or on the list no more.

An account that a full list no longer names was paid up, handed over or written off: the lists do not say which, so it
has *left*. One that is still named with no day past due is *current*: that it was cured is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from planner.domain import BUCKET_FLOORS, Bucket
from planner.tables import ACCOUNT_STATES, DAY, FLAG, INT, TEXT, Schema, conform

CURRENT, LEFT = "current", "left"
#: buckets in order, what an account may come from and where it may stand later
FROM: tuple[str, ...] = tuple(bucket.value for bucket in Bucket)
TO: tuple[str, ...] = (LEFT, CURRENT, *FROM)

#: one row an account of the earlier list of a window
MOVES: Schema = {
    "branch": TEXT,
    "case_id": TEXT,
    "debtor_id": TEXT,
    "region": TEXT,
    "product": TEXT,
    "window": INT,  # 0 for the newest, counted back
    "from_on": DAY,
    "to_on": DAY,
    "from_bucket": TEXT,
    "to": TEXT,  # of TO
    "overdue_minor": INT,  # on the earlier list
    "may_roll": FLAG,  # so old that without a payment it stands in a later bucket on the later list
    "rolled": FLAG,  # it does stand in a later bucket
    "cured": FLAG,  # current, or left
}

#: What two lists a month apart should lie apart, and how far off is still taken for a month.
MONTH_DAYS, LEAST_DAYS, MOST_DAYS = 30, 20, 45
#: Windows that are looked at, back from the newest list.
MOST_WINDOWS = 12

_FLOORS = np.array([floor for floor, _ in reversed(BUCKET_FLOORS)])
#: The last bucket has no next one: nobody is ever old enough to roll out of it.
_NEXT = np.array([*_FLOORS[1:], np.iinfo(np.int64).max])


def windows(days: Sequence[date], *, most: int = MOST_WINDOWS) -> tuple[tuple[date, date], ...]:
    """Pair the days of lists about a month apart, back from the newest, each beginning where the next one ends.

    >>> [f"{a:%d.%m.}-{b:%d.%m.}" for a, b in windows([date(2026, 9, 1), date(2026, 10, 2), date(2026, 10, 30)])]
    ['02.10.-30.10.', '01.09.-02.10.']
    """
    found: list[tuple[date, date]] = []
    known = sorted(set(days))
    while known and len(found) < most:
        end = known.pop()
        near = [one for one in known if LEAST_DAYS <= (end - one).days <= MOST_DAYS]
        if not near:
            continue_from = [one for one in known if (end - one).days > MOST_DAYS]
            if found or not continue_from:
                break
            continue
        begin = min(near, key=lambda one: (abs((end - one) - timedelta(days=MONTH_DAYS)), one))
        found.append((begin, end))
        known = [one for one in known if one <= begin]
    return tuple(found)


def moves(states: pd.DataFrame) -> pd.DataFrame:
    """Give where the accounts of each window went (``MOVES``), branch by branch.

    Parameters
    ----------
    states
        ``tables.ACCOUNT_STATES`` of full lists.
    """
    checked = conform(states, ACCOUNT_STATES)
    parts = []
    for _, here in checked.groupby("branch"):
        days = [one.date() for one in here["as_of_on"].drop_duplicates()]
        parts += [_window(here, begin, end, k) for k, (begin, end) in enumerate(windows(days))]
    if not parts:
        return conform(pd.DataFrame(columns=list(MOVES)), MOVES)
    return conform(pd.concat(parts, ignore_index=True), MOVES)


def bucket_names(days_past_due: pd.Series) -> np.ndarray:
    """Give the bucket of each number of days, ``current`` for none."""
    at = np.searchsorted(_FLOORS, days_past_due.to_numpy(np.int64), side="right") - 1
    return np.where(days_past_due.to_numpy() <= 0, CURRENT, np.array(FROM)[np.clip(at, 0, None)])


def _window(states: pd.DataFrame, begin: date, end: date, number: int) -> pd.DataFrame:
    before = states[(states["as_of_on"] == pd.Timestamp(begin)) & (states["days_past_due"] > 0)]
    after = states[states["as_of_on"] == pd.Timestamp(end)].set_index("case_id")["days_past_due"]
    later = before["case_id"].map(after)
    source = bucket_names(before["days_past_due"])
    to = np.where(later.isna(), LEFT, bucket_names(later.fillna(0)))
    place = {name: k for k, name in enumerate(FROM)}
    begins = np.array([place[one] for one in source], dtype=int)
    ends = np.array([place.get(one, -1) for one in to], dtype=int)
    return before.assign(
        window=number,
        from_on=pd.Timestamp(begin),
        to_on=pd.Timestamp(end),
        from_bucket=source,
        to=to,
        may_roll=before["days_past_due"].to_numpy() + (end - begin).days >= _NEXT[begins],
        rolled=ends > begins,
        cured=ends < 0,
    )
