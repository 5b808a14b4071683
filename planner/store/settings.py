"""What a branch has set for itself, one JSON value a name; ``SHARED`` are those that its neighbours may read."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.merge import merge
from planner.store.packing import json_text
from planner.store.schema import branch as branches
from planner.store.schema import setting

#: settings that branches on the same roads read of each other: figures without a person in them
SHARED = frozenset({"learnt_counts"})
#: the plans that somebody has gone back from, by his name; so many are remembered
UNDONE, UNDONE_KEPT = "undone.", 300


def read(connection: Connection, branch: str, name: str) -> Any:
    """Give a setting's value, None if it was never set."""
    query = sa.select(setting.c.value).where(setting.c.branch == branch, setting.c.name == name)
    text = connection.execute(query).scalar()
    return None if text is None else json.loads(text)


def undone(connection: Connection, branch: str, name: str | None) -> frozenset[str]:
    """Give the plans of a branch that somebody has gone back from, by his name; of everybody without one."""
    query = sa.select(setting.c.value).where(setting.c.branch == branch)
    if name is None:
        query = query.where(setting.c.name.startswith(UNDONE, autoescape=True))
    else:
        query = query.where(setting.c.name == UNDONE + name)
    return frozenset(one for text in connection.execute(query).scalars() for one in json.loads(text) or ())


def elsewhere(connection: Connection, branch: str, name: str) -> dict[str, Any]:
    """Give what the other branches on the same roads have set under a name, by branch.

    Raises
    ------
    ValueError
        If the name is none that branches share.
    """
    if name not in SHARED:
        raise ValueError(f"the setting {name!r} is not shared between branches")
    here = sa.select(branches.c.road_region).where(branches.c.code == branch).scalar_subquery()
    query = (
        sa.select(setting.c.branch, setting.c.value)
        .join(branches, branches.c.code == setting.c.branch)
        .where(setting.c.name == name, setting.c.branch != branch, branches.c.road_region == here)
        .order_by(setting.c.branch)
    )
    return {row.branch: json.loads(row.value) for row in connection.execute(query)}


def save(connection: Connection, branch: str, name: str, value: Any) -> None:
    """Set a value."""
    rows = [(branch, name, json_text(value))]
    # Only this name is compared: other settings of the branch are not the call's concern.
    merge(connection, setting, ["branch", "name", "value"], rows, within={"branch": branch, "name": name})
