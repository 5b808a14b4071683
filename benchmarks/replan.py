"""How long planning the rest of a day anew takes: python -m benchmarks.replan [--crews 1 3 6] [--visits 20 60 100].

Invented days of one city: each crew works from nine to half past five with a break at noon, and visits lie on a square
of ten kilometres. At eleven the first crew is forty minutes late and one urgent visit comes in. Milliseconds of CPU and
of wall time, the median of five days, compiling excluded.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from planner.routing.audit import audit
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.plan import Plan
from planner.routing.problem import Break, Option, Problem, Shift, Visit
from planner.routing.progress import Steps
from planner.routing.replan import Replanned, replan
from planner.routing.rest import Moment, Whereabouts
from planner.routing.search import improve
from planner.routing.translate import to_plan

HOUR = 3600
DAYS = 5


def day(crews: int, visits: int, seed: int) -> Problem:
    """Give an invented day; the last visit is the urgent one."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 10_000, (visits + 2, 2))
    seconds = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * 1.3 / 8.3)
    return Problem(
        datetime(2026, 11, 30, tzinfo=UTC),
        0.02,
        seconds,
        (
            *(Visit(f"D{k}", k, int(rng.integers(15, 40)) * 60, options=_options(rng)) for k in range(1, visits + 1)),
            Visit("urgent", visits + 1, 1800, required=True, options=(Option(9 * HOUR, 17 * HOUR, 0.0),)),
        ),
        tuple(
            Shift(f"S{c}", f"C{c}", 0, 0, 9 * HOUR, int(17.5 * HOUR), breaks=(Break(12 * HOUR, 13 * HOUR, 2700),))
            for c in range(crews)
        ),
    )


def _options(rng: np.random.Generator) -> tuple[Option, ...]:
    worth = float(rng.gamma(1.5, 200))
    opens = 9 * HOUR + int(rng.integers(0, 10)) * 1800
    return (Option(opens, opens + 3 * HOUR, worth),)


def late(one: Problem, plan: Plan) -> tuple[float, float, Replanned]:
    """Plan the rest from eleven o'clock on; give CPU and wall milliseconds, and what came of it."""
    now = 11 * HOUR
    over = [(route, stop) for route in plan.routes for stop in route.stops if stop.begins <= now]
    where = {}
    if over:
        first = over[0][0].shift
        crew = next(shift.crew for shift in one.shifts if shift.id == first)
        last = [stop for route, stop in over if route.shift == first][-1]
        place = next(visit.place for visit in one.visits if visit.id == last.visit)
        where = {crew: Whereabouts(place, max(now, last.leaves) + 2400)}
    moment = Moment(now, frozenset(stop.visit for _, stop in over), where)
    cpu, wall = time.process_time(), time.perf_counter()
    made = replan(one, plan, moment)
    return 1e3 * (time.process_time() - cpu), 1e3 * (time.perf_counter() - wall), made


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--crews", type=int, nargs="+", default=[1, 3, 6])
    asked.add_argument("--visits", type=int, nargs="+", default=[20, 60, 100])
    given = asked.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for crews, visits in zip(given.crews, given.visits, strict=True):
        rows: list[tuple[float, float, int]] = []
        kinds: Counter[str] = Counter()
        for seed in range(DAYS + 1):
            one = day(crews, visits, seed)
            before = replace(one, visits=one.visits[:-1])
            instance = prepare(before)
            plan = to_plan(instance, improve(instance, greedy(instance), Steps(20_000), 1).tours, made_with="day")
            cpu, wall, made = late(one, plan)
            assert not audit(made.problem, made.plan)
            assert made.plan.status == "feasible"
            # The first day loads the compiled code.
            if seed:
                stops = sum(len(route.stops) for route in plan.routes)
                rows.append((cpu, wall, stops))
                kinds.update(str(one.kind) for one in made.differences)
        cpu, wall, stops = (statistics.median(column) for column in zip(*rows, strict=True))
        told = ", ".join(f"{count / DAYS:.1f} {kind}" for kind, count in kinds.most_common())
        print(f"{crews} crews, {visits:3d} visits, {stops:.0f} planned: {cpu:4.0f} ms CPU, {wall:4.0f} ms wall; {told}")


if __name__ == "__main__":
    main()
