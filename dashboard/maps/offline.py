"""folium without the internet: its links lead to our own files, and an element that needs anything else is refused.

folium links Leaflet and more from content networks, and the loader of the frame gives up at the first script that does
not come: offline the map would be blank. We draw with Leaflet and scripts of our own alone, so that is all we serve.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import folium
from branca.element import Element
from folium.elements import JSCSSMixin

from dashboard import assets
from geodata.roads.publishing import HEAD, pieces_of

#: From a component's frame, ``/component/NAME/index.html``, to the files under ``/assets``.
ASSETS = "../../assets/"

SCRIPTS = [
    ("leaflet", f"{ASSETS}vendor/leaflet/leaflet.js"),
    ("rounds_frame", ASSETS + assets.address(assets.FRAME)),
]
STYLES = [
    ("leaflet_css", f"{ASSETS}vendor/leaflet/leaflet.css"),
    ("rounds_css", ASSETS + assets.address("map.css")),
    ("rounds_week_css", ASSETS + assets.address("week.css")),
]


class ForeignAsset(Exception):
    """An element of a map wants a file that this application does not serve."""


class OfflineMap(folium.Map):
    """folium's map with our files in place of its links."""

    default_js = SCRIPTS
    default_css = STYLES


def walk(element: Element) -> Iterator[Element]:
    """Give an element and everything in it."""
    yield element
    for child in element._children.values():
        yield from walk(child)


def require_offline(element: Element) -> None:
    """Refuse a map that would ask another host, or for a file that is not there.

    Raises
    ------
    ForeignAsset
        If an element links anything that does not lie under ``/assets``.
    """
    for part in walk(element):
        if not isinstance(part, JSCSSMixin):
            continue
        links: list[tuple[str, Any]] = [*part.default_js, *part.default_css]
        foreign = [url for _, url in links if not str(url).startswith(ASSETS) or ".." in str(url)[len(ASSETS) :]]
        if foreign:
            raise ForeignAsset(f"{type(part).__name__} links {foreign[0]}, which this application does not serve")


def basemap_file(folder: Path, region: str) -> str | None:
    """Give the name of a region's whole basemap among the files served, the newest first; None where there is none."""
    name = re.compile(rf"{re.escape(region)}-[0-9a-f]+\.js")
    found = [path for path in folder.glob(f"{region}-*.js") if name.fullmatch(path.name)]
    return max(found, key=lambda path: path.stat().st_mtime_ns).name if found else None


def basemap_shown(folder: Path, region: str) -> str:
    """Give what a map loads of a region's basemap: ``NAME-HASH/head.js``, whose pieces it fetches when they are seen.

    A basemap that was published before there were pieces is drawn from its one file, ``NAME-HASH.js``. Empty: there is
    none.
    """
    cut = pieces_of(folder, region)
    return f"{cut[0].name}/{HEAD}" if cut else basemap_file(folder, region) or ""
