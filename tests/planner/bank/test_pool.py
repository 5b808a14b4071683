"""Branches are given out as workers come free, and a lost scheduler is told; nothing here starts a worker."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from distributed import KilledWorker

from planner.bank import pool
from planner.bank.order import SPARE, Answer, State, order_of
from planner.bank.pool import carried_out
from tests.planner.bank.test_order import ORDER


class Cluster:
    """Two places, at which branches end at once; ``ends`` says after how many it is gone."""

    def __init__(self, *, ends: int = 99) -> None:
        self.ends, self.given = ends, 0
        self.told: list[dict[str, Any]] = []

    def nthreads(self) -> dict[str, int]:
        if self.given >= self.ends:
            raise OSError("gone")
        return {"a": 1, "b": 1}

    def submit(self, work: Any, told: Any, branch: str, *, key: str, pure: bool) -> Any:
        self.given += 1
        self.told.append(told)
        answer = Answer(branch, State.PLANNED, "1f").told()
        future = SimpleNamespace(key=key, status="finished", result=lambda: answer)
        future.add_done_callback = lambda put: put(future)
        return future


def test_each_branch_is_given_out_once() -> None:
    cluster: Any = Cluster()
    branches = [f"B{k}" for k in range(7)]
    answers = list(carried_out(cluster, lambda told, branch: {}, ORDER, branches, lambda _: None))
    assert [one.branch for one in answers] == branches
    assert cluster.given == 7


def test_where_few_branches_are_left_each_is_told_how_many_processors_are_spare() -> None:
    def spare(branches: int, *, room: int, threads: int = 1) -> list[int]:
        cluster: Any = Cluster()
        codes = [f"B{k}" for k in range(branches)]
        order = replace(ORDER, threads=threads)
        assert list(carried_out(cluster, lambda told, branch: {}, order, codes, lambda _: None, room=room))
        assert all(order_of({key: one[key] for key in one if key != SPARE}) == order for one in cluster.told)
        return [one.get(SPARE, 0) for one in cluster.told]

    assert spare(1, room=2) == [1]
    assert spare(1, room=4, threads=2) == [6]
    assert spare(3, room=4) == [0, 0, 1]
    assert spare(4, room=2) == [0, 0, 0, 0]  # one is still being planned when the last begins
    assert spare(2, room=0) == [0, 0]  # of other machines nothing is known


def test_what_was_not_given_out_when_the_scheduler_was_lost_is_told() -> None:
    cluster: Any = Cluster(ends=2)
    answers = list(carried_out(cluster, lambda told, branch: {}, ORDER, ["B1", "B2", "B3", "B4"], lambda _: None))
    assert {one.branch: one.state for one in answers} == {
        "B1": State.PLANNED, "B2": State.PLANNED, "B3": State.FAILED, "B4": State.FAILED,
    }  # fmt: skip


def test_of_a_branch_whose_workers_are_killed_it_is_said_what_to_set() -> None:
    """A worker that is larger than it may be even without a search is ended by Dask, as the next one is."""

    class Small(Cluster):
        """Its workers have too little memory."""

        def submit(self, work: Any, told: Any, branch: str, *, key: str, pure: bool) -> Any:
            error = KilledWorker(key, SimpleNamespace(address="a"), 3)
            future = SimpleNamespace(key=key, status="error", exception=lambda: error)
            future.add_done_callback = lambda put: put(future)
            return future

    cluster: Any = Small()
    (answer,) = carried_out(cluster, lambda told, branch: {}, ORDER, ["B1"], lambda _: None)
    assert answer.state is State.FAILED
    assert "ROUNDS_BANK_WORKER_MB" in answer.reason


def test_when_no_worker_is_left_the_run_ends(monkeypatch) -> None:
    class Deserted(Cluster):
        """Takes branches, and neither plans them nor has anybody who could."""

        cancelled = 0

        def nthreads(self) -> dict[str, int]:
            return {}

        def submit(self, work: Any, told: Any, branch: str, *, key: str, pure: bool) -> Any:
            return SimpleNamespace(key=key, add_done_callback=lambda put: None)

        def cancel(self, futures: list[Any]) -> None:
            self.cancelled += len(futures)

    for name in ("TELL_S", "GONE_S"):
        monkeypatch.setattr(pool, name, 0.01)
    cluster: Any = Deserted()
    answers = list(pool.carried_out(cluster, lambda told, branch: {}, ORDER, ["B1", "B2", "B3"], lambda _: None))
    assert [(one.branch, one.state) for one in answers] == [(one, State.FAILED) for one in ("B1", "B2", "B3")]
    assert {one.reason for one in answers} == {"No worker was left; what is saved is kept."}
    assert cluster.cancelled == 1
