"""What is collected with a visit and what without one, from the branch's own past.

Every debtor counts on both sides, each at his time. From each first visit on (none in the sixty days before) he is
followed for sixty days: with a visit. From each Monday on which he was not visited in the sixty days before, he is
followed until a visit or for sixty days: without one. What comes in on each day of the follow-up, as a share of what
was owed at its beginning, is taken over those who are still followed on that day, and the days are added up. So nobody
counts as unvisited because he paid before the crew came, and nobody's payment counts on the wrong side.

Compared is within a bucket and, where both sides have enough of a customer group, within the group. Still, crews and
plans choose whom they visit: the difference is what visited and unvisited debtors of a bucket show, not what a visit
does, unless it was drawn by lot who goes unvisited.

References
----------
Hernán and Robins, "Using big data to emulate a target trial when a randomized trial is not available", American Journal
of Epidemiology 183 (2016). Kaplan and Meier (1958) for those who are followed for a shorter time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.domain import BUCKET_FLOORS, Bucket
from planner.tables import INT, REAL, TEXT, Schema, conform, empty
from planner.value.parameters import Parameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: who was overdue from when until when; one row a debtor
SPANS: Schema = {
    "debtor_id": TEXT,
    "group": TEXT,
    "from_on": "datetime64[s]",
    "until_on": "datetime64[s]",  # the first day on which he was not overdue any more, or not known
    "days_past_due": INT,  # on the first day
    "owed_minor": REAL,  # on the last day; what was paid before is added
}

#: one row a bucket
COMPARED: Schema = {
    "bucket": TEXT,
    "visited": INT,  # debtors
    "unvisited": INT,
    "with_visit": REAL,
    "with_low": REAL,
    "with_high": REAL,
    "without": REAL,
    "without_low": REAL,
    "without_high": REAL,
    "difference": REAL,
    "difference_low": REAL,
    "difference_high": REAL,
    "groups_compared": REAL,  # share of the visited that lie in a customer group with enough on both sides
    "state": TEXT,  # compared, cannot_tell
}
DRAWS, SEED = 300, 20263
#: least debtors of a group on each side, so that the bucket is compared within it
IN_GROUP = 8


@dataclass(frozen=True)
class Laid:
    """A past laid out by debtor and day, (debtors, days); ``people`` has a row a debtor (``SPANS``).

    ``owed`` is what was owed at the beginning of a day, ``known`` whether he was overdue then, as far as is known.
    """

    people: pd.DataFrame
    start: pd.Timestamp
    follow: int
    paid: Floats
    went: NDArray[np.bool_]
    owed: Floats
    age: Ints
    known: NDArray[np.bool_]

    @property
    def days(self) -> int:
        """How many days are laid out."""
        return len(self.paid[0])

    @property
    def fresh(self) -> NDArray[np.bool_]:
        """Whether he was overdue on a day and had not been visited in the follow-up before it."""
        return self.known & ~visited_before(self.went, self.follow)

    @property
    def unvisited(self) -> Ints:
        """Where a follow-up without a visit begins, (rows, 2): debtor and day, on Mondays."""
        mondays = (self.start.weekday() + np.arange(self.days)) % 7 == 0
        return np.argwhere(self.fresh & ~self.went & mondays).astype(np.int64)

    def bucket(self, index: NDArray[np.integer[Any]]) -> Ints:
        """Give the rank of the bucket, youngest first, on each (debtor, day)."""
        floors = [floor for floor, _ in reversed(BUCKET_FLOORS)]
        rank = np.searchsorted(floors, self.age[index[:, 0], index[:, 1]], side="right") - 1
        return np.asarray(np.maximum(rank, 0), dtype=np.int64)


@dataclass(frozen=True)
class Side:
    """Follow-ups: (rows,) debtor number, stratum, first day; (rows, days) share paid and whether still followed."""

    debtor: Ints
    stratum: Ints
    day: Ints
    share: Floats
    followed: NDArray[np.bool_]


def spans(
    states: pd.DataFrame,
    survey: pd.DataFrame,
    *,
    today: date,
    since: date,
    paid_up_to_days: float = 0.0,
) -> pd.DataFrame:
    """Give who was overdue when (``SPANS``): from successive lists, else from today's list backwards.

    Parameters
    ----------
    states
        ``tables.ACCOUNT_STATES`` of full lists; empty where there are none.
    survey
        ``debtor_id``, ``group``, ``days_past_due`` and ``overdue_minor`` as of today.
    since
        The first day that counts.
    paid_up_to_days
        As in ``payments.payments_of``; it matters only where there are successive lists.
    """
    groups = survey.set_index("debtor_id")["group"]
    recent = states[states["as_of_on"] >= pd.Timestamp(since)]
    if recent["as_of_on"].nunique() >= 2:
        lists = np.sort(recent["as_of_on"].unique())
        by_day = recent.groupby(["debtor_id", "as_of_on"], as_index=False).agg(
            days_past_due=("days_past_due", "max"), owed_minor=("overdue_minor", "sum")
        )
        ordered = by_day.sort_values(["debtor_id", "as_of_on"])
        first = ordered.drop_duplicates("debtor_id").set_index("debtor_id")
        last = ordered.drop_duplicates("debtor_id", keep="last").set_index("debtor_id")
        after = dict(pairwise(lists))
        until = last["as_of_on"].map(after).fillna(pd.Timestamp(today))
        # Who left young is taken to have paid all of it (planner.value.payments): nothing was owed afterwards.
        paid_up = (last["as_of_on"] < lists[-1]) & (last["days_past_due"] <= paid_up_to_days)
        owed = last["owed_minor"].mask(paid_up, 0)
        table = pd.DataFrame(
            {
                "debtor_id": first.index,
                "group": groups.reindex(first.index).fillna("").to_numpy(),
                "from_on": first["as_of_on"].to_numpy(),
                "until_on": until.reindex(first.index).to_numpy(),
                "days_past_due": first["days_past_due"].to_numpy(),
                "owed_minor": owed.reindex(first.index).to_numpy(),
            }
        )
        return conform(table, SPANS)
    back = np.minimum(survey["days_past_due"].to_numpy(), (today - since).days)
    begins = pd.Timestamp(today) - pd.to_timedelta(back, unit="D")
    table = survey[["debtor_id", "group"]].assign(
        from_on=begins,
        until_on=pd.Timestamp(today),
        days_past_due=survey["days_past_due"] - back,
        owed_minor=survey["overdue_minor"],
    )
    return conform(table, SPANS)


def untreated(
    overdue: pd.DataFrame, visits: pd.DataFrame, payments: pd.DataFrame, parameters: Parameters, *, today: date
) -> pd.DataFrame:
    """Compare by bucket what came in with and without a visit (``COMPARED``), buckets without anybody left out.

    Parameters
    ----------
    overdue
        ``SPANS``.
    visits
        ``debtor_id`` and ``on`` (the branch's day), one row a visit.
    payments
        ``tables.PAYMENTS``, payments at the door included.
    today
        The last day that is followed: what today's list shows to have come in counts.
    """
    # Like is compared with like: who has no known group is left out, unless nobody has one.
    known_group = overdue["group"] != ""
    laid = lay(overdue[known_group] if known_group.any() else overdue, visits, payments, parameters, today=today)
    if laid is None:
        return empty(COMPARED)
    groups = pd.factorize(laid.people["group"])[0].astype(np.int64)
    with_side = followed(np.argwhere(laid.fresh & laid.went), laid, groups, None)
    without_side = followed(laid.unvisited, laid, groups, laid.went)
    return table_of(with_side, without_side, len(laid.people), parameters)


def lay(
    overdue: pd.DataFrame, visits: pd.DataFrame, payments: pd.DataFrame, parameters: Parameters, *, today: date
) -> Laid | None:
    """Lay a past out by debtor and day; None where nobody was overdue or no money is known. See ``untreated``."""
    people = overdue[overdue["until_on"] > overdue["from_on"]].reset_index(drop=True)
    if people.empty or payments.empty:
        return None
    start = people["from_on"].min()
    days = (pd.Timestamp(today) - start).days + 1
    number = {debtor: k for k, debtor in enumerate(people["debtor_id"])}
    paid = by_day(payments, "paid_on", number, start, days, payments["paid_minor"].to_numpy(np.float64))
    begins = (people["from_on"] - start).dt.days.to_numpy(np.int64)
    ends = np.minimum((people["until_on"] - start).dt.days.to_numpy(np.int64), days)
    return Laid(
        people=people,
        start=start,
        follow=int(parameters.follow_up.value),
        paid=paid,
        went=by_day(visits, "on", number, start, days, np.ones(len(visits))) > 0,
        owed=people["owed_minor"].to_numpy(np.float64)[:, None] + paid[:, ::-1].cumsum(axis=1)[:, ::-1],
        age=people["days_past_due"].to_numpy(np.int64)[:, None] + np.arange(days)[None] - begins[:, None],
        known=(np.arange(days) >= begins[:, None]) & (np.arange(days) < ends[:, None]),
    )


def by_lot(
    overdue: pd.DataFrame,
    held: frozenset[str],
    payments: pd.DataFrame,
    parameters: Parameters,
    *,
    since: date,
    today: date,
) -> pd.DataFrame:
    """Compare those left unvisited by lot with everybody else, visited or not, from the day of the lot (``COMPARED``).

    Who might have been visited and was not counts with the others: so nobody's choice is in the difference, which is
    what the branch's visiting brings, not what one visit does. Whoever was drawn but had to be visited (a clock lapses)
    counts as drawn.

    Parameters
    ----------
    held
        Debtors whom the lot drew.
    since
        The day of the lot; followed are those who were overdue then, for as long as the past is known.
    """
    if since >= today:
        return empty(COMPARED)
    day = pd.Timestamp(since)
    people = overdue[(overdue["from_on"] <= day) & (overdue["until_on"] > day)]
    passed = (day - people["from_on"]).dt.days
    nobody = pd.DataFrame({"debtor_id": pd.Series(dtype="str"), "on": pd.Series(dtype="datetime64[s]")})
    here = people.assign(from_on=day, days_past_due=people["days_past_due"] + passed)
    laid = lay(here, nobody, payments, parameters, today=today)
    if laid is None:
        return empty(COMPARED)
    one = np.zeros(len(people), dtype=np.int64)
    drawn = laid.people["debtor_id"].isin(held).to_numpy()
    others, left = (followed(np.argwhere(chosen[:, None]), laid, one, None) for chosen in (~drawn, drawn))
    return table_of(others, left, len(people), parameters)


def by_day(
    rows: pd.DataFrame, column: str, number: Mapping[str, int], start: pd.Timestamp, days: int, amount: Floats
) -> Floats:
    """Lay dated amounts out as (debtors, days)."""
    who = rows["debtor_id"].map(number)
    when = (rows[column] - start).dt.days
    inside = (who.notna() & (when >= 0) & (when < days)).to_numpy()
    laid = np.zeros((len(number), days))
    np.add.at(laid, (who[inside].to_numpy(np.int64), when[inside].to_numpy(np.int64)), amount[inside])
    return laid


def visited_before(went: NDArray[np.bool_], follow: int) -> NDArray[np.bool_]:
    """Say of each day whether there was a visit in the ``follow`` days before it."""
    counted = np.concatenate([np.zeros((len(went), 1)), went.cumsum(axis=1)], axis=1)
    first = np.maximum(np.arange(went.shape[1]) - follow, 0)
    earlier: NDArray[np.bool_] = counted[:, :-1] - counted[:, first] > 0
    return earlier


def followed(index: NDArray[np.integer[Any]], laid: Laid, groups: Ints, until_visit: NDArray[np.bool_] | None) -> Side:
    """Follow each (debtor, day) of ``index`` as long as the past is known, or until a visit on a later day."""
    who, day = index[:, 0], index[:, 1]
    ahead = day[:, None] + np.arange(laid.follow)[None]
    inside = ahead < laid.days
    at = np.minimum(ahead, laid.days - 1)
    still = inside
    if until_visit is not None:
        seen = until_visit[who[:, None], at] & inside
        seen[:, 0] = False
        still = inside & ~(np.maximum.accumulate(seen, axis=1))
    base = laid.owed[who, day]
    share = np.where(still, laid.paid[who[:, None], at], 0.0) / np.maximum(base, 1.0)[:, None]
    # More than all that was owed is not collected of it.
    total = share.sum(axis=1, keepdims=True)
    share = share / np.maximum(total, 1.0)
    usable = base > 0
    stratum = laid.bucket(index) * 100 + groups[who]
    return Side(who[usable], stratum[usable], day[usable], share[usable], still[usable])


def table_of(visited: Side, unvisited: Side, people: int, parameters: Parameters) -> pd.DataFrame:
    """Add up both sides by bucket."""
    names = [bucket for _, bucket in reversed(BUCKET_FLOORS)]
    rng = np.random.default_rng(SEED)
    weights = np.vstack([np.ones(people), rng.multinomial(people, np.full(people, 1 / people), DRAWS)])
    least = parameters.least_compared.value
    tail = (1 - parameters.interval.value) / 2
    rows = []
    for rank, bucket in enumerate(names):
        sides = [one_bucket(side, rank) for side in (visited, unvisited)]
        counts = [len(np.unique(side.debtor)) for side in sides]
        if not any(counts):
            continue
        row: dict[str, object] = {"bucket": Bucket(bucket).value, "visited": counts[0], "unvisited": counts[1]}
        if min(counts) < least:
            rows.append(row | dict.fromkeys(list(COMPARED)[3:13], np.nan) | {"state": "cannot_tell"})
            continue
        strata, kept = shared_groups(*sides)
        drawn = [np.zeros(len(weights)), np.zeros(len(weights))]
        for codes, share in strata:
            for k, side in enumerate(sides):
                drawn[k] = drawn[k] + share * collected(side, codes, weights)
        apart = drawn[0] - drawn[1]
        for name, values in (("with", drawn[0]), ("without", drawn[1]), ("difference", apart)):
            low, high = np.nanquantile(values[1:], [tail, 1 - tail])
            row |= {"with_visit" if name == "with" else name: values[0], f"{name}_low": low, f"{name}_high": high}
        rows.append(row | {"groups_compared": kept, "state": "compared"})
    return conform(pd.DataFrame(rows), COMPARED) if rows else empty(COMPARED)


def one_bucket(side: Side, rank: int) -> Side:
    """Give the follow-ups that began in a bucket."""
    here = side.stratum // 100 == rank
    return Side(*(one[here] for one in (side.debtor, side.stratum, side.day, side.share, side.followed)))


def shared_groups(visited: Side, unvisited: Side) -> tuple[list[tuple[list[int], float]], float]:
    """Give the strata to compare within, each with its share of the visited, and the share that has its own group.

    Groups with too few on one side are compared together.
    """
    codes, counts = np.unique(visited.stratum, return_counts=True)
    enough = [
        len(np.unique(side.debtor[side.stratum == code])) >= IN_GROUP
        for code in codes.tolist()
        for side in (visited, unvisited)
    ]
    own = np.array(enough).reshape(-1, 2).all(axis=1)
    total = float(counts.sum())
    strata = [([int(code)], count / total) for code, count in zip(codes[own], counts[own], strict=True)]
    rest = [int(code) for code in np.union1d(codes[~own], np.setdiff1d(unvisited.stratum, codes))]
    share = float(counts[~own].sum()) / total
    if share > 0:
        there = np.isin(unvisited.stratum, rest).any()
        strata.append((rest if there else [int(code) for code in np.union1d(codes, unvisited.stratum)], share))
    return strata, 1.0 - share


def collected(side: Side, codes: list[int], weights: Floats) -> Floats:
    """Give the share collected in the follow-up, for each row of the debtors' weights."""
    here = np.isin(side.stratum, codes)
    people = weights.shape[1]
    paid = np.zeros((people, side.share.shape[1]))
    still = np.zeros_like(paid)
    np.add.at(paid, side.debtor[here], side.share[here])
    np.add.at(still, side.debtor[here], side.followed[here].astype(np.float64))
    at_risk = weights @ still
    came = weights @ paid
    daily = np.divide(came, at_risk, out=np.zeros_like(came), where=at_risk > 0)
    return np.asarray(daily.sum(axis=1), dtype=np.float64)
