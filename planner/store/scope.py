"""Which debtors a principal may see: a collector those his crew is sent to, everybody else the whole branch.

The stops of a published plan name their visits by debtor id; a plan replaced by a newer one of its week no longer
gives access to anybody.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal, Role
from planner.store.access import NotAllowed
from planner.store.schema import plan_state, plan_stop

#: Without a named week a crew sees its stops of this many newest published weeks: this one and the next.
WEEKS_IN_REACH = 2


def published_plans(connection: Connection, branch: str) -> dict[str, str]:
    """Give the plan in force by week, weeks ascending."""
    newest = (
        sa.select(sa.func.max(plan_state.c.number)).where(plan_state.c.branch == branch).group_by(plan_state.c.week)
    )
    query = (
        sa.select(plan_state.c.week, plan_state.c.plan_id)
        .where(plan_state.c.number.in_(newest))
        .order_by(plan_state.c.week)
    )
    return {row.week: row.plan_id for row in connection.execute(query)}


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
    plans = published_plans(connection, branch)
    weeks = list(plans)[-WEEKS_IN_REACH:] if week is None else [week]
    query = sa.select(plan_stop.c.visit_id).where(plan_stop.c.plan_id.in_([plans[w] for w in weeks if w in plans]))
    return query if crew is None else query.where(plan_stop.c.crew_id == crew)
