"""Every branch of a week by real Dask workers: the same plans however many there are, and none twice when they die.

The ordinary run has one worker and kills none; a cluster, of which one is killed, is for ``make test-long``.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import dask
import pandas as pd
import pytest
from distributed import LocalCluster

from config.profiles import load_profile
from config.settings import load_settings
from planner.__main__ import ROOT, branch_of_bank, main, supplier
from planner.bank.command import SECONDS, SEED, bank_command
from planner.bank.order import SPARE, Answer, Order, State
from planner.bank.pool import SETUP
from planner.intake.read import read_list
from planner.plan import plan_week
from planner.receive import ListSource, receive
from planner.solving import solve_in_child
from planner.store import Store, open_store
from tests.planner import factories as town
from tests.planner.factories import BRANCH, MONDAY, NOW, ROAD_REGION, WEEK, principal

SECOND, IDLE = "YX02", "YX03"
ALL = (BRANCH, SECOND, IDLE)
STEPS = 20


def settle(store: Store, listed: Path) -> None:
    """Give the bank a second branch like the first one, and a third without a crew."""
    store.save_branch(principal(branches=(IDLE,)), town.branch(IDLE), now=NOW)
    asking = principal(branches=(SECOND,))
    store.save_branch(asking, town.branch(SECOND), now=NOW)
    store.save_collectors(asking, SECOND, town.collectors(SECOND), now=NOW)
    store.save_crews(asking, SECOND, town.crews(SECOND), now=NOW)
    days = [MONDAY + timedelta(days=k) for k in range(3)]
    store.save_shifts(asking, SECOND, [town.shift(f"{SECOND}-A", day, branch=SECOND) for day in days], now=NOW)
    store.save_customers(asking, SECOND, town.customers(code=SECOND), now=NOW)
    checked = read_list(listed, load_profile("auto"), today=NOW.date())
    source = ListSource(listed.name, town.sha256(listed), "auto")
    receive(store, asking, SECOND, checked, source, index=town.street_index(), now=NOW)


@pytest.fixture(scope="module")
def bank(story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The bank's store, in a folder that this process and those it starts take for theirs."""
    var = tmp_path_factory.mktemp("bank") / "var"
    town.write_region(var / "regions" / ROAD_REGION)
    shutil.copy(story.database, var / "rounds.sqlite")
    with pytest.MonkeyPatch.context() as patch, closing(open_store(f"sqlite:///{var / 'rounds.sqlite'}")) as store:
        for key in [key for key in os.environ if key.startswith("ROUNDS_")]:
            patch.delenv(key)
        patch.setenv("ROUNDS_VAR", str(var))
        settle(store, story.listed)
        yield store


@pytest.fixture(scope="module")
def scheduler(bank) -> Iterator[str]:
    """The address of a cluster of two workers."""
    with dask.config.set(SETUP), LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=logging.CRITICAL,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0", "dashboard": False},
        env={"DASK_LOGGING__DISTRIBUTED": "critical", "OMP_NUM_THREADS": "1"},
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


def dies_once(told: Mapping[str, Any], branch: str) -> Mapping[str, Any]:
    """Plan a branch in a worker; the first branch's is killed when the plan is saved, before it can say so."""
    mark = Path(os.environ["ROUNDS_VAR"]) / "died"
    answer = branch_of_bank(told, branch)
    if branch == BRANCH and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


def command(bank: Store, work: Any, *argv: object) -> int:
    var = Path(os.environ["ROUNDS_VAR"])
    return bank_command(
        [str(one) for one in argv], store=bank, work=work, runs=var / "bank", limit_mb=4000, embedded=True,
        clock=lambda: NOW,
    )  # fmt: skip


def plans(store: Store, told: Mapping[str, Any]) -> dict[str, Any]:
    """What each branch's plan of a run says, but for when and how long it was searched."""
    found = {}
    for one in told["branches"]:
        if one["state"] == "planned":
            saved = store.plan(principal(branches=ALL), one["plan_id"])
            plan = {name: value for name, value in saved.plan.items() if name != "search_s"}
            found[one["branch"]] = (plan, saved.problem, saved.context, saved.metrics["plan"])
    return found


def saves(store: Store) -> pd.Series:
    """How often each branch's plans were saved, by the trail."""
    deeds = [(one.branch, one.what) for code in ALL for one in store.audit_entries(principal(branches=ALL), code)]
    table = pd.DataFrame(deeds, columns=["branch", "action"])
    return table[table["action"] == "plan.save"].groupby("branch").size()


def added(store: Store, before: pd.Series) -> dict[str, int]:
    """How many plans of each branch were saved since."""
    now = saves(store)
    new = now - before.reindex(now.index, fill_value=0)
    return {str(branch): int(count) for branch, count in new.items() if count}


@pytest.mark.long  # a process of Dask may take longer to start than it waits, where others work beside it
def test_a_worker_process_saves_the_plan_that_the_plan_command_makes(bank, capsys):
    before = saves(bank)
    asked = ("--week", WEEK, "--steps", STEPS, "--now", NOW.isoformat())
    status = main(["bank", "--workers", "1", "--only", f"{BRANCH},{IDLE}", *map(str, asked), "--json"])
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert status == 2  # one branch was refused, for want of a crew
    assert (told["at_once"], told["planned"], told["not_planned"]) == (1, 1, 1)
    idle = told["branches"][-1]
    assert (idle["branch"], idle["state"]) == (IDLE, "refused")
    assert f"No crew of branch {IDLE}" in idle["reason"]
    assert told["again"].endswith(f"--run {told['run']} --only {IDLE}")
    assert sum(line.startswith(("Run ", "[")) for line in err.splitlines()) == 3  # the run, and each branch
    assert added(bank, before) == {BRANCH: 1}

    # As the plan command does it, but for steps, which it has no word for.
    with supplier(load_settings(ROOT, os.environ), bank)(BRANCH) as means:
        own = plan_week(
            means, principal(), BRANCH, WEEK, seed=SEED, now=NOW,
            solve=lambda problem: solve_in_child(problem, seconds=SECONDS, seed=SEED, workers=1, steps=STEPS),
        )  # fmt: skip
    by_command = {"branches": [{"branch": BRANCH, "state": "planned", "plan_id": own.plan_id}]}
    assert own.plan_id != told["branches"][0]["plan_id"]
    assert plans(bank, told) == plans(bank, by_command)
    assert plans(bank, told)[BRANCH][0]["routes"]

    # The run is gone on with where it ended. All that is wanted is planned: no worker is started, so none is asked.
    before = saves(bank)
    assert command(bank, None, "--run", told["run"], "--only", BRANCH, "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert [one["again"] for one in again["branches"]] == [True]
    assert again["again"] is None
    assert added(bank, before) == {}


@pytest.mark.long
def test_one_worker_and_a_cluster_of_which_one_is_killed_make_the_same_plans(bank, scheduler, capsys):
    asked = ("--week", WEEK, "--steps", STEPS, "--now", NOW.isoformat(), "--json")
    before = saves(bank)
    assert main(["bank", "--workers", "1", *map(str, asked)]) == 2  # one branch has no crew
    alone = json.loads(capsys.readouterr().out)
    assert (alone["at_once"], alone["planned"], alone["not_planned"]) == (1, 2, 1)

    status = command(bank, dies_once, *asked, "--scheduler", scheduler)
    killed = json.loads(capsys.readouterr().out)
    assert status == 2
    assert (killed["at_once"], killed["planned"], killed["not_planned"]) == (2, 2, 1)
    assert killed["run"] != alone["run"]
    # The first one's worker died with the plan saved: it was found, not made again.
    assert {one["branch"]: one["again"] for one in killed["branches"]} == {BRANCH: True, SECOND: False, IDLE: False}
    assert added(bank, before) == {BRANCH: 2, SECOND: 2}

    assert set(plans(bank, alone)) == {BRANCH, SECOND}
    assert plans(bank, alone) == plans(bank, killed)


def test_a_worker_hears_how_many_processors_are_spare(bank, monkeypatch):
    heard: list[Any] = []

    def plan(order: Order, branch: str, **how: Any) -> Answer:
        heard.append((order, branch, how["spare"]))
        return Answer(branch, State.REFUSED, reason="No crew.")

    monkeypatch.setattr("planner.bank.branch.plan_branch", plan)
    order = Order("run-1", WEEK, ALL, NOW, SEED, SECONDS, None, 1, None)
    assert branch_of_bank(order.told() | {SPARE: 3}, IDLE)["reason"] == "No crew."
    branch_of_bank(order.told(), IDLE)
    assert heard == [(order, IDLE, 3), (order, IDLE, 0)]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--week", WEEK, "--scheduler", "tcp://10.0.0.5:8786"), "ROUNDS_DATABASE_URL"),
        (("--week", WEEK, "--scheduler", "10.0.0.5:8786"), "must be an address"),
        (("--week", WEEK, "--only", "NOPE"), "'NOPE'"),
        (("--run", "nope"), "'nope'"),
        ((), "--week"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(bank, capsys, argv, words):
    try:
        status = main(["bank", *argv])
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert words in err


def test_a_cluster_that_is_not_there(bank, capsys, monkeypatch):
    from planner.bank import pool

    monkeypatch.setattr(pool, "COME_S", 0.5)
    assert main(["bank", "--week", WEEK, "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "There is no Dask scheduler at tcp://127.0.0.1:9." in capsys.readouterr().err
