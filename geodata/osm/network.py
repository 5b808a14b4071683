"""The streets of cars, or of walkers, and which of them hang together: by them places are judged."""

from __future__ import annotations

import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.osm.features import LINE_CLASS, NoOsmFile

LOG = logging.getLogger("geodata")
#: for walkers alone
ON_FOOT = frozenset({"path"})
#: a part of the network with at least this share of its crossings is a town of its own, not a mapping's slip
OWN_TOWN = 0.1


@dataclass(frozen=True, eq=False)
class Network:
    """Streets for cars.

    Attributes
    ----------
    lines
        (n,) LineStrings, longitude and latitude, WGS-84.
    linked
        (n,) False where a car that gets there cannot get away to most other streets, or the other way round.
    """

    lines: NDArray[np.object_]
    linked: NDArray[np.bool_]


def read_network(pbf: Path, *, on_foot: bool = False) -> Network:
    """Read the streets that cars may use from a ``.osm.pbf``, one-way streets and ferries heeded.

    ``on_foot`` reads those for walkers: paths and steps too, motorways not, and either way.

    Raises
    ------
    NoOsmFile
        If the file is damaged.
    """
    wkb = osmium.geom.WKBFactory()
    shapes: list[str] = []
    first_of: list[int] = []
    tails: list[NDArray[np.int64]] = []
    heads: list[NDArray[np.int64]] = []
    try:
        for way in (
            osmium.FileProcessor(str(pbf)).with_locations().with_filter(osmium.filter.KeyFilter("highway", "route"))
        ):
            if not isinstance(way, osmium.osm.Way) or not (_for_walkers if on_foot else _for_cars)(way.tags):
                continue
            known = [node for node in way.nodes if node.location.valid()]
            if len({(node.x, node.y) for node in known}) < 2 or len(known) < len(way.nodes):
                continue
            refs = np.array([node.ref for node in known], dtype=np.int64)
            forward, back = (True, True) if on_foot else _directions(way.tags)
            if forward:
                tails.append(refs[:-1])
                heads.append(refs[1:])
            if back:
                tails.append(refs[1:])
                heads.append(refs[:-1])
            if "highway" in way.tags:
                shapes.append(wkb.create_linestring(way))
                first_of.append(int(refs[0]))
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise NoOsmFile(f"{pbf.name} is damaged: {error}") from error
    lines = shapely.from_wkb([bytes.fromhex(code) for code in shapes])
    return Network(
        np.asarray(lines, dtype=object).reshape(-1), _linked(tails, heads, np.array(first_of, dtype=np.int64))
    )


def kept_network(pbf: Path, file: Path, *, on_foot: bool = False) -> Network:
    """Give the network of an extract from a GeoParquet file (``linked``, geometry), which is written when missing."""
    if file.is_file():
        table = gpd.read_parquet(file)
        return Network(table.geometry.to_numpy(), table["linked"].to_numpy(dtype=np.bool_))
    found = read_network(pbf, on_foot=on_foot)
    table = gpd.GeoDataFrame(pd.DataFrame({"linked": found.linked}), geometry=list(found.lines), crs=4326)
    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
            table.to_parquet(Path(scratch) / file.name)
            os.replace(Path(scratch) / file.name, file)
    except OSError:  # a folder that may only be read, or a full disk: it is read from the extract again next time
        LOG.warning("the network of streets could not be kept")
    return found


def _for_cars(tags: Any) -> bool:
    if tags.get("access") == "no" or "no" in (tags.get("motor_vehicle"), tags.get("motorcar")):
        return False
    kind = LINE_CLASS["highway"].get(tags.get("highway", ""))
    return (kind is not None and kind not in ON_FOOT) or tags.get("route") == "ferry"


def _for_walkers(tags: Any) -> bool:
    if tags.get("access") == "no" or tags.get("foot") == "no":
        return False
    kind = LINE_CLASS["highway"].get(tags.get("highway", ""))
    return kind not in (None, "motorway", "trunk") or tags.get("route") == "ferry"


def _directions(tags: Any) -> tuple[bool, bool]:
    oneway = tags.get("oneway", "")
    if oneway in ("-1", "reverse"):
        return False, True
    implied = tags.get("highway") in ("motorway", "motorway_link") or tags.get("junction") in ("roundabout", "circular")
    return True, not (oneway in ("yes", "true", "1") or (implied and oneway != "no"))


def _linked(
    tails: list[NDArray[np.int64]], heads: list[NDArray[np.int64]], first_of: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say of each street, by its first node, whether it lies in a strongly connected part that counts."""
    if not len(first_of):
        return np.zeros(0, dtype=np.bool_)
    nodes, ends = np.unique(np.concatenate([*tails, *heads]), return_inverse=True)
    half, n = len(ends) // 2, len(nodes)
    graph = coo_array((np.ones(half, dtype=np.int8), (ends[:half], ends[half:])), shape=(n, n)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(part)
    counts = (size == size.max()) | (size >= OWN_TOWN * n)
    return np.asarray(counts[part[np.searchsorted(nodes, first_of)]], dtype=np.bool_)
