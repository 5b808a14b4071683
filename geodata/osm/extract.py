"""An extract in the one form that all else reads: ``.osm.pbf``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import osmium

from geodata.osm.features import NoOsmFile, check_pbf

XML_MARKS = (b"<osm", b"<?xml")


def as_pbf(extract: Path, target: Path) -> Path:
    """Copy a ``.osm.pbf``, or write a ``.osm`` (XML) as one; what is there already is left. Gives the target.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    NoOsmFile
        If it is neither, or the XML is damaged.
    """
    if target.is_file():
        return target
    part = target.with_name("part." + target.name)
    part.unlink(missing_ok=True)
    if not _is_xml(extract):
        check_pbf(extract)
        shutil.copyfile(extract, part)
    else:
        try:
            with osmium.SimpleWriter(str(part)) as writer:
                for thing in osmium.FileProcessor(osmium.io.File(str(extract), "osm")):
                    writer.add(thing)
        except RuntimeError as error:
            raise NoOsmFile(f"{extract.name} is damaged: {error}") from error
    os.replace(part, target)
    return target


def street_points(extract: Path) -> int:
    """Count the points of an extract's streets and paths, a measure of its size: half a second for a city.

    Raises
    ------
    NoOsmFile
        If it is no extract or damaged.
    """
    if not extract.is_file():
        raise NoOsmFile(f"there is no file {extract}")
    try:
        if _is_xml(extract):
            file = osmium.io.File(str(extract), "osm")
        else:
            check_pbf(extract)
            file = osmium.io.File(str(extract), "pbf")
        streets = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
        return sum(len(way.nodes) for way in streets if isinstance(way, osmium.osm.Way))
    except RuntimeError as error:
        raise NoOsmFile(f"{extract.name} is damaged: {error}") from error


def _is_xml(extract: Path) -> bool:
    if not extract.is_file():
        return False
    with extract.open("rb") as file:
        head = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(XML_MARKS) and b"<osm" in head
