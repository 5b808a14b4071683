"""folium without the internet: its links lead to our own files, and an element that needs anything else is refused.

folium links Leaflet and more from content networks, and the loader of the frame gives up at the first script that does
not come: offline the map would be blank. We draw with Leaflet and scripts of our own alone, so that is all we serve.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import folium
from branca.element import Element
from folium.elements import JSCSSMixin

from dashboard import assets

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
    """Give the name of a region's basemap among the files served, the newest first; None where there is none."""
    found = sorted(folder.glob(f"{region}-*.js"), key=lambda path: path.stat().st_mtime, reverse=True)
    return found[0].name if found else None
