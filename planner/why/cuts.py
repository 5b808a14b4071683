"""Who could make room on a route, with what can be said of each cut before a route is built: what it frees at most.

A *cut* is a set of stops that leave a route: nobody, any one or two, or up to five neighbours. Two questions are
answered for all of them at once, so that few routes have to be built: how much could the route earn at most with the
newcomer, and could its time suffice at all. Both err on the side of building a route too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.routing.balance import Reals
from planner.routing.instance import Instance
from planner.routing.tour import Tour, tour

#: Any so many stops make room, or so many neighbours at most.
ANY_OUT, NEIGHBOURS_OUT = 2, 5

Cut = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Cuts:
    """All cuts of one route.

    Parameters
    ----------
    route
        The route itself.
    places
        Start, stops and end, (stops + 2,).
    out
        The positions that leave, by cut.
    leave
        The same as a matrix of 0 and 1, (cuts, stops).
    road_s, drive_s, door_s
        What each cut spares, (cuts,): travel unrounded and rounded, and time at the doors.
    busy_s
        Seconds that the whole route drives and visits.
    rests
        What stays of the route after a cut, as far as it was asked for; None where the shift cannot make it so.
    """

    route: Tour
    places: NDArray[np.int64]
    out: tuple[Cut, ...]
    leave: Reals
    road_s: Reals
    drive_s: Reals
    door_s: Reals
    busy_s: float
    rests: dict[Cut, Tour | None] = field(default_factory=dict, repr=False)

    def rest(self, instance: Instance, now: Tour, cut: Cut) -> Tour | None:
        """Give the route without a cut's stops; built once for every newcomer, since it does not depend on who comes.

        ``now`` is the shift's route: where it is not the one that was cut, nothing is remembered.
        """
        if not cut:
            return now
        if now is self.route and cut in self.rests:
            return self.rests[cut]
        made = tour(instance, now.shift, [node for k, node in enumerate(now.nodes) if k not in cut])
        if now is self.route:
            self.rests[cut] = made
        return made


def cuts_of(instance: Instance, one: Tour) -> Cuts:
    """Give the cuts of a route; it takes some milliseconds and serves every newcomer."""
    nodes = list(one.nodes)
    places = np.concatenate((one.before[:1], instance.place[nodes], one.behind[-1:])).astype(np.int64)
    service = instance.service_s[nodes] if nodes else np.zeros(0)
    out = tuple(every(instance, one))
    leave = np.zeros((len(out), len(nodes)))
    for row, cut in enumerate(out):
        leave[row, list(cut)] = 1.0
    return Cuts(
        route=one,
        places=places,
        out=out,
        leave=leave,
        road_s=np.array([spared(instance.road_s, places, cut) for cut in out]),
        drive_s=np.array([spared(instance.travel_s, places, cut) for cut in out]),
        door_s=leave @ service,
        busy_s=float(service.sum() + instance.travel_s[places[:-1], places[1:]].sum()),
    )


def hopes(
    instance: Instance, one: Tour, of: Cuts, nodes: NDArray[np.int64], toll: Reals
) -> Iterator[tuple[float, Cut]]:
    """Give the cuts with what the route may earn at most with one of the nodes, the most hopeful first.

    ``toll`` (stops,) is what it costs the plan that a stop makes room: less than it earns where it would be made
    elsewhere.
    """
    at = instance.place[nodes]
    earns = float(
        (instance.worth(one.shift, nodes) - instance.cost_per_s * nearest(instance.road_s, of.places, at)).max()
    )
    hope = one.gain - of.leave @ toll + instance.cost_per_s * of.road_s + earns
    order = np.argsort(-hope, kind="stable")
    if instance.hours is None:
        asks_s = float((instance.service_s[nodes] + nearest(instance.travel_s, of.places, at)).min())
        in_time = of.busy_s - of.drive_s - of.door_s + asks_s <= longest(instance, one.shift)
        order = order[in_time[order]]
    yield from ((float(hope[k]), of.out[k]) for k in order.tolist())


def every(instance: Instance, one: Tour) -> Iterator[Cut]:
    """Give every cut of a route; required and locked visits stay."""
    visits = instance.visit[list(one.nodes)] if one.nodes else np.zeros(0, dtype=np.int64)
    free = np.flatnonzero(~(instance.required[visits] | instance.locked[visits])).tolist()
    loose = set(free)
    for many in range(ANY_OUT + 1):
        yield from combinations(free, many)
    for many in range(ANY_OUT + 1, NEIGHBOURS_OUT + 1):
        for k in free:
            run = tuple(range(k, k + many))
            if loose.issuperset(run):
                yield run


def nearest(seconds: NDArray[np.floating], places: NDArray[np.int64], at: NDArray[np.int64]) -> Reals:
    """Give the least travel that a stop at each of these places adds between any two of a route in order."""
    to_s, from_s = seconds[places][:, at], seconds[at][:, places].T
    between = seconds[places][:, places].astype(np.float64)
    earlier = np.triu(np.ones((len(places), len(places)), dtype=bool), k=1)
    added = to_s[:, None, :] + from_s[None, :, :] - between[:, :, None]
    return np.asarray(np.where(earlier[:, :, None], added, np.inf).min(axis=(0, 1)), dtype=np.float64)


def spared(seconds: NDArray[np.floating], places: NDArray[np.int64], cut: Cut) -> float:
    """Give the travel that a cut spares; ``places`` are the start, the stops and the end."""
    total, k = 0.0, 0
    while k < len(cut):
        first = last = cut[k]
        while k + 1 < len(cut) and cut[k + 1] == last + 1:
            k, last = k + 1, last + 1
        run = places[first : last + 3]
        total += float(seconds[run[:-1], run[1:]].sum()) - float(seconds[run[0], run[-1]])
        k += 1
    return total


def longest(instance: Instance, shift: int) -> float:
    """Give for how many seconds a shift can drive and visit at most, its owed breaks taken off."""
    owed, starts = instance.layers[shift], instance.problem.shifts[shift].starts
    taken = np.concatenate(([0.0], np.cumsum([pause.lasts_s for pause in owed.breaks])))
    return float((np.array(owed.back_by) - starts - taken).max())
