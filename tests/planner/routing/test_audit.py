from dataclasses import replace

import numpy as np
import pytest

from planner.routing import Break, LeftOut, Lock, Option, Pause, Plan, Published, PublishedRoute, Route, Stop, audit
from tests.planner.routing.factories import HOUR, problem, shift, visit

GOOD = Plan(
    routes=(
        Route(
            "crew1-mon",
            leaves_start=9 * HOUR,
            reaches_end=12 * HOUR + 5650,
            stops=(
                Stop("D002", 0, 9 * HOUR + 901, 9 * HOUR + 1000, 9 * HOUR + 2200),
                Stop("D001", 0, 9 * HOUR + 2510, 12 * HOUR + 3600, 12 * HOUR + 4800),
            ),
            breaks=(Pause(12 * HOUR, 2700),),
        ),
    ),
    left_out=(LeftOut("D003", "displaced", "No time.", "Add a shift."),),
    objective=1000.0 - 0.1 * (900.5 + 310 + 650),
    bound=1400.0,
    bound_is_valid=True,
    bound_kind="sum of values",
    status="feasible",
)


def ours(**changes):
    third = visit("D003", options=())
    return problem(visits=(*problem().visits, third), **changes)


def codes(plan, one=None):
    return {finding.code for finding in audit(one or ours(), plan)}


def route(**changes):
    return replace(GOOD, routes=(replace(GOOD.routes[0], **changes),))


def stop(i, **changes):
    stops = list(GOOD.routes[0].stops)
    stops[i] = replace(stops[i], **changes)
    return route(stops=tuple(stops))


def test_the_good_plan_is_clean():
    # 9:00 + 650 s back after the last door: reaches the end at 12:00 + 5450 at the earliest.
    assert audit(ours(), GOOD) == ()


DAMAGE = {
    "unknown_shift": route(shift="crew9"),
    "repeated_shift": replace(GOOD, routes=GOOD.routes * 2),
    "repeated_visit": stop(0, visit="D001"),
    "unknown_visit": stop(0, visit="D009"),
    "repeated_left_out": replace(GOOD, left_out=GOOD.left_out * 2),
    "planned_and_left_out": replace(GOOD, left_out=(*GOOD.left_out, replace(GOOD.left_out[0], visit="D001"))),
    "missing_visit": replace(GOOD, left_out=()),
    "no_reason": replace(GOOD, left_out=(replace(GOOD.left_out[0], reason=" "),)),
    "unknown_reason": replace(GOOD, left_out=(replace(GOOD.left_out[0], reason="because"),)),
    "no_action": replace(GOOD, left_out=(replace(GOOD.left_out[0], action=""),)),
    "begins_before_arrival": stop(0, arrives=9 * HOUR + 1001),
    "unknown_option": stop(0, option=1),
    "service": stop(0, leaves=9 * HOUR + 2199),
    "travel": stop(0, arrives=9 * HOUR + 900),
    "break_owed": route(breaks=()),
    "break_window": route(breaks=(Pause(12 * HOUR, 2700), Pause(10 * HOUR, 600))),
    "breaks_overlap": route(breaks=(Pause(12 * HOUR, 2700), Pause(12 * HOUR + 60, 60))),
    "break_outside_route": route(breaks=(Pause(12 * HOUR, 2700), Pause(17 * HOUR, 60))),
    "break_while_visiting": route(breaks=(Pause(13 * HOUR, 2700),)),
    "break_while_travelling": route(breaks=(Pause(12 * HOUR, 2700), Pause(9 * HOUR + 300, 60))),
    "shift_start": route(leaves_start=9 * HOUR - 1),
    "shift_end": route(reaches_end=17 * HOUR + 1),
    "objective": replace(GOOD, objective=GOOD.objective + 0.5),
    "bound": replace(GOOD, bound=GOOD.objective - 1),
    "bound_kind": replace(GOOD, bound_kind=None),
    "status": replace(GOOD, status="required_missing"),
}


@pytest.mark.parametrize("code", DAMAGE)
def test_every_damage_is_named(code):
    assert code in codes(DAMAGE[code])


@pytest.mark.parametrize("status", ["optimal", "no_plan_in_time", "perfect"])
def test_false_claims_of_status_are_named(status):
    assert codes(replace(GOOD, status=status)) == {"status"}


def test_optimal_needs_a_valid_bound_that_equals_the_objective():
    assert codes(replace(GOOD, status="optimal", bound=GOOD.objective)) == set()
    assert codes(replace(GOOD, status="optimal", bound=GOOD.objective, bound_is_valid=False)) == {"status"}


def test_valid_without_a_bound_is_named():
    assert codes(replace(GOOD, bound=None)) == {"bound"}


def test_the_return_leg_counts():
    assert "travel" in codes(route(reaches_end=12 * HOUR + 4800 + 649))
    assert codes(route(reaches_end=12 * HOUR + 4800 + 650)) == set()


def test_travel_is_rounded_up():
    seconds = problem().seconds.copy()
    seconds[2, 1] = 310.2
    assert codes(replace(GOOD, objective=GOOD.objective - 0.02), ours(seconds=seconds)) == {"travel"} | set()


def test_window_skill_stops_and_road_are_named():
    late = replace(ours().visits[0], options=(Option(14 * HOUR, 18 * HOUR, 500.0),))
    one = ours()
    assert codes(GOOD, replace(one, visits=(late, *one.visits[1:]))) == {"window"}
    assert codes(GOOD, replace(one, shifts=(replace(one.shifts[0], skills=frozenset()),))) == {"skill"}
    assert codes(GOOD, replace(one, shifts=(replace(one.shifts[0], max_stops=1),))) == {"max_stops"}
    seconds = one.seconds.copy()
    seconds[2, 1] = np.nan
    assert codes(GOOD, replace(one, seconds=seconds)) == {"no_road"}


def test_a_required_visit_left_out_must_be_said():
    out = replace(GOOD, routes=(), left_out=tuple(replace(GOOD.left_out[0], visit=f"D00{i}") for i in (1, 2, 3)))
    assert codes(replace(out, objective=0.0)) == {"status"}
    assert codes(replace(out, objective=0.0, status="required_missing")) == set()
    assert codes(replace(out, objective=0.0, status="no_plan_in_time")) == set()


def test_a_shift_without_stops_costs_and_owes_nothing():
    empty = Route("crew1-mon", 9 * HOUR, 17 * HOUR, ())
    out = replace(GOOD, left_out=tuple(replace(GOOD.left_out[0], visit=f"D00{i}") for i in (1, 2, 3)))
    assert codes(replace(out, routes=(empty,), objective=0.0, status="required_missing")) == set()


def test_a_break_is_owed_only_when_the_route_spans_it():
    one = ours(shifts=(shift(skills=frozenset({"legal"}), breaks=(Break(9 * HOUR, 9 * HOUR + 600, 60),)),))
    bare = route(breaks=())
    assert codes(bare, one) == {"break_owed"}
    later = replace(bare.routes[0], leaves_start=9 * HOUR + 1)
    moved = tuple(replace(stop, arrives=stop.arrives + 1) for stop in later.stops)
    assert codes(replace(bare, routes=(replace(later, stops=moved),)), one) == set()


def test_two_breaks_are_matched_whatever_their_order():
    pauses = (Break(9 * HOUR, 17 * HOUR, 300), Break(10 * HOUR, 11 * HOUR, 300))
    one = ours(shifts=(shift(skills=frozenset({"legal"}), breaks=pauses, ends=24 * HOUR),))
    plan = route(breaks=(Pause(10 * HOUR + 60, 300), Pause(11 * HOUR + 60, 300)), reaches_end=17 * HOUR + 300)
    assert codes(plan, one) == set()
    assert codes(route(breaks=(Pause(11 * HOUR, 300),), reaches_end=17 * HOUR + 300), one) == {"break_owed"}


@pytest.mark.parametrize(
    ("lock", "code"),
    [
        (Lock("D001", "crew1-mon", 1, 12 * HOUR + 3600), None),
        (Lock("D003", "crew1-mon"), "lock_shift"),
        (Lock("D001", "crew1-mon", position=0), "lock_position"),
        (Lock("D001", "crew1-mon", begins=10 * HOUR), "lock_begins"),
    ],
)
def test_locks(lock, code):
    assert codes(GOOD, ours(locks=(lock,))) == ({code} if code else set())


def test_changes_to_the_published_plan_cost():
    published = Published((PublishedRoute("crew1-mon", ("D001", "D003")),), 7.0)
    assert codes(GOOD, ours(published=published)) == {"objective"}
    assert codes(replace(GOOD, objective=GOOD.objective - 14.0), ours(published=published)) == set()


def test_hour_factors_stretch_a_leg_by_the_hour_it_is_departed_in():
    factors = [1.0] * 24
    factors[9] = 2.0
    assert codes(GOOD, ours(hour_factors=tuple(factors))) == {"travel"}
    # Leaving at 9:36:40 the leg of 310 s would take 620 s; a crew that waits until 10:00 makes it by 10:05:10.
    waits = stop(1, arrives=10 * HOUR + 310)
    early = replace(waits.routes[0], leaves_start=9 * HOUR)
    fast = tuple(1.0 if hour != 9 else 3.7 for hour in range(24))
    assert "travel" in codes(replace(waits, routes=(early,)), ours(hour_factors=fast))
    slow_first = replace(early.stops[0], arrives=9 * HOUR + 901)
    only_second = ours(hour_factors=fast)
    texts = [
        f.text for f in audit(only_second, replace(waits, routes=(replace(early, stops=(slow_first, early.stops[1])),)))
    ]
    assert len(texts) == 1
    assert "the start" in texts[0]
