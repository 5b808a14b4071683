"""A pen does its work in order in a thread of its own, and what fails there is raised."""

from __future__ import annotations

import threading
import time

import pytest

from planner.store.behind import behind


def test_it_is_done_in_order_and_elsewhere() -> None:
    said: list[tuple[int, str]] = []
    with behind() as pen:
        answers = [pen.do(lambda n=n: said.append((n, threading.current_thread().name)) or n) for n in range(5)]  # type: ignore[misc]
        assert [answer.result() for answer in answers] == list(range(5))
    assert [n for n, _ in said] == list(range(5))
    assert {name for _, name in said}.isdisjoint({threading.current_thread().name})


def test_what_nobody_asked_for_is_raised_all_the_same() -> None:
    def fails() -> None:
        raise ValueError("no such debtor")

    def work() -> None:
        with behind() as pen:
            pen.do(fails)
            pen.do(int)

    with pytest.raises(ValueError, match="no such debtor"):
        work()


def test_after_a_fault_nothing_more_is_begun() -> None:
    begun = list[str]()

    def fails() -> None:
        begun.append("first")
        raise KeyError("no such key")

    def work() -> None:
        with behind() as pen:
            pen.do(fails)
            pen.do(begun.append, "second")

    with pytest.raises(KeyError):
        work()
    assert begun == ["first"]


def test_no_more_than_one_work_is_held() -> None:
    may_go, ready = threading.Event(), list[int]()

    def work(n: int) -> int:
        may_go.wait(20)
        return n

    def given() -> None:
        with behind() as pen:
            for n in range(3):
                ready.append(n)
                pen.do(work, n)

    caller = threading.Thread(target=given)
    caller.start()
    while len(ready) < 2:
        time.sleep(0.01)
    caller.join(0.05)
    assert ready == [0, 1], "the third is not made ready while the first is under way"
    may_go.set()
    caller.join()
    assert ready == [0, 1, 2]
