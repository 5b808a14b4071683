"""One process solves problem after problem, is started again when it was killed, and goes when its starter does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner import routing
from planner.kept_solver import KeptSolver
from planner.solving import SolverFailed, solve_in_child
from tests.planner.routing.factories import random_problem
from tests.planner.test_solving import _runs


def some(seed: int = 1) -> routing.Problem:
    return random_problem(np.random.default_rng(seed), visits=20, shifts=3)


@pytest.fixture(scope="module")
def solver() -> Iterator[KeptSolver]:
    one = KeptSolver()
    yield one
    one.close()


def solved(solver: KeptSolver, problem: routing.Problem) -> routing.Plan:
    return solver.solve(problem, seconds=60, seed=1, workers=1, steps=30)


def test_it_stays_and_makes_the_plans_that_others_make(solver):
    assert solver.pid is None
    plans = [solved(solver, some(seed)) for seed in (1, 2, 1)]
    pid = solver.pid
    assert pid is not None
    alone = solve_in_child(some(), seconds=60, seed=1, workers=1, steps=30)
    assert plans[0].routes == plans[2].routes == alone.routes
    assert plans[1].routes != alone.routes
    assert routing.audit(some(2), plans[1]) == ()
    timed = solver.solve(some(), seconds=0.5, seed=1, workers=1)
    assert timed.search_s <= 0.6
    assert solver.pid == pid


def test_pairs_kept_apart_are_told_and_what_cannot_be_planned_harms_nobody_later(solver):
    problem = some()
    names = [one.id for one in problem.visits]
    every = frozenset(routing.pair(a, b) for k, a in enumerate(names) for b in names[k + 1 :])
    assert all(len(route.stops) == 1 for route in solved(solver, replace(problem, apart=every)).routes)
    pid = solver.pid
    broken = replace(problem, visits=(problem.visits[0], *problem.visits[:-1]))  # one twice
    with pytest.raises(SolverFailed, match=r"status 2: .*visits"):
        solved(solver, broken)
    assert solved(solver, problem).routes
    assert solver.pid == pid


def test_one_that_was_killed_is_told_once_and_started_again(solver):
    solved(solver, some())
    first = solver.pid
    os.kill(first, signal.SIGKILL)
    while solver.pid is not None:
        time.sleep(0.01)
    assert solved(solver, some()).routes
    assert solver.pid not in (None, first)


STARTER = """
import numpy as np, threading, time
from planner.kept_solver import KeptSolver
from tests.planner.routing.factories import random_problem
solver = KeptSolver()
solver.start()
print(solver.pid, flush=True)
problem = random_problem(np.random.default_rng(1), visits=20, shifts=3)
solver.solve(problem, seconds=300, seed=1, workers=1)
"""


def test_it_ends_when_its_starter_is_killed(tmp_path: Path):
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, env=environ, text=True) as starter:
        assert starter.stdout is not None
        pid = starter.stdout.readline().strip()
        assert _runs(pid)
        starter.kill()
    until = time.monotonic() + 20
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(pid)
