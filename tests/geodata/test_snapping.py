"""Places judged by streets and water, and datums told by the streets beside which the points lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.datum import DATUMS, Datum, from_wgs84
from geodata.osm.network import Network, kept_network, read_network
from geodata.snapping import FEWEST, Snapper
from tests.geodata.small_town import ISLAND, LAT, LON, crossing

STEP = 0.001  # about 97 m east and 111 m north
METRE = 1 / 111_195


def grid(rows: int = 40, every: int = 4) -> Network:
    """Streets every 400 m in both directions, and a street in the middle of one block that none reaches."""
    side = rows * STEP
    lines = [shapely.LineString([(110, 30 + k * STEP), (110 + side, 30 + k * STEP)]) for k in range(0, rows + 1, every)]
    lines += [
        shapely.LineString([(110 + k * STEP, 30), (110 + k * STEP, 30 + side)]) for k in range(0, rows + 1, every)
    ]
    lines.append(shapely.LineString([(110.0018, 30.002), (110.0022, 30.002)]))
    return Network(np.array(lines, dtype=object), np.array([True] * (len(lines) - 1) + [False]))


def houses(n: int, seed: int = 0) -> np.ndarray:
    """Give houses 10 to 40 m north of the streets."""
    random = np.random.default_rng(seed)
    row = random.integers(0, 9, n) * 4 * STEP
    return np.column_stack([110 + random.uniform(0, 40 * STEP, n), 30 + row + random.uniform(10, 40, n) * METRE])


def test_distances_are_those_to_streets_and_to_linked_streets() -> None:
    points = np.array([[110.01, 30.0 + 50 * METRE], [110.002, 30.002], [np.nan, 30.0], [110.01, 31.0]])
    snaps = Snapper(grid()).snaps(points)
    assert snaps.street_m[:2] == pytest.approx([50, 0], abs=1)
    assert snaps.linked_m[1] == pytest.approx(192, abs=5)
    assert np.isnan(snaps.linked_m[2])
    assert snaps.linked_m[3] == pytest.approx(106_747, rel=0.01)
    assert snaps.cut_off(300).tolist() == [False, True, False, False]
    assert not snaps.across_water.any()


def test_water_between_a_place_and_its_street_is_seen_and_water_behind_it_is_not() -> None:
    river = shapely.box(110.0, 30.0004, 110.04, 30.0008)
    points = np.array([[110.01, 30.001], [110.01, 30.0003], [110.01, 30.0006]])  # beyond, before and in the river
    assert Snapper(grid(), [river]).snaps(points).across_water.tolist() == [True, False, True]


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("declared", DATUMS)
def test_the_datum_by_which_houses_lie_beside_streets_is_found(true: Datum, declared: Datum) -> None:
    found = Snapper(grid()).better_datum(from_wgs84(houses(300), true), declared)
    if {true, declared} <= {"wgs84", "cgcs2000"} or true == declared:
        assert found is None
    else:
        assert found is not None
        assert found.datum == true
        assert found.other_off == 0
        assert found.off > 60
        assert found.asked == 300


def test_few_points_and_points_anywhere_tell_nothing() -> None:
    snapper = Snapper(grid())
    assert snapper.better_datum(from_wgs84(houses(FEWEST - 1), "bd09"), "wgs84") is None
    for seed in range(60):
        anywhere = np.random.default_rng(seed).uniform([109.98, 29.98], [110.06, 30.06], (400, 2))
        assert snapper.better_datum(anywhere, "gcj02") is None, seed


def test_a_region_without_streets_judges_nothing() -> None:
    none = Snapper(Network(np.empty(0, dtype=object), np.empty(0, dtype=bool)))
    assert np.isnan(none.snaps(houses(3)).linked_m).all()
    assert none.better_datum(houses(100), "gcj02") is None


def test_the_network_of_an_extract_knows_what_is_cut_off(town_pbf: Path) -> None:
    network = read_network(town_pbf)
    assert len(network.lines) == 11
    assert network.linked.sum() == 10  # all but the island's street; the one-way street is part of the town
    loose = shapely.get_coordinates(network.lines[~network.linked])
    assert np.allclose(loose[0], ISLAND)
    snaps = Snapper(network).snaps(np.array([ISLAND, crossing(1, 1), [LON - 0.05, LAT]]))
    assert snaps.cut_off(300).tolist() == [True, False, False]
    assert snaps.linked_m[0] > 6000


def test_a_network_is_kept_beside_and_read_again(town_pbf: Path, tmp_path: Path) -> None:
    file = tmp_path / "network.parquet"
    first = kept_network(town_pbf, file)
    again = kept_network(tmp_path / "no extract is needed any more", file)
    assert shapely.equals_exact(first.lines, again.lines).all()
    assert np.array_equal(first.linked, again.linked)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_folder_that_cannot_be_written_is_no_failure(town_pbf: Path, tmp_path: Path) -> None:
    assert len(kept_network(town_pbf, tmp_path / "missing" / "network.parquet").lines) == 11
