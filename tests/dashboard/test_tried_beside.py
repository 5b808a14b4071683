"""Slots that another process tries are the same, whatever becomes of it."""

from __future__ import annotations

import io
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from dashboard import tried_beside
from dashboard.screens import standing
from dashboard.tried_beside import KEPT, TriedBeside, reasons, receive, send, serve
from tests.planner.why.test_slots import standings


@pytest.fixture
def beside():
    one = TriedBeside()
    yield one
    one.close()
    one.asking.shutdown()


def visits(of):
    return [one.id for one in of.problem.visits]


def test_another_process_finds_the_same_slots(beside):
    plans = list(standings(2))
    asked = [(of, name, beside.ask(of, name)) for of in plans for name in visits(of)]
    found = [(coming.result(timeout=60), reasons(of, name)) for of, name, coming in asked]
    assert all(there == here for there, here in found)
    assert any(there is not None for there, _ in found)
    assert beside.process is not None
    assert beside.process.poll() is None


def test_where_it_was_killed_slots_are_tried_here_and_it_is_started_anew(beside):
    (of,) = standings(1)
    name = visits(of)[0]
    assert beside.ask(of, name).result(timeout=60) == reasons(of, name)
    first = beside.process
    first.kill()
    first.wait()
    assert beside.ask(of, name).result(timeout=60) == reasons(of, name)
    assert beside.ask(of, name).result(timeout=60) == reasons(of, name)
    assert beside.process is not first
    assert beside.process.poll() is None


def test_it_asks_for_a_plan_that_it_does_not_know_and_keeps_the_last_few():
    (of,) = standings(1)
    name = visits(of)[0]
    asked, answers = io.BytesIO(), io.BytesIO()
    send(asked, ("0", None, name))
    for one in range(KEPT + 1):
        send(asked, (str(one), of, name))
    for one in ("1", "0"):
        send(asked, (one, None, name))
    asked.seek(0)
    serve(asked, answers)
    answers.seek(0)
    found = [receive(answers) for _ in range(KEPT + 4)]
    assert [known for known, _ in found] == [False, *[True] * (KEPT + 2), False]
    assert found[1][1] == reasons(of, name)


def test_a_page_that_goes_on_takes_nobody_s_answer_away(monkeypatch):
    (of,) = standings(1)
    gone, kept = Future(), Future()
    gone.cancel()
    coming = [gone, kept]

    class Beside:
        def ask(self, _of, _debtor):
            return coming.pop(0)

    kept.set_result("found")
    monkeypatch.setattr(standing, "beside", Beside)
    standing.asked.clear()
    assert standing.reasons_of(SimpleNamespace(busy=True), of, "plan", True, "debtor") == "found"
    assert standing.reasons_of(SimpleNamespace(busy=True), of, "plan", True, "debtor") == "found"
    assert coming == []
    standing.asked.clear()


def test_a_fault_of_the_question_is_told_as_it_was(beside, monkeypatch):
    monkeypatch.setattr(tried_beside, "why_here", lambda *_: 1 / 0)
    (of,) = standings(1)
    monkeypatch.setattr(tried_beside, "started", lambda: (_ for _ in ()).throw(OSError))
    with pytest.raises(ZeroDivisionError):
        beside.ask(of, "anybody").result(timeout=60)
