"""A solver that stays: problem after problem in one process, so that only the first one waits for imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from planner.routing import Plan, Problem
from planner.solving import PREFIX, ROOT, asked


class KeptSolver:
    """Solves as ``planner.solving.solve_in_child`` does, in a process that is started once.

    One that has ended, killed for its memory perhaps, is started again with the next problem. It ends with this process
    whatever becomes of this one: nobody else holds its standard input. For one problem at a time.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None
        self._words = Path()

    @property
    def pid(self) -> int | None:
        """The process; None where there is none yet, or it has ended."""
        return None if self._child is None or self._child.poll() is not None else self._child.pid

    def start(self) -> None:
        """Start the process if it does not run; it loads what it needs while others go on."""
        if self.pid is not None:
            return
        self.close()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._words = folder / "words.txt"
        with self._words.open("w") as said:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "planner", "solve", "--serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                cwd=ROOT,
            )

    def solve(
        self,
        problem: Problem,
        *,
        seconds: float,
        seed: int,
        workers: int,
        steps: int | None = None,
        bound: bool = True,
    ) -> Plan:
        """Solve a problem within the seconds, which count from when it is asked; with ``steps`` these count.

        Without ``bound`` none is computed, and all ``workers`` search.

        Raises
        ------
        planner.solving.SolverFailed
            If there is no plan.
        """
        with asked(problem) as files:
            self.start()
            before = len(self._words.read_text())
            child = self._child
            assert child is not None
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                told = files.arguments(seconds=seconds, seed=seed, workers=workers, steps=steps, bound=bound)
                child.stdin.write(f"{json.dumps(told)}\n")
                child.stdin.flush()
                answer = child.stdout.readline()
            except BrokenPipeError:
                answer = ""
            except BaseException:
                child.kill()
                raise
            status = json.loads(answer)["status"] if answer else child.wait()
            return files.answer(status, self._words.read_text()[before:])

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            with self._child as child:
                child.kill()
            self._words.unlink(missing_ok=True)
            self._words.parent.rmdir()
            self._child = None
