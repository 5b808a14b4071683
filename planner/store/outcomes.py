"""Outcomes of visits: only ever added, so that phones may send them late, twice and in any order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal, Role
from planner.store.access import NotAllowed, own_rows
from planner.store.frames import frame, instant, rows
from planner.store.merge import add_missing, all_rows
from planner.store.not_yet import require_begun
from planner.store.schema import audit_entry, debtor, outcome
from planner.store.scope import own_crew
from planner.store.visit_times import as_visited
from planner.tables import OUTCOMES

Reach = sa.Select[tuple[str]] | None
NAMES = list(OUTCOMES)
#: A resend may carry another time of recording and is the same outcome still.
SAID = [NAMES.index(name) for name in NAMES if name != "recorded_at"]


@dataclass(frozen=True)
class SavedOutcomes:
    """What a call did, by outcome id.

    ``differing`` are those known already with other contents: the first one stays, and a correction needs an id of its
    own with ``replaces``.
    """

    added: tuple[str, ...]
    known: tuple[str, ...]
    differing: tuple[str, ...]


@dataclass(frozen=True)
class Arrived:
    """Outcomes that came into the store after a moment, as they stand.

    Parameters
    ----------
    rows
        Those that are known one by one: debtor and start of the visit (``debtor_id``, ``started_at``).
    unnamed
        How many more came in large deliveries, of which the trail keeps the number alone, with older times of
        recording.
    """

    rows: pd.DataFrame
    unnamed: int


def read(
    connection: Connection,
    branch: str,
    reach: Reach,
    *,
    since: datetime | None,
    without_replaced: bool,
    plan_id: str | None = None,
) -> pd.DataFrame:
    """Give outcomes of a branch, by the start of the visit and id; a correction has the times of its visit.

    Parameters
    ----------
    since
        Only visits that started then or later, and those for ``plan_id`` whenever they did.
    without_replaced
        Leave out every entry that another one of the same debtor replaces.
    """
    query = sa.select(*(outcome.c[name] for name in NAMES)).where(outcome.c.branch == branch)
    if reach is not None:
        query = query.where(outcome.c.debtor_id.in_(reach))
    if since is not None:
        later = outcome.c.started_at >= instant(since)
        query = query.where(later if plan_id is None else sa.or_(later, outcome.c.plan_id == plan_id))
    if without_replaced:
        query = query.where(_standing(branch))
    rows_ = all_rows(connection, query.order_by(outcome.c.started_at, outcome.c.outcome_id))
    stored = frame(rows_, OUTCOMES)
    table = as_visited(connection, branch, stored)
    if table is stored:
        return table
    # A correction was written after its visit: whoever was visited since a moment is among those written since.
    if since is not None:
        table = table[(table["started_at"] >= pd.Timestamp(since)) | (table["plan_id"] == plan_id)]
    return table.sort_values(["started_at", "outcome_id"], ignore_index=True)


def arrived(connection: Connection, branch: str, after: datetime) -> Arrived:
    """Give the outcomes that came after a moment: recorded later, or handed in later by who recorded them before.

    Where a plan was saved as of the moment, deeds count that the trail has behind it: a plan may bear an earlier time
    than the deeds that it knows of, as those of the demo do.
    """
    here = audit_entry.c.branch == branch
    saved = sa.select(sa.func.max(audit_entry.c.number)).where(
        here, audit_entry.c.what == "plan.save", audit_entry.c.at == instant(after)
    )
    behind = connection.execute(saved).scalar() or 0
    deeds = sa.select(audit_entry.c.ids).where(
        here,
        audit_entry.c.what == "outcomes.save",
        audit_entry.c.at > instant(after),
        audit_entry.c.number > behind,
    )
    added = [json.loads(ids).get("added", []) for ids in connection.execute(deeds).scalars()]
    named = sorted({one for ids in added if isinstance(ids, list) for one in ids})
    large = sum(count for count in added if isinstance(count, int))
    light = sa.select(
        outcome.c.outcome_id, outcome.c.debtor_id, outcome.c.started_at, _standing(branch).label("stands")
    )
    light = light.where(outcome.c.branch == branch)
    found = {row[0]: row for row in all_rows(connection, light.where(outcome.c.recorded_at > instant(after)))}
    unnamed = large and max(0, large - len(found.keys() - set(named)))
    late = [one for one in named if one not in found]
    for start in range(0, len(late), 500):  # databases limit the number of values in one query
        rows_ = all_rows(connection, light.where(outcome.c.outcome_id.in_(late[start : start + 500])))
        found |= {row[0]: row for row in rows_}
    standing = [(row[1], row[2]) for row in found.values() if row[3]]
    return Arrived(frame(standing, {name: OUTCOMES[name] for name in ("debtor_id", "started_at")}), unnamed)


def _standing(branch: str) -> sa.ColumnElement[bool]:
    """Ask for the entries that no other one of the same debtor replaces.

    One list of what was replaced, made once: a database that knows nothing of its rows yet (PostgreSQL after a large
    import) would look through all of them for each.
    """
    newer = outcome.alias("newer")
    replaced = sa.select(newer.c.replaces, newer.c.debtor_id).where(newer.c.branch == branch, newer.c.replaces != "")
    return sa.tuple_(outcome.c.outcome_id, outcome.c.debtor_id).not_in(replaced)


def save(
    connection: Connection, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime
) -> SavedOutcomes:
    """Add the outcomes that are not known yet.

    A missing time of recording becomes ``now``; a collector records under his own name and for his own crew.

    Raises
    ------
    ValueError
        If an outcome has no id, replaces itself, repeats an id with other contents, or names an unknown debtor.
    NotAllowed
        If a row belongs to another branch, or a collector's row to another crew.
    TooEarly
        If a visit, or the day of the shift whose stop it is, has not begun.
    """
    if principal.role is Role.COLLECTOR:
        if not table["crew_id"].eq(own_crew(principal)).all():
            raise NotAllowed(f"{principal.name} may record outcomes of crew {principal.crew!r} only")
        table = table.assign(recorded_by=principal.name)
    given = rows(table.assign(recorded_at=table["recorded_at"].fillna(pd.Timestamp(now))), OUTCOMES)
    own_rows(branch, (row[NAMES.index("branch")] for row in given))
    new: dict[str, tuple[object, ...]] = {}
    for row in given:
        outcome_id = str(row[0])
        if not outcome_id or outcome_id == row[NAMES.index("replaces")]:
            raise ValueError(f"outcome {outcome_id!r} needs an id of its own, made where it was recorded")
        if outcome_id in new and _said(new[outcome_id]) != _said(row):
            raise ValueError(f"two different outcomes have the id {outcome_id!r}")
        new.setdefault(outcome_id, row)
    old = _known(connection, branch, list(new))
    missing = [row for outcome_id, row in new.items() if outcome_id not in old]
    _require_debtors(connection, branch, {str(row[NAMES.index("debtor_id")]) for row in missing})
    require_begun(connection, branch, missing, now=now)
    add_missing(connection, outcome, NAMES, missing)
    return SavedOutcomes(
        added=tuple(sorted(set(new) - set(old))),
        known=tuple(sorted(old)),
        differing=tuple(sorted(one for one, row in old.items() if _said(row) != _said(new[one]))),
    )


def _said(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(row[k] for k in SAID)


def _known(connection: Connection, branch: str, ids: list[str]) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for start in range(0, len(ids), 500):  # databases limit the number of values in one query
        query = sa.select(*(outcome.c[name] for name in NAMES)).where(
            outcome.c.branch == branch, outcome.c.outcome_id.in_(ids[start : start + 500])
        )
        found |= {row[0]: tuple(row) for row in connection.execute(query)}
    return found


def _require_debtors(connection: Connection, branch: str, ids: set[str]) -> None:
    ordered = sorted(ids)
    known: set[str] = set()
    for start in range(0, len(ordered), 500):
        query = sa.select(debtor.c.debtor_id).where(
            debtor.c.branch == branch, debtor.c.debtor_id.in_(ordered[start : start + 500])
        )
        known |= set(connection.execute(query).scalars())
    strangers = sorted(ids - known)
    if strangers:
        raise ValueError(f"an outcome names debtor {strangers[0]!r}, whom branch {branch!r} does not have")
