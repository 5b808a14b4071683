"""From lines to one graph: crossings made, tips dropped, short pieces collapsed, one connected part kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from geodata.city.curves import Floats, segments
from geodata.city.street import RANK, Street

Ints = NDArray[np.int64]
_TOUCH_M = 0.6  # an end this near to a line meets it; points this near are one


@dataclass(frozen=True)
class Network:
    """Street pieces between points, undirected.

    Attributes
    ----------
    xy
        Points, shape (n, 2), m.
    ends
        Point numbers of each piece, shape (m, 2).
    street
        The street each piece came from, a position in ``streets``, shape (m,).
    streets
        Where class, zone and label of a piece stand.
    """

    xy: Floats
    ends: Ints
    street: Ints
    streets: tuple[Street, ...]

    @property
    def rank(self) -> Ints:
        """Rank of each piece's class, 0 the most important."""
        return np.array([RANK[s.highway] for s in self.streets], dtype=np.int64)[self.street]

    @property
    def length_m(self) -> Floats:
        """Length of each piece, m."""
        return np.asarray(np.hypot(*(self.xy[self.ends[:, 0]] - self.xy[self.ends[:, 1]]).T))


@dataclass(frozen=True)
class Edges:
    """Runs of pieces between crossings: ``of_piece`` numbers each piece's run, the rest is by run.

    ``ends`` has −1 twice where a run is a ring without crossings.
    """

    of_piece: Ints
    ends: Ints
    length_m: Floats
    degree: Ints  # by point


def join_streets(streets: Sequence[Street]) -> Network:
    """Make the crossings of lines: every two that meet share a point there.

    The classes of lines that lie on one another become the more important of the two.
    """
    lines = [street.line for street in streets]
    counts = np.array([len(line) for line in lines])
    points = np.concatenate(lines)
    owner = np.repeat(np.arange(len(lines)), counts)
    first = np.flatnonzero(owner[:-1] == owner[1:])  # a piece runs from each such point to the next
    start, end = points[first], points[first + 1]
    piece, share, where = _crossings(start, end, first)

    everything = np.vstack([points, where])
    same = _clusters(everything)
    # Each piece in order: its start, what splits it, its end.
    ids = np.arange(len(first))
    order_piece = np.concatenate([ids, ids, piece])
    order_share = np.concatenate([np.zeros(len(ids)), np.ones(len(ids)), share])
    order_point = same[np.concatenate([first, first + 1, len(points) + np.arange(len(where))])]
    order = np.lexsort((order_share, order_piece))
    order_piece, order_point = order_piece[order], order_point[order]
    joined = np.flatnonzero(order_piece[:-1] == order_piece[1:])
    ends = np.column_stack([order_point[joined], order_point[joined + 1]])
    return _tidied(Network(everything, ends, owner[first][order_piece[joined]], tuple(streets)))


def _crossings(start: Floats, end: Floats, first: Ints) -> tuple[Ints, Floats, Floats]:
    """Find where pieces meet; gives piece, share of its length, and place, one row for each split."""
    shapes = segments(np.stack([start, end], axis=1))
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    keep = (a < b) & (np.abs(first[a] - first[b]) > 1)
    a, b = a[keep], b[keep]
    u, v = end[a] - start[a], end[b] - start[b]
    between = start[b] - start[a]
    turn = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    lengths = np.hypot(*u.T) * np.hypot(*v.T)
    slanted = np.abs(turn) > 0.02 * lengths
    with np.errstate(divide="ignore", invalid="ignore"):
        s = (between[:, 0] * v[:, 1] - between[:, 1] * v[:, 0]) / turn
        t = (between[:, 0] * u[:, 1] - between[:, 1] * u[:, 0]) / turn
    cross = slanted & (s > 0) & (s < 1) & (t > 0) & (t < 1)
    at = start[a[cross]] + s[cross, None] * u[cross]
    pieces, shares, places = [a[cross], b[cross]], [s[cross], t[cross]], [at, at]
    # Ends that touch another piece without crossing it.
    for one, other in ((a, b), (b, a)):
        for tip in (start, end):
            along = end[other] - start[other]
            offset = tip[one] - start[other]
            share = (offset * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9)
            away = np.hypot(*(offset - share[:, None] * along).T)
            touch = (away < _TOUCH_M) & (share > 0) & (share < 1)
            pieces.append(other[touch])
            shares.append(share[touch])
            places.append(tip[one[touch]])
    return np.concatenate(pieces), np.concatenate(shares), np.concatenate(places)


def _clusters(points: Floats) -> Ints:
    """Give each point the number of the first of those that are the same place."""
    pairs = cKDTree(points).query_pairs(_TOUCH_M, output_type="ndarray")
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points),) * 2)
    part = csgraph.connected_components(graph, directed=False)[1]
    first = np.full(part.max() + 1, len(points), dtype=np.int64)
    np.minimum.at(first, part, np.arange(len(points)))
    return np.asarray(first[part])


def _tidied(network: Network) -> Network:
    """Drop pieces without length and all but the most important of doubled ones; renumber the points."""
    ends = np.sort(network.ends, axis=1)
    keep = np.flatnonzero(ends[:, 0] != ends[:, 1])
    order = keep[np.lexsort((network.street[keep], network.rank[keep], ends[keep, 1], ends[keep, 0]))]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (ends[order[1:]] != ends[order[:-1]]).any(axis=1)
    chosen = np.sort(order[new])
    used, number = np.unique(network.ends[chosen], return_inverse=True)
    return replace(
        network, xy=network.xy[used], ends=number.reshape(-1, 2).astype(np.int64), street=network.street[chosen]
    )


def find_edges(network: Network) -> Edges:
    """Join pieces at points where only two of the same class and label meet."""
    count, total = len(network.xy), len(network.ends)
    degree = np.bincount(network.ends.ravel(), minlength=count)
    labels = {label: k for k, label in enumerate(sorted({s.label for s in network.streets}))}
    sort_of = np.array([RANK[s.highway] * len(labels) + labels[s.label] for s in network.streets])[network.street]
    # The two pieces at each point of degree two.
    by_point = np.argsort(network.ends.ravel(), kind="stable") // 2
    offset = np.concatenate([[0], np.cumsum(degree)])
    plain = np.flatnonzero(degree == 2)
    one, two = by_point[offset[plain]], by_point[offset[plain] + 1]
    joint = plain[sort_of[one] == sort_of[two]]
    one, two = by_point[offset[joint]], by_point[offset[joint] + 1]
    graph = sparse.coo_array((np.ones(len(joint)), (one, two)), shape=(total, total))
    runs, run = csgraph.connected_components(graph, directed=False)
    length = np.bincount(run, weights=network.length_m, minlength=runs).astype(np.float64)
    is_end = np.ones(count, dtype=bool)
    is_end[joint] = False
    flat_run, flat_point = np.repeat(run, 2), network.ends.ravel()
    tips = is_end[flat_point]
    order = np.argsort(flat_run[tips], kind="stable")
    tip_run, tip_point = flat_run[tips][order], flat_point[tips][order]
    ends = np.full((runs, 2), -1, dtype=np.int64)
    begins = np.searchsorted(tip_run, np.arange(runs))
    has = np.bincount(tip_run, minlength=runs) == 2
    ends[has, 0], ends[has, 1] = tip_point[begins[has]], tip_point[begins[has] + 1]
    return Edges(run.astype(np.int64), ends, length, degree)


def prune(network: Network, *, tip_m: float = 12.0, rounds: int = 4) -> Network:
    """Drop short tips, and arterials that end nowhere, again and again."""
    drop_rank = (RANK["trunk"], RANK["tertiary"])
    for _ in range(rounds):
        edges = find_edges(network)
        rank = np.zeros(len(edges.ends), dtype=np.int64)
        rank[edges.of_piece] = network.rank
        loose = np.zeros(len(edges.ends), dtype=bool)
        loose[edges.of_piece] = np.array([s.loose for s in network.streets])[network.street]
        dangling = (edges.ends >= 0).all(axis=1) & (edges.degree[edges.ends] == 1).any(axis=1)
        arterial = (rank >= drop_rank[0]) & (rank <= drop_rank[1]) & ~loose
        drop = dangling & (arterial | (edges.length_m < tip_m))
        if not drop.any():
            break
        keep = ~drop[edges.of_piece]
        network = _tidied(replace(network, ends=network.ends[keep], street=network.street[keep]))
    return network


def collapse(network: Network, limit_m: float) -> Network:
    """Draw crossings nearer than a limit together, onto the one of the more important streets."""
    edges = find_edges(network)
    inner = (edges.ends >= 0).all(axis=1)
    short = np.flatnonzero(inner & (edges.length_m < limit_m) & (edges.degree[edges.ends] >= 3).all(axis=1))
    pairs = edges.ends[short]
    count = len(network.xy)
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    part = csgraph.connected_components(graph, directed=False)[1]
    best = np.full(count, 99, dtype=np.int64)
    np.minimum.at(best, network.ends.ravel(), np.repeat(network.rank, 2))
    members = np.unique(pairs)
    # The point that stays: of the best class, then the first.
    order = members[np.lexsort((members, best[members], part[members]))]
    lead = np.ones(len(order), dtype=bool)
    lead[1:] = part[order[1:]] != part[order[:-1]]
    stays = dict(zip(part[order[lead]].tolist(), order[lead].tolist(), strict=True))
    target = np.arange(count)
    for point in members.tolist():
        chosen = stays[part[point]]
        # Long trains of short pieces are left alone: they are a street of their own.
        if np.hypot(*(network.xy[point] - network.xy[chosen])) < 2.0 * limit_m:
            target[point] = chosen
    return _tidied(replace(network, ends=target[network.ends]))


def largest_part(network: Network) -> Network:
    """Keep the largest connected part."""
    count = len(network.xy)
    graph = sparse.coo_array((np.ones(len(network.ends)), network.ends.T), shape=(count, count))
    part = csgraph.connected_components(graph, directed=False)[1]
    main = np.bincount(part[network.ends[:, 0]], weights=network.length_m).argmax()
    keep = part[network.ends[:, 0]] == main
    return _tidied(replace(network, ends=network.ends[keep], street=network.street[keep]))


def trace_edges(network: Network) -> tuple[list[Ints], Ints]:
    """Give the points of each edge in order, and the street of each edge's first piece."""
    edges = find_edges(network)
    order = np.argsort(edges.of_piece, kind="stable")
    cuts = np.flatnonzero(np.diff(edges.of_piece[order])) + 1
    paths: list[Ints] = []
    streets = []
    for pieces in np.split(order, cuts):
        run = int(edges.of_piece[pieces[0]])
        paths.append(_in_order(network.ends[pieces].tolist(), int(edges.ends[run, 0])))
        streets.append(int(network.street[pieces[0]]))
    return paths, np.array(streets)


def _in_order(pieces: list[list[int]], start: int) -> Ints:
    near: dict[int, list[int]] = {}
    for number, (a, b) in enumerate(pieces):
        near.setdefault(a, []).append(number)
        near.setdefault(b, []).append(number)
    point = start if start >= 0 else pieces[0][0]
    path = [point]
    done = [False] * len(pieces)
    for _ in pieces:
        number = next(k for k in near[point] if not done[k])
        done[number] = True
        a, b = pieces[number]
        point = b if a == point else a
        path.append(point)
    return np.array(path)
