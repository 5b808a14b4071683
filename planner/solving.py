"""Solves a problem in a process of its own, so that a solver that aborts or holds the interpreter harms nobody."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from planner.routing import Plan, Problem, read_plan, write_problem

#: how long a search may take to write down its best plan after it was asked to stop
GRACE_S = 20.0


class SolverFailed(RuntimeError):
    """The solver's process ended without a plan: a fault of ours, never of the data."""


def solve_in_child(
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    workers: int = 2,
    on_progress: Callable[[Mapping[str, Any]], bool] = lambda _: False,
) -> Plan:
    """Run ``python -m planner solve`` on the problem and read its plan.

    Parameters
    ----------
    on_progress
        Called with each progress report (``elapsed_s``, ``objective``, ``planned``, ``phase``); True asks the search to
        stop and to keep the best plan it has.

    Raises
    ------
    SolverFailed
        If the process ends without a plan; the message holds its last words, which name no person.
    """
    with tempfile.TemporaryDirectory(prefix="rounds-solve-") as folder:
        question, answer = Path(folder) / "problem.json", Path(folder) / "plan.json"
        write_problem(question, problem)
        words = Path(folder) / "words.txt"
        command = [
            *(sys.executable, "-m", "planner", "solve", str(question), "--out", str(answer), "--progress"),
            *("--seconds", f"{seconds:g}", "--seed", str(seed), "--workers", str(workers)),
        ]
        with (
            words.open("w") as said,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=said, text=True, cwd=Path(__file__).resolve().parent.parent
            ) as child,
        ):
            assert child.stdout is not None
            try:
                for line in child.stdout:
                    if on_progress(json.loads(line)):
                        child.terminate()
                status = child.wait(timeout=GRACE_S)
            except BaseException:
                child.kill()
                raise
        if status != 0 or not answer.exists():
            tail = words.read_text().strip().splitlines()[-1:] or ["nothing was said"]
            raise SolverFailed(f"the solver ended with status {status}: {tail[0]}")
        return read_plan(answer)
