"""Says of every visit left out why, and what could be done: one reason of ``reasons``, a detail, an action.

The questions are asked in this order, and the first that answers is the reason: has the visit a window, has anyone
the skill, does anyone work then, is there a road, could it be the only stop of a shift, would it fit now, is a shift
only full by number, is it required, is it worth the shortest detour. What is left was displaced by better visits.
"""

from __future__ import annotations

import math

from planner.routing.compiled.ground import ground, load, state
from planner.routing.compiled.layout import Ground
from planner.routing.compiled.probe import Seen, look, unseen
from planner.routing.greedy import Tours, planned
from planner.routing.instance import Instance
from planner.routing.plan import LeftOut
from planner.routing.problem import Visit
from planner.routing.reasons import Reason


def left_out(instance: Instance, tours: Tours, common: Ground | None = None) -> tuple[LeftOut, ...]:
    """Give every visit that is in none of the tours, with its reason and a possible action, in order.

    ``common`` spares building the arrays of the search anew.
    """
    inside = planned(instance, tours)
    seen = _look(instance, common or ground(instance), tours)
    return tuple(_explained(instance, seen, visit) for visit in range(len(inside)) if not inside[visit])


def _look(instance: Instance, common: Ground, tours: Tours) -> Seen:
    made, bare = state(common, common.longest), state(common, common.longest)
    load(common, made, [one.nodes for one in tours])
    load(common, bare, [()] * len(tours))
    seen = unseen(len(instance.required))
    look(common, made, bare, seen)
    return seen


def _explained(instance: Instance, seen: Seen, visit: int) -> LeftOut:
    one = instance.problem.visits[visit]
    impossible = _impossible(instance, seen, visit)
    if impossible is not None:
        return LeftOut(one.id, *impossible)
    best = max((option.value for option in one.options), default=0.0)
    shift = instance.problem.shifts[int(seen.shift[visit])].id
    if seen.fits[visit]:
        if seen.best_gain[visit] <= 0:
            return _not_worth(one, best, seen.best_gain[visit])
        return LeftOut(
            one.id,
            Reason.NOT_CHOSEN,
            f"It would still fit and add {seen.best_gain[visit]:,.0f}, but this plan did not look for it.",
            "Plan again with the search.",
        )
    if seen.fits_full[visit]:
        return LeftOut(
            one.id,
            Reason.FULL,
            "There is time for it, but every shift that could make it has its largest number of stops.",
            f"Raise the largest number of stops of {shift}, or add a shift.",
        )
    if one.required:
        return LeftOut(
            one.id,
            Reason.REQUIRED_CONFLICT,
            "It could be made alone, but no plan found holds it together with the other required visits.",
            f"Add a shift, lengthen {shift}, or make another required visit optional.",
        )
    if seen.detour_gain[visit] <= 0:
        return _not_worth(one, best, seen.detour_gain[visit])
    minutes = math.ceil(seen.extra_s[visit] / 60)
    return LeftOut(
        one.id,
        Reason.DISPLACED,
        f"Worth up to {best:,.0f}, it needs about {minutes} min of travel and service. {_exchange(seen, visit, shift)}",
        f"Free about {minutes} min on {shift} while its window is open, add a shift, or mark it as required.",
    )


def _exchange(seen: Seen, visit: int, shift: str) -> str:
    """Say what the plan would lose by making the visit in place of others."""
    change = seen.exchange[visit]
    if change == -math.inf:
        return f"On {shift} no few neighbouring visits could make room for it."
    if change > 0:
        return f"In place of others on {shift} it would add {change:,.0f}: a longer search may find room."
    return f"In place of others on {shift} the plan would lose {-change:,.0f}."


def _impossible(instance: Instance, seen: Seen, visit: int) -> tuple[Reason, str, str] | None:
    """Give reason, detail and action of a visit that no plan could hold."""
    one = instance.problem.visits[visit]
    if not one.options:
        return (
            Reason.NO_OPTION,
            "No window is left for it: rules, holds or accommodations removed every one.",
            "Look at its holds and accommodations, or write a letter instead.",
        )
    if not any(one.needs <= shift.skills for shift in instance.problem.shifts):
        needs = ", ".join(sorted(one.needs)) or "nothing, but there is no shift"
        return Reason.NO_SKILL, f"No shift can do what it needs: {needs}.", "Give a crew the skill, or add a shift."
    if not instance.may[:, instance.nodes_of[visit]].any():
        return (
            Reason.NO_WINDOW,
            "No shift with the skills works while one of its windows is open.",
            "Add a shift in its window, or open another window.",
        )
    if not seen.road[visit]:
        return (
            Reason.NO_ROAD,
            "No road leads from the start of any such shift to its place and on to the end.",
            "Check where its place lies on the map.",
        )
    if not seen.alone[visit]:
        return (
            Reason.TOO_FAR,
            "Even as the only stop of a shift it cannot be reached in its window and left in time.",
            "Lengthen a shift, start it nearer, or open a longer window.",
        )
    return None


def _not_worth(one: Visit, best: float, gain: float) -> LeftOut:
    return LeftOut(
        one.id,
        Reason.NOT_WORTH_TRAVEL,
        f"It is worth up to {best:,.0f}, and going there costs {best - gain:,.0f} of travel or more.",
        "Call or write instead, or visit when others nearby are due.",
    )
