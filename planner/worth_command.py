"""The command ``worth``: what one more shift on each day of a saved plan would be worth, as a job of the dashboard.

What it finds is the job's last word: a plan is never changed, and the figures belong to one plan.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from geodata.arguments import Arguments
from planner.command import Supply
from planner.job_run import Reporter
from planner.of_plan import look_into
from planner.routing.command import one_or_more
from planner.store import SavedPlan, Store
from planner.why import Standing, Worths, more_shifts
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

    def find(standing: Standing, saved: SavedPlan, report: Reporter) -> dict[str, Any]:
        return said(worths(standing, saved, evening, report, steps=arguments.steps))

    return look_into(arguments, find, word=FOUND, store=store, supply=supply, clock=clock)


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
