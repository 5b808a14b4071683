"""Workers on the sides of one plan: cut and joined it is the same plan, and nothing depends on who is faster."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.routing import audit
from planner.routing import search as search_module
from planner.routing.compiled.ground import ground, load, routes, state
from planner.routing.compiled.labels import label
from planner.routing.greedy import greedy, rank
from planner.routing.halves import ELSEWHERE, cut, join, whole
from planner.routing.instance import prepare
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.translate import to_plan
from tests.planner.routing.factories import HOUR, problem, random_problem, shift, visit, with_hours, with_wishes


def begun(seed, *, visits=40, shifts=7):
    """A problem of any kind, prepared, and its first tours."""
    rng = np.random.default_rng(seed)
    one = random_problem(rng, visits=int(rng.integers(2, visits)), shifts=int(rng.integers(3, shifts)), breaks=1)
    instance = prepare(one)
    if rng.random() < 0.5:
        one = with_wishes(rng, one, to_plan(instance, greedy(instance), made_with="greedy"))
    if rng.random() < 0.2:
        one = with_hours(rng, one)
    instance = prepare(one)
    return instance, greedy(instance)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 3))
def test_a_plan_that_is_cut_and_joined_is_the_same_plan(seed, sides):
    instance, start = begun(seed)
    assume(len(instance.visit))  # without a node there is nothing to search
    common = ground(instance)
    plan = state(common, common.longest)
    load(common, plan, [one.nodes for one in start])
    known = [array.copy() for array in plan]
    one = whole(common, plan)
    parts = cut(one, sides, np.random.default_rng(seed))
    assert sorted(np.concatenate([part.shifts for part in parts]).tolist()) == list(range(len(start)))
    here = np.array([part.state.at != ELSEWHERE for part in parts])
    assert (here.sum(axis=0) == 1).all(), "each visit is in one part"
    for part in parts:
        gains = part.state.gain.copy()
        for k in range(len(part.shifts)):
            assert label(part.ground, part.state, k)
        assert part.state.gain == pytest.approx(gains)
    join(one, parts)
    for before, after in zip(known[1:], plan[1:], strict=True):
        assert after == pytest.approx(before)
    assert routes(plan) == [one.nodes for one in start]
    assert one.routes() == routes(plan)


@pytest.fixture
def _together(monkeypatch):
    monkeypatch.setattr(search_module, "TOGETHER", 2)
    monkeypatch.setattr(search_module.Together, "stride", 40)


@pytest.mark.usefixtures("_together")
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_workers_find_together_audits_clean_but_for_locks_that_found_no_room(seed):
    instance, start = begun(seed)
    found = improve(instance, start, Steps(200), seed, workers=2)
    assert rank(instance, found.tours) >= rank(instance, start)
    faults = audit(instance.problem, to_plan(instance, found.tours, made_with="search"))
    assert all(fault.code.startswith("lock") for fault in faults)
    assert all(one.gain is not None for one in found.pool)


@pytest.mark.usefixtures("_together")
def test_workers_together_give_the_same_plan_for_the_same_seed_and_steps():
    xy = np.random.default_rng(3).uniform(0, 6000, (81, 2))
    visits = tuple(visit(f"D{i}", place=i) for i in range(1, 81))
    shifts = tuple(shift(f"S{i}", ends=12 * HOUR) for i in range(8))
    roads = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    instance = prepare(problem(seconds=roads, visits=visits, shifts=shifts))
    start = greedy(instance)

    def found(seed):
        made = improve(instance, start, Steps(1_000), seed, workers=2)
        return [tour.nodes for tour in made.tours], [(tour.shift, tour.nodes) for tour in made.pool]

    assert found(5) == found(5)
    tours, pool = found(5)
    assert tours != found(6)[0]
    assert {shift for shift, _ in pool} == set(range(8)), "remembered routes carry the shift of the whole plan"
