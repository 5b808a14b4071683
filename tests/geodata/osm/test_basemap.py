"""The basemap's script, read back by an independent reader of the format in its docstring."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.osm.basemap import Basemap, basemap_of, basemap_script
from geodata.osm.features import read_features
from geodata.osm.label_sheet import LABEL_PX, width_em
from geodata.osm.labels import Label
from geodata.osm.layers import Layer
from geodata.osm.packing import SCALE, bins_of, coded
from tests.geodata.small_town import crossing, write_town

ORIGIN = np.array([109.0, 29.0])


def numbers(text: str) -> list[int]:
    """Read coded numbers as the docstring tells a browser to."""
    found, number, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        number |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            found.append(~(number >> 1) if number & 1 else number >> 1)
            number, shift = 0, 0
    assert shift == 0
    return found


def shapes_of(one: list[Any]) -> list[list[np.ndarray]]:
    """Give the rings of each shape of a bin, in units."""
    return [
        [np.cumsum(np.array(numbers(ring)).reshape(-1, 2), axis=0) + one[:2] for ring in shape.split(" ")]
        for shape in one[4].split(",")
    ]


def content(script: str) -> dict[str, Any]:
    assert script.isascii()
    assert script.startswith("window.ROUNDS_BASEMAP=")
    return json.loads(script.removeprefix("window.ROUNDS_BASEMAP=").rstrip(";\n"))  # type: ignore[no-any-return]


@settings(deadline=None)
@given(st.lists(st.integers(-(2**30), 2**30)))
def test_numbers_come_back(values: list[int]) -> None:
    text = coded(values)
    assert numbers(text) == values
    assert all("?" <= letter <= "~" for letter in text)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), n=st.integers(1, 30))
def test_lines_come_back_to_half_a_unit_in_bins_of_their_true_extent(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    lines = np.empty(n, dtype=object)
    for k in range(n):
        spread = 10.0 ** random.uniform(-4, -1)
        points = random.uniform(0, 0.3, 2) + ORIGIN + random.normal(0, spread, (int(random.integers(2, 6)), 2))
        lines[k] = shapely.LineString(points)
    bins = bins_of(lines, "line", ORIGIN, 2400)
    back = []
    for one in bins:
        found = [ring for rings in shapes_of(one) for ring in rings]
        every = np.concatenate(found)
        assert one[:4] == [*every.min(axis=0).tolist(), *every.max(axis=0).tolist()]
        back += [shapely.LineString(ring / SCALE + ORIGIN) for ring in found]
    assert len(back) == n
    tree = shapely.STRtree(back)
    near = [min(shapely.hausdorff_distance(back[i], line) for i in tree.query(line.buffer(1e-4))) for line in lines]
    assert max(near) < 0.8 / SCALE


def test_an_area_keeps_its_hole_and_loses_what_has_collapsed() -> None:
    box = shapely.box(109, 29, 109.01, 29.01).difference(shapely.box(109.004, 29.004, 109.006, 29.006))
    speck = shapely.box(109.5, 29.5, 109.5 + 1e-7, 29.5 + 1e-7)
    (one,) = bins_of(np.array([box, speck], dtype=object), "area", ORIGIN, 2400)
    ((outline, hole),) = shapes_of(one)
    assert len(outline) == len(hole) == 4
    assert shapely.Polygon(outline / SCALE, [hole / SCALE]).area == pytest.approx(box.area)
    assert bins_of(np.array([speck], dtype=object), "area", ORIGIN, 2400) == []


def test_the_towns_map_can_be_read_as_documented(town_pbf: Path) -> None:
    map_ = content(basemap_script(basemap_of(read_features(town_pbf)), "town"))
    assert map_["format"] == "rounds-basemap/1"
    assert map_["name"] == "town"
    at_16 = [layer["id"] for layer in map_["layers"] if layer["minzoom"] <= 16 <= layer["maxzoom"]]
    assert at_16 == ["green", "water", "building", "district", "street", "primary"]
    at_9 = [layer["id"] for layer in map_["layers"] if layer["minzoom"] <= 9 <= layer["maxzoom"]]
    assert at_9 == ["green", "water", "district", "primary"]
    (primary,) = [layer for layer in map_["layers"] if layer["id"] == "primary" and layer["maxzoom"] == 24]
    (one,) = primary["bins"]
    ((line,),) = shapes_of(one)
    ends = line[[0, -1]] / map_["scale"] + map_["origin"]
    assert np.abs(ends - [crossing(2, 0), crossing(2, 4)]).max() < 1e-5
    buildings = [layer for layer in map_["layers"] if layer["id"] == "building"]
    assert [layer["minzoom"] for layer in buildings] == [15]
    assert sum(len(shapes_of(one)) for one in buildings[0]["bins"]) == 12
    names = {label[5]: label for label in map_["labels"]}
    assert names["溪口"][4] == "town"
    assert names["溪口"][6] == "Xikou"
    assert names["明湖"][4] == "water"
    assert abs(names["溪口大道"][2]) == 90
    assert names["一街"][2] == 0
    assert [label[3] for label in map_["labels"]] == sorted(label[3] for label in map_["labels"])


def corners(label: Label, zoom: int) -> Any:
    """Give a label's box in pixels at a zoom."""
    size = 256 * 2**zoom
    x = (label.lon + 180) / 360 * size
    y = (0.5 - math.log(math.tan(math.pi / 4 + math.radians(label.lat) / 2)) / 2 / math.pi) * size
    width = max(width_em(label.name), width_em(label.name_en)) * LABEL_PX[label.kind]
    half = (width / 2, LABEL_PX[label.kind] / 2)
    box = shapely.box(x - half[0], y - half[1], x + half[0], y + half[1])
    return shapely.affinity.rotate(box, label.angle, origin=(x, y))  # y grows downwards: clockwise on the screen


def test_no_two_labels_touch_at_any_zoom(town_pbf: Path) -> None:
    labels = basemap_of(read_features(town_pbf)).labels
    assert len(labels) > 10
    for zoom in range(9, 20):
        boxes = np.array([corners(label, zoom) for label in labels if label.minzoom <= zoom], dtype=object)
        pairs = shapely.STRtree(boxes).query(boxes, predicate="intersects")
        assert (pairs[0] == pairs[1]).all(), zoom


def test_the_same_extract_gives_the_same_script(town_pbf: Path) -> None:
    scripts = [basemap_script(basemap_of(read_features(town_pbf)), "town") for _ in range(2)]
    assert scripts[0] == scripts[1]


def test_a_name_cannot_leave_the_script(tmp_path: Path) -> None:
    nasty = "</script>`${1}`\u2028"
    pbf = write_town(tmp_path / "n.osm.pbf", name=nasty)
    script = basemap_script(basemap_of(read_features(pbf)), "</script>")
    assert "<" not in script
    assert any(label[5] == nasty for label in content(script)["labels"])


def test_an_empty_layer_and_no_labels_are_possible() -> None:
    layer = Layer("street", "line", 15, 24, np.array([shapely.LineString([(1, 1), (1, 1)])], dtype=object))
    assert content(basemap_script(Basemap((1, 1, 2, 2), (layer,), ()), "x"))["layers"][0]["bins"] == []
