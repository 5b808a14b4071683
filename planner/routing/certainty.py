"""Plans whose routes end in time with a stated chance: each shift keeps a reserve at its end.

What a route lacks is known only once it is planned, and a plan depends on the reserves. So a first plan is made with
reserves guessed from how much a day of such visits varies; its routes are lived through (``finish``), each shift's
reserve becomes the margin that its own route turned out to need, drawn half way to the mean of all since the next route
will be another, and a second plan is made with those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from planner.routing.finish import DoorTime, RouteRisk, TravelSpread, finish_risk
from planner.routing.plan import Plan
from planner.routing.problem import Problem, Shift

#: no reserve takes more of a shift than this
MOST = 0.5
#: a route that is more or less sure than was asked by no more is as sure as was asked
CLOSE = 0.02
#: minutes of driving between doors by which the number of visits of a day is guessed
LEG_S = 480.0


@dataclass(frozen=True)
class Sure:
    """A plan, the problem that it was made for (with shifts cut by their reserves), and what its routes risk.

    The risks are those in the whole shift; ``reserves_s`` are seconds by shift.
    """

    plan: Plan
    problem: Problem
    reserves_s: Mapping[str, int]
    risks: Mapping[str, RouteRisk]


def surely(
    problem: Problem,
    solve: Callable[[Problem], Plan],
    doors: Mapping[str, Sequence[DoorTime]],
    spread: TravelSpread,
    *,
    certainty: float,
) -> Sure:
    """Plan so that each route ends in its shift with this chance.

    Parameters
    ----------
    solve
        Called up to twice.
    certainty
        Between .5 and 1, both excluded.

    Raises
    ------
    ValueError
        If the chance is none that can be asked for.
    """
    if not 0.5 < certainty < 1:
        raise ValueError(f"a chance between .5 and 1 can be asked for, not {certainty}")
    reserves = guessed(problem, doors, spread, certainty)
    plan = solve(shortened(problem, reserves))
    risks = finish_risk(problem, plan, doors, spread, certainty=certainty)
    if any(abs(risk.in_time - certainty) > CLOSE for risk in risks.values()):
        reserves = needed(problem, risks, reserves)
        plan = solve(shortened(problem, reserves))
        risks = finish_risk(problem, plan, doors, spread, certainty=certainty)
    return Sure(plan, shortened(problem, reserves), reserves, risks)


def needed(problem: Problem, risks: Mapping[str, RouteRisk], before: Mapping[str, int]) -> dict[str, int]:
    """Give each shift's reserve from the margins that the routes of a plan need."""
    margins = {shift: risk.margin_s for shift, risk in risks.items()}
    mean = float(np.mean(list(margins.values())))
    return {
        shift.id: within(problem, shift.id, (margins[shift.id] + mean) / 2 if shift.id in margins else before[shift.id])
        for shift in problem.shifts
    }


def guessed(
    problem: Problem, doors: Mapping[str, Sequence[DoorTime]], spread: TravelSpread, certainty: float
) -> dict[str, int]:
    """Guess each shift's reserve from the mean and the variance of a visit's length, over all options."""
    every = [door for options in doors.values() for door in options]
    if not every:
        return {shift.id: 0 for shift in problem.shifts}
    means = np.array([sum(case.share * case.mean_s for case in door) for door in every])
    squares = np.array([sum(case.share * case.mean_s**2 * (1 + case.cv**2) for case in door) for door in every])
    mean_s, variance = float(means.mean()), float((squares - means**2).mean())
    found = {}
    for shift in problem.shifts:
        works_s = shift.ends - shift.starts - sum(pause.lasts_s for pause in shift.breaks)
        visits = works_s / (mean_s + LEG_S)
        driving = visits * LEG_S
        total = visits * (variance + (spread.leg_cv * LEG_S) ** 2) + (spread.day_cv * driving) ** 2
        found[shift.id] = within(problem, shift.id, NormalDist().inv_cdf(certainty) * float(np.sqrt(total)))
    return found


def within(problem: Problem, shift_id: str, reserve_s: float) -> int:
    """Give a reserve that its shift can keep."""
    shift = next(one for one in problem.shifts if one.id == shift_id)
    return int(np.clip(round(reserve_s), 0, MOST * (shift.ends - shift.starts)))


def shortened(problem: Problem, reserves_s: Mapping[str, int]) -> Problem:
    """Give the problem with shifts that end earlier by their reserves."""

    def cut(shift: Shift) -> Shift:
        return replace(shift, ends=shift.ends - reserves_s.get(shift.id, 0))

    return replace(problem, shifts=tuple(cut(shift) for shift in problem.shifts))
