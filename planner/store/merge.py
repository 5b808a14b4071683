"""Rows into a table of the database: new ones added, different ones changed, equal ones left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Merged:
    """What a merge did, by key within the branch."""

    added: frozenset[Key]
    changed: frozenset[Key]
    unchanged: frozenset[Key]


def merge(
    connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Key], *, within: Mapping[str, str]
) -> Merged:
    """Bring rows into a table.

    Parameters
    ----------
    columns
        Names of the rows' columns; they contain the whole primary key.
    within
        Values that pick the part of the table the rows belong to, for example ``{"branch": "YX01"}``.

    Raises
    ------
    ValueError
        If two of the rows have the same key.
    """
    keys = [column.name for column in table.primary_key.columns if column.name not in within]
    at = [columns.index(name) for name in keys]
    new = {tuple(row[i] for i in at): row for row in rows}
    if len(new) != len(rows):
        raise ValueError(f"two rows for {table.name} have the same {', '.join(keys)}")
    here = [table.c[name] == value for name, value in within.items()]
    known = {
        tuple(row[i] for i in at): tuple(row)
        for row in connection.execute(sa.select(*(table.c[name] for name in columns)).where(*here))
    }
    added = [key for key in new if key not in known]
    changed = [key for key in new if key in known and known[key] != tuple(new[key])]
    if added:
        connection.execute(table.insert(), [dict(zip(columns, new[key], strict=True)) for key in added])
    if changed:
        rest = [name for name in columns if name not in keys and name not in within]
        found = [table.c[name] == sa.bindparam(f"key_{name}") for name in keys]
        change = table.update().where(*here, *found).values({name: sa.bindparam(f"new_{name}") for name in rest})
        connection.execute(change, [_renamed(columns, new[key], keys, rest) for key in changed])
    return Merged(frozenset(added), frozenset(changed), frozenset(new) - set(added) - set(changed))


def _renamed(columns: Sequence[str], row: Key, keys: Sequence[str], rest: Sequence[str]) -> dict[str, Any]:
    named = dict(zip(columns, row, strict=True))
    return {f"key_{name}": named[name] for name in keys} | {f"new_{name}": named[name] for name in rest}


def add_missing(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Key]) -> None:
    """Add the rows whose key is not there yet, and leave the others alone."""
    if not rows:
        return
    insert = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    connection.execute(insert.on_conflict_do_nothing(), [dict(zip(columns, row, strict=True)) for row in rows])
