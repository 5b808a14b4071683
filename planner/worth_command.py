"""The command ``worth``: what one more shift on each day of a saved plan would be worth, as a job of the dashboard.

What it finds is the job's last word: a plan is never changed, and the figures belong to one plan.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from geodata.arguments import Arguments
from geodata.roads import RoadFailure
from planner import routing
from planner.command import Supply
from planner.domain import Principal, Role
from planner.job_run import Reporter, carried_out
from planner.reading import NothingToPlan
from planner.routing.command import one_or_more
from planner.saved_times import problem_of, times_of
from planner.store import SavedPlan, Store, UnknownPlan
from planner.why import CannotStand, Standing, Worths, more_shifts, stand
from planner.why.more_shifts import STEPS

#: kind of the job, and where its last word has the figures
KIND, FOUND = "worth", "worths"
#: share of the work that lies behind when the roads have answered
ROADS_SHARE = 0.15


def worth_command(
    argv: Sequence[str],
    *,
    store: Store,
    supply: Supply,
    clock: Callable[[], datetime],
    evening: tuple[int, int],
) -> int:
    """Find and tell; 0 with figures, 2 where the plan or its roads are not there, 1 for a fault of ours."""
    arguments = parser().parse_args(argv)
    asking = Principal("planner", Role.SYSTEM, frozenset({arguments.branch}))
    report = Reporter(store, asking, arguments.job, 0.0, clock)

    def find() -> tuple[str, dict[str, Any]]:
        try:
            saved = store.plan(asking, arguments.plan)
        except UnknownPlan:
            raise CannotStand(f"There is no plan {arguments.plan!r}.") from None
        with supply(saved.branch) as means:
            report.phase("roads")
            crews, places = store.crews(asking, saved.branch), store.places(asking, saved.branch)
            times = times_of(saved, means.roads, crews=crews, places=places, on_cells=report.cells)
            standing = stand(problem_of(saved, times), routing.plan_from_dict(saved.plan))
            told = said(worths(standing, saved, evening, report, steps=arguments.steps))
        report.say({"share": 1.0, FOUND: told})
        return saved.plan_id, told

    status, told = carried_out(report, find, refusals=(CannotStand, RoadFailure, NothingToPlan))
    if told is not None:
        sys.stdout.write(json.dumps(told) + "\n")
    return status


def worths(standing: Standing, saved: SavedPlan, evening: tuple[int, int], report: Reporter, *, steps: int) -> Worths:
    """Find what shifts more are worth, like those of the bank's own crews, and tell how far that is."""

    def heard(done: int, of: int) -> bool:
        report.say({"share": ROADS_SHARE + (1 - ROADS_SHARE) * done / of, "done": done, "of": of})
        return report.stopping

    own = {one.crew for one in standing.problem.shifts if not any(s.startswith("agency:") for s in one.skills)}
    return more_shifts(standing, evening=evening, crews=own or None, steps=steps, seed=saved.seed, heard=heard)


def said(found: Worths) -> dict[str, Any]:
    """Say the figures as JSON can."""
    return {
        "each": [asdict(one) for one in found.each],
        "searched": found.searched,
        "steps": found.steps,
        "complete": found.complete,
    }


def parser() -> Arguments:
    """Describe the command's arguments."""
    made = Arguments(
        prog="python -m planner worth", description="Say what one more shift on each day of a saved plan is worth."
    )
    made.add_argument("--branch", required=True, help="the branch's code")
    made.add_argument("--plan", required=True, help="the plan's id")
    made.add_argument("--steps", type=one_or_more, default=STEPS, help=f"steps of each search (default {STEPS})")
    made.add_argument("--job", help=argparse.SUPPRESS)
    return made
