"""One shift in a model for CP-SAT: a round over the nodes it may take.

An arc is a leg, a loop leaves a node out, and the loop of the base keeps the crew at home. Times and breaks are
written by ``ortools_times``, locked positions here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.layout import HAIR_S
from planner.routing.instance import NO_ROAD_S, Instance
from planner.routing.ortools_model import Model, no
from planner.routing.ortools_times import BASE, breaks, doors, drive, places


@dataclass(frozen=True)
class Round:
    """A shift in the model.

    Parameters
    ----------
    nodes
        The nodes it may take; in the circuit they are numbered from 1 on, behind the base.
    legs
        The literal of each leg, by the numbers of its ends.
    made
        The literal of each node.
    astray
        The literal of each node whose visit is locked to a position: that it stands elsewhere.
    """

    shift: int
    nodes: tuple[int, ...]
    legs: dict[tuple[int, int], int]
    made: tuple[int, ...]
    astray: dict[int, int]

    def order(self, values: Sequence[int]) -> list[int]:
        """Give the nodes of the round in order, from the values of all variables."""
        following = {tail: head for (tail, head), literal in self.legs.items() if values[literal]}
        found, at = [], following.get(BASE, BASE)
        while at != BASE:
            found.append(self.nodes[at - 1])
            at = following[at]
        return found


def possible_legs(instance: Instance, shift: int, nodes: Sequence[int]) -> NDArray[np.bool_]:
    """Say between which numbers of a shift's round over some nodes a road and the windows allow a leg."""
    one, at = instance.problem.shifts[shift], np.asarray(nodes, dtype=np.int64)
    leaves = np.concatenate(([one.starts], np.maximum(instance.opens[at], one.starts) + instance.service_s[at]))
    by = np.concatenate(([one.ends], np.minimum(instance.closes[at], one.ends - instance.service_s[at])))
    visit = np.concatenate(([-1], instance.visit[at]))
    legs = instance.travel_s[np.ix_(*places(instance, shift, nodes))]
    fastest = 1.0 if instance.hours is None else min(instance.hours.factors)
    possible = (legs < NO_ROAD_S) & (leaves[:, None] + np.ceil(legs * fastest - HAIR_S) <= by[None, :])
    allowed: NDArray[np.bool_] = possible & (visit[:, None] != visit[None, :])
    return allowed


def shift_round(model: Model, instance: Instance, shift: int, nodes: Sequence[int], *, free: bool) -> Round:
    """Write the round of a shift over some nodes into the model.

    ``free`` lets breaks be taken in any order, and spares those that opened before the crew left, as the format does;
    ``tour`` is stricter.
    """
    one = instance.problem.shifts[shift]
    legs = {(a, b): model.literal() for a, b in np.argwhere(possible_legs(instance, shift, nodes)).tolist()}
    made = tuple(model.literal() for _ in nodes)
    out = model.literal()
    loops = [(k, k, no(literal)) for k, literal in enumerate((out, *made))]
    model.circuit([(tail, head, literal) for (tail, head), literal in legs.items()] + loops)
    for literal in made:
        model.any_of([out], only_if=[literal])
    if one.max_stops is not None and one.max_stops < len(nodes):
        model.linear([(literal, 1) for literal in made], 0, one.max_stops)
    at = doors(model, instance, shift, nodes)
    drive(model, instance, shift, nodes, at, legs)
    breaks(model, instance, shift, at, (out, *made), free=free)
    _day(model, instance, shift, nodes, legs)
    return Round(shift, tuple(nodes), legs, made, _positions(model, instance, nodes, legs, made))


def _positions(
    model: Model,
    instance: Instance,
    nodes: Sequence[int],
    legs: Mapping[tuple[int, int], int],
    made: Sequence[int],
) -> dict[int, int]:
    """Count the stops where a lock wants a position; gives for such nodes the literal that they stand elsewhere."""
    wanted = {k: int(instance.position[instance.visit[node]]) for k, node in enumerate(nodes)}
    wanted = {k: position for k, position in wanted.items() if position >= 0}
    if not wanted:
        return {}
    stands = [model.integer(0, len(nodes)) for _ in nodes]
    for (tail, head), literal in legs.items():
        if head != BASE and tail == BASE:
            model.linear([(stands[head - 1], 1)], 0, 0, only_if=[literal])
        elif head != BASE:
            model.linear([(stands[head - 1], 1), (stands[tail - 1], -1)], 1, 1, only_if=[literal])
    astray = {}
    for k, position in wanted.items():
        astray[k] = model.literal()
        model.linear([(stands[k], 1)], position, position, only_if=[made[k], no(astray[k])])
    return astray


def _day(
    model: Model, instance: Instance, shift: int, nodes: Sequence[int], legs: Mapping[tuple[int, int], int]
) -> None:
    """Say in one sum that legs, services and the waiting they force fit into the shift.

    The single moments imply it, but CP-SAT's linear relaxation does not see that: with it, routes of sixteen stops
    are proven that were not before.
    """
    one, at = instance.problem.shifts[shift], np.asarray(nodes, dtype=np.int64)
    service, (origins, goals) = instance.service_s[at].astype(int), places(instance, shift, nodes)
    stays = [0, *service.tolist()]
    opens = [one.starts, *np.maximum(instance.opens[at], one.starts).astype(int).tolist()]
    leaves_by = [one.starts, *(instance.closes[at].astype(int) + service).tolist()]
    fastest = 1.0 if instance.hours is None else min(instance.hours.factors)
    lasts = []
    for (tail, head), literal in legs.items():
        leg = int(np.ceil(float(instance.travel_s[origins[tail], goals[head]]) * fastest - HAIR_S))
        waits = opens[head] - leaves_by[tail] if head != BASE else 0
        lasts.append((literal, stays[tail] + max(leg, waits)))
    model.linear(lasts, 0, one.ends - one.starts)
