"""One branch in one worker: planned once, refused with a reason that tells nothing of a debtor, bounded in memory."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from geodata.roads import RoadFailure
from planner.bank import branch as module
from planner.bank.branch import plan_branch, row_of
from planner.bank.budget import FINISHING_S, Budget
from planner.bank.memory import ENGINE, MB, bounded, resident, started
from planner.bank.order import Order, State
from planner.editing import Drop
from planner.plan import CERTAINTY
from planner.solving import SolverFailed
from tests.planner.conftest import in_process
from tests.planner.desk.test_desk import FRIDAY, branch, some_stop  # noqa: F401
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, SYSTEM, WEEK, means, principal

ORDER = Order("run-1", WEEK, (BRANCH,), NOW, 1, 500.0, 30, 1, None)
#: more than any machine has
ENOUGH = 1e9


@pytest.fixture
def asked(monkeypatch) -> list[dict[str, Any]]:
    """What the search was asked, which is made here and quickly."""
    monkeypatch.setattr(module.SOLVER, "start", lambda: None)
    monkeypatch.setattr(module, "BUDGET", Budget())
    calls: list[dict[str, Any]] = []

    def solve(problem, **how):
        calls.append(how)
        return in_process(problem)

    monkeypatch.setattr(module.SOLVER, "solve", solve)
    return calls


def visits_of(store, answer) -> int:
    return len(store.plan(SYSTEM, answer.plan_id).problem["visits"])


def made(store, order: Order = ORDER, **more: int):
    supply = lambda _: nullcontext(means(store))  # noqa: E731
    return plan_branch(order, BRANCH, store=store, supply=supply, limit_mb=ENOUGH, **more)


def test_a_branch_is_planned_once_in_a_run(own_store, asked):
    before = own_store.plans(SYSTEM, BRANCH, WEEK)
    first = made(own_store)
    assert (first.state, first.again, first.reason) == (State.PLANNED, False, "")
    assert first.visits > 0
    assert first.peak_mb > 10
    assert list(first.parts_s) == ["read", "times", "search", "save"]
    assert sum(first.parts_s.values()) == pytest.approx(first.took_s, abs=1.0)
    assert min(first.parts_s.values()) >= 0
    (how,) = asked
    assert how == {"seconds": how["seconds"], "seed": 1, "workers": 1, "steps": 30, "bound": False}
    assert first.threads == 1
    before_it = first.parts_s["read"] + first.parts_s["times"]
    finishing = FINISHING_S * visits_of(own_store, first)
    assert how["seconds"] == pytest.approx(500.0 - before_it - finishing, abs=0.1)
    second = made(own_store)
    assert (second.plan_id, second.worth, second.again, len(asked)) == (first.plan_id, first.worth, True, 1)
    assert len(own_store.plans(SYSTEM, BRANCH, WEEK)) == len(before) + 1
    saved = own_store.plan(SYSTEM, first.plan_id)
    assert saved.metrics["run"] == {"id": "run-1", "steps": 30}
    assert (saved.created_by, saved.created_at, saved.seed) == ("planner", NOW, 1)
    assert made(own_store, replace(ORDER, run="run-2")).plan_id != first.plan_id


def test_spare_processors_search_a_large_branch(own_store, asked, monkeypatch):
    monkeypatch.setattr(module, "SHIFTS_A_THREAD", 1)
    answer = made(own_store, replace(ORDER, steps=None), spare=1)
    (how,) = asked
    # They all search: whoever wants a bound asks for threads.
    assert (how["workers"], how["bound"], answer.threads) == (2, False, 2)


@pytest.mark.parametrize(
    ("threads", "steps", "shifts", "spare", "found"),
    [
        (1, None, 59, 7, 1),  # not large
        (1, None, 60, 0, 1),
        (1, None, 60, 1, 2),
        (1, None, 60, 7, 2),  # each has thirty shifts at least
        (1, None, 120, 2, 3),
        (2, None, 120, 4, 4),
        (4, None, 60, 0, 4),  # as it was asked
        (1, 30, 120, 7, 1),  # the same plan whoever is free
    ],
)
def test_the_threads_of_a_search(threads, steps, shifts, spare, found):
    problem: Any = SimpleNamespace(shifts=[None] * shifts)
    assert module.threads_for(replace(ORDER, threads=threads, steps=steps), problem, spare) == found


def test_a_plan_that_another_worker_saved_meanwhile_is_the_runs(own_store, monkeypatch):
    """The worker was taken for lost and another one planned the branch: both end well, with one plan."""

    def solve(problem, **_):
        monkeypatch.setattr(module.SOLVER, "solve", lambda problem, **_: in_process(problem))
        assert made(own_store).state is State.PLANNED
        return in_process(problem)

    monkeypatch.setattr(module.SOLVER, "solve", solve)
    answer = made(own_store)
    assert (answer.state, answer.again) == (State.PLANNED, True)
    assert [one.plan_id for one in own_store.plans(SYSTEM, BRANCH, WEEK)].count(answer.plan_id) == 1


def test_the_branchs_certainty_holds_unless_the_run_has_one(own_store, asked):
    own_store.save_setting(SYSTEM, BRANCH, CERTAINTY, 0.8, now=NOW)
    own = own_store.plan(SYSTEM, made(own_store).plan_id)
    runs = own_store.plan(SYSTEM, made(own_store, replace(ORDER, run="run-3", certainty=0.9)).plan_id)
    assert [one.metrics["finish"]["certainty"] for one in (own, runs)] == [0.8, 0.9]
    assert len(asked) >= 2
    assert all(125.0 <= one["seconds"] < 250.0 for one in asked)


def test_the_search_has_half_of_its_branchs_time_however_long_the_rest_takes(own_store, asked):
    visits = visits_of(own_store, made(own_store))
    module.BUDGET.learn(visits, 600.0)
    made(own_store, replace(ORDER, run="run-4"))
    assert asked[1]["seconds"] == 250.0


def test_what_finishing_takes_is_learnt_from_the_branch_before(own_store, asked):
    answer = made(own_store)
    visits = visits_of(own_store, answer)
    told = module.BUDGET.search_s(100.0, spent_s=0.0, visits=visits)
    assert told == pytest.approx(100.0 - answer.parts_s["save"])


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (RoadFailure("region x was never built", fault="input", try_again=False), State.REFUSED, "Region x was never"),
        (KeyError("张三"), State.FAILED, "A fault of ours (KeyError)"),
        (SolverFailed("the solver ended"), State.FAILED, "A fault of ours (SolverFailed)"),
    ],
)
def test_why_there_is_no_plan_names_nobody(own_store, monkeypatch, error, state, reason):
    def solve(_, **__):
        raise error

    monkeypatch.setattr(module.SOLVER, "solve", solve)
    answer = made(own_store)
    assert answer.state is state
    assert "张三" not in answer.reason
    assert answer.reason.startswith(reason)
    assert row_of(own_store, ORDER, BRANCH) is None


def test_nothing_to_plan_is_said_in_its_own_words(own_store):
    answer = made(own_store, replace(ORDER, week="2030-W10"))
    assert answer.state is State.REFUSED
    assert answer.reason.startswith("No crew")


def test_a_search_that_needs_too_much_memory_is_ended():
    hungry = "import time; held = bytearray(300_000_000); held[::4096] = b'x' * len(held[::4096]); time.sleep(60)"
    limit = resident(psutil.Process()) / MB + 150  # less than this process and its child have, more than it has alone
    with subprocess.Popen(["sleep", "60"]) as elder:
        with bounded(limit) as used, subprocess.Popen([sys.executable, "-c", hungry]) as child:
            assert child.wait(timeout=50) != 0
        assert elder.poll() is None  # who was there before is no search
        elder.kill()
    assert used.ended
    assert used.peak_mb > limit


def test_a_solver_that_stays_is_watched_like_one_of_the_branch():
    with subprocess.Popen(["sleep", "60"]) as solver, bounded(1.0, solver=solver.pid) as used:
        assert solver.wait(timeout=50) != 0
    assert used.ended


def test_neither_the_road_engine_nor_who_ends_it_with_us_counts():
    def one(pid: int, name: str, parent: int) -> Any:
        return SimpleNamespace(pid=pid, name=lambda: name, ppid=lambda: parent)

    children = [one(2, "python", 1), one(3, ENGINE, 2), one(4, "python", 1), one(5, "python", 4), one(6, ENGINE, 1)]
    process: Any = SimpleNamespace(pid=1, children=lambda recursive: children)
    assert [child.pid for child in started(process)] == [4, 5]
    assert started(process, frozenset({4})) == []


def test_finishing_is_foretold_from_several_branches() -> None:
    budget = Budget()
    for took_s in (12.0, 4.0, 12.0, 4.0):
        budget.learn(400, took_s)
    assert budget.search_s(20.0, spent_s=1.0, visits=400) == pytest.approx(11.0)
    assert budget.search_s(20.0, spent_s=1.0, visits=100) == pytest.approx(17.0)


def test_what_a_manager_settled_by_hand_in_a_draft_holds_in_a_run(branch, asked):  # noqa: F811
    desk = branch.desk()
    name = some_stop(desk)
    draft = branch.take(desk, Drop(name)).saved
    answer = made(branch.store, replace(ORDER, week=NEXT_WEEK, now=FRIDAY + timedelta(hours=1)))
    saved = branch.store.plan(SYSTEM, answer.plan_id)
    assert saved.parent == draft.plan_id
    assert name not in {stop["visit"] for one in saved.plan["routes"] for stop in one["stops"]}
    assert {one["visit"]: one["reason"] for one in saved.plan["left_out"]}[name] == "dropped"


def test_what_somebody_has_gone_back_from_holds_in_no_run(branch, asked):  # noqa: F811
    desk = branch.desk()
    draft = branch.take(desk, Drop(some_stop(desk))).saved
    branch.store.mark_undone(principal(), draft.plan_id, True, now=FRIDAY)
    answer = made(branch.store, replace(ORDER, week=NEXT_WEEK, now=FRIDAY + timedelta(hours=1)))
    saved = branch.store.plan(SYSTEM, answer.plan_id)
    assert saved.parent == branch.first.plan_id
    assert not [one for one in saved.plan["left_out"] if one["reason"] == "dropped"]
