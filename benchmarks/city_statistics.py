"""Measure the street network of an extract, for comparing the demo city with real ones.

Run ``python -m benchmarks.city_statistics EXTRACT.osm.pbf [--half-width-km 7]``; service ways are left out. Segments
run between crossings and dead ends. Circuity is length by straight distance of the ends; the orientation entropy is of
36 compass bins, weighted by length, at most ln 36 = 3.58. The network detour is that of random pairs 1 to 8 km apart.

References
----------
Boeing, G. (2019). Urban spatial order: street network orientation, configuration, and entropy.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter

import numpy as np
import osmium
from scipy import sparse
from scipy.sparse import csgraph

_CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
)


def read_ways(path: str) -> tuple[np.ndarray, list[tuple[list[int], str]]]:
    """Give points in metres, and each way as its points and class."""
    place: dict[int, tuple[float, float]] = {}
    ways: list[tuple[list[int], str]] = []
    for item in osmium.FileProcessor(path):
        if item.type_str() == "n":
            place[item.id] = (item.lon, item.lat)
        elif item.type_str() == "w":
            highway = item.tags.get("highway", "").removesuffix("_link")
            if highway in _CLASSES:
                ways.append(([node.ref for node in item.nodes if node.ref in place], highway))
    used = sorted({ref for refs, _ in ways for ref in refs})
    number = {ref: k for k, ref in enumerate(used)}
    degrees = np.array([place[ref] for ref in used])
    metres = (degrees - degrees.mean(axis=0)) * 111_195.0 * [np.cos(np.radians(degrees[:, 1].mean())), 1.0]
    return metres, [([number[r] for r in refs], highway) for refs, highway in ways if len(refs) > 1]


def statistics(path: str, half_width_km: float | None = None) -> dict[str, float]:
    """Give the statistics of an extract, or of the square of a half-width about its middle."""
    xy, ways = read_ways(path)
    pieces = np.array([(a, b) for refs, _ in ways for a, b in itertools.pairwise(refs)])
    kind = np.array([_CLASSES.index(h) for refs, h in ways for _ in refs[1:]])
    if half_width_km is not None:
        middle = np.median(xy, axis=0)
        keep = (np.abs(xy[pieces].mean(axis=1) - middle) < half_width_km * 1000).all(axis=1)
        pieces, kind = pieces[keep], kind[keep]
    step = np.hypot(*(xy[pieces[:, 0]] - xy[pieces[:, 1]]).T)
    degree = np.bincount(pieces.ravel(), minlength=len(xy))
    edges = _edges(pieces, step, degree)
    length = np.array([e[2] for e in edges])
    straight = np.array([float(np.hypot(*(xy[a] - xy[b]))) for a, b, _ in edges])
    nodes = degree[(degree > 0) & (degree != 2)]
    share = np.bincount(kind, weights=step, minlength=len(_CLASSES)) / step.sum() * 100
    way = xy[pieces[:, 1]] - xy[pieces[:, 0]]
    compass = np.degrees(np.arctan2(way[:, 0], way[:, 1]))
    both = np.concatenate([compass, compass + 180.0])
    bins = np.bincount((np.round(both / 10.0) % 36).astype(int), weights=np.tile(step, 2), minlength=36)
    part = bins / bins.sum()
    open_way = straight > 1.0
    detour = _detours(xy, pieces, step)
    return {
        "km": step.sum() / 1000,
        "segment_mean_m": length.mean(),
        "segment_median_m": float(np.median(length)),
        "dead_ends_pct": 100 * (nodes == 1).mean(),
        "three_way_pct": 100 * (nodes == 3).mean(),
        "four_way_pct": 100 * (nodes == 4).mean(),
        "mean_degree": 2 * len(edges) / len(nodes),
        "circuity": length[open_way].sum() / straight[open_way].sum(),
        "orientation_entropy": float(-(part[part > 0] * np.log(part[part > 0])).sum()),
        "motorway_trunk_pct": share[0] + share[1],
        "primary_pct": share[2],
        "secondary_pct": share[3],
        "tertiary_pct": share[4],
        "detour_median": float(np.median(detour)),
        "detour_p90": float(np.quantile(detour, 0.9)),
    }


def _edges(pieces: np.ndarray, step: np.ndarray, degree: np.ndarray) -> list[tuple[int, int, float]]:
    """Join pieces through points of degree two; gives both ends and the length."""
    near: dict[int, list[int]] = {}
    for k, (a, b) in enumerate(pieces.tolist()):
        near.setdefault(a, []).append(k)
        near.setdefault(b, []).append(k)
    done = np.zeros(len(pieces), dtype=bool)
    found = []
    for start in np.flatnonzero((degree > 0) & (degree != 2)).tolist():
        for first in near[start]:
            if done[first]:
                continue
            point, piece, total = start, first, 0.0
            while True:
                done[piece] = True
                total += step[piece]
                a, b = pieces[piece].tolist()
                point = b if a == point else a
                if degree[point] != 2:
                    break
                piece = next(k for k in near[point] if k != piece)
            found.append((start, point, total))
    return found


def _detours(xy: np.ndarray, pieces: np.ndarray, step: np.ndarray, sources: int = 60) -> np.ndarray:
    rng = np.random.default_rng(1)
    graph = sparse.csr_array(sparse.coo_array((step, (pieces[:, 0], pieces[:, 1])), shape=(len(xy),) * 2))
    part = csgraph.connected_components(graph, directed=False)[1]
    main = np.flatnonzero(part == Counter(part[pieces[:, 0]].tolist()).most_common(1)[0][0])
    start = rng.choice(main, sources, replace=False)
    far = csgraph.dijkstra(graph, directed=False, indices=start, limit=20_000.0)
    result = []
    for row, point in enumerate(start):
        ends = rng.choice(main, 60)
        straight = np.hypot(*(xy[ends] - xy[point]).T)
        good = (straight > 1000) & (straight < 8000) & np.isfinite(far[row, ends])
        result.append(far[row, ends[good]] / straight[good])
    return np.concatenate(result)


def main() -> None:
    """Print the statistics of an extract as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract")
    parser.add_argument("--half-width-km", type=float)
    asked = parser.parse_args()
    found = statistics(asked.extract, asked.half_width_km)
    print(json.dumps({key: round(float(value), 3) for key, value in found.items()}, indent=2))


if __name__ == "__main__":
    main()
