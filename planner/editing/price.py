"""The price of a change: what it adds and takes, who is moved, and what it does to the chance to be home in time.

Prices add up: that of two changes one after the other is the sum of theirs, and it is the difference of the objectives
that the auditor reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from planner.editing.draft import Draft
from planner.routing import DoorTime, LeftOut, Plan, RouteRisk, TravelSpread, finish_risk
from planner.routing.replan import Difference, differences

#: value of an option by visit, in currency units, where another than the problem's is to be told
Worths = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Amounts:
    """What a plan holds, or the difference of two. Money in currency units, times in seconds.

    ``objective`` is ``uplift`` less ``instead`` (what a letter or a call would bring of the same debtors), less
    ``travel_cost`` and ``change_cost`` (of a plan that is published already).
    """

    objective: float = 0.0
    uplift: float = 0.0
    instead: float = 0.0
    travel_cost: float = 0.0
    change_cost: float = 0.0
    travel_s: float = 0.0
    service_s: float = 0.0
    visits: int = 0
    required: int = 0

    @property
    def field_s(self) -> float:
        """Seconds of travel and service."""
        return self.travel_s + self.service_s

    def __add__(self, other: Amounts) -> Amounts:
        """Add two differences."""
        return Amounts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __sub__(self, other: Amounts) -> Amounts:
        """Give the difference to another plan."""
        return Amounts(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class Chance:
    """The chance that a route ends in its shift; None where the crew stays at home."""

    shift: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Price:
    """What a change costs and brings.

    ``differences`` are all visits planned otherwise than before, ``asked`` those that the command names itself;
    ``risks`` are those of the routes that changed, by shift.
    """

    amounts: Amounts
    differences: tuple[Difference, ...]
    asked: frozenset[str]
    chances: tuple[Chance, ...]
    risks: Mapping[str, RouteRisk]

    @property
    def unasked(self) -> tuple[Difference, ...]:
        """The visits that change although nobody asked for it."""
        return tuple(one for one in self.differences if one.visit not in self.asked)


@dataclass(frozen=True)
class Doors:
    """What is known beyond the problem, to say what a route's day may be like.

    ``reserves_s`` is by how much the problem's shift ends before the crew's does.
    """

    times: Mapping[str, Sequence[DoorTime]]
    spread: TravelSpread
    reserves_s: Mapping[str, int] = field(default_factory=dict)


def amounts(of: Draft, worths: Worths | None = None) -> Amounts:
    """Add up what a draft holds."""
    value = uplift = travel_s = service_s = 0.0
    visits = required = 0
    instance = of.instance
    for one in of.tours:
        nodes = list(one.nodes)
        if not nodes:
            continue
        value += float(instance.value[nodes].sum())
        travel_s += float(one.gap_road_s.sum())
        service_s += float(instance.service_s[nodes].sum())
        visits += len(nodes)
        for node in nodes:
            visit = of.problem.visits[instance.visit[node]]
            required += visit.required
            known = None if worths is None else worths.get(visit.id)
            uplift += float(instance.value[node]) if known is None else known[int(instance.option[node])]
    travel_cost = of.problem.travel_cost_per_s * travel_s
    return Amounts(
        objective=of.objective,
        uplift=uplift,
        instead=uplift - value,
        travel_cost=travel_cost,
        change_cost=value - travel_cost - of.objective,
        travel_s=travel_s,
        service_s=service_s,
        visits=visits,
        required=required,
    )


def price(
    before: Draft,
    after: Draft,
    asked: frozenset[str] = frozenset(),
    *,
    worths: Worths | None = None,
    doors: Doors | None = None,
    risks: Mapping[str, RouteRisk] | None = None,
    draws: int = 2_000,
) -> Price:
    """Give the price of going from one draft to the other.

    Parameters
    ----------
    doors
        To tell chances; without them none are told.
    risks
        Those of the routes before, by shift, where they are known already.
    """
    was, now = _by_shift(before), _by_shift(after)
    changed = [shift for shift in dict.fromkeys((*was, *now)) if was.get(shift) != now.get(shift)]
    lived, chances = dict[str, RouteRisk](), []
    if doors is not None:
        known = dict(risks or {})
        missing = [one for one in changed if one in was and one not in known]
        known |= _lived(before, missing, doors, draws)
        lived = _lived(after, [one for one in changed if one in now], doors, draws)
        # A shift whose hours changed has another chance with the same route.
        hours = [one for one in now if one not in lived and _ends(before, one) != _ends(after, one)]
        lived |= _lived(after, hours, doors, draws)
        known |= _lived(before, [one for one in hours if one in was and one not in known], doors, draws)
        chances = [
            Chance(
                one,
                known[one].in_time if one in known and one in was else None,
                lived[one].in_time if one in lived else None,
            )
            for one in dict.fromkeys((*changed, *hours))
        ]
    return Price(
        amounts(after, worths) - amounts(before, worths),
        tuple(differences(_plan(before), _plan(after))),
        asked,
        tuple(chances),
        lived,
    )


def floored(money: float) -> int:
    """Round a gain so that it is never told larger, and a loss so that it is never told smaller.

    >>> floored(1.9), floored(-0.2), floored(-3.0), floored(1e-9), floored(-1e-9)
    (1, -1, -3, 0, 0)
    """
    return math.floor(round(money, 6))


def raised(cost: float) -> int:
    """Round a cost so that it is never told smaller.

    >>> raised(0.2), raised(-1.9), raised(1e-9)
    (1, -1, 0)
    """
    return -floored(-cost)


def _by_shift(of: Draft) -> dict[str, object]:
    return {one.shift: one for one in of.routes}


def _ends(of: Draft, shift: str) -> int | None:
    return of.shift(shift).ends if shift in of.shift_number else None


def _lived(of: Draft, shifts: Sequence[str], doors: Doors, draws: int) -> dict[str, RouteRisk]:
    if not shifts:
        return {}
    routes = tuple(one for one in of.routes if one.shift in set(shifts))
    plan = Plan(routes=routes, left_out=(), objective=0.0, status="")
    ends = tuple(replace(one, ends=one.ends + doors.reserves_s.get(one.id, 0)) for one in of.problem.shifts)
    return finish_risk(replace(of.problem, shifts=ends), plan, doors.times, doors.spread, draws=draws)


def _plan(of: Draft) -> Plan:
    return Plan(of.routes, tuple(LeftOut(name, "", "", "") for name in of.left_out()), of.objective, "")
