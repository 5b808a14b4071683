"""The basemap in pieces holds what the whole holds, and a view finds all it draws in head and wanted pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.osm.basemap import Basemap, basemap_of, basemap_script
from geodata.osm.basemap_coarse import FINER, OF_BUILDINGS, for_the_browser
from geodata.osm.basemap_pieces import CALL, LEAST_SIDE, LINES_REACH, MOST_BYTES, NAMES_REACH, Item, cut, squares
from geodata.osm.basemap_read import decoded, parse_basemap, shapes_in
from geodata.osm.features import read_features
from geodata.osm.labels import Label
from geodata.osm.layers import Layer
from tests.geodata.small_town import write_town

ZOOMS = (9, 11, 12, 13, 14, 15, 16, 17, 18)
WEST, SOUTH = 109.4, 28.9
CORNER = np.array([WEST, SOUTH])


def big_town() -> dict[str, Any]:
    """Give a basemap with enough streets, houses and names for several pieces at every zoom, and a lake across it."""
    random = np.random.default_rng(5)

    def lines(count: int, length: float) -> np.ndarray:
        starts = random.uniform(0, 0.3, (count, 1, 2)) + CORNER
        return shapely.linestrings(starts + np.cumsum(random.normal(0, length, (count, 6, 2)), axis=1))

    def houses(count: int) -> np.ndarray:
        at, size = random.uniform(0, 0.3, (count, 2)) + CORNER, random.uniform(5e-5, 4e-4, (count, 2))
        return np.asarray(shapely.box(*at.T, *(at + size).T), dtype=object)

    streets, lake = lines(4000, 0.002), np.array([shapely.Point(109.5, 29.0).buffer(0.09)], dtype=object)
    layers = [Layer("water", "area", *zooms, lake) for zooms in ((0, 11), (12, 14), (15, 24))]
    layers += [Layer("primary", "line", *zooms, lines(80, 0.02)) for zooms in ((0, 11), (12, 14), (15, 24))]
    layers += [Layer("street", "line", *zooms, streets) for zooms in ((13, 14), (15, 24))]
    layers += [Layer("building", "area", 15, 24, houses(6000)), Layer("path", "line", 16, 24, lines(2000, 0.001))]
    at = random.uniform(0, 0.3, (3000, 2)) + CORNER
    zooms = random.integers(8, 18, len(at))
    labels = [
        Label(lon, lat, 0.0, int(zoom), "street", f"街{number}", f"Jie {number}")
        for number, ((lon, lat), zoom) in enumerate(zip(at.tolist(), zooms, strict=True))
    ]
    whole = Basemap((WEST, SOUTH, WEST + 0.3, SOUTH + 0.3), tuple(layers), tuple(labels))
    return parse_basemap(basemap_script(whole, "big"))


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return big_town()


@pytest.fixture(scope="module")
def made(whole: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    text, texts = cut(whole)
    return head_of(text), texts


def head_of(text: str) -> dict[str, Any]:
    assert text.isascii()
    return json.loads(text.removeprefix("window.ROUNDS_BASEMAP=").removesuffix(";\n"))  # type: ignore[no-any-return]


def piece_of(text: str, number: int) -> dict[str, Any]:
    assert text.isascii()
    return json.loads(text.removeprefix(f"{CALL}({number},").removesuffix(");\n"))  # type: ignore[no-any-return]


def gathered(head: Mapping[str, Any], texts: tuple[str, ...], wanted: list[int]) -> dict[str, Any]:
    """Give the basemap that a browser has after it has loaded some pieces."""
    layers = [{**layer, "bins": list(layer["bins"])} for layer in head["layers"]]
    labels = list(head["labels"])
    for number in wanted:
        piece = piece_of(texts[number], number)
        for layer, bins in piece["bins"].items():
            layers[int(layer)]["bins"] += bins
        labels += piece["labels"]
    return {**head, "layers": layers, "labels": labels}


def drawn(content: Mapping[str, Any], box: tuple[float, float, float, float], zoom: int) -> Iterator[tuple[str, Any]]:
    """Give layer and shape of what a browser draws: as ``shapes_in`` reads it, but for the grid of coarser layers."""
    origin, scale = np.array(content["origin"]), content["scale"]
    for layer in content["layers"]:
        if layer["minzoom"] <= zoom <= layer["maxzoom"]:
            step = layer.get("step", 1)
            for x0, y0, _, _, text in layer["bins"]:
                for shape in text.split(","):
                    ring = (np.array([x0, y0]) + step * decoded(shape.split(" ")[0], 0, 0)) / scale + origin
                    line = shapely.LineString(ring)
                    west, south, east, north = line.bounds
                    if west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]:
                        yield layer["id"], line


def wanted_by(head: Mapping[str, Any], box: tuple[float, float, float, float], zoom: int) -> list[int]:
    (ox, oy), scale = head["origin"], head["scale"]
    u = ((box[0] - ox) * scale, (box[1] - oy) * scale, (box[2] - ox) * scale, (box[3] - oy) * scale)
    return [
        number
        for number, (x0, y0, x1, y1, low, high, _) in enumerate(head["pieces"])
        if low <= zoom <= high and x0 <= u[2] and x1 >= u[0] and y0 <= u[3] and y1 >= u[1]
    ]


@pytest.mark.parametrize("zoom", ZOOMS)
def test_a_view_finds_in_its_pieces_all_that_the_whole_draws_there(
    whole: dict[str, Any], made: tuple[dict[str, Any], tuple[str, ...]], zoom: int
) -> None:
    head, texts = made
    random = np.random.default_rng(zoom)
    apart = 40 if zoom < 12 else 10 if zoom <= FINER[-1].last else 0
    for _ in range(2):
        side = min(0.3, 1400 * 360 / 2 ** (8 + zoom))
        west, south = random.uniform(0, 0.3 - side / 2, 2) + CORNER
        box = (west, south, west + side, south + side)
        wanted = wanted_by(head, box, zoom)
        there = gathered(head, texts, wanted)
        # What lies on the very edge may fall on either side of it on another grid.
        edge = shapely.box(*box).exterior.buffer(apart / head["scale"])
        expected: dict[str, list[Any]] = {}
        for shape in shapes_in(whole, box, zoom):
            line = shapely.LineString(shape.rings[0])
            small = shape.layer == "building" and zoom <= OF_BUILDINGS[-1].last
            if not small and not edge.intersects(shapely.box(*line.bounds)):
                expected.setdefault(shape.layer, []).append(line)
        found: dict[str, list[Any]] = {}
        for layer, line in drawn(there, box, zoom):
            found.setdefault(layer, []).append(line)
        for layer, lines in expected.items():
            tree = shapely.STRtree(found[layer])
            for line in lines:
                near = tree.query(line.buffer((apart + 1) / head["scale"]))
                off = min(shapely.hausdorff_distance(line, found[layer][one]) for one in near)
                assert off * head["scale"] <= apart / 2 + 1, (layer, zoom)
        if zoom >= 16:
            assert len(wanted) < len(texts) / 3, "the view fetches what it does not show"
        ox, oy = head["origin"]
        inside = [
            one
            for one in whole["labels"]
            if one[3] <= zoom and west <= ox + one[0] / 2e5 <= box[2] and south <= oy + one[1] / 2e5 <= box[3]
        ]
        assert all(one in there["labels"] for one in inside)


def test_every_piece_together_is_the_whole(whole: dict[str, Any], made: tuple[dict[str, Any], tuple[str, ...]]) -> None:
    head, texts = made
    there = gathered(head, texts, list(range(len(texts))))
    assert len(texts) == len(head["pieces"]) > 12
    assert max(map(len, texts)) < 1.2 * MOST_BYTES
    for layer, of_whole in zip(there["layers"], for_the_browser(whole), strict=True):
        assert sorted(layer["bins"]) == sorted(of_whole["bins"])
    assert sorted(there["labels"]) == sorted(whole["labels"])
    assert [one[3] for one in head["labels"]] == sorted(one[3] for one in head["labels"])


def test_the_head_alone_is_the_map_of_the_first_zooms(made: tuple[dict[str, Any], tuple[str, ...]]) -> None:
    head, _ = made
    assert {layer["id"] for layer in head["layers"] if layer["bins"]} == {"water", "primary"}
    assert all(layer["maxzoom"] == 11 for layer in head["layers"] if layer["bins"])
    assert all(low >= 12 for *_, low, _, _ in head["pieces"])
    assert max(label[3] for label in head["labels"]) == 14


def test_small_houses_are_left_out_where_a_pixel_is_metres_and_none_after_that(whole: dict[str, Any]) -> None:
    layers = [one for one in for_the_browser(whole) if one["id"] == "building"]
    assert [(one["minzoom"], one["maxzoom"]) for one in layers] == [(15, 15), (16, 16), (17, 24)]
    few, most, every = (sum(bin_[4].count(",") + 1 for bin_ in one["bins"]) for one in layers)
    assert 0 < few < most <= every == 6000


def test_lines_have_no_points_that_no_eye_would_miss() -> None:
    """Two metres a pixel: a bend of half a pixel goes, what is longer stays."""
    far, near = (one for one in for_the_browser(bent_street()) if one["id"] == "street")
    assert [(one["minzoom"], one["maxzoom"], one.get("step", 1)) for one in (far, near)] == [(15, 16, 2), (17, 24, 1)]
    (few,), (every,) = ([decoded(one[4], 0, 0) for one in layer["bins"]] for layer in (far, near))
    assert (2 * few).tolist() == [[0, 0], [200, 0], [200, 40]]
    assert every.tolist() == [[0, 0], [100, 1], [200, 0], [200, 40]]


def bent_street() -> dict[str, Any]:
    line = np.array([[0, 0], [100, 1], [200, 0], [200, 40]]) / 2e5 + CORNER
    layer = Layer("street", "line", 15, 24, np.array([shapely.LineString(line)], dtype=object))
    return parse_basemap(basemap_script(Basemap((WEST, SOUTH, WEST + 0.1, SOUTH + 0.1), (layer,), ()), "bent"))


def test_names_lie_in_pieces_of_their_own_that_reach_further(made: tuple[dict[str, Any], tuple[str, ...]]) -> None:
    head, texts = made
    for number, (text, row) in enumerate(zip(texts, head["pieces"], strict=True)):
        piece = piece_of(text, number)
        assert bool(piece["bins"]) != bool(piece["labels"])
        assert row[6] == (NAMES_REACH if piece["labels"] else LINES_REACH)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-50_000, 50_000), st.integers(-50_000, 50_000), st.integers(0, 9_000), st.integers(1, 50_000)
        ),
        min_size=1,
        max_size=60,
    )
)
def test_squares_hold_each_thing_once_and_are_small_where_that_can_be(
    given_items: list[tuple[int, int, int, int]],
) -> None:
    items = [Item((x, y, x + w, y + w // 2), 0, [k], size) for k, (x, y, w, size) in enumerate(given_items)]
    parts = list(squares(items))
    assert sorted(one.value[0] for part in parts for one in part) == list(range(len(items)))
    for part in parts:
        large = max(one.box[2] - one.box[0] for one in part) * 2 >= LEAST_SIDE
        near = max(one.box[0] for one in part) - min(one.box[0] for one in part) <= 2 * LEAST_SIDE
        assert sum(one.size for one in part) <= MOST_BYTES or large or near


def test_a_name_cannot_leave_a_script_and_the_same_map_is_cut_alike(tmp_path: Path) -> None:
    nasty = "</script>`${1}`\u2028"
    features = read_features(write_town(tmp_path / "n.osm.pbf", name=nasty))
    content = parse_basemap(basemap_script(basemap_of(features), "</script>"))
    head, texts = cut(content)
    assert "<" not in head + "".join(texts)
    assert (head, texts) == cut(content)
    there = gathered(head_of(head), texts, list(range(len(texts))))
    assert any(label[5] == nasty for label in there["labels"])


def test_the_browser_draws_no_wider_than_pieces_are_said_to_reach() -> None:
    drawing = (Path(__file__).parents[3] / "dashboard" / "assets" / "basemap.js").read_text(encoding="utf-8")
    assert f" REACH_PX = {LINES_REACH};" in drawing
    assert f" LABEL_REACH_PX = {NAMES_REACH};" in drawing
