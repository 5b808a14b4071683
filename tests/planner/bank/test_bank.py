"""Every branch of a week by real Dask workers: the same plans however many there are, and none twice when they die."""

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
from planner.__main__ import branch_of_bank, main
from planner.bank.command import bank_command
from planner.bank.pool import SETUP
from planner.intake.read import read_list
from planner.receive import ListSource, receive
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


def test_one_worker_and_a_cluster_of_which_one_is_killed_make_the_same_plans(bank, scheduler, capsys):
    asked = ("--week", WEEK, "--steps", STEPS, "--now", NOW.isoformat(), "--json")
    before = saves(bank)
    status = main(["bank", "--workers", "1", *map(str, asked)])
    out, err = capsys.readouterr()
    alone = json.loads(out)
    assert status == 2  # one branch was refused, for want of a crew
    assert (alone["at_once"], alone["planned"], alone["not_planned"]) == (1, 2, 1)
    idle = alone["branches"][-1]
    assert (idle["branch"], idle["state"]) == (IDLE, "refused")
    assert f"No crew of branch {IDLE}" in idle["reason"]
    assert alone["again"].endswith(f"--run {alone['run']} --only {IDLE}")
    assert sum(line.startswith(("Run ", "[")) for line in err.splitlines()) == 4  # the run, and each branch

    status = command(bank, dies_once, *asked, "--scheduler", scheduler)
    killed = json.loads(capsys.readouterr().out)
    assert status == 2
    assert (killed["at_once"], killed["planned"], killed["not_planned"]) == (2, 2, 1)
    assert killed["run"] != alone["run"]
    # The first one's worker died with the plan saved: it was found, not made again.
    assert {one["branch"]: one["again"] for one in killed["branches"]} == {BRANCH: True, SECOND: False, IDLE: False}
    assert (saves(bank) - before.reindex(saves(bank).index, fill_value=0)).to_dict() == {BRANCH: 2, SECOND: 2}

    assert set(plans(bank, alone)) == {BRANCH, SECOND}
    assert plans(bank, alone) == plans(bank, killed)


def test_a_run_is_gone_on_with_where_it_ended(bank, capsys):
    runs = sorted(Path(os.environ["ROUNDS_VAR"], "bank").glob("*.json"))
    run = json.loads(runs[0].read_text(encoding="utf-8"))["run"]
    before = saves(bank)
    # All of it is planned: no worker is started, so none is asked.
    status = command(bank, None, "--run", run, "--only", f"{BRANCH},{SECOND}", "--json")
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [one["again"] for one in told["branches"]] == [True, True]
    assert told["again"] is None
    assert saves(bank).equals(before)


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
