"""Every change that is proposed is made here to the problem itself, and the audit reads the plan that comes of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.routing import Break, Option, audit, solve
from planner.routing.changes import Change, Kind
from planner.routing.explain import changes, left_out
from planner.routing.greedy import greedy, planned, replaced
from planner.routing.instance import prepare
from planner.routing.tour import tour
from planner.routing.translate import to_plan
from planner.routing.wording import advised
from tests.planner.routing.factories import (
    HOUR,
    problem,
    problems,
    random_problem,
    shift,
    visit,
    with_hours,
    with_wishes,
)


def changed(one, change):
    """The problem with that change made, and the shift on which the visit then finds room."""
    shifts, on = list(one.shifts), change.shift
    s = next(s for s, each in enumerate(shifts) if each.id == on)
    new = replace(shifts[s], ends=shifts[s].ends + 60 * change.minutes, skills=shifts[s].skills | change.skills)
    if change.stops is not None:
        new = replace(new, max_stops=change.stops)
    if change.kind == Kind.SHIFT_MORE:
        on = f"{new.id} more"
        shifts.append(replace(new, id=on))
    else:
        shifts[s] = new
    return replace(one, shifts=tuple(shifts)), on


def with_room(one, tours, on, name):
    """The plan in which the visit stands in its best gap on a shift, nothing else changed; None if it fits nowhere."""
    instance = prepare(one)
    s = next(s for s, each in enumerate(one.shifts) if each.id == on)
    v = next(v for v, each in enumerate(one.visits) if each.id == name)
    ids = [[(instance.problem.visits[a].id, b) for a, b in route] for route in tours]
    ids += [[]] * (len(one.shifts) - len(ids))
    number = {
        (one.visits[a].id, int(b)): n for n, (a, b) in enumerate(zip(instance.visit, instance.option, strict=True))
    }
    made = [tour(instance, k, [number[key] for key in route]) for k, route in enumerate(ids)]
    now = made[s].nodes
    built = [
        tour(instance, s, (*now[:gap], int(node), *now[gap:]))
        for node in instance.nodes_of[v][instance.may[s, instance.nodes_of[v]]]
        for gap in range(len(now) + 1)
    ]
    best = max((each for each in built if each is not None), key=lambda each: each.gain, default=None)
    return None if best is None else to_plan(instance, replaced(tuple(made), best), made_with="test")


def routes(instance, tours):
    return [[(int(instance.visit[n]), int(instance.option[n])) for n in each.nodes] for each in tours]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_change_brings_the_visit_in_and_gains_what_it_says(seed):
    rng = np.random.default_rng(seed)
    one = with_hours(rng, random_problem(rng, visits=10, shifts=3, breaks=2, metric=bool(rng.random() < 0.5)))
    one = with_wishes(rng, one, to_plan(prepare(one), greedy(prepare(one)), made_with="test"))
    instance = prepare(one)
    tours = greedy(instance)
    plan = to_plan(instance, tours, made_with="test")
    out = np.flatnonzero(~planned(instance, tours)).tolist()
    for v, change in zip(out, changes(instance, tours, out), strict=True):
        if change is None:
            continue
        new, on = changed(one, change)
        better = with_room(new, routes(instance, tours), on, one.visits[v].id)
        assert better is not None
        assert not [
            fault
            for fault in audit(new, better)
            if fault.code != "required_missing" and not fault.code.startswith("lock")
        ]
        assert better.objective >= plan.objective + change.gain - 1e-6


@settings(max_examples=60, deadline=None)
@given(problems(visits=10, shifts=3, breaks=0))
def test_a_minute_less_on_any_shift_would_not_do(one):
    instance = prepare(one)
    tours = greedy(instance)
    plan = to_plan(instance, tours, made_with="test")
    out = [v for v in np.flatnonzero(~planned(instance, tours)).tolist() if not instance.required[v]]
    for v, change in zip(out, changes(instance, tours, out), strict=True):
        if change is None or change.kind != Kind.LONGER:
            continue
        for each, made in zip(one.shifts, tours, strict=True):
            if each.max_stops is not None and len(made.nodes) >= each.max_stops:
                continue
            less, _ = changed(one, Change(Kind.LONGER, each.id, 0.0, minutes=change.minutes - 1))
            without = with_room(less, routes(instance, tours), each.id, one.visits[v].id)
            assert without is None or without.objective <= plan.objective + 1e-6


def said(one, **more):
    plan = solve(one, seconds=60, steps=20, workers=1)
    (out,) = plan.left_out
    return out, plan


def two(**changes):
    """Two visits next door to each other, ten minutes' drive away, and one shift from nine that has time for one."""
    alike = {"service_s": 1800, "options": (Option(9 * HOUR, 18 * HOUR, 500.0),)}
    visits = (visit("D1", **alike | {"options": (Option(9 * HOUR, 18 * HOUR, 900.0),)}), visit("D2", **alike))
    values = {"visits": visits, "shifts": (shift("S", ends=10 * HOUR),), "seconds": np.array([[0.0, 600], [600, 0]])}
    return problem(**values | changes)


def test_a_shift_that_is_too_short_names_the_least_minutes():
    out, _ = said(two())
    assert out.visit == "D2"
    assert out.reason == "displaced"
    # 9:00 drive 10, visit 30, visit 30, drive 10: 10:20.
    assert out.action == "Lengthen S by 20 min at its end. Then there is room for it, and the plan gains 500."
    # The same way is driven for either: 900 are lost and 500 gained, and at 900 nothing would be lost.
    assert "In place of D1 on S the plan would lose 400; from a value of 900 it would go in." in out.detail


def test_a_shift_with_its_largest_number_of_stops_names_one_more():
    out, _ = said(two(shifts=(shift("S", max_stops=1),)))
    assert out.reason == "shift_full"
    assert out.action == "Let S make 2 stops. Then there is room for it, and the plan gains 500."


def test_one_more_stop_and_minutes():
    out, _ = said(two(shifts=(shift("S", ends=10 * HOUR, max_stops=1),)))
    assert out.reason == "displaced"
    assert out.action.startswith("Let S make 2 stops, and lengthen it by 20 min at its end.")


def test_a_missing_skill_names_the_crew():
    wanting = visit("D2", needs=frozenset({"legal"}))
    out, _ = said(two(visits=(visit("D1"), wanting), shifts=(shift("S"),)))
    assert out.reason == "no_skill"
    assert out.action.startswith("Give the crew of S the skill legal. Then there is room for it")


def test_no_time_out_of_the_windows_is_proposed():
    """Nobody works in his only window; the crew works from nine, and must reach D1 by eleven."""
    first = visit("D1", options=(Option(9 * HOUR, 11 * HOUR, 900.0),))
    late = visit("D2", options=(Option(40 * HOUR, 41 * HOUR, 500.0),))
    out, _ = said(two(visits=(first, late), shifts=(shift("S"),)))
    assert out.reason == "no_window_this_week"
    assert out.action == "Add a shift in its window."


def test_one_more_shift_where_no_minutes_are_enough():
    early = (Option(9 * HOUR, 9 * HOUR + 700, 500.0),)
    one = two(visits=(visit("D1", required=True, options=early), visit("D2", options=early)), shifts=(shift("S"),))
    found = left_out(prepare(one), greedy(prepare(one)))
    (out,) = found
    assert out.action.startswith("Add a shift like S.")


def test_required_visits_in_the_way_are_named():
    at_ten = (Option(10 * HOUR, 10 * HOUR, 500.0),)
    one = two(visits=tuple(visit(name, required=True, options=at_ten) for name in ("D1", "D2")), shifts=(shift("S"),))
    out, plan = said(one)
    assert plan.status == "required_missing"
    (other,) = {"D1", "D2"} - {out.visit}
    assert f"Required visits in its way on S: {other}." in out.detail
    assert out.action.startswith("Add a shift like S.")


def test_who_is_not_tried_is_told_so():
    one = two()
    instance = prepare(one)
    (out,) = left_out(instance, greedy(instance), tried=0)
    assert out.action.endswith("This was not tried.")


def test_a_trip_that_does_not_pay_says_from_which_value_it_would():
    out, _ = said(two(visits=(visit("D1", options=(Option(9 * HOUR, 18 * HOUR, 50.0),)),)))
    assert out.reason == "not_worth_travel"
    # 1,200 s of travel at .1 a second.
    assert "From a value of 120 the trip on S would pay." in out.detail


def test_a_longer_shift_may_owe_a_break_and_then_is_not_proposed():
    """Twenty minutes more would do, but then the break that ends at 10:15 is owed, and it takes an hour."""
    pause = Break(9 * HOUR + 600, 9 * HOUR + 900, 3600)
    out, _ = said(two(shifts=(shift("S", ends=10 * HOUR, breaks=(pause,)),)))
    assert "Lengthen S by 20 min" not in out.action


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_change_can_be_said(kind):
    assert advised(Change(kind, "S", 3.0, minutes=7, stops=2)).endswith("the plan gains 3.")
