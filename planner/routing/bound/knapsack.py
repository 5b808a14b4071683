"""A value that no plan can exceed: each shift as a knapsack of time, relaxed by multipliers.

Whoever makes visit n drives at least the shortest way into its place and serves it: ``w = in + service`` seconds. All
visits of a shift together take no longer than the shift less the shortest way home; those of them that must begin
within [a, b] no longer than b - a, one service and one way in (the first drive and the last service may lie outside).
For any multipliers λ >= 0 of these rows

    bound(λ) = Σ_rows λ·capacity + Σ_visits max(0, max over shifts and options of value - cost·in - Σ λ·w)

is valid, whatever was left undone to lower it, because it relaxes every rule but these. The multipliers are found by
subgradient steps, so the bound is anytime and deterministic. It is far from tight (see docs/status.md), and cheap.

References
----------
Held, Wolfe and Crowder, "Validation of subgradient optimization", Mathematical Programming 6 (1974).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.instance import NO_ROAD_S, Instance

#: Subgradient steps, and windows per shift that get a row of their own, the most common first.
ROUNDS, WINDOWS = 400, 6

#: Shifts times options beyond which no bound is computed.
LARGEST_TABLE = 1_500_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Capacity rows, the same number for every shift: seconds allowed, and which nodes each counts (0 or 1).

    ``capacity_s`` is (shifts, rows), ``counts`` (shifts, rows, nodes).
    """

    capacity_s: NDArray[np.float64]
    counts: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Knapsack:
    """The bound, and what each visit is worth above the time it takes, (visits,): prices for a tighter bound."""

    value: float
    prices: NDArray[np.float64]


def knapsack_bound(
    instance: Instance, target: float, rounds: int = ROUNDS, *, stopped: Callable[[], bool] = lambda: False
) -> Knapsack | None:
    """Give a value that no plan's objective exceeds, or None where its table would be too large.

    ``target`` is the objective of a plan at hand; it only sizes the steps. ``stopped`` is asked after every round: what
    was found till then is given.
    """
    if instance.may.size > LARGEST_TABLE:
        return None
    if not instance.may.size:
        return Knapsack(-instance.all_changed, np.zeros(len(instance.required)))
    in_s, in_road_s = _ways_in(instance)
    in_s = _fastest(instance) * in_s
    weight = in_s + instance.service_s
    every = np.arange(len(instance.visit))
    worth = np.stack([instance.worth(shift, every) for shift in range(len(instance.may))])
    net = np.where(instance.may, worth - instance.cost_per_s * in_road_s, -np.inf)
    rows = rows_of(instance, weight, in_s)
    changed = instance.all_changed
    found = multiplied(instance, rows, net, weight, target=target + changed, rounds=rounds, stopped=stopped)
    return Knapsack(found.value - changed, found.prices)


def multiplied(
    instance: Instance,
    rows: Rows,
    net: NDArray[np.float64],
    weight: NDArray[np.float64],
    *,
    target: float,
    rounds: int,
    forced: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Knapsack:
    """Give the lowest bound of so many subgradient steps at multipliers of the rows, and the prices there.

    ``net`` is what each node earns on each shift and ``weight`` the seconds it takes there, (shifts, nodes).
    ``target`` is a value that can be had. If ``forced``, required visits are made at any price.
    """
    prices = np.zeros(len(instance.required))
    starts = np.flatnonzero(np.diff(instance.visit, prepend=-1))
    visits = instance.visit[starts]
    always = instance.required[visits] & forced
    multipliers, best, size, since = np.zeros(rows.capacity_s.shape), np.inf, 1.0, 0
    for _ in range(rounds):
        bound, slope, above = _at(rows, multipliers, net, weight, starts, always)
        since = 0 if bound < best else since + 1
        if bound < best:
            best = bound
            prices[visits] = above
        if since == 5:
            size, since = size / 2, 0
        norm = float((slope**2).sum())
        if norm == 0.0 or bound <= target or stopped():
            break
        multipliers = np.maximum(0.0, multipliers - size * (bound - target) / norm * slope)
    return Knapsack(best, prices)


def _at(
    rows: Rows,
    multipliers: NDArray[np.float64],
    net: NDArray[np.float64],
    weight: NDArray[np.float64],
    starts: NDArray[np.int64],
    always: NDArray[np.bool_],
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Give bound, subgradient and the worth of each visit above its time, at these multipliers."""
    # float32 holds 0 and 1 exactly, so the product is taken in float64 shift by shift.
    price = np.stack([row @ counted for row, counted in zip(multipliers, rows.counts, strict=True)])
    reduced = net - price * weight
    shift = reduced.argmax(axis=0)
    of_node = reduced[shift, np.arange(reduced.shape[1])]
    of_visit = np.maximum.reduceat(of_node, starts)
    made = np.isfinite(of_visit) & (always | (of_visit > 0))
    above = np.where(made, of_visit, 0.0)
    bound = float((multipliers * rows.capacity_s).sum() + above.sum())
    chosen = _first_equal(of_node, of_visit, starts)[made]
    used = np.zeros(rows.capacity_s.shape)
    np.add.at(used, shift[chosen], rows.counts[shift[chosen], :, chosen] * weight[shift[chosen], chosen][:, None])
    return bound, rows.capacity_s - used, above


def _first_equal(
    of_node: NDArray[np.float64], of_visit: NDArray[np.float64], starts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give for each visit its first node that reaches the visit's best."""
    lengths = np.diff(np.append(starts, len(of_node)))
    equal = np.flatnonzero(of_node == np.repeat(of_visit, lengths))
    return equal[np.searchsorted(equal, starts)]


def _ways_in(instance: Instance) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the shortest way into each node's place, rounded up and unrounded, (shifts, nodes)."""
    places, counts = np.unique(instance.place, return_counts=True)
    single = places[counts == 1]
    found = []
    for matrix in (instance.travel_s, instance.road_s):
        between = matrix[np.ix_(places, places)].copy()
        alone = np.searchsorted(places, single)
        between[alone, alone] = NO_ROAD_S
        shortest = np.full(len(matrix), NO_ROAD_S)
        shortest[places] = between.min(axis=0)
        from_start = np.array([matrix[one.start_place, instance.place] for one in instance.problem.shifts])
        found.append(np.minimum(shortest[instance.place], from_start))
    return found[0], found[1]


def rows_of(instance: Instance, weight: NDArray[np.float64], in_s: NDArray[np.float64]) -> Rows:
    """Give the rows where the nodes take so many seconds, of them so many on the way in, (shifts, nodes)."""
    shifts = instance.problem.shifts
    capacity_s = np.zeros((len(shifts), 1 + WINDOWS))
    counts = np.zeros((len(shifts), 1 + WINDOWS, len(instance.visit)), dtype=np.float32)
    for s, one in enumerate(shifts):
        may = instance.may[s] & (weight[s] < NO_ROAD_S)
        if not may.any():
            continue
        home_s = _fastest(instance) * float(instance.travel_s[instance.place[may], one.end_place].min())
        capacity_s[s, 0] = max(0.0, _longest_s(instance, s) - home_s)
        counts[s, 0] = may
        first = np.maximum(instance.opens, one.starts)
        last = np.minimum(instance.closes, one.ends)
        windows, times = np.unique(np.stack((first[may], last[may])), axis=1, return_counts=True)
        for row, at in enumerate(np.argsort(-times, kind="stable")[:WINDOWS], start=1):
            a, b = windows[:, at]
            inside = may & (first >= a) & (last <= b)
            capacity_s[s, row] = b - a + in_s[s, inside].max() + instance.service_s[inside].max()
            counts[s, row] = inside
    return Rows(capacity_s, counts)


def _longest_s(instance: Instance, shift: int) -> float:
    """Give the most seconds that a shift can drive and serve.

    With a break inside, it takes the break, or is back before it owes it, or leaves after it opens.
    """
    one = instance.problem.shifts[shift]
    whole_s = one.ends - one.starts
    return float(
        min(
            (
                max(whole_s - pause.lasts_s, pause.closes + pause.lasts_s - 1 - one.starts, one.ends - pause.opens)
                for pause in instance.layers[shift].breaks
            ),
            default=whole_s,
        )
    )


def _fastest(instance: Instance) -> float:
    """Give the share of its plain time that a leg takes at least, at whatever hour."""
    return 1.0 if instance.hours is None else min(1.0, *instance.hours.factors)
