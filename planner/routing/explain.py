"""Says of every visit left out why, and what could be done: one reason of ``reasons``, a detail, an action.

The questions are asked in this order, and the first that answers is the reason: has the visit a window, has anyone
the skill, does anyone work then, is there a road, could it be the only stop of a shift, would it fit now, is a shift
only full by number, is it required, is it worth the shortest detour. What is left was displaced by better visits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.greedy import Tours, empty, planned
from planner.routing.instance import NEVER, NO_ROAD_S, Instance
from planner.routing.plan import LeftOut
from planner.routing.problem import Visit
from planner.routing.reasons import Reason
from planner.routing.tour import Tour, exchanges, insertions


@dataclass(frozen=True)
class _Seen:
    """What all tours together say of each visit, one entry a visit.

    ``road``, ``alone``, ``fits`` and ``fits_full`` are flags; ``best_gain`` is the best gain of an insertion that fits
    now; ``detour_gain`` the gain by the shortest detour whatever the time; ``extra_s`` the least travel and service it
    adds; ``exchange`` the best change of the objective if it took the place of neighbouring stops, on ``shift``.
    """

    road: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    fits: NDArray[np.bool_]
    fits_full: NDArray[np.bool_]
    best_gain: NDArray[np.float64]
    detour_gain: NDArray[np.float64]
    extra_s: NDArray[np.float64]
    exchange: NDArray[np.float64]
    shift: NDArray[np.int64]


def left_out(instance: Instance, tours: Tours) -> tuple[LeftOut, ...]:
    """Give every visit that is in none of the tours, with its reason and a possible action, in order."""
    inside = planned(instance, tours)
    seen = _look(instance, tours, inside)
    return tuple(_explained(instance, seen, visit) for visit in range(len(inside)) if not inside[visit])


def _look(instance: Instance, tours: Tours, inside: NDArray[np.bool_]) -> _Seen:
    count = len(inside)
    seen = _Seen(
        road=np.zeros(count, dtype=bool),
        alone=np.zeros(count, dtype=bool),
        fits=np.zeros(count, dtype=bool),
        fits_full=np.zeros(count, dtype=bool),
        best_gain=np.full(count, -np.inf),
        detour_gain=np.full(count, -np.inf),
        extra_s=np.full(count, NEVER),
        exchange=np.full(count, -np.inf),
        shift=np.full(count, -1, dtype=np.int64),
    )
    for one, bare in zip(tours, empty(instance), strict=True):
        nodes = np.flatnonzero(instance.may[one.shift] & ~inside[instance.visit])
        if len(nodes):
            _look_at(instance, one, bare, nodes, seen)
    return seen


def _look_at(instance: Instance, one: Tour, bare: Tour, nodes: NDArray[np.int64], seen: _Seen) -> None:
    """Add to ``seen`` what one shift says of these nodes."""
    visit, place, value = instance.visit[nodes], instance.place[nodes], instance.worth(one.shift, nodes)
    shift = instance.problem.shifts[one.shift]
    has_road = (instance.road_s[shift.start_place, place] < NO_ROAD_S) & (
        instance.road_s[place, shift.end_place] < NO_ROAD_S
    )
    seen.road[visit[has_road]] = True
    seen.alone[visit[insertions(instance, bare, nodes).added_s < NEVER]] = True
    full_s = insertions(instance, one, nodes, any_number=True).added_s
    seen.fits_full[visit[full_s < NEVER]] = True
    now_s = insertions(instance, one, nodes).added_s
    fits = now_s < NEVER
    seen.fits[visit[fits]] = True
    np.maximum.at(seen.best_gain, visit[fits], value[fits] - instance.cost_per_s * now_s[fits])
    columns = place[:, None]
    detour_s = (instance.road_s[one.before, columns] + instance.road_s[columns, one.behind] - one.gap_road_s).min(
        axis=1
    )
    np.maximum.at(seen.detour_gain, visit, value - instance.cost_per_s * detour_s)
    extra_s = np.maximum(detour_s, 0.0) + instance.service_s[nodes]
    np.minimum.at(seen.extra_s, visit, extra_s)
    change = exchanges(instance, one, nodes)
    better = change > seen.exchange[visit]
    np.maximum.at(seen.exchange, visit, change)
    seen.shift[visit[better]] = one.shift


def _explained(instance: Instance, seen: _Seen, visit: int) -> LeftOut:
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


def _exchange(seen: _Seen, visit: int, shift: str) -> str:
    """Say what the plan would lose by making the visit in place of others."""
    change = seen.exchange[visit]
    if change <= -NEVER:
        return f"On {shift} no few neighbouring visits could make room for it."
    if change > 0:
        return f"In place of others on {shift} it would add {change:,.0f}: a longer search may find room."
    return f"In place of others on {shift} the plan would lose {-change:,.0f}."


def _impossible(instance: Instance, seen: _Seen, visit: int) -> tuple[Reason, str, str] | None:
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
