"""Connections and transactions: what makes an acknowledged write survive a kill or a power cut.

SQLite runs in write-ahead mode with ``synchronous=FULL``; a write begins with ``BEGIN IMMEDIATE``, so that two writers
queue instead of failing half way, and a read sees one consistent state however many queries it makes. PostgreSQL gives
the same: writers of a branch wait for each other by an advisory lock, and a read is one snapshot.

Every transaction on PostgreSQL also says for whom it is, and the database shows it those branches' rows and no others
(``planner.store.walls``): a check that was forgotten in the program shows nothing instead of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from planner.domain import Principal
from planner.store import postgres

#: Set on every SQLite connection, in this order: the patience first, since the switch to WAL may have to wait. What is
#: removed is overwritten in the file, so that an erasure is one. 64 MiB of the file are kept in memory: an import of
#: 100,000 accounts writes all over it. What a statement may have to take back, and what is sorted, is kept in memory
#: too, not in a file beside the database.
PRAGMAS = (
    *("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"),
    *("secure_delete=ON", "cache_size=-65536", "temp_store=MEMORY"),
)


@dataclass(frozen=True)
class Scope:
    """For whom a transaction is: whose rows PostgreSQL shows it. The default is nobody, who sees none.

    ``looks_for`` is the id of one plan or job, whose branch may be asked for before anything is known of it.
    """

    branches: frozenset[str] = frozenset()
    role: str = ""
    looks_for: str = ""


def scope_of(principal: Principal, branch: str | None = None, *, looks_for: str = "") -> Scope:
    """Give the scope of a principal's call at one of his branches, or at all of them; at a foreign one it is empty."""
    mine = principal.branches if branch is None else principal.branches & {branch}
    return Scope(frozenset(mine), principal.role.value, looks_for)


def connect(url: str) -> Engine:
    """Make the engine of a database; nothing is opened yet.

    Parameters
    ----------
    url
        An SQLAlchemy URL, for example ``sqlite:///var/rounds.sqlite`` or ``postgresql://user@host/rounds``
        (``planner.store.postgres`` says what may follow).

    Raises
    ------
    ValueError
        If it is the address of another database product.
    """
    if not url.startswith("sqlite"):
        return postgres.engine_of(url)
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
def reading(engine: Engine, scope: Scope | None = None) -> Iterator[Connection]:
    """Give a connection that sees one state of the database, of the rows in the scope."""
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            _say(connection, scope or Scope())
        yield connection


@contextmanager
def writing(engine: Engine, queue: str, scope: Scope | None = None) -> Iterator[Connection]:
    """Give a connection whose changes are kept together at the end, or not at all.

    Parameters
    ----------
    queue
        Writers with the same one (a branch) wait for each other. SQLite has one writer anyway.
    """
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            # Each statement sees what was kept before it began, so what follows the lock sees the writer before.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(queue))))
            _say(connection, scope or Scope())
        yield connection


def _say(connection: Connection, scope: Scope) -> None:
    """Tell the database for whom this transaction is; the words end with it, whoever has the connection next."""
    words = {
        "branches": postgres.BETWEEN.join(sorted(scope.branches)),
        "role": scope.role,
        "looks_for": scope.looks_for,
    }
    connection.execute(sa.select(*(sa.func.set_config(f"rounds.{one}", said, True) for one, said in words.items())))
