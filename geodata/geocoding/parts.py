"""What bears a name on the ground, each piece by itself: streets of one name that lie apart are different streets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

HOUSE_M = 15.0
#: pieces and houses of one name further apart are different streets, or villages
GAP_M = 500.0
_CELL_M = 200.0
_DEGREE_M = 111_320.0
#: names lie so far apart, while pieces are joined, that only those of one name are near each other
_SHIFT_M = 1e7


@dataclass(frozen=True, eq=False)
class Part:
    """A street, village or estate: middle (degrees, WGS-84), how far its ends are, districts, rows of its houses."""

    name: str
    lon: float
    lat: float
    reach_m: float
    districts: frozenset[str]
    rows: tuple[int, ...] = ()


def street_parts(streets: pd.DataFrame, houses: pd.DataFrame, areas: Sequence[tuple[str, Any]]) -> list[Part]:
    """Give what bears a street's name.

    Parameters
    ----------
    streets
        ``name, geometry`` (lines, EPSG:4326); a name may have several rows.
    houses
        ``name, lon, lat, district``, WGS-84; ``name`` "" belongs to no street.
    areas
        Codes and areas of the districts.
    """
    names = sorted({*streets["name"], *houses["name"]} - {""})
    at = {name: n for n, name in enumerate(names)}
    east = _east(houses, streets)
    lines = streets[(streets["name"] != "") & streets["geometry"].notna()]
    pieces, row = shapely.get_parts(lines["geometry"].to_numpy(), return_index=True)
    of_piece = np.array([at[name] for name in lines["name"]], dtype=np.intp)[row]
    flat = shapely.transform(pieces, lambda xy: xy * [east * _DEGREE_M, _DEGREE_M])
    of_house = np.array([at.get(name, -1) for name in houses["name"]], dtype=np.intp)
    metres = houses[["lon", "lat"]].to_numpy(float) * [east * _DEGREE_M, _DEGREE_M]
    group = _joined(flat, of_piece, metres, of_house)
    codes = houses["district"].to_numpy(str)
    pieces_of: dict[int, list[int]] = defaultdict(list)
    for n, which in enumerate(group[: len(flat)].tolist()):
        pieces_of[which].append(n)
    rows_of: dict[int, list[int]] = defaultdict(list)
    for n, which in enumerate(group[len(flat) :].tolist()):
        if which >= 0:
            rows_of[which].append(n)
    crossed = _crossed(pieces, areas)
    found = []
    for which in sorted(pieces_of.keys() | rows_of.keys()):
        mine, rows = pieces_of.get(which, []), rows_of.get(which, [])
        name = names[of_piece[mine[0]] if mine else of_house[rows[0]]]
        inside = frozenset({*codes[rows].tolist(), *(code for n in mine for code in crossed[n])} - {""})
        x, y, reach = _along(flat[mine]) if mine else _amid(metres[rows])
        found.append(Part(name, x / east / _DEGREE_M, y / _DEGREE_M, reach, inside, tuple(rows)))
    return found


def _east(houses: pd.DataFrame, streets: pd.DataFrame) -> float:
    """Give how much shorter a degree of longitude is than one of latitude."""
    if len(houses):
        return float(np.cos(np.radians(houses["lat"].mean())))
    bounds = shapely.total_bounds(streets["geometry"].to_numpy())
    return float(np.cos(np.radians((bounds[1] + bounds[3]) / 2))) if np.isfinite(bounds).all() else 1.0


def _joined(
    lines: NDArray[Any], of_line: NDArray[np.intp], points: NDArray[np.float64], of_point: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Give the part of each line and then of each point; -1 for points of no name."""
    shift = np.column_stack([of_line * _SHIFT_M, np.zeros(len(of_line))])
    counts = shapely.get_num_coordinates(lines)
    far = shapely.set_coordinates(lines.copy(), shapely.get_coordinates(lines) + np.repeat(shift, counts, axis=0))
    named = np.flatnonzero(of_point >= 0)
    moved = points[named] + np.column_stack([of_point[named] * _SHIFT_M, np.zeros(len(named))])
    node = np.full(len(named), -1, dtype=np.intp)
    if len(far) and len(named):
        found = shapely.STRtree(far).query_nearest(shapely.points(moved), max_distance=GAP_M, all_matches=False)
        node[found[0]] = found[1]
    # Houses without their street on the map stand for themselves, by squares: a village has hundreds.
    alone = np.flatnonzero(node < 0)
    cells, which = np.unique(
        np.column_stack([of_point[named[alone]], np.floor(points[named[alone]] / _CELL_M)]), axis=0, return_inverse=True
    )
    middles = (cells[:, 1:] + 0.5) * _CELL_M + np.column_stack([cells[:, 0] * _SHIFT_M, np.zeros(len(cells))])
    node[alone] = len(far) + which.reshape(-1)
    nodes = np.concatenate([far, shapely.points(middles)])
    group = np.full(len(lines) + len(points), -1, dtype=np.intp)
    if len(nodes):
        a, b = shapely.STRtree(nodes).query(nodes, predicate="dwithin", distance=GAP_M)
        labels = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(len(nodes),) * 2), directed=False)[1]
        group[: len(lines)] = labels[: len(lines)]
        group[len(lines) + named] = labels[node]
    return group


def _crossed(pieces: NDArray[Any], areas: Sequence[tuple[str, Any]]) -> list[set[str]]:
    """Give the codes of the districts that each piece passes."""
    found: list[set[str]] = [set() for _ in pieces]
    if len(pieces) and areas:
        shapes = np.array([area for _, area in areas], dtype=object)
        for n, area in zip(*shapely.STRtree(shapes).query(pieces, predicate="intersects").tolist(), strict=True):
            found[n].add(areas[area][0])
    return found


def _along(lines: NDArray[Any]) -> tuple[float, float, float]:
    """Give the middle of a street and half its length."""
    whole = shapely.line_merge(shapely.union_all(lines)) if len(lines) > 1 else lines[0]
    middle = shapely.line_interpolate_point(whole, 0.5, normalized=True)
    return float(middle.x), float(middle.y), round(max(float(shapely.length(whole)) / 2, HOUSE_M), 1)


def _amid(points: NDArray[np.float64]) -> tuple[float, float, float]:
    middle = points.mean(axis=0)
    reach = max(float(np.hypot(*(points - middle).T).max()), HOUSE_M)
    return float(middle[0]), float(middle[1]), round(reach, 1)


def landmark_parts(landmarks: pd.DataFrame, codes: Sequence[str], point_m: dict[str, float]) -> list[Part]:
    """Give estates, villages and towns, each where it is named.

    Parameters
    ----------
    landmarks
        ``name, kind, geometry`` (points or areas, EPSG:4326).
    codes
        The district of each ("" unknown).
    point_m
        How far what is mapped as a point reaches, by kind.
    """
    found = []
    rows = zip(landmarks["name"], landmarks["kind"], landmarks["geometry"], codes, strict=True)
    for name, kind, shape, code in rows:
        middle = shape.centroid
        east = float(np.cos(np.radians(middle.y)))
        corners = (shapely.get_coordinates(shape) - [middle.x, middle.y]) * [east * _DEGREE_M, _DEGREE_M]
        reach = float(np.hypot(*corners.T).max()) if shape.geom_type != "Point" else point_m[kind]
        inside = frozenset({code} - {""})
        found.append(Part(name, middle.x, middle.y, round(max(reach, HOUSE_M), 1), inside))
    return found
