"""The command line from end to end on a database of its own, with straight-line roads: statuses, sentences, files."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.__main__ import COMMANDS, ROOT, main
from planner.store import migrate, open_store
from tests.planner.factories import (
    BRANCH,
    NOW,
    ROAD_REGION,
    WEEK,
    case,
    cases,
    customers,
    principal,
    store_at,
    write_list,
    write_region,
)  # fmt: skip


@pytest.fixture
def place(story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runtime data with the story's database and its town."""
    for key in [key for key in os.environ if key.startswith("ROUNDS_")]:
        monkeypatch.delenv(key)
    var = tmp_path / "var"
    write_region(var / "regions" / ROAD_REGION)
    shutil.copy(story.database, var / "rounds.sqlite")
    monkeypatch.setenv("ROUNDS_VAR", str(var))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    """Run a command as the shell would see it: its status, what it says and what it complains of."""
    try:
        status = main([str(one) for one in argv])
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def refused(answer: tuple[int, str, str], *words: str) -> None:
    """Status 2, nothing on standard output, one line that says what is wrong."""
    status, out, err = answer
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    for word in words:
        assert word in err


def test_the_module_runs_as_a_program(place):
    def program(*argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "planner", *argv], cwd=ROOT, capture_output=True, text=True, check=False
        )

    lost = program("plan", "--branch", "NOPE", "--week", WEEK)
    assert (lost.returncode, lost.stdout, lost.stderr) == (2, "", "There is no branch 'NOPE'.\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(place, capsys, name):
    status, out, _ = run(capsys, name, "--help")
    assert status == 0
    assert out.startswith("usage: ")
    assert f"planner {name}" in out.splitlines()[0]


def test_without_a_command_the_commands_are_listed(place, capsys):
    status, out, _ = run(capsys)
    assert status == 2
    assert all(f"  {name} " in out for name in COMMANDS)
    assert run(capsys, "--help")[:2] == (0, out)


def test_an_unknown_command_or_setting(place, capsys, monkeypatch):
    refused(run(capsys, "dance"), "'dance'", "plan")
    monkeypatch.setenv("ROUNDS_PLAN_SECONDS", "soon")
    refused(run(capsys, "plan", "--branch", BRANCH, "--week", WEEK), "ROUNDS_PLAN_SECONDS")


@pytest.mark.parametrize("week", ["2026-W54", "next", "2026-48"])
def test_a_bad_week(place, capsys, week):
    refused(run(capsys, "plan", "--branch", BRANCH, "--week", week), "week")


def test_a_week_without_shifts_and_a_place_for_the_files_that_is_none(place, capsys):
    refused(run(capsys, "plan", "--branch", BRANCH, "--week", "2030-W10"), "No crew")
    for option in ("--out", "--problem-out"):
        answer = run(capsys, "plan", "--branch", BRANCH, "--week", WEEK, option, place / "nowhere" / "file.json")
        refused(answer, "nowhere")


@pytest.mark.parametrize(
    "wrong",
    [("--seconds", "0"), ("--seconds", "-3"), ("--seconds", "nan"), ("--workers", "0"), ("--now", "2026-11-20T18:00")],
)
def test_arguments_that_cannot_be(place, capsys, wrong):
    status, out, err = run(capsys, "plan", "--branch", BRANCH, "--week", WEEK, *wrong)
    assert (status, out) == (2, "")
    assert wrong[0] in err.splitlines()[-1]


def test_a_database_that_was_never_set_up(place, capsys, monkeypatch):
    monkeypatch.setenv("ROUNDS_DATABASE_URL", f"sqlite:///{place / 'empty.sqlite'}")
    refused(run(capsys, "plan", "--branch", BRANCH, "--week", WEEK), "schema")


def test_a_region_that_was_never_built(place, capsys):
    shutil.rmtree(place / "var" / "regions" / ROAD_REGION)
    refused(run(capsys, "plan", "--branch", BRANCH, "--week", WEEK), "region smalltown")
    listed = write_list(place / "list.csv", cases())
    refused(run(capsys, "import", listed, "--branch", BRANCH), "region smalltown")


def test_a_plan_and_its_problem_as_files_pass_the_audit(place, capsys):
    problem, plan = place / "problem.json", place / "plan.json"
    status, out, _ = run(
        capsys, "plan", "--branch", BRANCH, "--week", WEEK, "--seconds", 2, "--now", NOW.isoformat(), "--json",
        "--out", plan, "--problem-out", problem,
    )  # fmt: skip
    said = json.loads(out)
    assert status == 0
    assert (said["branch"], said["week"], said["roads_estimated"]) == (BRANCH, WEEK, True)
    assert said["visits"] + said["left_out"] == 30
    store = open_store(f"sqlite:///{place / 'var' / 'rounds.sqlite'}")
    saved = store.plan(principal(), said["plan_id"])
    store.close()
    assert saved.plan == json.loads(plan.read_text(encoding="utf-8"))
    assert saved.created_by == "planner"
    assert run(capsys, "audit", problem, plan)[0] == 0
    broken = json.loads(plan.read_text(encoding="utf-8"))
    broken["routes"][0]["stops"][0]["begins"] -= 86_400
    plan.write_text(json.dumps(broken), encoding="utf-8")
    status, out, _ = run(capsys, "audit", problem, plan, "--json")
    assert status == 3
    assert "window" in {one["code"] for one in json.loads(out)["findings"]}


def test_check_changes_nothing_and_import_does_it_once(place, capsys):
    rows = [*cases(), case(40), case(41, 逾期天数="-3")]
    listed = write_list(place / "list.csv", rows)
    database = f"sqlite:///{place / 'new.sqlite'}"
    store = store_at(place / "new.sqlite")
    os.environ["ROUNDS_DATABASE_URL"] = database
    status, out, _ = run(capsys, "check", listed, "--json")
    report = json.loads(out)
    assert status == 0
    assert (report["rows_read"], report["encoding"]) == (33, "gb18030")
    assert report["rows_accepted"] == 32
    assert {one["row"] for one in report["issues"] if one["severity"] == "error"} == {34}
    assert len(store.accounts(principal(), BRANCH)) == 0
    status, out, _ = run(capsys, "import", listed, "--branch", BRANCH, "--json")
    assert status == 0
    stored = json.loads(out)["stored"]
    assert (stored["added"], stored["changed"], stored["repeated"]) == (32, 0, False)
    tables = everything(store)
    status, out, _ = run(capsys, "import", listed, "--branch", BRANCH, "--json")
    assert status == 0
    stored = json.loads(out)["stored"]
    assert (stored["added"], stored["changed"], stored["repeated"]) == (0, 0, True)
    assert everything(store) == tables
    store.close()
    refused(run(capsys, "import", listed, "--branch", "NOPE"), "NOPE")
    refused(run(capsys, "import", place / "none.csv", "--branch", BRANCH), "none.csv")
    refused(run(capsys, "check", listed, "--profile", "mine"), "mine")


@pytest.fixture(autouse=True)
def _settings_come_back(monkeypatch):
    monkeypatch.setenv("ROUNDS_DATABASE_URL", "")


def everything(store) -> dict[str, str]:
    names = ("debtors", "accounts", "places", "contacts", "addresses", "holds", "accommodations")
    return {name: getattr(store, name)(principal(), BRANCH).to_csv() for name in names} | {
        "imports": str(store.imports(principal(), BRANCH))
    }


def test_a_verdict_from_files(place, capsys):
    people = customers(400)
    near = people.assign(away=(people["lon"] - people["lon"].iloc[0]).abs()).sort_values("away")
    files = {"customers": people, "debtors": near.head(60)}
    for name, table in files.items():
        with (place / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["lon", "lat"], *table[["lon", "lat"]].to_numpy().tolist()])
    argv = ["--debtors", place / "debtors.csv", "--customers", place / "customers.csv", "--simulations", 99, "--json"]
    status, out, _ = run(capsys, "verdict", *argv)
    said = json.loads(out)
    assert status == 0
    assert (said["verdict"], said["n_debtors"], said["n_customers"]) == ("clustered", 60, 400)
    assert run(capsys, "verdict", *argv)[1] == out
    migrate(f"sqlite:///{place / 'x.sqlite'}")  # and it needs no database at all


def test_a_job_that_was_cancelled_before_it_began_ends_quietly(place, capsys):
    store = open_store(f"sqlite:///{place / 'var' / 'rounds.sqlite'}")
    job = store.queue_job(principal(), BRANCH, "plan", request={"week": WEEK}, now=NOW)
    store.request_cancel(principal(), job.job_id, now=NOW)
    before = store.plans(principal(), BRANCH, WEEK)
    status, out, err = run(capsys, "plan", "--branch", BRANCH, "--week", WEEK, "--job", job.job_id)
    assert (status, out, err) == (0, "", "The work was cancelled before it began.\n")
    assert store.job(principal(), job.job_id).state == "cancelled"
    assert store.plans(principal(), BRANCH, WEEK) == before
    store.close()
