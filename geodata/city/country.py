"""The country: townships, villages, and the roads that grow out to them along the cheapest ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from geodata.city.curves import Floats, along, resample, smooth, within
from geodata.city.grid_graph import sixteen_neighbours
from geodata.city.land import TOWN_FROM, Land
from geodata.city.skeleton import Skeleton
from geodata.city.street import RANK, Street


@dataclass(frozen=True)
class Settlement:
    """A township or a village: its middle, its kind, and its lattice of streets."""

    at: Floats
    kind: str  # "township" or "village"
    streets: tuple[Floats, ...]


@dataclass(frozen=True)
class Country:
    """Settlements, and the roads between them, the town and the sheet's edge."""

    settlements: tuple[Settlement, ...]
    roads: tuple[Street, ...]


def settle_country(land: Land, skeleton: Skeleton, town: list[Street], rng: np.random.Generator) -> Country:
    """Found the settlements and grow the roads."""
    f = land.sheet.factor
    townships = _sites(land, rng, max(3, round(9 * f)), 4300.0 * f, 7600.0 * f, 0.12)
    villages = _sites(land, rng, max(8, round(160 * f * f)), 760.0, 5000.0 * f, 0.62, avoid=townships)
    sites = [(at, "township") for at in townships] + [(at, "village") for at in villages]
    kept = tuple(_settlement(land, rng, at, kind) for at, kind in sites)
    roads = _roads(land, skeleton, town, kept, rng)
    return Country(kept, tuple(roads))


def _sites(
    land: Land,
    rng: np.random.Generator,
    count: int,
    apart_m: float,
    from_m: float,
    rough: float,
    avoid: Floats | None = None,
) -> Floats:
    """Choose raster points for settlements: outside the town, off the water, mostly on flat land, apart."""
    sheet = land.sheet
    near_water = ndimage.binary_dilation(land.in_water, iterations=4)
    width, height = sheet.half_m
    x, y = sheet.points.T
    free = (
        (np.hypot(x, y) > from_m)
        & (land.urbanness.ravel() < TOWN_FROM - 0.12)
        & ~near_water.ravel()
        & (np.abs(x) < width - 500)
        & (np.abs(y) < height - 500)
        & (land.hills.ravel() < rough)
    )
    points = sheet.points[free]
    # Flat land first, with much chance in it.
    order = np.argsort(land.hills.ravel()[free] * 0.9 + rng.random(len(points)), kind="stable")
    chosen: list[Floats] = []
    taken = [] if avoid is None else list(avoid)
    for point in points[order]:
        if all(np.hypot(*(point - other)) > apart_m for other in chosen) and all(
            np.hypot(*(point - other)) > 1300.0 for other in taken
        ):
            chosen.append(point)
            if len(chosen) == count:
                break
    return np.array(chosen)


def _settlement(land: Land, rng: np.random.Generator, at: Floats, kind: str) -> Settlement:
    """Found a settlement; where the lattice falls apart about its middle, try again with more of its streets."""
    for share in (0.55, 0.62, 0.7, 0.8, 1.0):
        found = _lattice(land, rng, at, kind, share if kind == "village" else 0.86)
        if len(found) >= (6 if kind == "village" else 60):
            break
    return Settlement(at, kind, found)


def _lattice(land: Land, rng: np.random.Generator, at: Floats, kind: str, share: float) -> tuple[Floats, ...]:
    """Percolate a jittered lattice about a point and keep the part that hangs together with it."""
    if kind == "township":
        across, along_, radius = 105.0, 150.0, rng.uniform(480.0, 800.0)
    else:
        across, along_, radius = 60.0, 78.0, rng.uniform(90.0, 235.0)
    n = int(radius * 1.7 / across) + 1
    rows, columns = np.mgrid[-n : n + 1, -n : n + 1]
    turn = rng.uniform(0, np.pi)
    ahead = np.array([np.cos(turn), np.sin(turn)])
    left = np.array([-ahead[1], ahead[0]])
    points = columns.reshape(-1, 1) * across * left + rows.reshape(-1, 1) * along_ * ahead
    middle = len(points) // 2
    # A rough, lengthened outline, or villages look like a petri dish.
    angle = np.arctan2(points @ left, points @ ahead)
    edge = radius * (
        1 + 0.35 * np.cos(2 * angle) + 0.25 * np.cos(3 * angle + rng.uniform(0, 6)) + rng.normal(0, 0.12, len(points))
    )
    points = points + rng.normal(0, 0.11 * across, points.shape)
    points[middle] = 0.0
    inside = (np.hypot(*points.T) < edge) & ~land.in_water.ravel()[_cells(land, at + points)]
    inside[middle] = True
    number = np.arange(len(points)).reshape(rows.shape)
    pairs = np.vstack(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    pairs = pairs[inside[pairs].all(axis=1) & (rng.random(len(pairs)) < share)]
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points),) * 2)
    part = csgraph.connected_components(graph, directed=False)[1]
    pairs = pairs[part[pairs[:, 0]] == part[middle]]
    return tuple(_bent(rng, at + points[a], at + points[b]) for a, b in pairs)


def _bent(rng: np.random.Generator, start: Floats, end: Floats) -> Floats:
    """Join two points with a slight bow."""
    across = np.array([-(end - start)[1], (end - start)[0]])
    return np.vstack([start, (start + end) / 2 + across * rng.normal(0, 0.05), end])


def _cells(land: Land, points: Floats) -> NDArray[np.int64]:
    rows, columns = land.nearest_cells(points)
    return np.asarray(rows * land.sheet.shape[1] + columns)


def _roads(
    land: Land, skeleton: Skeleton, town: list[Street], settlements: tuple[Settlement, ...], rng: np.random.Generator
) -> list[Street]:
    sheet = land.sheet
    slope = np.hypot(*np.gradient(land.hills))
    cost = np.exp(0.7 * sheet.noise(rng, 1500.0 * sheet.factor, octaves=3) + 14.0 * slope + 0.8 * land.hills)
    wide = within(land.river.buffer(30.0), sheet.points).reshape(sheet.shape)
    cost = cost + 30.0 * wide + 1.5 * (land.in_water & ~wide) + 2.0 * (land.urbanness > TOWN_FROM)

    known = np.vstack([resample(street.line, 50.0) for street in (*skeleton.streets, *town)])
    roots = np.unique(_cells(land, known))
    places = {
        kind: _cells(land, np.array([s.at for s in settlements if s.kind == kind])) for kind in ("township", "village")
    }
    exits = _exits(land, rng)
    batches = [("primary", exits), ("secondary", places["township"])]
    # Villages nearest first, so that the later ones branch off the earlier ones' roads.
    away = cKDTree(known).query(sheet.points[places["village"]])[0]
    order = places["village"][np.argsort(away, kind="stable")]
    batches += [("unclassified", part) for part in np.array_split(order, 3) if len(part)]
    edges: dict[tuple[int, int], str] = {}
    used = roots
    for highway, targets in batches:
        graph = sixteen_neighbours(cost)
        _, before, _ = csgraph.dijkstra(graph, indices=used, min_only=True, return_predecessors=True, directed=False)
        for target in targets.tolist():
            cell = target
            while before[cell] >= 0:
                pair = (min(cell, int(before[cell])), max(cell, int(before[cell])))
                edges.setdefault(pair, highway)
                cell = int(before[cell])
        cells = np.unique(np.array(list(edges)))
        cost = cost.copy()
        cost.ravel()[cells] *= 0.5
        used = np.union1d(roots, cells)
    edges = _loops(land, cost, settlements) | edges
    return _chains(land, edges, roots, known, set(places["township"].tolist() + places["village"].tolist()))


def _exits(land: Land, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose where the main roads leave the sheet: one in each eighth of the horizon, at the lowest place."""
    width, height = land.sheet.half_m
    x, y = land.sheet.points.T
    edge = np.flatnonzero((np.abs(x) > width - 60) | (np.abs(y) > height - 60))
    dry = edge[~ndimage.binary_dilation(land.in_water, iterations=3).ravel()[edge]]
    sector = np.floor((np.arctan2(y[dry], x[dry]) + rng.uniform(0, 0.7)) / (np.pi / 4)).astype(int) % 8
    worth = land.hills.ravel()[dry] + 0.25 * rng.random(len(dry))
    return np.array([dry[sector == k][np.argmin(worth[sector == k])] for k in range(8) if (sector == k).any()])


def _loops(land: Land, cost: Floats, settlements: tuple[Settlement, ...]) -> dict[tuple[int, int], str]:
    """Close loops between settlements that are relative neighbours: none nearer to both than they to each other."""
    at = np.array([s.at for s in settlements])
    gap = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    pairs = [
        (a, b)
        for a in range(len(at))
        for b in range(a + 1, len(at))
        if gap[a, b] < 2600.0 and not (np.maximum(gap[a], gap[b]) < gap[a, b] - 1e-6).any()
    ]
    graph = sixteen_neighbours(cost)
    found: dict[tuple[int, int], str] = {}
    north = land.bank(at) > 0
    starts = sorted({a for a, _ in pairs})
    cells = _cells(land, at)
    _, before = csgraph.dijkstra(graph, indices=cells[starts], return_predecessors=True, directed=False, limit=90.0)
    for a, b in pairs:
        row = before[starts.index(a)]
        cell = int(cells[b])
        if north[a] != north[b] or row[cell] < 0:
            continue
        while row[cell] >= 0:
            found.setdefault((min(cell, int(row[cell])), max(cell, int(row[cell]))), "unclassified")
            cell = int(row[cell])
    return found


def _chains(
    land: Land, edges: dict[tuple[int, int], str], roots: NDArray[np.int64], known: Floats, places: set[int]
) -> list[Street]:
    """Cut the merged ways at their junctions and smooth each piece with its ends fixed."""
    near: dict[int, list[int]] = {}
    for a, b in sorted(edges):
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    root = set(roots.tolist())

    def kind(a: int, b: int) -> str:
        return edges[(min(a, b), max(a, b))]

    def ends(cell: int) -> bool:
        around = near[cell]
        return len(around) != 2 or cell in root or cell in places or kind(cell, around[0]) != kind(cell, around[1])

    nearest = cKDTree(known)
    done: set[tuple[int, int]] = set()
    streets = []
    for start in sorted(near):
        if not ends(start):
            continue
        for following in near[start]:
            if (start, following) in done or (start in root and following in root):
                continue
            path = [start, following]
            while not ends(path[-1]):
                path.append(next(cell for cell in near[path[-1]] if cell != path[-2]))
            done.update({(path[0], path[1]), (path[-1], path[-2])})
            line = land.sheet.points[path].copy()
            for end, cell in ((0, path[0]), (-1, path[-1])):
                if cell in root:
                    # Raster paths end up to a cell off the road: pin them to it.
                    line[end] = known[nearest.query(line[end])[1]]
            if along(line)[-1] > 30.0:
                streets.append(Street(smooth(resample(line, 60.0), 2.6), kind(path[0], path[1]), "country", loose=True))
    return sorted(streets, key=lambda street: RANK[street.highway])
