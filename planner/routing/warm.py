"""Compiles the search once, so that no user waits for it: run at set-up, and again when its source has changed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.problem import Break, Option, Problem, Shift, Visit
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.translate import to_plan


def warm() -> None:
    """Make one step on a problem of one visit; what was compiled is kept for later processes."""
    visit = Visit("V", place=1, service_s=600, options=(Option(0, 3600, 10.0),))
    shift = Shift("S", "C", 0, 0, 0, 7200, breaks=(Break(600, 1200, 600),))
    seconds = np.array([[0.0, 60.0], [60.0, 0.0]])
    problem = Problem(datetime(2026, 1, 1, tzinfo=UTC), 0.01, seconds, (visit,), (shift,))
    instance = prepare(problem)
    to_plan(instance, improve(instance, greedy(instance), Steps(1), seed=1).tours, made_with="warm")


if __name__ == "__main__":
    warm()
