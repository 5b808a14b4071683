"""One shift's stops in order, with the labels that make trying an insertion cheap.

A shift with m breaks has m + 1 layers; in layer k the first k breaks are taken. For every gap between two stops a tour
keeps, per layer, the earliest departure towards the gap and the latest arrival behind it. A stop fits into a gap if in
some layer its earliest departure is not later than its latest one; breaks may fall before or after either drive, so
the test is exact over all positions of the breaks. A break is never taken on the way.

An insertion is tried on copies of nothing: tours are values, and a changed tour is a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.routing.hours import Hours, arrival, arrival_one, departure, departure_one
from planner.routing.instance import NEVER, Instance
from planner.routing.problem import Break, Seconds


@dataclass(frozen=True, eq=False, slots=True)
class Tour:
    """The stops of one shift, feasible.

    Parameters
    ----------
    nodes
        The nodes in order; empty for a shift that stays at home.
    gain
        Values earned less travel cost.
    before, behind
        Places at both sides of each gap, (gaps,).
    departs, arrives
        Earliest departure towards each gap and latest arrival behind it, per layer, (layers, gaps).
    gap_road_s
        Unrounded travel over each gap now, (gaps,); 0 for the one gap of an empty tour.
    """

    shift: int
    nodes: tuple[int, ...]
    gain: float
    before: NDArray[np.int64]
    behind: NDArray[np.int64]
    departs: NDArray[np.float64]
    arrives: NDArray[np.float64]
    gap_road_s: NDArray[np.float64]


class Insertions(NamedTuple):
    """The best gap of each node: unrounded travel it adds (``NEVER`` where it fits nowhere), and the gap."""

    added_s: NDArray[np.float64]
    gap: NDArray[np.int64]


def tour(instance: Instance, shift: int, nodes: Sequence[int]) -> Tour | None:
    """Give the tour of these nodes in this order, or None where the shift cannot make it."""
    one, owed = instance.problem.shifts[shift], instance.layers[shift]
    if one.max_stops is not None and len(nodes) > one.max_stops:
        return None
    at = np.array(nodes, dtype=np.int64)
    if instance.foes and not barred(instance, at).isdisjoint(instance.visit[at].tolist()):
        return None
    places = np.concatenate(([one.start_place], instance.place[at], [one.end_place]))
    before, behind = places[:-1], places[1:]
    legs = instance.travel_s[before, behind].tolist()
    opens, closes = instance.opens[at].tolist(), instance.closes[at].tolist()
    service = instance.service_s[at].tolist()
    departs = _forward(instance.hours, owed.breaks, float(one.starts), legs, opens, closes, service)
    arrives = _backward(instance.hours, owed.breaks, owed.back_by, legs, opens, closes, service)
    meets = zip(departs[-1], arrives[-1], strict=True)
    if len(nodes) and not any(a < NEVER and arrival_one(instance.hours, a, legs[-1]) <= b for a, b in meets):
        return None
    gap_road_s = instance.road_s[before, behind].astype(np.float64) if nodes else np.zeros(1)
    gain = float(instance.worth(shift, at).sum()) - instance.cost_per_s * float(gap_road_s.sum())
    layered = np.array(departs).T, np.array(arrives).T
    return Tour(shift, tuple(nodes), gain, before, behind, layered[0], layered[1], gap_road_s)


def insertions(instance: Instance, one: Tour, nodes: NDArray[np.int64]) -> Insertions:
    """Give for each node the gap of the tour where it fits with the least added travel."""
    most = instance.problem.shifts[one.shift].max_stops
    if most is not None and len(one.nodes) >= most:
        return Insertions(np.full(len(nodes), NEVER), np.zeros(len(nodes), dtype=np.int64))
    place = instance.place[nodes][:, None]
    to_s, from_s = instance.travel_s[one.before, place], instance.travel_s[place, one.behind]
    fits = _fits(instance, one, nodes, to_s, from_s)
    if instance.foes:
        fits[np.isin(instance.visit[nodes], list(barred(instance, one.nodes)))] = False
    if instance.road_s is instance.travel_s:
        added_s = to_s + from_s - one.gap_road_s
    else:
        added_s = instance.road_s[one.before, place] + instance.road_s[place, one.behind] - one.gap_road_s
    added_s = np.where(fits, added_s, NEVER)
    gap = added_s.argmin(axis=1)
    return Insertions(added_s[np.arange(len(nodes)), gap], gap)


def barred(instance: Instance, nodes: ArrayLike) -> set[int]:
    """Give the visits that may not be on a route with these nodes, because they are kept apart from one of them."""
    here = instance.visit[np.asarray(nodes, dtype=np.int64)].tolist()
    return set().union(*(instance.foes.get(visit, ()) for visit in here))


def _fits(
    instance: Instance,
    one: Tour,
    nodes: NDArray[np.int64],
    to_s: Seconds,
    from_s: Seconds,
) -> NDArray[np.bool_]:
    """Say which node fits into which gap, (nodes, gaps)."""
    opens, closes = instance.opens[nodes][:, None], instance.closes[nodes][:, None]
    service = instance.service_s[nodes][:, None]
    breaks = instance.layers[one.shift].breaks
    leaves = []
    hours = instance.hours
    ready = arrival(hours, one.departs[0], to_s)
    for k in range(len(breaks) + 1):
        if k:
            ready = np.minimum(arrival(hours, one.departs[k], to_s), _taken(breaks[k - 1], ready))
        begins = np.maximum(ready, opens)
        leaves.append(np.where(begins <= closes, begins + service, NEVER))
    latest = departure(hours, one.arrives[-1], from_s)
    fits: NDArray[np.bool_] = leaves[-1] <= latest
    for k in range(len(breaks) - 1, -1, -1):
        latest = np.maximum(departure(hours, one.arrives[k], from_s), _latest_before(breaks[k], latest))
        fits |= leaves[k] <= latest
    return fits


def _taken(pause: Break, ready: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give when a crew that is ready then has taken the break; ``NEVER`` where it is too late for it."""
    begins = np.maximum(ready, pause.opens)
    return np.where(begins <= pause.closes, begins + pause.lasts_s, NEVER)


def _latest_before(pause: Break, by: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how late a crew may be ready for the break to have taken it by then; -``NEVER`` where it cannot."""
    return np.where(pause.opens + pause.lasts_s <= by, np.minimum(pause.closes, by - pause.lasts_s), -NEVER)


def _forward(
    hours: Hours | None,
    breaks: Sequence[Break],
    starts: float,
    legs: Sequence[float],
    opens: Sequence[float],
    closes: Sequence[float],
    service: Sequence[float],
) -> list[list[float]]:
    """Give per gap and layer the earliest departure towards the gap, breaks before the drive included."""
    ready = [starts] + [NEVER] * len(breaks)
    found = []
    for i, leg in enumerate(legs):
        if breaks:
            _take_forward(breaks, ready)
        found.append(ready)
        if i == len(opens):
            break
        ready = [t + leg if hours is None else arrival_one(hours, t, leg) for t in ready]
        if breaks:
            _take_forward(breaks, ready)
        a, b, stay = opens[i], closes[i], service[i]
        ready = [(t if t > a else a) + stay if t <= b else NEVER for t in ready]
    return found


def _backward(
    hours: Hours | None,
    breaks: Sequence[Break],
    back_by: Sequence[float],
    legs: Sequence[float],
    opens: Sequence[float],
    closes: Sequence[float],
    service: Sequence[float],
) -> list[list[float]]:
    """Give per gap and layer the latest arrival behind the gap, before breaks that are taken there."""
    latest = list(back_by)
    found = []
    for i in range(len(legs) - 1, -1, -1):
        if breaks:
            _take_backward(breaks, latest)
        found.append(latest)
        if i == 0:
            break
        latest = [t - legs[i] if hours is None else departure_one(hours, t, legs[i]) for t in latest]
        if breaks:
            _take_backward(breaks, latest)
        a, b, stay = opens[i - 1], closes[i - 1], service[i - 1]
        latest = [min(b, t - stay) if t - stay >= a else -NEVER for t in latest]
    found.reverse()
    return found


def _take_forward(breaks: Sequence[Break], ready: list[float]) -> None:
    for k, pause in enumerate(breaks):
        begins = max(ready[k], pause.opens)
        if begins <= pause.closes and begins + pause.lasts_s < ready[k + 1]:
            ready[k + 1] = begins + pause.lasts_s


def _take_backward(breaks: Sequence[Break], latest: list[float]) -> None:
    for k in range(len(breaks) - 1, -1, -1):
        pause = breaks[k]
        if pause.opens + pause.lasts_s <= latest[k + 1]:
            latest[k] = max(latest[k], min(pause.closes, latest[k + 1] - pause.lasts_s))
