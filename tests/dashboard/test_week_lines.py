"""The timeline's lines add up to the day, its blocks are the map's stops, and a choice says what is shown of a week."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.assets import FOLDER
from dashboard.maps import Ground, prepared, week_drawing
from dashboard.maps.frame import Content, read_answer, view_of
from dashboard.maps.week import ALL, DIM, FRAGILE, GRAIN, LOCKED, REQUIRED, Choice, Chosen, steps
from dashboard.maps.week_lines import HOURS_PX, LEGEND_PX, LINE_PX, NOBODY_PX, day_content, late, lines_px, minutes
from dashboard.text import speaking
from dashboard.theme import CREWS, SHAPES, crew_colour, crew_shape
from planner.view.week import FinishView
from tests.dashboard.fakes import CENTRE, DAY, at, left_out, route, stop, week

POINTS = st.lists(st.tuples(st.floats(-179, 179), st.floats(-80, 80)), min_size=1, max_size=40)


def value(text: str) -> dict:  # type: ignore[type-arg]
    found: dict = json.loads(text)  # type: ignore[type-arg]
    return found


def test_travel_waiting_and_visits_cover_the_time_out_without_overlap() -> None:
    one = route(0, 3)
    line = day_content(one)
    assert (len(line["travel"]), len(line["waits"]), len(line["blocks"])) == (4, 1, 3)
    pieces = sorted([*line["travel"], *line["waits"], *line["blocks"]])
    assert all(before[1] == after[0] for before, after in pairwise(pieces))
    assert one.leaves_at is not None
    assert pieces[0][0] == minutes(one.leaves_at, DAY)


def test_times_are_the_crews_clock_and_run_on_after_midnight() -> None:
    assert minutes(at(9, 30), DAY) == 570
    assert minutes(at(23, 90), DAY) == 24 * 60 + 30


def test_blocks_and_stops_are_the_same_in_order_and_number() -> None:
    shown = value(prepared(week(), ALL).text)
    for drawn, line in zip(shown["routes"], shown["lines"], strict=True):
        assert drawn["id"] == line["id"]
        assert len(drawn["stops"]) == len(line["blocks"])
        assert [one["number"] for one in drawn["stops"]] == list(range(1, len(drawn["stops"]) + 1))


@given(POINTS)
def test_a_line_in_steps_is_the_line_to_a_grain(line: list[tuple[float, float]]) -> None:
    flat = steps(line)
    lon, lat, points = 0, 0, []
    for k in range(0, len(flat), 2):
        lon, lat = lon + flat[k], lat + flat[k + 1]
        points.append((lon, lat))
    wanted = [(round(x * GRAIN), round(y * GRAIN)) for x, y in line]
    assert points == [one for k, one in enumerate(wanted) if k == 0 or one != wanted[k - 1]]


def test_filters_dim_stops_and_drop_who_is_not_visited() -> None:
    plan = week(crews=2, left_out=(left_out(1), replace(left_out(2), bucket="M3", reason="no_road")))
    m3 = value(prepared(plan, Choice(buckets=frozenset({"M3"}))).text)
    assert m3["left"]["id"] == ["L002"]
    assert all(one["flags"] & DIM for drawn in m3["routes"] for one in drawn["stops"])
    assert value(prepared(plan, Choice(reason="no_road")).text)["left"]["id"] == ["L002"]
    group = value(prepared(plan, Choice(group="g1")).text)
    dimmed = {one["id"]: bool(one["flags"] & DIM) for drawn in group["routes"] for one in drawn["stops"]}
    by_id = {stop.debtor_id: stop for drawn in plan.routes for stop in drawn.stops}
    assert all(dimmed[one] == (by_id[one].visit_group != "g1") for one in dimmed)
    assert any(dimmed.values())
    assert not all(dimmed.values())


def test_one_crew_and_another_day() -> None:
    plan = week()
    other = DAY + timedelta(days=1)
    plan = replace(plan, days=(DAY, other), routes=(*plan.routes, route(0, 4, other)))
    assert [one["day"] for one in value(prepared(plan, ALL).text)["lines"]] == [DAY.isoformat()] * 3 + [
        other.isoformat()
    ]
    only = value(prepared(plan, Choice(day=DAY, crews=frozenset({"YX01-2"}))).text)
    assert [one["crew"] for one in only["lines"]] == ["Crew 2"]


def test_a_crew_that_stays_in_has_a_line_on_its_day_and_none_in_the_week() -> None:
    idle = replace(route(0, 0), leaves_at=None, returns_at=None)
    plan = week(routes=(idle, route(1, 3)))
    assert len(value(prepared(plan, Choice(day=DAY)).text)["lines"]) == 2
    assert len(value(prepared(plan, ALL).text)["lines"]) == 1


def finish(in_time: float, made: float) -> FinishView:
    return FinishView(in_time, timedelta(), (at(17, 0), at(17, 20), at(18, 5)), {"D001": made, "D002": 0.99}, {})


def test_a_locked_stop_is_marked_and_explained() -> None:
    held = route(0, 3)
    held = replace(held, stops=(replace(held.stops[0], locked=True), *held.stops[1:]))
    shown = value(prepared(week(routes=(held,)), ALL).text)
    assert [bool(one["flags"] & LOCKED) for one in shown["routes"][0]["stops"]] == [True, False, False]
    assert "lock" in {one["kind"] for one in shown["legend"]["rows"]}
    free = value(prepared(week(routes=(route(0, 3),)), ALL).text)
    assert "lock" not in {one["kind"] for one in free["legend"]["rows"]}


def test_fragile_stops_and_late_routes_are_marked_and_explained() -> None:
    risky, safe = (replace(route(0, 2), finish=finish(p, made)) for p, made in ((0.6, 0.8), (0.9, 0.95)))
    shown = value(prepared(week(routes=(risky,)), ALL).text)
    flags = {one["id"]: one["flags"] for one in shown["routes"][0]["stops"]}
    assert flags["D001"] & FRAGILE
    assert not flags["D002"] & FRAGILE
    assert flags["D002"] & REQUIRED
    assert shown["lines"][0]["late"] is True
    assert shown["lines"][0]["back"] == [17 * 60, 18 * 60 + 5]
    kinds = [one["kind"] for one in shown["legend"]["rows"]]
    assert {"risk", "late"} <= set(kinds)
    assert not late(safe)
    calm = value(prepared(week(routes=(safe,)), ALL).text)["legend"]["rows"]
    assert not {"risk", "late"} & {one["kind"] for one in calm}


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "${alert(1)}", "`+alert(1)+`"])
def test_names_in_the_timeline_are_text_only(name: str) -> None:
    routes = (replace(route(0, 1), stops=(stop(1, name=name),), crew_name=name),)
    text = prepared(week(left_out=(replace(left_out(1), name=name),), routes=routes), ALL).text
    assert "<" not in text
    assert "`" not in text
    assert "${" not in text


def test_a_choice_of_a_debtor_alone_leaves_what_is_drawn(tmp_path: Path) -> None:
    ready, ground = prepared(week(), ALL), Ground("yunxi", tmp_path, "en", CENTRE)
    texts = []
    for chosen in (Chosen(), Chosen(selected="D001", heard=2, at=(109.5, 29.1, 13.0))):
        parts = week_drawing(ground, ready, chosen).layer._children.values()
        part = next(one for one in parts if isinstance(one, Content))
        texts.append(value(part.value))
    assert texts[0]["version"] == texts[1]["version"]
    assert texts[0]["week"] == texts[1]["week"]
    assert texts[1]["at"] == [109.5, 29.1, 13.0]
    assert prepared(week(crews=2), ALL).version != ready.version


def test_the_height_of_a_timeline_grows_with_its_lines_and_days() -> None:
    one, other = route(0, 2), route(0, 2, DAY + timedelta(days=1))
    assert lines_px([]) == 0
    assert lines_px([one]) < lines_px([one, route(1, 2)]) < lines_px([one, other])


@pytest.mark.parametrize(("language", "word"), [("en", "Nobody is visited on this day."), ("zh", "当天未安排外访。")])
def test_a_day_without_visits_is_told_at_the_height_of_another_day(language: str, word: str) -> None:
    view, other = week(routes=(route(0, 2), route(1, 2)), left_out=()), DAY + timedelta(days=1)
    with speaking(language):
        ready = prepared(view, Choice(day=other))
        alone = prepared(view, Choice(day=other), with_timeline=False)
    assert value(ready.text)["words"]["nobody"] == word
    assert ready.lines_px == value(ready.text)["lines_px"] == prepared(view, Choice(day=DAY)).lines_px
    # Two maps side by side have no timeline, and a day with visits has the visits.
    assert "nobody" not in value(alone.text)["words"]
    assert alone.lines_px == 0
    # Where nobody else is to be seen the map still shows where the branch visits.
    assert ready.bounds is not None
    assert "nobody" not in value(prepared(view, Choice(day=DAY)).text)["words"]


def test_nobody_is_visited_by_the_crews_or_in_the_week_that_were_chosen() -> None:
    view = week(routes=(route(0, 2), route(1, 0)))
    idle = prepared(view, Choice(day=DAY, crews=frozenset({"YX01-2"})))
    assert value(idle.text)["words"]["nobody"] == "The chosen crews visit nobody on this day."
    assert len(value(idle.text)["lines"]) == 1  # it stays in, and the sentence has room of its own
    assert idle.lines_px == lines_px([route(1, 0)]) + NOBODY_PX
    week_of = prepared(view, Choice(crews=frozenset({"YX01-2"})))
    assert value(week_of.text)["words"]["nobody"] == "The chosen crews visit nobody this week."
    none = prepared(replace(view, routes=()), ALL)
    assert value(none.text)["words"]["nobody"] == "Nobody is visited this week."
    assert none.lines_px == LEGEND_PX + HOURS_PX + LINE_PX


def test_the_legend_lies_beside_a_map_with_a_timeline_and_is_shut_on_one_without() -> None:
    view = week(routes=(route(0, 2),))
    assert "shut" not in value(prepared(view, ALL).text)["legend"]
    assert value(prepared(view, ALL, with_timeline=False).text)["legend"]["shut"] is True
    # Its strip has room in the frame, above the lines.
    assert lines_px([route(0, 2)]) == LEGEND_PX + HOURS_PX + LINE_PX
    css = (FOLDER / "week.css").read_text(encoding="utf-8")
    assert f"height: calc(var(--lines) - {LEGEND_PX}px)" in css
    assert f"bottom: calc(var(--lines) - {LEGEND_PX}px); height: {LEGEND_PX}px" in css


def test_crews_of_one_colour_differ_in_shape() -> None:
    signs = {(crew_colour(k), crew_shape(k)) for k in range(len(CREWS) * len(SHAPES))}
    assert len(signs) == len(CREWS) * len(SHAPES)


def test_an_answer_of_the_frame_is_read_and_anything_odd_is_nothing() -> None:
    said = {"mark": "x", "last_object_clicked_count": 3, "last_active_drawing": {"properties": {"id": "D1"}}}
    answer = read_answer(said | {"view": [109.5, 29.1, 13.5, "f"]})
    assert answer is not None
    assert (answer.id, answer.clicks) == ("D1", 3)
    assert view_of(answer, "f") == (109.5, 29.1, 13.5)
    assert view_of(answer, "another day") is None
    for odd in (None, {}, {"mark": 1}, "x"):
        assert read_answer(odd) is None
    for view in ([1, 2], [float("nan"), 1, 1, "f"], [1, 2, 3, 4], "x"):
        found = read_answer(said | {"view": view})
        assert found is not None
        assert found.view is None
    assert re.fullmatch(r"\w+ \d+", answer.mark)
