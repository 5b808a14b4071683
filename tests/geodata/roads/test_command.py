"""The commands: what they write, what they report, and one sentence for each bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geodata.roads import Region, means, open_region, publish_basemap
from geodata.roads.command import roads_command
from geodata.roads.publishing import pieces_of
from tests.geodata.small_town import ISLAND, crossing, write_town

HERE, THERE = crossing(1, 1), crossing(3, 2)
Run = Callable[..., int]


@pytest.fixture
def run(town_without_roads: Region, tmp_path: Path) -> Run:
    """Run a command in the regions of the tests, without the road engine."""

    def call(*argv: object) -> int:
        regions, matrices = town_without_roads.folder.parent, tmp_path / "matrices"
        return roads_command(list(map(str, argv)), regions=regions, executables=tmp_path / "none", matrices=matrices)

    return call


def points_file(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path


def good(path: Path) -> Path:
    rows = "".join(f"{lon:.6f},{lat:.6f},x\n" for lon, lat in (HERE, THERE))
    return points_file(path / "p.csv", "\ufefflon,Lat,note\n" + rows)


def test_an_estimate_is_written_and_says_that_it_is_one(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("matrix", "--name", "town", "--points", good(tmp_path), "--out", tmp_path / "M.npz") == 0
    assert "an estimate, no street was looked at" in capsys.readouterr().out
    with np.load(tmp_path / "M.npz") as matrix:
        assert matrix["seconds"].shape == matrix["metres"].shape == (2, 2)
        assert matrix["snap_m"].shape == (2,)
    assert [path.suffix for path in tmp_path.glob("*.*")].count(".part") == 0


@pytest.mark.osrm
def test_build_and_matrix_on_real_streets(
    town_pbf: Path, executables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = {"regions": tmp_path / "r", "executables": executables, "matrices": tmp_path / "m"}
    assert roads_command(["build", str(town_pbf), "--name", "Town-1", "--json"], **folders) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["routable"] is True
    assert "Extracting the road network.\n" in shown.err
    rows = "".join(f"{lon},{lat}\n" for lon, lat in (HERE, THERE, ISLAND, HERE - [0.05, 0]))
    points = points_file(tmp_path / "p.csv", "lon,lat\n" + rows)
    argv = ["matrix", "--name", "Town-1", "--points", str(points), "--out", str(tmp_path / "M.npz"), "--json"]
    assert roads_command(argv, **folders) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["points"] == 4
    assert report["unreachable_pairs"] == 6
    assert report["far_snaps"] == 1
    assert not report["estimated"]
    with np.load(tmp_path / "M.npz") as matrix:
        assert matrix["metres"][0, 1] == pytest.approx(600, rel=0.01)
        assert np.isnan(matrix["seconds"][0, 2])
        assert matrix["snap_m"][3] > 1000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs the columns lon and lat, its first line says nothing"),
        ("x,y\n1,2\n", "its first line says x, y"),
        ("lon,lat,lon\n1,2,3\n", "needs the columns"),
        ("lon,lat\n", "holds no points"),
        ("lon,lat\n109.6,29.1\n109.6\n", "row 3 of p.csv has too few columns"),
        ("lon,lat\n109.6,\n", "row 2 of p.csv has no coordinates: an empty cell"),
        ("lon,lat\nnan,29.1\n", "nan is not a number of degrees"),
        ("lon,lat\n1_0,29.1\n", "1_0 is not a number"),
        ("lon,lat\n109.6,inf\n", "inf is not a number"),
        ("lon,lat\n１０９,29\n", "is not a number"),
        ("lon,lat\n29.1,109.6\n", "row 2 of p.csv is not on the Earth: lon 29.1, lat 109.6; lon and lat look swapped"),
        ("lon,lat\n190,29\n", "row 2 of p.csv is not on the Earth"),
    ],
)
def test_bad_points_are_one_sentence_and_exit_2(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    points = points_file(tmp_path / "p.csv", text)
    assert run("matrix", "--name", "town", "--points", points, "--out", tmp_path / "M.npz") == 2
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not (tmp_path / "M.npz").exists()


def test_swapped_columns_are_seen_by_the_region_where_both_are_possible(
    town_pbf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], town_without_roads: Region
) -> None:
    """Where |lon| ≤ 90 the Earth does not tell: the region does."""
    folder = tmp_path / "regions" / "south"
    folder.mkdir(parents=True)
    written = json.loads((town_without_roads.folder / "region.json").read_text())
    (folder / "region.json").write_text(json.dumps(written | {"bounds": [-51.3, -30.2, -51.1, -29.9]}))
    points = points_file(tmp_path / "p.csv", "lon,lat\n-30.0,-51.2\n-30.1,-51.25\n")
    argv = ["matrix", "--name", "south", "--points", str(points), "--out", str(tmp_path / "M.npz")]
    assert roads_command(argv, regions=folder.parent, executables=tmp_path, matrices=tmp_path) == 2
    assert "look swapped in p.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("least", "asked", "method"), [(10**6, [], "mld"), (1, [], "ch"), (1, ["--method", "mld"], "mld")]
)
def test_the_method_goes_by_size_unless_it_is_asked_for(
    town_pbf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    least: int, asked: list[str], method: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(means, "CONTRACTED_FROM", least)
    folders = {"regions": tmp_path / "r", "executables": tmp_path / "none", "matrices": tmp_path / "m"}
    assert roads_command(["build", str(town_pbf), "--name", "t", "--json", *asked], **folders) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["method"] == method
    assert ("points of streets" in shown.err.splitlines()[0]) == (not asked)
    assert json.loads((tmp_path / "r" / "t" / "region.json").read_text())["method"] == method


def test_a_build_renews_the_basemap_of_a_region_that_is_shown(
    town_pbf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = tmp_path / "static"

    def build(extract: Path) -> str:
        argv = ["build", str(extract), "--name", "t"]
        folders = {"regions": tmp_path / "r", "executables": tmp_path / "none", "matrices": tmp_path / "m"}
        assert roads_command(argv, **folders, basemaps=shown) == 0
        return capsys.readouterr().out

    assert build(town_pbf).splitlines()[-1].startswith("100 %  Region t is ready")
    assert not shown.exists()  # no branch is in it: nobody asks for its map
    publish_basemap(open_region(tmp_path / "r" / "t"), shown)
    (first,) = pieces_of(shown, "t")
    said = build(write_town(tmp_path / "other.osm.pbf", name="石桥"))
    newest, before = pieces_of(shown, "t")
    assert before == first != newest
    assert "once the application is started again" in said


def test_what_cannot_be_found_or_written_is_exit_2(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", tmp_path / "M.npz"]
    (tmp_path / "b.csv").write_bytes(b"lon,lat\n\xff\xfe1,2\n")
    for argv, sentence in (
        (["matrix", "--name", "nowhere", "--points", good(tmp_path), *out], "there is no region nowhere"),
        (["matrix", "--name", "town", "--points", tmp_path / "none.csv", *out], "there is no file"),
        (["matrix", "--name", "town", "--points", tmp_path / "b.csv", *out], "cannot be read as UTF-8"),
        (["matrix", "--name", "town", "--points", good(tmp_path), "--out", tmp_path / "x" / "M"], "cannot be written"),
        (["build", tmp_path / "none.osm.pbf", "--name", "x"], "there is no file"),
        (["build", good(tmp_path), "--name", "x"], "is not an OpenStreetMap extract"),
        (["build", good(tmp_path), "--name", "../x"], "a region's name is made of letters"),
    ):
        assert run(*argv) == 2
        shown = capsys.readouterr().err
        assert sentence in shown
        assert shown.count("\n") == 1


def test_unknown_arguments_are_exit_2(run: Run) -> None:
    with pytest.raises(SystemExit) as caught:
        run("fly")
    assert caught.value.code == 2
