"""Maps hold what they are given, ask no other host, and let no text through unescaped."""

import math
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import pytest
import streamlit_folium
from folium.plugins import MarkerCluster
from shapely.geometry import Point, box

from config.tiles import Tiles
from dashboard.maps import Ground, Kind, debtor_map, region_map, week_map
from dashboard.maps.frame import Content, Drawing, clicked, show
from dashboard.maps.hull import soft_hull
from dashboard.maps.offline import ForeignAsset, basemap_file, require_offline
from dashboard.maps.regions import class_edges, colour_of
from dashboard.theme import CREWS, UNKNOWN, contrast, ink_on
from planner.view import GroupView
from tests.dashboard.fakes import CENTRE, DAY, HOSTILE, left_out, route, stop, week


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    (tmp_path / "yunxi-abc123.js").write_text("window.ROUNDS_BASEMAP = null")
    return Ground("yunxi", tmp_path, "en", CENTRE)


def script(drawing: Drawing) -> str:
    content = next(part for part in drawing.layer._children.values() if isinstance(part, Content))
    return str(content.value)


def rendered(drawing: Drawing) -> str:
    return str(drawing.base.get_root().render())


def test_a_map_links_files_of_ours_only(ground: Ground) -> None:
    drawing = week_map(week(), ground)
    require_offline(drawing.base)
    page = rendered(drawing)
    assert "../../assets/basemap/yunxi-abc123.js" in page
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    assert "maxZoom" in page


def test_an_element_that_needs_other_files_is_refused(ground: Ground) -> None:
    drawing = week_map(week(), ground)
    MarkerCluster().add_to(drawing.base)
    with pytest.raises(ForeignAsset, match="MarkerCluster"):
        require_offline(drawing.base)
    with pytest.raises(ForeignAsset, match="Map"):
        require_offline(folium.Map())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_only(ground: Ground, name: str) -> None:
    routes = (route(0, 1),)
    hostile = (replace(routes[0], stops=(stop(1, name=name),), crew_name=name),)
    drawing = week_map(week(left=0, routes=hostile), ground)
    value = script(drawing)
    assert "<" not in value
    assert "`" not in value
    assert "${" not in value
    assert "alert" in value or "u0027" in value or "#92" in value


def test_the_week_shows_stops_routes_groups_and_who_is_left_out(ground: Ground) -> None:
    value = script(week_map(week(crews=2, left=8), ground, selected="D003"))
    for sign in ('"selected":"D003"', CREWS[0], CREWS[1], '"hulls":[{', '"id":["L000"', '"number":10', "Visit group"):
        assert sign in value
    assert CREWS[2] not in value


def test_a_day_or_a_crew_alone_may_be_shown(ground: Ground) -> None:
    plan = week(crews=2, left=2)
    assert '"routes":[]' in script(week_map(plan, ground, day=DAY + timedelta(days=1)))
    only = script(week_map(plan, ground, crews={"YX01-2"}, with_left_out=False))
    assert CREWS[0] not in only
    assert "L000" not in only


def test_numbers_of_many_stops_give_way_to_dots(ground: Ground) -> None:
    assert '"plain":false' in script(week_map(week(), ground))
    several = tuple(route(0, 9, DAY + timedelta(days=k)) for k in range(20))
    assert '"plain":true' in script(week_map(week(routes=several), ground))
    assert '"plain":false' in script(week_map(week(routes=several), ground, day=DAY))


def test_the_view_at_first_holds_the_lines_and_not_only_the_stops(ground: Ground) -> None:
    far = replace(route(0, 2), line=((109.0, 29.0), (110.0, 29.5)))
    assert '"bounds":[[109.0,29.0],[110.0,29.5]]' in script(week_map(week(routes=(far,), left=0), ground))


def test_a_selection_changes_the_layer_but_not_the_frame(ground: Ground) -> None:
    one, other = week_map(week(), ground), week_map(week(), ground, selected="D001")
    frame = re.compile(r'"frame":"[^"]*"')
    assert one.key == other.key
    assert "_" not in one.key
    assert frame.findall(script(one)) == frame.findall(script(other))
    assert script(one) != script(other)


def test_estimated_roads_are_drawn_dashed_and_say_so(ground: Ground) -> None:
    value = script(week_map(week(roads_estimated=True), ground))
    assert '"estimated":true' in value
    assert "Dashed: straight lines" in value
    assert "Dashed" not in script(week_map(week(), ground))


def test_a_debtor_without_a_place_is_counted_not_drawn(ground: Ground) -> None:
    points = pd.DataFrame(
        {
            "debtor_id": ["A", "B"],
            "lon": [109.5, math.nan],
            "lat": [29.1, 29.1],
            "overdue_minor": [100, 200],
            "kind": ["c", "c"],
        }
    )
    value = script(debtor_map(points, ground, kinds=[Kind("c", "Clustered", "#0072B2")]))
    assert '"id":["A"]' in value
    assert "Clustered (1)" in value
    assert "1 without a place" in value
    nowhere = replace(left_out(2), lon=math.nan)
    left = week_map(week(left_out=(left_out(1), nowhere)), ground)
    assert '"id":["L001"]' in script(left)


def test_an_empty_table_is_an_empty_map(ground: Ground) -> None:
    empty = pd.DataFrame({"debtor_id": [], "lon": [], "lat": [], "overdue_minor": []}, dtype=float)
    assert '"bounds":null' in script(debtor_map(empty, ground))


def districts() -> gpd.GeoDataFrame:
    names = {"code": ["a", "b", "c"], "name_zh": ["甲区", "乙区", "丙区"], "name_en": ["A", "B", "<i>C</i>"]}
    return gpd.GeoDataFrame(names, geometry=[box(x, 0, x + 1, 1) for x in range(3)], crs="EPSG:4326")


def test_an_unknown_district_is_grey_and_never_the_lowest(ground: Ground) -> None:
    drawing = region_map(districts(), {"a": 1.0, "b": 5.0}, ground, title="T", written=lambda v: f"{v}")
    value = script(drawing)
    assert UNKNOWN in value
    assert "unknown" in value
    assert "<i>" not in value
    assert colour_of(math.nan, class_edges([1.0, 5.0])) == UNKNOWN


def test_colours_differ_as_values_do_and_few_far_out_do_not_make_the_rest_alike() -> None:
    edges = class_edges([1134.0, 1141.0, 435.0, 1277.0])
    assert colour_of(1134.0, edges) == colour_of(1141.0, edges) != colour_of(1277.0, edges)
    skewed = [*(float(n) for n in range(10)), 1e6]
    assert len({colour_of(one, class_edges(skewed)) for one in skewed}) > 3
    edges = class_edges([float(n) for n in range(12)])
    assert len(edges) == 5
    assert class_edges([3.0, 3.0]) == []
    assert len({colour_of(float(n), edges) for n in range(12)}) == 6


def test_a_click_names_what_was_clicked_and_anything_odd_is_nothing() -> None:
    assert clicked({"last_active_drawing": {"properties": {"id": "D1"}}}) == "D1"
    feature = {"properties": {"id": 3}}
    for odd in (
        None,
        {},
        {"last_active_drawing": None},
        {"last_active_drawing": feature},
        {"last_active_drawing": "x"},
    ):
        assert clicked(odd) is None


def test_a_hull_surrounds_its_places() -> None:
    points = [(109.5, 29.1), (109.52, 29.11), (109.51, 29.13)]
    from shapely.geometry import Polygon

    ring = Polygon(soft_hull(points))
    assert all(ring.contains(Point(point)) for point in points)
    assert Polygon(soft_hull(points[:1])).contains(Point(points[0]))
    round_ = Polygon(soft_hull(points[:1], margin_m=500, fine=True))
    assert round_.area > 0.99 * round_.minimum_rotated_rectangle.area * 3.1416 / 4


def test_a_map_loads_the_head_of_pieces_where_there_are_any_and_else_the_whole(ground: Ground) -> None:
    whole = week_map(week(), ground)
    assert '"pieces":""' in rendered(whole)
    (ground.folder / "yunxi-abc123").mkdir()  # without a head: half removed
    (ground.folder / "yunxi-other-abc124").mkdir()
    (ground.folder / "yunxi-other-abc124" / "head.js").write_text("")
    assert week_map(week(), ground).key == whole.key
    (ground.folder / "yunxi-abc123" / "head.js").write_text("")
    cut = week_map(week(), ground)
    require_offline(cut.base)
    assert "../../assets/basemap/yunxi-abc123/head.js" in rendered(cut)
    assert "yunxi-abc123.js" not in rendered(cut)
    assert '"pieces":"../../assets/basemap/yunxi-abc123/"' in rendered(cut)
    assert cut.key != whole.key


def test_online_tiles_are_shifted_in_the_mainland_only_and_their_credit_is_text(ground: Ground) -> None:
    tiles = Tiles(("https://t.example/{z}/{x}/{y}?a=1&b=2",), "gcj02", 18, "<b>© someone", "https://t.example")
    assert "roundsTiles(" not in rendered(week_map(week(), ground))
    inland, abroad = (
        rendered(week_map(week(), replace(ground, tiles=tiles, centre=at))) for at in (CENTRE, (-8.6, 41.1))
    )
    assert '"shifted":true' in inland
    assert '"shifted":false' in abroad
    assert "<b>©" not in inland
    assert '"https://t.example/{z}/{x}/{y}?a=1\\u0026b=2"' in inland
    plain = rendered(week_map(week(), replace(ground, tiles=replace(tiles, datum="wgs84"))))
    assert '"shifted":false' in plain


def test_the_newest_basemap_is_taken_and_none_is_no_error(tmp_path: Path) -> None:
    assert basemap_file(tmp_path, "yunxi") is None
    (tmp_path / "yunxi-1.js").write_text("")
    (tmp_path / "other-1.js").write_text("")
    (tmp_path / "yunxi-other-2.js").write_text("")
    assert basemap_file(tmp_path, "yunxi") == "yunxi-1.js"


def test_numbers_on_crew_colours_can_be_read() -> None:
    for colour in CREWS:
        assert contrast(ink_on(colour), colour) >= 4.5
    assert ink_on(CREWS[6]) != "#FFFFFF"


CORNERS = ((109.6, 29.1), (109.61, 29.1), (109.61, 29.11), (109.6, 29.1))


def test_a_named_group_is_drawn_with_its_own_outline_name_hours_and_value(ground: Ground) -> None:
    ring = ((116.0, 28.0), (116.01, 28.0), (116.01, 28.01), (116.0, 28.0))
    group = GroupView("g1", "<b>桂庭街</b>", "<b>Guiting Jie</b>", 8, 7_200, 1_800.0, 120_000.0, ring)
    text = script(week_map(replace(week(), visit_groups={"g1": group}), ground))
    assert "Guiting Jie" in text
    assert "<b>Guiting" not in text
    assert "2 h 30 min" in text
    assert "[116.01, 28.01]" in text or "[116.01,28.01]" in text


def test_a_chosen_group_is_drawn_on_any_day_over_the_others_and_brought_into_view(ground: Ground) -> None:
    ring = ((116.0, 28.0), (116.01, 28.0), (116.01, 28.01), (116.0, 28.0))
    groups = {
        "g0": GroupView("g0", "刘家塘", "Liujiatang", 6, 5_400, None, 300_000.0, ring),
        "g1": GroupView("g1", "<b>桂庭街</b>", "<b>Guiting Jie</b>", 8, 7_200, 1_800.0, 120_000.0, CORNERS),
    }
    plan = replace(week(), visit_groups=groups)
    plain, chosen = (script(week_map(plan, ground, group=code)) for code in ("", "g0"))
    assert "Liujiatang" not in plain
    assert '"chosen":true' not in plain
    assert chosen.index("Guiting Jie") < chosen.index("Liujiatang")
    assert chosen.count('"chosen":true') == 1
    assert '"bounds":[[116.0,28.0],[116.01,28.01]]' in chosen
    frames = [text.split('"frame":"')[1].split('"')[0] for text in (plain, chosen)]
    assert frames[0] != frames[1]
    assert script(week_map(plan, ground, group="gone")) == plain
    touched = script(week_map(plan, ground, group="g1"))
    assert touched.count("Hours needed") == 1
    assert "<b>Guiting" not in touched
    assert "Expected uplift" in touched


def test_what_the_frame_is_told_is_the_same_without_translating_the_content(ground: Ground, monkeypatch) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **given: told.append(given))
    for number in range(2):
        show(week_map(week(), ground), height=100)
        if number == 0:  # and then as folium would do it
            monkeypatch.delattr(Content, "render")
    assert told[0]["feature_group"]
    for one in told:
        one.pop("on_change")
    assert told[0] == told[1]
