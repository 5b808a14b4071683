"""What is paid beside the visits: by those who were met and gave nothing, and without any visit; by class.

Two kinds of days of a debtor are looked at: those within sixty days of a meeting that brought neither money nor a
kept promise, until the next meeting and not within sixty days of one that did (``later``), and those without a
meeting in the sixty days before (``anyway``). A broken promise is looked at from the day on which it was known to be
broken: until then it is one only because nothing came in. A visit that meets nobody changes nothing, as the
calibration has it too. What came in on a day, as a share of what was owed that morning, is added up by the bucket in
which the debt was on that day and by type; over the days it gives a daily rate. A debt ages while it is followed, so
the share that comes in sixty days from a bucket is put together from the rates of the buckets through which it goes,
for all ages in its bucket alike.

How much that share tells is counted in debtors followed for sixty days. Its spread is that of payments that come by
themselves: the mean of their squares. So the shares stand beside the other rates as counts, and are pooled like them.

Who is met, and who is not, was chosen by somebody: see ``untreated``. Within a bucket the rate is taken to be
the same on every day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.domain import BUCKET_FLOORS, Bucket, DebtorType
from planner.value.counts import COUNTS
from planner.value.learning import MET, PAYS, PROMISES, current
from planner.value.parameters import Parameters
from planner.value.promises import judged, local_day
from planner.value.untreated import Floats, Ints, Laid, lay

KINDS = [one.value for one in DebtorType]
#: how far a class's daily rate may lie from its bucket's where little was seen of it, as a share
APART = 1.0
BUCKETS = [Bucket(bucket).value for _, bucket in reversed(BUCKET_FLOORS)]


def background(
    overdue: pd.DataFrame,
    survey: pd.DataFrame,
    outcomes: pd.DataFrame,
    payments: pd.DataFrame,
    parameters: Parameters,
    *,
    zone: ZoneInfo,
    today: date,
    list_days: Sequence[pd.Timestamp] = (),
) -> pd.DataFrame:
    """Count what was paid beside the visits (``counts.COUNTS``, rates ``later`` and ``anyway``).

    Parameters
    ----------
    overdue
        Who was overdue when (``untreated.SPANS``).
    survey
        ``debtor_id`` and ``debtor_type``, as they stand today.
    outcomes, payments
        As in ``learning.learn``; payments at the door included.
    list_days
        Days of the lists that the payments were read from, if they were (``promises.judged``).
    """
    standing = current(outcomes)
    met = standing[standing["code"].isin(MET)]
    meetings = pd.DataFrame({"debtor_id": met["debtor_id"], "on": local_day(met["started_at"], zone)})
    laid = lay(overdue, meetings, payments, parameters, today=today)
    if laid is None:
        return pd.DataFrame({name: [] for name in COUNTS})
    types = survey.drop_duplicates("debtor_id").set_index("debtor_id")["debtor_type"].replace("", "unreviewed")
    known = types.reindex(laid.people["debtor_id"]).fillna(DebtorType.UNREVIEWED.value)
    kinds = np.array([KINDS.index(kind) for kind in known], dtype=np.int64)
    verdicts = judged(standing, payments, parameters, zone=zone, today=today, list_days=list_days)
    kept, broken = (verdicts[verdicts["kept"] == one].set_index("outcome_id")["due_on"] for one in (True, False))
    promised = met["code"].isin(PROMISES)
    gave = met["code"].isin(PAYS) | (met["paid_minor"] > 0) | (promised & met["outcome_id"].isin(kept.index))
    # A promise that is not due yet is neither.
    vain = ~gave & (~promised | met["outcome_id"].isin(broken.index))
    due_on = broken.astype("datetime64[s]").reindex(met["outcome_id"]).set_axis(met.index)
    known_on = (due_on + pd.Timedelta(days=1)).where(promised & ~gave)
    meetings = meetings.assign(known_on=known_on.fillna(meetings["on"]))
    giving, empty_handed = (places_of(laid, meetings[one.to_numpy()]) for one in (gave, vain))
    lived = {
        # Who has given lately has paid for these weeks, whatever he says at the next meeting.
        "later": after(empty_handed, laid, until_met=True) & ~after(giving, laid, until_met=False),
        "anyway": laid.fresh & ~laid.went,
    }
    return pd.concat([by_class(rate, days, laid, kinds) for rate, days in lived.items()], ignore_index=True)


def places_of(laid: Laid, visits: pd.DataFrame) -> Ints:
    """Give debtor, day and the day from which it counts of meetings, (rows, 3), as far as they lie in what is known."""
    number = pd.Series(laid.people.index, index=laid.people["debtor_id"])
    who, day, since = visits["debtor_id"].map(number), *((visits[on] - laid.start).dt.days for on in ("on", "known_on"))
    inside = (who.notna() & (day >= 0) & (day < laid.days)).to_numpy()
    index = np.column_stack([one[inside].to_numpy(np.int64) for one in (who, day, since)])
    return np.asarray(index[laid.known[index[:, 0], index[:, 1]]])


def after(starts: Ints, laid: Laid, *, until_met: bool) -> NDArray[np.bool_]:
    """Mark the days of the follow-up of each of ``places_of``, (debtors, days); it may end with the next meeting."""
    marked = np.zeros((len(laid.people), laid.days + 1))
    coming = np.where(laid.went & until_met, np.arange(laid.days), laid.days)
    # the next day with a meeting, that day included, (debtors, days)
    coming = np.minimum.accumulate(coming[:, ::-1], axis=1)[:, ::-1]
    behind = np.column_stack([coming[:, 1:], np.full(len(coming), laid.days)])
    for who, day, since in np.unique(starts, axis=0).tolist():
        end = min(day + laid.follow, int(behind[who, day]))
        if since < end:
            marked[who, since] += 1
            marked[who, end] -= 1
    return (marked.cumsum(axis=1)[:, :-1] > 0) & laid.known


def by_class(rate: str, lived: NDArray[np.bool_], laid: Laid, kinds: Ints) -> pd.DataFrame:
    """Give a row of ``COUNTS`` for each bucket and type, from the days on which debtors are looked at."""
    shape = (len(BUCKETS), len(KINDS))
    who, day = np.nonzero(lived & (laid.owed > 0))
    if not len(who):
        return pd.DataFrame({name: [] for name in COUNTS})
    code = laid.bucket(np.column_stack([who, day])) * len(KINDS) + kinds[who]
    share = np.minimum(laid.paid[who, day] / laid.owed[who, day], 1.0)
    days, came, squares = (
        np.bincount(code, weight, minlength=shape[0] * shape[1]).reshape(shape)
        for weight in (np.ones(len(code)), share, share**2)
    )
    part = squares.sum() / came.sum() if came.sum() > 0 else 1.0
    usual = nearest(came.sum(axis=1), days.sum(axis=1))[:, None]
    # How much a bucket's days count: by its rate, one payment more than was seen, since a rate of 0 is none.
    weight = nearest(came.sum(axis=1) + part, days.sum(axis=1))[:, None]
    # Its own bucket's rate is the class's own; those that it comes to later lie around what is usual there.
    own, around = np.ones_like(days), np.broadcast_to(part / (weight * APART**2), days.shape)
    spent = days_spent(laid.follow)
    here = np.eye(len(BUCKETS))
    total, doubt = np.zeros(shape), np.zeros(shape)
    for share_of_path, believed in ((spent * here, own), (spent * (1 - here), around)):
        daily = np.minimum((came + believed * usual) / (days + believed), 0.999)
        total += share_of_path @ -np.log1p(-daily)
        doubt += share_of_path**2 @ (weight / (days + believed))
    mean = -np.expm1(-total)
    followed = (spent @ weight) / doubt
    rows = pd.DataFrame(
        {
            "rate": rate,
            "cell": np.repeat(BUCKETS, len(KINDS)),
            "within": np.tile(KINDS, len(BUCKETS)),
            "successes": (mean * followed).ravel(),
            "squares": (np.minimum(part * mean + mean**2, mean) * followed).ravel(),
            "visits": followed.ravel(),
        }
    )
    return rows[(days > 0).ravel()]


def nearest(came: Floats, days: Floats) -> Floats:
    """Give the daily rate of each bucket; that of the nearest one where nobody was in it.

    >>> nearest(np.array([6.0, 0.0, 1.0]), np.array([100.0, 0.0, 100.0])).tolist()
    [0.06, 0.06, 0.01]
    """
    known = np.flatnonzero(days)
    which = known[np.abs(np.arange(len(days))[:, None] - known[None]).argmin(axis=1)]
    return np.asarray(came[which] / days[which], dtype=np.float64)


@lru_cache(maxsize=4)
def days_spent(follow: int) -> Floats:
    """Give how many of the days that follow a debt spends in each bucket, (buckets at the beginning, buckets).

    Over all ages in the bucket alike; of the last bucket over its first ``follow`` days.

    >>> days_spent(60)[0, :4].round(1).tolist()
    [15.5, 30.0, 14.5, 0.0]
    """
    floors = np.array([floor for floor, _ in reversed(BUCKET_FLOORS)])
    spent = np.zeros((len(floors), len(floors)))
    for k, floor in enumerate(floors):
        last = floors[k + 1] if k + 1 < len(floors) else floor + follow
        ages = np.arange(max(floor, 1), last)[:, None] + np.arange(follow)[None]
        bucket = np.searchsorted(floors, ages, side="right") - 1
        spent[k] = np.bincount(bucket.ravel(), minlength=len(floors)) / len(ages)
    return spent
