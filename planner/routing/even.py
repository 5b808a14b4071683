"""Evens out a finished plan among its crews: first for nothing, then, within a stated price, by moving single stops.

Whole routes are exchanged first (``ortools_balance``): that costs nothing. Where the tolerance is not met by that,
stops are moved or exchanged between a crew that has too much and one that has too little, the most evenness for its
price first, until it is met or the price is used up. Required and locked visits stay in the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.routing.balance import MEASURES, Fair, Reals, fair, loads_of, tours_of
from planner.routing.even_moves import Known
from planner.routing.instance import Instance, prepare
from planner.routing.ortools_balance import share_routes
from planner.routing.plan import Plan, Status
from planner.routing.problem import Problem
from planner.routing.tour import Tour
from planner.routing.translate import to_plan

#: so many moves at most
MOVES = 40
#: routes are built of so many of the most promising moves at a time, and of so many in all before that is given up
AT_A_TIME, TRIED = 512, 2048
#: so many moves are foretold at once: the room that takes is bounded
CHUNK = 20_000
#: prices are added up in another order before the routes are built than after
PAID_ABOUT = 1e-6
#: an improvement of the sum of squared excesses that is worth a move
LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Evened:
    """The plan after evening out, and the loads (crews, 3) before, after the free exchange, and now."""

    plan: Plan
    fair: Fair
    before: Reals
    exchanged: Reals
    after: Reals
    price: float

    @property
    def met(self) -> bool:
        """Say whether every crew lies within the tolerance."""
        return self.fair.met(self.after)


@dataclass(frozen=True, eq=False)
class _Move:
    """Two tours that change, what the objective loses by it, and how uneven the week is then."""

    tours: tuple[Tour, Tour]
    price: float
    penalty: float


def even_out(
    problem: Problem,
    plan: Plan,
    *,
    crews: Collection[str],
    hard: Collection[str],
    tolerance: float,
    most_price: float,
    carried: Mapping[str, float] | None = None,
    seed: int = 1,
) -> Evened:
    """Even out a plan.

    Parameters
    ----------
    crews
        Those that are compared with each other; the shifts of others stay as they are.
    hard
        Ids of the hard visits.
    tolerance
        How far a load may lie from the crew's share, as a share of it.
    most_price
        What the objective may lose at most.
    carried
        Hard visits of past weeks by crew.
    """
    instance = prepare(problem)
    of = fair(instance, crews, hard, tolerance, carried)
    tours = tours_of(instance, plan)
    if tours is None or len(of.crews) < 2:
        nothing = of.carried if tours is None else loads_of(instance, tours, of)
        return Evened(plan, of, nothing, nothing, nothing, 0.0)
    before = loads_of(instance, tours, of)
    shared = share_routes(instance, tours, of, seed=seed)
    exchanged = loads_of(instance, shared, of)
    if penalty(of, exchanged) + distance(of, exchanged) > penalty(of, before) + distance(of, before) + 1e-9:
        shared, exchanged = tours, before
    made, price = paid(instance, shared, of, most_price)
    after = loads_of(instance, made, of)
    changed = any(one.nodes != other.nodes for one, other in zip(made, tours, strict=True))
    return Evened(rewritten(instance, plan, made) if changed else plan, of, before, exchanged, after, price)


def penalty(of: Fair, loads: Reals) -> float:
    """Give how far the loads lie outside the tolerance: the sum of squared excesses."""
    return float((of.excess(loads) ** 2).sum())


def distance(of: Fair, loads: Reals) -> float:
    """Give how far the loads lie from their shares, weighing little beside what lies outside."""
    target = np.maximum(of.targets(loads), 1.0)
    return 1e-3 * float((np.abs(loads - target) / target).sum())


@dataclass(frozen=True, eq=False)
class _Week:
    """A week as it stands while it is evened out: its tours and loads, how uneven it is, what may still be paid."""

    tours: Sequence[Tour]
    loads: Reals
    outside: float
    left: float


def paid(instance: Instance, tours: Sequence[Tour], of: Fair, most: float) -> tuple[tuple[Tour, ...], float]:
    """Move stops while that is worth its price; give the tours and what was paid."""
    now, spent, known = list(tours), 0.0, Known(instance, of)
    for _ in range(MOVES):
        loads = loads_of(instance, now, of)
        outside = penalty(of, loads)
        if outside <= LEAST:
            break
        best = _best(known, _Week(now, loads, outside, most - spent), floor=max(most / MOVES, 1e-3))
        if best is None:
            break
        for one in best.tours:
            now[one.shift] = one
        spent += best.price
    return tuple(now), spent


def _best(known: Known, week: _Week, *, floor: float) -> _Move | None:
    """Give the move that evens out most for what it costs; None where none is known that does and can be paid.

    There is a part of the price for each move: one that costs less, or gains, counts as costing that (``floor``), or
    many moves that do little would go before the one that does. By that the moves are ordered as foretold, and routes
    are built of some at a time: hours are known only then, since somebody may wait.
    """
    pairs = list(_pairs(known, week))
    if not pairs:
        return None
    found = [known.exchanges(week.tours[s], week.tours[t], measure) for measure, (_a, s), (_b, t) in pairs]
    price = np.concatenate([one.price for one in found])
    change = np.concatenate([one.change for one in found])
    ends = np.cumsum([len(one.stops) for one in found])
    of_pair = np.repeat(np.arange(len(found)), np.diff(ends, prepend=0))
    crews = np.array([(a, b) for _measure, (a, _s), (b, _t) in pairs])[of_pair]
    may = np.flatnonzero(price <= week.left + PAID_ABOUT)
    whole, but_hours = _foretold(known.of, week.loads, crews[may], change[may])
    likely = but_hours < week.outside - LEAST
    may, whole = may[likely], whole[likely]
    order = may[np.argsort(-(week.outside - whole) / np.maximum(price[may], floor), kind="stable")][:TRIED]
    for begins in range(0, len(order), AT_A_TIME):
        built = list[_Move]()
        for number in order[begins : begins + AT_A_TIME]:
            k = int(of_pair[number])
            move = _built(known, week, *pairs[k][1:], found[k].stops[number - ends[k]])  # counted from the pair's end
            if move is not None and move.price <= week.left and move.penalty < week.outside - LEAST:
                built.append(move)
        if built:
            return max(built, key=lambda move: (week.outside - move.penalty) / max(move.price, floor))
    return None


def _pairs(known: Known, week: _Week) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
    """Give measures with a crew and a shift that has too much of it and a crew and a shift that has too little."""
    of, loads = known.of, week.loads
    row = {crew: k for k, crew in enumerate(of.crews)}
    shifts = known.instance.problem.shifts
    mine = {k: [s for s, one in enumerate(shifts) if row.get(one.crew) == k] for k in row.values()}
    target, outside = of.targets(loads), of.excess(loads)
    for measure in range(len(MEASURES)):
        if not outside[:, measure].any():
            continue
        above = np.flatnonzero(loads[:, measure] > target[:, measure])
        below = np.flatnonzero(loads[:, measure] < target[:, measure])
        for a, b in ((int(a), int(b)) for a in above for b in below if outside[a, measure] or outside[b, measure]):
            yield from ((measure, (a, s), (b, t)) for s in mine[a] for t in mine[b])


def _foretold(of: Fair, loads: Reals, crews: NDArray[np.int64], change: Reals) -> tuple[Reals, Reals]:
    """Give how uneven a week is after each of n moves, in all and but for hours; crews (n, 2), change (n, 2, 3)."""
    whole, but_hours = np.empty(len(crews)), np.empty(len(crews))
    for begins in range(0, len(crews), CHUNK):
        part = slice(begins, begins + CHUNK)
        those = crews[part]
        moved = np.repeat(loads[None], len(those), axis=0)
        each = np.arange(len(those))
        moved[each, those[:, 0]] += change[part, 0]
        moved[each, those[:, 1]] += change[part, 1]
        squares = (of.excess(moved) ** 2).sum(axis=-2)
        whole[part], but_hours[part] = squares.sum(axis=-1), squares[:, 1:].sum(axis=-1)
    return whole, but_hours


def _built(
    known: Known, week: _Week, high: tuple[int, int], low: tuple[int, int], stops: tuple[int, int | None]
) -> _Move | None:
    """Build the two routes of a move between crew and shift that have too much and those that have too little."""
    (a, s), (b, t) = high, low
    gives, takes = week.tours[s], week.tours[t]
    made = known.built(gives, takes, *stops)
    if made is None:
        return None
    moved = week.loads.copy()
    moved[a] += known.load(made[0]) - known.load(gives)
    moved[b] += known.load(made[1]) - known.load(takes)
    return _Move(made, gives.gain + takes.gain - made[0].gain - made[1].gain, penalty(known.of, moved))


def rewritten(instance: Instance, plan: Plan, tours: tuple[Tour, ...]) -> Plan:
    """Give the plan of these tours with what was known of its quality: the bound stays one, the reasons are new."""
    prices = None
    if plan.prices is not None:
        prices = np.array([plan.prices.visits.get(one.id, 0.0) for one in instance.problem.visits])
    made = to_plan(instance, tours, made_with=plan.made_with, prices=prices)
    status = plan.status if made.objective >= plan.objective - 1e-6 or plan.status != Status.OPTIMAL else made.status
    return replace(plan, routes=made.routes, left_out=made.left_out, objective=made.objective, status=status)
