"""One import of an overdue list: what it added, changed and closed, and never twice for the same file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal
from planner.store import interruptions, overdue
from planner.store.frames import instant, moment
from planner.store.merge import Merged
from planner.store.schema import account, import_batch, place

#: ``upsert`` takes a file once; ``again`` takes it even if it was seen before.
Mode = Literal["upsert", "again"]
LISTED = ("debtors", "accounts", "places", "contacts", "addresses")
#: What a list says of its people beside its rows: kept with it or not at all.
IMPLIED = ("holds", "accommodations")


@dataclass(frozen=True)
class ListFile:
    """Where an overdue list came from and how it was read. ``issues_json`` is kept as it is."""

    file_name: str
    sha256: str
    profile: str
    rows_read: int
    rows_accepted: int
    issues_json: str


@dataclass(frozen=True)
class ImportResult:
    """What an import did, counted in accounts.

    An account is ``changed`` if anything about it or its debtor changed, ``gone`` if a full list no longer names it.
    ``repeated`` says that the same file had been imported as ``batch_id`` before and nothing was done.
    """

    batch_id: str
    added: int
    changed: int
    unchanged: int
    gone: int
    repeated: bool = False


@dataclass(frozen=True)
class ImportBatch:
    """One import in the branch's history."""

    source: ListFile
    result: ImportResult
    full_list: bool
    created_at: datetime
    created_by: str


def save(
    connection: Connection,
    principal: Principal,
    branch: str,
    tables: Mapping[str, pd.DataFrame],
    source: ListFile,
    *,
    mode: Mode,
    full_list: bool,
    now: datetime,
) -> ImportResult:
    """Store what was accepted of an overdue list.

    Raises
    ------
    ValueError
        If a table is unknown or does not fit (see ``overdue.save``).
    NotAllowed
        If a row belongs to another branch.
    """
    unknown = set(tables) - {*LISTED, *IMPLIED}
    if unknown:
        raise ValueError(f"an import has no table {sorted(unknown)[0]!r}; it has {', '.join((*LISTED, *IMPLIED))}")
    before = _seen(connection, branch, source) if mode == "upsert" else None
    if before is not None:
        accounts = len(tables["accounts"]) if "accounts" in tables else 0
        return ImportResult(before, 0, 0, accounts, 0, repeated=True)
    at = instant(now)
    given = {name: tables[name] for name in LISTED if name in tables}
    given = interruptions.kept(connection, branch, given)
    merged = {name: overdue.save(connection, name, branch, table) for name, table in given.items()}
    for name in IMPLIED:
        if name in tables:
            overdue.save(connection, name, branch, tables[name])
    moved = _close_places(connection, branch, given["places"], at) if "places" in given else set()
    gone = _close_accounts(connection, branch, given["accounts"], at) if full_list and "accounts" in given else 0
    added, changed, unchanged = _counts(given, merged, moved)
    result = ImportResult(str(uuid4()), added, changed, unchanged, gone)
    connection.execute(
        import_batch.insert().values(
            batch_id=result.batch_id,
            branch=branch,
            file_name=source.file_name,
            sha256=source.sha256,
            profile=source.profile,
            mode=mode,
            issues=source.issues_json,
            rows_read=source.rows_read,
            rows_accepted=source.rows_accepted,
            added=added,
            changed=changed,
            unchanged=unchanged,
            gone=gone,
            full_list=full_list,
            created_at=at,
            created_by=principal.name,
        )
    )
    return result


def history(connection: Connection, branch: str) -> tuple[ImportBatch, ...]:
    """Give a branch's imports, newest first."""
    query = (
        sa.select(import_batch)
        .where(import_batch.c.branch == branch)
        .order_by(import_batch.c.created_at.desc(), import_batch.c.batch_id)
    )
    return tuple(
        ImportBatch(
            ListFile(row.file_name, row.sha256, row.profile, row.rows_read, row.rows_accepted, row.issues),
            ImportResult(row.batch_id, row.added, row.changed, row.unchanged, row.gone),
            row.full_list,
            moment(row.created_at),
            row.created_by,
        )
        for row in connection.execute(query)
    )


def _seen(connection: Connection, branch: str, source: ListFile) -> str | None:
    query = (
        sa.select(import_batch.c.batch_id)
        .where(
            import_batch.c.branch == branch,
            import_batch.c.sha256 == source.sha256,
            import_batch.c.profile == source.profile,
        )
        .order_by(import_batch.c.created_at.desc())
    )
    return connection.execute(query).scalars().first()


def _close_places(connection: Connection, branch: str, places: pd.DataFrame, at: str) -> set[str]:
    """Close a debtor's older place where the list names a new one of the same kind; give the debtors concerned."""
    listed = set(places["place_id"].tolist())
    kinds = set(_pairs(places, "kind"))
    query = sa.select(place.c.place_id, place.c.debtor_id, place.c.kind).where(
        place.c.branch == branch, place.c.closed_at.is_(None)
    )
    old = [
        (row.place_id, row.debtor_id)
        for row in connection.execute(query)
        if row.place_id not in listed and (row.debtor_id, row.kind) in kinds
    ]
    overdue.close(connection, place, branch, [place_id for place_id, _ in old], at)
    return {debtor_id for _, debtor_id in old}


def _close_accounts(connection: Connection, branch: str, accounts: pd.DataFrame, at: str) -> int:
    listed = set(accounts["case_id"].tolist())
    query = sa.select(account.c.case_id).where(account.c.branch == branch, account.c.closed_at.is_(None))
    gone = [case_id for case_id in connection.execute(query).scalars() if case_id not in listed]
    overdue.close(connection, account, branch, gone, at)
    return len(gone)


def _counts(given: Mapping[str, pd.DataFrame], merged: Mapping[str, Merged], moved: set[str]) -> tuple[int, int, int]:
    if "accounts" not in given:
        return 0, 0, 0
    touched = set(moved)
    for name in set(given) - {"accounts"}:
        key = "place_id" if name in ("places", "addresses") else "debtor_id"
        different = merged[name].added | merged[name].changed
        touched.update(debtor for debtor, one in _pairs(given[name], key) if (one,) in different)
    added, changed = merged["accounts"].added, merged["accounts"].changed
    theirs = {(case,) for debtor, case in _pairs(given["accounts"], "case_id") if debtor in touched}
    changes = len((changed | theirs) - added)
    return len(added), changes, len(given["accounts"]) - len(added) - changes


def _pairs(table: pd.DataFrame, key: str) -> Iterator[tuple[str, str]]:
    return zip(table["debtor_id"].tolist(), table[key].tolist(), strict=True)
