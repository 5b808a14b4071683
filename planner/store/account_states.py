"""How accounts stood on successive lists: each list adds its rows, none is ever changed.

A list has a day. What several lists say of one day is told apart by ``taken``, 1 for the first: a later list of the
same day corrects an earlier one. A full list counts from itself on (what an earlier list of that day said and it does
not is dropped); a partial one adds to what is known of the day. A day is *full* once a full list of it was taken: only
then does it mean anything that an account is not on it. The first list a branch ever takes counts as full.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.frames import columns, day, frame, instant, rows
from planner.store.merge import Row, all_rows, insert_columns
from planner.store.schema import account, account_state, import_undone, list_day
from planner.tables import ACCOUNT_STATES, ACCOUNTS, INT, Schema, conform

Reach = sa.Select[tuple[str]] | None
#: a state with which list of its day said it
TAKEN: Schema = {**ACCOUNT_STATES, "taken": INT}


@dataclass(frozen=True)
class ListDay:
    """A day of which a list was taken. ``full`` says that the lists of that day name all overdue accounts."""

    as_of_on: date
    full: bool
    taken_at: datetime


@dataclass(frozen=True)
class Kept:
    """What a list added to the history: its day, and whether newer ones were there already."""

    as_of_on: date
    older: bool


def list_days(connection: Connection, branch: str) -> tuple[ListDay, ...]:
    """Give the days of which a branch has lists, oldest first."""
    query = sa.select(list_day).where(list_day.c.branch == branch, _stands())
    query = query.order_by(list_day.c.as_of_on, list_day.c.taken)
    found: dict[str, ListDay] = {}
    for row in connection.execute(query):
        before = found.get(row.as_of_on)
        full = row.full_list or (before is not None and before.full)
        found[row.as_of_on] = ListDay(date.fromisoformat(row.as_of_on), full, datetime.fromisoformat(row.taken_at))
    return tuple(found.values())


def newest_day(connection: Connection, branch: str) -> date | None:
    """Give the day of the list by which a branch's accounts stand now, None before the first."""
    query = sa.select(sa.func.max(list_day.c.as_of_on)).where(list_day.c.branch == branch, _stands())
    found = connection.execute(query).scalar()
    return None if found is None else date.fromisoformat(found)


def case_debtors(connection: Connection, branch: str, cases: Collection[str] | None) -> dict[str, str]:
    """Give the debtor of every case that was ever on a list, as the newest list has it; at least of ``cases``.

    Where all of those are accounts of the branch, as most of a monthly list are, the history is not looked through.
    """
    query = sa.select(account.c.case_id, account.c.debtor_id).where(account.c.branch == branch)
    found: dict[str, str] = dict(all_rows(connection, query))
    if cases is not None and found.keys() >= set(cases):
        return found
    history = sa.select(account_state.c.case_id, sa.func.max(account_state.c.debtor_id))
    history = history.where(account_state.c.branch == branch).group_by(account_state.c.case_id)
    return dict(all_rows(connection, history)) | found


def full_days(connection: Connection, branch: str) -> tuple[date, ...]:
    """Give the days of which a branch has a full list, oldest first."""
    return tuple(one.as_of_on for one in list_days(connection, branch) if one.full)


def read(
    connection: Connection,
    branch: str,
    reach: Reach,
    *,
    since: date | None,
    partial: bool,
    debtor_id: str | None = None,
) -> pd.DataFrame:
    """Give how accounts stood (``ACCOUNT_STATES``), by day and case.

    Parameters
    ----------
    reach
        Query for the debtors that may be seen, None for all.
    since
        Only lists of this day or later.
    partial
        Also days of which there is no full list: an account that is missing there may be overdue all the same.
    debtor_id
        Only this debtor's accounts, None for all.
    """
    query = sa.select(*(account_state.c[name] for name in TAKEN)).where(account_state.c.branch == branch)
    if debtor_id is not None:
        query = query.where(account_state.c.debtor_id == debtor_id)
    if reach is not None:
        query = query.where(account_state.c.debtor_id.in_(reach))
    if since is not None:
        query = query.where(account_state.c.as_of_on >= day(since))
    if not partial:
        full = sa.select(list_day.c.as_of_on).where(list_day.c.branch == branch, list_day.c.full_list, _stands())
        query = query.where(account_state.c.as_of_on.in_(full))
    order = (account_state.c.as_of_on, account_state.c.case_id, account_state.c.taken)
    found = frame(all_rows(connection, query.order_by(*order)), TAKEN)
    return conform(_valid(_standing(connection, branch, found), _full_from(connection, branch)), ACCOUNT_STATES)


def states_of(accounts: pd.DataFrame, regions: dict[str, str], list_on: date) -> pd.DataFrame:
    """Give the states (``ACCOUNT_STATES``) that a list says of its day.

    A row that is as of an earlier day is aged to the list's day, as if nothing had been paid in between: nothing was
    told of it. One that was not due yet stays so, as everywhere (``planner.value.early``).
    """
    checked = conform(accounts, ACCOUNTS)
    ahead = (checked["days_past_due"] <= 0) & (checked["due_on"] >= checked["as_of_on"])
    late = (pd.Timestamp(list_on) - checked["as_of_on"]).dt.days.fillna(0).astype("int64").mask(ahead, 0)
    return conform(
        checked.assign(
            region=checked["debtor_id"].map(regions).fillna(""),
            days_past_due=checked["days_past_due"] + late,
            as_of_on=pd.Series(np.full(len(checked), np.datetime64(list_on, "s")), index=checked.index),
        ),
        ACCOUNT_STATES,
    )


def save(
    connection: Connection,
    branch: str,
    states: pd.DataFrame,
    list_on: date,
    *,
    full: bool,
    batch_id: str,
    now: datetime,
) -> Kept:
    """Add what a list says of its day; a list that says nothing new adds nothing.

    Call it before the list changes the branch's accounts: a branch that has none takes its first list as full.

    Raises
    ------
    ValueError
        If a case stands on the list twice.
    """
    if states["case_id"].duplicated().any():
        raise ValueError("two rows for account_state have the same case_id")
    known = list_days(connection, branch)
    newest = newest_day(connection, branch)
    older = newest is not None and list_on < newest
    full = full or (not known and _has_no_accounts(connection, branch))
    before = next((one for one in known if one.as_of_on == list_on), None)
    # Lists whose import was taken back keep their number: their rows are there for good.
    this_day = (list_day.c.branch == branch, list_day.c.as_of_on == day(list_on))
    number = 1 + (connection.execute(sa.select(sa.func.max(list_day.c.taken)).where(*this_day)).scalar() or 0)
    values: Sequence[Sequence[Any]] = columns(states, ACCOUNT_STATES, number)
    if before is not None:
        new = list(zip(*values[:-1], strict=True))
        had = set(_on(connection, branch, list_on))
        same = set(new) == had if full else set(new) <= had
        if same and (before.full or not full):
            return Kept(list_on, older)
        if not full:
            values = list(zip(*((*row, number) for row in new if row not in had), strict=True))
    connection.execute(
        list_day.insert().values(
            branch=branch,
            as_of_on=day(list_on),
            taken=number,
            full_list=full,
            batch_id=batch_id,
            taken_at=instant(now),
        )
    )
    insert_columns(connection, account_state, list(TAKEN), values)
    return Kept(list_on, older)


def _on(connection: Connection, branch: str, list_on: date) -> Sequence[Row]:
    """Give what the lists of a day say of it, as rows of ``ACCOUNT_STATES``."""
    here = (account_state.c.branch == branch, account_state.c.as_of_on == day(list_on))
    lists = sa.select(sa.func.count()).where(list_day.c.branch == branch, list_day.c.as_of_on == day(list_on))
    if connection.execute(lists).scalar_one() == 1:  # and it stands, or nobody would ask
        return all_rows(connection, sa.select(*(account_state.c[name] for name in ACCOUNT_STATES)).where(*here))
    query = sa.select(*(account_state.c[name] for name in TAKEN)).where(*here)
    order = (account_state.c.case_id, account_state.c.taken)
    found = frame(all_rows(connection, query.order_by(*order)), TAKEN)
    valid = conform(_valid(_standing(connection, branch, found), _full_from(connection, branch)), ACCOUNT_STATES)
    return rows(valid, ACCOUNT_STATES)


def _stands() -> sa.ColumnElement[bool]:
    """Leave out lists whose import was taken back."""
    return list_day.c.batch_id.not_in(sa.select(import_undone.c.batch_id))


def _standing(connection: Connection, branch: str, found: pd.DataFrame) -> pd.DataFrame:
    """Leave out what lists said whose import was taken back."""
    query = sa.select(list_day.c.as_of_on, list_day.c.taken).where(list_day.c.branch == branch, sa.not_(_stands()))
    back = [(pd.Timestamp(row.as_of_on), row.taken) for row in connection.execute(query)]
    if not back:
        return found
    said = pd.MultiIndex.from_arrays([found["as_of_on"], found["taken"]])
    return found[~said.isin(back)]


def _full_from(connection: Connection, branch: str) -> dict[pd.Timestamp, int]:
    """Give, of the days with more than one list, from which list on its rows count."""
    query = sa.select(list_day.c.as_of_on, list_day.c.taken, list_day.c.full_list).where(
        list_day.c.branch == branch, _stands()
    )
    many_lists: dict[pd.Timestamp, int] = {}
    for row in connection.execute(query.order_by(list_day.c.taken)):
        if row.taken > 1:
            on = pd.Timestamp(row.as_of_on)
            many_lists[on] = row.taken if row.full_list else many_lists.get(on, 1)
    return many_lists


def _valid(found: pd.DataFrame, full_from: dict[pd.Timestamp, int]) -> pd.DataFrame:
    """Leave what the newest list says of each account and day; the rows come by day, case and list."""
    if not full_from:
        return found
    first = found["as_of_on"].map(full_from).fillna(1)
    counted = found[found["taken"] >= first]
    return counted.drop_duplicates(["as_of_on", "case_id"], keep="last")


def _has_no_accounts(connection: Connection, branch: str) -> bool:
    here = (account.c.branch == branch, account.c.closed_at.is_(None))
    return connection.execute(sa.select(account.c.case_id).where(*here).limit(1)).first() is None
