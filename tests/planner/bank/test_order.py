"""What a run is asked, kept and told; nothing here needs a worker."""

from __future__ import annotations

import argparse
import doctest
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planner.bank import command as command_module
from planner.bank import told as told_module
from planner.bank.command import BadOrder, address, asked, near, parser, saved_here
from planner.bank.order import Answer, NoSuchRun, Order, State, answer_of, keep, kept, order_of
from planner.bank.told import Telling, again, closing, report
from tests.planner.factories import NOW, WEEK

ORDER = Order("20261120-100000-ab12", WEEK, ("YX01", "YX02"), NOW, 7, 20.0, 300, 1, 0.85)
PLANNED = Answer("YX01", State.PLANNED, "1f", 21, 5_000.5, took_s=8.0, peak_mb=700.0)
REFUSED = Answer("YX02", State.REFUSED, reason="No crew.")
STORE: Any = SimpleNamespace(branch_codes=lambda _: ("YX01", "YX02"))


def asked_for(runs: Path, *argv: str) -> tuple[Order, tuple[str, ...]]:
    return asked(parser().parse_args(argv), STORE, runs, lambda: NOW + timedelta(microseconds=5))


def test_an_order_and_an_answer_come_back_as_they_were(tmp_path):
    keep(tmp_path / "bank", ORDER)
    assert kept(tmp_path / "bank", ORDER.run) == ORDER
    assert order_of(json.loads(json.dumps(ORDER.told()))) == ORDER
    for one in (PLANNED, REFUSED):
        assert answer_of(json.loads(json.dumps(one.told()))) == one


def test_an_order_of_another_version_is_not_guessed_at(tmp_path):
    for changed in ({"format": "rounds-bank-run/2"}, {"speed": 3}):
        with pytest.raises(ValueError, match="an order of a run"):
            order_of(ORDER.told() | changed)
    keep(tmp_path, ORDER)
    (tmp_path / f"{ORDER.run}.json").write_text("{", encoding="utf-8")
    for name in (ORDER.run, "20261120", "../../etc/passwd"):
        with pytest.raises(NoSuchRun):
            kept(tmp_path, name)


def test_each_branch_of_each_run_has_a_plan_of_its_own():
    orders = [ORDER, replace(ORDER, run="other"), replace(ORDER, week="2026-W50")]
    ids = {one.plan_id(branch) for one in orders for branch in ORDER.branches}
    assert len(ids) == 6
    assert ORDER.plan_id("YX01") == replace(ORDER, seed=8).plan_id("YX01")
    assert all(len(one) == 12 for one in ids)


def test_a_run_is_kept_and_gone_on_with(tmp_path):
    order, branches = asked_for(tmp_path, "--week", WEEK, "--steps", "50")
    assert (order.branches, branches, order.steps, order.now) == (("YX01", "YX02"), ("YX01", "YX02"), 50, NOW)
    assert asked_for(tmp_path, "--run", order.run) == (order, branches)
    assert asked_for(tmp_path, "--run", order.run, "--only", "YX02,YX02") == (order, ("YX02",))
    part, _ = asked_for(tmp_path, "--week", WEEK, "--only", "YX02")
    assert part.branches == ("YX02",)
    assert part.run != order.run


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "--week"),
        (("--week", "2026-W60"), "week"),
        (("--week", WEEK, "--only", "YX01,NOPE"), "'NOPE'"),
        (("--week", WEEK, "--only", ""), "--only"),
        (("--week", WEEK, "--only", " ,"), "--only"),
        (("--week", WEEK, "--steps", "5", "--threads", "2"), "--threads 1"),
        (("--run", "nope"), "'nope'"),
        (("--run", "nope", "--seed", "3"), "--seed"),
    ],
)
def test_what_cannot_be_asked(tmp_path, argv, words):
    with pytest.raises((BadOrder, NoSuchRun), match=words):
        asked_for(tmp_path, *argv)
    assert list(tmp_path.iterdir()) == []


def test_addresses():
    assert [address(one) for one in ("tcp://10.0.0.5:8786", "tls://dask.bank:8786")]
    for wrong in ("10.0.0.5:8786", "http://10.0.0.5:8786", "tcp://10.0.0.5", "tcp://:1", "tcp://a:port"):
        with pytest.raises(argparse.ArgumentTypeError):
            address(wrong)
    assert [near(one) for one in ("tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://10.0.0.5:1")] == [True, True, False]


def test_a_plan_that_is_not_in_the_record_is_none():
    assert saved_here(PLANNED, lambda _: True) is PLANNED
    assert saved_here(REFUSED, lambda _: False) is REFUSED
    lost = saved_here(PLANNED, lambda _: False)
    assert (lost.state, "ROUNDS_DATABASE_URL" in lost.reason) == (State.REFUSED, True)


def test_a_run_is_told_branch_by_branch_and_in_the_end(monkeypatch):
    out = io.StringIO()
    telling = Telling(ORDER, out, slots=2, total=4)
    assert "2 running" in telling.standing()
    telling.ended(PLANNED)
    assert telling.left_s() == pytest.approx(8.0 * (3 - 1) / 2)
    telling.ended(REFUSED)
    first, second = out.getvalue().splitlines()
    assert first.startswith("[1/4] YX01  21 visits, worth 5,000, in 8 s with 700 MB  (1 planned, 2 running, 0 not")
    assert second.startswith("[2/4] YX02  not planned: No crew.  (1 planned, 2 running, 1 not planned")
    telling.running(1)  # said again only after a while
    assert len(out.getvalue().splitlines()) == 2
    monkeypatch.setattr(told_module, "EVERY_S", -1.0)
    telling.running(1)
    assert out.getvalue().splitlines()[-1].startswith("1 planned, 1 running, 1 not planned")
    command = again(ORDER, [PLANNED, REFUSED], "tcp://10.0.0.5:8786")
    assert command.endswith(f"bank --run {ORDER.run} --only YX02 --scheduler tcp://10.0.0.5:8786")
    assert again(ORDER, [PLANNED], None) == ""
    assert command in closing([PLANNED, REFUSED], wall_s=9, command=command)
    told = report(ORDER, [REFUSED, PLANNED], wall_s=9, slots=2, command=command)
    assert (told["planned"], told["not_planned"], told["worth"]) == (1, 1, 5_000.5)
    assert [one["branch"] for one in told["branches"]] == ["YX01", "YX02"]


def test_the_examples_in_the_sources_hold():
    for module in (told_module, command_module):
        assert doctest.testmod(module).attempted > 0
        assert doctest.testmod(module).failed == 0
