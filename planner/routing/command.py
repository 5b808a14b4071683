"""The commands ``solve`` and ``audit``: files in, files out, exit status 0, 2 (bad input) or 3 (audit findings)."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from geodata.arguments import Arguments
from planner.routing.apart_format import read_apart
from planner.routing.audit import audit
from planner.routing.plan import Plan, Status
from planner.routing.plan_format import read_plan, write_plan, write_prices
from planner.routing.problem import BadProblem, Problem
from planner.routing.problem_format import read_problem
from planner.routing.progress import Progress
from planner.routing.reasons import MEANINGS, Reason
from planner.routing.solve import solve
from planner.routing.worths_format import read_worths


def solve_command(argv: Sequence[str], *, began: float | None = None, stopped: list[int] | None = None) -> int:
    """Plan a problem file and write the plan; SIGTERM ends the search and writes the best plan so far.

    ``began`` is the instant of ``time.monotonic`` from which the seconds count; now where it is not given. ``stopped``
    holds signals that came before.
    """
    began = time.monotonic() if began is None else began
    stopped = [] if stopped is None else stopped
    before = signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    try:
        return _solve(_solve_parser().parse_args(argv), began, stopped)
    except BadProblem as error:
        return _refused(error)
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def audit_command(argv: Sequence[str]) -> int:
    """Read a plan against its problem and name every broken promise."""
    parser = Arguments(
        prog="python -m planner audit", description="Read a plan against its problem and name every broken promise."
    )
    parser.add_argument("problem", type=Path, help="a field-visit-problem/1 file")
    parser.add_argument("plan", type=Path, help="a field-visit-plan/1 file")
    parser.add_argument("--apart", type=Path, help="a field-visit-apart/1 file: pairs never on one route")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    arguments = parser.parse_args(argv)
    try:
        findings = audit(_read(arguments), read_plan(arguments.plan))
    except BadProblem as error:
        return _refused(error)
    if arguments.json:
        report = {"clean": not findings, "findings": [asdict(one) for one in findings]}
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        lines = [f"{one.code}: {one.text}" for one in findings] or ["The plan keeps every promise."]
        sys.stdout.write("\n".join(lines) + "\n")
    return 3 if findings else 0


def _solve_parser() -> Arguments:
    parser = Arguments(prog="python -m planner solve", description="Plan a field-visit-problem/1 file.")
    parser.add_argument("problem", type=Path, help="a field-visit-problem/1 file")
    parser.add_argument("--out", type=Path, required=True, help="where the field-visit-plan/1 file is written")
    parser.add_argument("--seconds", type=above_zero, default=30.0, help="wall time of everything (default 30)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the search (default 1)")
    parser.add_argument(
        "--workers",
        type=one_or_more,
        default=2,
        help="threads; one of them proves the bound where there is time for it, and with 1 there is none (default 2)",
    )
    parser.add_argument(
        "--steps",
        type=one_or_more,
        help="count the search in steps, and the exact models in deterministic seconds of their own (a second or two "
        "each), whatever --seconds says: with --workers 1 the plan is then the same each time",
    )
    parser.add_argument(
        "--engine",
        choices=("search", "routing"),
        default="search",
        help="ours, or the routing library of OR-Tools (default search)",
    )
    parser.add_argument("--no-bound", action="store_true", help="compute no bound: all threads search")
    parser.add_argument("--apart", type=Path, help="a field-visit-apart/1 file: pairs never on one route")
    parser.add_argument(
        "--worths", type=Path, help="a field-visit-worths/1 file: what visits are worth, told with the progress"
    )
    parser.add_argument("--prices", type=Path, help="also write what shifts and visits are worth, where a bound says")
    parser.add_argument("--progress", action="store_true", help="report progress as JSON lines on standard output")
    parser.add_argument("--json", action="store_true", help="report the result as JSON")
    return parser


def _read(arguments: argparse.Namespace) -> Problem:
    """Read a problem and the pairs beside it, which must all be of its visits."""
    problem = read_problem(arguments.problem)
    if arguments.apart is None:
        return problem
    apart = read_apart(arguments.apart)
    unknown = sorted({name for one in apart for name in one} - {one.id for one in problem.visits})
    if unknown:
        raise BadProblem(f"'apart' names {unknown[0]!r}, which the problem does not have.")
    return replace(problem, apart=apart)


def _solve(arguments: argparse.Namespace, began: float, stopped: list[int]) -> int:
    for path in filter(None, (arguments.out, arguments.prices)):
        if not path.parent.is_dir():
            raise BadProblem(f"The folder of {str(path)!r} does not exist.")
    problem = _read(arguments)
    plan = solve(
        problem,
        seconds=max(0.01, arguments.seconds - (time.monotonic() - began)),
        seed=arguments.seed,
        workers=arguments.workers,
        steps=arguments.steps,
        engine=arguments.engine,
        bound=not arguments.no_bound,
        worths=None if arguments.worths is None else read_worths(arguments.worths),
        on_progress=_report if arguments.progress else None,
        cancelled=lambda: bool(stopped),
    )
    try:
        if arguments.prices is not None and plan.prices is not None:
            write_prices(arguments.prices, plan.prices)
        elif arguments.prices is not None:
            sys.stderr.write("No prices are written: no bound that gives prices was found.\n")
        write_plan(arguments.out, plan)
    except OSError as error:
        raise BadProblem(f"The plan cannot be written to {str(arguments.out)!r}: {error.strerror}.") from error
    planned = sum(len(route.stops) for route in plan.routes)
    result = {"status": str(plan.status), "objective": plan.objective, "bound": plan.bound, "planned": planned}
    if arguments.json:
        sys.stdout.write(json.dumps(result) + "\n")
    elif not arguments.progress:
        sys.stdout.write(told(problem, plan) + "\n")
    return 0


def told(problem: Problem, plan: Plan) -> str:
    """Say in a few words what a plan is worth, how far from the best it can be, and what it misses."""
    planned = sum(len(route.stops) for route in plan.routes)
    words = [f"{planned} of {len(problem.visits)} visits planned, objective {plan.objective:,.2f}."]
    if plan.status == Status.OPTIMAL:
        words.append("No plan is better.")
    elif plan.bound is not None and plan.bound_is_valid and plan.objective > 0:
        words.append(f"At most {100 * (plan.bound / plan.objective - 1):.1f} % better is possible ({plan.bound_kind}).")
    required = {one.id for one in problem.visits if one.required}
    missing = sum(one.visit in required for one in plan.left_out)
    if missing:
        words.append(f"{missing} of {len(required)} required visits found no room; the plan says why.")
    if not problem.shifts:
        words.append("The problem has no shifts.")
    elif plan.left_out and not planned:
        reason, of = Counter(one.reason for one in plan.left_out).most_common(1)[0]
        words.append(f"Nothing could be planned; {of} of {len(problem.visits)}: {reason} ({MEANINGS[Reason(reason)]})")
    return " ".join(words)


def _report(progress: Progress) -> None:
    told = asdict(progress)
    if progress.uplift is None:  # told only to who said what visits are worth
        del told["uplift"]
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _refused(error: BadProblem) -> int:
    sys.stderr.write(f"{error}\n")
    return 2


def above_zero(text: str) -> float:
    """Read an argument: a number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text!r}")
    return value


def one_or_more(text: str) -> int:
    """Read an argument: a count."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, not {text!r}")
    return int(text)
