"""One import of an overdue list: what it added, changed and closed, and never twice for the same file.

Every list also stays as a day of the branch's history (``account_states``). A list older than the newest one adds to
that history only: the accounts, places and cards stay as the newest list left them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal
from planner.store import account_states, edits, interruptions, overdue, place_changes, reviews, undoing
from planner.store.access import own_rows
from planner.store.account_states import Kept
from planner.store.collecting import paused
from planner.store.frames import instant, moment
from planner.store.merge import Merged, all_rows
from planner.store.schema import account, debtor, import_batch, import_record, import_undone, list_day, place
from planner.store.undoing import Record
from planner.store.unsaid import filled
from planner.tables import ALL_SAID, Unsaid

#: ``upsert`` takes a file once; ``again`` takes it even if it was seen before.
Mode = Literal["upsert", "again"]
#: what is kept of how a list was taken where a newer one was loaded
OLDER = "older"
LISTED = ("debtors", "accounts", "places", "contacts", "addresses")
#: of these, what only who may see contact cards is told of
CARDS = frozenset({"contacts", "addresses"})
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
class AsImported:
    """What an import would store and do.

    Attributes
    ----------
    tables
        Its tables, people's words in them.
    kept
        The columns in which what was known is kept because the list has none for it (``unsaid.filled``).
    merged
        What bringing them into the database would do, by table: of cards only for who may see them.
    result
        What the import would count.
    people
        Known accounts whose debtor's particulars or places would change.
    gone
        Accounts that it does not name: a full list closes them.
    """

    tables: Mapping[str, pd.DataFrame]
    kept: frozenset[str]
    merged: Mapping[str, Merged]
    result: ImportResult
    people: frozenset[str]
    gone: Sequence[str]


@dataclass(frozen=True)
class ImportBatch:
    """One import in the branch's history; ``undoable`` where what it changed is kept, so that it can be taken back."""

    source: ListFile
    result: ImportResult
    full_list: bool
    created_at: datetime
    created_by: str
    undone_at: datetime | None = None
    undone_by: str = ""
    undoable: bool = False


@paused()
def save(
    connection: Connection,
    principal: Principal,
    branch: str,
    tables: Mapping[str, pd.DataFrame],
    source: ListFile,
    *,
    mode: Mode,
    full_list: bool,
    unsaid: Unsaid = ALL_SAID,
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
    before = _seen(connection, branch, source, full_list=full_list) if mode == "upsert" else None
    if before is not None:
        accounts = len(tables["accounts"]) if "accounts" in tables else 0
        return ImportResult(before, 0, 0, accounts, 0, repeated=True)
    at, batch_id, record = instant(now), str(uuid4()), Record()
    if not _older(connection, branch, tables):  # what is known now says nothing of an earlier day
        tables, _kept = filled(connection, branch, tables, unsaid)
    kept = _keep(connection, branch, tables, full_list=full_list, batch_id=batch_id, now=now)
    if kept is not None and kept.older:
        result = ImportResult(batch_id, 0, 0, len(tables["accounts"]), 0, older=True, list_on=kept.as_of_on)
    else:
        result = _bring(connection, branch, tables, batch_id, record, unsaid, full_list=full_list, at=at)
    undoing.keep(connection, branch, batch_id, record)
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
    connection: Connection,
    branch: str,
    tables: Mapping[str, pd.DataFrame],
    batch_id: str,
    record: Record,
    unsaid: Unsaid,
    *,
    full_list: bool,
    at: str,
) -> ImportResult:
    """Make the branch's accounts, people and places what the list says."""
    given, peoples = with_words(connection, branch, tables, at, unsaid)
    merged = {name: overdue.save(connection, name, branch, table) for name, table in given.items()}
    for name, one in merged.items():
        record.note(name, one)
    for name in IMPLIED:
        if name in tables:
            record.note(name, overdue.save(connection, name, branch, tables[name]))
    if "debtors" in given:
        said = [one for one, was in merged["debtors"].were.items() if "debtor_type" in was]
        reviews.note_listed(connection, branch, given["debtors"], merged["debtors"].added, said, at)
    left, gone = _not_named(connection, branch, given, merged, peoples)
    gone = gone if full_list else []
    overdue.close(connection, place, branch, list(left), at)
    overdue.close(connection, account, branch, gone, at)
    record.closed = {"places": sorted(left), "accounts": gone}
    people = _of_touched(given, merged, set(left.values())) if "accounts" in given else set[str]()
    added, changed, unchanged = _counts(given, merged, people)
    list_on = _list_on(given["accounts"]) if "accounts" in given else None
    return ImportResult(batch_id, added, changed, unchanged, len(gone), list_on=list_on)


def with_words(
    connection: Connection, branch: str, tables: Mapping[str, pd.DataFrame], at: str | None, unsaid: Unsaid = ALL_SAID
) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """Give a list's tables with what people said in them, and the places that the import must not close.

    ``at`` is the time of the import, at which is remembered where the list says otherwise; None only looks.
    """
    given = edits.kept(connection, branch, {name: tables[name] for name in LISTED if name in tables}, at, unsaid)
    return place_changes.kept(connection, branch, interruptions.kept(connection, branch, given), at)


@paused()
def as_imported(
    connection: Connection, branch: str, tables: Mapping[str, pd.DataFrame], unsaid: Unsaid, *, cards: bool
) -> AsImported:
    """Give what an import would store and do; nothing is written. ``cards``: contact cards are compared too."""
    known, kept = filled(connection, branch, tables, unsaid)
    given, peoples = with_words(connection, branch, known, None, unsaid)
    names = [name for name in given if cards or name not in CARDS]
    merged = {name: overdue.compare(connection, name, branch, given[name]).merged for name in names}
    left, gone = _not_named(connection, branch, given, merged, peoples)
    people = _of_touched(given, merged, set(left.values())) if "accounts" in given else set[str]()
    result = ImportResult("", *_counts(given, merged, people), len(gone))
    return AsImported(given, kept, merged, result, frozenset(people), gone)


def _older(connection: Connection, branch: str, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Say whether a list is of an earlier day than the one that is loaded."""
    newest, list_on = account_states.newest_day(connection, branch), None
    if "accounts" in tables and "as_of_on" in tables["accounts"]:
        list_on = _list_on(tables["accounts"])
    return newest is not None and list_on is not None and list_on < newest


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
    own_rows(branch, map(str, accounts["branch"].unique()))
    query = sa.select(debtor.c.debtor_id, debtor.c.region).where(debtor.c.branch == branch)
    regions: dict[str, str] = dict(all_rows(connection, query))
    if "debtors" in tables:
        given = (tables["debtors"][name].tolist() for name in ("debtor_id", "region"))
        regions |= dict(zip(*given, strict=True))
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
        sa.select(
            import_batch,
            import_undone.c.undone_at,
            import_undone.c.undone_by,
            import_record.c.batch_id.is_not(None).label("undoable"),
        )
        .outerjoin(import_undone, import_undone.c.batch_id == import_batch.c.batch_id)
        .outerjoin(import_record, import_record.c.batch_id == import_batch.c.batch_id)
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
            None if row.undone_at is None else moment(row.undone_at),
            row.undone_by or "",
            bool(row.undoable),
        )
        for row in connection.execute(query)
    )


def _seen(connection: Connection, branch: str, source: ListFile, *, full_list: bool) -> str | None:
    """Give the import that took this file already; one that did not take it for the full list has closed nothing."""
    query = (
        sa.select(import_batch.c.batch_id)
        .where(
            import_batch.c.branch == branch,
            import_batch.c.sha256 == source.sha256,
            import_batch.c.profile == source.profile,
            import_batch.c.batch_id.not_in(sa.select(import_undone.c.batch_id)),
            sa.true() if not full_list else import_batch.c.full_list,
        )
        .order_by(import_batch.c.created_at.desc())
    )
    return connection.execute(query).scalars().first()


def _not_named(
    connection: Connection,
    branch: str,
    given: Mapping[str, pd.DataFrame],
    merged: Mapping[str, Merged],
    peoples: frozenset[str],
) -> tuple[dict[str, str], list[str]]:
    """Give the open places, with their debtors, and the open accounts that a list does not name, if it names others.

    Of places those where it names a new one of the same kind. What a person added or corrected (``peoples``) stays
    open: only a person closes it.
    """
    left, gone = dict[str, str](), list[str]()
    # Asked only where there is something that it does not name.
    if "places" in given and merged["places"].left:
        places = given["places"]
        listed, kinds = set(places["place_id"].tolist()), set(_pairs(places, "kind"))
        query = sa.select(place.c.place_id, place.c.debtor_id, place.c.kind)
        for one, debtor, kind in all_rows(
            connection, query.where(place.c.branch == branch, place.c.closed_at.is_(None))
        ):
            if one not in listed and one not in peoples and (debtor, kind) in kinds:
                left[one] = debtor
    if "accounts" in given and merged["accounts"].left:
        listed = set(given["accounts"]["case_id"].tolist())
        open_ = sa.select(account.c.case_id).where(account.c.branch == branch, account.c.closed_at.is_(None))
        gone = [case for (case,) in all_rows(connection, open_) if case not in listed]
    return left, gone


def _of_touched(given: Mapping[str, pd.DataFrame], merged: Mapping[str, Merged], moved: set[str]) -> set[str]:
    """Give the accounts, known before, of debtors of whom something changes: particulars, a card or a place."""
    added = set(merged["accounts"].added)
    if len(added) == len(given["accounts"]):
        return set()
    touched = set(moved)
    for name in set(merged) - {"accounts"}:
        key = "place_id" if name in ("places", "addresses") else "debtor_id"
        different = {*merged[name].added, *merged[name].changed}
        if different:
            touched.update(debtor for debtor, one in _pairs(given[name], key) if one in different)
    return (
        {case for debtor, case in _pairs(given["accounts"], "case_id") if debtor in touched} - added
        if touched
        else set()
    )


def _counts(given: Mapping[str, pd.DataFrame], merged: Mapping[str, Merged], people: set[str]) -> tuple[int, int, int]:
    if "accounts" not in given:
        return 0, 0, 0
    added = len(merged["accounts"].added)
    changes = len(people | set(merged["accounts"].changed))
    return added, changes, len(given["accounts"]) - added - changes


def _pairs(table: pd.DataFrame, key: str) -> Iterator[tuple[str, str]]:
    return zip(table["debtor_id"].tolist(), table[key].tolist(), strict=True)
