"""A first guess of the visits' prices, from a plan at hand.

In a good plan time has about the same worth wherever crews pass at the same hours: what earns more a minute is
planned, what earns less is left out. So for each visit the worth of a minute is guessed that best separates planned
from left-out visits near it in place and hours, and its price is its value less that of the minutes it takes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.routing.instance import Instance

#: Visits that are looked at around each, and how far wholly different hours set two visits apart, in seconds of travel.
AROUND, APART_S = 120, 14_400

#: What is taken of the worth of a minute: measured, the bound at the first prices is then lowest.
SHARE = 0.9

Floats = NDArray[np.float64]


def first_prices(instance: Instance, tours: Sequence[Sequence[int]]) -> Floats:
    """Give a price for each visit, (visits,); below zero only for required ones."""
    visits = len(instance.required)
    node = np.zeros(visits, dtype=np.int64)
    minutes, worth = np.full(visits, np.nan), np.full(visits, np.nan)
    detour = _detours(instance, tours)
    planned = np.zeros(visits, dtype=bool)
    made = [n for one in tours for n in one]
    takes = np.maximum(instance.service_s + detour, 1.0)
    net = instance.value - instance.cost_per_s * detour
    for v, nodes in enumerate(instance.nodes_of):
        if len(nodes):
            node[v] = nodes[np.argmax(net[nodes] / takes[nodes])]
            minutes[v], worth[v] = takes[node[v]], net[node[v]]
    for n in made:
        v = instance.visit[n]
        planned[v], node[v], minutes[v], worth[v] = True, n, takes[n], net[n]
    some = np.flatnonzero(~np.isnan(worth))
    rate = _rates(instance, some, node, worth / minutes, planned)
    prices = np.zeros(visits)
    guess = worth[some] - rate * minutes[some]
    prices[some] = np.where(instance.required[some], guess, np.maximum(guess, 0.0))
    return prices


def _rates(
    instance: Instance, some: NDArray[np.int64], node: NDArray[np.int64], density: Floats, planned: NDArray[np.bool_]
) -> Floats:
    """Give the worth of a second that separates planned from left-out visits around each of ``some``."""
    place = instance.place[node[some]]
    apart = instance.travel_s[np.ix_(place, place)]
    hours = _hours(instance)[some]
    norm = np.sqrt(hours.sum(axis=1))
    alike = hours @ hours.T / np.maximum(norm[:, None] * norm, 1e-9)
    apart = apart + apart.T + APART_S * (1.0 - alike)
    free = ~instance.required[some]
    apart[:, ~free] = np.inf
    around = np.argsort(apart, axis=1, kind="stable")[:, :AROUND]
    rates = np.zeros(len(some))
    for k in range(len(some)):
        near = some[around[k][free[around[k]]]]
        order = near[np.argsort(density[near])]
        # Between which two densities lie the fewest planned below and left out above?
        wrong = np.concatenate(([0], planned[order].cumsum())) + np.concatenate(
            (np.cumsum(~planned[order][::-1])[::-1], [0])
        )
        best = np.flatnonzero(wrong == wrong.min(initial=len(order) + 1))
        at = best[len(best) // 2] if len(best) else 0
        low = density[order[at - 1]] if at > 0 else 0.0
        high = density[order[at]] if at < len(order) else low
        rates[k] = max(0.0, SHARE * (low + high) / 2.0)
    return rates


def _hours(instance: Instance) -> Floats:
    """Give in which hours of all days each visit may begin, (visits, hours)."""
    first = np.floor(instance.opens / 3600.0).astype(np.int64)
    last = np.floor(instance.closes / 3600.0).astype(np.int64)
    zero = int(min((one.starts for one in instance.problem.shifts), default=0) // 3600)
    end = int(max((one.ends for one in instance.problem.shifts), default=0) // 3600)
    hours = np.zeros((len(instance.required), max(0, end - zero) + 1))
    for v, a, b in zip(instance.visit.tolist(), first.tolist(), last.tolist(), strict=True):
        hours[v, max(0, a - zero) : max(0, b - zero + 1)] = 1.0
    return hours


def _detours(instance: Instance, tours: Sequence[Sequence[int]]) -> Floats:
    """Give the least travel each node adds to a tour that passes at its hours, seconds (nodes,)."""
    nodes = len(instance.visit)
    least = np.full(nodes, np.inf)
    nearest = np.full(nodes, np.inf)
    saves = np.full(nodes, np.nan)
    place = instance.place
    for s, (one, shift) in enumerate(zip(tours, instance.problem.shifts, strict=True)):
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
            nearest = np.minimum(nearest, added)
        for k, n in enumerate(one):
            around = instance.travel_s[stops[k], place[n]] + instance.travel_s[place[n], stops[k + 2]]
            saves[n] = max(0.0, float(around - instance.travel_s[stops[k], stops[k + 2]]))
    # A planned visit has no detour into the gaps beside itself: what counts is what leaving it out would save.
    least = np.where(np.isnan(saves), least, saves)
    least = np.where(np.isfinite(least), least, nearest)
    return np.where(np.isfinite(least), np.minimum(least, 7200.0), 7200.0)
