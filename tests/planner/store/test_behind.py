"""A pen does its work in order in a thread of its own, and what fails there is raised."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

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


def test_after_a_fault_of_the_caller_nothing_more_is_begun() -> None:
    begun, later = list[str](), list[Future[None]]()

    def waits() -> None:
        begun.append("first")
        ends = time.monotonic() + 20
        while time.monotonic() < ends and not (later and later[0].cancelled()):
            time.sleep(0.01)

    def work() -> None:
        with behind() as pen:
            pen.do(waits)
            later.append(pen.do(begun.append, "second"))
            raise KeyError("the caller's")

    with pytest.raises(KeyError):
        work()
    assert "second" not in begun
