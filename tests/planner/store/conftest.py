from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from planner.store import Store, migrate, open_store
from planner.store.connect import Scope, connect, reading
from planner.store.schema import metadata
from tests.planner.store.factories import HERE, NOW, THERE, fill
from tests.planner.store.server import OWNER, Server, some_server

DATABASES = ("sqlite", "postgresql")


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


@dataclass(frozen=True)
class Database:
    """A database for one test, on either product. ``owner`` is the address of who owns its tables."""

    url: str
    owner: str = ""

    @property
    def product(self) -> str:
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    def migrate(self, to: str = "head") -> str:
        return migrate(self.url, to, owner=self.owner)

    def open(self) -> Store:
        return open_store(self.url, clock=lambda: NOW)


@dataclass(frozen=True)
class Maker:
    """Makes databases of one product: empty ones, and such as ``fill`` has filled."""

    product: str
    folder: Path
    filled: Path | str
    server: Server | None = None
    made: ExitStack | None = None

    def __call__(self, name: str, *, empty: bool = False) -> Database:
        if self.server is None:
            path = self.folder / f"{name}.sqlite"
            if not empty:
                shutil.copy(self.filled, path)
            return Database(url_of(path))
        like = None if empty else str(self.filled)
        database = self.server.create(like)
        assert self.made is not None
        self.made.callback(self.server.drop, database)
        return Database(self.server.url(database), self.server.url(database, OWNER))


def dump(database: Database, but: Collection[str] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Give all rows of every table of both branches, in an order of their own."""
    engine = connect(database.url)
    with reading(engine, Scope(frozenset({HERE, THERE}), "manager")) as connection:
        found = {
            name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in but
        }
    engine.dispose()
    return found


def fill_anew(database: Database) -> None:
    database.migrate()
    store = database.open()
    fill(store)
    store.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two branches, made once; tests work on copies."""
    path = tmp_path_factory.mktemp("store") / "filled.sqlite"
    fill_anew(Database(url_of(path)))
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with some_server() as found:
        yield found


@pytest.fixture(scope="session")
def filled_there(server: Server) -> Iterator[str]:
    """The same on PostgreSQL: a database to make others like."""
    name = server.create()
    fill_anew(Database(server.url(name), server.url(name, OWNER)))
    yield name
    server.drop(name)


@pytest.fixture(params=DATABASES)
def maker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Maker]:
    """Every test that asks for a store runs on both products."""
    if request.param == "sqlite":
        yield Maker("sqlite", tmp_path, request.getfixturevalue("filled"))
        return
    with ExitStack() as made:
        there = request.getfixturevalue("filled_there")
        yield Maker("postgresql", tmp_path, there, request.getfixturevalue("server"), made)


@pytest.fixture
def fresh(maker: Maker) -> Iterator[Callable[[], Store]]:
    """Gives a store of its own at each call."""
    with ExitStack() as open_stores:
        made: list[Store] = []

        def make() -> Store:
            store = maker(str(len(made))).open()
            made.append(store)
            open_stores.callback(store.close)
            return store

        yield make


@pytest.fixture
def store(fresh: Callable[[], Store]) -> Store:
    return fresh()


@pytest.fixture
def database(maker: Maker) -> Database:
    """A filled database that nobody has open."""
    return maker("shared")


@pytest.fixture
def url(database: Database) -> str:
    """Its address."""
    return database.url
