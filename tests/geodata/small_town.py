"""A town of 5 × 5 crossings 200 m apart, written as an ordinary extract, for tests of whatever reads one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium.osm.mutable import Node, Relation, Way

LON, LAT = 109.60, 29.10
STEP_LON, STEP_LAT = 0.00205, 0.0018  # about 200 m each
SIZE = 5
ISLAND = np.array([LON + 0.05, LAT + 0.05])  # a street that no other reaches, 7 km away


def crossing(column: int, row: int) -> np.ndarray:
    """Give the longitude and latitude of a crossing, counted from the south-west."""
    return np.array([LON + column * STEP_LON, LAT + row * STEP_LAT])


def write_town(path: Path, *, name: str = "溪口", streets: bool = True) -> Path:
    """Write the town.

    Streets run west–east (一街 … 五街) and south–north (甲路 … 戊路); 甲路 is one-way to the north, 丙路 is primary and
    called ``name`` + 大道. There are a lake with an island in it, a park, twelve buildings, two districts and a hamlet.
    """
    path.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(path))
    nodes: list[tuple[int, float, float, dict[str, str]]] = []
    ways: list[tuple[int, list[int], dict[str, str]]] = []
    number = {(i, j): 1 + i * SIZE + j for i in range(SIZE) for j in range(SIZE)}
    nodes += [(number[i, j], *crossing(i, j).tolist(), {}) for i, j in number]
    if streets:
        for j, digit in enumerate("一二三四五"):
            tags = {"highway": "residential", "name": f"{digit}街", "name:en": f"{j + 1} Jie"}
            ways.append((100 + j, [number[i, j] for i in range(SIZE)], tags))
        for i, stem in enumerate("甲乙丙丁戊"):
            tags = {"highway": "residential", "name": f"{stem}路"}
            tags |= {"oneway": "yes"} if i == 0 else {}
            tags |= {"highway": "primary", "name": f"{name}大道"} if i == 2 else {}
            ways.append((200 + i, [number[i, j] for j in range(SIZE)], tags))
        nodes += [(50, *ISLAND.tolist(), {}), (51, *np.add(ISLAND, (0.003, 0)).tolist(), {})]
        ways.append((300, [50, 51], {"highway": "residential", "name": "孤岛路"}))

    def ring(first: int, west: float, south: float, width: float, height: float) -> list[int]:
        corners = [(west, south), (west + width, south), (west + width, south + height), (west, south + height)]
        nodes.extend((first + k, x, y, {}) for k, (x, y) in enumerate(corners))
        return [first, first + 1, first + 2, first + 3, first]

    lake, islet = ring(1000, LON - 0.01, LAT, 0.006, 0.006), ring(1010, LON - 0.008, LAT + 0.002, 0.002, 0.002)
    ways += [(400, lake, {}), (401, islet, {})]
    ways.append((402, ring(1020, LON, LAT - 0.004, 0.004, 0.003), {"leisure": "park", "name": "滨溪公园"}))
    for k in range(12):
        corner = np.add(crossing(k % 4, k // 4), 0.0006)
        tags = {"building": "apartments", "building:levels": "6" if k else "six"}
        ways.append((500 + k, ring(2000 + 10 * k, *corner.tolist(), 0.0004, 0.0002), tags))
    middle = LON + 2 * STEP_LON
    west, east = ring(3000, middle - 0.06, LAT - 0.06, 0.06, 0.12), ring(3010, middle, LAT - 0.06, 0.06, 0.12)
    ways += [(600, west, {}), (601, east, {})]
    nodes.append((4000, *crossing(2, 2).tolist(), {"place": "town", "name": name, "name:en": "Xikou"}))
    relations: list[tuple[int, list[tuple[str, int, str]], dict[str, str]]] = [
        (1, [("w", 400, "outer"), ("w", 401, "inner")], {"type": "multipolygon", "natural": "water", "name": "明湖"}),
        (2, [("w", 600, "outer")], _district("D1", "西区", "West")),
        (3, [("w", 601, "outer")], _district("D2", "东区", "East")),
    ]
    for number_, lon, lat, tags in sorted(nodes, key=lambda node: node[0]):
        writer.add_node(_versioned(Node(id=number_, location=(lon, lat), tags=tags)))
    for number_, refs, tags in sorted(ways, key=lambda way: way[0]):
        writer.add_way(_versioned(Way(id=number_, nodes=refs, tags=tags)))
    for number_, members, tags in relations:
        writer.add_relation(_versioned(Relation(id=number_, members=members, tags=tags)))
    writer.close()
    return path


def _district(code: str, name: str, name_en: str) -> dict[str, str]:
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6"}
    return tags | {"ref": code, "name": name, "name:en": name_en}


def _versioned(thing: Any) -> Any:
    thing.version = 1
    return thing
