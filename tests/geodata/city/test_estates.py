"""Housing estates of the city have names of their own, and a group of people is called after theirs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geodata.city import City
from geodata.osm.features import read_features
from geodata.osm.gazetteer import Gazetteer, landmarks_of
from geodata.osm.labels import labels_of


def test_estates_are_named_once_and_lie_apart(city: City, tmp_path) -> None:
    city.write_pbf(tmp_path / "city.osm.pbf")
    features = read_features(tmp_path / "city.osm.pbf")
    marks = landmarks_of(features)
    estates = marks[marks["kind"] == "estate"]
    assert len(estates) > 100
    assert estates["name_zh"].is_unique
    flat = estates.to_crs(estates.estimate_utm_crs()).geometry
    pairs = shapely.STRtree(flat.to_numpy()).query(flat.to_numpy(), predicate="overlaps").T
    shared = [shapely.intersection(flat.iloc[a], flat.iloc[b]).area for a, b in pairs if a < b]
    assert sum(shared) < 0.001 * flat.area.sum()
    assert {"estate"} < {one.kind for one in labels_of(features)}

    one = estates.iloc[7]
    people = np.column_stack(shapely.get_coordinates(one.geometry.representative_point()).T).repeat(4, axis=0)
    streets = gpd.GeoDataFrame({"name_zh": [], "name_en": [], "class": []}, geometry=[], crs=4326)
    (name,) = Gazetteer(marks, streets).names(people, np.zeros(4, dtype=np.intp))
    assert (name.kind, name.name_zh) == ("estate", one["name_zh"])
