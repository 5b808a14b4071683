"""The command ``plan``: plans a branch's week from the store, at a terminal or as a job of the dashboard."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from geodata.arguments import Arguments
from geodata.roads import RoadFailure
from planner import routing
from planner.domain import Principal, Role
from planner.job_run import Reporter, carried_out
from planner.means import Means
from planner.plan import plan_week
from planner.reading import NothingToPlan
from planner.routing.command import above_zero, one_or_more
from planner.solving import solve_in_child
from planner.store import Keep, SavedPlan, Store
from planner.week import week_days

#: gives what plans of a branch are made with, while the block lasts
Supply = Callable[[str], AbstractContextManager[Means]]


def plan_command(argv: Sequence[str], *, store: Store, supply: Supply, clock: Callable[[], datetime]) -> int:
    """Plan and save; 0 with a plan, 2 on bad input or where there is nothing to plan, 1 for a fault of ours."""
    arguments = parser().parse_args(argv)
    asking = Principal("planner", Role.SYSTEM, frozenset({arguments.branch}))
    report = Reporter(store, asking, arguments.job, arguments.seconds, clock)
    problems: list[routing.Problem] = []
    worths: dict[str, Sequence[float]] = {}

    def solve(problem: routing.Problem) -> routing.Plan:
        problems.append(problem)
        return solve_in_child(
            problem,
            # A sure plan is made twice.
            seconds=arguments.seconds if arguments.certainty is None else arguments.seconds / 2,
            seed=arguments.seed,
            workers=arguments.workers,
            worths=worths,
            on_progress=report.search,
        )

    try:
        week_days(arguments.week)
        require_folders(arguments.out, arguments.problem_out)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2

    def plan() -> tuple[str, SavedPlan]:
        with supply(arguments.branch) as means:
            saved = plan_week(
                means,
                asking,
                arguments.branch,
                arguments.week,
                solve=solve,
                seed=arguments.seed,
                now=arguments.now or clock(),
                certainty=arguments.certainty,
                keep=kept(arguments),
                after=arguments.after,
                tell=report.phase,
                on_cells=report.cells,
                on_posed=worths.update,
                on_planned=report.planned,
            )
        return saved.plan_id, saved

    status, saved = carried_out(report, plan, refusals=(NothingToPlan, RoadFailure))
    if saved is not None:
        write_out(saved, problems[-1], arguments)
    return status


def parser() -> Arguments:
    """Describe the command's arguments."""
    made = Arguments(
        prog="python -m planner plan", description="Plan a branch's week from the store and save the plan."
    )
    made.add_argument("--branch", required=True, help="the branch's code")
    made.add_argument("--week", required=True, help="an ISO week such as 2026-W48")
    made.add_argument("--seconds", type=above_zero, default=30.0, help="wall time of the search (default 30)")
    made.add_argument("--seed", type=int, default=1, help="seed of the search (default 1)")
    made.add_argument("--workers", type=one_or_more, default=2, help="threads of the search (default 2)")
    made.add_argument("--certainty", type=chance, help="with which chance each route should end in its shift, as 0.85")
    made.add_argument("--keep", metavar="PLAN", help="keep this plan's locks and, as far as it pays, its stops")
    made.add_argument("--hold", metavar="PLAN", help="keep what was settled by hand in this plan, and no stops of it")
    made.add_argument("--after", metavar="PLAN", help="the plan this one comes after (default: the last decided on)")
    made.add_argument("--out", type=Path, help="also write the plan here (field-visit-plan/1)")
    made.add_argument("--problem-out", type=Path, help="also write the problem here (field-visit-problem/1)")
    made.add_argument("--json", action="store_true", help="report the result as JSON")
    made.add_argument("--now", type=moment, help="plan as at this time, with its zone (default: now)")
    made.add_argument("--job", help=argparse.SUPPRESS)
    return made


def kept(arguments: argparse.Namespace) -> Keep | None:
    """Give of which plan what is kept; of ``--keep`` and ``--hold`` the first."""
    if arguments.keep:
        return Keep(arguments.keep)
    return Keep(arguments.hold, stops=False) if arguments.hold else None


def chance(text: str) -> float:
    """Read a chance between one half and one."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.5 < value < 1:
        raise argparse.ArgumentTypeError(f"must lie between 0.5 and 1, such as 0.85, not {text!r}")
    return value


def moment(text: str) -> datetime:
    """Read a time with its zone, such as 2026-11-20T18:00+08:00."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a time such as 2026-11-20T18:00+08:00, not {text!r}") from None
    if value.tzinfo is None:
        raise argparse.ArgumentTypeError(f"needs its zone, such as {text}+08:00")
    return value


def require_folders(*files: Path | None) -> None:
    """Refuse files that could not be written, before the work and not after it."""
    for file in files:
        if file is not None and not file.parent.is_dir():
            raise ValueError(f"The folder of {str(file)!r} does not exist.")


def write_out(saved: SavedPlan, problem: routing.Problem, arguments: argparse.Namespace) -> None:
    """Write the files that were asked for and say what came of it."""
    if arguments.out:
        arguments.out.write_text(json.dumps(saved.plan, ensure_ascii=False), encoding="utf-8")
    if arguments.problem_out:
        routing.write_problem(arguments.problem_out, problem)
    facts = {
        "plan_id": saved.plan_id,
        "branch": saved.branch,
        "week": saved.week,
        "status": saved.plan["status"],
        "visits": saved.metrics["plan"]["visits"],
        "left_out": len(saved.plan["left_out"]) + len(saved.context["removed"]),
        "objective": saved.plan["objective"],
        "bound": saved.plan["bound"],
        "baseline_objective": saved.metrics["baseline"]["objective"],
        "travel_share": saved.metrics["plan"]["travel_share"],
        "value_per_field_hour": saved.metrics["plan"]["value_per_field_hour"],
        "roads": saved.road_source,
        "roads_estimated": saved.context["roads_estimated"],
    }
    if arguments.json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(
            f"Plan {saved.plan_id}: {facts['visits']} visits, {facts['left_out']} left out, worth "
            f"{saved.metrics['plan']['value']:,.0f} against {saved.metrics['baseline']['value']:,.0f} by hand.\n"
            + (
                f"Travel is estimated, no street was looked at: {saved.road_source}.\n"
                if facts["roads_estimated"]
                else ""
            )
        )
