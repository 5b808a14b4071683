"""Evens out a finished plan among its crews: first for nothing, then, within a stated price, by moving single stops.

Whole routes are exchanged first (``ortools_balance``): that costs nothing. Where the tolerance is not met by that,
stops are moved or exchanged between a crew that has too much and one that has too little, the most evenness for its
price first, until it is met or the price is used up. Required and locked visits stay in the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.routing.balance import HARD, MEASURES, Fair, Reals, fair, load_of, loads_of, tours_of
from planner.routing.greedy import astray
from planner.routing.instance import NEVER, Instance, prepare
from planner.routing.ortools_balance import share_routes
from planner.routing.plan import Plan, Status
from planner.routing.problem import Problem
from planner.routing.tour import Tour, insertions, tour
from planner.routing.translate import to_plan

#: so many moves at most, and so many stops of a route that are looked at for an exchange
MOVES, LOOKED_AT = 40, 12
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


class _Known:
    """What was tried already: a move leaves all routes but two as they were, and with them what can be tried there."""

    def __init__(self, instance: Instance, of: Fair) -> None:
        self.instance, self.of = instance, of
        self._made: dict[tuple[int, tuple[int, ...], int, bool], Tour | None] = {}
        self._loads: dict[tuple[int, tuple[int, ...]], Reals] = {}

    def without(self, one: Tour, node: int) -> Tour | None:
        """Give a tour without a stop."""
        key = one.shift, one.nodes, node, False
        if key not in self._made:
            self._made[key] = tour(self.instance, one.shift, [each for each in one.nodes if each != node])
        return self._made[key]

    def with_visit(self, one: Tour, node: int) -> Tour | None:
        """Give a tour with a visit put in; None where it fits nowhere."""
        key = one.shift, one.nodes, node, True
        if key not in self._made:
            self._made[key] = _with(self.instance, one, node)
        return self._made[key]

    def load(self, one: Tour) -> Reals:
        """Give a tour's load."""
        key = one.shift, one.nodes
        if key not in self._loads:
            self._loads[key] = load_of(self.instance, one, self.of)
        return self._loads[key]


def paid(instance: Instance, tours: Sequence[Tour], of: Fair, most: float) -> tuple[tuple[Tour, ...], float]:
    """Move stops while that is worth its price; give the tours and what was paid."""
    now, spent, known = list(tours), 0.0, _Known(instance, of)
    for _ in range(MOVES):
        loads = loads_of(instance, now, of)
        outside = penalty(of, loads)
        if outside <= LEAST:
            break
        moves = [one for one in _moves(known, now, loads) if spent + one.price <= most]
        moves = [one for one in moves if one.penalty < outside - LEAST]
        if not moves:
            break
        # A move that gains is taken first; else the one that evens out most for what it costs.
        best = max(moves, key=lambda one: (outside - one.penalty) / max(one.price, 1e-3))
        for one in best.tours:
            now[one.shift] = one
        spent += best.price
    return tuple(now), spent


def _moves(known: _Known, tours: Sequence[Tour], loads: Reals) -> Iterator[_Move]:
    """Try moving and exchanging stops between crews of which one has too much of what the other lacks."""
    instance, of = known.instance, known.of
    row = {crew: k for k, crew in enumerate(of.crews)}
    shifts = instance.problem.shifts
    mine = {k: [s for s, one in enumerate(shifts) if row.get(one.crew) == k] for k in row.values()}
    target, outside = of.targets(loads), of.excess(loads)
    for measure in range(len(MEASURES)):
        if not outside[:, measure].any():
            continue
        above = np.flatnonzero(loads[:, measure] > target[:, measure])
        below = np.flatnonzero(loads[:, measure] < target[:, measure])
        pairs = [(a, b) for a in above for b in below if outside[a, measure] or outside[b, measure]]
        for a, b in pairs:
            for s in mine[int(a)]:
                for t in mine[int(b)]:
                    yield from _between(known, tours, loads, measure, (int(a), s), (int(b), t))


def _between(
    known: _Known,
    tours: Sequence[Tour],
    loads: Reals,
    measure: int,
    high: tuple[int, int],
    low: tuple[int, int],
) -> Iterator[_Move]:
    """Try what one shift with too much may give to one with too little, alone or for another stop."""
    instance, of = known.instance, known.of
    (a, s), (b, t) = high, low
    gives, takes = tours[s], tours[t]
    before = known.load(gives), known.load(takes)
    gain = gives.gain + takes.gain
    without: dict[int | None, Tour | None] = {None: takes}
    for spared in _burdens(instance, takes, of, measure, most=False):
        without[spared] = known.without(takes, spared)
    for node in _burdens(instance, gives, of, measure, most=True):
        shorter = known.without(gives, node)
        if shorter is None:
            continue
        for other, rest in without.items():
            longer = None if rest is None else known.with_visit(rest, node)
            kept = shorter if other is None else known.with_visit(shorter, other)
            if longer is None or kept is None:
                continue
            moved = loads.copy()
            moved[a] += known.load(kept) - before[0]
            moved[b] += known.load(longer) - before[1]
            yield _Move((kept, longer), gain - kept.gain - longer.gain, penalty(of, moved))


def _burdens(instance: Instance, one: Tour, of: Fair, measure: int, *, most: bool) -> list[int]:
    """Give the stops of a tour that weigh most, or least, in a measure; a locked one is never among them."""
    nodes = np.array([n for n in one.nodes if not instance.locked[instance.visit[n]]], dtype=np.int64)
    if not len(nodes):
        return []
    added = dict(zip(one.nodes, one.gap_road_s[:-1] + one.gap_road_s[1:], strict=True))
    if measure == HARD:
        visits = instance.problem.visits
        wanted = [int(n) for n in nodes if (visits[instance.visit[n]].id in of.hard) == most]
        return sorted(wanted, key=lambda n: -added[n] if most else added[n])[:LOOKED_AT]
    weight = {int(n): added[int(n)] + (instance.service_s[n] if measure == 0 else 0.0) for n in nodes}
    return sorted(weight, key=lambda n: -weight[n] if most else weight[n])[:LOOKED_AT]


def _with(instance: Instance, one: Tour, node: int) -> Tour | None:
    """Give the tour with a visit in its best option and gap; None where it fits nowhere."""
    nodes = instance.nodes_of[instance.visit[node]]
    nodes = nodes[instance.may[one.shift, nodes]]
    if not len(nodes):
        return None
    found = insertions(instance, one, nodes)
    worth = instance.worth(one.shift, nodes) - instance.cost_per_s * found.added_s
    worth = np.where(found.added_s < NEVER, worth, -np.inf)
    best = int(worth.argmax())
    if not np.isfinite(worth[best]):
        return None
    gap = int(found.gap[best])
    made = tour(instance, one.shift, (*one.nodes[:gap], int(nodes[best]), *one.nodes[gap:]))
    return None if made is None or astray(instance, made) else made


def rewritten(instance: Instance, plan: Plan, tours: tuple[Tour, ...]) -> Plan:
    """Give the plan of these tours with what was known of its quality: the bound stays one, the reasons are new."""
    prices = None
    if plan.prices is not None:
        prices = np.array([plan.prices.visits.get(one.id, 0.0) for one in instance.problem.visits])
    made = to_plan(instance, tours, made_with=plan.made_with, prices=prices)
    status = plan.status if made.objective >= plan.objective - 1e-6 or plan.status != Status.OPTIMAL else made.status
    return replace(plan, routes=made.routes, left_out=made.left_out, objective=made.objective, status=status)
