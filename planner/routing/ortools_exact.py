"""The best way in which some shifts can make some visits, exactly: a round a shift in one model, solved by CP-SAT.

A visit is made at most once over all rounds. Locks come before required visits and those before all value, by
weights. The rules are those of ``tour``. What is asked for is a plan *better* than the one at hand: either there is
one, or it is proven that there is none. Whatever CP-SAT finds is built again by ``tour`` before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planner.routing.greedy import Tours, rank, replaced
from planner.routing.instance import Instance
from planner.routing.ortools_model import Model
from planner.routing.ortools_recombine import LARGEST_SUM, Effort
from planner.routing.ortools_round import Round, shift_round
from planner.routing.ortools_times import BASE, places
from planner.routing.tour import tour

#: Units of the model in a unit of value, at most.
FINEST = 10_000.0

#: The nodes that a shift may take.
Choices = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Exact:
    """What was found, if it is better than what was at hand; whether nothing better exists; deterministic seconds."""

    tours: Tours
    proven: bool
    spent: float = 0.0


def exact(instance: Instance, start: Tours, choices: Choices, effort: Effort, *, free: bool = False) -> Exact:
    """Give the best tours of some shifts over the nodes that each may take; all other tours stay.

    Every node that ``start`` has on these shifts is among the choices, and none of a visit that another shift makes.
    With ``free`` breaks obey the rules of the format, which are freer than those of ``tour``: what is found may be
    no tour, and only that nothing is found says something.
    """
    model = Model()
    rounds = [shift_round(model, instance, shift, nodes, free=free) for shift, nodes in choices.items()]
    made_by: dict[int, list[int]] = {}
    for one in rounds:
        for node, literal in zip(one.nodes, one.made, strict=True):
            made_by.setdefault(int(instance.visit[node]), []).append(literal)
    for literals in made_by.values():
        model.one_of(literals)
    for one in rounds:
        for literals in _apart(instance, one):
            model.one_of(literals)
    gains = _gains(instance, rounds)
    model.maximise(list(gains.items()), above=sum(gains[literal] for literal in _held(instance, rounds, start)))
    answer = model.solved(effort, cuts=len(rounds) == 1)
    if not answer.values:
        return Exact(start, answer.proven, answer.spent)
    made = start
    for one in rounds:
        changed = tour(instance, one.shift, one.order(answer.values))
        if changed is None:
            return Exact(start, False, answer.spent)
        made = replaced(made, changed)
    if rank(instance, made) <= rank(instance, start):
        return Exact(start, False, answer.spent)
    return Exact(made, answer.proven, answer.spent)


def _apart(instance: Instance, one: Round) -> Iterator[list[int]]:
    """Give, for each pair of visits kept apart, the literals of their nodes in a round: at most one of them holds."""
    made: dict[int, list[int]] = {}
    for node, literal in zip(one.nodes, one.made, strict=True):
        made.setdefault(int(instance.visit[node]), []).append(literal)
    for visit, literals in made.items():
        yield from (literals + made[foe] for foe in instance.foes.get(visit, ()) if visit < foe and foe in made)


def _held(instance: Instance, rounds: Sequence[Round], start: Tours) -> Iterator[int]:
    """Give the literals that hold in the plan at hand."""
    for one in rounds:
        at = [one.nodes.index(node) + 1 for node in start[one.shift].nodes]
        yield from (one.legs[ends] for ends in pairwise([BASE, *at, BASE]) if at)
        yield from (one.made[k - 1] for k in at)
        for position, k in enumerate(at):
            if one.astray.get(k - 1) is not None and instance.position[instance.visit[one.nodes[k - 1]]] != position:
                yield one.astray[k - 1]


def _gains(instance: Instance, rounds: Sequence[Round]) -> dict[int, int]:
    """Give what each literal adds, in whole units: worth less travel, required visits above it, locks above all."""
    gains: dict[int, float] = {}
    spread, required, locked = 1.0, 0, 0
    for one in rounds:
        origins, goals = places(instance, one.shift, one.nodes)
        dearest = [0.0] * len(origins)
        for (tail, head), literal in one.legs.items():
            cost = instance.cost_per_s * float(instance.road_s[origins[tail], goals[head]])
            gains[literal], dearest[tail] = -cost, max(dearest[tail], cost)
        worth = instance.worth(one.shift, one.nodes)
        gains.update(zip(one.made, worth.tolist(), strict=True))
        spread += 2.0 * float(np.abs(worth).sum()) + sum(dearest)
        required += int(instance.required[instance.visit[list(one.nodes)]].sum())
        locked += int(instance.locked[instance.visit[list(one.nodes)]].sum())
    above_required = spread * (1 + required)
    for one in rounds:
        for literal, visit in zip(one.made, instance.visit[list(one.nodes)].tolist(), strict=True):
            gains[literal] += spread * instance.required[visit] + above_required * instance.locked[visit]
        gains.update((literal, -above_required) for literal in one.astray.values())
    scale = min(FINEST, LARGEST_SUM / (spread + spread * required + above_required * locked))
    return {literal: round(scale * gain) for literal, gain in gains.items()}
