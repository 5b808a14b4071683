"""How fast a plan and the proof of it come together: python -m benchmarks.bound PROBLEM.json … [--seconds 60].

Each problem is planned as the product does it, with two workers: one searches, the other is the proof's process. The
table gives, by wall time, the plan's value, the least value that no plan can exceed, and how far they are apart. CPU
seconds of both processes and the load of the machine stand below it.
"""

from __future__ import annotations

import argparse
import os
import resource
from pathlib import Path

from planner.routing import Progress, audit, read_problem, solve


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", type=Path, nargs="+", help="field-visit-problem/1 files")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall seconds of everything")
    parser.add_argument("--rows", type=int, default=12, help="rows of the table, more of them early")
    arguments = parser.parse_args()
    due = [arguments.seconds * 0.75**k for k in range(arguments.rows)]
    for path in arguments.problems:
        problem = read_problem(path)
        print(f"{path.name}: {len(problem.visits)} visits, {len(problem.shifts)} shifts; load {os.getloadavg()[0]:.1f}")
        print("| wall s | plan | bound | apart |\n|---|---|---|---|")
        left = list(due)

        def tell(progress: Progress, left: list[float] = left) -> None:
            if left and progress.elapsed_s >= left[-1] and progress.bound is not None:
                while left and progress.elapsed_s >= left[-1]:
                    left.pop()
                print(row(progress.elapsed_s, progress.objective, progress.bound), flush=True)

        plan = solve(problem, seconds=arguments.seconds, on_progress=tell)
        assert not audit(problem, plan)
        print(row(plan.search_s, plan.objective, plan.bound), f"{plan.bound_kind}, valid: {plan.bound_is_valid}")
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        spent = " and ".join(f"{one.ru_utime + one.ru_stime:.0f}" for one in used)
        print(f"CPU s of search and proof so far: {spent}; load {os.getloadavg()[0]:.1f}", flush=True)


def row(elapsed_s: float, value: float, bound: float | None) -> str:
    """Give a row of the table."""
    if bound is None:
        return f"| {elapsed_s:.0f} | {value:,.0f} | | |"
    return f"| {elapsed_s:.0f} | {value:,.0f} | {bound:,.0f} | {100 * (bound / value - 1):.2f} % |"


if __name__ == "__main__":
    main()
