"""Which debtors a principal may see: a collector those his crew is sent to, everybody else the whole branch.

The stops of a published plan name their visits by debtor id. A plan leaves alone the shifts that had begun when it was
made, so publishing it does not take their stops from the crews that are out: each shift works by the last plan
published that was made before the shift began, or before its crew was at its first door if it set out early. A plan of
the day (``Store.change_day``) holds for its shifts alone,
begun or not, until a plan made later replaces it. A plan by which no shift works any more gives access to nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal, Role
from planner.store.access import NotAllowed
from planner.store.called_in import called_in
from planner.store.frames import instant
from planner.store.merge import all_rows
from planner.store.schema import outcome, plan, plan_state, plan_stop, shift
from planner.week import week_days

#: Without a named week a crew sees its stops of this many newest published weeks: this one and the next.
WEEKS_IN_REACH = 2


def published_plans(connection: Connection, branch: str) -> dict[str, str]:
    """Give the plan in force by week, weeks ascending."""
    newest = (
        sa.select(sa.func.max(plan_state.c.number))
        .where(plan_state.c.branch == branch, plan_state.c.shift_id.is_(None))
        .group_by(plan_state.c.week)
    )
    query = (
        sa.select(plan_state.c.week, plan_state.c.plan_id)
        .where(plan_state.c.number.in_(newest))
        .order_by(plan_state.c.week)
    )
    return {row.week: row.plan_id for row in connection.execute(query)}


def stops_in_force(
    connection: Connection, branch: str, weeks: Collection[str], crew: str | None = None
) -> dict[tuple[str, str], list[str]]:
    """Give the debtors of each shift in the order of its stops, by the plan it works by and the shift.

    ``crew``: only this crew's.
    """
    works_by = _works_by(connection, branch, weeks)
    query = sa.select(plan_stop.c.plan_id, plan_stop.c.shift_id, plan_stop.c.visit_id)
    query = query.where(plan_stop.c.plan_id.in_(works_by.week_of))
    query = query if crew is None else query.where(plan_stop.c.crew_id == crew)
    stops: dict[tuple[str, str], list[str]] = {}
    for plan_id, shift_id, visit_id in all_rows(connection, query.order_by(plan_stop.c.position)):
        stops.setdefault((str(plan_id), str(shift_id)), []).append(str(visit_id))
    return {key: debtors for key, debtors in stops.items() if works_by(works_by.week_of[key[0]], key[1]) == key[0]}


@dataclass(frozen=True)
class _WorksBy:
    """Says by which of the published plans a shift works; ``said`` is newest first."""

    said: Sequence[Any]
    begins: Mapping[str, str]
    week_of: Mapping[str, str]

    def __call__(self, week: str, shift_id: str) -> str | None:
        """Give the plan, None where nothing is published."""
        weeks = [row for row in self.said if row.week == week and row.shift_id is None]
        own = next((row for row in self.said if row.week == week and row.shift_id == shift_id), None)
        # Instants are kept as text that sorts by time. A shift that is gone works by the newest plan.
        in_time = [row for row in weeks if row.published_at <= self.begins.get(shift_id, row.published_at)]
        # Where the week was published after the shift began, its crew goes on by what it was told first.
        general = next(iter(in_time or weeks[::-1]), None)
        if own is not None and not (general is not None and general.created_at > own.published_at):
            return str(own.plan_id)
        return None if general is None else str(general.plan_id)


def _works_by(connection: Connection, branch: str, weeks: Collection[str]) -> _WorksBy:
    columns = (plan_state.c.plan_id, plan_state.c.week, plan_state.c.published_at, plan_state.c.shift_id)
    published = sa.select(*columns, plan.c.created_at).join(plan)
    published = published.where(plan_state.c.branch == branch, plan_state.c.week.in_(weeks))
    said = list(connection.execute(published.order_by(plan_state.c.number.desc())))
    begins = {one.shift_id: instant(one.starts) for one in called_in(connection, branch)}
    if weeks:
        kept = sa.select(shift.c.shift_id, shift.c.starts_at)
        kept = kept.where(shift.c.branch == branch, shift.c.starts_at >= _eve_of(min(weeks)))
        begins |= {str(shift_id): str(at) for shift_id, at in all_rows(connection, kept)}
    for shift_id, first in _first_doors(connection, branch, weeks, {row.plan_id for row in said}):
        begins[shift_id] = min(first, begins.get(shift_id, first))
    return _WorksBy(said, begins, {row.plan_id: row.week for row in said})


def _first_doors(
    connection: Connection, branch: str, weeks: Collection[str], plans: Collection[str]
) -> list[tuple[str, str]]:
    """Give when the crew of each shift was at its first door, where one is recorded."""
    if not plans:
        return []
    # Asked with whatever a crew reads: by the index of when visits began.
    since = _eve_of(min(weeks))
    query = (
        sa.select(plan_stop.c.shift_id, sa.func.min(outcome.c.started_at))
        .join(plan_stop, sa.and_(plan_stop.c.plan_id == outcome.c.plan_id, plan_stop.c.visit_id == outcome.c.debtor_id))
        .where(outcome.c.branch == branch, outcome.c.started_at >= since, outcome.c.plan_id.in_(plans))
        .group_by(plan_stop.c.shift_id)
    )
    return [(str(shift_id), str(first)) for shift_id, first in connection.execute(query)]


def _eve_of(week: str) -> str:
    """Give a moment before the week begins in any zone."""
    return instant(datetime.combine(week_days(week)[0], time(), UTC) - timedelta(days=1))


def plan_of_shift(connection: Connection, branch: str, week: str, shift_id: str | None) -> str | None:
    """Give the plan a shift works by, for no shift the plan in force; None if there is none."""
    found = None if shift_id is None else _works_by(connection, branch, [week])(week, shift_id)
    return found or published_plans(connection, branch).get(week)


def plans_by_shift(connection: Connection, branch: str, week: str) -> dict[str, str]:
    """Give the plan that each shift of a published plan works by."""
    works_by = _works_by(connection, branch, [week])
    query = sa.select(plan_stop.c.shift_id).where(plan_stop.c.plan_id.in_(works_by.week_of)).distinct()
    found = {str(one): works_by(week, str(one)) for one in connection.execute(query).scalars()}
    return {one: plan_id for one, plan_id in found.items() if plan_id is not None}


def own_crew(principal: Principal) -> str:
    """Give a collector's crew.

    Raises
    ------
    NotAllowed
        If he belongs to none.
    """
    if principal.crew is None:
        raise NotAllowed(f"{principal.name} belongs to no crew")
    return principal.crew


def in_reach(
    connection: Connection, principal: Principal, branch: str, week: str | None
) -> sa.Select[tuple[str]] | None:
    """Give the query for the debtors a principal may see, or None for all of the branch.

    Parameters
    ----------
    week
        Only the stops of this week's published plan; None for a crew's stops within reach, or for the whole branch.

    Raises
    ------
    NotAllowed
        If a collector belongs to no crew.
    """
    crew = own_crew(principal) if principal.role is Role.COLLECTOR else None
    if crew is None and week is None:
        return None
    weeks = list(published_plans(connection, branch))[-WEEKS_IN_REACH:] if week is None else [week]
    works = [
        sa.and_(plan_stop.c.plan_id == plan_id, plan_stop.c.shift_id == shift_id)
        for plan_id, shift_id in stops_in_force(connection, branch, weeks, crew)
    ]
    query = sa.select(plan_stop.c.visit_id).where(sa.or_(sa.false(), *works))
    return query if crew is None else query.where(plan_stop.c.crew_id == crew)
