"""The small town's extract and regions, and the road engine's executables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geodata.roads import Region, build_region
from geodata.roads.osrm_files import installed
from tests.geodata.small_town import write_town

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def town_pbf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("extract") / "town.osm.pbf")


@pytest.fixture(scope="session")
def executables() -> Path:
    folder = ROOT / "var" / "osrm"
    if not installed(folder):
        reason = "the road engine is missing: make setup brings it"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def town(town_pbf: Path, executables: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """The town with road data."""
    return build_region(town_pbf, tmp_path_factory.mktemp("regions") / "town", executables, lambda _: None)


@pytest.fixture(scope="session")
def town_without_roads(town_pbf: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """The town as it is built where there are no executables."""
    folder = tmp_path_factory.mktemp("plain")
    return build_region(town_pbf, folder / "town", folder / "nothing", lambda _: None)
