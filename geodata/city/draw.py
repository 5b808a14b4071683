"""Draw the finished city as OpenStreetMap elements."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.city.buildings import Buildings
from geodata.city.curves import Floats, along, segments
from geodata.city.districts import District
from geodata.city.elements import Elements, Tags
from geodata.city.motorway import Motorway
from geodata.city.names import Name
from geodata.city.network import Ints
from geodata.city.street import RANK, Street

# Posted limits, km/h, in town and beyond it. Cars reach about four fifths of them between crossings.
_LIMITS_TOWN = {"trunk": 60, "primary": 40, "secondary": 40, "tertiary": 30, "residential": 20, "unclassified": 30}
_LIMITS_COUNTRY = {"primary": 60, "secondary": 50, "unclassified": 40, "residential": 20}
_LIMITS_ALWAYS = {"motorway": 100, "motorway_link": 40, "living_street": 10, "service": 10}
_BUILDING = {
    "estate": "apartments",
    "grid": "residential",
    "old_town": "house",
    "township": "house",
    "village": "house",
    "works": "industrial",
    "shops": "retail",
}


@dataclass(frozen=True)
class Scenery:
    """Areas and lines beside the streets, m."""

    river: BaseGeometry
    river_line: Floats
    lakes: tuple[BaseGeometry, ...]
    tributaries: tuple[tuple[Floats, BaseGeometry], ...]
    brooks: tuple[Floats, ...]
    woods: BaseGeometry
    landuse: tuple[tuple[str, BaseGeometry], ...]
    estates: tuple[tuple[BaseGeometry, Name], ...]
    parks: tuple[BaseGeometry, ...]
    railway: Floats


@dataclass(frozen=True)
class StreetMap:
    """The streets: edges as points of the network, the street each came from, and names by edge."""

    motorway: Motorway
    paths: list[Ints]
    owners: Ints
    names: dict[int, Name]

    @property
    def streets(self) -> tuple[Street, ...]:
        """Streets that ``owners`` number."""
        return self.motorway.network.streets


def draw(
    streets: StreetMap,
    scenery: Scenery,
    buildings: Buildings,
    ground: gpd.GeoDataFrame,
    districts: list[District],
    places: list[tuple[Floats, str, Name]],
) -> Elements:
    """Give the city's elements; ``places`` are (where, kind of place, name)."""
    elements = Elements()
    _streets(elements, streets, scenery)
    _land(elements, scenery)
    _buildings(elements, buildings, ground)
    for at, kind, name in places:
        elements.add_points(at[None], {0: {"place": kind, **_named(name)}})
    for district in districts:
        parts = list(shapely.get_parts(district.area))
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6", "ref": district.code}
        elements.add_relation(parts, tags | _named(district.name))
    return elements


def _named(name: Name) -> Tags:
    return {"name": name.zh, "name:zh": name.zh, "name:en": name.en}


def _streets(elements: Elements, streets: StreetMap, scenery: Scenery) -> None:
    network = streets.motorway.network
    points = np.vstack([network.xy, streets.motorway.points])
    signals = _signals(streets)
    numbers = elements.add_points(points, {k: {"highway": "traffic_signals"} for k in signals})
    water = shapely.union_all(
        [scenery.river, *scenery.lakes, *(area for _, area in scenery.tributaries)], grid_size=0.1
    ).buffer(7.0)
    shapely.prepare(water)
    for number, (path, owner) in enumerate(zip(streets.paths, streets.owners, strict=True)):
        street = streets.streets[owner]
        tags = _street_tags(street)
        if number in streets.names:
            tags |= _named(streets.names[number])
        _way(elements, numbers[path], points[path], tags, water)
    ways = [points[path] for path in streets.paths]
    below = shapely.union_all(
        [
            water,
            *segments(np.concatenate([np.stack([w[:-1], w[1:]], 1) for w in ways]))[
                _near(ways, streets.motorway, points)
            ].tolist(),
        ]
    )
    over = below.buffer(28.0)
    for path, street in streets.motorway.ways:
        tags = _street_tags(street) | {"oneway": "yes"}
        if street.label:
            tags |= {"name": street.label, "name:zh": street.label, "name:en": "Yunhuan Gaosu", "ref": "G90"}
        area = over if street.highway == "motorway" else water
        _way(elements, numbers[path], points[path], tags, area)


def _near(ways: list[Floats], motorway: Motorway, points: Floats) -> np.ndarray:
    """Say which street pieces pass under the motorway."""
    pieces = segments(np.concatenate([np.stack([w[:-1], w[1:]], axis=1) for w in ways]))
    lines = [shapely.LineString(points[path]) for path, street in motorway.ways if street.highway == "motorway"]
    return np.unique(shapely.STRtree(pieces).query(lines, predicate="intersects")[1])


def _street_tags(street: Street) -> Tags:
    tags = {"highway": street.highway}
    limits = _LIMITS_COUNTRY if street.zone in ("country", "village", "township") else _LIMITS_TOWN
    limit = _LIMITS_ALWAYS.get(street.highway, limits.get(street.highway))
    if limit is not None:
        tags["maxspeed"] = str(limit)
    return tags


def _signals(streets: StreetMap) -> list[int]:
    """Give the points where main streets of the town cross: three arms or more, two at least of them main."""
    arms: dict[int, list[int]] = {}
    for path, owner in zip(streets.paths, streets.owners, strict=True):
        street = streets.streets[owner]
        if street.zone in ("skeleton", "town"):
            for tip in (int(path[0]), int(path[-1])):
                arms.setdefault(tip, []).append(RANK[street.highway])
    return [k for k, ranks in sorted(arms.items()) if len(ranks) >= 3 and sorted(ranks)[1] <= RANK["secondary"]]


def _way(elements: Elements, nodes: Ints, line: Floats, tags: Tags, water: BaseGeometry) -> None:
    """Add a street; what crosses the water becomes a way of its own, tagged as a bridge."""
    shape = shapely.LineString(line)
    if not water.intersects(shape):
        elements.add_way(nodes, tags)
        return
    spans = [part for part in shapely.get_parts(shapely.intersection(shape, water)) if part.geom_type == "LineString"]
    cuts = sorted(
        {round(shape.project(shapely.Point(p)), 1) for part in spans for p in (part.coords[0], part.coords[-1])}
    )
    position = along(line)
    cuts = [c for c in cuts if 1.0 < c < position[-1] - 1.0]
    places = np.array([np.asarray(shape.interpolate(c).coords[0]) for c in cuts]).reshape(-1, 2)
    all_at = np.concatenate([position, cuts])
    order = np.argsort(all_at, kind="stable")
    chain = np.concatenate([nodes, elements.add_points(places)])[order]
    at = all_at[order]
    breaks = [0, *(int(np.flatnonzero(order == len(nodes) + k)[0]) for k in range(len(cuts))), len(chain) - 1]
    for low, high in pairwise(breaks):
        middle = shape.interpolate((at[low] + at[high]) / 2)
        over = water.contains(middle)
        elements.add_way(chain[low : high + 1], tags | ({"bridge": "yes", "layer": "1"} if over else {}))


def _land(elements: Elements, scenery: Scenery) -> None:
    river = Name("云溪", "Yunxi River")
    elements.add_area(scenery.river, {"natural": "water", "water": "river", **_named(river)})
    elements.add_line(scenery.river_line, {"waterway": "river", **_named(river)})
    for lake, name in zip(scenery.lakes, (Name("澄湖", "Cheng Hu"), Name("鹭湖", "Lu Hu")), strict=True):
        elements.add_area(lake, {"natural": "water", "water": "lake", **_named(name)})
    for (line, area), name in zip(
        scenery.tributaries, (Name("青涧河", "Qingjian He"), Name("柳河", "Liu He")), strict=True
    ):
        elements.add_area(area, {"natural": "water", "water": "river"})
        elements.add_line(line, {"waterway": "river", **_named(name)})
    for brook in scenery.brooks:
        elements.add_line(brook, {"waterway": "stream"})
    elements.add_area(scenery.woods, {"natural": "wood"})
    for kind, area in scenery.landuse:
        elements.add_area(area, {"landuse": kind})
    for area, name in scenery.estates:
        elements.add_area(area, {"landuse": "residential", **_named(name)})
    for park in scenery.parks:
        elements.add_area(park, {"leisure": "park"})
    elements.add_line(scenery.railway, {"railway": "rail", "name": "云溪铁路", "name:en": "Yunxi Railway"})


def _buildings(elements: Elements, buildings: Buildings, ground: gpd.GeoDataFrame) -> None:
    nodes = elements.add_points(buildings.corners.reshape(-1, 2)).reshape(-1, 4)
    columns = (buildings.zone.tolist(), buildings.levels.tolist(), ground["street_zh"], ground["house_number"])
    for ring, zone, levels, street, number in zip(nodes, *columns, strict=True):
        tags = {"building": _BUILDING[zone], "building:levels": str(levels)}
        tags |= {"addr:street": street, "addr:housenumber": number}
        elements.add_way(np.append(ring, ring[0]), tags)
