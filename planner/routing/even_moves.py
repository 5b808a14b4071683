"""What one shift may give to another so that their crews' loads come closer: one stop, alone or for another one.

What a move costs, and what loads are after it, is foretold from where its stops would be put; routes are built only of
those moves that are taken up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.routing.balance import HARD, MEASURES, Fair, Reals, load_of
from planner.routing.greedy import astray
from planner.routing.instance import NEVER, Instance
from planner.routing.tour import Tour, insertions, tour

#: so many stops of a route are looked at for an exchange
LOOKED_AT = 12


@dataclass(frozen=True)
class Place:
    """Where a visit is put into a tour: its option, the gap, what the tour gains by it, and the travel it adds."""

    node: int
    gap: int
    worth: float
    added_s: float


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Moves between two tours, n of them.

    Parameters
    ----------
    stops
        The stop that goes over, and the one that comes back, None where none does.
    price
        What the objective loses by it, (n,).
    change
        How the loads of both tours change, (n, 2, 3). Of hours it is what driving and doors take: how long somebody
        waits only a schedule tells.
    """

    stops: tuple[tuple[int, int | None], ...]
    price: Reals
    change: Reals


class Known:
    """What was tried already: a move leaves all routes but two as they were, and with them what can be tried there."""

    def __init__(self, instance: Instance, of: Fair) -> None:
        self.instance, self.of = instance, of
        self._shorter: dict[tuple[int, tuple[int, ...], int], Tour | None] = {}
        self._places: dict[tuple[int, tuple[int, ...], int], Place | None] = {}
        self._longer: dict[tuple[int, tuple[int, ...], int], Tour | None] = {}
        self._loads: dict[tuple[int, tuple[int, ...]], Reals] = {}
        self._exchanges: dict[tuple[int, tuple[int, ...], int, tuple[int, ...], int], Exchanges] = {}

    def without(self, one: Tour, node: int) -> Tour | None:
        """Give a tour without a stop."""
        key = one.shift, one.nodes, node
        if key not in self._shorter:
            self._shorter[key] = tour(self.instance, one.shift, [each for each in one.nodes if each != node])
        return self._shorter[key]

    def places(self, one: Tour, nodes: Sequence[int]) -> list[Place | None]:
        """Say where each of these visits fits best into a tour, each by itself; None where it fits nowhere."""
        keys = [(one.shift, one.nodes, node) for node in nodes]
        new = [node for node, key in zip(nodes, keys, strict=True) if key not in self._places]
        found = places_of(self.instance, one, new) if new else []
        self._places.update(((one.shift, one.nodes, node), place) for node, place in zip(new, found, strict=True))
        return [self._places[key] for key in keys]

    def with_visit(self, one: Tour, node: int) -> Tour | None:
        """Give a tour with a visit in its best place; None where it fits nowhere."""
        key = one.shift, one.nodes, node
        if key not in self._longer:
            (place,) = self.places(one, [node])
            self._longer[key] = None if place is None else with_place(self.instance, one, place)
        return self._longer[key]

    def load(self, one: Tour) -> Reals:
        """Give a tour's load."""
        key = one.shift, one.nodes
        if key not in self._loads:
            self._loads[key] = load_of(self.instance, one, self.of)
        return self._loads[key]

    def exchanges(self, gives: Tour, takes: Tour, measure: int) -> Exchanges:
        """Say what a tour with too much of a measure may give to one with too little, alone or for another stop."""
        key = gives.shift, gives.nodes, takes.shift, takes.nodes, measure
        if key not in self._exchanges:
            self._exchanges[key] = _exchanges(self, gives, takes, measure)
        return self._exchanges[key]

    def built(self, gives: Tour, takes: Tour, node: int, other: int | None) -> tuple[Tour, Tour] | None:
        """Give both tours after a stop went over, and another one came back where one is named; None where not so."""
        kept, rest = self.without(gives, node), takes if other is None else self.without(takes, other)
        if kept is None or rest is None:
            return None
        ends, longer = kept if other is None else self.with_visit(kept, other), self.with_visit(rest, node)
        return None if ends is None or longer is None else (ends, longer)


def _exchanges(known: Known, gives: Tour, takes: Tour, measure: int) -> Exchanges:
    instance, of = known.instance, known.of
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
    before = np.stack([loads_foretold(instance, of, gives, None), loads_foretold(instance, of, takes, None)])
    stops, price, change = list[tuple[int, int | None]](), list[float](), list[Reals]()
    for node, kept in shorter.items():
        if kept is None:
            continue
        back: dict[int | None, Place | None] = dict(zip(others, known.places(kept, others), strict=True))
        for other, rest in without.items():
            goes, comes = put[other][node] if rest is not None else None, back.get(other)
            if rest is None or goes is None or (other is not None and comes is None):
                continue
            got = 0.0 if comes is None else comes.worth
            stops.append((node, other))
            price.append(gain - (kept.gain + got) - (rest.gain + goes.worth))
            change.append(
                np.stack([loads_foretold(instance, of, kept, comes), loads_foretold(instance, of, rest, goes)]) - before
            )
    return Exchanges(tuple(stops), np.array(price), np.array(change).reshape(len(stops), 2, len(MEASURES)))


def loads_foretold(instance: Instance, of: Fair, one: Tour, place: Place | None) -> Reals:
    """Give the load of a tour, (3,), with a visit put in where one is; its hours without what somebody waits."""
    visits = instance.problem.visits
    nodes = one.nodes if place is None else (*one.nodes, place.node)
    hard = sum(visits[instance.visit[node]].id in of.hard for node in nodes)
    road_s = float(one.gap_road_s.sum()) + (0.0 if place is None else place.added_s)
    return np.array([road_s + float(instance.service_s[list(nodes)].sum()), road_s, float(hard)])


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


def places_of(instance: Instance, one: Tour, visits: Sequence[int]) -> list[Place | None]:
    """Give the best option and gap for each of some visits, named by a node of theirs; all are tried at once."""
    options = [instance.nodes_of[instance.visit[node]] for node in visits]
    options = [nodes[instance.may[one.shift, nodes]] for nodes in options]
    nodes = np.concatenate(options)
    found = insertions(instance, one, nodes)
    worth = instance.worth(one.shift, nodes) - instance.cost_per_s * found.added_s
    worth = np.where(found.added_s < NEVER, worth, -np.inf)
    places, at = list[Place | None](), 0
    for own in options:
        best = at + int(worth[at : at + len(own)].argmax()) if len(own) else -1
        fits = best >= 0 and bool(np.isfinite(worth[best]))
        places.append(
            Place(int(nodes[best]), int(found.gap[best]), float(worth[best]), float(found.added_s[best]))
            if fits
            else None
        )
        at += len(own)
    return places


def with_place(instance: Instance, one: Tour, place: Place) -> Tour | None:
    """Give the tour with a visit in its place; None where it would go astray."""
    made = tour(instance, one.shift, (*one.nodes[: place.gap], place.node, *one.nodes[place.gap :]))
    return None if made is None or astray(instance, made) else made
