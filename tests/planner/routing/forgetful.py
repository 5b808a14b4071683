"""Lets each move of the search forget the pairs kept apart in turn, and says whether that is noticed.

    NUMBA_DISABLE_JIT=1 python -m tests.planner.routing.forgetful

A compiled function cannot be changed from outside; without compiling, the same source runs as Python, slowly.
"""

import json
import sys
import warnings
from dataclasses import replace

from planner.routing import audit
from planner.routing import tour as tours
from planner.routing.compiled import rebuild as whole
from planner.routing.compiled import recreate, start
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.translate import to_plan
from tests.planner.routing.test_apart import long_routes

#: What each move asks, and the answer of one that has forgotten.
MOVES = {
    "nothing": None,
    "start": (start, "barred", lambda *_: False),
    "refill": (recreate, "barred", lambda *_: False),
    "part": (recreate, "part", lambda *_: None),
    "compose": (whole, "set_apart", lambda *_: None),
    "insertions": (tours, "barred", lambda *_: set()),
}


def outcome(seed):
    """Whether a plan keeps the pairs; a tour that breaks one is no tour, which the search notices itself."""
    one = long_routes(seed, visits=24, share=0.3)
    must = tuple(replace(each, required=v % 4 == 0) for v, each in enumerate(one.visits))
    one = replace(one, visits=must)
    instance = prepare(one)
    try:
        made = improve(instance, greedy(instance), Steps(60), seed).tours
    except AssertionError:
        return "broken"
    return "broken" if audit(one, to_plan(instance, made, made_with="search")) else "kept"


def main():
    warnings.simplefilter("ignore", RuntimeWarning)  # numbers that wrap around are meant to
    said = {}
    for name, move in MOVES.items():
        was = move and getattr(move[0], move[1])
        if move:
            setattr(move[0], move[1], move[2])
        found = {outcome(seed) for seed in range(2)}
        if move:
            setattr(move[0], move[1], was)
        said[name] = "broken" if "broken" in found else "kept"
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
