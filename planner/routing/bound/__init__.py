"""Values that no plan can exceed.

Two relaxations, a cheap one and a tight one. ``knapsack`` forgets where visits lie; it takes a fraction of a second and
proves little. ``ng`` lets each shift drive the best route at prices of the visits, where only a visit made shortly
before and nearby may not be made again; it takes from seconds to minutes and proves within a few per cent. It is
imported when it is used: it brings a compiler and a solver along.
"""

from planner.routing.bound.knapsack import Knapsack, knapsack_bound

__all__ = ["Knapsack", "knapsack_bound"]
