"""OR-Tools' routing library, by the product's own adapter (``planner.routing.ortools_routing``).

It reads a wall clock; here that clock is set far off and the library is stopped through the question whether
somebody cancelled, which is asked from its first step on and answered by CPU seconds. It has no seed.
"""

from __future__ import annotations

import time

from benchmarks.clock import CpuSeconds
from benchmarks.peers import refuse
from benchmarks.peers.shuffle import shuffled
from planner.routing.greedy import Tours
from planner.routing.instance import Instance
from planner.routing.ortools_routing import Limits, improve_by_library

#: Wall seconds per CPU second after which the library stops by itself, for a machine that gives us no time at all.
PATIENCE = 30.0


def improved(instance: Instance, start: Tours, seconds: float, seed: int) -> Tours:
    """Give what the library makes of the start."""
    refuse(instance.problem, "routing", breaks=False)
    other, clock = shuffled(instance, seed), CpuSeconds(seconds)
    ends = time.monotonic() + PATIENCE * (seconds + 1.0)
    return other.back(improve_by_library(other.instance, other.here(start), Limits(ends, cancelled=clock.over)))
