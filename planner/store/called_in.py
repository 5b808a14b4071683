"""Shifts that a published plan calls in beyond the branch's own: remembered by id when the plan is published.

They are no part of the field team's week: the next week is planned without them. But a crew that was called in goes
out, so whoever asks what was worked, and when a shift begins, has to know them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Break, Shift
from planner.store import settings
from planner.store.frames import instant, moment
from planner.store.packing import unpacked
from planner.store.schema import plan, plan_stop, shift

#: the branch's setting that holds them, by id
NAME = "called_in_shifts"


def called_in(connection: Connection, branch: str) -> tuple[Shift, ...]:
    """Give the shifts that plans have called in, by day and id, times in UTC; none that the branch has itself."""
    kept: dict[str, Any] = settings.read(connection, branch, NAME) or {}
    own = _own(connection, branch, kept) if kept else frozenset()
    found = [
        Shift(
            shift_id=name,
            crew_id=one["crew"],
            branch=branch,
            day=date.fromisoformat(one["day"]),
            starts=moment(one["starts_at"]),
            ends=moment(one["ends_at"]),
            breaks=tuple(Break(moment(a), moment(b), timedelta(seconds=lasts)) for a, b, lasts in one["breaks"]),
            max_stops=one["max_stops"],
        )
        for name, one in kept.items()
        if name not in own
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.shift_id)))


def remember(connection: Connection, branch: str, plan_id: str) -> None:
    """Remember the shifts with stops that a plan calls in; one that was called in before gets the plan's hours."""
    query = sa.select(plan_stop.c.shift_id).where(plan_stop.c.plan_id == plan_id).distinct()
    used = set(connection.execute(query).scalars())
    new = used - _own(connection, branch, used)
    if not new:
        return
    row = connection.execute(sa.select(plan.c.problem, plan.c.context).where(plan.c.plan_id == plan_id)).one()
    problem, told = unpacked(row.problem), unpacked(row.context).get("shifts", {})
    origin = datetime.fromisoformat(problem["origin"])

    def at(seconds: float) -> str:
        return instant(origin + timedelta(seconds=float(seconds)))

    kept: dict[str, Any] = dict(settings.read(connection, branch, NAME) or {})
    for one in problem["shifts"]:
        if one["id"] in new and one["id"] in told:
            kept[one["id"]] = {
                "crew": one["crew"],
                "day": told[one["id"]]["day"],
                "starts_at": at(one["starts"]),
                "ends_at": at(told[one["id"]].get("ends", one["ends"])),
                "breaks": [[at(b["opens"]), at(b["closes"]), b["lasts_s"]] for b in one.get("breaks", [])],
                "max_stops": one.get("max_stops"),
            }
    settings.save(connection, branch, NAME, kept)


def _own(connection: Connection, branch: str, ids: Collection[str]) -> frozenset[str]:
    """Give those of the shifts that the branch has itself."""
    query = sa.select(shift.c.shift_id).where(shift.c.branch == branch, shift.c.shift_id.in_(list(ids)))
    return frozenset(connection.execute(query).scalars())
