"""Hot and cold spots over the regions' map: there when asked for, named in both languages, easy to tell apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from dashboard.maps import Ground, region_map
from dashboard.maps.regions import outline, simplified
from dashboard.maps.spots import KINDS, THICK, with_spots
from dashboard.text import speaking
from dashboard.theme import RAMP, contrast
from planner.tables import conform, empty
from planner.view.spots import SPOTS

DISTRICTS = gpd.GeoDataFrame(
    {"code": ["W", "E"], "name_zh": ["西区", "东区"], "name_en": ["West", "East"]},
    geometry=[shapely.box(103.0, 30.0, 103.5, 31.0), shapely.box(103.5, 30.0, 104.0, 31.0)],
    crs=4326,
)
#: two hot squares side by side in the west, a cold one in the east, one within chance
PLACES = ("hot", "hot", "cold", "none")
AT = ((103.10, 30.10), (103.11, 30.10), (103.90, 30.50), (103.20, 30.20))


def spots(*places: str) -> pd.DataFrame:
    rows = [
        {"west": west, "south": south, "east": round(west + 0.01, 2), "north": south + 0.01}
        | {"debtors": 7, "payments": 5, "expected_payments": 2.25, "p_adjusted": 0.0123, "place": place}
        for (west, south), place in zip(AT, places, strict=False)
    ]
    return conform(pd.DataFrame(rows), SPOTS) if rows else empty(SPOTS)


def content(found: pd.DataFrame | None, language: str = "en") -> dict[str, Any]:
    with speaking(language):
        return with_spots({"legend": {"rows": []}}, found, DISTRICTS)


def legend(found: pd.DataFrame, language: str) -> list[str]:
    return [row["text"] for row in content(found, language)["spots"]["legend"]["rows"]]


def test_without_the_layer_the_map_is_as_it_was(tmp_path: Path) -> None:
    assert content(None) == {"legend": {"rows": []}}
    ground = Ground("yunxi", tmp_path, "en", (103.5, 30.5))
    for found in (None, spots(*PLACES)):
        drawn = region_map(DISTRICTS, {"W": 1.0, "E": 2.0}, ground, title="t", written=str, spots=found)
        (shown,) = drawn.layer._children.values()
        assert ('"spots":{' in shown.value) == (found is not None)


def test_only_squares_that_stand_out_are_drawn_and_neighbours_share_an_outline() -> None:
    drawn = content(spots(*PLACES))["spots"]
    assert len(drawn["cells"]) == 3
    hot, cold = drawn["outlines"]
    assert (hot["dashed"], cold["dashed"]) == (False, True)
    ring = shapely.from_geojson(json.dumps(hot["geometry"]))
    assert ring.length == pytest.approx(2 * 0.02 + 2 * 0.01)  # around both, no line between them
    assert [cell["id"] for cell in drawn["cells"]] == ["W", "W", "E"]
    assert "0.012" in drawn["cells"][0]["tip"]


def test_over_smaller_squares_only_the_outlines_are_drawn() -> None:
    drawn = with_spots({}, spots(*PLACES), DISTRICTS, felt=False)["spots"]
    assert len(drawn["outlines"]) == 2
    assert drawn["cells"] == []


def test_a_square_outside_every_district_chooses_none() -> None:
    far = spots("hot").assign(west=110.0, east=110.01)
    assert [cell["id"] for cell in content(far)["spots"]["cells"]] == [""]


def test_the_legend_names_what_there_is_in_both_languages() -> None:
    assert legend(spots(*PLACES), "en") == ["Hot: pays more often, all around", "Cold: pays less often, all around"]
    assert legend(spots(*PLACES), "zh") == ["热点：回款较勤，周边亦然", "冷点：回款较少，周边亦然"]
    assert legend(spots("none", "high_beside_low"), "zh") == ["回款勤于周边"]


@pytest.mark.parametrize(
    ("places", "english", "chinese"),
    [
        (("none", "unknown"), "No hot spots are shown by the data", "数据未显示热点"),
        (("unknown", "unknown"), "Too few visits side by side to tell", "相邻外访过少，尚无法判断"),
        ((), "Too few visits side by side to tell", "相邻外访过少，尚无法判断"),
    ],
)
def test_where_nothing_stands_out_the_legend_says_so(places: tuple[str, ...], english: str, chinese: str) -> None:
    assert legend(spots(*places), "en") == [english]
    assert legend(spots(*places), "zh") == [chinese]
    drawn = content(spots(*places))["spots"]
    assert (drawn["outlines"], drawn["cells"]) == ([], [])


def test_hot_and_cold_differ_in_more_than_colour() -> None:
    thick = [kind for kind in KINDS.values() if kind.weight == THICK]
    assert {kind.dashed for kind in thick} == {True, False}
    assert len({(kind.colour, kind.dashed, kind.weight) for kind in KINDS.values()}) == len(KINDS)
    # The white line under an outline parts it from dark shades, the outline itself from light ones.
    for shade in RAMP:
        for kind in KINDS.values():
            assert max(contrast("#FFFFFF", shade), contrast(kind.colour, shade)) >= 2


def test_an_outline_is_worked_out_once_and_each_map_gets_its_own() -> None:
    simplified.cache_clear()
    first, second = outline(DISTRICTS.geometry[0]), outline(DISTRICTS.geometry[0])
    assert simplified.cache_info().misses == 1
    first["coordinates"].clear()
    assert second["coordinates"]
    assert outline(DISTRICTS.geometry[0]) == second
