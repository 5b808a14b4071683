"""Who is asked for addresses beyond a region's index: nobody, unless a bank has set somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from config.places import beyond_of, forget_addresses
from config.settings import load_settings
from geodata.geocoding.answer import UNANSWERED, UNKNOWN, Answer
from geodata.geocoding.kept import Kept
from geodata.roads.region import Region

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


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


def test_an_address_is_forgotten_in_whichever_region(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    forget_addresses(settings, ["知行路12号"], LONG_AGO)  # nothing was ever kept
    for name in ("north", "south"):
        Kept(Nowhere(), settings.paths.geocoded(name)).all_of(["云溪市 知行路12号", "长街1号"])
    forget_addresses(settings, ["知行路12号"], LONG_AGO)
    for name in ("north", "south"):
        again = Nowhere()
        Kept(again, settings.paths.geocoded(name)).all_of(["云溪市 知行路12号", "长街1号"])
        assert again.asked == ["云溪市 知行路12号"]


class Nowhere:
    """A geocoder that knows no address."""

    version = "v1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        self.asked += addresses
        return [UNKNOWN] * len(addresses)
