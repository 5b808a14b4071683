"""Plans: saved once, never changed, with the plan they were made from; publishing one is an entry of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal, Role
from planner.store import settings
from planner.store.access import NotAllowed
from planner.store.called_in import called_in, remember
from planner.store.crew_part import Documents, crew_part
from planner.store.frames import instant, moment
from planner.store.packing import figures_read, json_text, pack, packed, unpacked
from planner.store.schema import crew, plan, plan_state, plan_stop, shift
from planner.store.scope import own_crew, plan_of_shift, plans_by_shift, published_plans, stops_in_force

#: the branch's setting: the scenarios that were put away, by id
PUT_AWAY = "scenarios_put_away"
#: a plan of a week, one of its scenarios, or the plan of a single crew's day
Kind = Literal["week", "scenario", "day"]
WEEK = re.compile(r"\d{4}-W\d{2}")
#: the columns with a plan's compressed documents
DOCUMENTS = ("problem", "plan", "context")


class UnknownPlan(KeyError):
    """No plan has this id."""


class NotPublishable(ValueError):
    """The plan is a scenario, which is adopted as a draft first, or it takes for granted what the branch lacks."""


class NotAScenario(ValueError):
    """Only a scenario can be put away: plans of a week are kept."""


class PublishedMeanwhile(ValueError):
    """Another plan is in force than the one that was to be replaced: somebody else has published."""


@dataclass(frozen=True)
class SavedPlan:
    """A week's plan with all it was made from.

    ``problem`` and ``plan`` are the documents of FORMATS, whose visit ids are debtor ids; ``context`` is what pages
    need besides (places, geometry, values with their parts), refers to visits and shifts by id, never by position,
    and holds no name, phone or address; only its ``places`` is a list by the row of the travel matrix. ``parent`` is
    the plan this one was edited from, None for a first one. The last two fields are filled when a plan is read: when
    and by whom it was published last.
    """

    plan_id: str
    branch: str
    week: str
    parent: str | None
    created_at: datetime
    created_by: str
    problem: dict[str, Any]
    plan: dict[str, Any]
    context: dict[str, Any]
    metrics: dict[str, Any]
    rule_pack: str
    road_source: str
    seed: int
    published_at: datetime | None = None
    published_by: str | None = None


@dataclass(frozen=True)
class PlanRow:
    """A plan without its documents. ``published_at`` is its last publishing; ``in_force`` if none came after it.

    ``first_published_at`` is its first.
    """

    plan_id: str
    branch: str
    week: str
    parent: str | None
    created_at: datetime
    created_by: str
    metrics: Mapping[str, Any]
    rule_pack: str
    road_source: str
    seed: int
    published_at: datetime | None
    published_by: str | None
    in_force: bool
    first_published_at: datetime | None = None


def save(connection: Connection, saved: SavedPlan) -> None:
    """Keep a plan.

    Raises
    ------
    ValueError
        If its id is taken, its week is not like ``2026-W48``, or its parent is no plan of the branch.
    """
    if not WEEK.fullmatch(saved.week):
        raise ValueError(f"a week is written like 2026-W48, got {saved.week!r}")
    if branch_of(connection, saved.plan_id) is not None:
        raise ValueError(f"a plan {saved.plan_id!r} exists already, and plans are never changed")
    if saved.parent is not None and branch_of(connection, saved.parent) != saved.branch:
        raise ValueError(f"plan {saved.plan_id!r} names a parent {saved.parent!r} that branch {saved.branch!r} lacks")
    connection.execute(
        plan.insert().values(
            plan_id=saved.plan_id,
            branch=saved.branch,
            week=saved.week,
            parent=saved.parent,
            created_at=instant(saved.created_at),
            created_by=saved.created_by,
            rule_pack=saved.rule_pack,
            road_source=saved.road_source,
            metrics=json_text(saved.metrics),
            seed=saved.seed,
            problem=pack(saved.problem),
            plan=pack(saved.plan),
            context=pack(saved.context),
        )
    )
    stops = _stops(saved)
    if stops:
        connection.execute(plan_stop.insert(), stops)


def as_kept(saved: SavedPlan) -> SavedPlan:
    """Give a plan as it will be read once it is kept, compressed already, so that keeping it takes a moment."""
    problem, plan_, context = (packed(one)[1] for one in (saved.problem, saved.plan, saved.context))
    return replace(saved, problem=problem, plan=plan_, context=context, metrics=json.loads(json_text(saved.metrics)))


def read(connection: Connection, principal: Principal, plan_id: str) -> SavedPlan:
    """Give a plan; to a collector only one in force or that his crew works or worked by, and only his crew's part.

    Raises
    ------
    UnknownPlan
        If there is none with this id.
    NotAllowed
        If a collector asks for a plan that is not published.
    """
    row = connection.execute(sa.select(plan).where(plan.c.plan_id == plan_id)).one_or_none()
    if row is None:
        raise UnknownPlan(f"there is no plan {plan_id!r}")
    said = _published(connection, row.branch, row.week).get(plan_id)
    if principal.role is not Role.COLLECTOR:
        documents = {one: unpacked(row._mapping[one]) for one in DOCUMENTS} | {"metrics": json.loads(row.metrics)}
    elif plan_id in _behind(
        connection, row.branch, row.week, _open_to_crew(connection, principal, row.branch, row.week)
    ):
        documents = _part(row.problem, row.plan, row.context, row.metrics, own_crew(principal))
    else:
        raise NotAllowed(f"plan {plan_id!r} is not published")
    return SavedPlan(
        plan_id=row.plan_id,
        branch=row.branch,
        week=row.week,
        parent=row.parent,
        created_at=moment(row.created_at),
        created_by=row.created_by,
        problem=documents["problem"],
        plan=documents["plan"],
        context=documents["context"],
        metrics=documents["metrics"],
        rule_pack=row.rule_pack,
        road_source=row.road_source,
        seed=row.seed,
        published_at=None if said is None else moment(said.published_at),
        published_by=None if said is None else said.published_by,
    )


@lru_cache(maxsize=64)
def _part(problem: bytes, plan_: bytes, context: bytes, metrics: str, crew: str) -> Documents:
    """Give a crew's part of a plan as it is kept, the same to all who ask: it must not be changed.

    A crew's phones ask again and again, and cutting a large branch's plan takes a twentieth of a second.
    """
    whole = {name: unpacked(data) for name, data in zip(DOCUMENTS, (problem, plan_, context), strict=True)}
    return crew_part(whole | {"metrics": json.loads(metrics)}, crew)


def listed(
    connection: Connection, principal: Principal, branch: str, week: str, *, kind: Kind = "week"
) -> tuple[PlanRow, ...]:
    """Give the plans of a branch's week, its scenarios, or the plans of single days, newest first.

    A collector sees those that his crew works by. Figures say what a plan is (``metrics["scenario"]``, ``["day"]``).
    """
    in_force = published_plans(connection, branch).get(week)
    mine = _open_to_crew(connection, principal, branch, week) if principal.role is Role.COLLECTOR else set()
    said, first = _published(connection, branch, week), _first_published(connection, branch, week)
    light = [column for column in plan.c if column.name not in ("problem", "plan", "context")]
    query = (
        sa.select(*light)
        .where(plan.c.branch == branch, plan.c.week == week)
        .order_by(plan.c.created_at.desc(), plan.c.plan_id)
    )
    rows = tuple(
        PlanRow(
            plan_id=row.plan_id,
            branch=row.branch,
            week=row.week,
            parent=row.parent,
            created_at=moment(row.created_at),
            created_by=row.created_by,
            metrics=figures_read(row.metrics),
            rule_pack=row.rule_pack,
            road_source=row.road_source,
            seed=row.seed,
            published_at=moment(said[row.plan_id].published_at) if row.plan_id in said else None,
            published_by=said[row.plan_id].published_by if row.plan_id in said else None,
            in_force=row.plan_id == in_force,
            first_published_at=moment(first[row.plan_id]) if row.plan_id in first else None,
        )
        for row in connection.execute(query)
        if principal.role is not Role.COLLECTOR or row.plan_id in mine
    )
    gone = set(settings.read(connection, branch, PUT_AWAY) or ()) if kind == "scenario" else set()
    return in_order(row for row in rows if kind_of(row.metrics) == kind and row.plan_id not in gone)


def in_order(rows: Iterable[PlanRow]) -> tuple[PlanRow, ...]:
    """Give plans newest first; of those of one moment a plan comes before the one that it was made from."""
    known = {row.plan_id: row for row in rows}

    def behind(row: PlanRow) -> int:
        """Count the plans of the same moment that this one was made from, one from the other."""
        count, before = 0, known.get(row.parent or "")
        while before is not None and before.created_at == row.created_at:
            count, before = count + 1, known.get(before.parent or "")
        return count

    by_id = sorted(known.values(), key=lambda row: row.plan_id)
    return tuple(sorted(by_id, key=lambda row: (row.created_at, behind(row)), reverse=True))


def put_away(connection: Connection, plan_id: str) -> None:
    """Take a scenario off the list. Its plan stays, since drafts may have come of it and plans are never changed.

    Raises
    ------
    NotAScenario
        If it is a plan of the week itself.
    """
    row = connection.execute(sa.select(plan.c.branch, plan.c.metrics).where(plan.c.plan_id == plan_id)).one()
    if kind_of(json.loads(row.metrics)) != "scenario":
        raise NotAScenario(f"plan {plan_id!r} is no scenario")
    gone = settings.read(connection, row.branch, PUT_AWAY) or []
    settings.save(connection, row.branch, PUT_AWAY, sorted({*gone, plan_id}))


def kind_of(metrics: Mapping[str, Any]) -> Kind:
    """Say what a plan is by its figures."""
    return "scenario" if "scenario" in metrics else "day" if "day" in metrics else "week"


def change_day(
    connection: Connection, principal: Principal, saved: SavedPlan, shifts: Collection[str], *, now: datetime
) -> bool:
    """Keep a plan of a day and let it hold for these shifts; False where it was kept before.

    Raises
    ------
    NotPublishable
        If it does not say that it is one, or a shift is none of its own.
    PublishedMeanwhile
        If a shift works by another plan than the one it was made from.
    NotAllowed
        If it is about another crew than the collector's.
    """
    crews = {one["id"]: one["crew"] for one in saved.problem["shifts"]}
    if kind_of(saved.metrics) != "day" or not shifts or not set(shifts) <= set(crews):
        raise NotPublishable(f"plan {saved.plan_id!r} is no plan of a day of these shifts")
    if principal.role is Role.COLLECTOR and set(crews.values()) != {own_crew(principal)}:
        raise NotAllowed(f"{principal.name} may change his own crew's day only")
    if branch_of(connection, saved.plan_id) == saved.branch:
        return False
    first = next(iter(shifts))
    if plan_of_shift(connection, saved.branch, saved.week, first) != saved.parent:
        raise PublishedMeanwhile(f"shift {first!r} does not work by plan {saved.parent!r} any more")
    save(connection, saved)
    values = {"plan_id": saved.plan_id, "branch": saved.branch, "week": saved.week}
    values |= {"published_at": instant(now), "published_by": principal.name}
    connection.execute(plan_state.insert(), [{**values, "shift_id": one} for one in shifts])
    return True


def publish(
    connection: Connection, principal: Principal, plan_id: str, now: datetime, instead_of: str | None = None
) -> None:
    """Put a plan in force for its week, in the place of any other or of just one (``Store.publish``).

    Raises
    ------
    NotPublishable
        If it is a scenario, or a crew in it is none of the branch's.
    PublishedMeanwhile
        If another plan is in force than ``instead_of``.
    """
    wanted = sa.select(plan.c.branch, plan.c.week, plan.c.metrics).where(plan.c.plan_id == plan_id)
    row = connection.execute(wanted).one()
    if (kind := kind_of(json.loads(row.metrics))) != "week":
        raise NotPublishable(f"plan {plan_id!r} is of another kind: {kind}")
    known = sa.select(crew.c.crew_id).where(crew.c.branch == row.branch)
    strange = sa.select(plan_stop.c.crew_id).where(plan_stop.c.plan_id == plan_id, plan_stop.c.crew_id.not_in(known))
    missing = sorted(set(connection.execute(strange).scalars()))
    if missing:
        raise NotPublishable(f"plan {plan_id!r} sends out crew {missing[0]!r}, which the branch does not have")
    if instead_of is not None:
        there = published_plans(connection, row.branch).get(row.week) or ""
        if there not in (instead_of, plan_id):
            raise PublishedMeanwhile(f"plan {there!r} is in force, not {instead_of!r}")
    remember(connection, row.branch, plan_id)
    connection.execute(
        plan_state.insert().values(
            plan_id=plan_id, branch=row.branch, week=row.week, published_at=instant(now), published_by=principal.name
        )
    )


def branch_of(connection: Connection, plan_id: str) -> str | None:
    """Give the branch a plan belongs to, None if there is no such plan."""
    return connection.execute(sa.select(plan.c.branch).where(plan.c.plan_id == plan_id)).scalar()


def _open_to_crew(connection: Connection, principal: Principal, branch: str, week: str) -> set[str]:
    """Give the week's plan in force and the older ones by which a shift of the collector's crew still works."""
    crew = own_crew(principal)
    works = {plan_id for plan_id, _ in stops_in_force(connection, branch, [week])}
    query = sa.select(plan_stop.c.plan_id).where(plan_stop.c.plan_id.in_(works), plan_stop.c.crew_id == crew)
    in_force = published_plans(connection, branch).get(week)
    # A day may be changed to one without stops.
    mine = set(connection.execute(sa.select(shift.c.shift_id).where(shift.c.crew_id == crew)).scalars())
    mine |= {one.shift_id for one in called_in(connection, branch) if one.crew_id == crew}
    own = {plan_id for one, plan_id in plans_by_shift(connection, branch, week).items() if one in mine}
    return {*connection.execute(query).scalars(), *own, *([in_force] if in_force else [])}


def _behind(connection: Connection, branch: str, week: str, plans: set[str]) -> set[str]:
    """Give plans, and those that changes of a crew's day were made of: what a crew gave up stood in them."""
    of_days = set(
        connection.execute(
            sa.select(plan_state.c.plan_id).where(
                plan_state.c.branch == branch, plan_state.c.week == week, plan_state.c.shift_id.is_not(None)
            )
        ).scalars()
    )
    if not of_days & plans:
        return plans
    query = sa.select(plan.c.plan_id, plan.c.parent).where(plan.c.plan_id.in_(of_days))
    made_of = {row.plan_id: row.parent for row in connection.execute(query)}
    found, new = set(plans), plans & of_days
    while new:
        parents = {made_of[one] for one in new if made_of.get(one)}
        found |= parents
        new = parents & of_days - new
    return found


def _published(connection: Connection, branch: str, week: str) -> dict[str, Any]:
    """Give the last publishing of each plan of a week, by plan id."""
    query = sa.select(plan_state).where(plan_state.c.branch == branch, plan_state.c.week == week)
    return {row.plan_id: row for row in connection.execute(query.order_by(plan_state.c.number))}


def _first_published(connection: Connection, branch: str, week: str) -> dict[str, Any]:
    """Give when each plan of a week was published first, by plan id."""
    query = sa.select(plan_state.c.plan_id, sa.func.min(plan_state.c.published_at).label("at"))
    query = query.where(plan_state.c.branch == branch, plan_state.c.week == week).group_by(plan_state.c.plan_id)
    return {row.plan_id: row.at for row in connection.execute(query)}


def _stops(saved: SavedPlan) -> list[dict[str, Any]]:
    crews = {one["id"]: one["crew"] for one in saved.problem.get("shifts", [])}
    return [
        {
            "plan_id": saved.plan_id,
            "visit_id": stop["visit"],
            "crew_id": crews[route["shift"]],
            "shift_id": route["shift"],
            "position": position,
        }
        for route in saved.plan.get("routes", [])
        for position, stop in enumerate(route["stops"])
    ]
