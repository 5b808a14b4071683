"""The command ``undo``: take the newest import of a branch back, or only say what that would do."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from geodata.arguments import Arguments
from planner.domain import Principal, Role
from planner.store import NotUndoable, Store, Undoing


def undo_command(argv: Sequence[str], *, store: Store, now: datetime) -> int:
    """Take an import back; exit status 2 and one sentence where it cannot be."""
    parser = Arguments(
        prog="python -m planner undo",
        description="Take the newest import of an overdue list back. What was recorded since stays.",
    )
    parser.add_argument("--branch", required=True, help="code of the branch")
    parser.add_argument("--import", dest="batch_id", help="id of the import (default the newest of the branch)")
    parser.add_argument("--preview", action="store_true", help="only say what it would do")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    arguments = parser.parse_args(argv)
    asking = Principal("import", Role.SYSTEM, frozenset({arguments.branch}))
    try:
        if not store.branches(asking):
            raise NotUndoable(f"There is no branch {arguments.branch!r}.")
        made = (one.result.batch_id for one in store.imports(asking, arguments.branch) if one.undoable)
        batch_id = arguments.batch_id or next(made, None)
        if batch_id is None:
            raise NotUndoable(f"Branch {arguments.branch} has no import to take back.")
        told = (
            store.undoing_import(asking, arguments.branch, batch_id)
            if arguments.preview
            else store.undo_import(asking, arguments.branch, batch_id, now=now)
        )
    except NotUndoable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    report = {**asdict(told), "undone": not arguments.preview}
    sys.stdout.write((json.dumps(report) if arguments.json else sentence(told, done=not arguments.preview)) + "\n")
    return 0


def sentence(told: Undoing, *, done: bool) -> str:
    """Say what taking an import back does or did."""
    did = "Taken back" if done else "Taking it back"
    verb = "closed" if done else "closes"
    return (
        f"{did}: {verb} {told.added:,} accounts it added, puts {told.changed:,} back as they were and opens "
        f"{told.gone:,} it closed; {told.outcomes:,} outcomes recorded since at new debtors stay."
    )
