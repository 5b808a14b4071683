"""Rows into a table of the database: new ones added, different ones changed, equal ones left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import ne
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.sql.compiler import SQLCompiler

from planner.store import postgres

Row = tuple[Any, ...]
#: a row's key within the branch: the value itself where one column is the key, else a tuple
Key = Any
#: so many values go into one statement of SQLite, whose older versions take 999
MOST_VALUES = 960
#: rows that differ in the same columns are changed by one statement, unless there are more kinds of them than this
MOST_GROUPS = 20


@dataclass(frozen=True)
class Merged:
    """What a merge did, by key within the branch.

    Attributes
    ----------
    added, changed
        In the order of the keys.
    unchanged, left
        How many rows were there already as given, and how many are there that were not given.
    were
        The columns that changed, before and after.
    """

    added: Sequence[Key]
    changed: Sequence[Key]
    unchanged: int
    left: int
    were: Mapping[Key, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)


def merge(
    connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Row], *, within: Mapping[str, str]
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
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return write(connection, compared(connection, table, columns, values, within=within))


@dataclass(frozen=True)
class Compared:
    """Rows beside what is stored, both column by column: most columns of a later list are as they were.

    Attributes
    ----------
    values
        The rows' values, one sequence a column.
    new
        The places of rows that are not there yet, in the order of their keys.
    differing
        The columns that differ, by their places → the places of the rows that differ in just these.
    """

    table: sa.Table
    columns: Sequence[str]
    within: Mapping[str, str]
    values: Sequence[Sequence[Any]]
    new: Sequence[int]
    merged: Merged
    differing: Mapping[tuple[int, ...], Sequence[int]]


def compared(
    connection: Connection,
    table: sa.Table,
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    *,
    within: Mapping[str, str],
) -> Compared:
    """Say what ``merge`` would do with rows that are given column by column; nothing is written."""
    keys = [column.name for column in table.primary_key.columns if column.name not in within]
    mine = _keys(columns, values, keys)
    here = [table.c[name] == value for name, value in within.items()]
    query = sa.select(*(table.c[name] for name in columns)).where(*here)
    # In the order in which a list comes; left to itself, SQLite would go through the rows by another index.
    known = all_columns(connection, query.order_by(*(table.c[name] for name in keys)))
    theirs = _keys(columns, known, keys)
    place = dict(zip(mine, range(len(mine)), strict=True))
    if len(place) != len(mine):
        raise ValueError(f"two rows for {table.name} have the same {', '.join(keys)}")
    new: Sequence[int] = ()
    mine_at: Sequence[int] = range(len(mine))
    their_at: Sequence[int] = mine_at
    if mine != theirs:  # else it is a list like the one before: each row beside the one that is there
        there = set(theirs)
        # In the order of their keys: at the end of an index, instead of anywhere in it.
        new = [place[key] for key in sorted(key for key in mine if key not in there)]
        mine_at = [place[key] for key in theirs if key in place]
        their_at = [k for k, key in enumerate(theirs) if key in place]
    were: dict[Key, Mapping[str, tuple[Any, Any]]] = {}
    differing: dict[tuple[int, ...], list[int]] = {}
    for places, at in _unlike(values, known, mine_at, their_at).items():
        differing[places] = ours = _picked(mine_at, at)
        theirs_too = _picked(their_at, at)
        pairs = (zip(_picked(known[c], theirs_too), _picked(values[c], ours), strict=True) for c in places)
        names = [columns[c] for c in places]
        for key, *both in zip(_picked(mine, ours), *pairs, strict=True):
            were[key] = dict(zip(names, both, strict=True))
    same = len(mine_at) - len(were)
    merged = Merged(_picked(mine, new), sorted(were), same, len(theirs) - len(mine_at), were)
    return Compared(table, columns, within, values, new, merged, differing)


def _keys(columns: Sequence[str], values: Sequence[Sequence[Any]], keys: Sequence[str]) -> list[Key]:
    """Give each row's key; () where there can be one row only."""
    if not keys:
        return [()] * len(values[0])
    if len(keys) == 1:
        return list(values[columns.index(keys[0])])
    return list(zip(*(values[columns.index(name)] for name in keys), strict=True))


def _unlike(
    values: Sequence[Sequence[Any]], known: Sequence[Sequence[Any]], mine_at: Sequence[int], their_at: Sequence[int]
) -> dict[tuple[int, ...], list[int]]:
    """Give the pairs of rows that are not alike, by the columns in which they differ."""
    kinds = np.zeros(len(mine_at), np.int64)  # one bit a column
    for c, (now, was) in enumerate(zip(values, known, strict=True)):
        ours, theirs = _picked(now, mine_at), _picked(was, their_at)
        if ours != theirs:
            kinds |= np.fromiter(map(ne, ours, theirs), np.int64, len(ours)) << c
    return {
        tuple(c for c in range(len(values)) if kind >> c & 1): np.flatnonzero(kinds == kind).tolist()
        for kind in np.unique(kinds[kinds != 0]).tolist()
    }


def _picked(values: Sequence[Any], at: Sequence[int]) -> list[Any]:
    """Give the values at some places; a range is all of them."""
    return list(values) if isinstance(at, range) else list(map(values.__getitem__, at))


def write(connection: Connection, one: Compared) -> Merged:
    """Add what is new, and change what differs: only the columns that do, so that no other index is written."""
    if one.new:
        insert_columns(connection, one.table, one.columns, [_picked(column, one.new) for column in one.values])
    keys = [column.name for column in one.table.primary_key.columns if column.name not in one.within]
    groups = one.differing
    if len(groups) > MOST_GROUPS:
        every = tuple(sorted({c for places in groups for c in places}))
        groups = {every: [n for some in groups.values() for n in some]}
    for places, at in groups.items():
        # The values that pick the part of the table, the key, and what is new.
        picked = [*(one.columns.index(name) for name in keys), *places]
        values = [*([value] * len(at) for value in one.within.values()), *(_picked(one.values[c], at) for c in picked)]
        change_columns(connection, one.table, (*one.within, *keys), [one.columns[c] for c in places], values)
    return one.merged


def add_missing(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Add the rows whose key is not there yet, and leave the others alone."""
    values = list(zip(*rows, strict=True))
    if connection.dialect.name == "postgresql":
        postgres.insert(connection, table, columns, values, missing=True)
    else:
        _insert(connection, sqlite.insert(table).on_conflict_do_nothing(), columns, values)


def insert_columns(
    connection: Connection, table: sa.Table, columns: Sequence[str], values: Sequence[Sequence[Any]]
) -> None:
    """Add rows, none of which is there yet, given column by column."""
    if connection.dialect.name == "postgresql":
        postgres.insert(connection, table, columns, values, missing=False)
        return
    _insert(connection, table.insert(), columns, values)


def _insert(
    connection: Connection, statement: sa.Insert, names: Sequence[str], values: Sequence[Sequence[Any]]
) -> None:
    """Add rows to SQLite, given column by column, many with one statement."""
    rows = len(values[0]) if values else 0
    if not rows:
        return
    sql, order = _positions(connection, statement, names)
    given = [values[names.index(name)] for name in order]
    # What is the same in all rows is given once a statement: so it is with most columns of a list.
    alike = [rows > 1 and column.count(column[0]) == rows for column in given]
    if all(alike):  # the same row again and again
        alike[0] = False
    once = [column[0] for column, same in zip(given, alike, strict=True) if same]
    own = [column for column, same in zip(given, alike, strict=True) if not same]
    flat: list[Any] = [None] * (rows * len(own))
    for k, column in enumerate(own):
        flat[k :: len(own)] = column
    step = (MOST_VALUES - len(once)) // len(own) * len(own)
    parts = [(*once, *flat[k : k + step]) for k in range(0, len(flat), step)]
    for some in (parts[:-1], parts[-1:]):  # the last one is shorter
        if some:
            numbered = _numbered(alike, (len(some[0]) - len(once)) // len(own))
            connection.exec_driver_sql(sql.replace(f"({', '.join('?' * len(order))})", numbered), some)


def _numbered(alike: Sequence[bool], rows: int) -> str:
    """Write so many rows of values by their numbers: first those that are alike in all rows, then each row's own.

    >>> _numbered([True, False, False], 2)
    '(?1, ?2, ?3), (?1, ?4, ?5)'
    """
    one, own = count(1), count(sum(alike) + 1)
    fixed = [next(one) if same else 0 for same in alike]
    return ", ".join(f"({', '.join(f'?{number or next(own)}' for number in fixed)})" for _ in range(rows))


def change(
    connection: Connection, table: sa.Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Change columns of the rows with these keys; each of ``rows`` has the keys first, then the new values."""
    if rows:
        change_columns(connection, table, keys, columns, list(zip(*rows, strict=True)))


def change_columns(
    connection: Connection,
    table: sa.Table,
    keys: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
) -> None:
    """Change columns of the rows with these keys; given are, column by column, the keys and then the new values."""
    if connection.dialect.name == "postgresql":
        postgres.change(connection, table, keys, columns, values)
        return
    found = [table.c[name] == sa.bindparam(f"key_{name}") for name in keys]
    statement = table.update().where(*found).values({name: sa.bindparam(f"new_{name}") for name in columns})
    names = [*(f"key_{name}" for name in keys), *(f"new_{name}" for name in columns)]
    sql, order = _positions(connection, statement, names)
    connection.exec_driver_sql(sql, list(zip(*(values[names.index(name)] for name in order), strict=True)))


def all_rows(connection: Connection, query: sa.Select[Any]) -> Sequence[Row]:
    """Give all rows of a query, in its order, as plain tuples."""
    if connection.dialect.name == "postgresql":
        return list(zip(*postgres.fetched(connection, query), strict=True))
    # The driver's own tuples: SQLAlchemy's rows of half a million of them take longer than reading them. What is kept
    # in SQLite is as it is read, but for truth, which is 0 or 1 there.
    found: Sequence[Row] = connection.execute(query).cursor.fetchall()
    truths = [k for k, column in enumerate(query.selected_columns) if isinstance(column.type, sa.Boolean)]
    if not truths:
        return found
    return [tuple(bool(value) if k in truths else value for k, value in enumerate(row)) for row in found]


def all_columns(connection: Connection, query: sa.Select[Any]) -> Sequence[Sequence[Any]]:
    """Give the values of a query column by column, its rows in their order."""
    if connection.dialect.name == "postgresql":
        return postgres.fetched(connection, query)
    return list(zip(*all_rows(connection, query), strict=True)) or [()] * len(query.selected_columns)


def _positions(connection: Connection, statement: sa.Insert | sa.Update, names: Sequence[str]) -> tuple[str, list[str]]:
    """Give a statement as SQLite takes it, and the names of its values in their order."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)
    return str(compiled), list(compiled.positiontup or ())
