"""The city as elements of OpenStreetMap: numbered nodes, ways and relations with tags."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.city.curves import Floats
from geodata.city.network import Ints
from geodata.city.sheet import lonlat
from geodata.osm.write import OsmNode, OsmRelation, OsmWay

Tags = dict[str, str]


@dataclass
class Elements:
    """Collects elements and numbers them in the order in which they are added, each kind from 1."""

    nodes: list[OsmNode] = field(default_factory=list)
    ways: list[OsmWay] = field(default_factory=list)
    relations: list[OsmRelation] = field(default_factory=list)

    def add_points(self, points_m: Floats, tags: dict[int, Tags] | None = None) -> Ints:
        """Add nodes at points, shape (n, 2); ``tags`` by position. Gives their numbers."""
        first = len(self.nodes) + 1
        tags = tags or {}
        places = lonlat(points_m).tolist()
        self.nodes += [OsmNode(first + k, lon, lat, tags.get(k, {})) for k, (lon, lat) in enumerate(places)]
        return np.arange(first, first + len(points_m))

    def add_way(self, nodes: Ints, tags: Tags) -> int:
        """Add a way through nodes that are there already."""
        number = len(self.ways) + 1
        self.ways.append(OsmWay(number, nodes.tolist(), tags))
        return number

    def add_line(self, line: Floats, tags: Tags) -> int:
        """Add a way with nodes of its own."""
        return self.add_way(self.add_points(line), tags)

    def add_ring(self, ring: Floats, tags: Tags) -> int:
        """Add a closed way; the ring's first point is repeated at its end."""
        nodes = self.add_points(ring[:-1])
        return self.add_way(np.append(nodes, nodes[0]), tags)

    def add_area(self, area: BaseGeometry, tags: Tags) -> None:
        """Add an area: a closed way for each part, a multipolygon where a part has holes."""
        for part in shapely.get_parts(area):
            if part.geom_type != "Polygon" or part.is_empty:
                continue
            if not part.interiors:
                self.add_ring(np.asarray(part.exterior.coords), tags)
            else:
                self.add_relation([part], {"type": "multipolygon", **tags})

    def add_relation(self, parts: list[shapely.Polygon], tags: Tags) -> None:
        """Add a relation of outer and inner rings."""
        members = []
        for part in parts:
            members.append(("w", self.add_ring(np.asarray(part.exterior.coords), {}), "outer"))
            members += [("w", self.add_ring(np.asarray(hole.coords), {}), "inner") for hole in part.interiors]
        self.relations.append(OsmRelation(len(self.relations) + 1, members, tags))
