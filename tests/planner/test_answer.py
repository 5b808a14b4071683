"""The answer translated back: lines, efficiency and context that JSON can carry and that names nobody."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from geodata.roads import StraightLine
from planner import routing
from planner.answer import lines, metrics, records, spent
from planner.ask import Question
from tests.planner.conftest import in_process
from tests.planner.factories import CENTRE, NOWHERE
from tests.planner.test_ask import asked, option, places


@pytest.fixture(scope="module")
def question() -> Question:
    rows = [option("D1", 9, 8), option("D2", 9, 8, value_minor=900_000.0), option("D3", 9, 8, value_minor=1.0)]
    return asked(rows, places(("D1", "D1-home"), ("D2", "D2-home"), ("D3", "D3-home")))


@pytest.fixture(scope="module")
def plan(question) -> routing.Plan:
    return in_process(question.problem)


def test_a_line_leads_from_the_start_over_the_stops_to_the_end(question, plan):
    drawn = lines(question, plan, StraightLine())
    assert set(drawn) == {route.shift for route in plan.routes if route.stops}
    visits = {one.id: one for one in question.problem.visits}
    for route in plan.routes:
        if not route.stops:
            continue
        line = drawn[route.shift]
        assert line[0] == line[-1] == list(CENTRE)
        rows = [visits[stop.visit].place_in(stop.option) for stop in route.stops]
        furthest = question.places.loc[rows, "lon"].max()
        assert max(lon for lon, _ in line) == pytest.approx(furthest)


def test_a_shift_without_stops_has_no_line(question, plan):
    bare = replace(plan, routes=tuple(replace(one, stops=()) for one in plan.routes))
    assert lines(question, bare, StraightLine()) == {}


def test_the_context_is_json_and_names_nobody(story):
    text = json.dumps(story.first.context, ensure_ascii=False, allow_nan=False)
    assert json.loads(text) == story.first.context
    context = story.first.context
    assert set(context["debtors"]) == set(story.ids.values())
    nowhere = context["debtors"][story.ids[NOWHERE]]
    assert (nowhere["lon"], nowhere["best_value_minor"], nowhere["visit_group"]) == (None, 0.0, "")
    assert context["roads_estimated"] is True
    planned = {stop["visit"] for route in story.first.plan["routes"] for stop in route["stops"]}
    out = {one["visit"] for one in story.first.plan["left_out"]}
    removed = {one["debtor_id"] for one in context["removed"]}
    assert planned | out == set(context["options"])
    assert removed.isdisjoint(context["options"])
    assert removed | set(context["options"]) == set(context["debtors"])
    for debtor_id, options in context["options"].items():
        adds = [one["value"] for v in story.first.problem["visits"] if v["id"] == debtor_id for one in v["options"]]
        best = max(100 * add + fact["instead_minor"] for add, fact in zip(adds, options, strict=True))
        assert context["debtors"][debtor_id]["best_value_minor"] == pytest.approx(best, rel=1e-4)
        assert all(one["place_id"] for one in options)


def test_unknown_is_null_and_never_zero(question, plan):
    nothing = routing.efficiency(question.problem, replace(plan, routes=()))
    told = spent(nothing.week)
    assert told["visits"] == 0
    assert told["travel_share"] is None
    assert told["value_per_field_hour"] is None
    table = question.places.assign(lon=np.nan)
    assert {row["lon"] for row in records(table)} == {None}


def test_the_week_is_the_sum_of_its_routes_and_beats_the_baseline(question, plan):
    told = metrics(question.problem, plan, routing.baseline(question.problem))
    for name in ("visits", "travel_s", "service_s", "value"):
        assert told["plan"][name] == pytest.approx(sum(one[name] for one in told["routes"].values()))
    assert told["plan"]["objective"] >= told["baseline"]["objective"]
    assert not any(isinstance(v, float) and math.isnan(v) for v in told["plan"].values())
    json.dumps(told, allow_nan=False)
