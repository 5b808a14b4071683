"""One debtor's contact points on a map, each in a circle as wide as its position is uncertain."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.maps.escape import escape, tip
from dashboard.maps.frame import Drawing, Ground, bounds_of, drawing
from dashboard.maps.hull import soft_hull
from dashboard.text import _
from dashboard.text.words import PLACE_KINDS, word
from dashboard.theme import GREY_DOT

COLOURS = {
    "home": "#0F5E9C",
    "workplace": "#0B7A55",
    "shop": "#9A5B00",
    "guarantor": "#6B2168",
    "collateral": "#B3261E",
}
#: A circle wider than this says nothing but that nobody knows where it is.
WIDEST_M = 20_000.0


def contact_map(
    places: pd.DataFrame,
    ground: Ground,
    *,
    name: str = "contact",
    pin: tuple[float, float] | None = None,
) -> Drawing:
    """Draw contact points.

    Parameters
    ----------
    places
        ``place_id``, ``kind``, ``lon``, ``lat`` (WGS-84; rows without both are not drawn), ``accuracy_m`` (NaN unknown)
        and ``open``; closed ones are grey.
    pin
        Where somebody has just pointed: drawn in black, without moving the map.
    """
    placed = places[places["lon"].notna() & places["lat"].notna()]
    rings = [ring(row) for row in placed.to_dict("records") if row["accuracy_m"] == row["accuracy_m"]]
    corners = [point for one in rings for point in one["ring"]]
    corners += placed[["lon", "lat"]].to_numpy(dtype=float).tolist()
    kinds = list(dict.fromkeys(placed.loc[placed["open"], "kind"]))
    rows = [{"kind": "dot", "colour": colour(kind), "text": escape(word(PLACE_KINDS, kind))} for kind in kinds]
    if not placed["open"].all():
        rows.append({"kind": "dot", "colour": GREY_DOT, "text": escape(_("Closed"))})
    content: dict[str, Any] = {
        "hulls": rings,
        "dots": [dots(placed), *([pinned(pin)] if pin else [])],
        "legend": {
            "title": escape(_("Contact points")),
            "rows": [*rows, {"kind": "note", "colour": "", "text": escape(_("The circle: how exact the position is"))}],
        },
        "frame": "-".join(map(str, placed["place_id"])) or "none",
        "bounds": bounds_of(corners) or (ground.centre, ground.centre),
    }
    return drawing(ground, content, name=name)


def pinned(at: tuple[float, float]) -> dict[str, Any]:
    """Give the mark of where somebody pointed."""
    place = {"lon": [round(at[0], 6)], "lat": [round(at[1], 6)], "id": [""], "tip": [tip(_("Here"))]}
    return {"selected": "-", "edge": "#FFFFFF", "opacity": 1.0, "radius": [8.0], "colour": ["#000000"], **place}


def colour(kind: str) -> str:
    """Give the colour of a kind of contact point."""
    return COLOURS.get(kind, GREY_DOT)


def ring(row: dict[Any, Any]) -> dict[str, Any]:
    """Give a circle of the accuracy around a place."""
    metres = min(float(row["accuracy_m"]), WIDEST_M)
    return {
        "ring": soft_hull([(float(row["lon"]), float(row["lat"]))], margin_m=max(metres, 5.0), fine=True),
        "id": "",
        "tip": tip(word(PLACE_KINDS, str(row["kind"])), [(_("Accuracy"), formats.distance(metres))]),
    }


def dots(placed: pd.DataFrame) -> dict[str, Any]:
    """Give the points themselves."""
    rows = placed.to_dict("records")
    return {
        "selected": "",
        "edge": "#FFFFFF",
        "opacity": 0.95,
        "lon": [round(float(row["lon"]), 6) for row in rows],
        "lat": [round(float(row["lat"]), 6) for row in rows],
        "id": [str(row["place_id"]) for row in rows],
        "radius": [7.0] * len(rows),
        "colour": [colour(str(row["kind"])) if row["open"] else GREY_DOT for row in rows],
        "tip": [
            tip(word(PLACE_KINDS, str(row["kind"])), [(_("Accuracy"), formats.distance(row["accuracy_m"]))])
            for row in rows
        ],
    }
