"""Answers one question of ``planner.routing.proof``: reads an instance, writes better and better bounds."""

from __future__ import annotations

import json
import os
import pickle
import sys
import threading
import time

from planner.routing.bound.ng import Bound, ng_bound
from planner.routing.compiled.ground import ground
from planner.routing.greedy import greedy
from planner.routing.progress import Until
from planner.routing.search import improve

#: The share of the time that goes into a plan to guess the first prices from, and its most seconds. From the plan that
#: a search starts with, the bound needs several times as long.
SEARCHING, MOST_SEARCHING_S = 0.1, 3.0


def main() -> None:
    """Read the question and answer it."""
    began = time.monotonic()
    instance, seconds, knapsack = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the process that started this one
    threading.Thread(target=end_with_starter, daemon=True).start()
    common = ground(instance)
    now = time.monotonic()
    budget = Until(now, now + min(MOST_SEARCHING_S, SEARCHING * seconds))
    tours = improve(instance, greedy(instance, common), budget, seed=0, common=common).tours
    nodes, ends = [one.nodes for one in tours], began + seconds
    ng_bound(instance, nodes, ends=ends, on_bound=tell, cancelled=lambda: False, other=knapsack)


def tell(bound: Bound) -> None:
    """Write a bound on a line."""
    told = {"value": float(bound.value), "duals": bound.duals.tolist(), "marginal": bound.marginal.tolist()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def end_with_starter() -> None:
    """End this process when its standard input does: its starter holds that open as long as it lives."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
