"""Turns a tour into a route with times: the earliest schedule, with its breaks placed.

This is a second, independent computation of what the labels of ``tour`` promise; it works in whole seconds. The crew
leaves its start as late as the first thing it does allows, so that it does not wait at the first door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.routing.hours import arrival_one, departure_one
from planner.routing.instance import Instance
from planner.routing.plan import Pause, Route, Stop
from planner.routing.problem import Break
from planner.routing.tour import Tour


@dataclass(frozen=True)
class _Ready:
    """Ready at this time, with these breaks taken: for each its gap and whether it came after the drive."""

    at: int
    taken: tuple[tuple[int, bool], ...]


def schedule(instance: Instance, one: Tour) -> Route:
    """Give the route of a tour that has stops.

    Raises
    ------
    ValueError
        If the stops cannot be made in this order, which would be a fault of the search.
    """
    problem = instance.problem
    shift, owed = problem.shifts[one.shift], instance.layers[one.shift]
    legs = [int(instance.travel_s[a, b]) for a, b in zip(one.before, one.behind, strict=True)]
    layers: list[_Ready | None] = [_Ready(shift.starts, ()), *(None for _ in owed.breaks)]
    for gap, leg in enumerate(legs):
        _take(owed.breaks, layers, gap, driven=False)
        layers = [None if ready is None else _Ready(_after(instance, ready.at, leg), ready.taken) for ready in layers]
        _take(owed.breaks, layers, gap, driven=True)
        if gap < len(one.nodes):
            layers = [_visited(instance, one.nodes[gap], ready) for ready in layers]
    ends = [ready for ready, by in zip(layers, owed.back_by, strict=True) if ready is not None and ready.at <= int(by)]
    if not ends:
        raise ValueError(f"the stops of {shift.id!r} cannot be made in this order")
    return _timed(instance, one, legs, min(ends, key=lambda ready: ready.at).taken)


def _take(breaks: Sequence[Break], layers: list[_Ready | None], gap: int, *, driven: bool) -> None:
    for k, pause in enumerate(breaks):
        before, after = layers[k], layers[k + 1]
        if before is None or max(before.at, pause.opens) > pause.closes:
            continue
        ends = max(before.at, pause.opens) + pause.lasts_s
        if after is None or ends < after.at:
            layers[k + 1] = _Ready(ends, (*before.taken, (gap, driven)))


def _visited(instance: Instance, node: int, ready: _Ready | None) -> _Ready | None:
    if ready is None or ready.at > instance.closes[node]:
        return None
    return _Ready(max(ready.at, int(instance.opens[node])) + int(instance.service_s[node]), ready.taken)


def _timed(instance: Instance, one: Tour, legs: Sequence[int], taken: Sequence[tuple[int, bool]]) -> Route:
    shift, breaks = instance.problem.shifts[one.shift], instance.layers[one.shift].breaks
    now = leaves_start = shift.starts
    pauses: list[Pause] = []
    stops: list[Stop] = []
    for gap, leg in enumerate(legs):
        for driven in (False, True):
            if driven:
                arrives = now = _after(instance, now, leg)
            for pause in (breaks[k] for k, at in enumerate(taken) if at == (gap, driven)):
                begins = max(now, pause.opens)
                if gap == 0 and len(pauses) == 0:
                    leaves_start = _before(instance, begins, leg) if driven else begins
                    arrives = begins
                pauses.append(Pause(begins, pause.lasts_s))
                now = begins + pause.lasts_s
        if gap == len(one.nodes):
            break
        node = one.nodes[gap]
        begins = max(now, int(instance.opens[node]))
        if gap == 0 and not pauses:
            leaves_start, arrives = _before(instance, begins, leg), begins
        now = begins + int(instance.service_s[node])
        visit = instance.problem.visits[instance.visit[node]].id
        stops.append(Stop(visit, int(instance.option[node]), arrives, begins, now))
    return Route(shift.id, leaves_start, now, tuple(stops), tuple(pauses))


def _after(instance: Instance, at: int, leg: int) -> int:
    return at + leg if instance.hours is None else int(arrival_one(instance.hours, at, leg))


def _before(instance: Instance, by: int, leg: int) -> int:
    return by - leg if instance.hours is None else int(departure_one(instance.hours, by, leg))
