"""Questions to an OSRM server and its answers, as recorded from one (26.10, two streets of a small town)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.roads.osrm_messages import Block, blocks, joined, route_answer, route_path, table_answer, table_path
from geodata.roads.travel import RoadFailure

POINTS = np.array([[109.6, 29.1], [109.60205, 29.1], [109.65, 29.15]])
TABLE = json.loads("""
{"code":"Ok","data_version":"abc","distances":[[0,199.5,null],[199.5,0,null]],"durations":[[0,28.8,null],[28.8,0,null]],
"destinations":[{"distance":0,"name":"","location":[109.6,29.1]},{"distance":0,"name":"","location":[109.60205,29.1]},
{"distance":412.5,"name":"","location":[109.65,29.1537]}],
"sources":[{"distance":0,"name":"","location":[109.6,29.1]},{"distance":3.25,"name":"","location":[109.60205,29.1]}]}
""")
ROUTE = json.loads("""
{"code":"Ok","data_version":"abc","waypoints":[],"routes":[{"distance":399,"duration":57.6,"weight":57.6,"weight_name":"routability",
"legs":[{"distance":199.5,"duration":28.8,"summary":"","weight":28.8,"steps":[
 {"distance":199.5,"duration":28.8,"geometry":{"type":"LineString","coordinates":[[109.6,29.1],[109.601,29.1],[109.60205,29.1]]}},
 {"distance":0,"duration":0,"geometry":{"type":"LineString","coordinates":[[109.60205,29.1],[109.60205,29.1]]}}]},
{"distance":199.5,"duration":28.8,"summary":"","weight":28.8,"steps":[
 {"distance":199.5,"duration":28.8,"geometry":{"type":"LineString","coordinates":[[109.60205,29.1],[109.60205,29.1018]]}},
 {"distance":0,"duration":0,"geometry":{"type":"LineString","coordinates":[[109.60205,29.1018],[109.60205,29.1018]]}}]}]}]}
""")


def test_a_whole_table_names_no_rows() -> None:
    path = table_path(POINTS, Block((0, 3), (0, 3)))
    assert path == (
        "/table/v1/driving/109.600000,29.100000;109.602050,29.100000;109.650000,29.150000"
        "?annotations=duration,distance&generate_hints=false"
    )


def test_a_block_carries_only_its_own_points() -> None:
    path = table_path(np.vstack([POINTS, POINTS + 1]), Block((4, 6), (1, 2)))
    assert path.startswith("/table/v1/driving/109.602050,29.100000;110.602050,30.100000;110.650000,30.150000?")
    assert path.endswith("&sources=1;2&destinations=0")


@settings(max_examples=100, deadline=None)
@given(n=st.integers(0, 60), max_table=st.integers(1, 70), max_cells=st.integers(1, 900))
def test_blocks_cover_every_cell_once_and_keep_the_limits(n: int, max_table: int, max_cells: int) -> None:
    covered = np.zeros((n, n), dtype=int)
    for block in blocks(n, max_table=max_table, max_cells=max_cells):
        rows, columns = block.rows[1] - block.rows[0], block.columns[1] - block.columns[0]
        assert 0 < rows <= max_table
        assert 0 < columns <= max_table
        assert rows == 1 or rows * columns <= max_cells
        covered[slice(*block.rows), slice(*block.columns)] += 1
    assert (covered == 1).all()


def test_no_road_is_nan_in_time_and_length() -> None:
    answer = table_answer(TABLE, Block((0, 2), (0, 3)), data_version="abc")
    assert answer.seconds[0, 1] == 28.8
    assert answer.metres[1, 0] == 199.5
    assert np.isnan(answer.seconds[:, 2]).all()
    assert np.isnan(answer.metres[:, 2]).all()
    assert answer.snap_m.tolist() == [0, 3.25]


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in TABLE.items() if name != key}


@pytest.mark.parametrize(
    ("body", "fault", "text"),
    [
        ({"code": "TooBig", "message": "Too many table coordinates"}, "input", "ROUNDS_OSRM_TABLE"),
        ({"code": "NoSegment", "message": "x"}, "input", "no road"),
        ({"code": "InvalidQuery", "message": "malformed"}, "engine", "InvalidQuery malformed"),
        (TABLE | {"data_version": "old"}, "engine", "other road data"),
        (without("data_version"), "engine", "other road data"),
        (without("durations"), "engine", "not understood"),
        (without("sources"), "engine", "not understood"),
        (TABLE | {"durations": [[0, 1], [1, 0]]}, "engine", "not understood"),
        (TABLE | {"durations": [[0, "x", 1], [1, 0, 1]]}, "engine", "not understood"),
        ([], "engine", "refused"),
    ],
)
def test_a_bad_answer_says_whose_fault_it_is(body: Any, fault: str, text: str) -> None:
    with pytest.raises(RoadFailure, match=text) as caught:
        table_answer(body, Block((0, 2), (0, 3)), data_version="abc")
    assert caught.value.fault == fault


def test_a_route_is_cut_at_its_stops() -> None:
    shape = route_answer(ROUTE, 2, data_version="abc")
    assert [line.tolist() for line in shape.leg_lines] == [
        [[109.6, 29.1], [109.601, 29.1], [109.60205, 29.1]],
        [[109.60205, 29.1], [109.60205, 29.1018]],
    ]
    assert shape.line.tolist() == [[109.6, 29.1], [109.601, 29.1], [109.60205, 29.1], [109.60205, 29.1018]]
    assert shape.leg_seconds.tolist() == [28.8, 28.8]
    assert shape.leg_metres.tolist() == [199.5, 199.5]
    assert not shape.estimated


def test_a_route_with_too_few_legs_is_not_believed() -> None:
    with pytest.raises(RoadFailure, match="not understood"):
        route_answer(ROUTE, 3, data_version="abc")


def test_a_route_is_asked_in_steps() -> None:
    assert route_path(POINTS[:2]) == (
        "/route/v1/driving/109.600000,29.100000;109.602050,29.100000"
        "?geometries=geojson&overview=false&steps=true&generate_hints=false&continue_straight=false"
    )


def test_joining_nothing_is_an_empty_line() -> None:
    assert joined(()).shape == (0, 2)
