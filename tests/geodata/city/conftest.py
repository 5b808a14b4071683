from pathlib import Path

import pytest

from geodata.city import City, grow


@pytest.fixture(scope="session")
def city() -> City:
    """The demo city itself."""
    return grow()


@pytest.fixture(scope="session")
def town() -> City:
    """A small town of another seed, on the other side of the mirror."""
    return grow(3, factor=0.3)


@pytest.fixture(scope="session")
def town_file(town: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "town.osm.pbf"
    town.write_pbf(path)
    return path
