"""Routes for a navigation device: GPX 1.1, a track along the streets a day and a numbered waypoint a stop.

References
----------
GPX 1.1 schema, https://www.topografix.com/GPX/1/1/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

NAMESPACE = "http://www.topografix.com/GPX/1/1"
#: seven decimals of a degree are a centimetre
DECIMALS = 7


@dataclass(frozen=True)
class Waypoint:
    """A numbered place: lon, lat (WGS-84), a short name and a text."""

    lon: float
    lat: float
    name: str
    text: str = ""


@dataclass(frozen=True)
class DayTrack:
    """A day's way along the streets (lon, lat), and the stops on it."""

    name: str
    text: str
    line: Sequence[tuple[float, float]]
    stops: Sequence[Waypoint]


def gpx(name: str, text: str, days: Sequence[DayTrack], *, now: datetime) -> bytes:
    """Give the file: waypoints first, then tracks, as the schema has them."""
    root = ElementTree.Element("gpx", {"xmlns": NAMESPACE, "version": "1.1", "creator": "Rounds"})
    about = ElementTree.SubElement(root, "metadata")
    tell(about, "name", name)
    tell(about, "desc", text)
    tell(about, "time", f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    for day in days:
        for stop in day.stops:
            point = ElementTree.SubElement(root, "wpt", at(stop.lon, stop.lat))
            tell(point, "name", stop.name)
            tell(point, "desc", stop.text)
    for number, day in enumerate(days, start=1):
        track = ElementTree.SubElement(root, "trk")
        tell(track, "name", day.name)
        tell(track, "desc", day.text)
        tell(track, "number", str(number))
        segment = ElementTree.SubElement(track, "trkseg")
        for lon, lat in day.line:
            ElementTree.SubElement(segment, "trkpt", at(lon, lat))
    ElementTree.indent(root, space=" ")
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def at(lon: float, lat: float) -> dict[str, str]:
    """Give a position as attributes, never in the form 1e-05."""
    return {"lat": f"{lat:.{DECIMALS}f}", "lon": f"{lon:.{DECIMALS}f}"}


def tell(parent: ElementTree.Element, tag: str, text: str) -> None:
    """Add a text element; what XML cannot hold is left out, an empty one is not written."""
    plain = "".join(sign for sign in text if sign in "\t\n" or sign >= " ")
    plain = "".join(sign for sign in plain if not (0xD800 <= ord(sign) <= 0xDFFF or sign in "\ufffe\uffff"))
    if plain:
        ElementTree.SubElement(parent, tag).text = plain
