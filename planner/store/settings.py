"""What a branch has set for itself, one JSON value a name."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.merge import merge
from planner.store.packing import json_text
from planner.store.schema import setting


def read(connection: Connection, branch: str, name: str) -> Any:
    """Give a setting's value, None if it was never set."""
    query = sa.select(setting.c.value).where(setting.c.branch == branch, setting.c.name == name)
    text = connection.execute(query).scalar()
    return None if text is None else json.loads(text)


def save(connection: Connection, branch: str, name: str, value: Any) -> None:
    """Set a value."""
    rows = [(branch, name, json_text(value))]
    # Only this name is compared: other settings of the branch are not the call's concern.
    merge(connection, setting, ["branch", "name", "value"], rows, within={"branch": branch, "name": name})
