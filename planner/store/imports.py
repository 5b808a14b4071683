"""One import of an overdue list: what it added, changed and closed, and never twice for the same file.

Every list also stays as a day of the branch's history (``account_states``). A list older than the newest one adds to
that history only: the accounts, places and cards stay as the newest list left them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal
from planner.store import account_states, edits, interruptions, overdue, place_changes, reviews
from planner.store.access import own_rows
from planner.store.account_states import Kept
from planner.store.frames import instant, moment
from planner.store.merge import Merged
from planner.store.schema import account, debtor, import_batch, list_day, place

#: ``upsert`` takes a file once; ``again`` takes it even if it was seen before.
Mode = Literal["upsert", "again"]
#: what is kept of how a list was taken where a newer one was loaded
OLDER = "older"
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
    ``repeated`` says that the same file had been imported as ``batch_id`` before and nothing was done. ``older`` says
    that a newer list is loaded: the accounts were kept as of ``list_on`` in the history, and nothing else was changed.
    """

    batch_id: str
    added: int
    changed: int
    unchanged: int
    gone: int
    repeated: bool = False
    older: bool = False
    list_on: date | None = None


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
    at, batch_id = instant(now), str(uuid4())
    kept = _keep(connection, branch, tables, full_list=full_list, batch_id=batch_id, now=now)
    if kept is not None and kept.older:
        result = ImportResult(batch_id, 0, 0, len(tables["accounts"]), 0, older=True, list_on=kept.as_of_on)
    else:
        result = _bring(connection, branch, tables, batch_id, full_list=full_list, at=at)
    connection.execute(
        import_batch.insert().values(
            batch_id=batch_id,
            branch=branch,
            file_name=source.file_name,
            sha256=source.sha256,
            profile=source.profile,
            mode=OLDER if result.older else mode,
            issues=source.issues_json,
            rows_read=source.rows_read,
            rows_accepted=source.rows_accepted,
            added=result.added,
            changed=result.changed,
            unchanged=result.unchanged,
            gone=result.gone,
            full_list=full_list,
            created_at=at,
            created_by=principal.name,
        )
    )
    return result


def _bring(
    connection: Connection, branch: str, tables: Mapping[str, pd.DataFrame], batch_id: str, *, full_list: bool, at: str
) -> ImportResult:
    """Make the branch's accounts, people and places what the list says."""
    given, peoples = with_words(connection, branch, tables, at)
    said_before = reviews.listed_now(connection, branch)
    merged = {name: overdue.save(connection, name, branch, table) for name, table in given.items()}
    for name in IMPLIED:
        if name in tables:
            overdue.save(connection, name, branch, tables[name])
    if "debtors" in given:
        reviews.note_listed(connection, branch, given["debtors"], said_before, at)
    moved = _close_places(connection, branch, given["places"], at, peoples) if "places" in given else set()
    gone = _close_accounts(connection, branch, given["accounts"], at) if full_list and "accounts" in given else 0
    added, changed, unchanged = _counts(given, merged, moved)
    list_on = _list_on(given["accounts"]) if "accounts" in given else None
    return ImportResult(batch_id, added, changed, unchanged, gone, list_on=list_on)


def with_words(
    connection: Connection, branch: str, tables: Mapping[str, pd.DataFrame], at: str | None
) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """Give a list's tables with what people said in them, and the places that the import must not close.

    ``at`` is the time of the import, at which is remembered where the list says otherwise; None only looks.
    """
    given = edits.kept(connection, branch, {name: tables[name] for name in LISTED if name in tables}, at)
    return place_changes.kept(connection, branch, interruptions.kept(connection, branch, given), at)


def _keep(
    connection: Connection,
    branch: str,
    tables: Mapping[str, pd.DataFrame],
    *,
    full_list: bool,
    batch_id: str,
    now: datetime,
) -> Kept | None:
    """Add the list to the history; None where it names no account, or none with a day."""
    accounts = tables.get("accounts")
    list_on = None if accounts is None else _list_on(accounts)
    if accounts is None or list_on is None:
        return None
    own_rows(branch, accounts["branch"])
    regions = dict(
        connection.execute(sa.select(debtor.c.debtor_id, debtor.c.region).where(debtor.c.branch == branch)).all()
    )
    if "debtors" in tables:
        regions |= dict(zip(tables["debtors"]["debtor_id"], tables["debtors"]["region"], strict=True))
    states = account_states.states_of(accounts, regions, list_on)
    return account_states.save(connection, branch, states, list_on, full=full_list, batch_id=batch_id, now=now)


def _list_on(accounts: pd.DataFrame) -> date | None:
    """Give the day of a list: the newest day its rows are as of."""
    newest = pd.to_datetime(accounts["as_of_on"]).max()
    return None if pd.isna(newest) else newest.date()


def history(connection: Connection, branch: str) -> tuple[ImportBatch, ...]:
    """Give a branch's imports, newest first."""
    days = sa.select(list_day.c.batch_id, list_day.c.as_of_on).where(list_day.c.branch == branch)
    on = {row.batch_id: date.fromisoformat(row.as_of_on) for row in connection.execute(days)}
    query = (
        sa.select(import_batch)
        .where(import_batch.c.branch == branch)
        .order_by(import_batch.c.created_at.desc(), import_batch.c.batch_id)
    )
    return tuple(
        ImportBatch(
            ListFile(row.file_name, row.sha256, row.profile, row.rows_read, row.rows_accepted, row.issues),
            ImportResult(
                row.batch_id,
                row.added,
                row.changed,
                row.unchanged,
                row.gone,
                older=row.mode == OLDER,
                list_on=on.get(row.batch_id),
            ),
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


def _close_places(
    connection: Connection, branch: str, places: pd.DataFrame, at: str, peoples: frozenset[str]
) -> set[str]:
    """Close a debtor's older place where the list names a new one of the same kind; give the debtors concerned.

    What a person added or corrected (``peoples``) stays open: only a person closes it.
    """
    listed = set(places["place_id"].tolist())
    kinds = set(_pairs(places, "kind"))
    query = sa.select(place.c.place_id, place.c.debtor_id, place.c.kind).where(
        place.c.branch == branch, place.c.closed_at.is_(None)
    )
    old = [
        (row.place_id, row.debtor_id)
        for row in connection.execute(query)
        if row.place_id not in listed and row.place_id not in peoples and (row.debtor_id, row.kind) in kinds
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
