"""The bound over ng-routes against the best possible plan of tiny problems, found by trying everything."""

import time
from dataclasses import replace

import numpy as np
import pytest

from planner.routing.bound.ng import ng_bound
from planner.routing.greedy import empty
from planner.routing.instance import prepare
from tests.planner.routing.exact import best_possible
from tests.planner.routing.factories import random_problem


def bound(one, tours=None, *, rounds=12, **changes):
    """The bound after some rounds, and every value it told on the way."""
    told, instance = [], prepare(one)
    asked = iter(range(10**9))
    found = ng_bound(
        instance,
        [tour.nodes for tour in empty(instance)] if tours is None else tours,
        ends=time.monotonic() + 60.0,
        on_bound=told.append,
        cancelled=lambda: next(asked) > rounds * (len(one.shifts) + 1),
    )
    return found, told


def drawn(rng, *, required=False):
    """A tiny problem of any kind; without required visits unless they are asked for."""
    one = random_problem(
        rng, visits=int(rng.integers(1, 6)), shifts=int(rng.integers(1, 4)), breaks=2, metric=bool(rng.random() < 0.5)
    )
    if required:
        return one
    return replace(one, visits=tuple(replace(visit, required=False) for visit in one.visits))


def compare(rng, count):
    """How tight the bounds of so many problems are: optimum over bound; fails where a bound is too low."""
    ratios = []
    for i in range(count):
        one = drawn(rng)
        _, optimum = best_possible(one)
        found, told = bound(one)
        assert found is not None, i
        assert found.value >= optimum - 1e-6, (i, found.value, optimum)
        assert min(told) == found.value
        ratios.append(1.0 if found.value <= 1e-6 else optimum / found.value)
    return ratios


def test_it_is_never_below_the_best_possible_plan():
    ratios = compare(np.random.default_rng(3), 25)
    assert np.mean(ratios) > 0.85


@pytest.mark.long
def test_it_is_never_below_the_best_possible_plan_in_full():
    ratios = compare(np.random.default_rng(4), 500)
    assert np.mean(ratios) > 0.85
