"""What was paid, inferred from successive lists and from the doors: money with and without a visit.

No list says what was paid; three things tell of it, and the same money is never counted twice:

- A visit at which something was paid counts with its day and amount.
- The overdue amount of an account falls from one full list to the next: at least that much came in between (what fell
  due meanwhile hides the rest). What the visits in between account for is taken off, and so is what a visit of the
  days before paid and the list did not show yet, because booking takes a few days.
- A full list no longer names an account that was at most ``paid_up_to_days`` past due: it is taken to be paid up with
  the overdue amount it had. Older ones may as well have been handed over or written off, and count nothing.

The day is the account's last payment day where the later list names one in between, otherwise the day of that list.
An account without a day past due is listed with what will fall due; nothing of it is overdue, so becoming current is a
fall by all that was. A waiver looks like a payment, and so does a correction; a payment that new dues outweigh is not
seen at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.tables import ACCOUNT_STATES, OUTCOMES, PAYMENTS, conform
from planner.value.parameters import Parameters


def payments_of(
    states: pd.DataFrame,
    outcomes: pd.DataFrame,
    parameters: Parameters,
    *,
    zone: ZoneInfo,
    days: Iterable[date] = (),
) -> pd.DataFrame:
    """Give the payments (``tables.PAYMENTS``) of the branches in the states, by day and case.

    Parameters
    ----------
    states
        ``tables.ACCOUNT_STATES`` of full lists, as ``Store.account_states`` gives them.
    outcomes
        ``tables.OUTCOMES`` as they stand, corrected entries left out or still in.
    parameters
        How many days past due an account that left is taken to have been paid up (``paid_up_to``), and after how many
        days a list shows what was paid at a door (``booked_within``): what falls later is other money.
    zone
        Where the branches are: a visit counts to its day there.
    days
        Days of full lists of the branch, where the states are cut to some debtors: a list may name none of them.

    Returns
    -------
    pandas.DataFrame
        A payment at a door of a debtor who is on no list has no ``case_id``.
    """
    checked = conform(states, ACCOUNT_STATES)
    visits = _paid_visits(conform(outcomes, OUTCOMES), zone)
    parts = [visits[~visits["branch"].isin(checked["branch"])].assign(case_id="")]
    for branch, here in checked.groupby("branch"):
        mine = visits[visits["branch"] == branch]
        parts.append(_of_branch(here, mine, parameters.paid_up_to.value, parameters.booked_within.value, list(days)))
    found = pd.concat(parts, ignore_index=True)
    found = found[found["paid_minor"] > 0].sort_values(["branch", "paid_on", "case_id"], kind="stable")
    return conform(found, PAYMENTS)


def _paid_visits(outcomes: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    replaced = outcomes.loc[outcomes["replaces"] != "", "replaces"]
    paid = outcomes[(outcomes["paid_minor"] > 0) & ~outcomes["outcome_id"].isin(replaced)]
    on = paid["started_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    return paid.assign(paid_on=on)[["branch", "debtor_id", "paid_on", "paid_minor"]].reset_index(drop=True)


def _of_branch(
    states: pd.DataFrame,
    visits: pd.DataFrame,
    paid_up_to_days: float,
    booked_within_days: float,
    more_days: Sequence[date],
) -> pd.DataFrame:
    days = np.union1d(states["as_of_on"].to_numpy("datetime64[s]"), np.array(more_days, dtype="datetime64[s]"))
    nobody = states.iloc[:0].set_index("case_id")
    named = {day: here.set_index("case_id") for day, here in states.groupby("as_of_on")}
    lists = {day: named.get(pd.Timestamp(day), nobody) for day in days}
    first = visits[visits["paid_on"] <= days[0]]
    before_all = _to_accounts(first, lists[days[0]], None)
    parts = [before_all]
    # By case: paid at a door, not yet seen on a list. A list is made before the visits of its day.
    unseen = _by_case(before_all[before_all["paid_on"] == days[0]])
    for begin, end in pairwise(days):
        before, after = lists[begin], lists[end]
        fall = _fall(before, after, paid_up_to_days)
        between = visits[(visits["paid_on"] > begin) & (visits["paid_on"] <= end)]
        at_door = _to_accounts(between, before, fall)
        known = _by_case(at_door).add(unseen, fill_value=0.0)
        known_here = known.reindex(before.index).fillna(0.0)
        rest = (fall - known_here).clip(lower=0.0)
        recent = _by_case(at_door[at_door["paid_on"] > end - np.timedelta64(int(booked_within_days), "D")])
        unseen = (known_here - fall).clip(lower=0.0).clip(upper=recent.reindex(before.index).fillna(0.0))
        last = after["last_paid_on"].reindex(before.index)
        inside = (last > pd.Timestamp(begin)) & (last <= pd.Timestamp(end))
        seen = pd.DataFrame(
            {
                "branch": before["branch"],
                "case_id": before.index,
                "debtor_id": before["debtor_id"],
                "paid_on": last.where(inside, pd.Timestamp(end)),
                "paid_minor": rest,
            }
        )
        parts += [at_door, seen[rest > 0]]
    parts.append(_to_accounts(visits[visits["paid_on"] > days[-1]], lists[days[-1]], None))
    return pd.concat(parts, ignore_index=True)


def _by_case(paid: pd.DataFrame) -> pd.Series:
    """Add up payments by account."""
    return paid.groupby("case_id")["paid_minor"].sum().astype(float)


def _fall(before: pd.DataFrame, after: pd.DataFrame, paid_up_to_days: float) -> pd.Series:
    """Give by how much the overdue amount of each account fell, at least 0."""
    owed = _owed(before)
    later = _owed(after).reindex(before.index)
    paid_up = owed.where(before["days_past_due"] <= paid_up_to_days, 0)
    fall = (owed - later).where(later.notna(), paid_up)
    return fall.clip(lower=0).astype(float)


def _owed(states: pd.DataFrame) -> pd.Series:
    """Give what was overdue: where no day is past due, the list names what is going to fall due."""
    return states["overdue_minor"].where(states["days_past_due"] > 0, 0)


def _to_accounts(visits: pd.DataFrame, accounts: pd.DataFrame, fall: pd.Series | None) -> pd.DataFrame:
    """Lay each payment at a door to the debtor's account that fell most, else to the largest; all of it to one."""
    weight = accounts["overdue_minor"] * 1e-12 + (0.0 if fall is None else fall)
    best = (
        pd.DataFrame({"debtor_id": accounts["debtor_id"], "case_id": accounts.index, "weight": weight})
        .reset_index(drop=True)
        .sort_values(["weight", "case_id"], ascending=[False, True])
        .drop_duplicates("debtor_id")
        .set_index("debtor_id")["case_id"]
    )
    return visits.assign(case_id=visits["debtor_id"].map(best).fillna(""))
