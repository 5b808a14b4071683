from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from planner.store import Store, migrate, open_store
from tests.planner.store.factories import fill


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two branches, made once; tests work on copies."""
    path = tmp_path_factory.mktemp("store") / "filled.sqlite"
    migrate(url_of(path))
    store = open_store(url_of(path))
    fill(store)
    store.close()
    return path


@pytest.fixture
def fresh(filled: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Gives a store of its own at each call."""
    with ExitStack() as open_stores:
        made: list[Path] = []

        def make() -> Store:
            path = tmp_path / f"{len(made)}.sqlite"
            made.append(path)
            shutil.copy(filled, path)
            store = open_store(url_of(path))
            open_stores.callback(store.close)
            return store

        yield make


@pytest.fixture
def store(fresh: Callable[[], Store]) -> Store:
    return fresh()


@pytest.fixture
def url(filled: Path, tmp_path: Path) -> str:
    """The address of a filled database that nobody has open."""
    shutil.copy(filled, tmp_path / "shared.sqlite")
    return url_of(tmp_path / "shared.sqlite")
