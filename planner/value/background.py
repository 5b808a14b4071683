"""What is paid beside the visits: by those who were met and gave nothing, and without any visit; by class.

Two follow-ups of sixty days, each until the next visit: from a meeting that brought neither money nor a kept promise
(``later``), and from each Monday on which the debtor had not been visited in the sixty days before (``anyway``). What
comes in on each day of the follow-up is taken over those who are still followed on it, as in ``untreated``, and the
days are added up to the share that comes in sixty days.

How much that share tells is counted in debtors followed for sixty days: a day of a debtor counts once, in however many
follow-ups it lies. Its spread is that of payments that come by themselves: the sum of their squares, and the square of
the mean. So the shares stand beside the other rates as counts, and are pooled like them.

Who is met, and who is not visited, was chosen by somebody: see ``untreated``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import BUCKET_FLOORS, Bucket, DebtorType
from planner.value.counts import COUNTS
from planner.value.learning import MET, PAYS, PROMISES, current
from planner.value.parameters import Parameters
from planner.value.promises import judged, local_day
from planner.value.untreated import Ints, Laid, Side, followed, lay

KINDS = [one.value for one in DebtorType]
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
    visits = pd.DataFrame({"debtor_id": standing["debtor_id"], "on": local_day(standing["started_at"], zone)})
    laid = lay(overdue, visits, payments, parameters, today=today)
    if laid is None:
        return pd.DataFrame({name: [] for name in COUNTS})
    types = survey.drop_duplicates("debtor_id").set_index("debtor_id")["debtor_type"].replace("", "unreviewed")
    known = types.reindex(laid.people["debtor_id"]).fillna(DebtorType.UNREVIEWED.value)
    kinds = np.array([KINDS.index(kind) for kind in known], dtype=np.int64)
    verdicts = judged(standing, payments, parameters, zone=zone, today=today, list_days=list_days)
    empty_handed = visits[gave_nothing(standing, verdicts).to_numpy()]
    starts = places_of(laid, empty_handed)
    # Two visits on one day are one beginning.
    later = followed(np.unique(starts, axis=0), laid, kinds, laid.went)
    anyway = followed(laid.unvisited, laid, kinds, laid.went)
    rows = [row for rate, side in (("later", later), ("anyway", anyway)) for row in by_class(rate, side, laid)]
    return pd.DataFrame(rows, columns=list(COUNTS))


def gave_nothing(outcomes: pd.DataFrame, verdicts: pd.DataFrame) -> pd.Series:
    """Say of which visits it is known that the debtor was met and neither paid nor gave a promise that he kept."""
    kept = outcomes["outcome_id"].map(verdicts.set_index("outcome_id")["kept"])
    promised = outcomes["code"].isin(PROMISES)
    return (
        outcomes["code"].isin(MET)
        & ~outcomes["code"].isin(PAYS)
        & (outcomes["paid_minor"] <= 0)
        & (~promised | kept.eq(False))
    )


def places_of(laid: Laid, visits: pd.DataFrame) -> Ints:
    """Give debtor and day of visits, (rows, 2), as far as they lie in what is known."""
    number = pd.Series(laid.people.index, index=laid.people["debtor_id"])
    who, day = visits["debtor_id"].map(number), (visits["on"] - laid.start).dt.days
    inside = (who.notna() & (day >= 0) & (day < laid.days)).to_numpy()
    index = np.column_stack([who[inside].to_numpy(np.int64), day[inside].to_numpy(np.int64)]).astype(np.int64)
    return np.asarray(index[laid.known[index[:, 0], index[:, 1]]])


def by_class(rate: str, side: Side, laid: Laid) -> list[tuple[object, ...]]:
    """Give a row of ``COUNTS`` for each bucket and type in which so much was followed as one debtor for sixty days."""
    rows: list[tuple[object, ...]] = []
    for code in np.unique(side.stratum).tolist():
        here = side.stratum == code
        still, share = side.followed[here], side.share[here]
        at_risk = still.sum(axis=0)
        seen = at_risk > 0
        mean = float(min((share.sum(axis=0)[seen] / at_risk[seen]).sum() * laid.follow / seen.sum(), 1.0))
        varies = float(((share**2).sum(axis=0)[seen] / at_risk[seen]).sum() * laid.follow / seen.sum())
        day = side.day[here][:, None] + np.arange(laid.follow)[None]
        lived = side.debtor[here][:, None] * laid.days + day
        n = len(np.unique(lived[still])) // laid.follow
        if n:
            square = min(varies + mean**2, mean)
            rows.append((rate, BUCKETS[code // 100], KINDS[code % 100], mean * n, square * n, n))
    return rows
