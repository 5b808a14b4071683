"""Builds the arrays of a search from a problem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.labels import label
from planner.routing.compiled.layout import (
    CLOSES,
    DEPARTS,
    EXPONENTS,
    NEVER,
    NO_ROAD,
    NODE,
    OPENS,
    PLACE,
    SERVICE,
    Ground,
    Ids,
    Ints,
    State,
)
from planner.routing.compiled.recreate import PAUSE_S
from planner.routing.instance import Instance
from planner.routing.problem import Seconds

#: Neighbours kept of each visit.
NEAR = 100

#: Rows of the matrix that are worked on at once.
ROWS = 512


def ground(instance: Instance) -> Ground:
    """Give what a search reads."""
    problem = instance.problem
    visits, nodes = len(instance.required), len(instance.visit)
    times = np.zeros((nodes, 3), dtype=np.int32)
    chain = _chain(instance.travel_s)
    place_of = np.empty(len(chain), dtype=np.int32)
    place_of[chain] = np.arange(len(chain))
    for column, known in ((OPENS, instance.opens), (CLOSES, instance.closes), (SERVICE, instance.service_s)):
        times[:, column] = np.clip(known, -NEVER // 2, NEVER // 2)
    pair = packed(instance.travel_s, chain)
    classes, of_class = _classes(instance)
    first_listed = np.zeros((len(classes), visits + 1), dtype=np.uint32)
    listed, at = [], 0
    for c, may in enumerate(classes):
        taken = np.flatnonzero(may)
        first_listed[c] = at + np.searchsorted(instance.visit[taken], np.arange(visits + 1))
        listed.append(taken)
        at += len(taken)
    above_all = 2.0 * float(np.abs(instance.value).sum()) + 1.0
    # A lock stands above a required visit, a required visit above all value.
    first = np.where(instance.locked, 1e3 * above_all, np.where(instance.required, above_all, 0.0))
    promise = np.zeros(visits)
    np.maximum.at(promise, instance.visit, instance.value / (instance.service_s + PAUSE_S))
    value = np.maximum(instance.value, 0.0)
    layers = max((len(one.breaks) for one in instance.layers), default=0) + 1
    longest = _longest(instance, instance.travel_s)
    foes = [sorted(instance.foes.get(v, ())) for v in range(visits)]
    shift = np.zeros((len(problem.shifts), 6), dtype=np.int32)
    pauses = np.zeros((len(problem.shifts), max(1, layers - 1), 3), dtype=np.int32)
    back_by = np.full((len(problem.shifts), layers), -NEVER, dtype=np.int32)
    for s, (plain, owed) in enumerate(zip(problem.shifts, instance.layers, strict=True)):
        most = longest if plain.max_stops is None else min(longest, plain.max_stops)
        shift[s] = (
            place_of[plain.start_place],
            place_of[plain.end_place],
            plain.starts,
            most,
            of_class[s],
            len(owed.breaks),
        )
        for i, one in enumerate(owed.breaks):
            pauses[s, i] = one.opens, one.closes, one.lasts_s
        back_by[s, : len(owed.breaks) + 1] = owed.back_by
    return Ground(
        pair=pair,
        visit_of=instance.visit.astype(np.uint32),
        place_of=place_of[instance.place].astype(np.uint32),
        times=times,
        value=instance.value,
        power=np.array([value**exponent for exponent in EXPONENTS]),
        promise=promise + first,
        first=first,
        home=np.full(visits, -2, dtype=np.int32) if instance.home is None else instance.home.astype(np.int32),
        position=instance.position.astype(np.int32),
        placed=bool((instance.position >= 0).any()),
        foe=np.array([foe for others in foes for foe in others], dtype=np.uint32),
        first_foe=np.cumsum([0, *map(len, foes)]).astype(np.uint32),
        parted=bool(instance.foes),
        near=_near(instance, pair, place_of),
        listed=np.concatenate(listed).astype(np.uint32),
        first_listed=first_listed,
        shift=shift,
        longest=longest,
        pauses=pauses,
        back_by=back_by,
        hours=np.zeros(0) if instance.hours is None else np.array(instance.hours.factors),
        into_day=0 if instance.hours is None else instance.hours.into_day,
        cost_per_s=float(instance.cost_per_s),
        change_cost=float(problem.published.change_cost) if problem.published else 0.0,
    )


def packed(travel_s: Seconds, order: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Give travel there (low 16 bits) and back (high 16 bits) of every pair of places, in the order given."""
    n = len(travel_s)
    there = np.empty((n, n), dtype=np.uint16)
    for at in range(0, n, ROWS):
        there[at : at + ROWS] = np.minimum(travel_s[order[at : at + ROWS]], NO_ROAD)[:, order]
    pair = np.empty((n, n), dtype=np.uint32)
    for at in range(0, n, ROWS):
        pair[at : at + ROWS] = there[:, at : at + ROWS].T
        pair[at : at + ROWS] <<= np.uint32(16)
        pair[at : at + ROWS] |= there[at : at + ROWS]
    return pair


def _chain(travel_s: Seconds) -> NDArray[np.int64]:
    """Give the places in the order of a walk to the nearest that is left: neighbours share cache lines."""
    n = len(travel_s)
    order, left = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.float32)
    at = 0
    for k in range(n):
        order[k] = at
        left[at] = np.inf
        at = int((travel_s[at] + left).argmin())
    return order


def load(ground: Ground, into: State, routes: Sequence[Sequence[int]]) -> None:
    """Write routes, given by their nodes shift by shift, into a state; one that does not fit its shift is left out."""
    into.at[:] = -1
    for shift, nodes in enumerate(routes):
        fits = len(nodes) <= into.stops.shape[1] - 2
        into.size[shift] = len(nodes) if fits else 0
        if fits:
            into.stops[shift, 1 : len(nodes) + 1, NODE] = nodes
            into.stops[shift, 1 : len(nodes) + 1, PLACE] = ground.place_of[list(nodes)]
        if not label(ground, into, shift):
            into.size[shift] = 0
            label(ground, into, shift)
        into.at[ground.visit_of[into.stops[shift, 1 : into.size[shift] + 1, NODE]]] = shift


def routes(of: State) -> list[tuple[int, ...]]:
    """Give the nodes of a plan, shift by shift."""
    return [tuple(rows[1 : size + 1, NODE].tolist()) for rows, size in zip(of.stops, of.size, strict=True)]


def _longest(instance: Instance, travel_s: Seconds) -> int:
    """Give how many stops the longest shift can hold at most: the shortest visits, each by its shortest way in."""
    shifts = instance.problem.shifts
    if not len(instance.visit) or not shifts:
        return 1
    shortest = np.full(len(travel_s), np.inf)
    for at in range(0, len(travel_s), ROWS):
        rows = travel_s[at : at + ROWS].copy()
        rows[np.arange(len(rows)), np.arange(at, at + len(rows))] = np.inf
        shortest = np.minimum(shortest, rows.min(axis=0))
    counts = np.bincount(instance.place, minlength=len(travel_s))
    shortest[counts > 1] = 0.0
    each = np.sort(shortest[instance.place] + instance.service_s)
    fitting = int(np.searchsorted(each.cumsum(), max(one.ends - one.starts for one in shifts), side="right"))
    most = max(len(instance.required) if one.max_stops is None else one.max_stops for one in shifts)
    return max(1, min(fitting + 1, most, len(instance.required)))


def state(ground: Ground, longest: int) -> State:
    """Give a plan without stops, with room for ``longest`` stops in a route."""
    shifts, layers = ground.back_by.shape
    return State(
        stops=np.zeros((shifts, longest + 2, DEPARTS + 2 * layers), dtype=np.int32),
        size=np.zeros(shifts, dtype=np.int32),
        gain=np.zeros(shifts),
        at=np.full(len(ground.first), -1, dtype=np.int32),
    )


def _classes(instance: Instance) -> tuple[NDArray[np.bool_], Ints]:
    if not instance.may.size:
        return np.zeros((1, instance.may.shape[1]), dtype=bool), np.zeros(len(instance.may), dtype=np.int32)
    bits = np.packbits(instance.may, axis=1)
    _, first, of_class = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    return instance.may[first], of_class.ravel().astype(np.int32)


def _near(instance: Instance, pair: NDArray[np.uint32], place_of: Ints) -> Ids:
    """Give for each visit the nearest visits by the first option's place, itself first, there and back."""
    counts = np.array([len(nodes) for nodes in instance.nodes_of])
    open_visits = np.flatnonzero(counts)
    most = min(NEAR, len(open_visits))
    # Visits without options are nobody's neighbours; theirs are any.
    near = np.tile(open_visits[:most].astype(np.uint32), (len(counts), 1))
    if not most:
        return near
    place = place_of[instance.place[np.array([instance.nodes_of[v][0] for v in open_visits])]]
    for at in range(0, len(open_visits), ROWS):
        both = pair[place[at : at + ROWS]][:, place]
        length = (both & np.uint32(NO_ROAD)) + (both >> np.uint32(16))
        rows = np.arange(length.shape[0])
        length[rows, at + rows] = 0
        length[length == 0] = 1
        length[rows, at + rows] = 0
        closest = np.argpartition(length, most - 1, axis=1)[:, :most]
        order = np.argsort(np.take_along_axis(length, closest, axis=1), axis=1, kind="stable")
        near[open_visits[at : at + ROWS]] = open_visits[np.take_along_axis(closest, order, axis=1)]
    return near
