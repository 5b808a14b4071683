"""Squares of the ground coloured by a figure: only those in view, and districts instead while most of them are."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.maps.frame import Bounds, Drawing, Ground, drawing
from dashboard.maps.regions import class_colours, legend, outline, region_bounds, region_frame
from dashboard.maps.spots import with_spots
from dashboard.text import _
from dashboard.theme import UNKNOWN
from geodata.patterns.cells import Bounds as Part
from planner.cells import FEWEST, CellsView, Pyramid, cells_in

#: While the view holds this share of the whole, each way, districts are drawn.
FAR_OUT = 0.6
#: Squares are drawn this share of the view beyond it on each side, so that a short move shows no empty ground.
BEYOND = 0.2


def far_out(view: Bounds | None, districts: gpd.GeoDataFrame) -> bool:
    """Say whether a view is so wide that districts tell more than squares; what is not known yet is."""
    if view is None:
        return True
    (west, south), (east, north) = view
    left, bottom, right, top = (float(side) for side in districts.total_bounds)
    return east - west >= FAR_OUT * (right - left) or north - south >= FAR_OUT * (top - bottom)


def around(view: Bounds) -> Part:
    """Give the part of the ground to draw for a view."""
    (west, south), (east, north) = view
    wide, high = BEYOND * (east - west), BEYOND * (north - south)
    return Part(west - wide, south - high, east + wide, north + high)


def cell_map(
    found: Pyramid,
    view: Bounds,
    districts: gpd.GeoDataFrame,
    ground: Ground,
    *,
    rate: str,
    title: str,
    written: Callable[[float | None], str],
    told: tuple[str, ...],
    selected: str = "",
    spots: pd.DataFrame | None = None,
) -> Drawing:
    """Draw the squares that are in view, under the borders of the districts.

    Parameters
    ----------
    found
        All squares.
    view
        What the map shows, see ``frame.seen``.
    districts, ground, title, written, selected, spots
        As for ``region_map``, whose frame this one shares: the map stays where it is when one follows the other.
    rate
        The figure, of ``planner.cells.RATES``.
    told
        Codes of the districts that are compared, as ``region_map`` frames them.
    """
    cells = cells_in(found, around(view))
    limits = list(found.limits[cells.squares.level][rate])
    key = legend(limits, title, written, unknown=False)
    notes = [_("Squares of {side}").format(side=formats.distance(cells.side_m))]
    if cells.left_blank:
        notes.append(_("Blank: nobody, or fewer than {n}").format(n=FEWEST))
    key["rows"] += [{"kind": "note", "colour": "", "text": escape(note)} for note in notes]
    content = {
        "squares": squares_content(cells, rate, limits=limits, title=title, written=written),
        "borders": [
            {"geometry": outline(row.geometry), "selected": str(row.code) == selected} for row in districts.itertuples()
        ],
        "legend": key,
        "frame": region_frame(districts),
        "bounds": region_bounds(districts, told),
    }
    return drawing(ground, with_spots(content, spots, districts, felt=False), name="regions", labels=False)


def squares_content(
    cells: CellsView, rate: str, *, limits: list[float], title: str, written: Callable[[float | None], str]
) -> dict[str, Any]:
    """Give the squares as columns: place, class, and the texts of their tooltips."""
    squares = cells.squares
    values = squares.rate(rate)
    colours = [*class_colours(len(limits) + 1), UNKNOWN]
    classes = np.where(np.isfinite(values), np.searchsorted(limits, values, side="right"), len(colours) - 1)
    return {
        "level": squares.level,
        "column": squares.column.tolist(),
        "row": squares.row.tolist(),
        "class": classes.tolist(),
        "palette": colours,
        "size": escape(_("Squares of {side}").format(side=formats.distance(cells.side_m))),
        "names": [escape(title), escape(_("Debtors")), escape(_("Customers"))],
        "texts": [
            [escape(written(value) if math.isfinite(value) else formats.UNKNOWN) for value in values.tolist()],
            [escape(f"{count:.0f}") for count in squares.of("debtors").tolist()],
            [escape(f"{count:.0f}") if count else formats.UNKNOWN for count in squares.of("customers").tolist()],
        ],
    }
