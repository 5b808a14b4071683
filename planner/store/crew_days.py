"""A crew's day over all plans it ever worked by: what was recorded at a door stays true when the plan changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal, Role, Shift
from planner.store import field_team
from planner.store.access import NotAllowed
from planner.store.called_in import called_in
from planner.store.frames import day as day_text
from planner.store.schema import branch as branches
from planner.store.schema import outcome, place, plan_state, plan_stop, shift
from planner.store.scope import own_crew, plans_by_shift, stops_in_force
from planner.week import iso_week


@dataclass(frozen=True)
class OnceStop:
    """A debtor who was a stop of a crew's day: in which published plans, the newest first, and the known places.

    ``foreign`` are the ids of what other crews recorded of the debtor.
    """

    debtor_id: str
    plan_ids: tuple[str, ...]
    place_ids: tuple[str, ...]
    foreign: frozenset[str] = frozenset()


def require_own_crew(principal: Principal, crew_id: str) -> None:
    """Let a collector pass for his own crew only.

    Raises
    ------
    NotAllowed
        If it is another one.
    """
    if principal.role is Role.COLLECTOR and own_crew(principal) != crew_id:
        raise NotAllowed(f"{principal.name} belongs to another crew than {crew_id!r}")


def worked(connection: Connection, branch: str, first_day: date, last_day: date) -> tuple[Shift, ...]:
    """Give the shifts of these days with those that a plan in force calls in, by day and start, in the branch's zone.

    One whose stops a later plan gave up before it began is none any more; one that was changed to have no stops is.
    """
    usual = field_team.shifts(connection, branch, first_day, last_day)
    extra = [one for one in called_in(connection, branch) if first_day <= one.day <= last_day]
    if extra:
        going = going_out(connection, branch, {iso_week(one.day) for one in extra})
        name = connection.execute(sa.select(branches.c.timezone).where(branches.c.code == branch)).scalar()
        zone = ZoneInfo(name or "UTC")
        usual += tuple(
            replace(
                one,
                starts=one.starts.astimezone(zone),
                ends=one.ends.astimezone(zone),
                breaks=tuple(
                    replace(each, opens=each.opens.astimezone(zone), closes=each.closes.astimezone(zone))
                    for each in one.breaks
                ),
            )
            for one in extra
            if one.shift_id in going
        )
    return tuple(sorted(usual, key=lambda one: (one.day, one.starts, one.shift_id)))


def going_out(connection: Connection, branch: str, weeks: Collection[str]) -> set[str]:
    """Give the shifts that work by a plan with stops for them, or by a plan of the day that left them none."""
    by_day = sa.select(plan_state.c.shift_id, plan_state.c.plan_id).where(
        plan_state.c.branch == branch, plan_state.c.week.in_(list(weeks)), plan_state.c.shift_id.is_not(None)
    )
    own = {(row.shift_id, row.plan_id) for row in connection.execute(by_day)}
    found = {shift_id for _, shift_id in stops_in_force(connection, branch, weeks)}
    return found | {
        one
        for week in weeks
        for one, plan_id in plans_by_shift(connection, branch, week).items()
        if (one, plan_id) in own
    }


def once_stops(
    connection: Connection, principal: Principal, branch: str, crew_id: str, day: date
) -> dict[str, OnceStop]:
    """Give every debtor who was a stop of the crew's day in any plan that was ever published for it, by id.

    Drafts and scenarios count for nothing: nobody was sent out by them. Ids only, no card and no amount.

    Raises
    ------
    NotAllowed
        If a collector asks for another crew's.
    """
    require_own_crew(principal, crew_id)
    own = sa.select(shift.c.shift_id).where(shift.c.branch == branch, shift.c.day == day_text(day))
    more = [one.shift_id for one in called_in(connection, branch) if one.day == day]
    query = (
        sa.select(plan_stop.c.visit_id, plan_stop.c.plan_id)
        .join(plan_state, plan_state.c.plan_id == plan_stop.c.plan_id)
        .where(
            plan_state.c.branch == branch,
            sa.or_(plan_state.c.shift_id.is_(None), plan_state.c.shift_id == plan_stop.c.shift_id),
            plan_stop.c.crew_id == crew_id,
            sa.or_(plan_stop.c.shift_id.in_(own), plan_stop.c.shift_id.in_(more)),
        )
        .order_by(plan_state.c.number.desc())
    )
    plans: dict[str, dict[str, None]] = {}
    for row in connection.execute(query):
        plans.setdefault(row.visit_id, {})[row.plan_id] = None
    of = sa.select(place.c.debtor_id, place.c.place_id).where(
        place.c.branch == branch, place.c.debtor_id.in_(list(plans))
    )
    places: dict[str, list[str]] = {}
    for row in connection.execute(of.order_by(place.c.place_id)):
        places.setdefault(row.debtor_id, []).append(row.place_id)
    by_others = sa.select(outcome.c.debtor_id, outcome.c.outcome_id).where(
        outcome.c.branch == branch, outcome.c.debtor_id.in_(list(plans)), outcome.c.crew_id != crew_id
    )
    foreign: dict[str, set[str]] = {}
    for row in connection.execute(by_others):
        foreign.setdefault(row.debtor_id, set()).add(row.outcome_id)
    return {
        one: OnceStop(one, tuple(mine), tuple(places.get(one, ())), frozenset(foreign.get(one, ())))
        for one, mine in plans.items()
    }
