"""Other engines on our problem, each known to one module, for comparison only.

A peer is a function ``(instance, start, seconds, seed) -> tours``: it states the problem in the engine's own terms, the
best we know, starts it from our start where it can start from a plan, lets it search so many CPU seconds on one
thread, and gives back nothing but the order of stops, built again by our ``tour``. Times and values that the engine
claims are not read. What still fits into the routes is filled in, as the product does after its own outside engine,
so that a peer is not blamed for a stop that its model could not see.

What an engine cannot state is refused with ``BadProblem``, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import version

from planner.routing import BadProblem, Problem
from planner.routing.greedy import Tours
from planner.routing.instance import Instance

Peer = Callable[[Instance, Tours, float, int], Tours]

#: Where each peer lives, and the package whose version it reports.
MODULES: Mapping[str, tuple[str, str]] = {
    "pyvrp": ("benchmarks.peers.pyvrp_peer", "pyvrp"),
    "routing": ("benchmarks.peers.routing_peer", "ortools"),
    "vroom": ("benchmarks.peers.vroom_peer", "pyvroom"),
}


def peer(name: str) -> Peer:
    """Give a peer by name; its package is imported only now."""
    found: Peer = import_module(MODULES[name][0]).improved
    return found


def release(name: str) -> str:
    """Give a peer's package and its version."""
    return f"{MODULES[name][1]} {version(MODULES[name][1])}"


def refuse(problem: Problem, name: str, *, breaks: bool) -> None:
    """Refuse what an engine cannot state.

    Raises
    ------
    BadProblem
        If the problem has locks, a published plan or hour factors; or breaks, where ``breaks`` asks about them.
    """
    for key, there in (
        ("locks", bool(problem.locks)),
        ("published", problem.published is not None),
        ("hour_factors", problem.hour_factors is not None),
        ("breaks", breaks and any(one.breaks for one in problem.shifts)),
    ):
        if there:
            raise BadProblem(f"The peer {name!r} cannot state {key!r}; compare on problems without.")
