"""The overdue list as stored: debtors, accounts, places, contact cards, holds and accommodations."""

from __future__ import annotations

from operator import eq
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner import tables
from planner.store import schema as database
from planner.store.access import own_rows
from planner.store.frames import columns, frame
from planner.store.merge import Compared, Merged, all_rows, change, compared, insert_columns, write
from planner.tables import conform

Reach = sa.Select[tuple[str]] | None

SCHEMAS: dict[str, tuple[sa.Table, tables.Schema]] = {
    "debtors": (database.debtor, tables.DEBTORS),
    "accounts": (database.account, tables.ACCOUNTS),
    "places": (database.place, tables.PLACES),
    "contacts": (database.contact, tables.CONTACTS),
    "addresses": (database.address, tables.ADDRESSES),
    "holds": (database.hold, tables.HOLDS),
    "accommodations": (database.accommodation, tables.ACCOMMODATIONS),
}


def read(connection: Connection, name: str, branch: str, reach: Reach, *, closed: bool) -> pd.DataFrame:
    """Give one of the tables for a branch, ordered by its key.

    Parameters
    ----------
    reach
        Query for the debtors that may be seen, None for all.
    closed
        Whether to give also what a newer list no longer names: closed accounts and places, and debtors without an
        open account. Holds and accommodations are always given.
    """
    table, schema = SCHEMAS[name]
    query = sa.select(*(table.c[column] for column in schema)).where(table.c.branch == branch)
    if reach is not None:
        query = query.where(table.c.debtor_id.in_(reach))
    if not closed:
        query = query.where(*_open(table, branch))
    found = all_rows(connection, query.order_by(*table.primary_key.columns))
    return frame(found, schema)


def owing(connection: Connection, branch: str) -> set[str]:
    """Give the debtors of a branch with an open account that is overdue."""
    account = database.account
    overdue = sa.or_(account.c.days_past_due > 0, account.c.overdue_minor > 0)
    query = sa.select(account.c.debtor_id).distinct()
    query = query.where(account.c.branch == branch, account.c.closed_at.is_(None), overdue)
    return set(connection.execute(query).scalars())


def _open(table: sa.Table, branch: str) -> list[sa.ColumnElement[bool]]:
    """Give what is asked of a branch's rows so that a newer list still names them.

    What the rows are compared with is looked up once and not for each row. PostgreSQL, as long as it has not counted a
    new table, would go through the branch for each of its rows; and once it has, through the whole bank for a branch.
    """
    if table.name in ("hold", "accommodation"):
        return []
    account, place = database.account, database.place
    theirs = sa.select(account.c.debtor_id).where(account.c.branch == branch)
    if table.name == "account":
        return [account.c.closed_at.is_(None)]
    owing = table.c.debtor_id.in_(theirs.where(account.c.closed_at.is_(None)))
    owes = sa.or_(table.c.debtor_id.not_in(theirs), owing)
    if table.name == "place":
        return [owes, place.c.closed_at.is_(None)]
    if table.name == "address":
        shut = sa.select(place.c.place_id).where(place.c.branch == branch, place.c.closed_at.is_not(None))
        return [owes, table.c.place_id.not_in(shut)]
    return [owes]


def compare(connection: Connection, name: str, branch: str, table: pd.DataFrame) -> Compared:
    """Say what bringing a table of one branch into the database would do; nothing is written.

    Raises
    ------
    ValueError
        If the table does not conform or repeats a key.
    NotAllowed
        If a row belongs to another branch.
    """
    target, schema = SCHEMAS[name]
    own_rows(branch, map(str, table["branch"].unique()))
    opened = _opened(target)
    # In the order of the keys, as the rows of the list before lie in the table.
    values = columns(_sorted(conform(table, schema), key_of(target).name), schema, *opened.values())
    return compared(connection, target, (*schema, *opened), values, within={"branch": branch})


def save(connection: Connection, name: str, branch: str, table: pd.DataFrame) -> Merged:
    """Bring a table of one branch into the database, row by key; raises as ``compare`` does.

    Raises
    ------
    ValueError
        If it names a debtor or place that the branch does not have.
    """
    target, _schema = SCHEMAS[name]
    known = connection.execute(sa.select(target.c.branch).where(target.c.branch == branch).limit(1)).first()
    try:
        if known is None:
            return _first(connection, name, branch, table)
        return write(connection, compare(connection, name, branch, table))
    except sa.exc.IntegrityError as error:
        raise ValueError(f"{name} of branch {branch!r} name a debtor or place that the branch does not have") from error


def _first(connection: Connection, name: str, branch: str, table: pd.DataFrame) -> Merged:
    """Add a table to a branch that has nothing of the kind, so that there is nothing to compare it with."""
    target, schema = SCHEMAS[name]
    own_rows(branch, map(str, table["branch"].unique()))
    opened, key = _opened(target), key_of(target).name
    # In the order of their keys: at the end of an index, instead of anywhere in it.
    values = columns(_sorted(conform(table, schema), key), schema, *opened.values())
    keys = values[list(schema).index(key)]
    if any(map(eq, keys, keys[1:])):
        raise ValueError(f"two rows for {target.name} have the same {key}")
    insert_columns(connection, target, (*schema, *opened), values)
    return Merged(keys, [], 0, 0)


def _sorted(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Order rows by a key; a list's cases mostly come in their order."""
    return table if table[key].is_monotonic_increasing else table.sort_values(key)


def _opened(table: sa.Table) -> dict[str, None]:
    """Give what is set beside the list's columns: who is named again is open again."""
    return {"closed_at": None} if "closed_at" in table.c else {}


def key_of(table: sa.Table) -> sa.Column[Any]:
    """Give the column that is a row's key within the branch."""
    (key,) = (column for column in table.primary_key.columns if column.name != "branch")
    return key


def close(connection: Connection, table: sa.Table, branch: str, ids: list[Any], at: str) -> None:
    """Mark rows as no longer named by the newest list; they stay readable."""
    change(connection, table, ("branch", key_of(table).name), ("closed_at",), [(branch, one, at) for one in ids])
