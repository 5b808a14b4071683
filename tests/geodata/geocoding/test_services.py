"""The forms of online geocoders: recorded answers, read as far as they go."""

from __future__ import annotations

import pytest

from geodata.datum import to_wgs84
from geodata.geocoding.answer import AMBIGUOUS, UNKNOWN, Located
from geodata.geocoding.services import Amap, Nominatim, NotUnderstood

BOUNDS = (120.0, 30.0, 121.0, 31.0)


def place(rank: int, lon: float = 120.1, lat: float = 30.2, half: float = 0.001) -> dict[str, object]:
    box = [str(one) for one in (lat - half, lat + half, lon - half, lon + half)]
    return {"place_rank": rank, "lon": str(lon), "lat": str(lat), "boundingbox": box, "category": "x"}


@pytest.mark.parametrize(
    ("found", "by"),
    [
        ([place(30)], "house"),
        ([place(26), place(26, lat=30.205)], "street"),
        ([place(26), place(30), place(12)], "house"),
        ([place(19)], "landmark"),
    ],
)
def test_nominatim_by_rank(found: list[dict[str, object]], by: str) -> None:
    answer = Nominatim().answer(found, BOUNDS)
    assert isinstance(answer, Located)
    assert answer.by == by
    assert abs(answer.lon - 120.1) < 1e-9
    assert answer.accuracy_m >= 50


def test_a_longer_street_is_less_exact() -> None:
    short, long = (Nominatim().answer([place(26, half=half)], BOUNDS) for half in (0.001, 0.01))
    assert long.accuracy_m == pytest.approx(10 * short.accuracy_m, rel=0.01)


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ([], UNKNOWN),
        ([place(12)], UNKNOWN),
        ([place(30, lon=100.0)], UNKNOWN),
        ([place(30), place(30, lat=30.3)], AMBIGUOUS),
        ([place(26), place(26, lat=30.3)], AMBIGUOUS),
    ],
)
def test_nominatim_refuses(found: list[dict[str, object]], answer: object) -> None:
    assert Nominatim().answer(found, BOUNDS) == answer


@pytest.mark.parametrize("said", [{}, None, [{"place_rank": 30}], [{"place_rank": "x"}], ["text"]])
def test_nominatim_that_says_something_else(said: object) -> None:
    with pytest.raises(NotUnderstood):
        Nominatim().answer(said, BOUNDS)


def geocodes(*found: tuple[str, str]) -> dict[str, object]:
    return {"status": "1", "geocodes": [{"location": at, "level": level} for at, level in found]}


def test_amap_is_read_by_its_own_datum() -> None:
    answer = Amap().answer(geocodes(("120.2,30.2", "门牌号")), BOUNDS)
    assert isinstance(answer, Located)
    assert answer.by == "house"
    import numpy as np

    assert [answer.lon, answer.lat] == pytest.approx(to_wgs84(np.array([[120.2, 30.2]]), "gcj02")[0], abs=1e-9)
    assert abs(answer.lon - 120.2) > 0.003


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (geocodes(), UNKNOWN),
        (geocodes(("120.2,30.2", "区县")), UNKNOWN),
        (geocodes(("120.2,30.2", "门牌号"), ("120.5,30.2", "门牌号")), AMBIGUOUS),
    ],
)
def test_amap_refuses(said: dict[str, object], answer: object) -> None:
    assert Amap().answer(said, BOUNDS) == answer


@pytest.mark.parametrize(
    "said", [[], {"status": "0", "info": "INVALID_USER_KEY"}, geocodes(("x", "道路")), {"status": "1"}]
)
def test_amap_that_says_something_else(said: object) -> None:
    with pytest.raises(NotUnderstood):
        Amap().answer(said, BOUNDS)
