"""What a list does not speak of stays as an earlier one left it.

A column that a list does not have says nothing. An empty cell of a column that it has says that there is nothing. Where
an address was asked of somebody who did not answer, nothing was learnt, and the better position that is known stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store import overdue
from planner.store.frames import frame, rows
from planner.store.merge import all_rows
from planner.tables import TEXT, Unsaid

#: of a place, what coordinates of a file say
_POSITION = ("lon", "lat", "accuracy_m", "source_datum", "source_lon", "source_lat")


def filled(
    connection: Connection, branch: str, given: Mapping[str, pd.DataFrame], unsaid: Unsaid
) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """Give a list's tables with what is known where the list says nothing, and the columns where that matters.

    Those are columns of the tables, of positions ``lon`` with the kind of place before it: ``home_lon``.
    """
    lists = dict(given)
    kept: set[str] = set()
    for name, columns in unsaid.columns.items():
        if columns and name in lists and len(lists[name]):
            lists[name], different = _with_known(connection, branch, name, lists[name], sorted(columns))
            kept |= different
    if unsaid.positions and "places" in lists and len(lists["places"]):
        lists["places"], different = _with_positions(connection, branch, lists["places"], unsaid.positions)
        kept |= different
    if unsaid.unanswered and "places" in lists and len(lists["places"]):
        lists = _with_answers(connection, branch, lists, unsaid.unanswered)
    return lists, frozenset(kept)


def _with_answers(
    connection: Connection, branch: str, lists: Mapping[str, pd.DataFrame], silent: frozenset[str]
) -> dict[str, pd.DataFrame]:
    """Keep positions, and the districts of their debtors, for which nobody answered this time."""
    lists, places = dict(lists), lists["places"].copy()
    schema = overdue.SCHEMAS["places"][0].c
    known, at = _known(connection, branch, "places", places, _POSITION, [schema.lon.is_not(None)])
    asked = places["place_id"].isin(silent).to_numpy()
    if (asked & (at >= 0)).any():
        was_m = known["accuracy_m"].fillna(np.inf).to_numpy()[at]
        now_m = places["accuracy_m"].fillna(np.inf).to_numpy()
        found = np.flatnonzero(asked & (at >= 0) & (places["lon"].isna().to_numpy() | (was_m < now_m)))
        for column in _POSITION:
            places.loc[places.index[found], column] = known[column].iloc[at[found]].to_numpy()
        lists["places"] = places
    if "debtors" in lists:
        debtors = lists["debtors"].copy()
        theirs = debtors["debtor_id"].isin(places.loc[asked, "debtor_id"]).to_numpy()
        here = overdue.SCHEMAS["debtors"][0].c
        known, at = _known(connection, branch, "debtors", debtors, ["region"], [here.region != ""])
        found = np.flatnonzero(theirs & (at >= 0) & (debtors["region"] == "").to_numpy())
        debtors.loc[debtors.index[found], "region"] = known["region"].iloc[at[found]].to_numpy()
        lists["debtors"] = debtors
    return lists


def _with_known(
    connection: Connection, branch: str, name: str, table: pd.DataFrame, columns: Sequence[str]
) -> tuple[pd.DataFrame, set[str]]:
    known, at = _known(connection, branch, name, table, columns, _otherwise(name, table, columns))
    there = at >= 0
    kept: set[str] = set()
    if there.any():
        table = table.copy()
        for column in columns:
            was = known[column].iloc[at[there]].set_axis(table.index[there])
            said = table.loc[there, column]
            if not (same := (said == was) | (said.isna() & was.isna())).all():
                kept.add(column)
                table.loc[was.index[~same], column] = was[~same]
    return table, kept


def _with_positions(
    connection: Connection, branch: str, places: pd.DataFrame, kinds: frozenset[str]
) -> tuple[pd.DataFrame, set[str]]:
    """Keep positions that an earlier list gave by coordinates: an address alone says less than they do."""
    given_once = [overdue.SCHEMAS["places"][0].c.source_lon.is_not(None)]
    known, at = _known(connection, branch, "places", places, _POSITION, given_once)
    if known.empty:
        return places, set()
    given = known["source_lon"].notna().to_numpy()[at] & (at >= 0)
    found = np.flatnonzero(given & places["kind"].isin(kinds).to_numpy() & places["source_lon"].isna().to_numpy())
    if not len(found):
        return places, set()
    places = places.copy()
    for column in _POSITION:
        places.loc[places.index[found], column] = known[column].iloc[at[found]].to_numpy()
    return places, {f"{kind}_lon" for kind in places["kind"].iloc[found].unique()}


def _known(
    connection: Connection,
    branch: str,
    name: str,
    table: pd.DataFrame,
    columns: Sequence[str],
    only: Sequence[sa.ColumnElement[bool]],
) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Give what is known of the rows for which one of ``only`` holds, and which of them is each row of the table's.

    -1 stands for none.
    """
    target, schema = overdue.SCHEMAS[name]
    (key,) = (column.name for column in target.primary_key.columns if column.name != "branch")
    query = sa.select(target.c[key], *(target.c[one] for one in columns)).where(
        target.c.branch == branch, sa.or_(sa.false(), *only)
    )
    known = frame(all_rows(connection, query), {key: TEXT, **{one: schema[one] for one in columns}})
    at: np.ndarray[Any, Any] = np.full(len(table), -1)
    if len(known):
        at = pd.Index(known[key]).get_indexer(table[key])
    return known, at


def _otherwise(name: str, table: pd.DataFrame, columns: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """Say of which rows something else is known than the list would say: of a list like the one before, of none."""
    target, schema = overdue.SCHEMAS[name]
    alike = [one for one in columns if table[one].nunique(dropna=False) == 1]
    if len(alike) < len(columns):
        return [sa.true()]
    (said,) = rows(table.iloc[:1], {one: schema[one] for one in columns})
    return [target.c[one].is_distinct_from(value) for one, value in zip(columns, said, strict=True)]
