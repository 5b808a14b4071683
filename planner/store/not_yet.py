"""Nothing is recorded of what is still to come: an outcome is of a visit that has begun, on a day that has begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.called_in import called_in
from planner.store.frames import day as day_text
from planner.store.frames import instant
from planner.store.schema import branch as branches
from planner.store.schema import plan_stop, shift
from planner.tables import OUTCOMES

#: by so much a phone's clock may be ahead of ours
CLOCK_ERROR = timedelta(minutes=5)
DEBTOR, PLAN, STARTED = (list(OUTCOMES).index(name) for name in ("debtor_id", "plan_id", "started_at"))


class TooEarly(ValueError):
    """An outcome of a visit that has not begun, or of a stop of a day that has not begun where the branch is."""


def require_begun(connection: Connection, branch: str, rows: Sequence[tuple[object, ...]], *, now: datetime) -> None:
    """Refuse outcomes of what is still to come; the phone's clock may be ahead by ``CLOCK_ERROR``.

    Which day an outcome is of, its plan says: an outcome without a plan is of its own time alone.

    Raises
    ------
    TooEarly
        If there is one.
    """
    latest = now + CLOCK_ERROR
    early = next((row for row in rows if str(row[STARTED]) > instant(latest)), None)
    if early is not None:
        raise TooEarly(f"outcome {early[0]!r} is of a visit that has not begun")
    plans = sorted({str(row[PLAN]) for row in rows} - {""})
    if not plans:
        return
    zone = connection.execute(sa.select(branches.c.timezone).where(branches.c.code == branch)).scalar()
    today = latest.astimezone(ZoneInfo(zone or "UTC")).date()
    own = sa.select(shift.c.shift_id).where(shift.c.branch == branch, shift.c.day > day_text(today))
    more = [one.shift_id for one in called_in(connection, branch) if one.day > today]
    ahead: set[tuple[str, str]] = set()
    for start in range(0, len(plans), 500):  # databases limit the number of values in one query
        query = sa.select(plan_stop.c.plan_id, plan_stop.c.visit_id).where(
            plan_stop.c.plan_id.in_(plans[start : start + 500]),
            sa.or_(plan_stop.c.shift_id.in_(own), plan_stop.c.shift_id.in_(more)),
        )
        ahead |= {(row.plan_id, row.visit_id) for row in connection.execute(query)}
    early = next((row for row in rows if (row[PLAN], row[DEBTOR]) in ahead), None)
    if early is not None:
        raise TooEarly(f"outcome {early[0]!r} is of a day that is still to come")
