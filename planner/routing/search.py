"""Improves a plan: takes strings of neighbouring stops out of a few tours, puts better ones in, keeps what pays.

One step: a seed visit is drawn; its neighbours are walked until one to four tours are found that hold one of them; a
string of up to five stops leaves each of these tours around that neighbour. What left, and whatever is unplanned near
the tours, competes for the room by value to a random power over added travel and service, with some noise. The
result is kept by simulated annealing: worse plans are accepted less and less often. The best plan seen is never lost.

References
----------
Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems", Transportation
Science 54 (2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray

from planner.routing.greedy import PAUSE_S, Tours, rank
from planner.routing.instance import NEVER, NO_ROAD_S, Instance
from planner.routing.progress import Budget
from planner.routing.tour import Tour, insertions, tour

#: Neighbours of a visit that are walked for tours to touch, and those of its stops that compete for a tour's room.
WALKED, COMPETING = 100, 60

#: Visits that compete in one step, the best by value over service.
CANDIDATES = 120

#: Tours touched in one step, and stops taken out of each, at most.
TOUCHED, STRING = 4, 5

#: How often a node is overlooked for one step, and what puts required visits before all others.
BLINK, FIRST = 0.01, 1e12

#: First and last temperature as shares of the mean value of an option.
HOT, COLD = 0.15, 0.008

#: Tours remembered for recombination, from the last third of the search.
REMEMBERED = 20_000


@dataclass
class Found:
    """What a search found: the best tours, the steps it made, and tours worth recombining by shift and visits."""

    tours: Tours
    steps: int = 0
    pool: dict[tuple[int, frozenset[int]], Tour] = field(default_factory=dict)

    def remember(self, one: Tour, visits: frozenset[int]) -> None:
        """Keep a tour if it is the best of its shift with these visits."""
        known = self.pool.get((one.shift, visits))
        if known is None or known.gain < one.gain:
            self.pool[one.shift, visits] = one


def improve(
    instance: Instance,
    start: Tours,
    budget: Budget,
    seed: int,
    on_better: Callable[[Tours], None] | None = None,
) -> Found:
    """Search from ``start`` until the budget is used; the tours given are never worse than ``start``."""
    found = Found(start)
    if not len(instance.visit) or not start or budget.used(0) >= 1:
        return found
    ruin = _Ruin(instance, Random(seed), np.random.default_rng(seed))
    tours, objective = list(start), _worth(ruin, start)
    best = objective
    at = np.full(len(instance.required), -1, dtype=np.int64)
    for one in start:
        at[instance.visit[list(one.nodes)]] = one.shift
    mean = float(np.abs(instance.value).mean()) or 1.0
    while (used := budget.used(found.steps)) < 1:
        found.steps += 1
        temperature = mean * HOT * (COLD / HOT) ** used
        changed = ruin.step(tours, at)
        after = objective + sum(_gain(ruin, one) - _gain(ruin, tours[one.shift]) for one in changed)
        if used > 2 / 3 and len(found.pool) < REMEMBERED:
            for one in changed:
                found.remember(one, frozenset(instance.visit[list(one.nodes)].tolist()))
        if after < objective + temperature * math.log(1.0 - ruin.random.random()):
            continue
        for one in changed:
            at[instance.visit[list(tours[one.shift].nodes)]] = -1
        for one in changed:
            at[instance.visit[list(one.nodes)]] = one.shift
            tours[one.shift] = one
        objective = after
        if objective > best + 1e-9:
            best = objective
            found.tours = tuple(tours)
            if on_better is not None:
                on_better(found.tours)
    if rank(instance, found.tours) < rank(instance, start):
        found.tours = start
    return found


class _Ruin:
    """Makes single steps; holds what they need again and again."""

    def __init__(self, instance: Instance, random: Random, noise: np.random.Generator) -> None:
        self.instance, self.random, self.noise = instance, random, noise
        self.required = required = instance.required[instance.visit]
        above_all = 2.0 * float(np.abs(instance.value).sum()) + 1.0
        #: What a node is worth to the search: required visits above all value.
        self.worth = instance.value + np.where(required, above_all, 0.0)
        self.count = np.array([len(nodes) for nodes in instance.nodes_of], dtype=np.int64)
        self.first = np.concatenate(([0], np.cumsum(self.count)[:-1])) if len(self.count) else self.count
        self.visits = np.flatnonzero(self.count)
        self.near = _neighbours(instance, self.visits, self.first)
        self.value = np.zeros(len(self.count))
        np.maximum.at(self.value, instance.visit, self.worth / (instance.service_s + PAUSE_S))

    def step(self, tours: list[Tour], at: NDArray[np.int64]) -> list[Tour]:
        """Give the tours that one step would change, rebuilt; ``tours`` and ``at`` stay as they are."""
        cut = self._cut(tours, at)
        if not cut:
            return []
        free = self._competing(tours, at, cut)
        nodes = self._nodes_of(free)
        score_of = self._scores(nodes)
        open_to = [nodes[self.instance.may[one.shift, nodes]] for one in cut]
        return self._refilled(cut, open_to, score_of)

    def _seed(self, at: NDArray[np.int64]) -> int:
        unplanned = self.visits[at[self.visits] < 0]
        if len(unplanned) and self.random.random() < 0.35:
            drawn = [int(unplanned[self.random.randrange(len(unplanned))]) for _ in range(4)]
            return max(drawn, key=lambda v: self.value[v])
        return int(self.visits[self.random.randrange(len(self.visits))])

    def _cut(self, tours: list[Tour], at: NDArray[np.int64]) -> list[Tour]:
        """Take strings out of one to four tours near a drawn visit."""
        most = self.random.randint(1, TOUCHED)
        cut: dict[int, Tour] = {}
        seed = self._seed(at)
        near = self.near[seed]
        held = at[near]
        for visit, shift in zip(near[held >= 0].tolist(), held[held >= 0].tolist(), strict=True):
            if shift in cut:
                continue
            shorter = self._without_string(tours[shift], visit)
            if shorter is not None:
                cut[shift] = shorter
            if len(cut) == most:
                break
        empty = [one.shift for one in tours if not one.nodes]
        if empty and (not cut or self.random.random() < 0.3):
            shift = empty[self.random.randrange(len(empty))]
            cut.setdefault(shift, tours[shift])
        return list(cut.values())

    def _without_string(self, one: Tour, visit: int) -> Tour | None:
        where = self.instance.visit[list(one.nodes)].tolist().index(visit)
        size = self.random.randint(1, min(STRING, len(one.nodes)))
        kept = self.random.randint(1, 3) if self.random.random() < 0.3 else 0
        span = min(size + kept, len(one.nodes))
        first = max(0, min(where - self.random.randrange(span), len(one.nodes) - span))
        inside = list(one.nodes[first : first + span])
        if span > size:
            stays = self.random.randint(1, span - 1) if span > 1 else 0
            inside = inside[stays : stays + span - size]
        else:
            inside = []
        return tour(self.instance, one.shift, (*one.nodes[:first], *inside, *one.nodes[first + span :]))

    def _competing(self, tours: list[Tour], at: NDArray[np.int64], cut: list[Tour]) -> NDArray[np.int64]:
        """Give the visits that compete: those just taken out, and unplanned ones near the tours."""
        old = [self.instance.visit[list(tours[one.shift].nodes)] for one in cut]
        new = [self.instance.visit[list(one.nodes)] for one in cut]
        stops = np.concatenate(old)
        taken_out = np.setdiff1d(stops, np.concatenate(new), assume_unique=True)
        around = np.unique(self.near[stops, :COMPETING]) if len(stops) else self.visits
        around = around[at[around] < 0]
        if len(around) > CANDIDATES:
            around = around[np.argpartition(-self.value[around], CANDIDATES)[:CANDIDATES]]
        return np.concatenate((taken_out, around))

    def _nodes_of(self, visits: NDArray[np.int64]) -> NDArray[np.int64]:
        counts = self.count[visits]
        starts = np.repeat(self.first[visits] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        return starts + np.arange(int(counts.sum()))

    def _scores(self, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give, for each node of the problem, its value to a random power with noise, for this step.

        Required visits come first of all, and among their options the better one.
        """
        power, spread = 0.7 + 0.8 * self.random.random(), 0.35 * self.random.random()
        score = np.zeros(len(self.worth))
        noise = 1.0 + spread * self.noise.uniform(-1.0, 1.0, len(nodes))
        noise[self.noise.random(len(nodes)) < BLINK] = 0.0
        score[nodes] = (np.maximum(self.instance.value[nodes], 0.0) + 1.0) ** power * noise
        score[nodes[self.required[nodes]]] += FIRST
        return score

    def _refilled(self, cut: list[Tour], open_to: list[NDArray[np.int64]], score_of: NDArray[np.float64]) -> list[Tour]:
        """Insert the best-scored node again and again until nothing fits with a gain."""
        tours = list(cut)
        trials = [self._tried(one, nodes, score_of) for one, nodes in zip(tours, open_to, strict=True)]
        while True:
            tops = [trial.top for trial in trials]
            i = max(range(len(tops)), key=tops.__getitem__)
            if tops[i] <= 0:
                # A tour was opened for several visits together: where they do not pay, it stays at home.
                return [one if _gain(self, one) >= 0 else _stripped(self.instance, one) for one in tours]
            node, gap = trials[i].best()
            one = tours[i]
            grown = tour(self.instance, one.shift, (*one.nodes[:gap], node, *one.nodes[gap:]))
            assert grown is not None, "an insertion that fits gives a feasible tour"
            tours[i] = grown
            visit = self.instance.visit[node]
            for j, trial in enumerate(trials):
                if j != i:
                    trials[j] = trial.without(self.instance.visit[trial.nodes] == visit)
            keep = (trials[i].score >= 0) & (self.instance.visit[trials[i].nodes] != visit)
            trials[i] = self._tried(grown, trials[i].nodes[keep], score_of)

    def _tried(self, one: Tour, nodes: NDArray[np.int64], score_of: NDArray[np.float64]) -> _Trial:
        instance = self.instance
        if not len(nodes):
            return _Trial(nodes, np.zeros(0), nodes)
        added_s, gap = insertions(instance, one, nodes)
        pays = (added_s < NEVER) & ((self.worth[nodes] > instance.cost_per_s * added_s) | (not one.nodes))
        # No less than a tenth of the pause: on roads that are not metric a stop may even save travel.
        time_s = np.maximum(added_s + instance.service_s[nodes] + PAUSE_S, PAUSE_S / 10)
        score = np.where(pays, score_of[nodes] / time_s, 0.0)
        score[added_s >= NEVER] = -1.0
        return _Trial(nodes, score, gap)


@dataclass
class _Trial:
    """Nodes tried in one tour, with their scores (0 where they do not pay, -1 where they do not fit) and gaps."""

    nodes: NDArray[np.int64]
    score: NDArray[np.float64]
    gap: NDArray[np.int64]

    @property
    def top(self) -> float:
        return float(self.score.max()) if len(self.score) else 0.0

    def best(self) -> tuple[int, int]:
        i = int(self.score.argmax())
        return int(self.nodes[i]), int(self.gap[i])

    def without(self, gone: NDArray[np.bool_]) -> _Trial:
        if not gone.any():
            return self
        return _Trial(self.nodes[~gone], self.score[~gone], self.gap[~gone])


def _stripped(instance: Instance, one: Tour) -> Tour:
    bare = tour(instance, one.shift, ())
    assert bare is not None, "a shift may always stay at home"
    return bare


def _gain(ruin: _Ruin, one: Tour) -> float:
    at = list(one.nodes)
    return one.gain + float((ruin.worth[at] - ruin.instance.value[at]).sum())


def _worth(ruin: _Ruin, tours: Tours) -> float:
    return sum(_gain(ruin, one) for one in tours)


def _neighbours(
    instance: Instance, visits: NDArray[np.int64], first: NDArray[np.int64], block: int = 500
) -> NDArray[np.int64]:
    """Give for each visit the nearest visits, itself first, (visits, up to ``WALKED``); by the first option's place."""
    place = instance.place[first[visits]]
    most = min(WALKED, len(visits))
    near = np.zeros((len(instance.required), most), dtype=np.int64)
    for at in range(0, len(visits), block):
        rows = place[at : at + block]
        there_and_back = instance.road_s[rows[:, None], place] + instance.road_s[place[:, None], rows].T
        there_and_back[np.arange(len(rows)), np.arange(at, at + len(rows))] = -1.0
        there_and_back = np.minimum(there_and_back, NO_ROAD_S)
        order = np.argsort(there_and_back, axis=1, kind="stable")[:, :most]
        near[visits[at : at + block]] = visits[order]
    return near
