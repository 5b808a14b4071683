"""Looks at the visits that a plan leaves out, by compiled code: what they lack, and whose place they could take.

The exchange that hurts the plan least is not the one whose displaced visits are worth least: one that can be made
elsewhere is not lost. So exchanges are looked for twice, with two *tolls* for a visit that makes room: its worth, and
its worth less what comes back elsewhere. At the prices of a proof, what comes back is the price at most: it is what
making the visit is worth to the whole beyond the time that it takes. Without prices it is what the best place on
another shift would bring; where a problem is so large that this takes too long, only the first is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.exchange import Exchanges, exchange, exchanges, runs_of
from planner.routing.compiled.ground import load, state
from planner.routing.compiled.layout import NEVER, Floats, Ground, Ints, State
from planner.routing.compiled.probe import Seen, look, unseen
from planner.routing.compiled.reach import Asked, Lacking, lacking, reach
from planner.routing.greedy import Tours, planned
from planner.routing.instance import Instance

#: With more pairs of shift and option, and no prices, who makes room counts in full and is not moved.
THOROUGH = 1_000_000


@dataclass(frozen=True, eq=False)
class Looked:
    """A plan with what compiled code sees of the visits that it leaves out.

    Parameters
    ----------
    by_worth, by_toll
        The best exchange of each visit left out, where those who make room count in full, and where they count less
        what comes back elsewhere.
    elsewhere
        The best place of each planned visit on another shift.
    priced
        Whether ``by_toll`` is by the prices of a proof.
    """

    instance: Instance
    tours: Tours
    seen: Seen
    found: Lacking
    by_worth: Exchanges
    by_toll: Exchanges
    elsewhere: Exchanges
    priced: bool


def looked(instance: Instance, tours: Tours, common: Ground, prices: Floats | None = None) -> Looked:
    """Look at every visit left out; ``prices`` are those of a proof, one a visit."""
    made, bare, left = (state(common, common.longest) for _ in range(3))
    load(common, made, [one.nodes for one in tours])
    load(common, bare, [()] * len(tours))
    seen, found = unseen(len(instance.required)), lacking(len(instance.required))
    look(common, made, bare, seen)
    if len(instance.visit) and tours:
        _reach(instance, common, made, bare, found)
    inside, thorough = planned(instance, tours), prices is not None or instance.may.sum() <= THOROUGH
    worth = np.zeros(len(instance.required))
    for one in tours:
        worth[instance.visit[list(one.nodes)]] = np.maximum(instance.worth(one.shift, one.nodes), 0.0)
    # Required visits count above all value: they make room only where nobody else can, and are not moved.
    optional, toll = ~instance.required, worth + common.first
    by_worth, elsewhere = exchanges(common, toll), exchanges(common, worth, above=0.0)
    exchange(common, made, left, runs_of(common, made, by_worth.toll), by_worth, _numbers(~inside))
    exchange(common, made, left, runs_of(common, made, worth), elsewhere, _numbers(inside & optional & thorough))
    back = elsewhere.gain if prices is None else prices
    by_toll = exchanges(common, toll - np.where(optional, np.clip(back, 0.0, worth), 0.0))
    exchange(common, made, left, runs_of(common, made, by_toll.toll), by_toll, _numbers(~inside & thorough))
    return Looked(instance, tours, seen, found, by_worth, by_toll, elsewhere, prices is not None)


def _numbers(asked: NDArray[np.bool_]) -> Ints:
    return np.flatnonzero(asked).astype(np.int32)


def _reach(instance: Instance, common: Ground, made: State, bare: State, found: Lacking) -> None:
    shifts, visits = instance.problem.shifts, instance.problem.visits
    sets = list(dict.fromkeys(shift.skills for shift in shifts))
    first = np.zeros(len(visits) + 1, dtype=np.int32)
    first[1:] = np.cumsum([len(nodes) for nodes in instance.nodes_of])
    only = np.full(len(visits), -1, dtype=np.int32)
    number = {shift.id: s for s, shift in enumerate(shifts)}
    for v in np.flatnonzero(instance.locked):
        only[v] = number[next(lock.shift for lock in instance.problem.locks if lock.visit == visits[v].id)]
    asked = Asked(
        first_node=first,
        skilled=np.array([[one.needs <= skills for one in visits] for skills in sets], dtype=bool),
        skills_of=np.array([sets.index(shift.skills) for shift in shifts], dtype=np.int32),
        only=only,
        most=np.array([NEVER if one.max_stops is None else one.max_stops for one in shifts], dtype=np.int32),
    )
    scratch = np.zeros(common.back_by.shape[1], dtype=np.int32), np.zeros(made.stops.shape[1], dtype=np.int32)
    reach(common, made, bare, asked, found, *scratch)
