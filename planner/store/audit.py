"""The audit trail: who did what and when, written in the transaction of the deed itself. No personal data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from planner.domain import Principal
from planner.store.connect import scope_of, writing
from planner.store.frames import instant, moment
from planner.store.schema import audit_entry

#: More ids than this are written as their number only.
MOST_IDS = 50

Noted = str | int | list[str] | None


@dataclass(frozen=True)
class AuditEntry:
    """One deed: ``ids`` names the rows it touched, or how many."""

    number: int
    at: datetime
    who: str
    role: str
    branch: str
    what: str
    ids: Mapping[str, Noted]


@dataclass(frozen=True)
class Deed:
    """A write under way: its connection, and what will be said about it in the trail."""

    connection: Connection
    ids: dict[str, Noted] = field(default_factory=dict)

    def note(self, **ids: Noted | tuple[str, ...] | frozenset[str]) -> None:
        """Remember ids or counts for the trail; never names, phones, addresses or free text."""
        for name, value in ids.items():
            if isinstance(value, tuple | list | frozenset):
                self.ids[name] = sorted(value) if len(value) <= MOST_IDS else len(value)
            else:
                self.ids[name] = value


@contextmanager
def deed(engine: Engine, principal: Principal, branch: str, what: str, now: datetime) -> Iterator[Deed]:
    """Give a write transaction that leaves an entry in the trail, or nothing at all."""
    at = instant(now)
    with writing(engine, branch, scope_of(principal, branch)) as connection:
        doing = Deed(connection)
        yield doing
        connection.execute(
            audit_entry.insert().values(
                at=at,
                who=principal.name,
                role=principal.role.value,
                branch=branch,
                what=what,
                ids=json.dumps(doing.ids, ensure_ascii=False, sort_keys=True),
            )
        )


def entries(
    connection: Connection, branch: str, since: datetime | None, most: int | None = None
) -> tuple[AuditEntry, ...]:
    """Give a branch's trail, oldest first; of a long one the newest ``most``."""
    query = sa.select(audit_entry).where(audit_entry.c.branch == branch).order_by(audit_entry.c.number.desc())
    if since is not None:
        query = query.where(audit_entry.c.at >= instant(since))
    if most is not None:
        query = query.limit(most)
    return tuple(
        AuditEntry(row.number, moment(row.at), row.who, row.role, row.branch, row.what, json.loads(row.ids))
        for row in reversed(connection.execute(query).all())
    )


def last(
    connection: Connection,
    branch: str,
    *,
    but: tuple[str, ...] = (),
    late: tuple[str, ...] = (),
    until: datetime | None = None,
) -> int:
    """Give the number of a branch's last entry; 0 where there is none.

    Of deeds that begin as one of ``but`` none counts, of those in ``late`` none that was done after ``until``.
    """
    query = sa.select(sa.func.max(audit_entry.c.number)).where(
        audit_entry.c.branch == branch, *(~audit_entry.c.what.startswith(one) for one in but)
    )
    if until is not None:
        query = query.where(sa.or_(audit_entry.c.what.not_in(late), audit_entry.c.at <= instant(until)))
    return connection.execute(query).scalar() or 0
