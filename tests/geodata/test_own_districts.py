"""A bank's own districts: from every form and coordinate system, repaired or refused by name, kept by later builds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.cell_districts import is_cell
from geodata.datum import from_wgs84
from geodata.own_districts import BadDistricts, read_own_districts
from geodata.roads import Region, build_region, open_region
from geodata.roads.command import roads_command
from tests.geodata.small_town import LAT, LON, STEP_LON

WEST = shapely.box(LON - 0.02, LAT - 0.02, LON + 1.5 * STEP_LON, LAT + 0.02)
EAST = shapely.box(LON + 1.5 * STEP_LON, LAT - 0.02, LON + 0.02, LAT + 0.02)
BOW_TIE = shapely.Polygon([(LON, LAT), (LON + 0.01, LAT + 0.01), (LON + 0.01, LAT), (LON, LAT + 0.01)])


def table(*shapes: shapely.Geometry, **columns: list[object]) -> gpd.GeoDataFrame:
    named = {"adcode": [f"7{n}" for n in range(len(shapes))], "名称": [f"片区{n}" for n in range(len(shapes))]}
    return gpd.GeoDataFrame(named | columns, geometry=list(shapes), crs=4326)


def spike(shape: shapely.Polygon) -> shapely.Polygon:
    """Give a ring that runs out along a line and back: invalid, and its area is as before."""
    ring = list(shape.exterior.coords)
    return shapely.Polygon([*ring[:-1], ring[0], (LON - 0.03, LAT - 0.03), ring[0]])


@pytest.mark.parametrize("form", ["geojson", "gpkg", "shp", "zip"])
@pytest.mark.parametrize("epsg", [4326, 4490, 32649, 4549])
def test_every_form_and_coordinate_system_gives_the_same_places(tmp_path: Path, form: str, epsg: int) -> None:
    if form == "geojson" and epsg != 4326:
        pytest.skip("GeoJSON is in WGS-84")
    path = tmp_path / f"d.{'shp' if form == 'zip' else form}"
    table(WEST, EAST).to_crs(epsg).to_file(path, encoding="utf-8" if path.suffix == ".shp" else None)
    if form == "zip":
        path = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path))
    found = read_own_districts(path)
    assert found.table[["code", "name_zh", "name_en"]].to_numpy().tolist() == [["70", "片区0", ""], ["71", "片区1", ""]]
    assert found.table.crs.to_epsg() == 4326
    assert all(shapely.hausdorff_distance(a, b) < 2e-7 for a, b in zip(found.table.geometry, [WEST, EAST], strict=True))
    assert found.notes == ()


def test_shapes_drawn_on_a_shifted_map_are_brought_back(tmp_path: Path) -> None:
    drawn = shapely.transform(WEST, lambda xy: from_wgs84(xy, "gcj02"))
    table(drawn).to_file(tmp_path / "d.gpkg")
    (shape,) = read_own_districts(tmp_path / "d.gpkg", datum="gcj02").table.geometry
    assert shapely.hausdorff_distance(shape, WEST) < 1e-8


def test_a_shapefile_without_its_coordinate_system_is_asked_for_it(tmp_path: Path) -> None:
    path = tmp_path / "d.shp"
    table(WEST).to_crs(32649).to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(BadDistricts, match="say it with --crs"):
        read_own_districts(path)
    (shape,) = read_own_districts(path, crs="EPSG:32649").table.geometry
    assert shapely.hausdorff_distance(shape, WEST) < 1e-7
    with pytest.raises(BadDistricts, match="is no coordinate system"):
        read_own_districts(path, crs="nonsense")


def test_geojson_in_metres_is_read_by_what_is_said_and_nothing_said_is_left_unheard(tmp_path: Path) -> None:
    path = tmp_path / "d.geojson"
    flat = table(WEST, EAST).to_crs(4549)
    nameless = flat.set_crs(None, allow_override=True)
    path.write_text(nameless.to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(BadDistricts, match="does not lie on the Earth: is its coordinate system right"):
        read_own_districts(path)
    found = read_own_districts(path, crs="EPSG:4549")
    assert all(shapely.hausdorff_distance(a, b) < 2e-7 for a, b in zip(found.table.geometry, [WEST, EAST], strict=True))
    named = tmp_path / "d.gpkg"
    flat.to_file(named)
    with pytest.raises(BadDistricts, match=r"names its coordinate system itself, .*: leave --crs out"):
        read_own_districts(named, crs="EPSG:4547")
    assert len(read_own_districts(named, crs="EPSG:4549").table) == 2


def test_a_ring_is_repaired_or_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "d.gpkg"
    table(spike(WEST), EAST).to_file(path)
    found = read_own_districts(path)
    (note,) = found.notes
    assert note.startswith("District 片区0 was repaired (Ring Self-intersection")
    assert found.table.geometry.is_valid.all()
    assert found.table.geometry[0].area == pytest.approx(WEST.area)
    table(WEST, BOW_TIE, shapely.Point(LON, LAT), None).to_file(path, layer="x")
    with pytest.raises(BadDistricts) as caught:
        read_own_districts(path, layer="x")
    first, second, third = caught.value.faults
    assert first.startswith("District 片区1 has a ring that cannot be right (Self-intersection")
    assert second == "District 片区2 is no area but a Point."
    assert third == "District 片区3 has no shape."


def test_what_lies_elsewhere_or_twice_is_refused_and_overlaps_are_told(tmp_path: Path) -> None:
    box = (LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)
    path = tmp_path / "d.gpkg"
    table(WEST, shapely.box(10, 50, 11, 51), adcode=["1", "1"]).to_file(path)
    with pytest.raises(BadDistricts) as caught:
        read_own_districts(path, within=box)
    assert caught.value.faults == (
        "District 片区1 lies outside the region: is its coordinate system right?",
        "The code 1 is that of 2 districts in d.gpkg: each needs its own.",
    )
    table(WEST, shapely.union(EAST, WEST)).to_file(path)
    (note,) = read_own_districts(path, within=box).notes
    assert note.startswith("Districts 片区0 and 片区1 overlap by 100% of the smaller one")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "There is no file"), (b"lon,lat\n1,2\n", "cannot be read"), (b"{}", "cannot be read")],
)
def test_what_is_no_map_is_refused(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "d.geojson"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadDistricts, match=sentence):
        read_own_districts(path)


def test_columns_are_found_named_or_made_up(tmp_path: Path) -> None:
    path = tmp_path / "d.geojson"
    gpd.GeoDataFrame({"gid": [4.0, np.nan], "label": ["甲", "乙"]}, geometry=[WEST, EAST], crs=4326).to_file(path)
    assert read_own_districts(path).table["code"].tolist() == ["T001", "T002"]
    named = read_own_districts(path, columns={"name_zh": "label", "code": "gid"}).table
    assert named[["code", "name_zh"]].to_numpy().tolist() == [["", "乙"], ["4", "甲"]]
    with pytest.raises(BadDistricts, match=r"no column 'nam'; there are gid, label"):
        read_own_districts(path, columns={"name_zh": "nam"})


def test_the_command_puts_them_in_place_and_a_later_build_keeps_them(
    town_without_roads: Region, town_pbf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "regions" / "town"
    shutil.copytree(town_without_roads.folder, folder)
    path = tmp_path / "d.gpkg"
    table(WEST, EAST).to_file(path)

    def run(*argv: object) -> int:
        return roads_command(
            list(map(str, argv)), regions=folder.parent, executables=tmp_path / "none", matrices=tmp_path
        )

    assert run("districts", path, "--name", "town", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report == {"region": "town", "districts": 2, "houses_inside": 12, "notes": []}

    def check() -> None:
        region = open_region(folder)
        assert gpd.read_file(region.districts)["code"].tolist() == ["70", "71"]
        houses = pd.read_parquet(region.buildings)
        assert (houses["district"] == np.where(houses["lon"] < LON + 1.5 * STEP_LON, "70", "71")).all()

    check()
    shutil.rmtree(folder)
    build_region(town_pbf, folder, tmp_path / "none", lambda _: None)
    check()
    table(WEST, BOW_TIE).to_file(path)
    assert run("districts", path, "--name", "town") == 2
    assert "District 片区1 has a ring" in capsys.readouterr().err
    check()


@pytest.mark.parametrize(("way", "after"), [("--shipped", "boundaries"), ("--cells", "cells")])
def test_from_a_banks_own_districts_there_is_a_way_back(
    town_without_roads: Region,
    town_pbf: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    way: str,
    after: str,
) -> None:
    folder = tmp_path / "regions" / "town"
    shutil.copytree(town_without_roads.folder, folder)
    shipped = gpd.read_file(folder / "districts.geojson")
    houses = pd.read_parquet(folder / "buildings.parquet")
    path = tmp_path / "d.gpkg"
    table(WEST, EAST).to_file(path)

    def run(*argv: object) -> int:
        return roads_command(
            list(map(str, argv)), regions=folder.parent, executables=tmp_path / "none", matrices=tmp_path
        )

    assert run("districts", path, "--name", "town") == 0
    capsys.readouterr()
    assert run("districts", way, "--name", "town") == 0
    assert ("cells of the ground" in capsys.readouterr().out) == (after == "cells")
    for _ in range(2):  # and so it is after the next build
        region = open_region(folder)
        codes = gpd.read_file(region.districts)["code"]
        assert len(codes) > 0
        assert codes.map(is_cell).all() == (after == "cells")
        assert set(pd.read_parquet(region.buildings)["district"]) - {""} <= set(codes)
        if after == "boundaries":
            assert codes.tolist() == shipped["code"].tolist()
            assert pd.read_parquet(region.buildings).equals(houses)
        shutil.rmtree(folder)
        build_region(town_pbf, folder, tmp_path / "none", lambda _: None)
    with pytest.raises(SystemExit):
        run("districts", path, way, "--name", "town")
    with pytest.raises(SystemExit):
        run("districts", "--name", "town")
