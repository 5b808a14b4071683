"""Connections and transactions: what makes an acknowledged write survive a kill or a power cut.

SQLite runs in write-ahead mode with ``synchronous=FULL``; a write begins with ``BEGIN IMMEDIATE``, so that two writers
queue instead of failing half way, and a read sees one consistent state however many queries it makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

#: Set on every SQLite connection, in this order: the patience first, since the switch to WAL may have to wait.
PRAGMAS = ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")


def connect(url: str) -> Engine:
    """Make the engine of a database; nothing is opened yet.

    Parameters
    ----------
    url
        An SQLAlchemy URL, for example ``sqlite:///var/rounds.sqlite`` or ``postgresql+psycopg://…``.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    # The driver's own transaction control is switched off: it would begin late and without IMMEDIATE.
    engine = sa.create_engine(url, connect_args={"isolation_level": None})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, scope: str) -> Iterator[Connection]:
    """Give a connection whose changes are kept together at the end, or not at all.

    Parameters
    ----------
    scope
        Writers with the same scope (a branch) wait for each other. SQLite has one writer anyway.
    """
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(scope))))
        yield connection
