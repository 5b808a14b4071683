"""The change of a plan that takes a slot which was tried, as a manager's command."""

from __future__ import annotations

from planner.editing import Add, Move
from planner.why.slots import Slot


def taking(visit: str, slot: Slot, *, planned: bool) -> Move | Add:
    """Give the command that makes a visit in a slot, with everybody who makes room where the trial put him.

    ``planned``: the plan makes the visit already, elsewhere.
    """
    given = (visit, slot.shift, slot.position, slot.displaced, slot.moved)
    return Move(*given) if planned else Add(*given)
