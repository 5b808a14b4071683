"""A plan under the hand: its problem prepared, its tours, and what is kept. A change gives a new one.

Times come from the search's own tours and scheduler; there is no second engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from planner.editing.kept import Kept, bound_holds, proven
from planner.routing import LeftOut, Lock, Plan, Problem, ProblemShift, Route, Status, Visit
from planner.routing.balance import tours_of
from planner.routing.greedy import Tours, astray, planned, rank, replaced
from planner.routing.instance import NEVER, Instance, prepare
from planner.routing.schedule import schedule
from planner.routing.tour import Tour, insertions, tour


class NotThePlan(ValueError):
    """A plan that its own problem does not allow: the roads or the file changed since. One sentence, no names."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A plan that is being changed. ``instance`` holds the problem; tours are in the order of its shifts."""

    instance: Instance
    tours: Tours
    kept: Kept

    @property
    def problem(self) -> Problem:
        """The problem as it stands."""
        return self.instance.problem

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each visit, by id."""
        return {one.id: v for v, one in enumerate(self.problem.visits)}

    @cached_property
    def shift_number(self) -> dict[str, int]:
        """The number of each shift, by id."""
        return {one.id: s for s, one in enumerate(self.problem.shifts)}

    @cached_property
    def at(self) -> dict[str, tuple[int, int]]:
        """The shift's number and the position of each planned visit, by id."""
        visits, visit = self.problem.visits, self.instance.visit
        return {visits[visit[node]].id: (one.shift, k) for one in self.tours for k, node in enumerate(one.nodes)}

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes with their times; shifts that stay at home have none."""
        return tuple(schedule(self.instance, one) for one in self.tours if one.nodes)

    @cached_property
    def objective(self) -> float:
        """What the plan earns, as the auditor reckons it."""
        return rank(self.instance, self.tours)[2]

    @cached_property
    def locks(self) -> dict[str, Lock]:
        """The locks by visit."""
        return {one.visit: one for one in self.problem.locks}

    def visit(self, name: str) -> Visit:
        """Give a visit."""
        return self.problem.visits[self.number[name]]

    def shift(self, name: str) -> ProblemShift:
        """Give a shift."""
        return self.problem.shifts[self.shift_number[name]]

    def day(self, shift: ProblemShift) -> date:
        """Give the local day of a shift."""
        return (self.problem.origin + timedelta(seconds=shift.starts)).date()

    def stops(self, shift: int) -> list[str]:
        """Name the visits of a shift in order."""
        visits, visit = self.problem.visits, self.instance.visit
        return [visits[visit[node]].id for node in self.tours[shift].nodes]

    def left_out(self) -> list[str]:
        """Name the visits that no route makes, in the problem's order."""
        inside = planned(self.instance, self.tours)
        return [one.id for v, one in enumerate(self.problem.visits) if not inside[v]]

    def plan(self, reasons: Iterable[LeftOut], *, like: Plan) -> Plan:
        """Give it as a plan.

        Parameters
        ----------
        reasons
            One for each visit left out.
        like
            The plan that it was made from: its bound stays where it still is one.
        """
        inside = planned(self.instance, self.tours)
        missing = any(one.required and not inside[v] for v, one in enumerate(self.problem.visits))
        holds = like.bound is not None and bound_holds(self.problem, self.kept, like.bound_kind)
        return Plan(
            routes=self.routes,
            left_out=tuple(reasons),
            objective=self.objective,
            status=Status.REQUIRED_MISSING if missing else Status.FEASIBLE,
            bound=like.bound if holds else None,
            bound_is_valid=like.bound_is_valid and holds,
            bound_kind=like.bound_kind if holds else None,
            seed=like.seed,
            made_with="planner editing",
        )


def draft(problem: Problem, plan: Plan, kept: Kept | None = None) -> Draft:
    """Take a plan under the hand; the pairs that are ``kept`` apart are put into its problem.

    Raises
    ------
    NotThePlan
        If the problem does not allow the plan.
    """
    kept = Kept(apart=problem.apart, proven=proven(problem)) if kept is None else kept
    instance = prepare(replace(problem, apart=kept.apart))
    try:
        tours = tours_of(instance, plan)
    except (KeyError, IndexError):
        tours = None
    if tours is None:
        raise NotThePlan("The plan cannot be driven by these travel times: plan again before you change it.")
    return Draft(instance, tours, kept)


def posed(of: Draft, problem: Problem, kept: Kept, routes: Sequence[Sequence[tuple[str, int]]] | None = None) -> Draft:
    """Give the draft on a changed problem; ``routes`` are its visits and options by shift, None for those of now.

    Raises
    ------
    NotThePlan
        If the routes cannot be made: whoever changes a problem shrinks its routes first.
    """
    if routes is None:
        now = {self.id: chosen(of, s) for s, self in enumerate(of.problem.shifts)}
        routes = [now.get(one.id, []) for one in problem.shifts]
    instance = prepare(problem, like=of.instance)
    number = {one.id: v for v, one in enumerate(problem.visits)}
    made = [
        tour(instance, s, [int(instance.nodes_of[number[visit]][option]) for visit, option in route])
        for s, route in enumerate(routes)
    ]
    if any(one is None for one in made):
        raise NotThePlan("A route cannot be made on the changed problem.")
    return Draft(instance, tuple(one for one in made if one is not None), kept)


def chosen(of: Draft, shift: int) -> list[tuple[str, int]]:
    """Give a shift's visits, each with the number of its option."""
    option = of.instance.option
    return [(name, int(option[node])) for name, node in zip(of.stops(shift), of.tours[shift].nodes, strict=True)]


def with_tours(of: Draft, *changed: Tour) -> Draft:
    """Give the draft with some tours changed."""
    tours = of.tours
    for one in changed:
        tours = replaced(tours, one)
    made = replace(of, tours=tours)
    made.__dict__["number"] = of.number  # the problem is the same: asked for often, and it takes its time to make
    return made


def taken_out(of: Draft, names: Iterable[str]) -> Draft | None:
    """Give the draft without some visits; None where a missing road keeps a route from being driven without them."""
    out, now = set(names), of
    for s in {of.at[name][0] for name in out if name in of.at}:
        nodes = [node for name, node in zip(of.stops(s), of.tours[s].nodes, strict=True) if name not in out]
        made = tour(of.instance, s, nodes)
        if made is None:
            return None
        now = with_tours(now, made)
    return now


def nodes_on(of: Draft, name: str, shift: int) -> list[int]:
    """Give the nodes of a visit that a shift may take."""
    nodes = of.instance.nodes_of[of.number[name]]
    return [int(node) for node in nodes[of.instance.may[shift, nodes]]]


def placed(of: Draft, name: str, shift: int, position: int | None = None) -> Tour | None:
    """Give the tour of a shift with a visit more, in its best option, at a position or wherever it earns most.

    None where it does not fit, where a lock would lose its position, or where one is there whom it must not meet.
    """
    now = of.tours[shift]
    nodes = nodes_on(of, name, shift)
    if not nodes:
        return None
    wrong = astray(of.instance, now)
    if position is None:
        found = insertions(of.instance, now, np.array(nodes))
        worth = of.instance.worth(shift, nodes) - of.instance.cost_per_s * found.added_s
        order = np.argsort(-np.where(found.added_s < NEVER, worth, -np.inf), kind="stable")
        tries = [(nodes[k], int(found.gap[k])) for k in order if found.added_s[k] < NEVER]
    else:
        tries = [(node, gap) for node in nodes for gap in [min(position, len(now.nodes))]]
    made = [tour(of.instance, shift, (*now.nodes[:gap], node, *now.nodes[gap:])) for node, gap in tries]
    good = [one for one in made if one is not None and astray(of.instance, one) <= wrong]
    if not good and position is None and wrong == 0 and (of.instance.position >= 0).any():
        # The gap that earns most may push a locked stop from its place: try the others.
        gaps = range(len(now.nodes) + 1)
        made = [tour(of.instance, shift, (*now.nodes[:g], n, *now.nodes[g:])) for n in nodes for g in gaps]
        good = [one for one in made if one is not None and astray(of.instance, one) == 0]
    return max(good, key=lambda one: one.gain) if good else None


def best_place(of: Draft, name: str, *, but: Iterable[int] = ()) -> Tour | None:
    """Give the tour, over all shifts, that earns most by making a visit; None where none can."""
    barred = set(but)
    made = [placed(of, name, s) for s in range(len(of.tours)) if s not in barred]
    return max(
        (one for one in made if one is not None), key=lambda one: one.gain - of.tours[one.shift].gain, default=None
    )


def rehomed(of: Draft, names: Iterable[str], *, but: Iterable[int] = ()) -> Draft:
    """Put visits where they earn most, the required and then the dearest first; who earns nothing stays out."""
    now, barred = of, set(but)
    for name in sorted(names, key=lambda one: (*_urgency(of, one), one)):
        made = best_place(now, name, but=barred)
        if made is not None and (_must(now, name) or made.gain > now.tours[made.shift].gain):
            now = with_tours(now, made)
    return now


def filled(of: Draft, shifts: Iterable[int]) -> Draft:
    """Let visits that are left out use the room of some shifts, the most for its time first; nobody has to leave."""
    now = of
    for s in shifts:
        waiting = [name for name in now.left_out() if nodes_on(now, name, s)]
        while waiting:
            best: tuple[float, str] | None = None
            alive = []
            nodes = np.array([node for name in waiting for node in nodes_on(now, name, s)])
            found = insertions(now.instance, now.tours[s], nodes)
            gain = now.instance.worth(s, nodes) - now.instance.cost_per_s * found.added_s
            score = gain / (np.maximum(found.added_s, 0.0) + now.instance.service_s[nodes] + 300.0)
            score[(found.added_s >= NEVER) | (gain <= 0)] = -np.inf
            by_visit: dict[str, float] = {}
            for node, points in zip(nodes, score, strict=True):
                name = now.problem.visits[now.instance.visit[node]].id
                by_visit[name] = max(by_visit.get(name, -np.inf), float(points))
            alive = sorted((name for name, points in by_visit.items() if points > -np.inf), key=by_visit.__getitem__)
            made = None
            while alive and made is None:
                best = (by_visit[alive[-1]], alive.pop())
                made = placed(now, best[1], s)
                if made is not None and made.gain <= now.tours[s].gain:
                    made = None
            if made is None or best is None:
                break
            now, waiting = with_tours(now, made), alive
    return now


def _urgency(of: Draft, name: str) -> tuple[bool, float]:
    """Give what comes first by: required before optional, dear before cheap."""
    nodes = of.instance.nodes_of[of.number[name]]
    return not _must(of, name), -float(of.instance.value[nodes].max(initial=0.0))


def _must(of: Draft, name: str) -> bool:
    return bool(of.instance.required[of.number[name]])
