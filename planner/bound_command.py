"""The command ``bound``: how much better than a saved plan any plan can be, as a job of the dashboard.

Planning proves it on the way where it has the time; a plan that was stopped early, made on a busy machine, or changed
by hand so that its proof holds no more, has none. What is found is the job's last word: a plan is never changed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from geodata.arguments import Arguments
from planner.command import Supply
from planner.job_run import Reporter
from planner.of_plan import look_into
from planner.routing.bound.knapsack import Knapsack, knapsack_bound
from planner.routing.command import above_zero
from planner.routing.greedy import rank
from planner.routing.instance import Instance
from planner.routing.proof import proving
from planner.store import SavedPlan, Store
from planner.why import Standing

#: kind of the job, and where its last word has the bound
KIND, FOUND = "bound", "bound"
#: wall seconds of the proof
SECONDS = 20.0
#: share of the work that lies behind when the roads have answered
ROADS_SHARE = 0.2
#: how often it is looked whether to stop
LOOK_S = 0.5


def bound_command(argv: Sequence[str], *, store: Store, supply: Supply, clock: Callable[[], datetime]) -> int:
    """Prove and tell; 0 with a bound, 2 where the plan or its roads are not there, 1 for a fault of ours."""
    arguments = parser().parse_args(argv)

    def find(standing: Standing, _saved: SavedPlan, report: Reporter) -> dict[str, Any]:
        return bound_of(standing, report, seconds=arguments.seconds)

    return look_into(arguments, find, word=FOUND, store=store, supply=supply, clock=clock)


def bound_of(standing: Standing, report: Reporter, *, seconds: float) -> dict[str, Any]:
    """Give the least value that is known to bound a plan, and what it is known from; both None where there is none."""
    instance: Instance = standing.instance
    broken, missing, objective = rank(instance, standing.tours)
    began = time.monotonic()
    knapsack = knapsack_bound(instance, objective, stopped=lambda: report.stopping)
    found = told(knapsack, None)
    # A proof takes for granted that whatever is required is made, so of other plans it says nothing.
    if (broken, missing) != (0, 0):
        return found
    with proving(instance, seconds=seconds, knapsack=knapsack) as proof:
        while not report.stopping and (spent := time.monotonic() - began) < seconds:
            report.say({"share": ROADS_SHARE + (1 - ROADS_SHARE) * spent / seconds, **found})
            time.sleep(LOOK_S)
            found = told(knapsack, None if proof.best is None else proof.best.value)
    return found


def told(knapsack: Knapsack | None, proven: float | None) -> dict[str, Any]:
    """Give the lesser of two bounds as a plan's document has it.

    >>> told(None, 12.0), told(None, None)
    ({'bound': 12.0, 'bound_kind': 'ng-route'}, {'bound': None, 'bound_kind': ''})
    """
    if proven is not None and (knapsack is None or proven <= knapsack.value):
        return {"bound": proven, "bound_kind": "ng-route"}
    return {"bound": None if knapsack is None else knapsack.value, "bound_kind": "" if knapsack is None else "knapsack"}


def parser() -> Arguments:
    """Describe the command's arguments."""
    made = Arguments(
        prog="python -m planner bound", description="Say how much better than a saved plan any plan can be."
    )
    made.add_argument("--branch", required=True, help="the branch's code")
    made.add_argument("--plan", required=True, help="the plan's id")
    made.add_argument("--seconds", type=above_zero, default=SECONDS, help=f"wall time (default {SECONDS:g})")
    made.add_argument("--job", help=argparse.SUPPRESS)
    return made
