from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.patterns.cells import (
    NOWHERE,
    Bounds,
    around,
    cell_numbers,
    column_row,
    edges,
    finest_within,
    number_of,
    polygons,
    window,
)

LON, LAT = st.floats(-180, 179.999), st.floats(-84, 84)


@given(st.lists(st.tuples(LON, LAT), min_size=1, max_size=30), st.integers(1, 24))
def test_a_point_lies_within_its_cell_and_the_cell_within_the_one_around(
    places: list[tuple[float, float]], level: int
) -> None:
    lonlat = np.array(places)
    numbers = cell_numbers(lonlat, level)
    west, south, east, north = edges(*column_row(numbers), level)
    slack = 1e-9
    assert ((west <= lonlat[:, 0] + slack) & (lonlat[:, 0] < east + slack)).all()
    assert ((south <= lonlat[:, 1] + slack) & (lonlat[:, 1] <= north + slack)).all()
    assert (around(numbers) == cell_numbers(lonlat, level - 1)).all()


@given(st.lists(st.tuples(st.integers(0, 2**28 - 1), st.integers(0, 2**28 - 1)), min_size=1))
def test_a_number_gives_its_column_and_row_back(cells: list[tuple[int, int]]) -> None:
    column, row = np.array(cells, dtype=np.int64).T
    back = column_row(number_of(column, row))
    assert (back[0] == column).all()
    assert (back[1] == row).all()


def test_cells_fill_the_ground_without_overlap() -> None:
    column, row = (part.ravel() for part in np.meshgrid(np.arange(100, 104), np.arange(50, 54)))
    squares = polygons(column, row, 8)
    whole = shapely.box(*shapely.total_bounds(squares)).area
    assert shapely.union_all(squares).area == pytest.approx(whole)
    assert shapely.area(squares).sum() == pytest.approx(whole)


def test_unknown_places_are_nowhere_and_wrong_ones_are_refused() -> None:
    assert cell_numbers(np.array([[np.nan, 30.0], [110.0, np.inf]]), 9).tolist() == [NOWHERE, NOWHERE]
    with pytest.raises(ValueError, match="within 180"):
        cell_numbers(np.array([[181.0, 0.0]]), 9)
    with pytest.raises(ValueError, match="a level lies"):
        cell_numbers(np.array([[0.0, 0.0]]), 40)
    with pytest.raises(ValueError, match="no part of the ground"):
        window(Bounds(3.0, 0.0, 1.0, 1.0), 9)


@given(LON, LAT, st.floats(1e-4, 5), st.integers(50, 3_000))
def test_the_finest_level_is_the_finest(lon: float, lat: float, wide: float, most: int) -> None:
    bounds = Bounds(lon, lat, min(lon + wide, 180.0), lat + wide / 2)
    level = finest_within(bounds, range(8, 20), most)
    assert level == 8 or window(bounds, level).size <= most
    assert level == 19 or window(bounds, level + 1).size > most
