"""Districts coloured by a value, with a legend of our own: the library's loads a script from elsewhere."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from dashboard.formats import UNKNOWN as UNKNOWN_TEXT
from dashboard.maps.escape import escape, tip
from dashboard.maps.frame import Bounds, Drawing, Ground, drawing
from dashboard.maps.spots import with_spots
from dashboard.text import _, current_language
from dashboard.theme import RAMP, UNKNOWN

#: Classes the same step apart are no help where more than this share of the districts lie in one of them.
MOST_ALIKE = 0.6

Facts = Mapping[str, Sequence[tuple[str, str]]]


def region_map(
    districts: gpd.GeoDataFrame,
    values: Mapping[str, float],
    ground: Ground,
    *,
    title: str,
    written: Callable[[float | None], str],
    facts: Facts | None = None,
    selected: str = "",
    spots: pd.DataFrame | None = None,
) -> Drawing:
    """Colour districts by a value.

    Parameters
    ----------
    districts
        ``code``, ``name_zh``, ``name_en`` and ``geometry`` (EPSG:4326), one row a district.
    values
        The value of a district by its code; missing or NaN is unknown and grey, never the lowest class.
    ground
        What lies under them.
    title
        What the value is, with its unit.
    written
        Writes a value, and the unknown, for the reader.
    facts
        More labelled values for a district's tooltip, by code.
    selected
        Code of the district to make stand out.
    spots
        Hot and cold spots to outline over them (``planner.view.spots.SPOTS``), None for none.
    """
    known = [value for value in values.values() if math.isfinite(value)]
    edges = class_edges(known)
    rows = []
    chinese = current_language() == "zh"
    names = [str(row.name_zh if chinese or not row.name_en else row.name_en) for row in districts.itertuples()]
    short = without_common_word(names)
    for row, name, label in zip(districts.itertuples(), names, short, strict=True):
        value = values.get(str(row.code), math.nan)
        point = row.geometry.representative_point()
        text = written(value) if math.isfinite(value) else UNKNOWN_TEXT
        rows.append(
            {
                "id": str(row.code),
                "known": math.isfinite(value),
                "colour": colour_of(value, edges),
                "selected": str(row.code) == selected,
                "geometry": outline(row.geometry),
                "at": [round(point.x, 6), round(point.y, 6)],
                "label": f"{escape(label)}<small>{escape(text)}</small>",
                "tip": tip(name, [(title, text), *(facts or {}).get(str(row.code), ())]),
            }
        )
    told = [code for code, value in values.items() if math.isfinite(value)]
    content = {
        "districts": rows,
        "legend": legend(edges, title, written, unknown=len(known) < len(districts)),
        "frame": region_frame(districts),
        "bounds": region_bounds(districts, told),
    }
    return drawing(ground, with_spots(content, spots, districts), name="regions", labels=False)


def without_common_word(names: Sequence[str]) -> list[str]:
    """Leave out the last or the first word where all names have the same: on a map there is little room.

    >>> without_common_word(["Kaixin District", "Xinan District"]), without_common_word(["Old Town", "North"])
    (['Kaixin', 'Xinan'], ['Old Town', 'North'])
    >>> without_common_word(["北湖村一带", "Rua Chavantes 一带"])
    ['北湖村', 'Rua Chavantes']
    """
    if len(names) > 1 and all(name.endswith("一带") for name in names):
        return [name.removesuffix("一带").strip() for name in names]
    for parts in ([name.rsplit(" ", 1) for name in names], [name.split(" ", 1)[::-1] for name in names]):
        if len(names) > 1 and all(len(part) == 2 for part in parts) and len({part[-1] for part in parts}) == 1:
            return [part[0] for part in parts]
    return list(names)


def region_frame(districts: gpd.GeoDataFrame) -> str:
    """Name what is shown, so that the map moves to it only when that changes."""
    return "-".join(sorted(str(code) for code in districts["code"]))


def region_bounds(districts: gpd.GeoDataFrame, told: Collection[str]) -> Bounds | None:
    """Give the view at first: districts of which nothing is known may lie around those that are compared."""
    if not len(districts):
        return None
    known = districts[districts["code"].astype(str).isin(list(told))]
    west, south, east, north = (float(side) for side in (known if len(known) else districts).total_bounds)
    return (west, south), (east, north)


def class_edges(known: Sequence[float]) -> list[float]:
    """Give the limits between classes: round numbers the same step apart, so that colours differ as values do.

    Where most values would then have one colour, because few lie far out, each class has about as many districts.

    >>> class_edges([435.0, 713.0, 818.0, 1134.0, 1141.0, 1277.0])
    [600.0, 800.0, 1000.0, 1200.0]
    >>> class_edges([1.0, 2.0, 3.0, 1000.0])
    [2.0, 3.0, 1000.0]
    >>> class_edges([])
    []
    """
    values = np.unique(np.asarray(known, dtype=float))
    if len(values) < 2:
        return []
    step = round_step(float(np.ptp(values)) / len(RAMP))
    first = math.floor(float(values[0]) / step) + 1
    edges = step * np.arange(first, math.floor(float(values[-1]) / step) + 1)
    counts = np.bincount(np.searchsorted(edges, values, side="right"))
    if len(edges) and counts.max() <= MOST_ALIKE * len(values):
        return [round(float(edge), 9) for edge in edges]
    cuts = np.quantile(values, np.linspace(0, 1, min(len(RAMP), len(values)) + 1)[1:-1], method="higher")
    return sorted({float(cut) for cut in cuts})


def round_step(least: float) -> float:
    """Give the smallest of 1, 2 and 5 times a power of ten that is not less.

    >>> round_step(140.3), round_step(2.0), round_step(0.04)
    (200.0, 2.0, 0.05)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next(one for one in (power, 2 * power, 5 * power, 10 * power) if one >= least * (1 - 1e-12))


def colour_of(value: float, edges: Sequence[float]) -> str:
    """Give the colour of a value, grey where it is unknown.

    >>> colour_of(float("nan"), [1.0])
    '#D9D9D6'
    """
    if not math.isfinite(value):
        return UNKNOWN
    return class_colours(len(edges) + 1)[int(np.searchsorted(edges, value, side="right"))]


def class_colours(classes: int) -> list[str]:
    """Spread so many classes over the ramp, light to dark."""
    if classes == 1:
        return [RAMP[len(RAMP) // 2]]
    return [RAMP[round(k * (len(RAMP) - 1) / (classes - 1))] for k in range(classes)]


def outline(geometry: BaseGeometry) -> Any:
    """Give a district's outline as GeoJSON, about ten metres exact: a screen shows no more."""
    return json.loads(simplified(shapely.to_wkb(geometry)))


@lru_cache(maxsize=512)
def simplified(wkb: bytes) -> str:
    """Give the GeoJSON text of an outline, worked out once: every move of a map draws the same outlines again."""
    return str(shapely.to_geojson(shapely.set_precision(shapely.from_wkb(wkb).simplify(0.0001), 0.00001)))


def legend(
    edges: Sequence[float], title: str, written: Callable[[float | None], str], *, unknown: bool
) -> dict[str, Any]:
    """Explain the classes, the highest first."""
    colours, texts = class_colours(len(edges) + 1), legend_texts(edges, written)
    rows = [
        {"kind": "fill", "colour": colour, "text": escape(text)}
        for colour, text in reversed(list(zip(colours, texts, strict=True)))
    ]
    if unknown:
        rows.append({"kind": "fill", "colour": UNKNOWN, "text": escape(_("unknown"))})
    # At the right: the city fills the height, and the names of its western districts come first to the eye.
    return {"title": escape(title), "rows": rows, "side": "bottomright"}


def legend_texts(edges: Sequence[float], written: Callable[[float | None], str]) -> list[str]:
    """Give the words of the classes, the lowest first."""
    if not edges:
        return [_("all alike")]
    between = [f"{written(low)} – {written(high)}" for low, high in pairwise(edges)]
    return [
        _("below {value}").format(value=written(edges[0])),
        *between,
        _("{value} and more").format(value=written(edges[-1])),
    ]
