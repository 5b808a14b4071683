"""How uneven crews' weeks are, what evening them out costs, and whether the tolerance is met.

    python ../shared/tools/branch_week.py --debtors 800 --crews 6 --days 5 --seed 7 --out var/bw800.json
    python -m benchmarks.load_balance var/bw800.json [--seconds 6] [--seeds 1 2 3] [--tolerance 0.15] [--price 0.005]

Each problem is planned with each seed. One visit in eight, drawn from the seed, is called hard, about as in the demo.
The table gives the largest distance of a crew from its share, by measure: before, after whole routes were exchanged for
nothing, and after single stops were moved within the price. Every plan is audited. docs/load.md
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from planner import routing
from planner.routing.balance import spread
from planner.routing.even import even_out
from planner.routing.problem_format import read_problem
from planner.solving import solve_in_child


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--tolerance", type=float, default=0.15)
    parser.add_argument("--price", type=float, default=0.005, help="share of the objective that may be paid")
    parser.add_argument("--hard", type=float, default=0.125, help="share of hard visits")
    arguments = parser.parse_args()
    print(
        "problem seed | hours, travel, hard: before | routes exchanged | stops moved | met | price | share | s | audit"
    )
    for path in arguments.problems:
        problem = read_problem(path)
        for seed in arguments.seeds:
            plan = solve_in_child(problem, seconds=arguments.seconds, seed=seed)
            rng = np.random.default_rng([seed, 8])
            hard = {one.id for one in problem.visits if rng.random() < arguments.hard}
            began = time.perf_counter()
            made = even_out(
                problem,
                plan,
                crews={one.crew for one in problem.shifts},
                hard=hard,
                tolerance=arguments.tolerance,
                most_price=arguments.price * plan.objective,
            )
            took = time.perf_counter() - began
            told = [
                " ".join(f"{100 * one:5.1f}" for one in spread(made.fair, loads))
                for loads in (made.before, made.exchanged, made.after)
            ]
            faults = len(routing.audit(problem, made.plan))
            print(
                f"{path.stem} {seed} | {' | '.join(told)} | {'yes' if made.met else 'no'} | {made.price:,.0f} | "
                f"{100 * made.price / plan.objective:.2f} % | {took:.1f} | {faults}",
                flush=True,
            )


if __name__ == "__main__":
    main()
