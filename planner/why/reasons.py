"""Why a visit is made here and now, and where somebody left out would fit best: values for a page's sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.routing.instance import NEVER
from planner.routing.tour import insertions, tour
from planner.why.slots import Slot, dearer, slots, told, unheard
from planner.why.standing import Standing


@dataclass(frozen=True)
class Here:
    """Why a visit is made where the plan makes it.

    Parameters
    ----------
    here
        Its slot as planned; ``gain`` is what the plan would lose without it, ``drive_s`` the travel it adds.
    stops
        How many stops the route has.
    others
        The best slot on every other shift, the best first; ``gain`` is what moving it there gains the plan, negative
        for a price.
    comes_in, comes_in_slot
        Who would take the free place if it were dropped, and where; None where nobody left out fits and pays.
    """

    visit: str
    here: Slot
    stops: int
    required: bool
    locked: bool
    others: tuple[Slot, ...]
    comes_in: str | None = None
    comes_in_slot: Slot | None = None

    @property
    def dropping(self) -> float:
        """What the plan gains by dropping it and letting somebody in; negative for a loss."""
        return (0.0 if self.comes_in_slot is None else self.comes_in_slot.gain) - self.here.gain


@dataclass(frozen=True)
class NotHere:
    """Where somebody left out would fit best: the best slot on every shift that could make the visit."""

    visit: str
    required: bool
    slots: tuple[Slot, ...]

    @property
    def best(self) -> Slot | None:
        """The slot that costs least."""
        return self.slots[0] if self.slots else None


def why_here(of: Standing, visit_id: str, *, heard: Callable[[], object] = unheard) -> Here | None:
    """Say why a planned visit is where it is; None where the plan leaves it out or does not know it.

    ``heard`` is told before each shift is tried; whoever does not wait any longer raises there.
    """
    visit = of.number.get(visit_id)
    at = None if visit is None else of.place_of(visit)
    bare = None if visit is None or at is None else of.without(visit)
    if visit is None or at is None or bare is None:
        return None
    shift = at[0]
    here, _ = told(bare, of.tours[shift], visit, ())
    moves = tuple(dearer(one, -here.gain) for one in slots(bare, visit, but=frozenset({shift}), heard=heard))
    newcomer = next_in(bare, shift, but=visit)
    return Here(
        visit=visit_id,
        here=here,
        stops=len(of.tours[shift].nodes),
        required=bool(of.problem.visits[visit].required),
        locked=bool(of.instance.locked[visit]),
        others=moves,
        comes_in=None if newcomer is None else newcomer[0],
        comes_in_slot=None if newcomer is None else newcomer[1],
    )


def why_not(of: Standing, visit_id: str, *, heard: Callable[[], object] = unheard) -> NotHere | None:
    """Say where somebody left out would fit best; None where he is planned, or was no candidate of the plan.

    ``heard`` is told before each shift is tried; whoever does not wait any longer raises there.
    """
    visit = of.number.get(visit_id)
    if visit is None or of.place_of(visit) is not None:
        return None
    return NotHere(visit_id, bool(of.problem.visits[visit].required), slots(of, visit, heard=heard))


def next_in(of: Standing, shift: int, *, but: int) -> tuple[str, Slot] | None:
    """Give who of those left out would be put on a shift as it is, and where; None where nobody fits and pays."""
    instance, now = of.instance, of.tours[shift]
    out = ~of.inside
    out[but] = False
    nodes = np.flatnonzero(instance.may[shift] & out[instance.visit])
    if not len(nodes):
        return None
    room = insertions(instance, now, nodes)
    worth = np.where(room.added_s < NEVER, instance.worth(shift, nodes) - instance.cost_per_s * room.added_s, -np.inf)
    k = int(worth.argmax())
    if worth[k] <= 0:
        return None
    gap = int(room.gap[k])
    made = tour(instance, shift, (*now.nodes[:gap], int(nodes[k]), *now.nodes[gap:]))
    if made is None:
        return None
    visit = int(instance.visit[nodes[k]])
    return of.name(visit), told(of, made, visit, ())[0]
