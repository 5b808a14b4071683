"""Hot and cold spots of past visits over a map: outlined, so that the colours under them can still be read.

Hot is vermilion and drawn through, cold is black and dashed: they differ in more than colour, and a white line under
each keeps them apart from every shade of the map. Squares within chance are not drawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dashboard import formats
from dashboard.maps.escape import escape, tip
from dashboard.text import N_, _
from dashboard.theme import CREWS

HOT, COLD = CREWS[4], CREWS[7]
THICK, THIN = 3.0, 1.5


@dataclass(frozen=True)
class Kind:
    """How one kind of square is named and outlined."""

    words: str
    colour: str
    weight: float  # pixels
    dashed: bool


#: the places of ``planner.density.hot_spots`` that stand out
KINDS: Mapping[str, Kind] = {
    "hot": Kind(N_("Hot: pays more often, all around"), HOT, THICK, dashed=False),
    "cold": Kind(N_("Cold: pays less often, all around"), COLD, THICK, dashed=True),
    "high_beside_low": Kind(N_("Pays more often than around it"), HOT, THIN, dashed=False),
    "low_beside_high": Kind(N_("Pays less often than around it"), COLD, THIN, dashed=True),
}


def with_spots(
    content: dict[str, Any], spots: pd.DataFrame | None, districts: gpd.GeoDataFrame, *, felt: bool = True
) -> dict[str, Any]:
    """Give a map's content with the squares that stand out and a legend of their own; None leaves it as it is.

    Parameters
    ----------
    content
        What ``region_map`` or ``cell_map`` draws.
    spots
        ``planner.view.spots.SPOTS``.
    districts
        ``code`` and ``geometry`` (EPSG:4326): a click on a square is a click on the district of its middle.
    felt
        Whether a square tells of itself under the pointer; not where smaller squares under it have something to tell.
    """
    if spots is None:
        return content
    named = spots[spots["place"].isin(list(KINDS))]
    drawn = {
        "outlines": outlines(named),
        "cells": cells(named, districts) if felt else [],
        "legend": spots_legend(spots),
    }
    return {**content, "spots": drawn}


def spots_legend(spots: pd.DataFrame) -> dict[str, Any]:
    """Explain the outlines that there are, or say why there are none."""
    there = [kind for name, kind in KINDS.items() if (spots["place"] == name).any()]
    rows: list[dict[str, Any]] = [
        {
            "kind": "edge",
            "colour": one.colour,
            "dashed": one.dashed,
            "thin": one.weight < THICK,
            "text": escape(_(one.words)),
        }
        for one in there
    ]
    if not there:
        untold = spots.empty or (spots["place"] == "unknown").all()
        text = _("Too few visits side by side to tell") if untold else _("No hot spots are shown by the data")
        rows = [{"kind": "note", "colour": "", "text": escape(text)}]
    # At the left: the colours' legend is at the right, and the two together would hide a part of the city.
    return {"title": escape(_("Hot and cold spots")), "rows": rows, "side": "bottomleft"}


def outlines(named: pd.DataFrame) -> list[dict[str, Any]]:
    """Give one outline around all touching squares of a kind."""
    found = []
    for name, kind in KINDS.items():
        here = named[named["place"] == name]
        if len(here):
            edges = shapely.boundary(shapely.union_all(boxes(here), grid_size=1e-7))
            geometry = json.loads(shapely.to_geojson(edges))
            found.append({"geometry": geometry, "colour": kind.colour, "weight": kind.weight, "dashed": kind.dashed})
    return found


def cells(named: pd.DataFrame, districts: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Give each square's corners, the district of its middle ("" outside all), and what it says."""
    middle = shapely.centroid(boxes(named))
    inside = shapely.STRtree(districts.geometry.to_numpy()).query(middle, predicate="intersects")
    district = dict(zip(inside[0].tolist(), districts["code"].astype(str).to_numpy()[inside[1]].tolist(), strict=True))
    return [
        {
            "box": [[row["south"], row["west"]], [row["north"], row["east"]]],
            "id": district.get(at, ""),
            "tip": tip(
                _(KINDS[row["place"]].words),
                [
                    (_("Visits that brought money"), formats.number(row["payments"])),
                    (_("Expected"), formats.number(row["expected_payments"], 1)),
                    (_("Debtors visited"), formats.number(row["debtors"])),
                    ("p", formats.number(row["p_adjusted"], 3)),
                ],
            ),
        }
        for at, row in enumerate(named.to_dict("records"))
    ]


def boxes(squares: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Give the squares as polygons."""
    west, south, east, north = (squares[side].to_numpy(float) for side in ("west", "south", "east", "north"))
    return shapely.box(west, south, east, north)
