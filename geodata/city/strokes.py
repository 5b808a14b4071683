"""Strokes: edges joined at crossings where a street goes straight on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.city.curves import Floats, along
from geodata.city.network import Ints
from geodata.city.street import RANK, Street

_STRAIGHT = -0.78  # cosine of the angle between two arms that are one street


@dataclass(frozen=True)
class Stroke:
    """A street: its edges from one end to the other, and where each begins along it.

    ``reversed_`` says whether an edge is drawn against the stroke, ``start_m`` where it begins; ``middles`` is (n, 2).
    """

    edges: tuple[int, ...]
    reversed_: tuple[bool, ...]
    start_m: tuple[float, ...]
    length_m: float
    highway: str
    zone: str
    label: str
    middles: Floats
    heading: float

    @property
    def rank(self) -> int:
        """Rank of the street's class."""
        return RANK[self.highway]

    @property
    def middle(self) -> Floats:
        """Mean of the edges' middles."""
        return np.asarray(self.middles.mean(axis=0))


def find_strokes(xy: Floats, paths: Sequence[Ints], owners: Ints, streets: Sequence[Street]) -> list[Stroke]:
    """Join edges of the same class, zone and label that continue one another at a crossing."""
    arms: dict[int, list[tuple[int, int, Floats]]] = {}
    for number, path in enumerate(paths):
        for tip, other in ((0, min(2, len(path) - 1)), (1, max(-3, -len(path)))):
            point = int(path[0] if tip == 0 else path[-1])
            way = xy[path[other]] - xy[point]
            arms.setdefault(point, []).append((number, tip, way / max(float(np.hypot(*way)), 1e-9)))
    sort_of = [(streets[k].highway, streets[k].zone, streets[k].label) for k in owners]
    after: dict[tuple[int, int], tuple[int, int]] = {}
    for around in arms.values():
        offers = sorted(
            (float(one[2] @ two[2]), one[:2], two[:2])
            for i, one in enumerate(around)
            for two in around[i + 1 :]
            if sort_of[one[0]] == sort_of[two[0]]
        )
        for cosine, one, two in offers:
            if cosine < _STRAIGHT and one not in after and two not in after:
                after[one], after[two] = two, one
    strokes = []
    seen: set[int] = set()
    # Ends first, then what is left: rings.
    for tips_only in (True, False):
        for number in range(len(paths)):
            if number in seen or (tips_only and (number, 0) in after and (number, 1) in after):
                continue
            enter = 0 if (number, 0) not in after else 1 if (number, 1) not in after else 0
            strokes.append(_walk(number, enter, after, seen, xy, paths, sort_of))
    return strokes


def _walk(
    number: int,
    enter: int,
    after: dict[tuple[int, int], tuple[int, int]],
    seen: set[int],
    xy: Floats,
    paths: Sequence[Ints],
    sort_of: list[tuple[str, str, str]],
) -> Stroke:
    edges, turned, starts, middles = [], [], [], []
    length, whole = 0.0, np.zeros(2)
    current: tuple[int, int] | None = (number, enter)
    while current is not None and current[0] not in seen:
        edge, tip = current
        seen.add(edge)
        line = xy[paths[edge]]
        edges.append(edge)
        turned.append(tip == 1)
        starts.append(length)
        middles.append(line[len(line) // 2])
        way = line[-1] - line[0]
        # Directions modulo a half turn: double the angle.
        angle = 2 * np.arctan2(way[1], way[0])
        whole = whole + np.array([np.cos(angle), np.sin(angle)]) * np.hypot(*way)
        length += float(along(line)[-1])
        current = after.get((edge, 1 - tip))
    heading = float(np.arctan2(whole[1], whole[0]) / 2)
    return Stroke(tuple(edges), tuple(turned), tuple(starts), length, *sort_of[number], np.array(middles), heading)
