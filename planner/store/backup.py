"""A copy of the database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy.engine import Engine


def copy(engine: Engine, path: Path) -> None:
    """Write a consistent copy to a file, which appears only when it is complete; readable by its owner only.

    Raises
    ------
    ValueError
        If the database is not SQLite: its own tools are the right ones then.
    """
    if engine.dialect.name != "sqlite":
        raise ValueError(f"a copy by the store is for SQLite; use the tools of {engine.dialect.name}")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
    source = engine.raw_connection()
    target = sqlite3.connect(part)
    try:
        source.driver_connection.backup(target)  # type: ignore[union-attr]
    finally:
        target.close()
        source.close()
    part.replace(path)
