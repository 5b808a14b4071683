"""Taking an import back: what it changed is put back, what people did since stays.

Only the newest import of a branch can be taken back, because a later one stands on it. What it changed is kept until
the next import and no longer: it holds what contact cards said before. That an import was made and was taken back
stays on record for good.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal
from planner.store import overdue, place_changes, reviews
from planner.store.collecting import paused
from planner.store.frames import frame, instant
from planner.store.merge import Merged, all_rows, change
from planner.store.packing import json_text, unpack
from planner.store.schema import (
    account,
    address,
    contact,
    debtor,
    import_batch,
    import_record,
    import_undone,
    outcome,
    place,
    plan_stop,
)
from planner.tables import DEBTORS

#: so many keys go into one statement: databases bound the number of values
_AT_ONCE = 500
#: Whose new rows are named; cards and addresses go with their debtors.
_NAMED = ("debtors", "accounts", "places", "holds", "accommodations")


class NotUndoable(ValueError):
    """The import cannot be taken back; the message is one sentence."""


@dataclass
class Record:
    """What an import did to the rows of each table, by its key there.

    ``changed`` holds only the columns that differ, as before and after.
    """

    added: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, Mapping[str, Mapping[str, tuple[Any, Any]]]] = field(default_factory=dict)
    closed: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str, merged: Merged) -> None:
        """Remember what was merged into a table."""
        if name in _NAMED:
            self.added[name] = list(merged.added)
        self.changed[name] = merged.were


@dataclass(frozen=True)
class Undoing:
    """What taking an import back does, or did, counted.

    Accounts that the import ``added`` are closed, those it ``changed`` are put back, those it closed (``gone``) open
    again. ``outcomes`` were recorded since at debtors it added: they stay, with the debtors' cards. ``planned`` visits
    of plans go to debtors it added.
    """

    batch_id: str
    added: int
    changed: int
    gone: int
    outcomes: int
    planned: int


def keep(connection: Connection, branch: str, batch_id: str, record: Record) -> None:
    """Keep what an import changed in place of what the one before it did."""
    connection.execute(import_record.delete().where(import_record.c.branch == branch))
    # Nothing of it is shared with another document, and ids hardly get smaller however long it is tried.
    packed = zlib.compress(json_text(dict(vars(record))).encode(), 1)
    connection.execute(import_record.insert().values(branch=branch, batch_id=batch_id, record=packed))


def look(connection: Connection, branch: str, batch_id: str) -> Undoing:
    """Say what taking an import back would do.

    Raises
    ------
    NotUndoable
        If it cannot be taken back.
    """
    return _told(connection, branch, batch_id, _record(connection, branch, batch_id))


@paused()
def undo(connection: Connection, principal: Principal, branch: str, batch_id: str, *, now: datetime) -> Undoing:
    """Take an import back.

    A value that somebody changed since is left as it is. Nothing that was recorded is lost: who was new is closed, not
    removed, but cards of new debtors at whom nobody recorded anything go.

    Raises
    ------
    NotUndoable
        If it cannot be taken back.
    """
    record, at = _record(connection, branch, batch_id), instant(now)
    told = _told(connection, branch, batch_id, record)
    said_before = reviews.listed_now(connection, branch)
    for name, rows in record.changed.items():
        _put_back(connection, name, branch, rows)
    overdue.close(connection, account, branch, record.added.get("accounts", []), at)
    peoples = place_changes.peoples(connection, branch)
    overdue.close(connection, place, branch, [one for one in record.added.get("places", []) if one not in peoples], at)
    _reopen(connection, branch, batch_id, record)
    for name in ("holds", "accommodations"):
        _remove(connection, name, branch, record.added.get(name, []))
    _forget_cards(connection, branch, record, peoples)
    if record.changed.get("debtors"):
        query = sa.select(*(debtor.c[name] for name in DEBTORS)).where(debtor.c.branch == branch)
        back = frame(all_rows(connection, query), DEBTORS)
        back = back[back["debtor_id"].isin(record.changed["debtors"])]
        pairs = zip(back["debtor_id"].tolist(), back["debtor_type"].tolist(), strict=True)
        news = [one for one, said in pairs if said_before.get(one) != said]
        reviews.note_listed(connection, branch, back, (), news, at)
    connection.execute(
        import_undone.insert().values(batch_id=batch_id, branch=branch, undone_at=at, undone_by=principal.name)
    )
    connection.execute(import_record.delete().where(import_record.c.branch == branch))
    return told


def _record(connection: Connection, branch: str, batch_id: str) -> Record:
    mine = import_batch.c.branch == branch
    if not connection.execute(
        sa.select(import_batch.c.batch_id).where(mine, import_batch.c.batch_id == batch_id)
    ).all():
        raise NotUndoable(f"There is no import {batch_id} at this branch.")
    if connection.execute(sa.select(import_undone.c.batch_id).where(import_undone.c.batch_id == batch_id)).all():
        raise NotUndoable("This import was taken back before.")
    kept = connection.execute(sa.select(import_record).where(import_record.c.branch == branch)).first()
    if kept is None or kept.batch_id != batch_id:
        raise NotUndoable("Only the newest import can be taken back, and this one is not: what it changed is not kept.")
    told = unpack(kept.record)
    return Record(told["added"], told["changed"], told["closed"])


def _told(connection: Connection, branch: str, batch_id: str, record: Record) -> Undoing:
    new = record.added.get("debtors", [])
    changed = set(record.changed.get("accounts", {}))
    touched = {one for name in ("debtors", "contacts") for one in record.changed.get(name, {})}
    where = (account.c.branch == branch, account.c.closed_at.is_(None))
    pairs = connection.execute(sa.select(account.c.case_id, account.c.debtor_id).where(*where)) if touched else ()
    changed |= {case for case, one in pairs if one in touched} - set(record.added.get("accounts", []))
    return Undoing(
        batch_id,
        added=len(record.added.get("accounts", [])),
        changed=len(changed),
        gone=len(record.closed.get("accounts", [])),
        outcomes=_count(connection, outcome.c.debtor_id, new, outcome.c.branch == branch),
        planned=_count(connection, plan_stop.c.visit_id, new),
    )


def _count(connection: Connection, column: sa.Column[Any], ids: list[str], *more: sa.ColumnElement[bool]) -> int:
    return sum(
        connection.execute(
            sa.select(sa.func.count()).where(column.in_(ids[start : start + _AT_ONCE]), *more)
        ).scalar_one()
        for start in range(0, len(ids), _AT_ONCE)
    )


def _put_back(
    connection: Connection, name: str, branch: str, rows: Mapping[str, Mapping[str, tuple[Any, Any]]]
) -> None:
    """Put single values back; one that is not any more what the import made it was changed by somebody since."""
    table, _columns = overdue.SCHEMAS[name]
    key = overdue.key_of(table)
    names = sorted({column for columns in rows.values() for column in columns})
    query = sa.select(key, *(table.c[column] for column in names)).where(table.c.branch == branch)
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for one, *now in all_rows(connection, query) if rows else ():
        stands = dict(zip(names, now, strict=True))
        back = {column: was for column, (was, made) in rows.get(one, {}).items() if stands[column] == made}
        groups.setdefault(tuple(back), []).append((branch, one, *back.values()))
    for columns, values in groups.items():
        if columns:
            change(connection, table, ("branch", key.name), columns, values)


def _reopen(connection: Connection, branch: str, batch_id: str, record: Record) -> None:
    made = connection.execute(sa.select(import_batch.c.created_at).where(import_batch.c.batch_id == batch_id)).scalar()
    for name, table in (("accounts", account), ("places", place)):
        closed, key = set(record.closed.get(name, [])), overdue.key_of(table)
        query = sa.select(key).where(table.c.branch == branch, table.c.closed_at == made)
        still = [one for (one,) in all_rows(connection, query) if one in closed] if closed else []
        change(connection, table, ("branch", key.name), ("closed_at",), [(branch, one, None) for one in still])


def _remove(connection: Connection, name: str, branch: str, ids: list[str]) -> None:
    table, _columns = overdue.SCHEMAS[name]
    _delete(connection, table, branch, overdue.key_of(table), ids)


def _delete(connection: Connection, table: sa.Table, branch: str, key: sa.Column[Any], ids: list[str]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        connection.execute(table.delete().where(table.c.branch == branch, key.in_(ids[start : start + _AT_ONCE])))


def _forget_cards(connection: Connection, branch: str, record: Record, peoples: frozenset[str]) -> None:
    """Remove names, phones and addresses of debtors who came with the import and at whom nobody did anything."""
    told = sa.select(outcome.c.debtor_id).where(outcome.c.branch == branch)
    met = set(connection.execute(told).scalars())
    theirs = sa.select(place.c.debtor_id, place.c.place_id).where(place.c.branch == branch)
    met |= {row.debtor_id for row in connection.execute(theirs) if row.place_id in peoples}
    new = set(record.added.get("debtors", [])) - met
    for table in (contact, address):
        _delete(connection, table, branch, table.c.debtor_id, sorted(new))
