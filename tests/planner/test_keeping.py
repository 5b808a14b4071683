"""What a plan that is kept becomes on a newer problem."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from planner.editing.kept import Kept, kept_to_dict
from planner.keeping import PassedOver, Settled, carried, settled_in, steadily
from planner.routing import Option, Published, PublishedRoute, plan_to_dict, solve
from planner.routing.replan import RETIMED_S, differences
from tests.planner.routing.factories import HOUR, problem, shift, visit


@pytest.mark.parametrize("order", [1, -1])
def test_a_stop_that_waited_for_the_dearer_of_two_windows_that_touch_keeps_it(order):
    """At noon both windows are open; the plan waited for the second, which earns more."""
    windows = (Option(9 * HOUR, 12 * HOUR, 100.0), Option(12 * HOUR, 16 * HOUR, 900.0))
    one = problem(visits=(visit("A", options=windows),), shifts=(shift(),))
    plan = solve(one, seconds=60.0, steps=10, workers=1)
    (stop,) = plan.routes[0].stops
    assert (stop.begins, stop.option) == (12 * HOUR, 1)
    newer = replace(one, visits=(visit("A", options=windows[::order]),))
    (kept,) = carried(plan, newer).routes[0].stops
    assert newer.visits[0].options[kept.option].value == 900.0


def test_a_stop_whose_window_has_moved_takes_the_nearest_and_none_farther_than_half_a_day():
    one = problem(visits=(visit("A"), visit("B", place=2)), shifts=(shift(),))
    plan = solve(one, seconds=60.0, steps=10, workers=1)
    later = (Option(20 * HOUR, 21 * HOUR, 9.0), Option(40 * HOUR, 41 * HOUR, 99.0))
    newer = replace(one, visits=(visit("A", options=later), visit("B", place=2, options=later[1:])))
    (route,) = carried(plan, newer).routes
    assert [(stop.visit, stop.option) for stop in route.stops] == [("A", 0)]
    assert [out.visit for out in carried(plan, newer).left_out] == ["B"]


@pytest.mark.parametrize(("dear", "told"), [(50.0, True), (0.1, False)])
def test_a_plan_that_is_worth_more_and_changes_too_much_is_told_when_it_is_not_taken(dear, told):
    one = problem(visits=(visit("A"), visit("B", place=2)), shifts=(shift(),))
    plan = solve(one, seconds=60.0, steps=10, workers=1)
    (route,) = plan.routes
    known = replace(one, published=Published((PublishedRoute(route.shift, tuple(s.visit for s in route.stops)),), dear))
    later = tuple(
        replace(s, arrives=s.arrives + 2 * RETIMED_S, begins=s.begins + 2 * RETIMED_S, leaves=s.leaves + 2 * RETIMED_S)
        for s in route.stops
    )
    found = replace(plan, routes=(replace(route, stops=later),), objective=plan.objective + 7.0)
    settled, heard = Settled("p", plan, Kept(), (), frozenset(), one.origin), list[PassedOver]()
    made = steadily(lambda _problem: found, settled, seed=1, pass_over=heard.append)(known)
    assert heard == ([PassedOver(pytest.approx(7.0), 2)] if told else [])
    assert (made.routes[0].stops == later) is not told


def test_a_shift_changed_by_hand_ends_when_its_crew_is_off_when_the_week_is_planned_again():
    """A sure plan keeps something back of each shift; the next one does so by itself, and not of the rest once more."""
    one = problem(visits=(visit("A"),), shifts=(shift(),))
    (own,) = one.shifts
    kept = Kept(shifts={own.id: replace(own, ends=own.ends - 1800), "gone": replace(own, id="gone")})
    saved: Any = SimpleNamespace(
        plan_id="p",
        plan=plan_to_dict(solve(one, seconds=60.0, steps=10, workers=1)),
        problem={"origin": one.origin.isoformat()},
        context={"shifts": {own.id: {"ends": own.ends, "reserve_s": 1800}}, "edits": {"kept": kept_to_dict(kept)}},
    )
    assert settled_in(saved).kept.shifts == {own.id: own, "gone": replace(own, id="gone")}


def test_what_lies_behind_is_no_change_where_the_newer_plan_holds_it_too():
    one = problem(visits=(visit("A"), visit("B", place=2)), shifts=(shift(),))
    plan = solve(one, seconds=60.0, steps=10, workers=1)
    first, second = plan.routes[0].stops
    assert list(differences(plan, plan, since_s=first.begins + 1)) == []
    again = replace(plan, routes=(replace(plan.routes[0], stops=(replace(first, begins=second.leaves), second)),))
    told = list(differences(plan, again, since_s=first.begins + 1))
    assert [(change.visit, str(change.kind)) for change in told] == [(first.visit, "added")]
