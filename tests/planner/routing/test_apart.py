"""Pairs kept apart: no plan has both on one route, whatever made it, and what that costs is what it must cost."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.routing import (
    BadProblem,
    Lock,
    Option,
    Reason,
    Status,
    audit,
    baseline,
    pair,
    read_apart,
    solve,
    write_apart,
    write_problem,
)
from planner.routing.command import audit_command, solve_command
from planner.routing.compiled.ground import ground
from planner.routing.even import even_out
from planner.routing.explain import left_out
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.progress import Steps
from planner.routing.replan import replan
from planner.routing.rest import Moment
from planner.routing.search import improve
from planner.routing.tour import insertions, tour
from planner.routing.translate import to_plan
from tests.planner.routing.exact import best_possible
from tests.planner.routing.factories import HOUR, problem, problems, random_problem, shift, visit, with_wishes

QUICK = settings(max_examples=40, deadline=None)


def parted(plain, rng, share=0.25):
    """The same problem with random pairs apart; two that are locked to one shift are none."""
    names = [one.id for one in plain.visits]
    shift_of = {one.visit: one.shift for one in plain.locks}
    pairs = [
        (a, b)
        for k, a in enumerate(names)
        for b in names[k + 1 :]
        if rng.random() < share and (a not in shift_of or shift_of[a] != shift_of.get(b))
    ]
    return replace(plain, apart=frozenset(pair(*one) for one in pairs))


def together(one, plan):
    """The pairs that a plan has on one route although they are kept apart; shares nothing with the audit."""
    found = []
    for route in plan.routes:
        names = [stop.visit for stop in route.stops]
        found += [(a, b) for a in names for b in names if a < b and (a, b) in one.apart]
    return found


def clean(one, plan):
    assert together(one, plan) == []
    assert audit(one, plan) == ()


@QUICK
@given(problems(), st.integers(0, 2**32 - 1))
def test_no_plan_breaks_a_pair(plain, seed):
    one = parted(plain, np.random.default_rng(seed))
    clean(one, solve(one, seconds=60.0, steps=60, workers=1))


@settings(max_examples=25, deadline=None)
@given(problems(visits=25, shifts=5, breaks=1), st.integers(0, 2**32 - 1))
def test_nor_does_the_search_alone_with_locks_and_a_published_plan(plain, seed):
    """Without the exact models, which would correct it; and the same plan planned again, a day under way included."""
    rng = np.random.default_rng(seed)
    wishes = with_wishes(rng, plain, solve(plain, seconds=60.0, steps=20, workers=1))
    one = parted(wishes, rng)
    instance = prepare(one)
    first = greedy(instance)
    clean_but_locks(one, to_plan(instance, first, made_with="greedy"))
    made = to_plan(instance, improve(instance, first, Steps(300), 1).tours, made_with="search")
    clean_but_locks(one, made)
    more = parted(one, rng)  # other pairs than those the plan was made with
    again = replan(more, made, Moment(now=-(10**9)), steps=100)
    assert together(more, again.plan) == []


def clean_but_locks(one, plan):
    """A first plan may miss a lock; it may break nothing else."""
    assert together(one, plan) == []
    assert [fault for fault in audit(one, plan) if not fault.code.startswith("lock")] == []


@pytest.mark.long
@settings(max_examples=1500, deadline=None)
@given(problems(visits=40, shifts=8, breaks=2), st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.1, 0.4]))
def test_no_plan_breaks_a_pair_in_full(plain, seed, share):
    one = parted(plain, np.random.default_rng(seed), share)
    clean(one, solve(one, seconds=60.0, steps=300, workers=1))


def long_routes(seed, *, visits=60, shifts=2, share=0.05):
    """Few long shifts without breaks, which are composed whole, and many pairs among neighbours."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 3000, (visits + 1, 2))
    seconds = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 5)
    crowd = tuple(
        visit(
            f"D{v:02}", place=v + 1, service_s=600, options=(Option(8 * HOUR, 20 * HOUR, float(rng.integers(50, 900))),)
        )
        for v in range(visits)
    )
    crews = tuple(shift(f"S{s}", crew=f"c{s}", ends=16 * HOUR) for s in range(shifts))
    return parted(problem(seconds=seconds, visits=crowd, shifts=crews), rng, share)


@pytest.mark.parametrize("seed", range(4))
def test_routes_composed_whole_obey_them(seed):
    one = long_routes(seed)
    instance = prepare(one)
    found = improve(instance, greedy(instance), Steps(1500), seed)
    clean(one, to_plan(instance, found.tours, made_with="search"))
    assert all(together(one, to_plan(instance, (made,), made_with="")) == [] for made in found.pool)


def test_a_move_that_forgets_them_is_noticed():
    """Each move that asks for the pairs is let forget them in turn (``forgetful``): then a plan breaks one."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.planner.routing.forgetful"],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == {"nothing": "kept"} | dict.fromkeys(
        ("start", "refill", "part", "compose", "insertions"), "broken"
    )


def test_what_pairs_cost_is_what_they_must_cost():
    """Of tiny problems: with pairs the best is found, no better than without, and no better than trying everything."""
    rng, dearer = np.random.default_rng(8), 0
    for _ in range(25):
        plain = random_problem(rng, visits=5, shifts=2, breaks=1, metric=bool(rng.random() < 0.5))
        one = parted(plain, rng, 0.4)
        plan = solve(one, seconds=60.0, steps=200, workers=1)
        missing, best = best_possible(one)
        planned = {stop.visit for route in plan.routes for stop in route.stops}
        assert -sum(v.required and v.id not in planned for v in one.visits) == missing
        assert plan.objective == pytest.approx(best, abs=1e-6)
        free_missing, free = best_possible(plain)
        assert (missing, best) <= (free_missing, free + 1e-6)
        dearer += (missing, best) < (free_missing, free - 1e-6)
    assert dearer >= 3, "some pairs must cost something, or nothing was tested"


def test_proven_best_is_proven_with_the_pairs():
    two = tuple(visit(name, options=(Option(9 * HOUR, 16 * HOUR, 500.0),)) for name in ("A", "B"))
    one = problem(visits=two, shifts=(shift(),), apart=frozenset({("A", "B")}))
    plan = solve(one, seconds=10.0, workers=2)
    assert plan.status == Status.OPTIMAL
    assert plan.bound == plan.objective
    assert len(plan.left_out) == 1


def test_who_is_left_out_for_a_pair_hears_so():
    two = tuple(
        visit(name, options=(Option(9 * HOUR, 16 * HOUR, worth),)) for name, worth in (("A", 900.0), ("B", 10.0))
    )
    one = problem(visits=two, shifts=(shift(),), travel_cost_per_s=0.0, apart=frozenset({("A", "B")}))
    (out,) = solve(one, seconds=60.0, steps=20, workers=1).left_out
    assert (out.visit, out.reason) == ("B", Reason.APART)
    assert out.detail == "There is time for it on crew1-mon, but it is kept apart from A."
    assert out.action == "Add a shift like crew1-mon. Then there is room for it, and the plan gains 10."
    busy = replace(one, shifts=(shift(max_stops=1),))
    (out,) = solve(busy, seconds=60.0, steps=20, workers=1).left_out
    assert out.reason != Reason.APART, "the route is full: the pair is not what keeps it out"


@settings(max_examples=15, deadline=None)
@given(problems(visits=14, shifts=4, breaks=1), st.integers(0, 2**32 - 1))
def test_no_change_is_proposed_that_a_pair_forbids(plain, seed):
    """Whatever would make room for a visit left out is built with the pairs in force."""
    one = parted(plain, np.random.default_rng(seed))
    instance = prepare(one)
    tours = greedy(instance)
    route_of = {
        one.shifts[made.shift].id: {one.visits[instance.visit[n]].id for n in made.nodes}
        for made in tours
        if made.nodes
    }
    for out in left_out(instance, tours):
        foes = {b if a == out.visit else a for a, b in one.apart if out.visit in (a, b)}
        for name, stops in route_of.items():
            if foes & stops:
                assert not out.action.startswith(f"Lengthen {name} by"), out
                assert not out.action.startswith(f"Let {name} make"), out


def test_a_tour_and_an_insertion_refuse_a_pair():
    one = problem(visits=(visit("A"), visit("B", place=2)), shifts=(shift(),), apart=frozenset({("A", "B")}))
    instance = prepare(one)
    alone = tour(instance, 0, (0,))
    assert alone is not None
    assert tour(instance, 0, (0, 1)) is None
    assert insertions(instance, alone, np.array([1])).added_s[0] >= 1e12
    free = prepare(replace(one, apart=frozenset()))
    assert tour(free, 0, (0, 1)) is not None
    assert insertions(free, alone, np.array([1])).added_s[0] < 1e12


def test_the_audit_names_a_pair_on_one_route():
    plain = problem(visits=(visit("A"), visit("B", place=2)), shifts=(shift(),))
    plan = solve(plain, seconds=60.0, steps=10, workers=1)
    assert len(plan.routes[0].stops) == 2
    one = replace(plain, apart=frozenset({("A", "B")}))
    (fault,) = audit(one, plan)
    assert (fault.code, fault.shift, fault.visit) == ("apart", "crew1-mon", "B")


def test_by_hand_and_evened_out_they_are_kept_apart_too():
    one = long_routes(5, visits=40, shifts=4)
    clean(one, baseline(one))
    plan = solve(one, seconds=60.0, steps=200, workers=1)
    crews = {each.crew for each in one.shifts}
    evened = even_out(one, plan, crews=crews, hard=set(), tolerance=0.01, most_price=1e6)
    clean(one, evened.plan)


def test_two_locked_to_one_shift_cannot_be_kept_apart():
    locks = (Lock("A", "crew1-mon"), Lock("B", "crew1-mon"))
    one = problem(visits=(visit("A"), visit("B")), locks=locks, apart=frozenset({("A", "B")}))
    with pytest.raises(BadProblem, match="'A' and 'B' are kept apart, but both locked"):
        prepare(one)
    assert prepare(replace(one, locks=locks[:1])).foes == {0: {1}, 1: {0}}


def test_a_pair_of_which_one_is_gone_says_nothing():
    one = problem(visits=(visit("A"),), apart=frozenset({("A", "Z")}))
    assert prepare(one).foes == {}
    assert not ground(prepare(one)).parted
    clean(one, solve(one, seconds=60.0, steps=10, workers=1))


def test_the_library_refuses_them_by_name():
    with pytest.raises(BadProblem, match="'apart'"):
        solve(problem(apart=frozenset({("D001", "D002")})), seconds=1.0, engine="routing")


def test_they_stand_in_a_file_beside_the_problem(tmp_path, capsys):
    question, beside, answer = (tmp_path / f"{name}.json" for name in ("problem", "apart", "plan"))
    write_problem(question, problem(visits=(visit("A"), visit("B", place=2)), shifts=(shift(),)))
    write_apart(beside, {("A", "B")})
    assert read_apart(beside) == {("A", "B")}
    few = ["--steps", "10", "--workers", "1"]
    assert solve_command([str(question), "--out", str(answer), "--apart", str(beside), *few]) == 0
    assert audit_command([str(question), str(answer), "--apart", str(beside)]) == 0
    assert solve_command([str(question), "--out", str(answer), *few]) == 0
    assert audit_command([str(question), str(answer)]) == 0
    capsys.readouterr()
    assert audit_command([str(question), str(answer), "--apart", str(beside)]) == 3
    assert "'A' and 'B' are kept apart" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([["A"]], r"'apart\[0\]' must be a list of the ids of two visits"),
        ([["A", "B"], ["A", "A"]], r"'apart\[1\]' must be a list of the ids of two visits"),
        ([["A", 3]], r"'apart\[0\]\[1\]' must be a text"),
        ([["A", "Z"]], "'apart' names 'Z', which the problem does not have"),
    ],
)
def test_a_bad_file_of_pairs_is_refused(tmp_path, capsys, pairs, told):
    question, beside = tmp_path / "problem.json", tmp_path / "apart.json"
    write_problem(question, problem(visits=(visit("A"), visit("B"))))
    beside.write_text(json.dumps({"format": "field-visit-apart/1", "apart": pairs}))
    assert solve_command([str(question), "--out", str(tmp_path / "plan.json"), "--apart", str(beside)]) == 2
    assert re.search(told, capsys.readouterr().err)
