"""Online tiles: none unless named, one host a vendor, and every fault is told by its name before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from config.strict import BadConfig
from config.tiles import FILE, Tiles, tiles_of

GOOD = """
format = "rounds-tiles/1"

[own]
addresses = [
  "https://tiles.bank.example:8443/{z}/{x}/{y}.png",
  "https://tiles.bank.example:8443/names/{z}/{x}/{y}?k={key}",
]
datum = "gcj02"
last_zoom = 17
credit = "the bank"
"""
VENDORS = sorted(name for name in tomllib.loads(FILE.read_text(encoding="utf-8")) if name != "format")


def settings(root: Path, **environ: str) -> Settings:
    return load_settings(root, {f"ROUNDS_{key}": value for key, value in environ.items()})


def of(tmp_path: Path, text: str, **environ: str) -> Tiles | None:
    path = tmp_path / "tiles.toml"
    path.write_text(text, encoding="utf-8")
    return tiles_of(settings(tmp_path, **environ), path)


def test_there_are_none_unless_a_setting_names_them(tmp_path: Path) -> None:
    assert tiles_of(settings(tmp_path)) is None
    assert tiles_of(settings(tmp_path, TILES_KEY="k")) is None


@pytest.mark.parametrize("name", VENDORS)
def test_every_vendor_of_the_file_can_be_used_and_has_one_host(tmp_path: Path, name: str) -> None:
    found = tiles_of(settings(tmp_path, TILES=name, TILES_KEY="k"))
    assert found is not None
    assert found.source.startswith("https://")
    assert all(one.startswith(found.source + "/") for one in found.addresses)
    assert found.credit
    assert VENDORS == ["amap", "osm", "tianditu"]


def test_a_banks_own_server_and_its_key_which_is_not_told(tmp_path: Path) -> None:
    found = of(tmp_path, GOOD, TILES="own", TILES_KEY="a&b")
    assert found is not None
    assert (found.source, found.datum, found.last_zoom) == ("https://tiles.bank.example:8443", "gcj02", 17)
    assert found.addresses[1].endswith("?k=a%26b")
    assert "a%26b" not in repr(found)
    assert "a&b" not in repr(settings(tmp_path, TILES="own", TILES_KEY="a&b"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[own]", "[other]", "ROUNDS_TILES is 'own'.*other"),
        ("tiles/1", "tiles/2", "format"),
        ("https://tiles.bank.example:8443/names", "https://names.bank.example/names", "one host"),
        ("https://tiles.bank.example:8443/{z}", "http://tiles.bank.example:8443/{z}", "https"),
        ("https://tiles.bank.example:8443/{z}", "https://a;script-src *@b/{z}", "https"),
        ("{x}/{y}.png", "{x}.png", "{y}"),
        ('"gcj02"', '"bd09"', "bd09"),
        ("17", "40", "last_zoom"),
        ("credit", "colour", "colour"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BadConfig, match=said):
        of(tmp_path, GOOD.replace(old, new, 1), TILES="own", TILES_KEY="k")


def test_a_vendor_that_wants_a_key_is_refused_without(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="ROUNDS_TILES_KEY"):
        tiles_of(settings(tmp_path, TILES="tianditu"))
