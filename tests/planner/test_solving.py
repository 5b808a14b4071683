"""The solver in a process of its own: it reports, it can be stopped, and its failure is told as ours."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from planner import routing
from planner.solving import SolverFailed, solve_in_child
from tests.planner.routing.factories import random_problem


def some() -> routing.Problem:
    return random_problem(np.random.default_rng(1), visits=20, shifts=3)


@pytest.fixture
def liar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put another program in the solver's place."""

    def put(script: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return put


def test_a_plan_comes_back_that_passes_the_audit():
    problem = some()
    told = []
    plan = solve_in_child(problem, seconds=1, seed=1, workers=1, on_progress=lambda one: bool(told.append(one)))
    assert routing.audit(problem, plan) == ()
    assert told
    assert set(told[0]) >= {"elapsed_s", "objective", "planned", "phase"}


def test_asked_to_stop_it_keeps_the_best_plan():
    problem = some()
    plan = solve_in_child(problem, seconds=300, seed=1, workers=1, on_progress=lambda _: True)
    assert routing.audit(problem, plan) == ()
    assert plan.search_s < 300


def test_who_listens_and_fails_ends_the_search():
    def fail(_: object) -> bool:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        solve_in_child(some(), seconds=300, seed=1, workers=1, on_progress=fail)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo first >&2; echo 'no memory' >&2; exit 3", "status 3: no memory"),
        ("exit 0", "status 0: nothing was said"),
        ("kill -9 $$", "status -9: nothing was said"),
    ],
)
def test_a_solver_that_dies_is_a_fault_of_ours(liar, script, words):
    liar(script)
    with pytest.raises(SolverFailed, match=words):
        solve_in_child(some(), seconds=1, seed=1)
