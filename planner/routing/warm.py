"""Compiles search and bound once, so that no user waits for it: run at set-up, and when their source has changed.

A process that solves many problems loads here, before the first one comes, what searches need.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np

from planner.routing.bound.ng import ng_bound
from planner.routing.greedy import Tours, greedy
from planner.routing.instance import Instance, prepare
from planner.routing.problem import Break, Option, Problem, Shift, Visit
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.translate import to_plan

#: Long enough for the slowest machine.
COMPILING_S = 3600.0


def warm() -> None:
    """Make one step on a problem of one visit and bound it; what was compiled is kept for later processes."""
    instance, tours = _step()
    ends = time.monotonic() + COMPILING_S
    ng_bound(instance, [one.nodes for one in tours], ends=ends, on_bound=lambda _: None, cancelled=lambda: False)


def load() -> None:
    """Load what a search needs, without the bound, which is made in a process of its own."""
    # Heavy, and else imported in the middle of the first search.
    import planner.routing.ortools_recombine
    import planner.routing.ortools_reroute  # noqa: F401

    _step()


def _step() -> tuple[Instance, Tours]:
    visit = Visit("V", place=1, service_s=600, options=(Option(0, 3600, 10.0),))
    # Two kinds of shifts: only then does one try the routes of the other.
    shifts = tuple(Shift(f"S{ends}", "C", 0, 0, 0, ends, breaks=(Break(600, 1200, 600),)) for ends in (7200, 9000))
    seconds = np.array([[0.0, 60.0], [60.0, 0.0]])
    problem = Problem(datetime(2026, 1, 1, tzinfo=UTC), 0.01, seconds, (visit,), shifts)
    instance = prepare(problem)
    tours = improve(instance, greedy(instance), Steps(1), seed=1).tours
    to_plan(instance, tours, made_with="warm")
    return instance, tours


if __name__ == "__main__":
    warm()
