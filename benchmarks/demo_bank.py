"""The demo as a bank runs it, for benchmarks: a copy of its record (on PostgreSQL where that is wanted), accounts with
open sessions instead of the demo's door, and the application in a process of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from dashboard.sign_in.keeper import GATE, digest
from planner.domain import Principal, Role
from planner.passwords import hashed
from planner.store import Login, migrate, open_store, postgres
from planner.store.schema import metadata
from tests.planner.store.server import OWNER, Server

ROOT = Path(__file__).parent.parent
PASSWORD = "seven green lanterns"  # of accounts that live as long as the benchmark
START_S = 240
LINKED = ("osrm", "regions", "matrices", "demo")


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a session that is open."""

    name: str
    role: Role
    branch: str
    crew: str | None
    token: str


def copied(var: Path) -> str:
    """Copy the demo's record into a folder, beside links to what never changes; gives the copy's address."""
    for name in LINKED:
        (var / name).symlink_to(ROOT / "var" / name)
    source = sa.create_engine(f"sqlite:///file:{ROOT / 'var' / 'rounds.sqlite'}?mode=ro&uri=true")
    with source.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(var / "rounds.sqlite"),))
    source.dispose()
    url = f"sqlite:///{var / 'rounds.sqlite'}"
    migrate(url)
    return url


def on_postgres(server: Server, url: str) -> str:
    """Bring the rows of a SQLite record into a new database of a server; gives its address for the application."""
    name = server.create()
    migrate(server.url(name), owner=server.url(name, OWNER))
    source = sa.create_engine(url)
    # The superuser is not held back by the walls; nothing of the application works under this role.
    target = sa.create_engine(
        sa.make_url(server.root).set(drivername="postgresql+pg8000", database=name, query={}),
        connect_args={"unix_sock": f"{sa.make_url(server.root).query['host']}/.s.PGSQL.5432"},
    )
    with source.connect() as there, target.begin() as here:
        for table in metadata.sorted_tables:
            rows = there.execute(sa.select(table)).all()
            if any(isinstance(column.type, sa.LargeBinary) for column in table.columns):
                for row in rows:  # the quick way is for texts and numbers
                    here.execute(table.insert().values(tuple(row)))
            else:
                values = [list(column) for column in zip(*rows, strict=True)]
                postgres.insert(here, table, list(table.columns.keys()), values, missing=False)
            for column in table.primary_key.columns:
                if column.autoincrement is True or isinstance(column.type, sa.Integer):
                    counter = sa.func.pg_get_serial_sequence(table.name, column.name)
                    here.execute(sa.select(sa.func.setval(counter, sa.func.max(column))).select_from(table))
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as here:
        here.exec_driver_sql("ANALYZE")
    source.dispose()
    target.dispose()
    return server.url(name)


def people(url: str, wanted: Sequence[tuple[Role, str, str | None]], *, prefix: str = "bench") -> list[Person]:
    """Add accounts, each of a role, a branch ("" for all) and a crew, and open a session of each."""
    store, now = open_store(url, clock=lambda: datetime.now(UTC)), datetime.now(UTC)
    codes = frozenset(store.branch_codes(Principal("set-up", Role.ADMINISTRATOR, frozenset())))
    asking, kept, found = Principal("set-up", Role.ADMINISTRATOR, codes), hashed(PASSWORD), []
    for number, (role, branch, crew) in enumerate(wanted):
        name, token = f"{prefix}.{role.value}.{number}", secrets.token_urlsafe(32)
        login = Login(name, role, frozenset({branch}) if branch else codes, crew, "en")
        store.logins.save(asking, login, password=kept, now=now)
        store.logins.begin(GATE, name, digest(token), forgive="", now=now)
        found.append(Person(name, role, branch, crew, token))
    store.close()
    return found


@dataclass(frozen=True)
class Running:
    """An application that runs: its address and its process."""

    address: str
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Give the processor seconds that it has used, without those it started."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Give the memory it holds."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def application(var: Path, url: str, port: int, more: Mapping[str, str], log: Path) -> Iterator[Running]:
    """Run the application with accounts on a record, until the block ends."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ROUNDS_", "STREAMLIT_"))}
    settings = {"ROUNDS_VAR": str(var), "ROUNDS_DATABASE_URL": url, "ROUNDS_SIGN_IN": "accounts", **more}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("a") as said:
        process = subprocess.Popen(
            [*command, "--server.headless=true"], cwd=ROOT, env=kept | settings, stdout=said, stderr=said
        )
    try:
        address, ends = f"http://localhost:{port}", time.monotonic() + START_S
        while time.monotonic() < ends and process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{address}/ready", timeout=5):
                break
            time.sleep(0.25)
        else:
            raise RuntimeError(f"the application did not start:\n{log.read_text()[-2000:]}")
        yield Running(address, process)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(45)
        process.kill()
        process.wait()
