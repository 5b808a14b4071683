"""Exact models against trying everything: of whole small problems, of single routes, of required visits alone."""

import time
from dataclasses import replace

import numpy as np
import pytest

from planner.routing import Break, Lock, Option, audit, solve
from planner.routing import ortools_reroute as module
from planner.routing.greedy import empty, greedy, rank, replaced
from planner.routing.instance import prepare
from planner.routing.ortools_exact import exact
from planner.routing.ortools_recombine import Effort
from planner.routing.ortools_reroute import optimal, reroute, settle
from planner.routing.tour import tour
from planner.routing.translate import to_plan
from tests.planner.routing.exact import best_kept
from tests.planner.routing.factories import HOUR, problem, random_problem, shift, visit, with_hours, with_wishes


def effort(deterministic=20.0):
    return Effort(ends=time.monotonic() + 600.0, deterministic=deterministic)


def tiny(seed):
    """A problem of any kind, small enough to try everything: half of them with locks, promises and slower hours."""
    rng = np.random.default_rng(seed)
    one = random_problem(rng, visits=int(rng.integers(1, 7)), shifts=2, breaks=2, metric=bool(rng.random() < 0.5))
    if rng.random() < 0.5:
        return one
    one = with_hours(rng, one)
    instance = prepare(one)
    return with_wishes(rng, one, to_plan(instance, greedy(instance), made_with="greedy"), deep=True)


def whole(instance):
    return {number: np.flatnonzero(may).tolist() for number, may in enumerate(instance.may)}


def agrees_with_trying_everything(seed):
    one = tiny(seed)
    instance = prepare(one)
    found = exact(instance, empty(instance), whole(instance), effort())
    assert found.proven
    broken, missing, objective = best_kept(one)
    assert rank(instance, found.tours)[:2] == (broken, missing)
    assert rank(instance, found.tours)[2] == pytest.approx(objective, abs=0.01)
    faults = {fault.code for fault in audit(one, to_plan(instance, found.tours, made_with="exact"))}
    assert {code.split("_")[0] for code in faults} == ({"lock"} if broken else set())
    again = exact(instance, found.tours, whole(instance), effort())
    assert again.proven
    assert again.tours is found.tours


@pytest.mark.parametrize("seed", range(25))
def test_the_exact_model_agrees_with_trying_everything(seed):
    agrees_with_trying_everything(seed)


@pytest.mark.long
def test_the_exact_model_agrees_with_trying_everything_in_full():
    for seed in range(500):
        agrees_with_trying_everything(seed)


def claims(count):
    """How many plans say that they are optimal; fails where the format's own rules allow a better one."""
    said = 0
    for seed in range(count):
        one = tiny(seed)
        plan = solve(one, seconds=60.0, steps=100)
        assert not audit(one, plan) or best_kept(one)[0] < 0
        if plan.status == "optimal":
            said += 1
            assert best_kept(one, free=True) == (0, 0, pytest.approx(plan.objective, abs=0.01))
    return said


def test_a_plan_that_says_it_is_optimal_is():
    assert claims(40) > 12


@pytest.mark.long
def test_a_plan_that_says_it_is_optimal_is_in_full():
    assert claims(500) > 150


def test_a_proof_of_the_whole_is_the_bound_of_the_plan_for_who_asks():
    one = problem()
    plan = solve(one, seconds=60.0, steps=10)
    assert (plan.status, plan.bound, plan.bound_kind) == ("optimal", plan.objective, "exact")
    assert solve(one, seconds=60.0, steps=10, workers=1).bound is None
    assert solve(one, seconds=60.0, steps=10, bound=False).bound is None


def test_a_break_that_leaving_late_would_spare_forbids_to_say_optimal():
    """The crew owes a break only if it is out when the break opens; the search always begins with the shift."""
    late = visit("A", service_s=3000, options=(Option(9 * HOUR + 3000, 10 * HOUR, 500.0),))
    pause = Break(9 * HOUR + 300, 9 * HOUR + 1800, 3600)
    one = problem(visits=(late,), shifts=(shift(breaks=(pause,)),))
    plan = solve(one, seconds=60.0, steps=10)
    assert (plan.status, plan.objective) == ("feasible", 0.0)
    instance = prepare(one)
    settled = settle(instance, greedy(instance), effort())
    assert settled.proven
    assert not optimal(instance, settled.tours, effort())
    assert solve(replace(one, shifts=(shift(),)), seconds=60.0, steps=10).status == "optimal"


@pytest.mark.parametrize("pauses", [(), (Break(12 * HOUR, 12 * HOUR, 600),)])
def test_a_visit_longer_than_the_shift_does_not_keep_the_others_out(pauses):
    both = (visit("A"), visit("B", service_s=9 * HOUR, options=(Option(0, 17 * HOUR, 900.0),)))
    instance = prepare(problem(visits=both, shifts=(shift(breaks=pauses),)))
    found = settle(instance, empty(instance), effort())
    assert found.proven
    assert found.tours[0].nodes == (0,)


def one_way():
    """A ring that can be driven in one direction only: each visit is feasible only with all the others."""
    seconds = np.full((4, 4), np.nan)
    for a in range(4):
        seconds[a, a], seconds[a, (a + 1) % 4] = 0.0, 600.0
    visits = tuple(visit(name, place=place) for place, name in enumerate("ABC", start=1))
    return problem(seconds=seconds, visits=visits, shifts=(shift(),))


def test_rerouting_finds_visits_that_are_feasible_only_together():
    instance = prepare(one_way())
    start = greedy(instance)
    assert not start[0].nodes
    assert reroute(instance, start, effort())[0].nodes == (0, 1, 2)


def test_rerouting_puts_the_stops_in_the_best_order_with_the_best_options():
    seconds = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0))) * 600
    two = (Option(9 * HOUR, 12 * HOUR, 500.0), Option(13 * HOUR, 17 * HOUR, 400.0))
    visits = tuple(visit(name, place=place, options=two) for place, name in enumerate("ABC", start=1))
    instance = prepare(problem(seconds=seconds, visits=visits, shifts=(shift(end_place=3),)))
    poor = tour(instance, 0, (2, 1, 5))
    assert poor is not None
    found = reroute(instance, (poor,), effort())
    assert found[0].nodes == (0, 2, 4)
    assert reroute(instance, found, effort()) is found


@pytest.mark.parametrize("seed", range(6))
def test_a_rerouted_plan_is_clean_and_no_worse_whatever_the_time(seed):
    one = random_problem(np.random.default_rng(seed), visits=25, shifts=4, breaks=2)
    instance = prepare(one)
    start = greedy(instance)
    for spend in (effort(0.3), Effort(time.monotonic()), Effort(time.monotonic() + 60.0, cancelled=lambda: True)):
        made = reroute(instance, start, spend)
        assert rank(instance, made) >= rank(instance, start)
        assert audit(one, to_plan(instance, made, made_with="rerouted")) == ()


def test_required_visits_make_room_for_each_other(monkeypatch):
    """B fits on S1 alone, where A stands; A could stand on S0 as well, where C earns more but need not be made."""
    monkeypatch.setattr(module, "WHOLE", -1)
    nine, long = Option(9 * HOUR, 9 * HOUR + 1800, 10.0), 7 * HOUR
    visits = (
        visit("A", required=True, service_s=long, options=(nine,)),
        visit("B", required=True, service_s=long, options=(nine,), needs=frozenset({"legal"})),
        visit("C", service_s=long, options=(replace(nine, value=900.0),)),
    )
    one = problem(visits=visits, shifts=(shift("S0"), shift("S1", skills=frozenset({"legal"}))))
    instance = prepare(one)
    start = empty(instance)
    for number, node in ((0, 2), (1, 0)):
        made = tour(instance, number, (node,))
        assert made is not None
        start = replaced(start, made)
    assert rank(instance, start)[1] == -1
    assert [one.nodes for one in settle(instance, start, effort()).tours] == [(0,), (1,)]


def test_a_locked_position_is_filled_up_to(monkeypatch):
    """What a lock wants second needs somebody first: visits that need not be made may stand there."""
    monkeypatch.setattr(module, "WHOLE", -1)
    one = replace(problem(), locks=(Lock("D001", "crew1-mon", 1),))
    one = replace(one, visits=(one.visits[0], replace(one.visits[1], required=False)))
    instance = prepare(one)
    alone = tour(instance, 0, (0,))
    assert alone is not None
    assert rank(instance, (alone,))[0] == -1
    made = settle(instance, (alone,), effort()).tours
    assert made[0].nodes == (1, 0)
    assert rank(instance, made)[0] == 0


def test_a_hair_above_a_whole_second_makes_no_visit_impossible():
    """100 × 1.1 is 110.00000000000001 in binary: the format and its audit mean 110 seconds."""
    ways = np.full((3, 3), 100.0)
    np.fill_diagonal(ways, 0.0)
    begins = 9 * HOUR
    one = problem(
        seconds=ways,
        visits=(visit("A", place=1, options=(Option(begins, begins + 110, 500.0),)),),
        shifts=(shift(),),
        travel_cost_per_s=0.1,
        hour_factors=(1.1,) * 24,
    )
    plan = solve(one, seconds=5.0, steps=50)
    assert plan.objective == pytest.approx(480.0)
    assert audit(one, plan) == ()
