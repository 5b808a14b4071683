"""A private PostgreSQL for the tests: started from Debian's package in a folder of its own, or found by an address.

It listens on a Unix socket only, runs as a user without rights where the tests run as root, and ends with the tests
however they end: it stops when the pipe to them closes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from planner.store.connect import connect

ADDRESS = "ROUNDS_TEST_POSTGRES_URL"
OWNER, APP, SUPER = "rounds_owner", "rounds_app", "postgres"
#: Ordinary tests need no disk that survives a power cut.
QUICK = (
    *("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "shared_buffers=16MB"),
    *("wal_level=minimal", "max_wal_senders=0", "jit=off"),
)
#: the process that holds the server's life: it asks for an immediate end when its input closes, and says the status
WATCH = 'exec 3<&0; "$@" & server=$!; { read -r _; kill -QUIT $server; } <&3 & wait $server'
PLACE = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
_numbers = count()


class NoServer(RuntimeError):
    """There is no PostgreSQL to start."""


def programs() -> Path:
    """Give the folder of PostgreSQL's programs, the newest of Debian's or the one on the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if not found:
        raise NoServer("PostgreSQL is not installed (Debian: apt install postgresql; macOS: brew install postgresql)")
    return Path(os.path.realpath(found)).parent


def missing() -> str:
    """Say why there is none to test with, "" where there is; on Debian that is a fault, elsewhere a reason to skip."""
    if os.environ.get(ADDRESS):
        return ""
    try:
        programs()
    except NoServer as error:
        return str(error)
    return ""


_kept = lru_cache(connect)


@dataclass(frozen=True)
class Server:
    """A server that runs. ``root`` is the address of its superuser."""

    root: str

    def sql(self, *statements: str, database: str = "", url: str = "") -> list[Any]:
        """Run statements as the superuser, each for itself, and give the rows of the last."""
        address = sa.make_url(url or self.root)
        named = address.set(database=database or address.database).render_as_string(hide_password=False)
        # One connection is kept for making and dropping databases.
        engine = _kept(named) if named == self.root else connect(named)
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for statement in statements:
                    result = connection.exec_driver_sql(statement)
                return list(result.fetchall()) if result.returns_rows else []
        finally:
            if engine is not _kept(self.root):
                engine.dispose()

    def url(self, database: str, user: str = APP) -> str:
        """Give the address of a database for a role."""
        address = sa.make_url(self.root).set(database=database, username=user)
        if user in (APP, OWNER):
            address = address.set(password=user)
        return address.render_as_string(hide_password=False)

    def create(self, like: str | None = None) -> str:
        """Make a database, empty or like another one, and give its name."""
        name = f"rounds_test_{os.getpid()}_{next(_numbers)}"
        how = PLACE if like is None else f"TEMPLATE {like} STRATEGY file_copy"
        self.sql(f"CREATE DATABASE {name} OWNER {OWNER} {how}")
        if like is None:
            self.sql(f"GRANT ALL ON SCHEMA public TO {OWNER}", database=name)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is in it."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def make_roles(server: Server) -> None:
    """Make the two roles: the owner of the tables, and the application."""
    for role in (OWNER, APP):
        if not server.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
            server.sql(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")


@dataclass(frozen=True)
class Private:
    """A server of our own. ``data`` is its folder; ``start`` may be called again after it was killed."""

    folder: Path
    options: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> Server:
        """Its address."""
        return Server(f"postgresql://{SUPER}@/postgres?host={self.folder}")

    def started(self) -> Private:
        """Start it and wait until it answers."""
        settings = [part for one in ("listen_addresses=", *self.options) for part in ("-c", one)]
        command = [str(programs() / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *settings]
        process = subprocess.Popen(
            ["sh", "-c", WATCH, "sh", *command], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("ab"), cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}, **unprivileged(),
        )  # fmt: skip
        up = replace(self, process=process)
        for _ in range(1200):
            try:
                up.server.sql("SELECT 1")
            except sa.exc.DBAPIError:
                if process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return up
        raise RuntimeError("PostgreSQL did not answer within a minute:\n" + (self.folder / "log").read_text())

    @property
    def number(self) -> int:
        """The id of its first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def killed(self) -> Private:
        """Kill its first process and all that came of it, as they are, and give what may be started again."""
        first = self.number
        listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
        children = [int(pid) for pid, parent in map(str.split, listed.splitlines()) if int(parent) == first]
        for one in (first, *children):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        assert self.process is not None
        self.process.wait()
        self.process.stdin.close()  # type: ignore[union-attr]
        for one in children:  # its memory is free again only when the last one is gone
            while Path(f"/proc/{one}").exists():
                time.sleep(0.01)
        return replace(self, process=None)

    def stopped(self) -> None:
        """End it at once, without its leave-taking."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()  # a second time, where it was killed meanwhile, does nothing
        self.process.wait()


def unprivileged() -> dict[str, Any]:
    """Give how to start a process as somebody without rights: PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoServer("there is no user 'postgres' or 'nobody' to run PostgreSQL as")


def _place(options: Sequence[str]) -> str:
    """Give where a server's folder goes: into memory where it need not survive and there is room, four times as quick.

    Not below the tests' own folder, which nobody else may enter, and with a short name, as sockets want it.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    return str(memory) if options is QUICK and roomy else "/tmp"


@contextmanager
def private(options: Sequence[str] = QUICK) -> Iterator[Private]:
    """Give a server of our own while a block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="rounds-pg-", dir=_place(options)))
    who = unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    try:
        make = [programs() / "initdb", "-D", folder / "data", "-U", SUPER, "-A", "trust", "--no-sync"]
        subprocess.run(
            [*make, "-E", "UTF8", "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **who,
        )  # fmt: skip
        running = Private(folder, tuple(options)).started()
        make_roles(running.server)
        try:
            yield running
        finally:
            _kept.cache_clear()
            running.stopped()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def some_server() -> Iterator[Server]:
    """Give the server that the address names, else a private one."""
    address = os.environ.get(ADDRESS)
    if address:
        found = Server(address)
        make_roles(found)
        yield found
        return
    why = missing()
    if why and Path("/etc/debian_version").exists():
        pytest.fail(f"{why}, and on Debian the tests do not go on without it")
    if why:
        pytest.skip(f"{why}; or set {ADDRESS} to a superuser's address")
    with private() as running:
        yield running.server
