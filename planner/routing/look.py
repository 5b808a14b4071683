"""Looks at the visits that a plan leaves out, by compiled code: what they would displace, and what they lack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.routing.compiled.ground import load, state
from planner.routing.compiled.layout import NEVER, Ground, State
from planner.routing.compiled.probe import Seen, look, unseen
from planner.routing.compiled.reach import Asked, Lacking, lacking, reach
from planner.routing.greedy import Tours
from planner.routing.instance import Instance


@dataclass(frozen=True, eq=False)
class Looked:
    """A plan with what compiled code sees of the visits that it leaves out."""

    instance: Instance
    tours: Tours
    seen: Seen
    found: Lacking


def looked(instance: Instance, tours: Tours, common: Ground) -> Looked:
    """Look at every visit left out."""
    made, bare = state(common, common.longest), state(common, common.longest)
    load(common, made, [one.nodes for one in tours])
    load(common, bare, [()] * len(tours))
    seen, found = unseen(len(instance.required)), lacking(len(instance.required))
    look(common, made, bare, seen)
    if len(instance.visit) and tours:
        _reach(instance, common, made, bare, found)
    return Looked(instance, tours, seen, found)


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
