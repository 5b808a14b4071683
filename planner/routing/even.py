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


@dataclass(frozen=True)
class _Place:
    """Where a visit is put into a tour: its option, the gap, what the tour gains by it, and the travel it adds."""

    node: int
    gap: int
    worth: float
    added_s: float


class _Known:
    """What was tried already: a move leaves all routes but two as they were, and with them what can be tried there."""

    def __init__(self, instance: Instance, of: Fair) -> None:
        self.instance, self.of = instance, of
        self._shorter: dict[tuple[int, tuple[int, ...], int], Tour | None] = {}
        self._places: dict[tuple[int, tuple[int, ...], int], _Place | None] = {}
        self._longer: dict[tuple[int, tuple[int, ...], int], Tour | None] = {}
        self._loads: dict[tuple[int, tuple[int, ...]], Reals] = {}

    def without(self, one: Tour, node: int) -> Tour | None:
        """Give a tour without a stop."""
        key = one.shift, one.nodes, node
        if key not in self._shorter:
            self._shorter[key] = tour(self.instance, one.shift, [each for each in one.nodes if each != node])
        return self._shorter[key]

    def places(self, one: Tour, nodes: Sequence[int]) -> list[_Place | None]:
        """Say where each of these visits fits best into a tour, each by itself; None where it fits nowhere."""
        keys = [(one.shift, one.nodes, node) for node in nodes]
        new = [node for node, key in zip(nodes, keys, strict=True) if key not in self._places]
        found = _places(self.instance, one, new) if new else []
        self._places.update(((one.shift, one.nodes, node), place) for node, place in zip(new, found, strict=True))
        return [self._places[key] for key in keys]

    def with_visit(self, one: Tour, node: int) -> Tour | None:
        """Give a tour with a visit in its best place; None where it fits nowhere."""
        key = one.shift, one.nodes, node
        if key not in self._longer:
            (place,) = self.places(one, [node])
            self._longer[key] = None if place is None else _with(self.instance, one, place)
        return self._longer[key]

    def load(self, one: Tour) -> Reals:
        """Give a tour's load."""
        key = one.shift, one.nodes
        if key not in self._loads:
            self._loads[key] = load_of(self.instance, one, self.of)
        return self._loads[key]


@dataclass(frozen=True, eq=False)
class _Week:
    """A week as it stands while it is evened out: its tours and loads, how uneven it is, what may still be paid."""

    tours: Sequence[Tour]
    loads: Reals
    outside: float
    left: float


def paid(instance: Instance, tours: Sequence[Tour], of: Fair, most: float) -> tuple[tuple[Tour, ...], float]:
    """Move stops while that is worth its price; give the tours and what was paid."""
    now, spent, known = list(tours), 0.0, _Known(instance, of)
    for _ in range(MOVES):
        loads = loads_of(instance, now, of)
        outside = penalty(of, loads)
        if outside <= LEAST:
            break
        moves = list(_moves(known, _Week(now, loads, outside, most - spent)))
        if not moves:
            break
        # The move that evens out most for what it costs. There is a part of the price for each move: one that costs
        # less, or gains, counts as costing that, or many moves that do little would go before the one that does.
        best = max(moves, key=lambda one: (outside - one.penalty) / max(one.price, most / MOVES, 1e-3))
        for one in best.tours:
            now[one.shift] = one
        spent += best.price
    return tuple(now), spent


def _moves(known: _Known, week: _Week) -> Iterator[_Move]:
    """Give the moves and exchanges of stops, between crews of which one has too much of what the other lacks, that
    even the week out and can be paid.
    """
    instance, of, loads = known.instance, known.of, week.loads
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
                    yield from _between(known, week, measure, (int(a), s), (int(b), t))


def _between(
    known: _Known,
    week: _Week,
    measure: int,
    high: tuple[int, int],
    low: tuple[int, int],
) -> Iterator[_Move]:
    """Try what one shift with too much may give to one with too little, alone or for another stop.

    What a move costs, and what travel and hard visits are after it, is known from where its stops would be put: the
    routes themselves are built only of moves that can be paid and may even the week out.
    """
    instance, of = known.instance, known.of
    (a, s), (b, t) = high, low
    gives, takes = week.tours[s], week.tours[t]
    before = known.load(gives), known.load(takes)
    gain = gives.gain + takes.gain
    given = _burdens(instance, gives, of, measure, most=True)
    shorter = {node: known.without(gives, node) for node in given}
    without: dict[int | None, Tour | None] = {None: takes}
    for spared in _burdens(instance, takes, of, measure, most=False):
        without[spared] = known.without(takes, spared)
    others = [one for one in without if one is not None]
    put = {
        other: dict(zip(given, known.places(rest, given), strict=True))
        for other, rest in without.items()
        if rest is not None
    }
    for node, kept in shorter.items():
        if kept is None:
            continue
        back: dict[int | None, _Place | None] = dict(zip(others, known.places(kept, others), strict=True))
        for other, rest in without.items():
            goes, comes = put[other][node] if rest is not None else None, back.get(other)
            if rest is None or goes is None or (other is not None and comes is None):
                continue
            got = 0.0 if comes is None else comes.worth
            if gain - (kept.gain + got) - (rest.gain + goes.worth) > week.left + PAID_ABOUT:
                continue
            moved = week.loads.copy()
            moved[a, 1:] += _loads(instance, of, kept, comes) - before[0][1:]
            moved[b, 1:] += _loads(instance, of, rest, goes) - before[1][1:]
            if float((of.excess(moved)[:, 1:] ** 2).sum()) >= week.outside - LEAST:
                continue
            longer = known.with_visit(rest, node)
            ends = kept if other is None else known.with_visit(kept, other)
            if longer is None or ends is None:
                continue
            moved = week.loads.copy()
            moved[a] += known.load(ends) - before[0]
            moved[b] += known.load(longer) - before[1]
            move = _Move((ends, longer), gain - ends.gain - longer.gain, penalty(of, moved))
            if move.price <= week.left and move.penalty < week.outside - LEAST:
                yield move


def _loads(instance: Instance, of: Fair, one: Tour, place: _Place | None) -> Reals:
    """Give travel and hard visits of a tour, with a visit put in where one is; hours only its schedule tells."""
    visits = instance.problem.visits
    nodes = one.nodes if place is None else (*one.nodes, place.node)
    hard = sum(visits[instance.visit[node]].id in of.hard for node in nodes)
    return np.array([float(one.gap_road_s.sum()) + (0.0 if place is None else place.added_s), float(hard)])


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


def _places(instance: Instance, one: Tour, visits: Sequence[int]) -> list[_Place | None]:
    """Give the best option and gap for each of some visits, named by a node of theirs; all are tried at once."""
    options = [instance.nodes_of[instance.visit[node]] for node in visits]
    options = [nodes[instance.may[one.shift, nodes]] for nodes in options]
    nodes = np.concatenate(options)
    found = insertions(instance, one, nodes)
    worth = instance.worth(one.shift, nodes) - instance.cost_per_s * found.added_s
    worth = np.where(found.added_s < NEVER, worth, -np.inf)
    places, at = list[_Place | None](), 0
    for own in options:
        best = at + int(worth[at : at + len(own)].argmax()) if len(own) else -1
        fits = best >= 0 and bool(np.isfinite(worth[best]))
        places.append(
            _Place(int(nodes[best]), int(found.gap[best]), float(worth[best]), float(found.added_s[best]))
            if fits
            else None
        )
        at += len(own)
    return places


def _with(instance: Instance, one: Tour, place: _Place) -> Tour | None:
    """Give the tour with a visit in its place; None where it would go astray."""
    made = tour(instance, one.shift, (*one.nodes[: place.gap], place.node, *one.nodes[place.gap :]))
    return None if made is None or astray(instance, made) else made


def rewritten(instance: Instance, plan: Plan, tours: tuple[Tour, ...]) -> Plan:
    """Give the plan of these tours with what was known of its quality: the bound stays one, the reasons are new."""
    prices = None
    if plan.prices is not None:
        prices = np.array([plan.prices.visits.get(one.id, 0.0) for one in instance.problem.visits])
    made = to_plan(instance, tours, made_with=plan.made_with, prices=prices)
    status = plan.status if made.objective >= plan.objective - 1e-6 or plan.status != Status.OPTIMAL else made.status
    return replace(plan, routes=made.routes, left_out=made.left_out, objective=made.objective, status=status)
