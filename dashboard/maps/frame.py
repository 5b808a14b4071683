"""A map on a page: an unchanging base, and one layer that carries everything that changes.

Streamlit keeps the frame as long as the base's script and its key stay the same, so a new plan, day or selection
redraws the layer without a flicker. The layer is one value handed to ``assets/map.js``; folium objects are made anew in
each run and never cached, because showing a layer changes the map it is shown on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import folium
from branca.element import MacroElement
from folium.template import Template

from config.tiles import Tiles
from dashboard.maps.basemap import Basemap, OnlineTiles
from dashboard.maps.escape import script_value
from dashboard.maps.offline import OfflineMap, basemap_shown, require_offline

MAX_ZOOM = 18
#: A map fills what the window leaves of the first screen, and leaves room to scroll past it on a phone. The map itself
#: is always as high as its frame. What is scrolled to stays clear of the page's head.
STYLE = """
[data-testid="stMain"] { scroll-padding-top: 64px; }
[class*="st-key-map-"] iframe { vertical-align: bottom; }
@media (max-width: 640px) {
  [class*="st-key-map-"] iframe { height: 350px !important; }
  [class*="st-key-map-"] { min-height: 350px !important; }
}
"""

#: What a click sends back. The count tells a second click on the same thing from a rerun.
RETURNED = ["last_active_drawing", "last_object_clicked_count"]
#: What a map that draws only what is in view sends back as well, whenever it has been moved.
MOVED = "bounds"
#: What a map on which a place may be pointed at sends back as well.
POINTED = "last_clicked"

Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Ground:
    """What lies under a map: the road region, where its basemap is served from, the names' language, online tiles."""

    region: str
    folder: Path
    language: str
    centre: tuple[float, float]
    attribution: str = ""
    tiles: Tiles | None = None


@dataclass(frozen=True)
class Answer:
    """What the frame of a week's map said: what is selected, how many clicks it was, which one of all, what is in view.

    ``mark`` names the click: frames of a page that is come back to count from one again. ``view`` is longitude,
    latitude and zoom, with the name of the drawing they belong to.
    """

    id: str
    clicks: int
    mark: str
    view: tuple[tuple[float, float, float], str] | None


SILENT = Answer("", 0, "", None)


@dataclass(frozen=True)
class Drawing:
    """A map ready to show: its base, its changing layer, and the key of its frame."""

    base: folium.Map
    layer: folium.FeatureGroup
    key: str


class Click(NamedTuple):
    """The id of what was clicked last, and the number of the click: the same thing may be clicked again."""

    id: str
    number: int


class Content(MacroElement):
    """Everything that changes on a map, as one value for ``roundsDraw``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            roundsDraw({{ this._parent.get_name() }}, {{ this._parent._parent.get_name() }}, {{ this.value }});
        {% endmacro %}
        """
    )

    def __init__(self, value: Mapping[str, Any], prepared: Mapping[str, str] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Content"
        ready = [f"{script_value({'name': name})[8:-1]}:{text}" for name, text in (prepared or {}).items()]
        self.value = "{" + ",".join(filter(None, (script_value(value)[1:-1], *ready))) + "}"

    def render(self, **_: Any) -> str:
        """Put nothing into the base's page: the frame asks for the script by itself.

        folium would translate the whole value as a template of its own each time, which takes longer than all else.
        """
        return ""


def base_map(ground: Ground, *, labels: bool = True) -> folium.Map:
    """Make the unchanging part of a map."""
    lon, lat = ground.centre
    base = OfflineMap(location=(lat, lon), zoom_start=12, tiles=None, prefer_canvas=True)
    # folium drops max_zoom where there are no tiles; without it Leaflet cannot cluster nor limit the zoom.
    base.options["max_zoom"] = MAX_ZOOM
    base.options["min_zoom"] = 7
    # Whole steps leave what is shown at as little as half its size; the basemap draws itself anew for each quarter.
    base.options["zoom_snap"] = 0.25
    Basemap(
        ground.region, ground.folder, language=ground.language, attribution=ground.attribution, labels=labels
    ).add_to(base)
    if ground.tiles is not None:
        OnlineTiles(ground.tiles, ground.centre).add_to(base)
    return base


def drawing(
    ground: Ground,
    content: Mapping[str, Any],
    *,
    name: str,
    labels: bool = True,
    prepared: Mapping[str, str] | None = None,
) -> Drawing:
    """Join a base and a content. ``name`` tells maps of one page apart; it may hold letters and digits only.

    ``prepared`` holds parts of the content that ``script_value`` has made earlier, by name.
    """
    base = base_map(ground, labels=labels)
    layer = folium.FeatureGroup(name="layer", overlay=True, control=False)
    layer.add_child(Content(content, prepared))
    return Drawing(base, layer, map_key(ground, name))


def map_key(ground: Ground, name: str) -> str:
    """Give the key of a map's frame: another language or basemap is another frame."""
    file = basemap_shown(ground.folder, ground.region).partition("/")[0]
    # The frame's key drops whatever follows an underscore, so the versions in it must do without.
    return "-".join((name, ground.language, file)).replace("_", "-")


def seen(ground: Ground, name: str) -> Bounds | None:
    """Give what a map of ``show(..., moving=True)`` has in view, None before it has told."""
    import streamlit as st

    return viewport(st.session_state.get(map_key(ground, name)))


def viewport(answer: object) -> Bounds | None:
    """Read the view out of what a map sent back; anything odd counts as not known.

    >>> viewport({"bounds": {"_southWest": {"lat": 1, "lng": 2}, "_northEast": {"lat": 3, "lng": 4}}})
    ((2.0, 1.0), (4.0, 3.0))
    >>> viewport({"bounds": {"_southWest": {"lat": None}}}) is None
    True
    """
    try:
        corners = [answer["bounds"][name] for name in ("_southWest", "_northEast")]  # type: ignore[index]
        (west, south), (east, north) = ((float(one["lng"]), float(one["lat"])) for one in corners)
    except (KeyError, TypeError, ValueError):
        return None
    plain = all(map(math.isfinite, (west, south, east, north))) and west < east and south < north
    return ((west, south), (east, north)) if plain else None


def pointed(ground: Ground, name: str) -> tuple[float, float] | None:
    """Give the place (lon, lat) last clicked on a map of ``show(..., pointing=True)``, None where none was."""
    import streamlit as st

    return point_of(st.session_state.get(map_key(ground, name)))


def point_of(answer: object) -> tuple[float, float] | None:
    """Read the clicked place out of what a map sent back; anything odd counts as none.

    >>> point_of({"last_clicked": {"lat": 1, "lng": 2}}), point_of({"last_clicked": None})
    ((2.0, 1.0), None)
    """
    try:
        lon, lat = (float(answer[POINTED][name]) for name in ("lng", "lat"))  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def show(picture: Drawing, *, height: int, moving: bool = False, pointing: bool = False) -> Click | None:
    """Show a map and give what was clicked last (a debtor, a district), None where nothing was.

    With ``moving`` the page, or the fragment around this call, runs again whenever the map was moved: see ``seen``;
    with ``pointing`` whenever a place on it was clicked: see ``pointed``.
    """
    import streamlit as st
    from streamlit_folium import st_folium

    require_offline(picture.base)
    place = f"map-{picture.key.partition('-')[0]}"
    with st.container(key=place):
        # A frame is empty until its map has loaded: without room kept for it, what stands below jumps under the hand.
        st.html(f"<style>.st-key-{place} {{ min-height: {height}px; }}</style>")
        answer = st_folium(
            picture.base,
            key=picture.key,
            height=height,
            use_container_width=True,
            returned_objects=[*RETURNED, *([MOVED] if moving else []), *([POINTED] if pointing else [])],
            feature_group_to_add=picture.layer,
        )
    found = clicked(answer)
    return None if found is None else Click(found, int((answer or {}).get("last_object_clicked_count") or 0))


def answer_of(ground: Ground, name: str) -> Answer | None:
    """Give what a week's map said last, before it is drawn again; None before it has said anything."""
    import streamlit as st

    return read_answer(st.session_state.get(map_key(ground, name)))


def read_answer(answer: object) -> Answer | None:
    """Read what a week's map sent back; anything odd counts as nothing.

    >>> read_answer({"mark": "a1", "last_object_clicked_count": 2, "view": [1, 2, 13, "f"]})
    Answer(id='', clicks=2, mark='a1 2', view=((1.0, 2.0, 13.0), 'f'))
    >>> read_answer({"mark": 3}), read_answer(None)
    (None, None)
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("mark"), str):
        return None
    count, view = answer.get("last_object_clicked_count"), answer.get("view")
    clicks = count if isinstance(count, int) and count >= 0 else 0
    seen_there = None
    if isinstance(view, list) and len(view) == 4 and isinstance(view[3], str):
        numbers = [float(one) for one in view[:3] if isinstance(one, int | float) and math.isfinite(one)]
        seen_there = ((numbers[0], numbers[1], numbers[2]), view[3]) if len(numbers) == 3 else None
    return Answer(clicked(answer) or "", clicks, f"{answer['mark']} {clicks}", seen_there)


def view_of(answer: Answer, frame: str) -> tuple[float, float, float] | None:
    """Give what was in view, if it was in view of this drawing: another day has its own view."""
    return answer.view[0] if answer.view is not None and answer.view[1] == frame else None


def has_basemap(ground: Ground) -> bool:
    """Say whether there is a basemap of a region."""
    return bool(basemap_shown(ground.folder, ground.region))


def clicked(answer: Mapping[str, Any] | None) -> str | None:
    """Read the id out of what a map sent back; anything odd counts as nothing.

    >>> clicked({"last_active_drawing": {"properties": {"kind": "stop", "id": "D001"}}})
    'D001'
    """
    feature = (answer or {}).get("last_active_drawing")
    properties = feature.get("properties") if isinstance(feature, dict) else None
    found = properties.get("id") if isinstance(properties, dict) else None
    return found if isinstance(found, str) and found else None


def bounds_of(points: Iterable[Sequence[float]]) -> Bounds | None:
    """Give the south-west and north-east corners of lon, lat points; None where there is none.

    >>> bounds_of([(1.0, 5.0), (2.0, 4.0)])
    ((1.0, 4.0), (2.0, 5.0))
    """
    corners = list(points)
    if not corners:
        return None
    lons, lats = [p[0] for p in corners], [p[1] for p in corners]
    return (min(lons), min(lats)), (max(lons), max(lats))
