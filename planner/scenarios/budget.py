"""A week within a budget of field hours: the hours get a price, and the search buys those that are worth it.

A price for each second of travel and at a door makes a week shorter the higher it is; between none and the mean worth
of an hour the one is sought that just keeps the budget. What is still too long is then shortened stop by stop, the
least worth for its time first; what is still free is filled. Required and locked visits stay, even beyond the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from planner.routing import Plan, Problem, efficiency
from planner.routing.balance import tours_of
from planner.routing.greedy import astray, planned, rank
from planner.routing.instance import NEVER, Instance, prepare
from planner.routing.tour import Tour, insertions, tour
from planner.routing.translate import to_plan
from planner.routing.wording import Again

#: prices that are tried after the plan without one
TRIES = 3
#: so many of the most promising visits are tried on a shift: one may move a stop whose place in the order is locked
LOOKED_AT = 16
#: what is said of somebody who would fit into a shift but not into the budget
USED_UP = Again(
    "It would still fit and add {gain}, but the field hours of this scenario are used up.",
    "Give the scenario more field hours.",
)


def within(problem: Problem, hours: float, solve: Callable[[Problem], Plan]) -> Plan:
    """Give a plan of at most so many field hours, as far as what is required allows.

    ``solve`` is called up to ``1 + TRIES`` times. The bound of the plan without a budget stays one.
    """
    free = solve(problem)
    used = efficiency(problem, free).week
    if used.field_hours <= hours or not used.field_hours:
        return free
    instance = prepare(problem)
    found = [tours_of(instance, free)]
    low, high = 0.0, used.value_per_field_hour / 3600
    for _ in range(TRIES):
        price = (low + high) / 2
        tours = tours_of(instance, solve(priced(problem, price)))
        found.append(tours)
        if tours is not None and hours_of(instance, tours) > hours:
            low = price
        else:
            high = price
    kept = [filled(instance, shortened(instance, one, hours), hours) for one in found if one is not None]
    best = max(kept, key=lambda one: rank(instance, one))
    plan = to_plan(instance, best, made_with=free.made_with, again=USED_UP)
    return replace(
        plan,
        seed=free.seed,
        search_s=free.search_s * (1 + TRIES),
        bound=free.bound,
        bound_is_valid=free.bound_is_valid,
        bound_kind=free.bound_kind,
    )


def priced(problem: Problem, per_s: float) -> Problem:
    """Give the problem in which each second of travel and at a door costs so much more."""
    visits = tuple(
        replace(
            one,
            options=tuple(
                replace(option, value=option.value - per_s * one.service_in(k)) for k, option in enumerate(one.options)
            ),
        )
        for one in problem.visits
    )
    return replace(problem, visits=visits, travel_cost_per_s=problem.travel_cost_per_s + per_s)


def hours_of(instance: Instance, tours: tuple[Tour, ...]) -> float:
    """Give the field hours of tours."""
    return sum(field_s(instance, one) for one in tours) / 3600


def field_s(instance: Instance, one: Tour) -> float:
    """Give the seconds of travel and at doors of a tour."""
    return float(one.gap_road_s.sum() + instance.service_s[list(one.nodes)].sum()) if one.nodes else 0.0


def shortened(instance: Instance, tours: tuple[Tour, ...], hours: float) -> tuple[Tour, ...]:
    """Take out the stops that are worth least for their time until the budget is kept.

    Where no stop can go alone, since the way past it is closed or takes too long, all of its route that may goes.
    """
    now = list(tours)
    while sum(field_s(instance, one) for one in now) > 3600 * hours:
        shorter = [pair for one in now for pair in _without_one(instance, one)]
        shorter = shorter or [pair for one in now for pair in _without_all(instance, one)]
        if not shorter:
            break
        one, made = min(shorter, key=lambda pair: (pair[0].gain - pair[1].gain) / max(_freed_s(instance, *pair), 1.0))
        now[one.shift] = made
    return tuple(now)


def _freed_s(instance: Instance, one: Tour, made: Tour) -> float:
    return field_s(instance, one) - field_s(instance, made)


def _may_go(instance: Instance, node: int) -> bool:
    visit = instance.visit[node]
    return not (instance.required[visit] or instance.locked[visit])


def _without_one(instance: Instance, one: Tour) -> Iterator[tuple[Tour, Tour]]:
    """Give a tour beside each that it can be without one stop."""
    for k, node in enumerate(one.nodes):
        if _may_go(instance, node):
            made = tour(instance, one.shift, (*one.nodes[:k], *one.nodes[k + 1 :]))
            if made is not None and astray(instance, made) <= astray(instance, one):
                yield one, made


def _without_all(instance: Instance, one: Tour) -> Iterator[tuple[Tour, Tour]]:
    """Give a tour beside what is left of it without all that may go.

    Who stands before a stop whose place in the order is locked stays: without him it would be another place.
    """
    held = [k for k, node in enumerate(one.nodes) if instance.position[instance.visit[node]] >= 0]
    until = max(held, default=-1)
    stay = tuple(node for k, node in enumerate(one.nodes) if k <= until or not _may_go(instance, node))
    made = tour(instance, one.shift, stay) if len(stay) < len(one.nodes) else None
    if made is not None and astray(instance, made) <= astray(instance, one):
        yield one, made


def filled(instance: Instance, tours: tuple[Tour, ...], hours: float) -> tuple[Tour, ...]:
    """Put in whoever fits into shifts and budget and pays, the most for the time first."""
    now = list(tours)
    while True:
        left_s = 3600 * hours - sum(field_s(instance, one) for one in now)
        out = ~planned(instance, tuple(now))
        best: tuple[float, Tour] | None = None
        for one in now:
            nodes = np.flatnonzero(instance.may[one.shift] & out[instance.visit])
            if not len(nodes):
                continue
            room = insertions(instance, one, nodes)
            takes_s = room.added_s + instance.service_s[nodes]
            gain = instance.worth(one.shift, nodes) - instance.cost_per_s * room.added_s
            score = np.where(
                (room.added_s < NEVER) & (takes_s <= left_s) & (gain > 0), gain / np.maximum(takes_s, 1), 0
            )
            for k in np.argsort(-score, kind="stable")[:LOOKED_AT]:
                if score[k] <= (0.0 if best is None else best[0]):
                    break
                gap = int(room.gap[k])
                made = tour(instance, one.shift, (*one.nodes[:gap], int(nodes[k]), *one.nodes[gap:]))
                if made is not None and astray(instance, made) <= astray(instance, one):
                    best = float(score[k]), made
        if best is None:
            return tuple(now)
        now[best[1].shift] = best[1]
