"""A first guess of the visits' prices, from a plan at hand.

A plan tells how many minutes of each shift, and of its mornings and evenings, are there to be had, and what another
visit would take of them: its service and the detour into the nearest gap of the shift that its hours fit. With these
minutes the problem is a knapsack for every shift, and its multipliers say what a minute is worth there and then. A
visit's price is what its best option, on any shift and at any hour, earns above the minutes it takes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.knapsack import Rows, multiplied, rows_of
from planner.routing.instance import Instance

#: Subgradient steps, so that about so many entries of shifts times options are gone over in all; at least and at most.
ENTRIES, STEPS = 5e7, (30, 300)

#: Where a visit fits into no gap of a shift, and at most: seconds of detour.
FARTHEST_S = 7200.0

Floats = NDArray[np.float64]


def first_prices(instance: Instance, tours: Sequence[Sequence[int]]) -> Floats:
    """Give a price for each visit, (visits,); below zero only for required ones."""
    if not instance.may.size:
        return np.zeros(len(instance.required))
    detour_s = _detours(instance, tours)
    weight = np.maximum(detour_s + instance.service_s, 1.0)
    every = np.arange(len(instance.visit))
    worth = np.stack([instance.worth(shift, every) for shift in range(len(instance.may))])
    net = np.where(instance.may, worth - instance.cost_per_s * detour_s, -np.inf)
    counts = rows_of(instance, weight, detour_s).counts
    made_s, target = np.zeros(counts.shape[:2]), 0.0
    for s, tour in enumerate(tours):
        made_s[s] = counts[s][:, list(tour)] @ weight[s, list(tour)]
        target += float(net[s, list(tour)].sum())
    rounds = int(np.clip(ENTRIES / net.size, *STEPS))
    return multiplied(instance, Rows(made_s, counts), net, weight, target=target, rounds=rounds, forced=True).prices


def _detours(instance: Instance, tours: Sequence[Sequence[int]]) -> Floats:
    """Give the least travel each node adds to each tour where that passes at its hours, seconds (shifts, nodes).

    For a planned one it is what leaving it out would save.
    """
    place = instance.place
    detour_s = np.empty((len(tours), len(place)))
    for s, (one, shift) in enumerate(zip(tours, instance.problem.shifts, strict=True)):
        least = np.full(len(place), np.inf)
        at = float(shift.starts)
        stops = [shift.start_place, *place[list(one)].tolist(), shift.end_place]
        departs = [at]
        for k, n in enumerate(one):
            at = max(at + instance.travel_s[stops[k], place[n]], instance.opens[n]) + instance.service_s[n]
            departs.append(at)
        ahead = float(shift.ends)
        arrives = [ahead]
        for k in range(len(one) - 1, -1, -1):
            n = one[k]
            ahead = min(ahead - instance.travel_s[place[n], stops[k + 2]] - instance.service_s[n], instance.closes[n])
            arrives.append(ahead)
        arrives.reverse()
        for k in range(len(stops) - 1):
            a, b = stops[k], stops[k + 1]
            to, fro = instance.travel_s[a, place], instance.travel_s[place, b]
            added = np.maximum(to + fro - instance.travel_s[a, b], 0.0)
            fits = instance.may[s] & (departs[k] + to <= instance.closes) & (arrives[k] - fro >= instance.opens)
            least = np.where(fits, np.minimum(least, added), least)
        for k, n in enumerate(one):
            around = instance.travel_s[stops[k], place[n]] + instance.travel_s[place[n], stops[k + 2]]
            least[n] = max(0.0, float(around - instance.travel_s[stops[k], stops[k + 2]]))
        detour_s[s] = np.minimum(least, FARTHEST_S)
    return detour_s
