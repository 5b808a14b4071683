"""Pieces of one name: what lies together is one street, what lies apart is several."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from geodata.geocoding.parts import GAP_M, street_parts

METRE = 1 / 111_320


def line(start: float, end: float) -> LineString:
    return LineString([(120.0, 30.0 + start * METRE), (120.0, 30.0 + end * METRE)])


@pytest.mark.parametrize(("gap", "count"), [(GAP_M - 5, 1), (GAP_M + 5, 2)])
def test_the_gap_decides(gap: float, count: int) -> None:
    streets = gpd.GeoDataFrame({"name": ["a", "a"]}, geometry=[line(0, 1000), line(1000 + gap, 2000)], crs=4326)
    houses = pd.DataFrame({"name": [], "lon": [], "lat": [], "district": []})
    parts = street_parts(streets, houses, [("S", box(119, 29.9, 121, 30.0 + 900 * METRE))])
    assert len(parts) == count
    assert parts[0].districts == {"S"}
    assert parts[0].reach_m == pytest.approx(500 if count == 2 else (2000 - gap) / 2, rel=0.01)


def test_houses_belong_to_the_near_piece_of_their_street_or_stand_for_themselves() -> None:
    streets = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[line(0, 1000), line(0, 1000)], crs=4326)
    houses = pd.DataFrame(
        {
            "name": ["a", "village", "a", "", "village"],
            "lon": [120.0001, 120.2, 120.1, 120.0, 120.2001],
            "lat": [30.0, 30.2, 30.1, 30.0, 30.2],
            "district": ["S", "V", "T", "S", "V"],
        }
    )
    parts = {(part.name, part.rows): part.districts for part in street_parts(streets, houses, [])}
    assert parts == {("a", (0,)): {"S"}, ("a", (2,)): {"T"}, ("b", ()): set(), ("village", (1, 4)): {"V"}}
