"""Locks, a published plan to stay close to, and hours in which roads are slower: the search keeps them all."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.routing import BadProblem, Lock, Option, Published, PublishedRoute, audit, solve
from planner.routing.bound.knapsack import knapsack_bound
from planner.routing.compiled import drive
from planner.routing.compiled.ground import ground
from planner.routing.compiled.layout import HOUR_S
from planner.routing.hours import Hours
from planner.routing.instance import prepare
from tests.planner.routing.factories import (
    HOUR,
    problem,
    random_problem,
    shift,
    visit,
    with_hours,
    with_wishes,
)


def planned(one, **more):
    return solve(one, seconds=60.0, workers=1, bound=False, **{"steps": 2000} | more)


def stops(plan):
    return {stop.visit: (route.shift, k, stop) for route in plan.routes for k, stop in enumerate(route.stops)}


def wished(seed, *, deep=False):
    """A problem with wishes that a plan exists for."""
    rng = np.random.default_rng(seed)
    one = random_problem(rng, visits=int(rng.integers(1, 12)), shifts=3, breaks=int(rng.integers(3)))
    one = with_hours(rng, one)
    return with_wishes(rng, one, planned(one), deep=deep)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_plan_with_wishes_audits_clean_but_for_locks_it_could_not_find_room_for(seed):
    one = wished(seed)
    plan = planned(one)
    assert all(fault.code.startswith("lock") for fault in audit(one, plan))
    bound = knapsack_bound(prepare(one), 0.0).value
    if plan.status == "feasible" and bound is not None:
        assert plan.objective <= bound + 1e-6 * abs(bound)


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_plan_with_wishes_audits_clean_in_full(seed):
    one = wished(seed)
    assert all(fault.code.startswith("lock") for fault in audit(one, planned(one)))


def test_locks_are_kept():
    assert not [seed for seed in range(100) if audit(one := wished(seed, deep=True), planned(one))]


@pytest.mark.long
def test_locks_are_kept_in_full():
    assert not [seed for seed in range(800) if audit(one := wished(seed, deep=True), planned(one))]


@given(
    st.lists(st.sampled_from([0.5, 1.0, 1.3, 3.0]), min_size=24, max_size=24),
    st.integers(0, 86_399),
    st.integers(-90_000, 200_000),
    st.integers(1, 9_000),
)
def test_the_earliest_arrival_and_the_latest_departure_are_those_of_trying_every_minute(factors, into_day, at, leg):
    hours = Hours(tuple(factors), into_day)

    def lasts(departs):
        return math.ceil(leg * factors[(into_day + departs) // HOUR_S % 24])

    full = [at + k for k in range(8 * HOUR_S) if k == 0 or (into_day + at + k) % HOUR_S == 0]
    earliest = min(departs + lasts(departs) for departs in full)
    assert float(hours.arrival(at, leg)) == earliest
    latest = int(hours.departure(at, leg))
    assert latest + lasts(latest) <= at
    assert all(latest + k + lasts(latest + k) > at for k in (1, 60, HOUR_S, 2 * HOUR_S))
    instance = prepare(problem(visits=(visit("A", place=1, options=(Option(9 * HOUR, 10 * HOUR, 1.0),)),)))
    compiled = ground(instance)._replace(hours=np.array(factors), into_day=into_day)
    assert drive.arrival(compiled, at, leg) == earliest
    assert drive.departure(compiled, at, leg) == latest


def two_alike():
    """Two visits next door to each other and two shifts that could make both."""
    return problem(
        visits=tuple(visit(name, place=1, options=(Option(9 * HOUR, 17 * HOUR, 100.0),)) for name in "AB"),
        shifts=(shift("S0"), shift("S1")),
    )


def test_a_published_plan_is_kept_where_a_change_costs_more_than_it_brings():
    one = two_alike()
    routes = (PublishedRoute("S0", ("A",)), PublishedRoute("S1", ("B",)))
    apart = planned(replace(one, published=Published(routes, 1e6)))
    assert {name: where for name, (where, *_) in stops(apart).items()} == {"A": "S0", "B": "S1"}
    free = planned(replace(one, published=Published(routes, 0.0)))
    assert len({where for where, *_ in stops(free).values()}) == 1
    assert free.objective > apart.objective


def test_each_change_is_paid_for_once():
    one = two_alike()
    plan = planned(replace(one, published=Published((PublishedRoute("S0", ("A",)),), 7.0)))
    assert plan.objective == pytest.approx(planned(one).objective - 7.0)


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("where", ["S0", "S1"])
def test_a_lock_is_kept(position, where):
    one = replace(two_alike(), locks=(Lock("B", where, position, 11 * HOUR),))
    plan = planned(one)
    assert audit(one, plan) == ()
    shift_of, at, stop = stops(plan)["B"]
    assert (shift_of, at, stop.begins) == (where, position, 11 * HOUR)


def test_a_lock_that_nothing_can_keep_is_refused_by_name():
    with pytest.raises(BadProblem, match="lock of visit 'B' cannot be kept"):
        planned(replace(two_alike(), locks=(Lock("B", "S0", None, 18 * HOUR),)))
