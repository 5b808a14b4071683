"""Who is asked for addresses beyond a region's index: nobody, unless a bank has set somebody."""

from __future__ import annotations

from pathlib import Path

from config.places import beyond_of
from config.settings import load_settings
from geodata.geocoding.answer import UNANSWERED
from geodata.roads.region import Region


def region(folder: Path) -> Region:
    return Region("north", folder, "v1", (120.0, 30.0, 121.0, 31.0), routable=False)


def test_nobody_by_default(tmp_path: Path) -> None:
    assert beyond_of(load_settings(tmp_path, {}), region(tmp_path)) is None


def test_the_service_that_is_set_and_its_answers_are_kept_by_region(tmp_path: Path) -> None:
    environ = {"ROUNDS_GEOCODER": "amap", "ROUNDS_GEOCODER_URL": "http://127.0.0.1:9/", "ROUNDS_GEOCODER_KEY": "k"}
    settings = load_settings(tmp_path, environ)
    beyond = beyond_of(settings, region(tmp_path))
    assert beyond is not None
    assert beyond.version == "amap http://127.0.0.1:9 v1"
    assert beyond.all_of(["知行路12号"]) == [UNANSWERED]
    assert settings.paths.geocoded("north").is_file()
    assert "geocoder_key" not in repr(settings)
