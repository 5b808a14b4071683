"""The two clocks on a claim: the limitation period, and beside it the guarantee period.

The limitation period is three years from the last instalment's due date or from the last act that interrupts it, and at
most twenty years from the due date. A check-in by GPS interrupts nothing, and an interruption without its evidence does
not count here. If the last interruption lies more than three years after the due date, an earlier one must have kept
the claim alive: the clock says that this evidence is needed. A period that ends on a day off ends, by law, on the next
working day (Civil Code 203); here it is not extended, so that nobody relies on the extra day.

The guarantee period is never interrupted. It ends when the parties agreed, else six months after the main debt fell
due; an agreed end that is not later than the due date counts as none agreed (Civil Code 692).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from planner.domain import ClockKind, PlaceKind
from planner.rules.pack import ClockTerms
from planner.tables import DAY, INT, TEXT, Schema, conform, empty

CLOCKS: Schema = {
    "debtor_id": TEXT,
    "case_id": TEXT,
    "kind": TEXT,  # domain.ClockKind
    "starts_on": DAY,  # the period runs from the day after; NaT unknown
    "ends_on": DAY,  # last day inside the period; NaT unknown
    "days_left": "float64",  # to ends_on, 0 on the last day, NaN unknown
    "state": TEXT,  # running, lapses_soon, expired, unknown
    "article": TEXT,
    "cheapest_act": TEXT,  # the cheapest act that is enough, see ACTS; "" where nothing is due
    "why": TEXT,  # why a cheaper act is not enough, see WHY; "" where there is none or nothing is due
    "visit_needed": "bool",  # the act takes a visit
    "barred_by": TEXT,  # the rule that permits no visit in time (``value.in_time``); "" where none does or none is due
    "question": TEXT,  # what a lawyer must look at, see QUESTIONS; "" where nothing
    "overdue_minor": INT,
    "set_by": TEXT,
    "evidence": TEXT,  # what the start rests on: due_date, a proven interruption, "" unknown
    "listed_on": DAY,  # the day of the list that the dates come from
}

#: what may have to be done, and what it means
ACTS = {
    "record_payment": "A payment after the period began is on file: record it, with its receipt, as the interruption.",
    "letter": "Send a demand notice by registered post and keep the proof of delivery.",
    "signed_notice": "Have a demand notice signed at a visit: by post the proof would come too late or not at all.",
    "demand_on_guarantor": "Demand payment from the guarantor in writing before the guarantee ends.",
    "suit": "Sue or apply for arbitration before the period ends.",
    "legal_review": "Ask the legal department what can still be done.",
}

#: why the act named is needed and none that is cheaper
WHY = {
    "nothing_on_file": "No payment since the period began is on file.",
    "post_too_late": "By post the proof of delivery would come too late.",
    "no_address": "No letter arrives: the home address is unknown or wrong.",
    "nobody_reached": "Neither letter nor visit reaches the debtor in time.",
    "long_stop": "The long stop ends: nothing interrupts it any more, only a suit keeps the claim.",
    "ordinary_guarantee": "An ordinary guarantee is kept by suit or arbitration against the debtor only.",
    "demand_is_enough": "A written demand on the guarantor keeps a joint guarantee.",
    "visit_barred": "Only a visit would be in time, and none is permitted.",
    "too_small": "A visit or a suit would cost more than it brings.",
    "passed": "The period has passed.",
}

QUESTIONS = {
    "dates_missing": "No due date and no proven interruption: the period cannot be told.",
    "evidence_missing": "An interruption is dated but its evidence is not named: it does not count.",
    "earlier_interruption": "The last interruption came after the first three years: prove an earlier one.",
}


def years_after(days: pd.Series, years: int) -> pd.Series:
    """Give the day so many years later; 29 February ends on the 28th where there is no 29th (Civil Code 202).

    >>> years_after(pd.Series(pd.to_datetime(["2024-02-29", "2023-03-01"])), 3).dt.strftime("%Y-%m-%d").tolist()
    ['2027-02-28', '2026-03-01']
    """
    return months_after(days, 12 * years)


def months_after(days: pd.Series, months: int) -> pd.Series:
    """Give the day so many months later, the month's last day where it has no such day.

    >>> months_after(pd.Series(pd.to_datetime(["2026-08-31"])), 6).dt.strftime("%Y-%m-%d").tolist()
    ['2027-02-28']
    """
    later: pd.Series = (days + pd.DateOffset(months=months)).astype("datetime64[s]")
    return later


def clocks(
    accounts: pd.DataFrame,
    terms: ClockTerms,
    *,
    today: date,
    places: pd.DataFrame | None = None,
    bad_places: Iterable[str] = (),
) -> pd.DataFrame:
    """Give the limitation clock of every account, and the guarantee clock of every account with a guarantee.

    Parameters
    ----------
    accounts
        Columns of ``tables.ACCOUNTS``.
    places
        Columns of ``tables.PLACES``; without them every debtor counts as reachable by post and by visit.
    bad_places
        Place ids where a crew last found the address wrong or the person gone: no letter and no visit goes there.

    Returns
    -------
    pandas.DataFrame
        Columns of ``CLOCKS``, soonest first.
    """
    reach = reachable(accounts["debtor_id"], places, frozenset(bad_places))
    limitation = limitation_clocks(accounts, reach, terms, today)
    guarantee = guarantee_clocks(accounts, reach, terms, today)
    both = [table for table in (limitation, guarantee) if len(table)] or [empty(CLOCKS)]
    table = conform(pd.concat(both, ignore_index=True), CLOCKS)
    return table.sort_values(["ends_on", "case_id", "kind"], na_position="last", ignore_index=True)


def reachable(debtor_ids: pd.Series, places: pd.DataFrame | None, bad_places: frozenset[str]) -> pd.DataFrame:
    """Say for each account's debtor whether a letter, a visit, and a visit to the guarantor can arrive."""
    if places is None:
        return pd.DataFrame({"letter": True, "visit": True, "guarantor": True}, index=debtor_ids.index)
    good = places[~places["place_id"].isin(bad_places)]
    located = good[good["lon"].notna() & good["lat"].notna()]
    homes = good.loc[good["kind"] == PlaceKind.HOME, "debtor_id"]
    elsewhere = [PlaceKind.GUARANTOR, PlaceKind.COLLATERAL]
    return pd.DataFrame(
        {
            "letter": debtor_ids.isin(homes),
            "visit": debtor_ids.isin(located.loc[~located["kind"].isin(elsewhere), "debtor_id"]),
            "guarantor": debtor_ids.isin(located.loc[located["kind"] == PlaceKind.GUARANTOR, "debtor_id"]),
        }
    )


def limitation_clocks(accounts: pd.DataFrame, reach: pd.DataFrame, terms: ClockTerms, today: date) -> pd.DataFrame:
    """Give one limitation clock an account."""
    proven = accounts["interruption"].isin(terms.interrupting.value)
    interrupted = accounts["interrupted_on"].where(proven)
    due = accounts["due_on"]
    starts = pd.concat([due, interrupted], axis=1).max(axis=1).astype("datetime64[s]")
    long_stop = years_after(due, terms.long_stop_years.value)
    three_years = years_after(starts, terms.limitation_years.value)
    ends = pd.concat([three_years, long_stop], axis=1).min(axis=1).where(starts.notna()).astype("datetime64[s]")
    left = days_left(ends, today)
    state = states(left, terms)
    stopped = three_years.gt(long_stop)
    soon = state == "lapses_soon"
    expired = state == "expired"
    paid_since = accounts["last_paid_on"].gt(starts) & accounts["last_paid_on"].le(ends) & ~stopped
    by_post = left.ge(terms.letter_days.value) & reach["letter"] & ~stopped
    worth_visit = accounts["overdue_minor"].ge(terms.visit_worth_minor.value)
    by_visit = reach["visit"] & worth_visit & ~stopped
    worth_suit = accounts["overdue_minor"].ge(terms.suit_worth_minor.value)
    # A payment can have come in before the period ended, so it is looked for even where the clock says expired.
    act = np.select(
        [(soon | expired) & paid_since, soon & by_post, soon & by_visit, soon & worth_suit, soon | expired],
        ["record_payment", "letter", "signed_notice", "suit", "legal_review"],
        "",
    )
    question = np.select(
        [
            starts.isna(),
            accounts["interrupted_on"].notna() & ~proven,
            interrupted.gt(years_after(due, terms.limitation_years.value)),
        ],
        ["dates_missing", "evidence_missing", "earlier_interruption"],
        "",
    )
    return pd.DataFrame(
        {
            "debtor_id": accounts["debtor_id"],
            "case_id": accounts["case_id"],
            "kind": ClockKind.LIMITATION.value,
            "starts_on": starts,
            "ends_on": ends,
            "days_left": left,
            "state": state,
            "article": np.where(stopped, terms.long_stop_years.article, terms.limitation_years.article),
            "cheapest_act": act,
            "why": np.select(
                [
                    act == "letter",
                    (act == "signed_notice") & reach["letter"],
                    act == "signed_notice",
                    (act == "suit") & stopped,
                    act == "suit",
                    (act == "legal_review") & expired,
                    act == "legal_review",
                ],
                [
                    "nothing_on_file",
                    "post_too_late",
                    "no_address",
                    "long_stop",
                    "nobody_reached",
                    "passed",
                    "too_small",
                ],
                "",
            ),
            "visit_needed": act == "signed_notice",
            "barred_by": "",
            "question": question,
            "overdue_minor": accounts["overdue_minor"],
            "set_by": accounts["clock_set_by"],
            "evidence": np.select(
                [starts.isna(), interrupted.notna() & interrupted.eq(starts)],
                ["", accounts["interruption"]],
                "due_date",
            ),
            "listed_on": accounts["as_of_on"],
        }
    )


def guarantee_clocks(all_accounts: pd.DataFrame, reach: pd.DataFrame, terms: ClockTerms, today: date) -> pd.DataFrame:
    """Give one guarantee clock an account with a guarantee."""
    accounts = all_accounts[all_accounts["guarantee_kind"].isin(["ordinary", "joint"])]
    reach = reach.loc[accounts.index]
    due = accounts["due_on"]
    agreed = accounts["guarantee_ends_on"].where(due.isna() | accounts["guarantee_ends_on"].gt(due))
    ends = agreed.fillna(months_after(due, terms.guarantee_months.value)).astype("datetime64[s]")
    left = days_left(ends, today)
    state = states(left, terms)
    soon = state == "lapses_soon"
    joint = accounts["guarantee_kind"] == "joint"
    late = left.lt(terms.letter_days.value)
    worth_visit = accounts["overdue_minor"].ge(terms.visit_worth_minor.value)
    # An ordinary guarantee is kept only by suit or arbitration against the debtor (Civil Code 693).
    act = np.select(
        [soon & joint, soon & accounts["overdue_minor"].ge(terms.suit_worth_minor.value), soon],
        ["demand_on_guarantor", "suit", "legal_review"],
        "",
    )
    return pd.DataFrame(
        {
            "debtor_id": accounts["debtor_id"],
            "case_id": accounts["case_id"],
            "kind": ClockKind.GUARANTEE.value,
            "starts_on": due,
            "ends_on": ends,
            "days_left": left,
            "state": state,
            "article": terms.guarantee_months.article,
            "cheapest_act": act,
            "why": np.select(
                [act == "demand_on_guarantor", act == "suit", act == "legal_review"],
                ["demand_is_enough", "ordinary_guarantee", "too_small"],
                "",
            ),
            "visit_needed": soon & joint & late & reach["guarantor"] & worth_visit,
            "barred_by": "",
            "question": np.where(ends.isna(), "dates_missing", ""),
            "overdue_minor": accounts["overdue_minor"],
            "set_by": accounts["clock_set_by"],
            "evidence": np.select([ends.isna(), agreed.notna()], ["", "agreed_end"], "due_date"),
            "listed_on": accounts["as_of_on"],
        }
    )


def days_left(ends: pd.Series, today: date) -> pd.Series:
    """Count the days to the last day of the period: 0 on that day, negative after it, NaN where it is unknown."""
    left: pd.Series = (ends - pd.Timestamp(today)).dt.days.astype("float64")
    return left


def states(left: pd.Series, terms: ClockTerms) -> pd.Series:
    """Say in words how a clock stands."""
    named = np.select(
        [left.isna(), left.lt(0), left.le(terms.soon_days.value)], ["unknown", "expired", "lapses_soon"], "running"
    )
    return pd.Series(named, index=left.index, dtype="str")
