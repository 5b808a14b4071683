"""Write an OpenStreetMap extract in the usual binary form."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import osmium


@dataclass(frozen=True)
class OsmNode:
    """A node: its number, place in degrees, and tags."""

    id: int
    lon: float
    lat: float
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OsmWay:
    """A way through nodes, in order."""

    id: int
    nodes: list[int]
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OsmRelation:
    """A relation; a member is (``"n"``, ``"w"`` or ``"r"``, number, role)."""

    id: int
    members: list[tuple[str, int, str]]
    tags: dict[str, str] = field(default_factory=dict)


def write_pbf(path: Path, nodes: Iterable[OsmNode], ways: Iterable[OsmWay], relations: Iterable[OsmRelation]) -> None:
    """Write an extract; an existing file is replaced in one step, only once the new one is whole.

    The same elements give the same bytes: no time and no user is written.

    Parameters
    ----------
    path
        Where; the name ends in ``.osm.pbf``.
    nodes, ways, relations
        Each sorted by id, as readers expect.

    Raises
    ------
    ValueError
        If the name of the file does not end in ``.osm.pbf``.
    """
    if not path.name.endswith(".osm.pbf"):
        raise ValueError(f"An extract's name ends in .osm.pbf, not so {path.name}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    header = osmium.io.Header()
    header.set("generator", "geodata.osm")
    try:
        writer = osmium.SimpleWriter(str(draft), 4 * 1024 * 1024, header, overwrite=True)
        try:
            for node in nodes:
                writer.add_node(
                    osmium.osm.mutable.Node(id=node.id, version=1, location=(node.lon, node.lat), tags=node.tags)
                )
            for way in ways:
                writer.add_way(osmium.osm.mutable.Way(id=way.id, version=1, nodes=way.nodes, tags=way.tags))
            for relation in relations:
                writer.add_relation(
                    osmium.osm.mutable.Relation(id=relation.id, version=1, members=relation.members, tags=relation.tags)
                )
        finally:
            writer.close()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
