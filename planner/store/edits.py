"""Single values of debtors and accounts that people corrected, and how an import leaves them alone.

A correction is written where the value is read, and remembered beside it. A list that says otherwise later does not
undo it: the person's word is kept, and what the list says now is remembered too, until somebody decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Group, Occupation, Principal
from planner.store.frames import frame, instant
from planner.store.merge import add_missing, all_rows, change
from planner.store.schema import account, debtor, survey_edit
from planner.tables import ALL_SAID, EDITS, Unsaid

PERSON, LIST, RELEASED = "person", "list", "released"
#: what may be corrected, with the values that are known; None: words separated by blanks
FIELDS: Mapping[str, Mapping[str, frozenset[str] | None]] = {
    "debtor": {
        "group": frozenset(one.value for one in Group) | {""},
        "occupation": frozenset(one.value for one in Occupation),
        "agency": frozenset({"", "in_house", "agency", "joint"}),
        "needs": None,
    },
    "account": {
        "product": frozenset({"business_loan", "consumer_loan", "card", "mortgage", "auto_loan", "other"}),
        "collateral": frozenset({"none", "dwelling", "shop", "vehicle", "machinery", "land", "other"}),
    },
}
_TABLES = {"debtor": (debtor, "debtor_id", "debtors"), "account": (account, "case_id", "accounts")}
Cell = tuple[str, str, str]  # subject, subject_id, field


@dataclass(frozen=True)
class EditResult:
    """What a call changed: the batch, the edits (``tables.EDITS``), and the cells it left alone because they differ."""

    batch_id: str
    edits: pd.DataFrame
    skipped: tuple[Cell, ...] = ()


def read(connection: Connection, branch: str) -> pd.DataFrame:
    """Give every edit of a branch, oldest first."""
    query = sa.select(*(survey_edit.c[name] for name in EDITS)).where(survey_edit.c.branch == branch)
    return frame(all_rows(connection, query.order_by(survey_edit.c.made_at, survey_edit.c.edit_id)), EDITS)


def save(
    connection: Connection,
    principal: Principal,
    branch: str,
    wanted: Sequence[tuple[str, str, str, str]],
    *,
    batch_id: str,
    now: datetime,
) -> EditResult:
    """Set values: subject, id, field, value. What has that value already is left as it is.

    Raises
    ------
    ValueError
        If a field may not be edited, a value is unknown or said twice, or the branch has no such debtor or account.
    """
    if len({one[:3] for one in wanted}) < len(set(wanted)):
        raise ValueError("two different values for the same field of one debtor or account")
    for subject, _one, field, value in wanted:
        if field not in FIELDS.get(subject, {}):
            raise ValueError(f"{subject} {field} is not edited here")
        words = FIELDS[subject][field]
        if words is not None and value not in words:
            raise ValueError(f"{field} {value!r} is none of {', '.join(sorted(words))}")
    before = read(connection, branch)
    if (before["batch_id"] == batch_id).any():  # sent again
        return EditResult(batch_id, before[before["batch_id"] == batch_id].reset_index(drop=True))
    now_there = _values(connection, branch, [(s, i, f) for s, i, f, _ in wanted])
    made = [
        (*cell, now_there[cell], value, PERSON)
        for *key, value in dict.fromkeys(wanted)
        if now_there[cell := (key[0], key[1], key[2])] != value
    ]
    return EditResult(batch_id, _write(connection, principal.name, branch, made, batch_id, now))


def undo(connection: Connection, principal: Principal, branch: str, batch_id: str, *, now: datetime) -> EditResult:
    """Take back a batch; a value that somebody changed since is left alone.

    Raises
    ------
    ValueError
        If there is no such batch.
    """
    every = read(connection, branch)
    mine = every[(every["batch_id"] == batch_id) & (every["source"] != LIST)]
    if mine.empty:
        raise ValueError(f"there is no edit {batch_id!r} to take back")
    began = mine["made_at"].iloc[0]
    cells = [_cell(row) for row in mine.to_dict("records")]
    there, owned = _values(connection, branch, cells), protected(every[every["made_at"] < began])
    # Before the first correction the list decided, and it may have said something new in between.
    since = every[(every["source"] == LIST) & (every["made_at"] >= began)]
    lists = {_cell(row): row["now"] for row in since.to_dict("records")}
    made, skipped = [], []
    for row in mine.to_dict("records"):
        cell = _cell(row)
        if there[cell] != row["now"]:
            skipped.append(cell)
            continue
        source = PERSON if cell in owned else RELEASED
        made.append((*cell, row["now"], row["was"] if source == PERSON else lists.get(cell, row["was"]), source))
    batch = str(uuid4())
    return EditResult(batch, _write(connection, principal.name, branch, made, batch, now), tuple(skipped))


def kept(
    connection: Connection, branch: str, given: Mapping[str, pd.DataFrame], at: str | None, unsaid: Unsaid = ALL_SAID
) -> dict[str, pd.DataFrame]:
    """Give an import's tables with people's corrections in them, and remember what the list says instead.

    ``at`` is the time of the import; None only looks.
    """
    tables = dict(given)
    every = read(connection, branch)
    if every.empty:
        return tables
    owned = protected(every)
    told = last_told(every)
    news: list[tuple[Any, ...]] = []
    for subject, (_table, key, name) in _TABLES.items():
        mine = {cell[1:]: value for cell, value in owned.items() if cell[0] == subject}
        if name not in tables or not mine:
            continue
        table = tables[name].copy()
        at_row = {one: k for k, one in enumerate(table[key].tolist())}
        for (one, field), value in mine.items():
            if one not in at_row:
                continue
            row = table.index[at_row[one]]
            says = str(table.at[row, field])
            silent = field in unsaid.columns.get(name, ())
            # It is news even where the list has come round to the person's word.
            if not silent and says != told.get((subject, one, field)):
                news.append((str(uuid4()), "", branch, subject, one, field, value, says, LIST, at, LIST))
            table.at[row, field] = value
        tables[name] = table
    if at is not None:
        add_missing(connection, survey_edit, list(EDITS), news)
    return tables


def protected(every: pd.DataFrame) -> dict[Cell, str]:
    """Give the cells in which a person's word counts, with it."""
    last = every[every["source"] != LIST].drop_duplicates(["subject", "subject_id", "field"], keep="last")
    return {_cell(row): row["now"] for row in last.to_dict("records") if row["source"] == PERSON}


def last_told(every: pd.DataFrame) -> dict[Cell, str]:
    """Give what the list said last of each cell that a person corrected."""
    told: dict[Cell, str] = {}
    for row in every.to_dict("records"):
        if row["source"] == LIST:
            told[_cell(row)] = str(row["now"])
        elif row["source"] == PERSON:
            told.setdefault(_cell(row), str(row["was"]))
        else:
            told.pop(_cell(row), None)
    return told


def _cell(row: Any) -> Cell:
    return str(row["subject"]), str(row["subject_id"]), str(row["field"])


def _values(connection: Connection, branch: str, cells: Sequence[Cell]) -> dict[Cell, str]:
    found: dict[Cell, str] = {}
    for subject, (table, key, _name) in _TABLES.items():
        fields = list(FIELDS[subject])
        ids = sorted({one for s, one, _ in cells if s == subject})
        for start in range(0, len(ids), 500):
            query = sa.select(table.c[key], *(table.c[field] for field in fields)).where(
                table.c.branch == branch, table.c[key].in_(ids[start : start + 500])
            )
            for row in connection.execute(query):
                found |= {(subject, row[0], field): row[k + 1] for k, field in enumerate(fields)}
    missing = [cell for cell in cells if cell not in found]
    if missing:
        raise ValueError(f"branch {branch!r} has no {missing[0][0]} {missing[0][1]!r}")
    return found


def _write(
    connection: Connection, who: str, branch: str, made: Sequence[tuple[Any, ...]], batch_id: str, now: datetime
) -> pd.DataFrame:
    rows = [(str(uuid4()), batch_id, branch, *one, instant(now), who) for one in made]
    add_missing(connection, survey_edit, list(EDITS), rows)
    for subject, (table, key, _name) in _TABLES.items():
        for field in FIELDS[subject]:
            values = [(branch, one[1], one[4]) for one in made if (one[0], one[2]) == (subject, field)]
            change(connection, table, ["branch", key], [field], values)
    return frame(rows, EDITS)
