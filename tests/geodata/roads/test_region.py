"""A region is built whole or not at all, once an extract."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from geodata.osm import read
from geodata.roads import Region, RoadFailure, build_region, open_region, publish_basemap
from geodata.roads.publishing import cut_published, pieces_of
from tests.geodata.small_town import LAT, LON, write_town


def build(pbf: Path, folder: Path) -> tuple[Region, list[str]]:
    """Build without executables: everything but the road data."""
    said: list[str] = []
    return build_region(pbf, folder, folder.parent / "no executables", said.append), said


def test_the_files_hold_what_the_extract_holds(town_without_roads: Region) -> None:
    region = town_without_roads
    districts = gpd.read_file(region.districts)
    names = districts[["code", "name_zh", "name_en"]].to_numpy().tolist()
    assert names == [["D1", "西区", "West"], ["D2", "东区", "East"]]
    assert districts.crs.to_epsg() == 4326
    streets = gpd.read_parquet(region.streets)
    numbered, stems = {f"{digit}街" for digit in "一二三四五"}, {f"{stem}路" for stem in "甲乙丁戊"}
    assert set(streets["name_zh"]) == numbered | stems | {"溪口大道", "孤岛路"}
    buildings = pd.read_parquet(region.buildings)
    assert len(buildings) == 12
    assert buildings["levels"].isna().sum() == 1
    assert region.bounds[0] < LON < region.bounds[2]
    assert region.bounds[1] < LAT < region.bounds[3]
    assert region.name == "town"
    assert not region.routable
    assert '"name":"town"' in region.basemap.read_text(encoding="ascii")
    assert region.pbf.is_file()
    assert open_region(region.folder) == region


def test_the_same_extract_is_not_built_again(town_pbf: Path, tmp_path: Path) -> None:
    region, said = build(town_pbf, tmp_path / "r")
    assert [line[:5] for line in said] == ["About", "  0 %", " 65 %", " 85 %"]
    written = region.basemap.stat().st_mtime_ns
    copy = shutil.copy(town_pbf, tmp_path / "same content.osm.pbf")
    again, said = build(Path(copy), tmp_path / "r")
    assert again == region
    assert said == ["Region r is there already, made from this very extract."]
    assert region.basemap.stat().st_mtime_ns == written


def test_a_missing_file_is_made_again(town_pbf: Path, tmp_path: Path) -> None:
    region, _ = build(town_pbf, tmp_path / "r")
    region.streets.unlink()
    build(town_pbf, tmp_path / "r")
    assert region.streets.is_file()


def test_another_extract_replaces_the_region(town_pbf: Path, tmp_path: Path) -> None:
    before, _ = build(town_pbf, tmp_path / "r")
    after, _ = build(write_town(tmp_path / "other.osm.pbf", name="石桥"), tmp_path / "r")
    assert after.version != before.version
    assert "石桥大道" in set(gpd.read_parquet(after.streets)["name_zh"])
    assert {path.name for path in tmp_path.iterdir()} == {"r", ".r.lock", "other.osm.pbf"}


def test_a_build_that_fails_leaves_what_was_before(
    town_pbf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = build(town_pbf, tmp_path / "r")

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(read, "streets_of", fail)
    with pytest.raises(OSError, match="No space"):
        build(write_town(tmp_path / "other.osm.pbf", name="石桥"), tmp_path / "r")
    assert open_region(tmp_path / "r") == before
    assert {path.name for path in tmp_path.iterdir()} == {"r", ".r.lock", "other.osm.pbf"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "there is no file"),
        (b"", "is not an OpenStreetMap extract"),
        (b"lon,lat\n1,2\n", "is not an OpenStreetMap extract"),
        ("cut", "is damaged"),
        ("garbled", "is damaged"),
    ],
)
def test_what_is_no_extract_is_refused(town_pbf: Path, tmp_path: Path, content: bytes | str | None, text: str) -> None:
    pbf, whole = tmp_path / "x.osm.pbf", town_pbf.read_bytes()
    if content == "cut":
        pbf.write_bytes(whole[: len(whole) // 2])
    elif content == "garbled":
        pbf.write_bytes(whole[:200] + bytes(byte ^ 0x5A for byte in whole[200:]))
    elif isinstance(content, bytes):
        pbf.write_bytes(content)
    with pytest.raises(RoadFailure, match=text) as caught:
        build(pbf, tmp_path / "r")
    assert caught.value.fault == "input"
    assert not (tmp_path / "r").exists()


def test_an_extract_without_streets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RoadFailure, match="holds no streets"):
        build(write_town(tmp_path / "empty.osm.pbf", streets=False), tmp_path / "r")


@pytest.mark.parametrize("damage", ["missing", "text", "format", "key"])
def test_a_region_that_cannot_be_read_says_what_to_do(town_without_roads: Region, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    written = json.loads((town_without_roads.folder / "region.json").read_text())
    if damage == "format":
        written["format"] = "rounds-region/9"
    if damage == "key":
        del written["bounds"]
    if damage != "missing":
        (folder / "region.json").write_text("{" if damage == "text" else json.dumps(written))
    with pytest.raises(RoadFailure, match=r"build it (with `roads build`|anew)"):
        open_region(folder)


def test_the_published_basemap_is_named_by_its_content(town_without_roads: Region, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    shutil.copytree(town_without_roads.folder, folder)
    (tmp_path / "static").mkdir()
    stranger = tmp_path / "static" / "r-other-0123456789ab.js"
    stranger.touch()
    region = open_region(folder)
    first = publish_basemap(region, tmp_path / "static")
    assert publish_basemap(region, tmp_path / "static") == first
    assert first.read_bytes() == region.basemap.read_bytes()
    region.basemap.write_text(region.basemap.read_text() + " ", encoding="ascii")
    second = publish_basemap(region, tmp_path / "static")
    assert second != first
    assert set((tmp_path / "static").glob("*.js")) == {second, stranger}


def test_pieces_lie_beside_the_whole_and_those_before_stay_for_pages_that_are_open(
    town_without_roads: Region, tmp_path: Path
) -> None:
    folder, static = tmp_path / "r", tmp_path / "static"
    shutil.copytree(town_without_roads.folder, folder)
    region = open_region(folder)
    was = region.basemap.read_text()
    shown = []
    for change in ("", " ", "  ", ""):
        region.basemap.write_text(was + change, encoding="ascii")
        publish_basemap(region, static)
        shown.append(pieces_of(static, "r"))
    first, second, third, fourth = (one[0] for one in shown)
    assert shown[2] == [third, second]
    assert fourth.name == first.name
    assert (fourth / "head.js").read_text(encoding="ascii").startswith("window.ROUNDS_BASEMAP=")
    assert pieces_of(static, "other") == []
    publish_basemap(region, static)
    region.basemap.write_text(was + "  ", encoding="ascii")
    publish_basemap(region, static)
    assert pieces_of(static, "r") == [third, fourth], "what was published last is shown, though it was there before"


def test_two_who_publish_the_same_at_once_are_not_in_each_others_way(
    town_without_roads: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geodata.osm import basemap_pieces

    cut, seen = basemap_pieces.cut, []

    def meanwhile(shapes: Any) -> Any:
        if not seen:  # the other one begins later and is done earlier
            seen.append(True)
            seen.append(publish_basemap(town_without_roads, tmp_path))
        return cut(shapes)

    monkeypatch.setattr(basemap_pieces, "cut", meanwhile)
    published = publish_basemap(town_without_roads, tmp_path)
    assert seen[1:] == [published]
    (made,) = pieces_of(tmp_path, "town")
    assert {path.name for path in tmp_path.iterdir()} == {made.name, published.name}
    (tmp_path / "other").mkdir()
    assert made.stat().st_mode == (tmp_path / "other").stat().st_mode  # who serves the files may read them


def test_what_was_published_whole_is_cut_and_what_cannot_be_read_is_left(
    town_without_roads: Region, tmp_path: Path
) -> None:
    (tmp_path / "town-0123456789ab.js").write_bytes(town_without_roads.basemap.read_bytes())
    (tmp_path / "a-0123456789ab.js").write_text("null", encoding="ascii")
    with pytest.raises(ValueError, match="basemap"):
        cut_published(tmp_path)
    (made,) = pieces_of(tmp_path, "town")
    assert (made / "0.js").read_text(encoding="ascii").startswith("roundsBasemapPiece(0,")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [made.name, "town-0123456789ab.js", "a-0123456789ab.js"]
    )
    (tmp_path / "a-0123456789ab.js").unlink()
    assert cut_published(tmp_path) == 0
