"""How long a change of a plan by hand takes to be answered: re-timed, priced, with the chance to end in the shift.

``python -m benchmarks.edit_speed [--visits 3000] [--crews 6]``: an invented branch, six crews on five days, ten options
a visit. Told are the median and the longest of ten changes of each kind, in milliseconds of wall time and of CPU. The
second reading of the rules and the page are not in it (the rules take some 10 ms a route, docs/editing.md).
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from planner.editing import (
    Add,
    CallIn,
    Command,
    DayOff,
    Doors,
    Draft,
    Drop,
    Forbid,
    Hours,
    Lock,
    Move,
    Refusal,
    SwapDays,
    apply,
    draft,
    price,
)
from planner.routing import Break, Option, Problem, ProblemShift, TravelSpread, Visit
from planner.routing.finish import Case
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.translate import to_plan

ORIGIN = datetime.fromisoformat("2026-11-30T00:00:00+08:00")
DAY, HOUR, TIMES = 86_400, 3_600, 10
#: (opens, closes) of a day's two options, in hours
SPANS = ((8.5, 12.0), (14.0, 19.5))


def town(visits: int, crews: int, seed: int = 1) -> Problem:
    """Give a branch: visits strewn over thirty kilometres, 30 km/h, values like those of the demo."""
    rng = np.random.default_rng(seed)
    xy = rng.normal(0, 6_000, (visits + 1, 2))
    xy[0] = 0
    seconds = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 8.3)
    spans = [(day * DAY + int(a * HOUR), day * DAY + int(b * HOUR)) for day in range(5) for a, b in SPANS]
    return Problem(
        origin=ORIGIN,
        travel_cost_per_s=0.03,
        seconds=seconds,
        visits=tuple(
            Visit(
                id=f"D{k}",
                place=k + 1,
                service_s=int(rng.integers(700, 1300)),
                options=tuple(Option(a, b, float(rng.lognormal(5.5, 0.7))) for a, b in spans),
            )
            for k in range(visits)
        ),
        shifts=tuple(
            ProblemShift(
                id=f"C{crew}-{day}",
                crew=f"C{crew}",
                start_place=0,
                end_place=0,
                starts=day * DAY + 9 * HOUR,
                ends=day * DAY + int(17.5 * HOUR),
                breaks=(Break(day * DAY + int(11.5 * HOUR), day * DAY + int(13.5 * HOUR), 2_700),),
            )
            for crew in range(crews)
            for day in range(5)
        ),
    )


def commands(of: Draft, rng: np.random.Generator) -> Iterator[tuple[str, Callable[[], Command]]]:
    """Give each kind of change with a maker of random ones."""
    inside, out, shifts = list(of.at), of.left_out(), of.problem.shifts

    def stop() -> str:
        return str(rng.choice(inside))

    def some() -> ProblemShift:
        return shifts[int(rng.integers(len(shifts)))]

    def together() -> Command:
        first, second = rng.choice(of.stops(int(rng.integers(len(shifts)))), 2, replace=False)
        return Forbid(str(first), str(second))

    def other_hours(seconds: int) -> Command:
        one = some()
        return Hours(one.id, one.starts, one.ends + seconds)

    def off() -> Command:
        one = some()
        return DayOff(one.crew, of.day(one))

    def more() -> Command:
        one = some()
        return CallIn(replace(one, id="more", starts=one.ends, ends=one.ends + 3 * HOUR, breaks=()))

    monday = of.day(shifts[0])
    yield "move", lambda: Move(stop(), some().id)
    yield "add anywhere", lambda: Add(str(rng.choice(out)))
    yield "add on a shift", lambda: Add(str(rng.choice(out)), some().id)
    yield "lock", lambda: Lock(stop())
    yield "drop", lambda: Drop(stop())
    yield "apart", together
    yield "swap a crew's days", lambda: SwapDays(monday, monday + timedelta(days=1), some().crew)
    yield "swap all crews' days", lambda: SwapDays(monday, monday + timedelta(days=1))
    yield "day off", off
    yield "an hour less", lambda: other_hours(-HOUR)
    yield "an hour more", lambda: other_hours(HOUR)
    yield "shift more", more


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=3_000)
    parser.add_argument("--crews", type=int, default=6)
    asked = parser.parse_args()
    problem = town(asked.visits, asked.crews)
    instance = prepare(problem)
    began = time.perf_counter()
    prepare(problem, like=instance)
    again = time.perf_counter() - began
    of = draft(problem, to_plan(instance, greedy(instance), made_with="benchmark"))
    door = (Case(0.4, 420.0), Case(0.2, 600.0), Case(0.4, 1_500.0, 0.4))
    doors = Doors({one.id: [door] * len(one.options) for one in problem.visits}, TravelSpread(0.1, 0.2))
    print(
        f"{asked.visits} visits, {len(problem.shifts)} routes, {len(of.at)} planned; a problem prepared again in "
        f"{1000 * again:.0f} ms; load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'change':22} {'median ms':>9} {'longest':>8} {'CPU':>6} {'refused':>8}")
    rng = np.random.default_rng(7)
    for name, make in commands(of, rng):
        wall, cpu, refused = [], [], 0
        for _ in range(TIMES):
            command, began, used = make(), time.perf_counter(), time.process_time()
            answer = apply(of, command)
            if isinstance(answer, Refusal):
                refused += 1
            else:
                price(of, answer, doors=doors)
            wall.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.process_time() - used))
        print(f"{name:22} {statistics.median(wall):9.0f} {max(wall):8.0f} {statistics.median(cpu):6.0f} {refused:8}")


if __name__ == "__main__":
    main()
