"""Read what a map shows from an OpenStreetMap file: lines, areas and named places, with their class and names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import shapely

LINE_CLASS = {
    "highway": {
        "motorway": "motorway",
        "motorway_link": "motorway",
        "trunk": "trunk",
        "trunk_link": "trunk",
        "primary": "primary",
        "primary_link": "primary",
        "secondary": "secondary",
        "secondary_link": "secondary",
        "tertiary": "tertiary",
        "tertiary_link": "tertiary",
        "residential": "street",
        "unclassified": "street",
        "living_street": "street",
        "road": "street",
        "service": "service",
        "track": "service",
        "pedestrian": "path",
        "footway": "path",
        "path": "path",
        "steps": "path",
        "cycleway": "path",
    },
    "railway": {"rail": "rail", "light_rail": "rail"},
    "waterway": {"river": "waterway", "stream": "waterway", "canal": "waterway", "drain": "waterway"},
}
AREA_CLASS = {
    "building": {"*": "building"},
    "natural": {"water": "water", "wood": "green", "scrub": "green", "grassland": "green", "bay": "water"},
    "waterway": {"riverbank": "water", "dock": "water"},
    "leisure": {
        "park": "green",
        "garden": "green",
        "golf_course": "green",
        "pitch": "green",
        "nature_reserve": "green",
    },
    "landuse": {
        "reservoir": "water",
        "basin": "water",
        "residential": "residential",
        "industrial": "industrial",
        "commercial": "industrial",
        "retail": "industrial",
        "railway": "industrial",
        "forest": "green",
        "grass": "green",
        "recreation_ground": "green",
        "village_green": "green",
        "cemetery": "green",
        "meadow": "green",
        "farmland": "green",
        "orchard": "green",
    },
    "boundary": {"administrative": "district"},
}
STREET_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "street", "service", "path")
PLACE_CLASS = {
    "city": "city",
    "town": "town",
    "suburb": "town",
    "village": "village",
    "hamlet": "village",
    "neighbourhood": "estate",
    "quarter": "estate",
}
#: of what a house's address is written with
NUMBER, NAMED_BY = "addr:housenumber", ("addr:street", "addr:place")
KEYS = ("highway", "railway", "waterway", "building", "natural", "leisure", "landuse", "boundary", "place", NUMBER)


class NoOsmFile(ValueError):
    """The file is not an OpenStreetMap extract in PBF, or is damaged."""


@dataclass(frozen=True)
class Features:
    """What a map shows, in WGS-84 (EPSG:4326).

    Attributes
    ----------
    lines
        class, name, name_zh, name_en, geometry (LineString).
    areas
        class, name, name_zh, name_en, ref, admin_level (NaN unless a boundary), levels (storeys, NaN unless known),
        kind (the value of the tag), street and house_number of the address, osm_id, geometry (MultiPolygon).
    places
        class, name, name_zh, name_en, geometry (Point).
    doors
        Addresses that are mapped as points: street, house_number, geometry (Point).
    """

    lines: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    doors: gpd.GeoDataFrame


def read_features(pbf: Path) -> Features:
    """Read lines, areas and places of a ``.osm.pbf``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    NoOsmFile
        If it is not an OpenStreetMap extract in PBF, or is damaged.
    """
    check_pbf(pbf)
    wkb = osmium.geom.WKBFactory()
    lines: list[dict[str, Any]] = []
    areas: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    doors: list[dict[str, Any]] = []
    wanted = osmium.filter.KeyFilter(*KEYS)
    try:
        for thing in osmium.FileProcessor(str(pbf)).with_areas(wanted).with_filter(wanted):
            tags = thing.tags
            if isinstance(thing, osmium.osm.Area):
                found = _class_of(tags, AREA_CLASS)
                if found is not None:
                    areas.append(_area(thing, tags, *found, wkb))
            elif isinstance(thing, osmium.osm.Way):
                found = _class_of(tags, LINE_CLASS)
                if found is not None and tags.get("area") != "yes" and _complete(thing):
                    lines.append(_names(tags) | {"class": found[0], "wkb": wkb.create_linestring(thing)})
            elif isinstance(thing, osmium.osm.Node):
                if tags.get("place") in PLACE_CLASS and tags.get("name"):
                    place = _names(tags) | {"class": PLACE_CLASS[tags["place"]], "wkb": wkb.create_point(thing)}
                    places.append(place)
                address = _address(tags)
                if all(address.values()):
                    doors.append(address | {"wkb": wkb.create_point(thing)})
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise NoOsmFile(f"{pbf.name} is damaged: {error}") from error
    names = ("class", "name", "name_zh", "name_en")
    return Features(
        _frame(lines, names),
        _frame(areas, (*names, "ref", "admin_level", "levels", "kind", "street", "house_number", "osm_id")),
        _frame(places, names),
        _frame(doors, ("street", "house_number")),
    )


def check_pbf(pbf: Path) -> None:
    """Refuse what is not an OpenStreetMap extract in PBF, by its first bytes.

    Raises
    ------
    FileNotFoundError, NoOsmFile
        As for :func:`read_features`.
    """
    if not pbf.is_file():
        raise FileNotFoundError(f"there is no file {pbf}")
    with pbf.open("rb") as file:
        if b"OSMHeader" not in file.read(64):
            raise NoOsmFile(f"{pbf.name} is not an OpenStreetMap extract in PBF format (.osm.pbf)")


def _class_of(tags: Any, classes: dict[str, dict[str, str]]) -> tuple[str, str] | None:
    """Give class and tag value by the first key that says one."""
    for key, values in classes.items():
        value = tags.get(key)
        if value is not None:
            found = values.get(value, values.get("*") if value != "no" else None)
            if found is not None:
                return found, value
    return None


def _complete(way: Any) -> bool:
    """Say whether the way has a shape: extracts cut ways at their border, so nodes may be missing."""
    known = [node for node in way.nodes if node.location.valid()]
    return len(known) == len(way.nodes) and len({(node.x, node.y) for node in known}) > 1


def _area(area: Any, tags: Any, name: str, kind: str, wkb: Any) -> dict[str, Any]:
    return _names(tags) | {
        "class": name,
        "kind": kind,
        "ref": tags.get("ref", ""),
        "admin_level": _number(tags.get("admin_level")),
        "levels": _number(tags.get("building:levels")),
        **_address(tags),
        "osm_id": area.orig_id(),
        "wkb": wkb.create_multipolygon(area),
    }


def _address(tags: Any) -> dict[str, str]:
    """Give the address that is mapped with something; a village without streets numbers its houses by itself."""
    street = next((tags[key] for key in NAMED_BY if tags.get(key)), "")
    return {"street": street, "house_number": tags.get(NUMBER, "")}


def _names(tags: Any) -> dict[str, str]:
    name = tags.get("name", "")
    return {"name": name, "name_zh": tags.get("name:zh", name), "name_en": tags.get("name:en", "")}


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None else float("nan")
    except ValueError:
        return float("nan")


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=[*columns, "wkb"])
    shapes = shapely.from_wkb([bytes.fromhex(code) for code in table.pop("wkb")])
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)
