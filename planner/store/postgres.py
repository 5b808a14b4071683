"""PostgreSQL's side of a connection: its address, its errors, and many rows at once.

The driver is pg8000 (docs/decisions/0024): Python only, so rows are slow to send one by one. Columns are quick: each is
one text, an array on the way in and JSON on the way out, which both sides write and read in C.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, Connection, Engine, make_url

#: between the branches of a scope; no branch's code may hold it
BETWEEN = "\x1f"
#: rows in one statement
AT_ONCE = 20_000
#: The table of which every list changes most rows. Half of each page is left for what they will be, so that a changed
#: row finds room beside itself and no index has to be told: less than half the work, and the table does not grow.
ROOMY, FILLED_PCT = "account", 50
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


def leave_room(connection: Connection) -> None:
    """Leave room in the pages of the table whose rows change; what lies in it already stays where it is."""
    connection.exec_driver_sql(f"ALTER TABLE {ROOMY} SET (fillfactor = {FILLED_PCT})")


def fetched(connection: Connection, query: sa.Select[Any]) -> Sequence[Sequence[Any]]:
    """Give the values of a query column by column, quickly; its rows in their order."""
    rows = query.subquery("found")
    every = (sa.cast(sa.func.json_agg(column), sa.Text) for column in rows.c)
    found = connection.execute(sa.select(*every).select_from(rows)).one()
    return [[] if text is None else json.loads(text) for text in found]


def insert(
    connection: Connection, table: sa.Table, columns: Sequence[str], values: Sequence[Sequence[Any]], *, missing: bool
) -> None:
    """Add rows, given column by column; ``missing`` leaves alone those whose key is there already."""
    names = ", ".join(_quoted(connection, name) for name in columns)
    given = ", ".join(_names(len(columns)))
    end = " ON CONFLICT DO NOTHING" if missing else ""
    into = f"INSERT INTO {_quoted(connection, table.name)} ({names})"
    for rows, words in _rows(table, columns, values):
        connection.exec_driver_sql(f"{into} SELECT {given} FROM {rows}{end}", words)  # noqa: S608


def change(
    connection: Connection,
    table: sa.Table,
    keys: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
) -> None:
    """Change the columns of the rows with these keys; given are, column by column, the keys and then the new values."""
    quoted = [_quoted(connection, name) for name in (*keys, *columns)]
    given = _names(len(quoted))
    found = " AND ".join(f"old.{name} = {one}" for name, one in zip(quoted[: len(keys)], given, strict=False))
    news = ", ".join(f"{name} = {one}" for name, one in zip(quoted[len(keys) :], given[len(keys) :], strict=True))
    # Until the server has counted a new table it takes it to be nearly empty, and would look through it for each row.
    connection.exec_driver_sql("SET LOCAL enable_nestloop TO off")
    for rows, words in _rows(table, (*keys, *columns), values):
        connection.exec_driver_sql(
            f"UPDATE {_quoted(connection, table.name)} AS old SET {news} FROM {rows} WHERE {found}",  # noqa: S608
            words,
        )
    connection.exec_driver_sql("SET LOCAL enable_nestloop TO DEFAULT")


def _names(count: int) -> list[str]:
    return [f"given.c{k}" for k in range(count)]


def _rows(
    table: sa.Table, columns: Sequence[str], values: Sequence[Sequence[Any]]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give what names some of the rows in a statement, their columns as ``_names``, and the words that go with it.

    What is the same in all rows is given once: so it is with most columns of a list.
    """
    count = len(values[0]) if values else 0
    if not count:
        return
    alike = [column.count(column[0]) == count for column in values]
    if count > 1 and all(alike):  # the same row again and again
        alike[0] = False
    kinds = [table.c[name].type for name in columns]
    written = [one.compile(postgresql.dialect()) for one in kinds]  # type: ignore[no-untyped-call]
    said = ", ".join(f"CAST(%s AS {written[k]}) AS c{k}" if same else f"own.c{k}" for k, same in enumerate(alike))
    own = [k for k, same in enumerate(alike) if not same]
    arrays = ", ".join(f"CAST(%s AS {written[k]}[])" for k in own)
    where = f" FROM unnest({arrays}) AS own({', '.join(f'c{k}' for k in own)})" if own else ""
    once = [column[0] for column, same in zip(values, alike, strict=True) if same]
    for start in range(0, count, AT_ONCE):
        some = (array(values[k][start : start + AT_ONCE], text=isinstance(kinds[k], sa.String)) for k in own)
        yield f"(SELECT {said}{where}) AS given", (*once, *some)


def array(values: Sequence[Any], *, text: bool) -> str:
    r"""Write an array as PostgreSQL reads it, of texts or of numbers and truths; None is NULL.

    >>> array([1, None, 2.5], text=False)
    '{1,NULL,2.5}'
    >>> print(array(['a "b"', "NULL", "c\\d"], text=True))
    {"a \"b\"","NULL","c\\d"}

    Raises
    ------
    ValueError
        If a text holds U+0000, or a number is none: PostgreSQL's texts and our tables have no such thing.
    """
    if not text:
        numbers = ",".join(["NULL" if one is None else str(one) for one in values])
        if "n" in numbers:  # nan, inf
            raise ValueError("a number of a table is NaN or infinite")
        return "{" + numbers + "}"
    there = list(values) if None not in values else [one for one in values if one is not None]
    words = "\0".join(there)
    if words.count("\0") >= max(len(there), 1):
        raise ValueError("a text of a table holds U+0000")
    quoted = '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '"\0"') + '"'
    if len(there) == len(values):
        return "{" + (quoted.replace("\0", ",") if values else "") + "}"
    found = iter(quoted.split("\0"))
    return "{" + ",".join(["NULL" if one is None else next(found) for one in values]) + "}"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
