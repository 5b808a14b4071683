"""The commands that look after the database: ``backup``, ``restore`` and ``retention``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from geodata.arguments import Arguments
from planner.domain import Principal, Role
from planner.store import BadCopy, Store, dump, migrate, restore

#: who is named in the trail
WHO = "upkeep"


def backup_command(argv: Sequence[str], *, store: Store, reader: str, now: datetime) -> int:
    """Copy the database to a file while it is in use.

    Parameters
    ----------
    reader
        On PostgreSQL the address of a role that may read everything; "" for SQLite.
    """
    parser = Arguments(prog="python -m planner backup", description="Copy the database to a file, while it is in use.")
    parser.add_argument("file", type=Path, help="where the copy goes; readable by its owner only, not encrypted")
    file = parser.parse_args(argv).file
    codes = store.branch_codes(Principal(WHO, Role.SYSTEM, frozenset()))
    asking = Principal(WHO, Role.SYSTEM, frozenset(codes))
    try:
        if reader:
            store.note_backup(asking, now=now)
            dump(reader, file)
        else:
            store.backup(asking, file, now=now)
    except (BadCopy, ValueError, OSError) as error:
        sys.stderr.write(f"{error}.\n")
        return 2
    sys.stdout.write(f"{file}: {file.stat().st_size / 1e6:.1f} MB, {len(codes)} branches. Encrypt it: docs/store.md\n")
    return 0


def restore_command(argv: Sequence[str], *, url: str, owner: str) -> int:
    """Make the database of a copy, and bring it to the newest schema."""
    parser = Arguments(
        prog="python -m planner restore", description="Make the database of a copy; one that is there is left alone."
    )
    parser.add_argument("file", type=Path, help="a copy made by backup")
    try:
        restore(parser.parse_args(argv).file, url, owner=owner)
        revision = migrate(url, owner=owner)
    except (BadCopy, ValueError, OSError) as error:
        sys.stderr.write(f"{error}.\n")
        return 2
    sys.stdout.write(f"Restored, schema {revision}.\n")
    return 0


def retention_command(
    argv: Sequence[str],
    *,
    store: Store,
    months: int,
    now: datetime,
    forget: Callable[[Sequence[str], datetime], None],
) -> int:
    """Say who may be erased, and erase them if told to.

    Parameters
    ----------
    forget
        Told the addresses of each who is erased, and since when nothing was to be kept of him, for what is kept of
        addresses beside the database.
    """
    parser = Arguments(
        prog="python -m planner retention",
        description=f"List whose accounts have all been closed, with nothing recorded, for {months} months.",
    )
    parser.add_argument("branch", help="code of the branch")
    parser.add_argument("--erase", action="store_true", help="take them out for good; counts and rates stay")
    given = parser.parse_args(argv)
    asking = Principal(WHO, Role.SYSTEM, frozenset({given.branch}))
    if not store.branches(asking):
        sys.stderr.write(f"There is no branch {given.branch!r}.\n")
        return 2
    before = (pd.Timestamp(now.astimezone(UTC)) - pd.DateOffset(months=months)).to_pydatetime()
    found = store.erasable(asking, given.branch, before=before)
    for one in found:
        if given.erase:
            store.erase_person(asking, given.branch, one, now=now, forget=lambda addresses: forget(addresses, before))
        else:
            sys.stdout.write(f"{one}\n")
    deed = "erased" if given.erase else "may be erased (--erase does it, for good)"
    sys.stdout.write(f"{len(found)} closed before {before:%Y-%m-%d}: {deed}.\n")
    return 0
