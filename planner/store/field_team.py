"""Branches, collectors, crews and shifts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Branch, Break, Collector, Crew, Shift
from planner.store import schema
from planner.store.access import own_rows
from planner.store.frames import day, instant, moment
from planner.store.merge import merge

BRANCH_COLUMNS = [column.name for column in fields(Branch)]
SHIFT_COLUMNS = ["branch", "shift_id", "crew_id", "day", "starts_at", "ends_at", "breaks", "max_stops"]


def branches(connection: Connection, codes: Iterable[str]) -> tuple[Branch, ...]:
    """Give the branches of these codes that exist, by code."""
    table = schema.branch
    query = sa.select(*(table.c[name] for name in BRANCH_COLUMNS)).where(table.c.code.in_(sorted(codes)))
    return tuple(Branch(*row) for row in connection.execute(query.order_by(table.c.code)))


def all_codes(connection: Connection) -> tuple[str, ...]:
    """Give the codes of all branches there are."""
    return tuple(connection.execute(sa.select(schema.branch.c.code).order_by(schema.branch.c.code)).scalars())


def save_branch(connection: Connection, branch: Branch) -> None:
    """Add or change a branch."""
    merge(connection, schema.branch, BRANCH_COLUMNS, [astuple(branch)], within={})


def collectors(connection: Connection, branch: str) -> tuple[Collector, ...]:
    """Give a branch's collectors, by id."""
    table = schema.collector
    query = sa.select(table).where(table.c.branch == branch).order_by(table.c.collector_id)
    return tuple(
        Collector(row.collector_id, row.branch, row.name, _skills(row.skills)) for row in connection.execute(query)
    )


def save_collectors(connection: Connection, branch: str, people: Sequence[Collector]) -> None:
    """Add or change collectors of a branch."""
    own_rows(branch, (one.branch for one in people))
    rows = [(one.branch, one.collector_id, one.name, _blanks(one.skills)) for one in people]
    merge(connection, schema.collector, ["branch", "collector_id", "name", "skills"], rows, within={"branch": branch})


def crews(connection: Connection, branch: str) -> tuple[Crew, ...]:
    """Give a branch's crews, by id, members in their order."""
    table, member = schema.crew, schema.crew_member
    members: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(
        sa.select(member).where(member.c.branch == branch).order_by(member.c.crew_id, member.c.position)
    ):
        members[row.crew_id] = (*members.get(row.crew_id, ()), row.collector_id)
    return tuple(
        Crew(
            crew_id=row.crew_id,
            branch=row.branch,
            name=row.name,
            members=members.get(row.crew_id, ()),
            skills=_skills(row.skills),
            start=(row.start_lon, row.start_lat),
            end=(row.end_lon, row.end_lat),
        )
        for row in connection.execute(sa.select(table).where(table.c.branch == branch).order_by(table.c.crew_id))
    )


def save_crews(connection: Connection, branch: str, teams: Sequence[Crew]) -> None:
    """Add or change crews of a branch; a crew's members become the ones given.

    Raises
    ------
    ValueError
        If a member is no collector of the branch.
    """
    own_rows(branch, (one.branch for one in teams))
    names = ["branch", "crew_id", "name", "skills", "start_lon", "start_lat", "end_lon", "end_lat"]
    rows = [(one.branch, one.crew_id, one.name, _blanks(one.skills), *one.start, *one.end) for one in teams]
    merge(connection, schema.crew, names, rows, within={"branch": branch})
    member = schema.crew_member
    known = {one.collector_id for one in collectors(connection, branch)}
    for crew in teams:
        strangers = [one for one in crew.members if one not in known]
        if strangers:
            raise ValueError(f"crew {crew.crew_id!r} names {strangers[0]!r}, who is no collector of branch {branch!r}")
        connection.execute(member.delete().where(member.c.branch == branch, member.c.crew_id == crew.crew_id))
        if crew.members:
            connection.execute(
                member.insert(),
                [
                    {"branch": branch, "crew_id": crew.crew_id, "collector_id": one, "position": k}
                    for k, one in enumerate(crew.members)
                ],
            )


def shifts(connection: Connection, branch: str, first_day: date, last_day: date) -> tuple[Shift, ...]:
    """Give a branch's shifts on these days, both included, by day and id; times in the branch's zone."""
    table = schema.shift
    zone = _zone(connection, branch)
    query = (
        sa.select(table)
        .where(table.c.branch == branch, table.c.day >= day(first_day), table.c.day <= day(last_day))
        .order_by(table.c.day, table.c.shift_id)
    )
    return tuple(
        Shift(
            shift_id=row.shift_id,
            crew_id=row.crew_id,
            branch=row.branch,
            day=date.fromisoformat(row.day),
            starts=moment(row.starts_at).astimezone(zone),
            ends=moment(row.ends_at).astimezone(zone),
            breaks=_breaks(row.breaks, zone),
            max_stops=row.max_stops,
        )
        for row in connection.execute(query)
    )


def save_shifts(connection: Connection, branch: str, given: Sequence[Shift]) -> None:
    """Add or change shifts of a branch.

    Raises
    ------
    ValueError
        If a shift's crew is unknown at the branch, or its times have no zone.
    """
    own_rows(branch, (one.branch for one in given))
    known = {one.crew_id for one in crews(connection, branch)}
    strangers = [one.crew_id for one in given if one.crew_id not in known]
    if strangers:
        raise ValueError(f"a shift names {strangers[0]!r}, which is no crew of branch {branch!r}")
    rows = [
        (
            one.branch,
            one.shift_id,
            one.crew_id,
            day(one.day),
            instant(one.starts),
            instant(one.ends),
            json.dumps([[instant(b.opens), instant(b.closes), b.lasts.total_seconds()] for b in one.breaks]),
            one.max_stops,
        )
        for one in given
    ]
    merge(connection, schema.shift, SHIFT_COLUMNS, rows, within={"branch": branch})


def _zone(connection: Connection, branch: str) -> ZoneInfo:
    query = sa.select(schema.branch.c.timezone).where(schema.branch.c.code == branch)
    return ZoneInfo(connection.execute(query).scalar() or "UTC")


def _breaks(text: str, zone: ZoneInfo) -> tuple[Break, ...]:
    return tuple(
        Break(moment(opens).astimezone(zone), moment(closes).astimezone(zone), timedelta(seconds=lasts_s))
        for opens, closes, lasts_s in json.loads(text)
    )


def _skills(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _blanks(skills: frozenset[str]) -> str:
    return " ".join(sorted(skills))
