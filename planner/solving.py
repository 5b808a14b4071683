"""Solves a problem in a process of its own, so that a solver that aborts or holds the interpreter harms nobody."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geodata.roads import leash
from planner.routing import Plan, Problem, read_plan, read_prices, write_apart, write_problem
from planner.routing.worths_format import Worths, write_worths
from planner.store.jobs import process_alive

#: how long a search may take to write down its best plan after it was asked to stop
GRACE_S = 20.0

#: where the solver is started: the project
ROOT = Path(__file__).resolve().parent.parent

#: how the folder of a solver begins; the number of the process that made it follows
PREFIX = "rounds-solve-"


class SolverFailed(RuntimeError):
    """The solver's process ended without a plan: a fault of ours, never of the data."""


def solve_in_child(
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    workers: int = 2,
    steps: int | None = None,
    worths: Worths | None = None,
    on_progress: Callable[[Mapping[str, Any]], bool] = lambda _: False,
) -> Plan:
    """Run ``python -m planner solve`` on the problem and read its plan.

    Parameters
    ----------
    steps
        Counts the search in steps, whatever ``seconds`` says; with one worker the plan is then the same each time.
    worths
        What visits are worth, by option, where the progress is to tell the uplift.
    on_progress
        Called with each progress report (``elapsed_s``, ``objective``, ``planned``, ``phase``, ``uplift``); True asks
        the search to stop and to keep the best plan it has.

    Raises
    ------
    SolverFailed
        If the process ends without a plan; the message holds its last words, which name no person.
    """
    with asked(problem, worths=worths) as files:
        words = files.folder / "words.txt"
        command = [
            *(sys.executable, "-m", "planner", "solve", "--progress"),
            *files.arguments(seconds=seconds, seed=seed, workers=workers, steps=steps),
        ]
        if sys.platform == "linux":  # this thread waits for the solver's end, so it lives as long as the knot needs
            command = [sys.executable, str(leash.__file__), str(os.getpid()), *command]
        with (
            words.open("w") as said,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, cwd=ROOT) as child,
        ):
            status = _follow(child, on_progress)
        return files.answer(status, words.read_text())


@dataclass(frozen=True)
class Files:
    """A folder in which a solver finds its question and leaves its answer."""

    folder: Path
    beside: tuple[str, ...]

    def arguments(self, *, seconds: float, seed: int, workers: int, steps: int | None, bound: bool = True) -> list[str]:
        """Give what ``solve`` is told."""
        return [
            *(str(self.folder / "problem.json"), "--out", str(self.folder / "plan.json")),
            *("--seconds", f"{seconds:g}", "--seed", str(seed), "--workers", str(workers)),
            *("--prices", str(self.folder / "prices.json")),
            *(("--steps", str(steps)) if steps is not None else ()),
            *(() if bound else ("--no-bound",)),
            *(word for name in self.beside for word in (f"--{name}", str(self.folder / f"{name}.json"))),
        ]

    def answer(self, status: int, words: str) -> Plan:
        """Read the plan of a solver that has ended with this status and these words.

        Raises
        ------
        SolverFailed
            If there is none.
        """
        answer, prices = self.folder / "plan.json", self.folder / "prices.json"
        if answer.exists() and status <= 0:
            try:
                plan = read_plan(answer)
                return replace(plan, prices=read_prices(prices)) if prices.exists() else plan
            except ValueError as error:  # killed while it wrote
                raise SolverFailed(f"the solver ended with status {status}: its plan cannot be read") from error
        tail = words.strip().splitlines()[-1:] or ["nothing was said"]
        raise SolverFailed(f"the solver ended with status {status}: {tail[0]}")


@contextmanager
def asked(problem: Problem, *, worths: Worths | None = None) -> Iterator[Files]:
    """Write a question for a solver into a folder that is there while the block lasts."""
    remove_stale_folders(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as name:
        folder, beside = Path(name), []
        # How long legs are is nothing that the search looks at.
        write_problem(folder / "problem.json", replace(problem, metres=None), compressed=False)
        if problem.apart:
            write_apart(folder / "apart.json", problem.apart)
            beside.append("apart")
        if worths is not None:
            write_worths(folder / "worths.json", worths)
            beside.append("worths")
        yield Files(folder, tuple(beside))


def remove_stale_folders(parent: Path) -> None:
    """Remove the folders of solvers whose starter was killed before it could."""
    for folder in parent.glob(f"{PREFIX}*"):
        maker = re.match(rf"{PREFIX}(\d+)-", folder.name)
        if maker and not process_alive(int(maker[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _follow(child: subprocess.Popen[str], on_progress: Callable[[Mapping[str, Any]], bool]) -> int:
    """Pass on the reports until the solver ends; one that does not end when it should is killed."""
    assert child.stdout is not None
    patience = threading.Timer(GRACE_S, child.kill)
    patience.daemon = True
    try:
        for line in child.stdout:
            # Once: a second signal might hit the solver when it no longer listens for it.
            if on_progress(json.loads(line)) and patience.ident is None:
                child.terminate()
                patience.start()
        try:
            return child.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()
    except BaseException:
        child.kill()
        raise
    finally:
        patience.cancel()
