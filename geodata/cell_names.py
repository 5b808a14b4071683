"""What the cells of the ground are called: each after what a manager knows in it, no two alike.

A cell has some 36 km²: a small street says nothing of where it lies, and a name such as *Beco 1*, which a town has
many times, less. So a place comes before a street and a large street before a small one; and a name that several
cells could have goes to the one with most of it, the others take their next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.osm.gazetteer import MOST, NAMELESS, NEAR_M, TOWN_M, Gazetteer, Kind, PlaceName, flat
from geodata.projection import local_crs

#: streets that people find their way by, the best first; of the rest the commoner one is better
LARGE = ("primary", "secondary", "trunk"), ("tertiary",), ("street", "motorway")
#: the share of a cell's points that must lie along such a street
SOME = 0.02
#: in the mountains nothing is nearer: a cell is some seven kilometres wide
FURTHER_M = 10_000.0
PLACES: tuple[tuple[Kind, float], ...] = (
    ("estate", NEAR_M["estate"]),
    ("village", NEAR_M["village"]),
    ("town", TOWN_M),
)
Claim = tuple[PlaceName, int]


def cell_names(lonlat: NDArray[np.float64], which: NDArray[np.intp], gazetteer: Gazetteer) -> list[PlaceName]:
    """Name the cells 0, 1, … of points, no two alike.

    An estate, a village or a town to which at least half of the points belong; else the largest kind of street along
    which some lie, of these the one along which most do; else a place nearby. Where all that a cell could be called is
    another's name it has the first of its own all the same; where nothing is known it is ``NAMELESS``.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, all finite, n > 0.
    which
        (n,) cells from 0 on.
    """
    plane = local_crs(*lonlat.mean(axis=0))
    points = gpd.GeoSeries(gpd.points_from_xy(*lonlat.T), crs=4326).to_crs(plane).to_numpy()
    marks, streets = flat(gazetteer.landmarks, plane), flat(gazetteer.streets, plane)
    places = {kind: marks[marks["kind"] == kind].reset_index(drop=True) for kind, _ in PLACES}
    trees = {kind: shapely.STRtree(table.geometry.to_numpy()) for kind, table in (places | {"street": streets}).items()}
    claims = []
    for cell in range(int(which.max()) + 1):
        mine = points[which == cell]
        within, further = list[Claim](), list[Claim]()
        for kind, near_m in PLACES:
            rows = trees[kind].query_nearest(mine, max_distance=near_m, all_matches=False)[1]
            within += _claims(places[kind], rows, kind)
            rows = trees[kind].query_nearest(mine, max_distance=FURTHER_M, all_matches=False)[1]
            further += _claims(places[kind], rows, kind)
        of_most = [one for one in within if one[1] >= MOST * len(mine)]
        rows = trees["street"].query(mine, "dwithin", NEAR_M["street"])[1]
        claims.append([*of_most, *_larger_first(streets, rows, len(mine)), *within, *further])
    return _apart(claims)


def _claims(table: gpd.GeoDataFrame, rows: NDArray[np.intp], kind: Kind) -> Iterator[Claim]:
    """Give the names of rows and how often each occurs, the commonest first."""
    counts = Counter(rows.tolist())
    for row in sorted(counts, key=lambda one: (-counts[one], one)):
        zh, en = (str(table[name].iloc[row] or "") for name in ("name_zh", "name_en"))
        yield PlaceName(kind, zh or en, en or zh), counts[row]


def _larger_first(streets: gpd.GeoDataFrame, rows: NDArray[np.intp], count: int) -> list[Claim]:
    """Give the streets near some of the points of a cell with so many, the best to name it after first."""
    classes = streets["class"].to_numpy()[rows]
    tier = np.full(len(rows), len(LARGE))
    for n, kinds in enumerate(LARGE):
        tier[np.isin(classes, kinds)] = n
    found: list[Claim] = []
    for n in range(len(LARGE) + 1):
        found += [one for one in _claims(streets, rows[tier == n], "street") if one[1] >= SOME * count]
    return found + sorted(
        (one for one in _claims(streets, rows, "street") if one[1] < SOME * count), key=lambda one: -one[1]
    )


def _apart(claims: list[list[Claim]]) -> list[PlaceName]:
    """Give each its best name that nobody has a better claim to: as long as one is refused it asks for its next."""
    turn = [0] * len(claims)
    holder: dict[str, int] = {}
    asking = list(range(len(claims)))
    while asking:
        one = asking.pop()
        if turn[one] >= len(claims[one]):
            continue
        name, times = claims[one][turn[one]]
        other = holder.get(name.name_zh)
        if other is None or times > claims[other][turn[other]][1]:
            holder[name.name_zh] = one
            asking += [] if other is None else [other]
            loser = other
        else:
            asking.append(one)
            loser = one
        if loser is not None:
            turn[loser] += 1
    return [of[turn[n]][0] if turn[n] < len(of) else of[0][0] if of else NAMELESS for n, of in enumerate(claims)]
