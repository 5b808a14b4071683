"""Accounts that are not overdue yet and may become so: early signs, from the allow-list of features only.

A list may name accounts that are due today or later: zero days past due, the due date ahead. They are watched, and
nobody is ever sent to them: what answers a sign is a message or a call. An account stays watched until a newer list
says how many days it is late, even if its due date has passed meanwhile, since nobody knows whether it was paid.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from planner.domain import OutcomeCode
from planner.rules.playbook import WatchTerms
from planner.tables import DAY, INT, REAL, TEXT, Schema, conform, empty
from planner.value.features import allowed

#: one row a watched account, the weightiest sign first
WATCHED: Schema = {
    "case_id": TEXT,
    "debtor_id": TEXT,
    "amount_minor": INT,  # what falls due
    "due_on": DAY,
    "days_to_due": REAL,  # 0 on the day, negative after it, NaN unknown
    "signs": TEXT,  # codes of SIGNS that apply, the weightiest first, separated by blanks
    "sign": TEXT,  # the weightiest, "" where there is none
}
#: the signs, the weightiest first
SIGNS = ("other_overdue", "broken_promise", "part_payment", "quiet", "due_soon")
PROMISED = (OutcomeCode.PTP_2D.value, OutcomeCode.PTP_3D.value, OutcomeCode.PTP_LATER.value)


def not_yet_due(accounts: pd.DataFrame) -> pd.Series:
    """Say of each account whether its list knew it as due on the list's own day or later: no day late, date ahead."""
    ahead: pd.Series = (accounts["days_past_due"] <= 0) & (accounts["due_on"] >= accounts["as_of_on"])
    return ahead


def overdue_only(accounts: pd.DataFrame) -> pd.DataFrame:
    """Give the accounts that are overdue by their list, without the watched ones."""
    rows: pd.DataFrame = accounts[~not_yet_due(accounts)]
    return rows.reset_index(drop=True)


def watched(accounts: pd.DataFrame, outcomes: pd.DataFrame, terms: WatchTerms, *, today: date) -> pd.DataFrame:
    """Give the accounts that are not overdue yet with their early signs.

    Parameters
    ----------
    accounts, outcomes
        ``tables.ACCOUNTS`` and ``tables.OUTCOMES`` as they stand; only listed features are looked at.

    Returns
    -------
    pandas.DataFrame
        Columns of ``WATCHED``: signs first, by weight, then by due date.
    """
    known = allowed(accounts, "watched_accounts")
    ahead = known[not_yet_due(known)].reset_index(drop=True)
    if ahead.empty:
        return empty(WATCHED)
    seen = allowed(outcomes, "promises").sort_values("started_at", kind="stable")
    now = pd.Timestamp(today)
    left = (ahead["due_on"] - now).dt.days.astype("float64")
    paid = seen[seen["paid_minor"] > 0].drop_duplicates("debtor_id", keep="last")
    partly = paid.loc[paid["code"] == OutcomeCode.PAID_PART.value, "debtor_id"]
    late = known.loc[~not_yet_due(known), "debtor_id"]
    quiet = ahead["last_paid_on"] < now - pd.Timedelta(days=terms.quiet_days.value)
    shown = pd.DataFrame(
        {
            "other_overdue": ahead["debtor_id"].isin(late),
            "broken_promise": ahead["debtor_id"].isin(broken(seen, known, terms, today)),
            "part_payment": ahead["debtor_id"].isin(partly),
            "quiet": quiet,
            "due_soon": left.between(0, terms.due_within_days.value),
        }
    )[list(SIGNS)]
    signs = [" ".join(code for code in SIGNS if row[code]) for row in shown.to_dict("records")]
    table = ahead.assign(amount_minor=ahead["overdue_minor"], days_to_due=left, signs=signs)
    table["sign"] = [text.split(" ")[0] for text in signs]
    weight = table["sign"].map({code: k for k, code in enumerate(SIGNS)}).fillna(len(SIGNS))
    ordered = table.assign(weight=weight).sort_values(["weight", "due_on", "case_id"], na_position="last")
    return conform(ordered, WATCHED)


def broken(seen: pd.DataFrame, accounts: pd.DataFrame, terms: WatchTerms, today: date) -> list[str]:
    """Give the debtors whose last promise passed within the terms and after whom no payment was seen.

    A promise without a day is never judged, and so takes none back that was given before.
    """
    dated = seen[seen["code"].isin(PROMISED) & seen["promised_on"].notna()]
    promises = dated.drop_duplicates("debtor_id", keep="last")
    since = pd.Timestamp(today - timedelta(days=terms.broken_promise_days.value))
    promises = promises[(promises["promised_on"] < pd.Timestamp(today)) & (promises["promised_on"] >= since)]
    if promises.empty:
        return []
    said = accounts.groupby("debtor_id")["last_paid_on"].max().reindex(promises["debtor_id"])
    on = promises["started_at"].dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    paid_at = seen[seen["paid_minor"] > 0].groupby("debtor_id")["started_at"].max().reindex(promises["debtor_id"])
    # What was paid at the very visit is not what was promised there.
    kept = (said.array >= on.array) | (paid_at.array > promises["started_at"].array)
    return [str(one) for one in promises.loc[~kept, "debtor_id"]]
