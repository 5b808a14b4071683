"""Says of every visit left out why, and what could be done: one reason of ``reasons``, a detail, an action.

The questions are asked in this order, and the first that answers is the reason: has the visit a window, has anyone
the skill, does anyone work then, is there a road, could it be the only stop of a shift, would it fit now, is it only
kept apart from a stop, is a shift only full by number, is it required, is it worth the shortest detour. What is left
was displaced by better visits.

The action is the smallest change with which the plan was found to hold the visit (``changes``); where none was, or too
many visits wait to be tried, it is what helps in general.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from planner.routing.changes import Change, fitting, smallest_change
from planner.routing.compiled.ground import ground
from planner.routing.compiled.layout import Floats, Ground
from planner.routing.displace import exchanged
from planner.routing.greedy import Tours, planned
from planner.routing.instance import Instance
from planner.routing.look import Looked, looked
from planner.routing.plan import LeftOut
from planner.routing.problem import Visit
from planner.routing.reasons import Reason
from planner.routing.wording import LEAST, SHORT, Again, advised, in_place, marked

#: So many visits are tried, the required and then the most valuable first: about half a millisecond each.
TRIED = 6000


def left_out(
    instance: Instance,
    tours: Tours,
    common: Ground | None = None,
    *,
    prices: Floats | None = None,
    tried: int = TRIED,
    again: Again = SHORT,
) -> tuple[LeftOut, ...]:
    """Give every visit that is in none of the tours, with its reason and a possible action, in order.

    ``common`` spares building the arrays of the search anew; ``prices`` are those of a proof, one a visit; for
    ``tried`` visits changes of the plan are tried; ``again`` is said where the plan could gain.
    """
    of = looked(instance, tours, common or ground(instance), prices)
    out = np.flatnonzero(~planned(instance, tours))
    first = _dearest(instance, out)[:tried]
    worth_trying = np.isin(out, first)
    return tuple(
        _explained(of, int(visit), again, tried=bool(now)) for visit, now in zip(out, worth_trying, strict=True)
    )


def left_out_of(
    instance: Instance, tours: Tours, visits: Sequence[int], common: Ground | None = None, *, again: Again = SHORT
) -> tuple[LeftOut, ...]:
    """Give some of the visits left out, by number, with reason and action: all of their changes are tried."""
    of = looked(instance, tours, common or ground(instance))
    return tuple(_explained(of, visit, again, tried=True) for visit in visits)


def changes(
    instance: Instance, tours: Tours, visits: Sequence[int], common: Ground | None = None
) -> list[Change | None]:
    """Give the smallest change found for each of these visits, by number, as values: what the actions say in words."""
    of = looked(instance, tours, common or ground(instance))
    return [smallest_change(of, visit) for visit in visits]


def _dearest(instance: Instance, visits: Sequence[int] | np.ndarray) -> np.ndarray:
    """Give the visits in order of their worth, the required first."""
    best = np.zeros(len(instance.required))
    np.maximum.at(best, instance.visit, instance.value)
    order = np.lexsort((-best[visits], ~instance.required[visits]))
    return np.asarray(visits)[order]


def _explained(of: Looked, visit: int, again: Again, *, tried: bool) -> LeftOut:
    one, seen = of.instance.problem.visits[visit], of.seen
    change = smallest_change(of, visit) if tried else None
    impossible = _impossible(of, visit)
    if impossible is not None:
        reason, detail, general = impossible
        return LeftOut(one.id, reason, detail, general if change is None else advised(change))
    if seen.fits[visit]:
        return _fits(of, visit, again)
    if seen.parted[visit] >= 0:
        reason, detail, general = _kept_apart(of, visit)
    elif seen.fits_full[visit]:
        reason, detail = (
            Reason.FULL,
            "There is time for it, but every shift that could make it has its largest number of stops.",
        )
        general = f"Raise the largest number of stops of {_shift(of, visit)}, or add a shift."
    elif one.required:
        return _required(of, visit, change, tried=tried)
    elif seen.detour_gain[visit] <= 0:
        return _not_worth(of, visit, seen.detour_gain[visit], exchanged(of, visit) if tried else None, again)
    else:
        return _displaced(of, visit, change, again, tried=tried)
    return LeftOut(one.id, reason, detail, general if change is None else advised(change))


def _fits(of: Looked, visit: int, again: Again) -> LeftOut:
    one, gain = of.instance.problem.visits[visit], float(of.seen.best_gain[visit])
    if gain <= 0:
        return _not_worth(of, visit, gain, fitting(of, visit), again)
    return LeftOut(
        one.id,
        Reason.NOT_CHOSEN,
        again.fits.format(gain=f"{gain:,.0f}"),
        again.action,
    )


def _required(of: Looked, visit: int, change: Change | None, *, tried: bool) -> LeftOut:
    one = of.instance.problem.visits[visit]
    detail = "It could be made alone, but no plan found holds it together with the other required visits."
    action = f"Add a shift, lengthen {_shift(of, visit)}, or make another required visit optional."
    instead = exchanged(of, visit) if tried else None
    required = {other.id for other in of.instance.problem.visits if other.required}
    rivals = ", ".join(name for name in instead.displaced if name in required) if instead else ""
    if instead is not None and rivals:
        detail += f" Required visits in its way on {instead.shift}: {rivals}."
        action = f"Make {rivals} optional: it can then be made on {instead.shift}."
    elif beside := ", ".join(name for name in _stops(of, _shift(of, visit)) if name in required):
        detail += f" No few neighbours make room for it; required visits on {_shift(of, visit)}: {beside}."
    return LeftOut(one.id, Reason.REQUIRED_CONFLICT, detail, action if change is None else advised(change))


def _displaced(of: Looked, visit: int, change: Change | None, again: Again, *, tried: bool) -> LeftOut:
    one, shift = of.instance.problem.visits[visit], _shift(of, visit)
    minutes = math.ceil(of.seen.extra_s[visit] / 60)
    needs = f"Worth up to {_best(one):,.0f}, it needs about {minutes} min of travel and service."
    instead = exchanged(of, visit) if tried else None
    if instead is not None:
        exchange = in_place(instead)
    elif tried or of.by_worth.gain[visit] == -math.inf:
        # What compiled code proposes and the trial refuses is not said.
        exchange = "No few neighbouring visits of one shift could make room for it."
    else:
        exchange = f"In place of others on {shift} the plan would lose {max(0.0, -of.by_worth.gain[visit]):,.0f}."
    if change is not None:
        action = advised(change)
    elif instead is not None:
        action = again.action if instead.gain > 0 else marked(instead)
    else:
        action = f"Free about {minutes} min on {shift} while its window is open, add a shift, or mark it as required."
        action += " None of the changes tried makes room for it." if tried else " This was not tried."
    return LeftOut(one.id, Reason.DISPLACED, " ".join((needs, exchange)), action)


def _stops(of: Looked, shift: str) -> list[str]:
    """Name the visits that a shift makes, in order."""
    problem, visit = of.instance.problem, of.instance.visit
    return [
        problem.visits[visit[node]].id
        for one in of.tours
        if problem.shifts[one.shift].id == shift
        for node in one.nodes
    ]


def _best(one: Visit) -> float:
    return max((option.value for option in one.options), default=0.0)


def _shift(of: Looked, visit: int) -> str:
    """Name the shift on which it would cost least to make a visit, or else the first that may."""
    shift = int(of.by_worth.at[visit, 0])
    return of.instance.problem.shifts[shift if shift >= 0 else int(of.seen.shift[visit])].id


def _impossible(of: Looked, visit: int) -> tuple[Reason, str, str] | None:
    """Give reason, detail and general action of a visit that no plan could hold."""
    instance, one = of.instance, of.instance.problem.visits[visit]
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
            "Add a shift in its window.",
        )
    if not of.seen.road[visit]:
        return (
            Reason.NO_ROAD,
            "No road leads from the start of any such shift to its place and on to the end.",
            "Check where its place lies on the map.",
        )
    if not of.seen.alone[visit]:
        return (
            Reason.TOO_FAR,
            "Even as the only stop of a shift it cannot be reached in its window and left in time.",
            "Lengthen a shift, or start it nearer.",
        )
    return None


def _kept_apart(of: Looked, visit: int) -> tuple[Reason, str, str]:
    """Give reason, detail and general action of a visit that fits, were it not for those from whom it is kept apart."""
    problem, shift = of.instance.problem, int(of.seen.parted[visit])
    here = of.instance.visit[list(of.tours[shift].nodes)].tolist()
    foes = ", ".join(problem.visits[v].id for v in here if v in of.instance.foes[visit])
    return (
        Reason.APART,
        f"There is time for it on {problem.shifts[shift].id}, but it is kept apart from {foes}.",
        "Allow them on one route again, or have one of them made on another shift.",
    )


def _not_worth(of: Looked, visit: int, gain: float, trip: Change | None, again: Again) -> LeftOut:
    """Say that the way costs more than the visit is worth, and for the trip that was tried from which value it pays."""
    one, published = of.instance.problem.visits[visit], of.instance.problem.published
    new = published is not None and one.id not in published.shift_of()
    change = published.change_cost if new and published is not None else 0.0
    # Rounded apart: of two figures that differ by less than one, the greater must not look the smaller.
    worth, travel = math.floor(_best(one) + LEAST), math.ceil(_best(one) - gain - change - LEAST)
    detail = f"It is worth up to {worth:,}, and going there costs {travel:,} of travel or more."
    if change:
        detail += f" Besides, a change of the published plan costs {change:,.0f}."
    if trip is not None:
        detail = " ".join((detail, in_place(trip)))
    action = "Call or write instead, or visit when others nearby are due."
    if trip is not None and trip.gain > 0:
        action = again.action
    return LeftOut(one.id, Reason.NOT_WORTH_TRAVEL, detail, action)
