"""A bank's own OSRM server is asked as large a table as it is said to take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config import roads
from config.settings import load_settings


@pytest.mark.parametrize(("said", "most"), [({}, 100), ({"ROUNDS_OSRM_TABLE": "1500"}, 1500)])
def test_the_table_is_as_large_as_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], most: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(roads, "open_bank_roads", lambda *_, max_table, **__: asked.append(max_table))
    settings = load_settings(tmp_path, {"ROUNDS_OSRM_URL": "http://bank:5000", **said})
    roads.roads_of(settings, "north", {}, today=date(2026, 11, 30))
    assert asked == [most]
