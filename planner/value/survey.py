"""The survey before a visit: one row a debtor, with what is owed, how old it is, and what is still missing.

A person with several accounts is one row. Days past due stand in the list as of its own day; here they are advanced to
today, so that a list of last week does not make debts a week younger.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from planner.domain import BUCKET_FLOORS, Bucket, DebtorType
from planner.tables import ACCOUNTS, DEBTORS, INT, TEXT, Schema, conform
from planner.value.early import overdue_only

#: the debtor's columns, then these
SURVEY: Schema = {
    **DEBTORS,
    "overdue_minor": INT,  # sum over the accounts
    "principal_minor": INT,
    "accounts": INT,
    "days_past_due": INT,  # largest, advanced to today
    "bucket": TEXT,  # domain.Bucket of days_past_due
    "product": TEXT,  # of the account with the largest overdue amount
    "collateral": TEXT,  # likewise
    "guarantee": TEXT,  # joint, ordinary or none: the strictest that any account has
    "case_ids": TEXT,  # separated by blanks, largest overdue amount first
}

#: strictest first
GUARANTEES = ("joint", "ordinary", "none")


def survey(debtors: pd.DataFrame, accounts: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Give one row a debtor who has an overdue account; accounts that are not overdue yet are left out.

    Parameters
    ----------
    debtors, accounts
        Columns of ``tables.DEBTORS`` and ``tables.ACCOUNTS``. A debtor without an account is not overdue and is left
        out; an account without a debtor is refused.
    today
        The day to which days past due are advanced. An account listed after today keeps its days.

    Returns
    -------
    pandas.DataFrame
        Columns of ``SURVEY``, in the order of ``debtors``.

    Raises
    ------
    ValueError
        If a column is missing, a debtor is there twice, or an account names a debtor who is not there.
    """
    debtors, accounts = conform(debtors, DEBTORS), conform(accounts, ACCOUNTS)
    if debtors["debtor_id"].duplicated().any():
        raise ValueError(f"debtor {debtors['debtor_id'][debtors['debtor_id'].duplicated()].iloc[0]!r} is there twice")
    strangers = ~accounts["debtor_id"].isin(debtors["debtor_id"])
    if strangers.any():
        raise ValueError(f"account {accounts.loc[strangers, 'case_id'].iloc[0]!r} names a debtor who is not there")
    accounts = overdue_only(accounts)
    later = (pd.Timestamp(today) - accounts["as_of_on"]).dt.days.fillna(0).clip(lower=0).astype("int64")
    ranked = accounts.assign(
        days_past_due=accounts["days_past_due"] + later,
        strictness=accounts["guarantee_kind"].map({kind: rank for rank, kind in enumerate(GUARANTEES)}),
    ).sort_values(["debtor_id", "overdue_minor", "case_id"], ascending=[True, False, True])
    owed = ranked.groupby("debtor_id").agg(
        overdue_minor=("overdue_minor", "sum"),
        principal_minor=("principal_minor", "sum"),
        accounts=("case_id", "size"),
        days_past_due=("days_past_due", "max"),
        product=("product", "first"),
        collateral=("collateral", "first"),
        strictness=("strictness", "min"),
    )
    owed["case_ids"] = joined(ranked)
    strictness = owed["strictness"].fillna(len(GUARANTEES) - 1).astype("int64").to_numpy()
    owed["guarantee"] = np.array(GUARANTEES)[strictness]
    owed["bucket"] = buckets(owed["days_past_due"])
    return conform(debtors.merge(owed.drop(columns="strictness"), on="debtor_id", how="inner"), SURVEY)


def joined(ranked: pd.DataFrame) -> list[str]:
    """Give each debtor's case ids, separated by blanks; rows and answer are in the order of the debtors' ids."""
    ids = ranked["case_id"].tolist()
    owner = ranked["debtor_id"].factorize()[0]
    starts = np.flatnonzero(np.diff(owner, prepend=-1)).tolist()
    return [" ".join(ids[start:stop]) for start, stop in pairwise([*starts, len(ids)])]


def buckets(days_past_due: pd.Series) -> pd.Series:
    """Give the ageing bucket of many numbers of days; what is not yet due counts as the first bucket.

    >>> buckets(pd.Series([1, 31, 1095, 1096])).tolist()
    ['M1', 'M2', 'Y1-3', 'Y3+']
    """
    floors = [floor for floor, _ in reversed(BUCKET_FLOORS)]
    names = np.array([bucket.value for _, bucket in reversed(BUCKET_FLOORS)])
    index = np.searchsorted(floors, days_past_due.to_numpy(), side="right") - 1
    return pd.Series(names[index.clip(min=0)], index=days_past_due.index, dtype="str")


def survey_summary(surveyed: pd.DataFrame) -> pd.DataFrame:
    """Count debtors and money by group, bucket and type.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``bucket``, ``debtor_type``, ``debtors``, ``accounts``, ``overdue_minor``, ``principal_minor``; only
        what occurs, buckets by age. The sums over all rows are the survey's own.
    """
    by = ["group", "bucket", "debtor_type"]
    table = (
        surveyed.groupby(by, sort=False)
        .agg(
            debtors=("debtor_id", "size"),
            accounts=("accounts", "sum"),
            overdue_minor=("overdue_minor", "sum"),
            principal_minor=("principal_minor", "sum"),
        )
        .reset_index()
    )
    order = {bucket.value: rank for rank, bucket in enumerate(Bucket)}
    return table.sort_values(by, key=lambda one: one.map(order) if one.name == "bucket" else one, ignore_index=True)


def missing(surveyed: pd.DataFrame, accounts: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Count what the survey still lacks before anybody goes out.

    Parameters
    ----------
    surveyed
        What ``survey`` gave; accounts and places of others are not counted.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``of`` (debtors or accounts), ``missing`` and ``all``, one row a question, also where nothing is
        missing. The codes: ``place`` (nobody can be sent: no located place), ``datum`` (coordinates whose datum the
        file did not say), ``region``, ``occupation``, ``review`` (type not yet reviewed), ``due_date``,
        ``interruption`` (a date without its evidence), ``clock_owner`` (nobody answers for the dates),
        ``guarantee_end`` (a guarantee whose end nobody stated: six months are assumed).
    """
    ours = accounts[accounts["debtor_id"].isin(surveyed["debtor_id"])]
    whole = {"debtors": len(surveyed), "accounts": len(ours)}
    rows = [(code, of, len(ids), whole[of]) for code, (of, ids) in lacking(surveyed, accounts, places).items()]
    return pd.DataFrame(rows, columns=["code", "of", "missing", "all"])


def lacking(
    surveyed: pd.DataFrame, accounts: pd.DataFrame, places: pd.DataFrame
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name what the survey still lacks: by code of ``missing``, ``debtors`` or ``accounts`` and their ids."""
    ours = accounts[accounts["debtor_id"].isin(surveyed["debtor_id"])]
    located = places[places["lon"].notna() & places["lat"].notna()]
    people = {
        "place": ~surveyed["debtor_id"].isin(located["debtor_id"]),
        "datum": surveyed["debtor_id"].isin(located.loc[located["source_datum"] == "", "debtor_id"]),
        "region": surveyed["region"] == "",
        "occupation": surveyed["occupation"].isin(["", "unknown"]),
        "review": surveyed["debtor_type"].isin(["", DebtorType.UNREVIEWED.value]),
    }
    claims = {
        "due_date": ours["due_on"].isna(),
        "interruption": ours["interrupted_on"].notna() & (ours["interruption"] == ""),
        "clock_owner": ours["clock_set_by"] == "",
        "guarantee_end": ours["guarantee_kind"].isin(["ordinary", "joint"]) & ours["guarantee_ends_on"].isna(),
    }
    found = {code: ("debtors", tuple(surveyed.loc[lacks, "debtor_id"])) for code, lacks in people.items()}
    return found | {code: ("accounts", tuple(ours.loc[lacks, "case_id"])) for code, lacks in claims.items()}
