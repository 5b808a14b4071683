"""What jobs that look into a saved plan share: the plan stood up on its roads, and the last word told.

What is found is the job's last word and belongs to one plan, which is never changed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from geodata.roads import RoadFailure
from planner import routing
from planner.command import Supply
from planner.domain import Principal, Role
from planner.job_run import Reporter, carried_out
from planner.reading import NothingToPlan
from planner.saved_times import problem_of, times_of
from planner.store import SavedPlan, Store, UnknownPlan
from planner.why import CannotStand, Standing, stand

Find = Callable[[Standing, SavedPlan, Reporter], dict[str, Any]]


def look_into(
    arguments: argparse.Namespace,
    find: Find,
    *,
    word: str,
    store: Store,
    supply: Supply,
    clock: Callable[[], datetime],
) -> int:
    """Stand the plan up, find, and tell; 0 with what was found, 2 where plan or roads are not there, 1 for our fault.

    ``arguments`` name the ``branch``, the ``plan`` and, where a page asked, the ``job``, whose last word has what was
    found under ``word``.
    """
    asking = Principal("planner", Role.SYSTEM, frozenset({arguments.branch}))
    report = Reporter(store, asking, arguments.job, 0.0, clock)

    def found() -> tuple[str, dict[str, Any]]:
        try:
            saved = store.plan(asking, arguments.plan)
        except UnknownPlan:
            raise CannotStand(f"There is no plan {arguments.plan!r}.") from None
        with supply(saved.branch) as means:
            report.phase("roads")
            crews, places = store.crews(asking, saved.branch), store.places(asking, saved.branch)
            times = times_of(saved, means.roads, crews=crews, places=places, on_cells=report.cells)
            standing = stand(problem_of(saved, times), routing.plan_from_dict(saved.plan))
            told = find(standing, saved, report)
        report.say({"share": 1.0, word: told})
        return saved.plan_id, told

    status, told = carried_out(report, found, refusals=(CannotStand, RoadFailure, NothingToPlan))
    if told is not None:
        sys.stdout.write(json.dumps(told) + "\n")
    return status
