"""The same problem with its visits in another order: a seed for engines that have none.

Ties are broken by order, so an engine without randomness answers somewhat differently; the spread shows how much
of a difference between two engines is luck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.routing.greedy import Tours, toured
from planner.routing.instance import Instance, prepare


@dataclass(frozen=True, eq=False)
class Shuffled:
    """An instance, the one it was made from, and for each of its nodes the node there."""

    instance: Instance
    original: Instance
    node_there: NDArray[np.int64]

    def here(self, tours: Tours) -> Tours:
        """Give tours of the original as tours of the shuffled instance."""
        node_here = np.argsort(self.node_there)
        return toured(self.instance, [[int(node_here[n]) for n in one.nodes] for one in tours])

    def back(self, tours: Tours) -> Tours:
        """Give tours of the shuffled instance as tours of the original."""
        return toured(self.original, [[int(self.node_there[n]) for n in one.nodes] for one in tours])


def shuffled(instance: Instance, seed: int) -> Shuffled:
    """Give the instance with its visits in an order drawn from the seed."""
    visits = instance.problem.visits
    order = np.random.default_rng(seed).permutation(len(visits))
    problem = replace(instance.problem, visits=tuple(visits[v] for v in order))
    there = [instance.nodes_of[v] for v in order]
    return Shuffled(prepare(problem), instance, np.concatenate(there) if there else np.zeros(0, dtype=np.int64))
