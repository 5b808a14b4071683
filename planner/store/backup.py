"""A copy of the database while it is in use, and a database made of one.

SQLite copies itself. PostgreSQL is copied by its own tool, ``pg_dump``, under a role that may read everything (the
application's may not), and comes back by ``pg_restore`` under the owner's. Neither copy is encrypted: docs/store.md.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, Engine, make_url

#: what a copy by ``pg_dump`` begins with
DUMP = b"PGDMP"


class BadCopy(ValueError):
    """The copy cannot be used, or there is something already where it would go."""


def settle(engine: Engine) -> None:
    """Let SQLite's log go into its file and be emptied, so that what was removed is not left there."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def copy(engine: Engine, path: Path) -> None:
    """Write a consistent copy to a file, which appears only when it is complete; readable by its owner only.

    Raises
    ------
    ValueError
        If the database is not SQLite: ``dump`` is for PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        raise ValueError(f"a copy by the store is for SQLite; use the tools of {engine.dialect.name}")
    part = _part(path)
    source = engine.raw_connection()
    target = sqlite3.connect(part)
    try:
        source.driver_connection.backup(target)  # type: ignore[union-attr]
    finally:
        target.close()
        source.close()
    part.replace(path)


def dump(url: str, path: Path) -> None:
    """Write a consistent copy of a PostgreSQL database to a file, as ``copy`` does.

    Parameters
    ----------
    url
        Its address for a role with BYPASSRLS that may read every table: what no role can see is not copied.

    Raises
    ------
    BadCopy
        If ``pg_dump`` is missing or fails; the message is its own.
    """
    part = _part(path)
    _run("pg_dump", url, ["--format=custom", "--no-owner", "--no-privileges", f"--file={part}"])
    part.replace(path)


def restore(path: Path, url: str, *, owner: str = "") -> None:
    """Make a database of a copy. It has the copy's schema: bring it up to date afterwards (``migrate``).

    Parameters
    ----------
    url
        Where it goes: a SQLite file that is not there yet, or an empty PostgreSQL database.
    owner
        On PostgreSQL the same database's address for the role that will own the tables.

    Raises
    ------
    BadCopy
        If the copy is damaged or of the other product, or there is a database already.
    """
    head = path.read_bytes()[:16] if path.is_file() else b""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        _restore_file(path, head, Path(target.database or ""))
    elif not head.startswith(DUMP):
        raise BadCopy(f"{path} is no copy of a PostgreSQL database")
    elif not owner:
        raise BadCopy("a PostgreSQL database is restored by its owner: set ROUNDS_DATABASE_OWNER_URL")
    else:
        # All or nothing; tables that are there already make it fail.
        _run(
            "pg_restore", owner, ["--single-transaction", "--no-owner", "--no-privileges", "--exit-on-error", str(path)]
        )


def _restore_file(path: Path, head: bytes, target: Path) -> None:
    if not head.startswith(b"SQLite format 3"):
        raise BadCopy(f"{path} is no copy of a SQLite database")
    if target.exists():
        raise BadCopy(f"{target} is there already: move it away first")
    part = _part(target)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, closing(sqlite3.connect(part)) as made:
        try:
            source.backup(made)
            faults = [
                *(one for (one,) in made.execute("PRAGMA integrity_check") if one != "ok"),
                *(str(one) for one in made.execute("PRAGMA foreign_key_check")),
            ]
        except sqlite3.DatabaseError as error:
            faults = [str(error)]
    if faults:
        part.unlink()
        raise BadCopy(f"{path} is damaged: {faults[0]}")
    part.replace(target)


def _part(path: Path) -> Path:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
    return part


def _run(program: str, url: str, words: list[str]) -> None:
    address = make_url(url)
    password = {"PGPASSWORD": address.password} if address.password else {}  # in no list of processes
    named = [f"--dbname={_bare(address)}"]
    try:
        subprocess.run([program, *named, *words], check=True, capture_output=True, text=True, env=os.environ | password)
    except FileNotFoundError as error:
        raise BadCopy(f"{program} is not installed (Debian: apt install postgresql-client)") from error
    except subprocess.CalledProcessError as error:
        raise BadCopy(f"{program}: {str(error.stderr).strip()}") from error


def _bare(address: URL) -> str:
    bare = URL.create("postgresql", address.username, None, address.host, address.port, address.database, address.query)
    return bare.render_as_string(hide_password=False)
