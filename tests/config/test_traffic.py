"""A region's traffic: read strictly, used by the planner unless hours were learnt and adopted."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.parameters import load
from config.settings import load_settings
from config.strict import BadConfig
from config.traffic import load_traffic, parameters_for

GOOD = """
format = "rounds-traffic/1"
dated = 2026-11-29

[[hours]]
from = 7
to = 9
factor = 1.6
confidence = "M"
source = "Invented for a test"

[[hours]]
from = 17
to = 24
factor = 1.25
confidence = "L"
source = "Invented for a test"
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_hours_are_read_and_the_rest_counts_once(tmp_path: Path) -> None:
    traffic = load_traffic(write(tmp_path / "r.traffic.toml", GOOD))
    assert traffic is not None
    assert traffic.hour_factors == (1.0,) * 7 + (1.6,) * 2 + (1.0,) * 8 + (1.25,) * 7
    assert traffic.name.startswith("2026-11-29 ")
    other = load_traffic(write(tmp_path / "other.toml", GOOD.replace("1.25", "1.26")))
    assert other is not None
    assert other.name != traffic.name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rounds-traffic/1", "rounds-traffic/2", "format"),
        ("factor = 1.6", "faktor = 1.6", "hours 1: unknown faktor"),
        ("factor = 1.6", "factor = 16", "hours 1: a factor lies between"),
        ("factor = 1.6", "factor = true", "hours 1.factor"),
        ("to = 9", "to = 18", "hours 2: the hours from 17 to 24 are named twice"),
        ("to = 24", "to = 25", "hours 2: from and to"),
        ("from = 7", "from = 9", "hours 1: from and to"),
        ('confidence = "L"', 'confidence = "X"', "confidence"),
        ("dated = 2026-11-29", "", "dated missing"),
    ],
)
def test_a_wrong_file_is_refused_by_the_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(BadConfig, match=message):
        load_traffic(write(tmp_path / "r.traffic.toml", GOOD.replace(old, new, 1)))


def test_it_lies_beside_the_region_and_is_none_without_a_file(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    settings.paths.regions.mkdir(parents=True)
    assert parameters_for(settings, "r").traffic is None
    assert load().hour_factors() is None
    assert load().assumed_hours() == (1.0,) * 24
    write(settings.paths.regions / "r.traffic.toml", GOOD)
    numbers = parameters_for(settings, "r")
    assert numbers.traffic is not None
    assert numbers.hour_factors() == numbers.assumed_hours() == numbers.traffic.hour_factors
    assert parameters_for(settings, "other").traffic is None
