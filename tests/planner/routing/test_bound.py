"""The bound over ng-routes against the best possible plan of tiny problems, found by trying everything."""

import time
from dataclasses import replace

import numpy as np
import pytest

from planner.routing import Break, Lock, Option, Published, audit
from planner.routing.bound.alike import REMEMBERED
from planner.routing.bound.first_prices import first_prices
from planner.routing.bound.ng import ng_bound
from planner.routing.bound.pricing import Pricer
from planner.routing.bound.regions import TOGETHER, lying_together
from planner.routing.bound.relaxed import Form, relax
from planner.routing.greedy import empty, greedy
from planner.routing.instance import prepare
from planner.routing.problem import PublishedRoute
from planner.routing.translate import to_plan
from tests.planner.routing.exact import best_possible, tours
from tests.planner.routing.factories import HOUR, problem, random_problem, shift, visit


def bound(one, plan=None, *, rounds=12):
    """The bound after some rounds, and every value it told on the way."""
    told, instance = [], prepare(one)
    asked = iter(range(10**9))
    found = ng_bound(
        instance,
        [tour.nodes for tour in (empty(instance) if plan is None else plan)],
        ends=time.monotonic() + 600.0,
        on_bound=lambda better: told.append(better.value),
        cancelled=lambda: next(asked) > rounds * (len(one.shifts) + 1),
    )
    return found, told


def tiny(rng):
    """A problem of any kind, small enough to try everything."""
    return random_problem(
        rng, visits=int(rng.integers(1, 6)), shifts=int(rng.integers(1, 4)), breaks=2, metric=bool(rng.random() < 0.5)
    )


def ratios(rng, count):
    """How tight the bounds of so many problems are: optimum over bound; fails where a bound is too low."""
    found = []
    for i in range(count):
        one = tiny(rng)
        one = replace(one, visits=tuple(replace(visit, required=False) for visit in one.visits))
        _, optimum = best_possible(one)
        bounded, told = bound(one)
        assert bounded is not None, i
        assert bounded.value >= optimum - 1e-6, (i, bounded.value, optimum)
        assert min(told) == bounded.value
        assert bounded.duals.shape == (len(one.visits),)
        assert bounded.marginal.shape == (len(one.shifts),)
        found.append(1.0 if bounded.value <= 1e-6 else optimum / bounded.value)
    return found


def required(rng, count):
    """As above with required visits, from a plan that makes them all; gives how many problems had such a plan."""
    made = 0
    for i in range(count):
        one = tiny(rng)
        missing, optimum = best_possible(one)
        instance = prepare(one)
        first = greedy(instance)
        bounded, _ = bound(one, first)
        assert bounded is not None
        if missing == 0:
            assert bounded.value >= optimum - 1e-6, (i, bounded.value, optimum)
        plan = to_plan(instance, first, made_with="greedy")
        assert bounded.value >= plan.objective - 1e-6, i
        made += any(visit.required for visit in one.visits) and plan.status == "feasible"
    return made


def test_it_is_never_below_the_best_possible_plan():
    assert np.mean(ratios(np.random.default_rng(3), 25)) > 0.85


def test_it_is_never_below_a_plan_with_every_required_visit():
    assert required(np.random.default_rng(6), 25) > 2


@pytest.mark.long
def test_it_is_never_below_the_best_possible_plan_in_full():
    assert np.mean(ratios(np.random.default_rng(4), 500)) > 0.85


@pytest.mark.long
def test_it_is_never_below_a_plan_with_every_required_visit_in_full():
    required(np.random.default_rng(7), 500)


def one_shift(rng):
    """Seven visits with wide windows and a shift too short for them all, so that routes are long and many."""
    xy = rng.uniform(0, 900, (8, 2))
    visits = tuple(
        visit(
            f"D{i}",
            place=i + 1,
            service_s=int(rng.integers(200, 900)),
            options=(Option(at := 9 * HOUR + int(rng.integers(0, 3000)), at + int(rng.integers(600, 7200)), 500.0),),
        )
        for i in range(7)
    )
    ways = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return problem(
        seconds=ways,
        visits=visits,
        shifts=(shift(ends=9 * HOUR + int(rng.integers(4000, 7000))),),
        travel_cost_per_s=0.1,
    )


def priced(monkeypatch, rng, *, grid_s, size):
    """What the richest route earns at random prices: in truth, and as the pricing says."""
    relaxed_as(monkeypatch, grid_s)
    one = one_shift(rng)
    relaxed = relax(prepare(one))
    (alike,) = relaxed.classes
    units = np.floor(rng.uniform(0, 500, 7) * relaxed.scale)
    pricer = Pricer(relaxed)
    pricer.size = size
    gain = np.ceil(alike.value * relaxed.scale) - units[alike.visit]
    found = pricer.price(0, gain.astype(np.int32))
    prices = units / relaxed.scale
    truth = max((gain - prices[list(made)].sum() for made, gain in tours(one, one.shifts[0]).items()), default=0.0)
    return max(0.0, truth), found.most / relaxed.scale


@pytest.mark.parametrize("together", [1, 2, TOGETHER])
def test_the_price_is_exact_where_a_stop_remembers_every_visit(monkeypatch, together):
    monkeypatch.setattr("planner.routing.bound.alike.lying_together", lambda ways_s: lying_together(ways_s, together))
    rng = np.random.default_rng(12)
    for _ in range(25):
        truth, price = priced(monkeypatch, rng, grid_s=1, size=REMEMBERED)
        assert price == pytest.approx(truth, abs=0.01)


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("grid_s", [1, 60, 200])
def test_no_route_earns_more_than_the_price(monkeypatch, grid_s, size):
    rng = np.random.default_rng(13)
    for _ in range(10):
        truth, price = priced(monkeypatch, rng, grid_s=grid_s, size=size)
        assert price >= truth - 0.01


def relaxed_as(monkeypatch, grid_s, *, by_length=False):
    monkeypatch.setattr("planner.routing.bound.relaxed.form_for", lambda instance, within_s: Form(grid_s, by_length))


@pytest.mark.parametrize("by_length", [False, True])
@pytest.mark.parametrize("grid_s", [1, 7, 60, 300])
def test_it_is_valid_on_every_grid(monkeypatch, grid_s, by_length):
    relaxed_as(monkeypatch, grid_s, by_length=by_length)
    ratios(np.random.default_rng(11), 8)


def test_it_is_valid_where_shifts_of_the_same_length_are_one_class(monkeypatch):
    """The same shift on several days, with its break at other hours, and visits open on some of them."""
    relaxed_as(monkeypatch, 1, by_length=True)
    rng, joined = np.random.default_rng(17), 0
    for _ in range(40):
        one = tiny(rng)
        first = one.shifts[0]
        later = [int(rng.integers(0, 4)) * 1800 for _ in one.shifts]
        shifts = tuple(
            replace(
                first,
                id=f"S{k}",
                starts=first.starts + by,
                ends=first.ends + by,
                breaks=tuple(replace(b, opens=b.opens + by, closes=b.closes + by) for b in first.breaks),
            )
            for k, by in enumerate(later)
        )
        visits = tuple(replace(each, required=False) for each in one.visits)
        one = replace(one, shifts=shifts, visits=visits)
        joined += len(set(later)) > 1 and len(relax(prepare(one)).classes) == 1
        _, optimum = best_possible(one)
        assert bound(one)[0].value >= optimum - 1e-6
    assert joined > 5


def test_it_is_exact_where_one_shift_can_make_everything():
    one = problem(visits=(visit("D001"), visit("D002", place=2)), shifts=(shift(),), travel_cost_per_s=0.1)
    found, _ = bound(one, rounds=50)
    assert found.value == pytest.approx(1000.0 - 0.1 * (600.0 + 300.0 + 900.0), abs=0.1)


def test_a_shift_too_short_for_the_second_visit_tells_what_it_displaces():
    """One hour, two visits of 20 minutes that are 10 minutes from everything: only one can be made."""
    ways = np.full((3, 3), 600.0)
    np.fill_diagonal(ways, 0.0)
    two = (visit("A", place=1), visit("B", place=2, options=(Option(9 * HOUR, 18 * HOUR, 400.0),)))
    one = problem(seconds=ways, visits=two, shifts=(shift(ends=10 * HOUR),), travel_cost_per_s=0.0)
    found, _ = bound(one, rounds=50)
    assert found.value == pytest.approx(500.0, abs=0.1)
    assert found.marginal[0] + found.duals[0] == pytest.approx(500.0, abs=0.1)
    assert found.marginal[0] >= 400.0 - 0.1


def test_a_required_visit_may_lower_the_bound_below_what_plans_without_it_are_worth():
    ways = np.full((3, 3), 600.0)
    np.fill_diagonal(ways, 0.0)
    two = (visit("A", place=1), visit("B", place=2, options=(Option(9 * HOUR, 18 * HOUR, 400.0),), required=True))
    one = problem(seconds=ways, visits=two, shifts=(shift(ends=10 * HOUR),), travel_cost_per_s=0.0)
    found, _ = bound(one, greedy(prepare(one)), rounds=50)
    assert found.value == pytest.approx(400.0, abs=0.1)
    nobody, _ = bound(one, rounds=50)
    assert nobody.value >= 500.0 - 0.1


def test_a_visit_that_takes_no_time_is_given_away():
    one = problem(visits=(visit("A", service_s=0), visit("B", service_s=0), visit("C", place=2)))
    found, _ = bound(one, rounds=50)
    assert relax(prepare(one)).given_away == 1000.0
    assert found.value >= 1000.0


def test_visits_without_service_time_and_long_ways_stay_below_it():
    """What follows a stop is read in blocks of steps; from a stop to itself less than a block may pass."""
    rng = np.random.default_rng(5)
    ways = np.full((3, 3), 600.0)
    np.fill_diagonal(ways, 0)
    two = tuple(visit(name, place=place, service_s=0) for name, place in (("A", 1), ("B", 2)))
    far = problem(seconds=ways, visits=two, shifts=(shift(),), travel_cost_per_s=0.0)
    for one in (far, *(tiny(rng) for _ in range(25))):
        bare = [replace(v, required=False, service_s=0, options=tuple(replace(o, service_s=None) for o in v.options))
                for v in one.visits]  # fmt: skip
        quick = replace(one, visits=tuple(bare))
        _, best = best_possible(quick)
        assert bound(quick)[0].value >= best - 1e-6


def test_a_break_shortens_the_shift():
    """Without the break both fit; with it the second would be left after the shift."""
    ways = np.full((3, 3), 600.0)
    np.fill_diagonal(ways, 0.0)
    two = (visit("A", place=1, service_s=3000), visit("B", place=2, service_s=3000))
    free = problem(seconds=ways, visits=two, shifts=(shift(ends=9 * HOUR + 7800),), travel_cost_per_s=0.0)
    owing = replace(free, shifts=(replace(free.shifts[0], breaks=(Break(9 * HOUR + 3000, 9 * HOUR + 4000, 1200),)),))
    assert bound(free, rounds=50)[0].value == pytest.approx(1000.0, abs=0.1)
    assert bound(owing, rounds=50)[0].value == pytest.approx(500.0, abs=0.1)


def test_locks_published_plans_and_hours_stay_below_it():
    rng = np.random.default_rng(8)
    for _ in range(25):
        one = random_problem(rng, visits=8, shifts=3, breaks=1)
        instance = prepare(one)
        first = to_plan(instance, greedy(instance), made_with="greedy")
        routes = tuple(PublishedRoute(route.shift, tuple(s.visit for s in route.stops)) for route in first.routes)
        locks = tuple(Lock(route.visits[0], route.shift) for route in routes[:1] if rng.random() < 0.5)
        changed = replace(
            one,
            published=Published(routes, 100.0),
            locks=locks,
            hour_factors=tuple(rng.uniform(0.8, 1.5, 24)) if rng.random() < 0.5 else None,
        )
        instance = prepare(changed)
        plan = to_plan(instance, greedy(instance), made_with="greedy")
        found, _ = bound(changed, greedy(instance))
        assert audit(changed, replace(plan, bound=found.value, bound_is_valid=True, bound_kind="ng-route")) == ()
        assert found.value >= plan.objective - 1e-6


def test_first_prices_are_positive_only_for_what_may_be_earned():
    rng = np.random.default_rng(2)
    for _ in range(20):
        one = random_problem(rng, visits=12, shifts=3)
        instance = prepare(one)
        prices = first_prices(instance, [tour.nodes for tour in greedy(instance)])
        assert prices.shape == (12,)
        assert np.isfinite(prices).all()
        assert (prices[~instance.required] >= 0).all()


def test_where_the_labels_give_up_a_way_of_the_table_is_worth_the_bound(monkeypatch):
    monkeypatch.setattr("planner.routing.bound.pricing.FIRST_MADE", 0)
    relaxed_as(monkeypatch, 60)
    rng = np.random.default_rng(14)
    for _ in range(10):
        relaxed = relax(prepare(one_shift(rng)))
        (alike,) = relaxed.classes
        found = Pricer(relaxed).price(0, np.ceil(alike.value * relaxed.scale).astype(np.int32))
        assert found.most == max(earned for _, earned in found.routes)


def test_what_is_too_large_gets_no_bound():
    one = problem()
    instance = prepare(one)
    found = ng_bound(instance, [(), ()], ends=time.monotonic(), on_bound=pytest.fail, cancelled=lambda: False)
    assert found is None
