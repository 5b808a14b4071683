"""The solver in a process of its own: it reports, it can be stopped, and its failure is told as ours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner import routing, solving
from planner.routing.worths_format import read_worths, write_worths
from planner.solving import PREFIX, SolverFailed, asked, remove_stale_folders, solve_in_child
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


def test_the_uplift_told_on_the_way_is_that_of_the_plan_and_changes_no_plan():
    problem = some()
    worths = {one.id: [10 * option.value + 3 for option in one.options] for one in problem.visits[1:]}
    told = []
    plan = solve_in_child(
        problem, seconds=1, seed=1, workers=1, worths=worths, on_progress=lambda one: bool(told.append(one))
    )
    assert routing.audit(problem, plan) == ()
    values = {one.id: [option.value for option in one.options] for one in problem.visits} | worths
    stops = [stop for route in plan.routes for stop in route.stops]
    assert told[-1]["uplift"] == pytest.approx(sum(values[stop.visit][stop.option] for stop in stops), abs=0.01)
    assert told[-1]["planned"] == len(stops)
    assert all(one["uplift"] is not None for one in told)


@pytest.mark.parametrize("worths", [{"V": [1.0] * 9}, {"V": ["x"]}, {"V": 3.0}, {"V": [True]}])
def test_worths_that_are_none_are_refused(worths, tmp_path):
    problem = some()
    path = tmp_path / "worths.json"
    write_worths(path, {})
    named = {problem.visits[0].id: worths["V"]}
    path.write_text(json.dumps({"format": "field-visit-worths/1", "worths": named}))
    with pytest.raises(routing.BadProblem, match="'worths' must"):
        routing.solve(problem, seconds=0.01, worths=read_worths(path))


def test_the_solver_hears_of_pairs_kept_apart():
    problem = some()
    names = [one.id for one in problem.visits]
    every = frozenset(routing.pair(a, b) for k, a in enumerate(names) for b in names[k + 1 :])
    plan = solve_in_child(replace(problem, apart=every), seconds=1, seed=1, workers=1)
    assert plan.routes
    assert all(len(route.stops) == 1 for route in plan.routes)


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


def test_a_solver_that_says_nothing_more_and_does_not_end_is_killed(liar, monkeypatch):
    monkeypatch.setattr(solving, "GRACE_S", 0.2)
    liar("exec >&-; exec sleep 60")
    with pytest.raises(SolverFailed, match="status -9"):
        solve_in_child(some(), seconds=1, seed=1)


def test_a_solver_that_will_not_stop_is_killed(liar, monkeypatch):
    monkeypatch.setattr(solving, "GRACE_S", 0.2)
    liar("trap '' TERM; echo '{}'; exec sleep 60")
    with pytest.raises(SolverFailed, match="status -9"):
        solve_in_child(some(), seconds=1, seed=1, on_progress=lambda _: True)


def test_a_plan_that_was_written_before_the_solver_was_killed_is_kept(liar, tmp_path):
    problem = some()
    plan = solve_in_child(problem, seconds=1, seed=1, workers=1)
    routing.write_plan(tmp_path / "kept.json", plan)
    liar(f"""for one; do case $one in *plan.json) cp '{tmp_path}/kept.json' "$one";; esac; done; kill -9 $$""")
    assert solve_in_child(problem, seconds=1, seed=1).routes == plan.routes


STARTER = """
import numpy as np
from planner.solving import solve_in_child
from tests.planner.routing.factories import random_problem
problem = random_problem(np.random.default_rng(1), visits=20, shifts=3)
solve_in_child(problem, seconds=300, seed=1, workers=1, on_progress=lambda _: print("solving", flush=True))
"""


def test_a_solver_is_told_where_no_bound_is_wanted():
    with asked(random_problem(np.random.default_rng(1), visits=3, shifts=1)) as files:
        told = [files.arguments(seconds=1, seed=1, workers=2, steps=None, bound=one) for one in (True, False)]
    assert [one.count("--no-bound") for one in told] == [0, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ties the two together on Linux only")
def test_a_killed_starter_takes_its_solver_along_and_its_folder_goes_later(tmp_path):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"solving\n"
    children = Path(f"/proc/{starter.pid}/task/{starter.pid}/children").read_text().split()
    assert len(children) == 1
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    until = time.monotonic() + 10
    while _runs(children[0]) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(children[0])
    assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1
    mine = tmp_path / f"{PREFIX}{os.getpid()}-x"
    mine.mkdir()
    remove_stale_folders(tmp_path)
    assert list(tmp_path.glob(f"{PREFIX}*")) == [mine]


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
