"""What a road engine will do with a place: from which street it counts the way, and whether that is believable.

A road engine moves every point to the nearest street of the large network and answers as if it lay there, though that
be across a river or 60 km away. So places are judged before: how far the street is, whether a nearer one is cut off
from the others, and whether water lies between. The same distances tell which datum a list's coordinates are of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.datum import DATUMS, Datum, to_wgs84
from geodata.osm.network import Network

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

METRES_PER_DEGREE = 111_195.0
#: A house further away from every street than this is rare in a town: 2 to 3 % of the demo city's.
OFF_STREETS_M = 60.0
#: How sure the datum check is: normal deviate of the paired counts, the share of all points that comes to lie beside a
#: street, how many times as many were off, and the fewest points.
SURE_Z, LEAST_SHARE, TIMES_AS_MANY, FEWEST = 4.0, 0.1, 2, 30
#: So many points tell the datum as well as all.
MOST_ASKED = 2_000
#: A shorter way to the street is not looked at for water: a ditch, or a pond's drawn edge.
NEAR_M = 30.0


@dataclass(frozen=True)
class Snaps:
    """Of n points: metres to the nearest street and to the nearest that is linked to the others, and water between.

    NaN where a point is unknown or there is no such street.
    """

    street_m: Floats
    linked_m: Floats
    across_water: Bools

    def cut_off(self, within_m: float) -> Bools:
        """Say whose nearest street, no further than ``within_m``, is cut off from the others."""
        return np.asarray((self.street_m <= within_m) & (self.linked_m > self.street_m + NEAR_M), dtype=np.bool_)


@dataclass(frozen=True)
class BetterDatum:
    """A datum by which fewer of ``asked`` points lie off the streets: ``off`` as declared, ``other_off`` by it."""

    datum: Datum
    asked: int
    off: int
    other_off: int


class Snapper:
    """Judges places by a region's streets and waters.

    Parameters
    ----------
    network
        The streets for cars.
    waters
        Areas of water, WGS-84.
    """

    def __init__(self, network: Network, waters: Sequence[BaseGeometry] = ()) -> None:
        lines = network.lines
        box = shapely.total_bounds(lines) if len(lines) else np.zeros(4)
        self._middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        self._factor = METRES_PER_DEGREE * np.array([np.cos(np.radians(self._middle[1])), 1.0])
        self._linked = self._flat(lines[network.linked])
        self._loose = shapely.STRtree(self._flat(lines[~network.linked]))
        self._tree = shapely.STRtree(self._linked)
        self._waters = shapely.STRtree(self._flat(np.array(list(waters), dtype=object)))

    def snaps(self, lonlat: Floats) -> Snaps:
        """Judge (n, 2) points in degrees, WGS-84; rows of NaN give NaN."""
        known = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        points = shapely.points((lonlat[known] - self._middle) * self._factor)
        linked_m, loose_m = np.full(len(lonlat), np.nan), np.full(len(lonlat), np.nan)
        across = np.zeros(len(lonlat), dtype=np.bool_)
        which, street, metres = nearest(self._tree, points)
        linked_m[known[which]] = metres
        of, _, loose = nearest(self._loose, points)
        loose_m[known[of]] = loose
        far = metres > NEAR_M
        if far.any() and len(self._waters.geometries):
            ways = shapely.shortest_line(points[which[far]], self._linked[street[far]])
            across[known[which[far]][np.unique(self._waters.query(ways, "intersects")[0])]] = True
        return Snaps(np.fmin(linked_m, loose_m), linked_m, across)

    def better_datum(self, lonlat: Floats, declared: Datum) -> BetterDatum | None:
        """Give the datum by which markedly fewer points lie off the streets than by the declared one; None if none.

        Every point is read by each datum and asked whether a street is within 60 m. Points that are off by one and not
        by the other are counted against each other (McNemar); by chance alone a difference as asked for comes once in
        30,000 lists.

        Parameters
        ----------
        lonlat
            (n, 2) degrees as the list gives them, in the declared datum.
        """
        known = lonlat[np.isfinite(lonlat).all(axis=1)]
        if len(known) < FEWEST:
            return None
        asked = known[np.linspace(0, len(known) - 1, min(MOST_ASKED, len(known))).astype(int)]
        off = {one: self._off(to_wgs84(asked, one)) for one in {*DATUMS, declared}}
        best = min((one for one in DATUMS if one != declared), key=lambda one: int(off[one].sum()))
        worse, better = int((off[declared] & ~off[best]).sum()), int((off[best] & ~off[declared]).sum())
        gained = worse - better
        sure = gained >= LEAST_SHARE * len(asked) and gained >= SURE_Z * np.sqrt(worse + better)
        answer = BetterDatum(best, len(asked), int(off[declared].sum()), int(off[best].sum()))
        return answer if sure and answer.off >= TIMES_AS_MANY * answer.other_off else None

    def _off(self, lonlat: Floats) -> Bools:
        points = shapely.points((lonlat - self._middle) * self._factor)
        off = np.ones(len(lonlat), dtype=np.bool_)
        for tree in (self._tree, self._loose):
            off[tree.query(points, "dwithin", OFF_STREETS_M)[0]] = False
        return off

    def _flat(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        if not len(shapes):
            return np.empty(0, dtype=object)
        moved = shapely.transform(shapes, lambda xy: (xy - self._middle) * self._factor)
        return np.asarray(moved, dtype=object).reshape(-1)


def nearest(tree: shapely.STRtree, points: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Give, of each point, its number, the nearest shape's and the metres between; nothing where there is no shape."""
    if not len(tree.geometries) or not len(points):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0)
    (which, shape), metres = tree.query_nearest(points, return_distance=True, all_matches=False)
    return which, shape, metres
