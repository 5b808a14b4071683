"""The command ``scenario``: plans a week otherwise, at a terminal or as a job of the dashboard, and saves it so."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from geodata.arguments import Arguments
from geodata.roads import RoadFailure
from planner import routing
from planner.command import Supply, chance, moment
from planner.domain import Principal, Role
from planner.job_run import Reporter, carried_out
from planner.plan import Solve
from planner.reading import NothingToPlan
from planner.routing.command import above_zero, one_or_more
from planner.scenarios.run import Packs, certainty_beside, kept_by, plan_scenario
from planner.scenarios.scenario import Scenario, read_scenario
from planner.solving import solve_in_child
from planner.store import Keep, SavedPlan, Store
from planner.week import week_days

#: kind of the job, whose request holds the scenario
KIND = "scenario"


def scenario_command(
    argv: Sequence[str], *, store: Store, supply: Supply, packs: Packs, clock: Callable[[], datetime]
) -> int:
    """Plan and save; 0 with a plan, 2 on bad input or where there is nothing to plan, 1 for a fault of ours."""
    arguments = parser().parse_args(argv)
    asking = Principal("planner", Role.SYSTEM, frozenset({arguments.branch}))
    report = Reporter(store, asking, arguments.job, arguments.seconds, clock)
    try:
        week_days(arguments.week)
        scenario, beside, keep = wanted(store, asking, arguments)
    except (ValueError, TypeError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    solving = Solving(report, arguments, sure=scenario.sure(beside) is not None)

    def plan() -> tuple[str, SavedPlan]:
        with supply(arguments.branch) as means:
            saved = plan_scenario(
                means,
                asking,
                arguments.branch,
                arguments.week,
                scenario,
                packs=packs,
                solve_in=solving.within,
                seed=arguments.seed,
                now=arguments.now or clock(),
                beside=beside,
                keep=keep,
                tell=report.phase,
                on_cells=report.cells,
                on_posed=solving.worths.update,
                on_planned=report.planned,
            )
        return saved.plan_id, saved

    status, saved = carried_out(report, plan, refusals=(NothingToPlan, RoadFailure))
    if saved is not None:
        worth = saved.metrics["plan"]["value"]
        sys.stdout.write(f"Scenario {scenario.name}: plan {saved.plan_id}, worth {worth:,.0f}.\n")
    return status


class Solving:
    """Solves in processes of their own, several times where a scenario needs it, and tells how far all of it is."""

    def __init__(self, report: Reporter, arguments: argparse.Namespace, *, sure: bool) -> None:
        self._report, self._arguments, self._sure = report, arguments, sure
        self._spent_s = 0.0
        self.worths: dict[str, Sequence[float]] = {}

    def within(self, share: float) -> Solve:
        """Give what solves within this share of the seconds that were asked for."""
        seconds = share * self._arguments.seconds * (0.5 if self._sure else 1.0)  # a sure plan is made twice

        def solve(problem: routing.Problem) -> routing.Plan:
            plan = solve_in_child(
                problem,
                seconds=seconds,
                seed=self._arguments.seed,
                workers=self._arguments.workers,
                worths=self.worths,
                on_progress=self._heard,
            )
            self._spent_s += seconds
            return plan

        return solve

    def _heard(self, progress: Mapping[str, Any]) -> bool:
        return self._report.search({**progress, "elapsed_s": self._spent_s + float(progress["elapsed_s"])})


def wanted(
    store: Store, asking: Principal, arguments: argparse.Namespace
) -> tuple[Scenario, float | None, Keep | None]:
    """Read the scenario from its job or a file, with how sure the plan beside it is and of which plan it keeps what."""
    beside = arguments.certainty
    if arguments.job:
        request = store.job(asking, arguments.job).request
        if beside is None:
            beside = request.get("beside")
        keep = None if (name := request.get("keep")) is None else Keep(name, stops=bool(request.get("stops", True)))
        return read_scenario(request["scenario"]), beside, keep
    if arguments.file is None:
        raise ValueError("Name the file of the scenario with --file.")
    if beside is None:
        beside = certainty_beside(store, asking, arguments.branch, arguments.week)
    scenario = read_scenario(json.loads(arguments.file.read_text(encoding="utf-8")))
    rows, undone = store.plans(asking, arguments.branch, arguments.week), store.undone_plans(asking, arguments.branch)
    return scenario, beside, kept_by(rows, scenario, undone)


def parser() -> Arguments:
    """Describe the command's arguments."""
    made = Arguments(prog="python -m planner scenario", description="Plan a week otherwise and save it as a scenario.")
    made.add_argument("--branch", required=True, help="the branch's code")
    made.add_argument("--week", required=True, help="an ISO week such as 2026-W48")
    made.add_argument("--file", type=Path, help="a scenario as JSON (docs/what-if.md)")
    made.add_argument("--seconds", type=above_zero, default=30.0, help="wall time of the search (default 30)")
    made.add_argument("--seed", type=int, default=1, help="seed of the search (default 1)")
    made.add_argument("--workers", type=one_or_more, default=2, help="threads of the search (default 2)")
    made.add_argument("--certainty", type=chance, help="chance to end in time, as 0.85 (default: the week's plan's)")
    made.add_argument("--now", type=moment, help="plan as at this time, with its zone (default: now)")
    made.add_argument("--job", help=argparse.SUPPRESS)
    return made
