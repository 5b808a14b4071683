"""The basemap, and online tiles over it, as elements of a folium map."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from config.tiles import Tiles
from dashboard.maps.escape import escape, script_value
from dashboard.maps.offline import ASSETS, basemap_shown
from geodata.mainland import in_mainland
from geodata.roads.publishing import HEAD

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Basemap(JSCSSMixin):
    """Streets, water, green and names of a region, drawn in the browser from files of ours.

    Parameters
    ----------
    region
        Name of the road region, as in ``static/basemap/NAME-HASH``.
    folder
        Where those files lie.
    language
        ``zh`` for Chinese names, anything else for English ones where there are any.
    attribution
        Who made the data, shown in the corner; empty for the demo city, which does not exist.
    labels
        Whether names are drawn; a map that names its districts itself does without.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            roundsSettle({{ this._parent.get_name() }});
            roundsBasemap({{ this._parent.get_name() }}, {{ this.options }});
        {% endmacro %}
        """
    )

    def __init__(self, region: str, folder: Path, *, language: str, attribution: str = "", labels: bool = True) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not NAME.fullmatch(region):
            raise ValueError(f"{region!r} is no name of a road region")
        self._name = "Basemap"
        name = basemap_shown(folder, region)
        self.default_js = [(f"basemap_{region}", f"{ASSETS}basemap/{name}")] if name else []
        self.default_css = []
        pieces = f"{ASSETS}basemap/{name.removesuffix(HEAD)}" if name.endswith(HEAD) else ""
        self.options = script_value(
            {"language": language, "attribution": escape(attribution), "labels": labels, "pieces": pieces}
        )


class OnlineTiles(MacroElement):
    """A vendor's pictures over the basemap, which shows where they do not come.

    Whether they are shifted is decided once, for the branch: pictures in GCJ-02 are, if it lies in the mainland.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            roundsTiles({{ this._parent.get_name() }}, {{ this.options }});
        {% endmacro %}
        """
    )

    def __init__(self, tiles: Tiles, centre: tuple[float, float]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "OnlineTiles"
        options = {
            "addresses": list(tiles.addresses),
            "shifted": tiles.datum == "gcj02" and bool(in_mainland(np.array([centre]))[0]),
            "maxNativeZoom": tiles.last_zoom,
            "attribution": escape(tiles.credit),
        }
        self.options = script_value(options)
