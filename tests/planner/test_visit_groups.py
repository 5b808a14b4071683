"""Visit groups are named, counted, weighed and drawn."""

from __future__ import annotations

import json
from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from geodata.osm.gazetteer import Gazetteer, PlaceName
from geodata.roads import StraightLine
from planner.tables import as_dtype
from planner.view.week import group_views
from planner.visit_groups import VISIT_GROUPS, as_said, round_s, told_apart, visit_groups

NAMES = st.sampled_from(["", "桂庭街", "石垄镇"]).map(lambda zh: PlaceName("street" if zh else "", zh, zh and "X"))
STREET = gpd.GeoDataFrame(
    {"name_zh": ["桂庭街"], "name_en": ["Guiting Jie"], "class": ["street"]},
    geometry=[LineString([(109.5, 29.1), (109.7, 29.1)])],
    crs=4326,
)
NO_LANDMARKS = gpd.GeoDataFrame({"kind": [], "name_zh": [], "name_en": []}, geometry=[], crs=4326)


def table(at, labels, *, service_s=900.0, value=1_000.0, gazetteer=None):
    seconds = StraightLine().travel_times(at).seconds
    return visit_groups(at, labels, seconds, np.full(len(at), service_s), np.full(len(at), value), gazetteer)


def two_groups():
    rng = np.random.default_rng(5)
    at = np.vstack([rng.normal(middle, 0.0004, (6, 2)) for middle in ((109.6, 29.1), (109.65, 29.1), (109.8, 29.5))])
    return at, np.repeat([1, 0, -1], 6)


def test_a_group_has_a_size_hours_a_value_and_both_names():
    at, labels = two_groups()
    found = table(at, labels, gazetteer=Gazetteer(NO_LANDMARKS, STREET))
    assert {name: str(kind) for name, kind in found.dtypes.items()} == {
        name: str(as_dtype(kind)) for name, kind in VISIT_GROUPS.items()
    }
    assert found["name_zh"].tolist() == ["桂庭街（东）", "桂庭街（西）"]
    assert found["name_en"].tolist() == ["Guiting Jie (east)", "Guiting Jie (west)"]
    assert found["size"].tolist() == [6, 6]
    assert found["door_s"].tolist() == [5_400, 5_400]
    assert found["value_minor"].tolist() == [6_000.0, 6_000.0]
    assert (found["travel_s"] > 0).all()


def test_every_member_lies_inside_its_outline_and_nobody_of_the_other_group():
    at, labels = two_groups()
    for group, text in enumerate(table(at, labels)["outline"]):
        shape = Polygon(json.loads(text))
        assert [shape.contains(Point(*one)) for one in at] == (labels == group).tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, max_size=8), st.integers(0, 1_000))
def test_no_name_is_empty_and_none_is_used_twice(named, seed):
    middles = list(np.random.default_rng(seed).integers(0, 3, (len(named), 2)).astype(float))
    said = told_apart(named, middles)
    for words in zip(*said, strict=True):
        assert all(words)
        assert len(set(words)) == len(words)


def test_without_a_region_groups_go_by_their_numbers():
    at, labels = two_groups()
    assert table(at, labels)["name_en"].tolist() == ["Group 1", "Group 2"]


def test_who_may_not_be_visited_is_worth_nothing_and_a_missing_road_is_not_known():
    at, labels = two_groups()
    seconds = StraightLine().travel_times(at).seconds
    seconds[:3, 3:6] = seconds[3:6, :3] = np.nan
    value = np.full(len(at), 100.0)
    value[0] = np.nan
    found = visit_groups(at, labels, seconds, np.full(len(at), 60.0), value, None)
    assert found["value_minor"].tolist() == [600.0, 500.0]
    assert found["travel_s"].isna().tolist() == [False, True]
    assert json.dumps(as_said(found), allow_nan=False)


def test_nobody_makes_no_group():
    for at, labels in ((np.zeros((0, 2)), np.zeros(0, int)), (two_groups()[0], np.full(18, -1))):
        found = visit_groups(at, labels, np.zeros((len(at),) * 2), np.zeros(len(at)), np.zeros(len(at)), None)
        assert found.empty
        assert list(found.columns) == list(VISIT_GROUPS)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_the_drive_inside_is_no_shorter_than_the_shortest_way_and_at_most_half_as_long_again(seed, n):
    xy = np.random.default_rng(seed).uniform(0, 1_000, (n, 2))
    seconds = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    shortest = min(seconds[list(way[:-1]), list(way[1:])].sum() for way in permutations(range(n)))
    assert shortest - 1e-6 <= round_s(seconds) <= 1.5 * shortest + 1e-6


def test_a_plan_keeps_them_and_an_old_plan_has_none():
    at, labels = two_groups()
    saved = json.loads(json.dumps({"named": as_said(table(at, labels)), "share": 0.5}))
    views = group_views(saved)
    assert list(views) == ["G01", "G02"]
    assert views["G01"].size == 6
    assert views["G02"].outline[0] == views["G02"].outline[-1]
    assert group_views({"reach_s": 60.0, "share": 0.5, "share_null": 0.2}) == {}


def test_a_missing_column_is_named():
    with pytest.raises(KeyError, match="travel_s"):
        as_said(pd.DataFrame({"visit_group": ["G01"], "outline": ["[]"]}))
