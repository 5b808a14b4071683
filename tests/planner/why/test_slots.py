"""The slot that is named is one: the auditor passes it, its price is what the plan loses, no other one is better."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from planner.editing import Draft, apply, draft
from planner.routing import Problem, audit
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.tour import tour
from planner.routing.translate import to_plan
from planner.why import DAY, EVENING, Here, Standing, more_shifts, slots, stand, take, taking, why_here, why_not
from planner.why.cuts import every
from tests.planner.routing.factories import random_problem


def standings(many: int, *, seed: int = 5) -> Iterator[Standing]:
    """Small problems of every kind, planned in a hurry, so that visits are left out."""
    rng = np.random.default_rng(seed)
    for _ in range(many):
        problem = random_problem(rng, visits=7, shifts=2)
        instance = prepare(problem)
        yield stand(problem, to_plan(instance, greedy(instance), made_with="test"))


def by_force(of: Standing, shift: int, visit: int) -> float:
    """The most that any single slot on a shift adds: every option, gap and cut, each route built."""
    now = of.tours[shift]
    best = -np.inf
    for cut in every(of.instance, now):
        rest = [node for k, node in enumerate(now.nodes) if k not in cut]
        for node in of.instance.nodes_of[visit]:
            if of.instance.may[shift, node]:
                for gap in range(len(rest) + 1):
                    made = tour(of.instance, shift, (*rest[:gap], int(node), *rest[gap:]))
                    if made is not None:
                        best = max(best, made.gain - now.gain)
    return best


def test_no_single_slot_is_better_than_the_one_that_is_named() -> None:
    asked = 0
    for of in standings(60):
        for visit in np.flatnonzero(~of.inside).tolist():
            named = why_not(of, of.name(visit))
            assert named is not None
            best = {one.shift: one.gain for one in named.slots}
            for shift, one in enumerate(of.problem.shifts):
                force = by_force(of, shift, visit)
                asked += np.isfinite(force)
                assert (one.id in best) == np.isfinite(force)
                assert best.get(one.id, -np.inf) >= force - 1e-6
            assert list(best.values()) == sorted(best.values(), reverse=True)
    assert asked > 25


def test_a_manager_who_takes_a_slot_pays_what_it_said() -> None:
    tried = {True: 0, False: 0}
    for of in standings(60, seed=6):
        plan = to_plan(of.instance, of.tours, made_with="test")
        hand = draft(of.problem, plan)
        for visit in range(len(of.problem.visits)):
            name, planned = of.name(visit), of.inside[visit]
            found = why_here(of, name) if planned else why_not(of, name)
            if found is None:  # without it a road is missing, so it has to stay
                continue
            for slot in found.others if isinstance(found, Here) else found.slots:
                made = apply(hand, taking(name, slot, planned=bool(planned)))
                assert isinstance(made, Draft)
                assert made.objective >= hand.objective + slot.gain - 1e-6
                stop = next(r for r in made.routes if r.shift == slot.shift).stops[slot.position]
                assert stop.visit == name
                tried[bool(slot.moved)] += 1
    assert tried[True] > 0
    assert tried[False] > 30


def test_a_slot_can_be_taken_and_costs_what_it_says() -> None:
    moved = 0
    for of in standings(60, seed=6):
        for visit in np.flatnonzero(~of.inside).tolist():
            for slot in slots(of, visit):
                shift = next(s for s, one in enumerate(of.problem.shifts) if one.id == slot.shift)
                then = take(of, visit, shift)
                assert then is not None
                plan = to_plan(then.instance, then.tours, made_with="test")
                assert not audit(of.problem, plan)
                assert plan.objective == pytest.approx(of.objective + slot.gain)
                stop = next(r for r in plan.routes if r.shift == slot.shift).stops[slot.position]
                assert (stop.visit, stop.begins, stop.leaves) == (of.name(visit), slot.begins, slot.leaves)
                outside = {one.visit for one in plan.left_out}
                back = {one.visit for one in slot.moved}
                assert set(slot.displaced) - back <= outside
                assert not back & outside
                moved += len(back)
    assert moved > 0


def test_dropping_a_visit_costs_what_it_says_and_moving_it_too() -> None:
    came_in = 0
    for of in standings(40, seed=7):
        for visit in np.flatnonzero(of.inside).tolist():
            why = why_here(of, of.name(visit))
            bare = of.without(visit)
            if bare is None:  # roads that are not metric: without it the others cannot be made
                assert why is None
                continue
            assert why is not None
            assert of.objective - bare.objective == pytest.approx(why.here.gain)
            for slot in why.others:
                shift = next(s for s, one in enumerate(of.problem.shifts) if one.id == slot.shift)
                then = take(bare, visit, shift)
                assert then is not None
                assert then.objective - of.objective == pytest.approx(slot.gain)
            if why.comes_in is not None and why.comes_in_slot is not None:
                assert why.comes_in_slot.gain > 0
                assert not bare.inside[bare.number[why.comes_in]]
                came_in += 1
    assert came_in > 0


def test_who_must_be_visited_makes_no_room() -> None:
    for of in standings(40, seed=8):
        must = {one.id for one in of.problem.visits if one.required}
        for visit in np.flatnonzero(~of.inside).tolist():
            for slot in slots(of, visit):
                assert not must & set(slot.displaced)
                assert not must & {other for one in slot.moved for other in one.instead_of}


def test_a_plan_that_the_roads_do_not_allow_cannot_stand() -> None:
    from planner.why import CannotStand

    problem = random_problem(np.random.default_rng(3), visits=7, shifts=2, metric=True)
    instance = prepare(problem)
    plan = to_plan(instance, greedy(instance), made_with="test")
    assert any(route.stops for route in plan.routes)
    slow = replace(problem, seconds=problem.seconds * 1000)
    with pytest.raises(CannotStand):
        stand(slow, plan)


def with_all_found(problem: Problem) -> Standing:
    instance = prepare(problem)
    tours = improve(instance, greedy(instance), Steps(300), seed=1).tours
    return stand(problem, to_plan(instance, tours, made_with="test"))


def test_a_shift_more_is_worth_nothing_at_the_least() -> None:
    rng = np.random.default_rng(9)
    some = 0
    for _ in range(12):
        of = with_all_found(random_problem(rng, visits=9, shifts=2))
        found = more_shifts(of, evening=(17 * 3600, 20 * 3600), steps=200)
        assert found.searched >= -1e-6
        assert {one.kind for one in found.each} <= {DAY, EVENING}
        for one in found.each:
            assert one.gain >= 0
            some += one.gain > 0
    assert some > 3


def test_asking_to_stop_keeps_what_is_known() -> None:
    of = with_all_found(random_problem(np.random.default_rng(10), visits=9, shifts=2))
    found = more_shifts(of, evening=None, steps=50, heard=lambda done, _: done >= 2)
    assert not found.complete
    assert len(found.each) == 0
