"""Rows that are only ever added, with ids made by the client, so that sending them again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.access import NotAllowed, own_rows
from planner.store.frames import frame, rows
from planner.store.merge import add_missing, all_rows
from planner.store.schema import debtor
from planner.tables import Schema

Reach = sa.Select[tuple[str]] | None
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Added:
    """What a call did, by id: new rows, those known already, and of these the ones with other contents (kept as is)."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    differing: tuple[str, ...]


def read(connection: Connection, table: sa.Table, schema: Schema, branch: str, reach: Reach, by: str) -> pd.DataFrame:
    """Give a branch's rows in the order of a time column and their id, of the debtors within reach."""
    query = sa.select(*(table.c[name] for name in schema)).where(table.c.branch == branch)
    if reach is not None:
        query = query.where(table.c.debtor_id.in_(reach))
    (key,) = (column for column in table.primary_key.columns if column.name != "branch")
    return frame(all_rows(connection, query.order_by(table.c[by], key)), schema)


def sorted_out(
    connection: Connection,
    table: sa.Table,
    schema: Schema,
    branch: str,
    given: pd.DataFrame,
    *,
    unsaid: Collection[str],
) -> tuple[list[Row], Added]:
    """Give the rows that are not known yet, and what is to be said of all of them.

    Parameters
    ----------
    unsaid
        Columns that a resend may carry with other values and be the same row still.

    Raises
    ------
    ValueError
        If a row has no id, or two different ones have the same.
    NotAllowed
        If a row belongs to another branch.
    """
    names = list(schema)
    (key,) = (column.name for column in table.primary_key.columns if column.name != "branch")
    found = rows(given, schema)
    own_rows(branch, (str(row[names.index("branch")]) for row in found))
    said = [k for k, name in enumerate(names) if name not in unsaid]
    new: dict[str, Row] = {}
    for row in found:
        one = str(row[names.index(key)])
        if not one:
            raise ValueError(f"a row for {table.name} needs an id of its own, made where it was written")
        if one in new and any(new[one][k] != row[k] for k in said):
            raise ValueError(f"two different rows for {table.name} have the id {one!r}")
        new.setdefault(one, tuple(row))
    old: dict[str, Row] = {}
    ids = list(new)
    for start in range(0, len(ids), 500):  # databases limit the number of values in one query
        query = sa.select(*(table.c[name] for name in names)).where(
            table.c.branch == branch, table.c[key].in_(ids[start : start + 500])
        )
        old |= {str(row[names.index(key)]): tuple(row) for row in connection.execute(query)}
    missing = [row for one, row in new.items() if one not in old]
    differing = [one for one, row in old.items() if any(new[one][k] != row[k] for k in said)]
    return missing, Added(tuple(sorted(set(new) - set(old))), tuple(sorted(old)), tuple(sorted(differing)))


def append(connection: Connection, table: sa.Table, schema: Schema, found: Sequence[Row]) -> None:
    """Add rows."""
    add_missing(connection, table, list(schema), found)


def require_debtors(connection: Connection, branch: str, ids: Collection[str], reach: Reach) -> None:
    """Refuse debtors whom the branch does not have, or who are out of reach.

    Raises
    ------
    ValueError
        If the branch has no such debtor.
    NotAllowed
        If the principal may not see one of them.
    """
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), 500):
        some = ordered[start : start + 500]
        query = sa.select(debtor.c.debtor_id).where(debtor.c.branch == branch, debtor.c.debtor_id.in_(some))
        strangers = sorted(set(some) - set(connection.execute(query).scalars()))
        if strangers:
            raise ValueError(f"branch {branch!r} has no debtor {strangers[0]!r}")
        if reach is not None:
            near = set(connection.execute(query.where(debtor.c.debtor_id.in_(reach))).scalars())
            if len(near) < len(some):
                raise NotAllowed("this debtor is no stop of the crew")
