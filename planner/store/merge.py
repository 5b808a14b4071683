"""Rows into a table of the database: new ones added, different ones changed, equal ones left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
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
    many(connection, table.insert(), columns, [new[key] for key in added])
    rest = [k for k, name in enumerate(columns) if name not in keys and name not in within]
    if rest:
        found = [table.c[name] == sa.bindparam(f"key_{name}") for name in (*within, *keys)]
        change = table.update().where(*found).values({columns[k]: sa.bindparam(f"new_{columns[k]}") for k in rest})
        names = [f"key_{name}" for name in (*within, *keys)] + [f"new_{columns[k]}" for k in rest]
        place = tuple(within.values())
        many(connection, change, names, [(*place, *key, *(new[key][k] for k in rest)) for key in changed])
    return Merged(frozenset(added), frozenset(changed), frozenset(new) - set(added) - set(changed))


def add_missing(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Key]) -> None:
    """Add the rows whose key is not there yet, and leave the others alone."""
    insert = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    many(connection, insert.on_conflict_do_nothing(), columns, rows)


def many(connection: Connection, statement: sa.Insert | sa.Update, names: Sequence[str], rows: Sequence[Key]) -> None:
    """Run a statement once for each row of values.

    Where the driver takes values by position they go to it as they are: naming each of half a million rows costs
    twice as much as writing them.
    """
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(names))
    order = getattr(compiled, "positiontup", None)
    if order is None:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
        return
    values = rows if order == list(names) else list(map(itemgetter(*(names.index(name) for name in order)), rows))
    connection.exec_driver_sql(str(compiled), list(values))
