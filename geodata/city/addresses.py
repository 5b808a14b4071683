"""House numbers: odd and even sides along the street's length, blocks behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from geodata.city.buildings import Buildings
from geodata.city.curves import Floats, along
from geodata.city.names import Name
from geodata.city.strokes import Stroke

_PER_NUMBER_M = 9.0


def give_addresses(
    buildings: Buildings,
    lines: Sequence[Floats],
    strokes: Sequence[Stroke],
    names: Sequence[dict[int, Name]],
    settlements: tuple[Floats, Sequence[Name]],
) -> pd.DataFrame:
    """Give each building an address on the nearest named street, or in its village.

    Returns
    -------
    pandas.DataFrame
        ``street_zh, street_en, house_number``; no address stands twice.
    """
    named = [
        (edge, stroke, position)
        for stroke, given in zip(strokes, names, strict=True)
        for position, edge in enumerate(stroke.edges)
        if edge in given
    ]
    labels = [
        given[edge] for stroke, given in zip(strokes, names, strict=True) for edge in stroke.edges if edge in given
    ]
    shapes = np.array([shapely.LineString(lines[edge]) for edge, _, _ in named])
    points = shapely.points(buildings.at)
    nearest = shapely.STRtree(shapes).query_nearest(points, all_matches=False)[1]
    onto = shapely.line_locate_point(shapes[nearest], points)
    length = shapely.length(shapes)
    turned = np.array([stroke.reversed_[position] for _, stroke, position in named])
    start = np.array([stroke.start_m[position] for _, stroke, position in named])
    at = start[nearest] + np.where(turned[nearest], length[nearest] - onto, onto)
    left = _left_of(buildings.at, [lines[edge] for edge, _, _ in named], nearest, onto) != turned[nearest]
    number = 2 * (at / _PER_NUMBER_M).astype(int) + np.where(left, 1, 2)
    table = pd.DataFrame(
        {
            "street_zh": [labels[k].zh for k in nearest],
            "street_en": [labels[k].en for k in nearest],
            "number": number,
        }
    )
    rural = np.isin(buildings.zone, ("village", "township"))
    middles, village_names = settlements
    if rural.any() and len(middles):
        home = np.argmin(np.hypot(*(buildings.at[rural][:, None] - middles[None]).transpose(2, 0, 1)), axis=1)
        table.loc[rural, "street_zh"] = [village_names[k].zh for k in home]
        table.loc[rural, "street_en"] = [village_names[k].en for k in home]
        table.loc[rural, "number"] = pd.Series(home).groupby(home).cumcount().to_numpy() + 1
    # Several buildings behind one number are told apart by a second one.
    group = table.groupby(["street_zh", "number"])
    rank, size = group.cumcount() + 1, group["number"].transform("size")
    text = table["number"].astype(str)
    table["house_number"] = text.where(size == 1, text + "-" + rank.astype(str))
    return table[["street_zh", "street_en", "house_number"]]


def _left_of(points: Floats, lines: Sequence[Floats], which: np.ndarray, onto_m: Floats) -> np.ndarray:
    left = np.zeros(len(points), dtype=bool)
    for number in np.unique(which):
        line = lines[number]
        rows = np.flatnonzero(which == number)
        after = np.clip(np.searchsorted(along(line), onto_m[rows]), 1, len(line) - 1)
        way, off = line[after] - line[after - 1], points[rows] - line[after - 1]
        left[rows] = way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0] > 0
    return left
