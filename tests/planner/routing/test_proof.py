"""The bound in a process of its own: valid, live, and harmless whatever becomes of it."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from planner.routing import BadProblem, Lock, Option, Prices, audit, read_prices, solve, write_prices
from planner.routing.greedy import toured
from planner.routing.instance import prepare
from planner.routing.proof import Proven, proving
from tests.planner.routing.exact import best_possible
from tests.planner.routing.factories import problem, random_problem, shift, visit

PATIENCE_S = 60.0


def small():
    one = random_problem(np.random.default_rng(5), visits=5, shifts=2)
    return replace(one, visits=tuple(replace(each, required=False) for each in one.visits))


def proven(proof):
    ends = time.monotonic() + PATIENCE_S
    while proof.best is None and time.monotonic() < ends:
        time.sleep(0.05)
    assert proof.best is not None
    return proof.best


def test_it_proves_what_no_plan_can_exceed():
    one = small()
    with proving(prepare(one), seconds=PATIENCE_S) as proof:
        best = proven(proof)
    _, optimum = best_possible(one)
    assert best.value >= optimum - 1e-6
    assert best.duals.shape == (len(one.visits),)
    assert best.marginal.shape == (len(one.shifts),)
    assert proof.best.value <= best.value


def test_it_is_over_when_the_block_ends():
    with proving(prepare(small()), seconds=PATIENCE_S) as proof:
        number = proof._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_proof_that_dies_harms_nobody(caplog):
    with proving(prepare(small()), seconds=PATIENCE_S) as proof:
        proof._process.kill()
        proof._process.wait()
    assert proof.best is None
    assert "the proof ended by itself" in caplog.text


def test_it_ends_with_its_starter():
    """The starter is killed and can tidy nothing up."""
    script = """if True:
        import sys, time
        import numpy as np
        from planner.routing.instance import prepare
        from planner.routing.proof import proving
        from tests.planner.routing.factories import random_problem
        one = random_problem(np.random.default_rng(5), visits=40, shifts=8)
        with proving(prepare(one), seconds=600) as proof:
            print(proof._process.pid, flush=True)
            time.sleep(600)
    """
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as starter:
        number = int(starter.stdout.readline())
        starter.kill()
    ends = time.monotonic() + PATIENCE_S
    try:
        while alive(number):
            assert time.monotonic() < ends, "the proof outlived its starter"
            time.sleep(0.1)
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def alive(number):
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        with open(f"/proc/{number}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_plan_carries_the_bound_over_routes_and_its_prices(monkeypatch):
    solving = import_module("planner.routing.solve")
    monkeypatch.setattr(solving, "LEAST_PROVING_S", 0.0)
    monkeypatch.setattr(solving, "SMALL", -1)  # not settled exactly before the proof begins
    ways = np.full((4, 4), 600.0)
    np.fill_diagonal(ways, 0.0)
    one = problem(
        seconds=ways,
        visits=(visit("A", place=1), visit("B", place=2), visit("C", place=3)),
        shifts=(shift(ends=9 * 3600 + 3600),),
        travel_cost_per_s=0.0,
    )
    heard = []
    plan = solve(
        one,
        seconds=PATIENCE_S,
        on_progress=heard.append,
        cancelled=lambda: bool(heard) and heard[-1].bound is not None and heard[-1].bound < 501.0,
    )
    assert plan.search_s < PATIENCE_S
    assert plan.bound == pytest.approx(500.0, abs=0.1)
    assert plan.bound_is_valid
    assert plan.bound_kind == "ng-route"
    assert audit(one, plan) == ()
    # One visit fits: one more such shift would make another, and the first is worth no more than the other.
    assert plan.prices.shifts["crew1-mon"] == pytest.approx(500.0, abs=0.1)
    assert set(plan.prices.visits) == {"A", "B", "C"}


def test_prices_survive_the_file(tmp_path):
    made = Prices({"A": 12.5, "B": 0.0}, {"crew1-mon": 100.25})
    write_prices(tmp_path / "prices.json", made)
    assert read_prices(tmp_path / "prices.json") == made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": "field-visit-prices/2", "visits": {}, "shifts": {}}', "field-visit-prices/2"),
        ('{"format": "field-visit-prices/1", "visits": {}}', "shifts"),
        ('{"format": "field-visit-prices/1", "visits": [], "shifts": {}}', "visits"),
        ('{"format": "field-visit-prices/1", "visits": {"A": "1"}, "shifts": {}}', "visits.A"),
        ('{"format": "field-visit-prices/1", "visits": {}, "shifts": {}, "more": 1}', "more"),
    ],
)
def test_damaged_prices_are_refused_by_name(tmp_path, text, said):
    (tmp_path / "prices.json").write_text(text)
    with pytest.raises(BadProblem, match=said):
        read_prices(tmp_path / "prices.json")


def test_a_proof_that_cannot_be_started_harms_nobody(monkeypatch, caplog):
    def refused(*_args, **_named):
        raise BlockingIOError

    monkeypatch.setattr("planner.routing.proof.subprocess.Popen", refused)
    with proving(prepare(small()), seconds=PATIENCE_S) as proof:
        pass
    assert proof.best is None
    (told,) = caplog.records
    assert (told.msg, told.kind) == ("no proof could be started", BlockingIOError)


def test_what_is_proven_with_a_lock_is_not_said_of_a_plan_without_it(monkeypatch):
    """Two visits, room for one: with the lock kept 400 is the most, but a plan that breaks it earns 500."""
    solving = import_module("planner.routing.solve")
    monkeypatch.setattr(solving, "LEAST_PROVING_S", 0.0)
    monkeypatch.setattr(solving, "SMALL", -1)
    ways = np.full((3, 3), 600.0)
    np.fill_diagonal(ways, 0.0)
    cheap = visit("B", place=2, options=(Option(9 * 3600, 18 * 3600, 400.0),))
    one = problem(
        seconds=ways,
        visits=(visit("A", place=1), cheap),
        shifts=(shift(ends=10 * 3600),),
        travel_cost_per_s=0.0,
        locks=(Lock("B", "crew1-mon"),),
    )
    instance = prepare(one)

    @contextmanager
    def proved(*_args, **_named):
        yield SimpleNamespace(best=Proven(400.0, np.zeros(2), np.zeros(1)))

    monkeypatch.setattr(solving, "proving", proved)
    for visits, kind in (((1,), "ng-route"), ((0,), "knapsack")):
        tours = toured(instance, [tuple(int(instance.nodes_of[v][0]) for v in visits)])
        monkeypatch.setattr(solving, "_by_search", lambda *_args, tours=tours: (tours, False))
        plan = solve(one, seconds=10.0)
        assert plan.bound_kind == kind
        assert plan.bound >= plan.objective
