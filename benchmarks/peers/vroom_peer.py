"""VROOM, through pyvroom: cold, since it improves no given plan, and with priorities instead of values.

A visit is a job with the windows of all its options, a shift a vehicle. VROOM makes the sum of the priorities of the
jobs it assigns as large as possible, then their number, and only then travel as small as possible. Priorities are
whole numbers from 0 to 100, so values are crushed: here they are shares of the largest value, up to 99, and required
visits 100. The sum can still be larger without a required visit, and travel cost is not weighed against values at
all. An option's own value, place and service cannot be stated where they differ; such problems are refused.

It has no seed and only a wall clock: it is told as many wall seconds as the CPU seconds are worth on the machine just
now, and what it took is printed with the table. ``LEVEL`` is how far it explores if there is time. On 800 visits, 30
shifts (generator seed 7, one run each) it ended by itself after 23 CPU s at level 0 with 148,364 and after 20 at
level 1 with 147,519; at level 5 it had 140,063 when it was stopped at 31. Shares of the 99 % and the 95 % quantile of
values instead of the largest: 148,028 and 147,473.
"""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import vroom

from benchmarks.peers import refuse
from benchmarks.peers.shuffle import shuffled
from planner.routing.greedy import Tours, fill, toured
from planner.routing.instance import NO_ROAD_S, Instance
from planner.routing.problem import BadProblem
from planner.routing.tour import tour

LEVEL = 0

#: CPU seconds for which the machine is watched.
WATCHED_S = 0.5


def improved(instance: Instance, start: Tours, seconds: float, seed: int) -> Tours:  # noqa: ARG001
    """Give VROOM's plan; ``start`` it cannot use."""
    refuse(instance.problem, "vroom", breaks=True)
    other = shuffled(instance, seed)
    return other.back(_planned(other.instance, seconds))


def _planned(instance: Instance, seconds: float) -> Tours:
    visits, shifts = instance.problem.visits, instance.problem.shifts
    model = vroom.Input()
    most = float(max(one.ends for one in shifts))
    model.set_durations_matrix("car", np.where(instance.travel_s < NO_ROAD_S, instance.travel_s, most))
    skills = {name: i for i, name in enumerate(sorted({name for one in visits for name in one.needs}))}
    top = float(instance.value.max(initial=0.0)) or 1.0
    for v, one in enumerate(visits):
        nodes = instance.nodes_of[v]
        if len({(instance.value[n], instance.place[n], instance.service_s[n]) for n in nodes}) > 1:
            raise BadProblem(f"The peer 'vroom' cannot state that the options of visit {one.id!r} differ.")
        if len(nodes):
            value = float(instance.value[nodes[0]])
            model.add_job(
                vroom.Job(
                    v,
                    int(instance.place[nodes[0]]),
                    default_service=int(instance.service_s[nodes[0]]),
                    skills={skills[name] for name in one.needs},
                    priority=100 if one.required else int(np.clip(round(99 * value / top), 0, 99)),
                    time_windows=sorted((int(instance.opens[n]), int(instance.closes[n])) for n in nodes),
                )
            )
    for s, shift in enumerate(shifts):
        most_stops = {} if shift.max_stops is None else {"max_tasks": shift.max_stops}
        model.add_vehicle(
            vroom.Vehicle(
                s,
                start=shift.start_place,
                end=shift.end_place,
                skills={skills[name] for name in shift.skills if name in skills},
                time_window=(shift.starts, shift.ends),
                **most_stops,
            )
        )
    found = model.solve(
        exploration_level=LEVEL, nb_threads=1, timeout=timedelta(seconds=seconds * _wall_per_cpu())
    ).routes
    jobs = found[found["type"] == "job"]
    orders: list[list[int]] = [[] for _ in shifts]
    # Without any job pyvroom leaves the column of their ids out.
    for s, v in zip(jobs["vehicle_id"], jobs.get("id", ()), strict=True):
        orders[int(s)].append(int(v))
    return fill(instance, toured(instance, [_nodes(instance, s, order) for s, order in enumerate(orders)]))


def _wall_per_cpu() -> float:
    """Give how many wall seconds a CPU second takes just now."""
    wall, cpu = time.monotonic(), time.process_time()
    while time.process_time() - cpu < WATCHED_S:
        pass
    return (time.monotonic() - wall) / WATCHED_S


def _nodes(instance: Instance, shift: int, order: list[int]) -> list[int]:
    """Give for visits in order the options in which each begins earliest."""
    made: list[int] = []
    for v in order:
        by_closing = sorted(instance.nodes_of[v], key=lambda n: float(instance.closes[n]))
        fitting = (int(n) for n in by_closing if instance.may[shift, n] and tour(instance, shift, [*made, int(n)]))
        made.append(next(fitting))
    return made
