"""The motorway: two carriageways above everything else, joined to the main roads by ramps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from geodata.city.curves import Floats, along, segments, spline, tangents, within
from geodata.city.network import Ints, Network
from geodata.city.skeleton import carriageways
from geodata.city.street import RANK, Street

_APART_M = 1700.0  # between interchanges
_RUN_UP_M = 420.0  # of a ramp along the motorway
_AWAY_M = 120.0  # from the motorway to where its ramps meet the road


@dataclass(frozen=True)
class Motorway:
    """What the motorway adds to the network: points, and ways through points of both.

    ``ways`` number the points of ``network`` first (to which the ramps' ends were added) and then ``points``.
    """

    network: Network
    points: Floats
    ways: tuple[tuple[Ints, Street], ...]


def join_motorway(network: Network, line: Floats, outline: shapely.Polygon) -> Motorway:
    """Join a motorway to the trunk and primary roads that it crosses.

    Parameters
    ----------
    network
        The finished street network.
    line
        Middle line of the motorway, m; what lies beyond ``outline`` is cut off.
    """
    inside = within(outline, line)
    line = line[np.flatnonzero(inside)[0] : np.flatnonzero(inside)[-1] + 1]
    sides = [_Side(side) for side in carriageways(line)]
    ramps: list[tuple[int, float, float, int, bool]] = []  # side, distance on it, …, road point, leaves the motorway
    for crossing in _crossings(network, line):
        for number, side in enumerate(sides):
            at = side.shape.project(shapely.Point(crossing))
            if not _RUN_UP_M + 60 < at < side.length_m - _RUN_UP_M - 60:
                continue
            right = side.right(at)
            network, point = _meet(network, crossing + right * _AWAY_M, crossing, right)
            if point is not None:
                ramps += [(number, at - _RUN_UP_M, at, point, True), (number, at + _RUN_UP_M, at, point, False)]
    first = len(network.xy)
    points: list[Floats] = []
    ways: list[tuple[Ints, Street]] = []

    def add(place: Floats) -> int:
        points.append(place)
        return first + len(points) - 1

    tips = []
    for number, side in enumerate(sides):
        stops = {float(d): -1 for d in side.position}
        stops.update({start: -1 for n, start, *_ in ramps if n == number})
        for distance in sorted(stops):
            stops[distance] = add(side.place(distance))
        path = np.array([stops[d] for d in sorted(stops)])
        ways.append((path, Street(side.line, "motorway", "motorway", "云环高速", oneway=True)))
        tips.append((int(path[0]), int(path[-1])))
        for n, start, at, point, leaves in ramps:
            if n == number:
                curve = side.ramp(start, at, network.xy[point])
                inner = [add(place) for place in curve[1:-1]]
                chain = np.array([stops[start], *inner, point])
                street = Street(curve, "motorway_link", "motorway", oneway=True)
                ways.append((chain if leaves else chain[::-1], street))
    # At the edge of the sheet one carriageway turns into the other, so that nothing is driven into a void.
    for end, begin in ((tips[0][1], tips[1][0]), (tips[1][1], tips[0][0])):
        link = Street(np.zeros((2, 2)), "motorway_link", "motorway", oneway=True)
        ways.append((np.array([end, begin]), link))
    return Motorway(network, np.array(points), tuple(ways))


class _Side:
    """A carriageway in its driving direction."""

    def __init__(self, line: Floats) -> None:
        self.line = line
        self.shape = shapely.LineString(line)
        self.position = along(line)
        self.length_m = float(self.position[-1])
        self._ahead = tangents(line)

    def place(self, distance_m: float) -> Floats:
        return np.array([np.interp(distance_m, self.position, self.line[:, k]) for k in (0, 1)])

    def right(self, distance_m: float) -> Floats:
        ahead = np.array([np.interp(distance_m, self.position, self._ahead[:, k]) for k in (0, 1)])
        return np.asarray(np.array([ahead[1], -ahead[0]]) / np.hypot(*ahead))

    def ramp(self, start_m: float, at_m: float, end: Floats) -> Floats:
        """Bend from the carriageway out to a place on the road beside it."""
        bends = [
            self.place(start_m + share * (at_m - start_m)) + self.right(start_m) * out
            for share, out in ((0.0, 0.0), (0.22, 5.0), (0.55, 26.0), (0.8, 62.0))
        ]
        return spline(np.vstack([*bends, end]), 40.0)


def _crossings(network: Network, line: Floats) -> list[Floats]:
    main = np.flatnonzero(network.rank <= RANK["primary"])
    pieces = segments(network.xy[network.ends[main]])
    way = shapely.LineString(line)
    hits = main[shapely.intersects(pieces, way)]
    found: list[Floats] = []
    for piece in hits:
        at = shapely.intersection(shapely.LineString(network.xy[network.ends[piece]]), way)
        place = np.asarray(at.representative_point().coords[0])
        if all(np.hypot(*(place - other)) > _APART_M for other in found):
            found.append(place)
    return found


def _meet(network: Network, wanted: Floats, crossing: Floats, right: Floats) -> tuple[Network, int | None]:
    """Put a point on the main road nearest to a wanted place, on the right side of the motorway."""
    main = np.flatnonzero(network.rank <= RANK["primary"])
    pieces = segments(network.xy[network.ends[main]])
    away = shapely.distance(pieces, shapely.Point(wanted))
    best = int(np.argmin(away))
    place = np.asarray(pieces[best].interpolate(pieces[best].project(shapely.Point(wanted))).coords[0])
    if away[best] > 100.0 or (place - crossing) @ right < 40.0:
        return network, None
    a, b = network.ends[main[best]]
    for tip in (int(a), int(b)):
        if np.hypot(*(network.xy[tip] - place)) < 3.0:
            return network, tip
    # New points go last, so that the numbers of the old ones stay.
    point = len(network.xy)
    ends = network.ends.copy()
    ends[main[best]] = (a, point)
    return (
        replace(
            network,
            xy=np.vstack([network.xy, place]),
            ends=np.vstack([ends, [point, b]]),
            street=np.append(network.street, network.street[main[best]]),
        ),
        point,
    )
