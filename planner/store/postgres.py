"""PostgreSQL's side of a connection: its address, its errors, and many rows at once.

The driver is pg8000 (docs/decisions/0024): Python only, so rows are slow to send one by one and quick to send as one
JSON text, which both sides write and read in C.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, Connection, Engine, make_url

#: between the branches of a scope; no branch's code may hold it
BETWEEN = "\x1f"
#: rows in one statement
AT_ONCE = 20_000
#: SQLSTATE of what a constraint (23…) or one of our triggers refuses begins so
REFUSED = ("23", "P0001")


def engine_of(url: str) -> Engine:
    """Make an engine; nothing is opened yet.

    Parameters
    ----------
    url
        ``postgresql://user:password@host:port/database``. ``?host=/run/postgresql`` goes by a Unix socket.
        ``?sslmode=`` is ``disable``, ``require`` (encrypted, whoever answers) or ``verify-full`` (the server's
        certificate is checked, with ``sslrootcert=FILE`` against this one); over a network it is ``verify-full``
        where nothing is said.

    Raises
    ------
    ValueError
        If it is no such address.
    """
    given = make_url(url)
    if given.get_backend_name() != "postgresql":
        raise ValueError(f"the database is SQLite or PostgreSQL, not {given.get_backend_name()}")
    words = {name: value if isinstance(value, str) else value[-1] for name, value in given.query.items()}
    arguments = _arguments(given, words)
    if words:
        raise ValueError(f"the address of the database says {sorted(words)[0]!r}, which is not known here")
    address = URL.create(
        "postgresql+pg8000", given.username, given.password, given.host, given.port, given.database, {}
    )
    engine = sa.create_engine(address, pool_pre_ping=True, connect_args=arguments)
    sa.event.listen(engine, "handle_error", _as_integrity)
    return engine


def _arguments(given: URL, words: dict[str, str]) -> dict[str, Any]:
    """Give the driver's arguments for what an address says after its question mark, and take it out of there."""
    folder, mode = words.pop("host", ""), words.pop("sslmode", "")
    root = words.pop("sslrootcert", None)
    if mode not in ("", "disable", "require", "verify-full"):
        raise ValueError(f"sslmode is disable, require or verify-full, not {mode!r}")
    if folder.startswith("/"):
        return {"unix_sock": f"{folder}/.s.PGSQL.{given.port or 5432}"}
    if folder:
        raise ValueError("host= after the question mark names the folder of a Unix socket")
    here = given.host in (None, "localhost", "127.0.0.1", "::1")
    mode = mode or ("disable" if here else "verify-full")
    if mode == "disable":
        return {}
    context = ssl.create_default_context(cafile=root)
    if mode == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return {"ssl_context": context}


def refused(error: BaseException | None) -> bool:
    """Tell whether the database refused a row: a key, a foreign key, or a trigger of ours."""
    told = error.args[0] if error is not None and error.args else None
    return isinstance(told, dict) and str(told.get("C", "")).startswith(REFUSED)


def _as_integrity(context: sa.engine.ExceptionContext) -> Exception | None:
    """Call what a constraint refuses by one name on both databases; this driver does so for equal keys only."""
    if refused(context.original_exception) and not isinstance(context.sqlalchemy_exception, sa.exc.IntegrityError):
        return sa.exc.IntegrityError(context.statement, None, context.original_exception)
    return None


def fetched(connection: Connection, query: sa.Select[Any]) -> Sequence[Sequence[Any]]:
    """Give all rows of a query in its order, quickly."""
    rows = query.subquery("found")
    one = sa.func.json_build_array(*rows.c)
    text = connection.execute(sa.select(sa.cast(sa.func.json_agg(one), sa.Text)).select_from(rows)).scalar()
    found: list[list[Any]] = [] if text is None else json.loads(text)
    return found


def insert(
    connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, missing: bool
) -> None:
    """Add rows; ``missing`` leaves alone those whose key is there already."""
    values = ", ".join(_value(table, name, k) for k, name in enumerate(columns))
    names = ", ".join(_quoted(connection, name) for name in columns)
    end = " ON CONFLICT DO NOTHING" if missing else ""
    _run(
        connection,
        f"INSERT INTO {_quoted(connection, table.name)} ({names}) SELECT {values} FROM {_ROWS}{end}",  # noqa: S608
        rows,
    )


def change(
    connection: Connection,
    table: sa.Table,
    keys: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Change the columns of the rows with these keys; each of the rows has the keys first, then the new values."""
    found = " AND ".join(f"old.{_quoted(connection, name)} = {_value(table, name, k)}" for k, name in enumerate(keys))
    values = ", ".join(
        f"{_quoted(connection, name)} = {_value(table, name, len(keys) + k)}" for k, name in enumerate(columns)
    )
    _run(
        connection,
        f"UPDATE {_quoted(connection, table.name)} AS old SET {values} FROM {_ROWS} WHERE {found}",  # noqa: S608
        rows,
    )


#: the rows of one statement, given to it as one text
_ROWS = "jsonb_array_elements(CAST(%s AS jsonb)) AS given(one)"


def _value(table: sa.Table, name: str, k: int) -> str:
    kind = table.c[name].type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]
    return f"CAST(given.one ->> {k} AS {kind})"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _run(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        text = json.dumps([list(row) for row in rows[start : start + AT_ONCE]], allow_nan=False)
        connection.exec_driver_sql(statement, (text,))
