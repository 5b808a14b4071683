import json
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from planner.routing import audit, read_plan, read_problem, write_problem
from planner.routing.command import audit_command, solve_command
from tests.planner.routing.factories import problem, random_problem

CALL = "import sys; from planner.routing.command import solve_command; sys.exit(solve_command(sys.argv[1:]))"


@pytest.fixture
def week(tmp_path):
    path = tmp_path / "problem.json"
    write_problem(path, random_problem(np.random.default_rng(2), visits=60, shifts=6, metric=True))
    return path


def test_solve_then_audit(week, tmp_path, capsys):
    out = tmp_path / "plan.json"
    flags = ["--steps", "30", "--workers", "1", "--seed", "4"]
    assert solve_command([str(week), "--out", str(out), *flags, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] in {"feasible", "required_missing"}
    assert audit_command([str(week), str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"clean": True, "findings": []}
    again = tmp_path / "again.json"
    assert solve_command([str(week), "--out", str(again), *flags]) == 0
    one, two = json.loads(out.read_text()), json.loads(again.read_text())
    assert one | {"search_s": 0} == two | {"search_s": 0}


def test_a_damaged_plan_gives_three(week, tmp_path, capsys):
    out = tmp_path / "plan.json"
    solve_command([str(week), "--out", str(out), "--steps", "5", "--workers", "1"])
    data = json.loads(out.read_text())
    data["objective"] += 100
    out.write_text(json.dumps(data))
    capsys.readouterr()
    assert audit_command([str(week), str(out)]) == 3
    assert "objective" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["unknown key", "no file", "no folder", "locks"])
def test_bad_input_gives_two_and_one_sentence(week, tmp_path, capsys, fault):
    out = tmp_path / "plan.json"
    data = json.loads(week.read_text())
    if fault == "unknown key":
        data["colour"] = 1
    if fault == "locks":
        data["locks"] = [{"visit": "D0", "shift": "S0"}]
    week.write_text(json.dumps(data))
    file = tmp_path / "none.json" if fault == "no file" else week
    where = tmp_path / "none" / "plan.json" if fault == "no folder" else out
    assert solve_command([str(file), "--out", str(where)]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert said.err.endswith(".\n")
    assert "Traceback" not in said.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("what", "said"),
    [("no shifts", "The problem has no shifts."), ("no roads", "no_road"), ("no visits", "0 of 0 visits planned")],
)
def test_a_plan_of_nothing_says_why(tmp_path, capsys, what, said):
    one = problem()
    if what == "no roads":
        roads = np.full_like(one.seconds, np.nan)
        np.fill_diagonal(roads, 0.0)
        one = replace(one, seconds=roads)
    one = replace(one, shifts=()) if what == "no shifts" else one
    one = replace(one, visits=()) if what == "no visits" else one
    write_problem(tmp_path / "problem.json", one)
    assert solve_command([str(tmp_path / "problem.json"), "--out", str(tmp_path / "plan.json"), "--seconds", "2"]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("flags", [[], ["--seconds", "soon"], ["--workers", "0"], ["--engine", "magic"], ["--seconds"]])
def test_wrong_arguments_give_two_and_one_sentence(week, capsys, flags):
    with pytest.raises(SystemExit) as ended:
        solve_command([str(week), *flags])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert said.endswith("see: python -m planner solve --help.\n")


def test_a_stop_that_comes_while_the_program_loads_still_gives_a_plan(week, tmp_path):
    assert solve_command([str(week), "--out", str(tmp_path / "plan.json")], stopped=[signal.SIGTERM]) == 0
    assert audit(read_problem(week), read_plan(tmp_path / "plan.json")) == ()


def test_an_audit_of_what_is_no_plan_gives_two(week, capsys):
    assert audit_command([str(week), str(week)]) == 2
    assert "field-visit-plan/1" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["search", "routing"])
def test_sigterm_writes_the_best_plan_so_far(week, tmp_path, engine):
    out = tmp_path / "plan.json"
    command = [sys.executable, "-c", CALL, str(week), "--out", str(out), "--seconds", "300", "--engine", engine]
    with subprocess.Popen([*command, "--progress"], stdout=subprocess.PIPE, text=True) as child:
        first = json.loads(child.stdout.readline())
        assert set(first) == {"elapsed_s", "objective", "planned", "phase", "bound"}
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
    assert child.returncode == 0
    plan = read_plan(out)
    assert audit(read_problem(week), plan) == ()
    assert plan.search_s < 60


def test_a_plan_survives_its_file(tmp_path):
    from planner.routing import plan_from_dict, plan_to_dict, solve, write_plan

    plan = solve(problem(), seconds=1.0)
    write_plan(tmp_path / "plan.json", plan)
    assert read_plan(tmp_path / "plan.json") == plan
    assert plan_from_dict(plan_to_dict(plan)) == plan
