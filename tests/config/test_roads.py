"""A bank's own OSRM server is asked as large a table as it is said to take."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from config import roads
from config.settings import load_settings
from geodata.roads.region import FORMAT
from geodata.roads.straight_line import straight_line


@pytest.mark.parametrize(("said", "most"), [({}, 100), ({"ROUNDS_OSRM_TABLE": "1500"}, 1500)])
def test_the_table_is_as_large_as_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], most: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(roads, "open_bank_roads", lambda *_, max_table, **__: asked.append(max_table))
    settings = load_settings(tmp_path, {"ROUNDS_OSRM_URL": "http://bank:5000", **said})
    roads.roads_of(settings, "north", {}, today=date(2026, 11, 30))
    assert asked == [most]


@pytest.mark.parametrize("profile", ["car", "foot"])
def test_what_stands_in_for_a_banks_server_goes_as_its_region_does(tmp_path: Path, profile: str) -> None:
    settings = load_settings(tmp_path, {"ROUNDS_OSRM_URL": "http://127.0.0.1:9"})  # nobody listens
    folder = settings.paths.region("north")
    if profile == "foot":  # where none was built, crews go by car
        folder.mkdir(parents=True)
        about = {"format": FORMAT, "version": "v", "bounds": [0, 0, 1, 1], "routable": True, "profile": profile}
        (folder / "region.json").write_text(json.dumps(about))
    with roads.roads_of(settings, "north", {}, today=date(2026, 11, 30), go_on=True) as found:
        times = found.travel_times(np.array([[109.6, 29.1], [109.61, 29.1]]))
    assert times.source == straight_line(profile).source  # type: ignore[arg-type]
