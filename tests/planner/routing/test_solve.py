import json
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings

from planner.routing import BadProblem, Break, Lock, Option, Published, audit, baseline, plan_to_dict, solve
from planner.routing.bound import knapsack_bound
from planner.routing.compiled.ground import ground
from planner.routing.greedy import empty, greedy, planned, rank
from planner.routing.instance import prepare
from planner.routing.look import looked
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.tour import insertions, tour
from planner.routing.translate import to_plan
from tests.planner.routing.exact import best_possible
from tests.planner.routing.factories import HOUR, problem, problems, random_problem, shift, visit

#: The module, which the function of the same name hides in its package.
solve_module = import_module("planner.routing.solve")

QUICK = settings(max_examples=40, deadline=None)


def quick(one, *, steps=40, engine="search", **more):
    return solve(one, seconds=60.0, steps=steps, workers=1, engine=engine, **more)


@QUICK
@given(problems())
def test_every_plan_audits_clean(one):
    plan = quick(one)
    assert audit(one, plan) == ()


@settings(max_examples=15, deadline=None)
@given(problems())
def test_every_plan_of_the_library_audits_clean(one):
    plan = quick(one, engine="routing", steps=20)
    assert audit(one, plan) == ()


@QUICK
@given(problems())
def test_the_baseline_and_the_first_plan_audit_clean(one):
    assert audit(one, baseline(one)) == ()
    instance = prepare(one)
    assert audit(one, to_plan(instance, greedy(instance), made_with="greedy")) == ()


def test_by_hand_the_largest_balance_comes_first_whatever_a_visit_is_worth():
    """There is time for one visit, and the one who owes most is worth least and lives farther away."""
    two = tuple(
        visit(name, place=place, service_s=3000, options=(Option(9 * HOUR, 18 * HOUR, worth),))
        for name, place, worth in (("A", 1, 900.0), ("B", 2, 10.0))
    )
    one = problem(visits=two, shifts=(shift(ends=9 * HOUR + 4850),))

    def made(plan):
        return [stop.visit for route in plan.routes for stop in route.stops]

    assert made(baseline(one)) == ["A"]
    assert made(baseline(one, {"A": 5_000.0, "B": 80_000.0})) == ["B"]
    assert audit(one, baseline(one, {"A": 5_000.0, "B": 80_000.0})) == ()
    assert replace(baseline(one), left_out=()) == baseline(one, explained=False)
    assert baseline(one).left_out


@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(problems(visits=30, shifts=8, breaks=3))
def test_every_plan_audits_clean_in_full(one):
    assert audit(one, quick(one, steps=200)) == ()


def against_trying_everything(seed, count, steps, mean_gap):
    """Never above the best possible; the mean gap over tiny problems stays small."""
    rng, gaps, missed = np.random.default_rng(seed), [], 0
    for _ in range(count):
        one = random_problem(rng, visits=5, shifts=2, breaks=2, metric=bool(rng.random() < 0.5))
        plan = quick(one, steps=steps)
        missing = -sum(v.required and v.id not in {s.visit for r in plan.routes for s in r.stops} for v in one.visits)
        best = best_possible(one)
        assert (missing, plan.objective) <= (best[0], best[1] + 1e-6)
        bound = knapsack_bound(prepare(one), 0.0).value
        assert bound >= best[1] - 1e-6
        missed += best[0] - missing
        if missing == best[0] and best[1] > 0:
            gaps.append(1 - plan.objective / best[1])
    assert missed <= count // 100
    assert np.mean(gaps) < mean_gap, f"mean gap {np.mean(gaps):.4f}"


def test_against_trying_everything():
    against_trying_everything(5, 30, 300, 0.005)


@pytest.mark.long
def test_against_trying_everything_in_full():
    against_trying_everything(6, 200, 1000, 1e-6)


def test_search_and_rerouting_alone_against_trying_everything(monkeypatch):
    """Tiny problems are settled by an exact model of the whole; what larger ones get instead is judged here."""
    monkeypatch.setattr(solve_module, "SMALL", -1)
    against_trying_everything(5, 20, 300, 0.005)


@pytest.mark.long
def test_search_and_rerouting_alone_against_trying_everything_in_full(monkeypatch):
    monkeypatch.setattr(solve_module, "SMALL", -1)
    against_trying_everything(6, 200, 1000, 0.002)


def test_the_library_never_exceeds_the_best_possible():
    rng = np.random.default_rng(6)
    for _ in range(8):
        one = random_problem(rng, visits=5, shifts=2, breaks=1)
        plan = quick(one, engine="routing", steps=30)
        assert audit(one, plan) == ()
        best = best_possible(one)
        if plan.status != "required_missing":
            assert plan.objective <= best[1] + 1e-6


def middling(seed=3):
    return random_problem(np.random.default_rng(seed), visits=40, shifts=6, metric=True)


def test_the_same_seed_gives_the_same_plan():
    one = middling()
    plans = [replace(quick(one, steps=80, seed=seed), search_s=0.0) for seed in (7, 7, 8)]
    assert plan_to_dict(plans[0]) == plan_to_dict(plans[1])
    assert plans[0].seed != plans[2].seed


def test_the_search_never_ends_worse_than_it_began():
    one = middling()
    instance = prepare(one)
    start = greedy(instance)
    for seed in range(3):
        found = improve(instance, start, Steps(60), seed)
        assert rank(instance, found.tours) >= rank(instance, start)
    better = improve(instance, start, Steps(400), 1)
    assert rank(instance, better.tours) > rank(instance, start)


def test_hopelessly_little_time_still_gives_a_plan():
    one = middling()
    plan = solve(one, seconds=0.01)
    assert plan.routes
    assert audit(one, plan) == ()


@pytest.mark.parametrize("engine", ["search", "routing"])
def test_who_cancels_gets_the_best_plan_so_far(engine):
    one, heard = middling(), []
    plan = solve(one, seconds=600.0, engine=engine, on_progress=heard.append, cancelled=lambda: len(heard) > 2)
    assert audit(one, plan) == ()
    assert heard[0].phase == "greedy"
    assert plan.search_s < 60


def test_progress_never_falls():
    heard = []
    solve(middling(), seconds=1.0, on_progress=heard.append)
    assert [one.objective for one in heard] == sorted(one.objective for one in heard)
    assert {"greedy", "writing"} <= {one.phase for one in heard}


def test_one_worker_states_no_bound_and_two_a_valid_one():
    one = middling()
    assert solve(one, seconds=1.2, workers=1).bound is None
    plan = solve(one, seconds=2.0, workers=2)
    assert plan.bound_is_valid
    assert plan.bound >= plan.objective
    assert plan.bound_kind == "knapsack"
    assert solve(one, seconds=1.2, bound=False).bound is None


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("locks", {"locks": (Lock("D001", "crew1-mon"),)}),
        ("published", {"published": Published((), 1.0)}),
        ("hour_factors", {"hour_factors": (1.0,) * 24}),
    ],
)
def test_what_the_library_cannot_keep_is_refused_by_name(key, changes):
    with pytest.raises(BadProblem, match=key):
        quick(problem(**changes), engine="routing")


@pytest.mark.parametrize("engine", ["search", "routing"])
def test_nothing_to_plan(engine):
    for one in (problem(visits=()), problem(shifts=()), problem(visits=(), shifts=())):
        plan = quick(one, engine=engine)
        assert audit(one, plan) == ()
        assert plan.objective == 0.0


def test_required_visits_push_others_out():
    """The worthless required visit and the dear one exclude each other: one shift, one short window."""
    window = (Option(10 * HOUR, 10 * HOUR, 0.0),)
    dear = visit("D001", options=(Option(10 * HOUR, 10 * HOUR, 9999.0),))
    one = problem(visits=(dear, visit("D002", place=2, required=True, options=window)), shifts=(shift(),))
    for engine in ("search", "routing"):
        plan = quick(one, engine=engine)
        assert [stop.visit for route in plan.routes for stop in route.stops] == ["D002"]
        assert plan.status == "feasible"


def test_a_required_visit_ejects_another_that_fits_elsewhere():
    """Both required fit the first shift only one at a time, and D001 fits the second shift too."""
    early, late = (Option(10 * HOUR, 10 * HOUR, 5.0),), (Option(10 * HOUR, 10 * HOUR, 5.0),)
    shifts = (shift("a", skills=frozenset({"legal"})), shift("b"))
    visits = (
        visit("D001", required=True, options=early),
        visit("D002", required=True, options=late, needs=frozenset({"legal"}), service_s=60),
    )
    plan = quick(problem(visits=visits, shifts=shifts))
    assert plan.status == "feasible"


def test_the_better_option_is_taken():
    home = visit(
        options=(Option(9 * HOUR, 10 * HOUR, 100.0), Option(14 * HOUR, 15 * HOUR, 300.0, place=2, service_s=60))
    )
    for engine in ("search", "routing"):
        plan = quick(problem(visits=(home,), shifts=(shift(),)), engine=engine)
        assert plan.routes[0].stops[0].option == 1
        assert plan.objective == pytest.approx(300 - 0.1 * (900.5 + 900))


def test_a_break_is_taken_where_it_fits():
    """Between two visits with fixed times there is room for the break only after the drive."""
    first = visit("D001", options=(Option(11 * HOUR, 11 * HOUR, 500.0),))
    second = visit("D002", place=2, options=(Option(13 * HOUR, 13 * HOUR, 500.0),))
    lunch = Break(12 * HOUR, 12 * HOUR + 60, 3000)
    plan = quick(problem(visits=(first, second), shifts=(shift(breaks=(lunch,)),)))
    assert [len(route.stops) for route in plan.routes] == [2]
    assert plan.routes[0].breaks[0].begins == 12 * HOUR
    tight = replace(lunch, lasts_s=3601)
    alone = quick(problem(visits=(first, second), shifts=(shift(breaks=(tight,)),)))
    assert [len(route.stops) for route in alone.routes] == [1]


@QUICK
@given(problems(visits=10, shifts=3))
def test_an_insertion_fits_exactly_if_the_tour_is_feasible(one):
    """The labels say in constant time what building the tour finds out."""
    instance = prepare(one)
    for start in greedy(instance):
        out = np.flatnonzero(instance.may[start.shift] & ~planned(instance, greedy(instance))[instance.visit])
        added, _ = insertions(instance, start, out)
        for node, extra in zip(out, added, strict=True):
            built = [
                tour(instance, start.shift, (*start.nodes[:gap], node, *start.nodes[gap:]))
                for gap in range(len(start.nodes) + 1)
            ]
            gains = [b.gain for b in built if b is not None]
            assert bool(gains) == (extra < 1e15)
            if gains:
                expected = start.gain + instance.value[node] - instance.cost_per_s * extra
                assert max(gains) == pytest.approx(expected)


@settings(max_examples=20, deadline=None)
@given(problems(visits=10, shifts=2))
def test_what_is_said_of_the_left_out_is_what_building_the_tours_gives(one):
    one = replace(one, seconds=np.ceil(one.seconds))
    instance = prepare(one)
    common = ground(instance)
    tours = greedy(instance)
    of = looked(instance, tours, common)
    seen = of.seen
    inside = planned(instance, tours)
    for v in np.flatnonzero(~inside):
        gains, fits, alone = [], [], []
        for start in tours:
            for node in instance.nodes_of[v][instance.may[start.shift, instance.nodes_of[v]]]:
                # Required stops make room for required visits only.
                optional = [instance.required[v] or not instance.required[instance.visit[stop]] for stop in start.nodes]
                alone.append(tour(instance, start.shift, (node,)))
                for lo in range(len(start.nodes) + 1):
                    for hi in range(lo, min(len(start.nodes), lo + 5) + 1):
                        built = tour(instance, start.shift, (*start.nodes[:lo], node, *start.nodes[hi:]))
                        if built is not None and all(optional[lo:hi]):
                            # A required visit counts above all value, whether it comes or goes.
                            lost = common.first[instance.visit[list(start.nodes[lo:hi])]].sum()
                            change = built.gain - start.gain + common.first[v] - lost
                            (gains if hi > lo else fits).append(change)
        assert of.by_worth.gain[v] == pytest.approx(max(gains, default=-np.inf), abs=1e-6)
        assert seen.best_gain[v] == pytest.approx(max(fits, default=-np.inf), abs=1e-6)
        assert seen.fits[v] == bool(fits)
        assert seen.alone[v] == any(alone)


def mutated(monkeypatch, name, change):
    """Let the solver see a problem that lacks a rule; the audit sees the true one."""
    monkeypatch.setattr(solve_module, name, lambda one: change(prepare(one)))


MUTATIONS = {
    "service": lambda one: replace(one, service_s=np.zeros_like(one.service_s)),
    "window": lambda one: replace(one, opens=one.opens - 4 * HOUR, closes=one.closes + 4 * HOUR),
    "travel": lambda one: replace(one, travel_s=np.floor(one.travel_s / 2)),
    "shift_end": lambda one: replace(
        one, layers=tuple(replace(x, back_by=(*x.back_by[:-1], x.back_by[-1] + 9 * HOUR)) for x in one.layers)
    ),
    "break_owed": lambda one: replace(
        one, layers=tuple(replace(x, breaks=(), back_by=x.back_by[-1:]) for x in one.layers)
    ),
    "objective": lambda one: replace(one, value=one.value + 1),
    "skill": lambda one: replace(one, may=np.ones_like(one.may)),
    "no_road": lambda one: replace(one, travel_s=np.minimum(one.travel_s, 600), road_s=np.minimum(one.road_s, 600)),
}


def crowded():
    """A problem whose good plans use every rule to the limit."""
    rng = np.random.default_rng(11)
    places = 25
    seconds = np.round(rng.uniform(300, 1500, (places, places)))
    seconds[rng.random((places, places)) < 0.3] = np.nan
    seconds[0, :], seconds[:, 0] = 900.0, 900.0
    np.fill_diagonal(seconds, 0)
    visits = tuple(
        visit(
            f"D{i:03d}",
            place=i,
            needs=frozenset({"legal"} if i % 4 == 0 else ()),
            options=(Option(int(rng.integers(8, 15)) * HOUR, 16 * HOUR, float(rng.integers(200, 900))),),
        )
        for i in range(1, places)
    )
    lunch = (Break(12 * HOUR, 13 * HOUR, 2700),)
    shifts = (
        shift("a", breaks=lunch, ends=15 * HOUR),
        shift("b", breaks=lunch, skills=frozenset({"legal"}), max_stops=7),
    )
    return problem(seconds=seconds, visits=visits, shifts=shifts)


def test_the_crowded_problem_is_planned_well():
    assert audit(crowded(), quick(crowded())) == ()


@pytest.mark.parametrize("code", MUTATIONS)
def test_a_solver_that_drops_a_rule_is_found_out(monkeypatch, code):
    mutated(monkeypatch, "prepare", MUTATIONS[code])
    one = crowded()
    assert code in {finding.code for finding in audit(one, quick(one))}


def test_a_solver_that_forgets_the_return_leg_is_found_out(monkeypatch):
    one = crowded()
    here = replace(one, seconds=np.where(np.arange(25)[None, :] == 0, 0.0, one.seconds))
    monkeypatch.setattr(solve_module, "prepare", lambda _: prepare(here))
    codes = {finding.code for finding in audit(one, quick(one))}
    assert "travel" in codes
    assert "objective" in codes


def test_empty_tours_are_feasible_whatever_the_roads():
    one = problem(seconds=np.array([[0, np.nan, np.nan], [np.nan, 0, 1], [1, 1, 0]]), shifts=(shift(end_place=1),))
    assert rank(prepare(one), empty(prepare(one))) == (0, -1, 0.0)
    json.dumps(plan_to_dict(quick(one)))
