"""Proves how good a plan can be, in a process of its own while the plan is made; a better proof arrives with time.

The process (``planner.routing.bound``) writes every better bound on a line. It is ended with its starter, and nothing
that goes wrong in it harms the plan: then there is no proof.
"""

from __future__ import annotations

import json
import logging
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.knapsack import Knapsack
from planner.routing.instance import Instance
from planner.routing.plan import Plan, Prices, Status

LOG = logging.getLogger("planner")

#: What the process is asked: an instance, the seconds it has, a bound that is known already.
Question = tuple[Instance, float, Knapsack | None]

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, eq=False)
class Proven:
    """A bound over ng-routes, and the prices at which it was found.

    Parameters
    ----------
    value
        No plan that makes every required visit is worth more.
    duals
        What it is worth to the whole to make each visit, (visits,).
    marginal
        What one more shift like each would earn at these prices, (shifts,).
    """

    value: float
    duals: NDArray[np.float64]
    marginal: NDArray[np.float64]


def bounded(instance: Instance, plan: Plan, *, knapsack: float | None, proven: Proven | None, best: bool) -> Plan:
    """Give the plan with the least value that is known to bound it; ``best`` where none can be better.

    ``proven`` must be None for a plan without some required or locked visit: it says nothing of such plans.
    """
    known = [one for one in (knapsack, None if proven is None else proven.value) if one is not None]
    if not known and not best:
        return plan
    least = plan.objective if best else min(known)
    kind = "exact" if best else "knapsack" if proven is None or proven.value > least else "ng-route"
    # Equal up to the last digits of a sum: then the plan is proven best, and the bound is its objective.
    optimal = plan.status == Status.FEASIBLE and abs(least - plan.objective) <= 1e-9 * abs(least)
    return replace(
        plan,
        bound=plan.objective if optimal else least,
        bound_is_valid=True,
        bound_kind=kind,
        status=Status.OPTIMAL if optimal else plan.status,
        prices=_prices(instance, proven) if proven is not None and kind == "ng-route" else None,
    )


def _prices(instance: Instance, proven: Proven) -> Prices:
    problem = instance.problem
    return Prices(
        {one.id: round(price, 2) for one, price in zip(problem.visits, proven.duals.tolist(), strict=True)},
        {one.id: round(price, 2) for one, price in zip(problem.shifts, proven.marginal.tolist(), strict=True)},
    )


class Proof:
    """A proof under way."""

    def __init__(self) -> None:
        self._best: Proven | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def best(self) -> Proven | None:
        """The least bound proven so far, None for none."""
        return self._best

    @contextmanager
    def running(self, question: Question) -> Iterator[None]:
        """Let the process work while the block lasts; what it proved stays."""
        command = [sys.executable, "-m", "planner.routing.bound"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
            self._process = process
            # Standard input stays open: its end tells the process that its starter is gone.
            talking = [
                threading.Thread(target=_send, args=(process, question), name="proof question", daemon=True),
                threading.Thread(target=self._listen, args=(process,), name="proof", daemon=True),
            ]
            for one in talking:
                one.start()
            try:
                yield
            finally:
                if process.poll():
                    LOG.error("the proof ended by itself", extra={"status": process.returncode})
                process.kill()
                process.wait()
                for one in talking:
                    one.join()
                with suppress(OSError):
                    process.stdin.close()  # type: ignore[union-attr]

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            # A line that was cut when the process was ended proves nothing.
            with suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                made = Proven(float(told["value"]), np.array(told["duals"]), np.array(told["marginal"]))
                if self._best is None or made.value <= self._best.value:
                    self._best = made


@contextmanager
def proving(instance: Instance, *, seconds: float, knapsack: Knapsack | None = None) -> Iterator[Proof]:
    """Prove for so many seconds of wall time, or until the block ends; a process that cannot be started proves nothing.

    ``knapsack`` is a bound that is known already.
    """
    proof = Proof()
    with ExitStack() as stack:
        try:
            stack.enter_context(proof.running((instance, seconds, knapsack)))
        except (OSError, RuntimeError) as error:  # no process or no thread to be had
            LOG.error("no proof could be started", extra={"kind": type(error)})
        yield proof


def _send(process: subprocess.Popen[bytes], question: Question) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # it ended before it had read everything
        pickle.dump(question, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
