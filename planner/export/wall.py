"""A week on one page for the wall: the grid of crews and days, the map of the routes, the totals. Nobody's name.

Whoever passes a wall reads it: no debtor, no amount of any debtor, no door. Routes are drawn thinned to about a
hundred and twenty metres and without their stops, so that the map leads to a quarter and to no house. The map is as
wide as the routes are, so that no empty ground stands beside them; what is left of the width shows each day alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from planner.export.paper_map import DASHES, Track, frame_about, picture
from planner.export.route_sheet import scale_bar
from planner.export.sheet import typeset

TEMPLATE = Path(__file__).with_name("wall.typ")
#: the width between the margins, the least for the figures, gaps, and how wide a map may be for its height
WIDTH_MM, SIDE_MM, GAP_MM, DAY_GAP_MM, SHAPES = 275.0, 38.0, 6.0, 3.0, (0.6, 1.6)
#: the line over a day's map; a large map lower than this stands without the days, and is this wide
DAY_HEAD_MM, LEAST_FOR_DAYS_MM, WIDE_MAP_MM, DAYS_ACROSS = 5.0, 48.0, 200.0, 3
#: of the page's height for the grid and the map, on A4; the rest is heading, legend and margins
FREE_MM, HEAD_MM, BANNER_MM = 160.0, 6.5, 9.0
ROW_MM, LEAST_ROW_MM, WANTED_MAP_MM, LEAST_MAP_MM = 13.0, 4.6, 60.0, 24.0
COARSE_M = 120.0


@dataclass(frozen=True)
class Cell:
    """A crew's day: visits large, two lines of small text; all empty where the crew is off.

    ``both``: where there is one line only the two stand on it, else the first alone.
    """

    large: str
    first: str = ""
    second: str = ""
    both: bool = False


@dataclass(frozen=True)
class CrewRow:
    """A crew: name, colour, cells by day, and its total; ``lines`` are its routes (lon, lat), by day."""

    name: str
    colour: str
    cells: Sequence[Cell]
    total: Cell
    lines: Sequence[Sequence[Sequence[tuple[float, float]]]]


@dataclass(frozen=True)
class Wall:
    """Everything on the page. ``figures`` are pairs of what and how much."""

    lang: str
    paper: Literal["a3", "a4"]
    title: str
    subtitle: str
    author: str
    made: str
    banner: str
    map_title: str
    depot: tuple[float, float]
    depot_word: str
    days: Sequence[str]
    crew_word: str
    total_word: str
    rows: Sequence[CrewRow]
    totals: Sequence[Cell]
    figures: Sequence[tuple[str, str]]
    notes: Sequence[str]


def heights(crews: int, free_mm: float = FREE_MM) -> tuple[float, float]:
    """Give the height of a row of the grid and of the map, in mm: the more crews, the lower the rows.

    >>> heights(3), heights(12)[1]
    ((13.0, 101.5), 60.0)
    """
    row = min(ROW_MM, max(LEAST_ROW_MM, (free_mm - HEAD_MM - WANTED_MAP_MM) / (crews + 1)))
    return round(row, 2), round(max(LEAST_MAP_MM, free_mm - HEAD_MM - row * (crews + 1)), 2)


def widths(points: Sequence[tuple[float, float]], map_mm: float, days: int) -> tuple[float, float, float]:
    """Give the width of the large map, and width and height of a day's map, in mm; 0 and 0 where days are not drawn.

    >>> widths([(109.5, 29.0), (109.6, 29.1)], 90.0, 6)
    (78.68, 34.31, 39.25)
    >>> widths([(109.5, 29.0), (109.6, 29.1)], 40.0, 6)
    (200.0, 0.0, 0.0)
    """
    if days < 2 or map_mm < LEAST_FOR_DAYS_MM:
        return WIDE_MAP_MM, 0.0, 0.0
    (west, south), (east, north) = (tuple(pick(axis) for axis in zip(*points, strict=True)) for pick in (min, max))
    wide, high = (east - west) * math.cos(math.radians((south + north) / 2)), north - south
    shape = min(max(wide / high if high else SHAPES[1], SHAPES[0]), SHAPES[1])
    down, across = -(-days // DAYS_ACROSS), min(days, DAYS_ACROSS)
    high = (map_mm - (down - 1) * 1.5) / down - DAY_HEAD_MM
    left = WIDTH_MM - map_mm * shape - SIDE_MM - 2 * GAP_MM - (across - 1) * DAY_GAP_MM
    return round(map_mm * shape, 2), round(min(high * shape, left / across), 2), round(high, 2)


def wall_pdf(wall: Wall, basemap: Mapping[str, Any] | None) -> bytes:
    """Set the page and give the file; the same week gives the same bytes."""
    points = [wall.depot, *(point for row in wall.rows for day in row.lines for line in day for point in line)]
    row_mm, map_mm = heights(len(wall.rows), FREE_MM - (BANNER_MM if wall.banner else 0.0))
    map_width, day_width, day_height = widths(points, map_mm, len(wall.days))
    frame = frame_about(points, map_width, map_mm)
    tracks = [
        [Track(line, row.colour, k) for k, row in enumerate(wall.rows) for line in row.lines[day] if len(line) > 1]
        for day in range(len(wall.days))
    ]
    small = frame_about(points, day_width, day_height) if day_width else None
    pictures = {
        f"day{day}": picture(small, basemap, mine, coarse_m=COARSE_M)
        for day, mine in enumerate(tracks)
        if small is not None
    }
    x, y = frame.on_paper([wall.depot])[0].tolist()
    data = asdict(wall) | {
        "rows": [
            {
                "name": row.name,
                "colour": row.colour,
                "dash": [float(one) for one in DASHES[pattern % len(DASHES)].split()],
                "cells": [asdict(cell) for cell in row.cells],
                "total": asdict(row.total),
            }
            for pattern, row in enumerate(wall.rows)
        ],
        "row": row_mm,
        "map": {
            "width": map_width,
            "height": map_mm,
            "depot": [round(x, 2), round(y, 2)],
            "scale": scale_bar(frame.metres_per_mm),
        },
    }
    data["small"] = {"width": day_width, "height": day_height, "across": DAYS_ACROSS, "gap": DAY_GAP_MM}
    whole = picture(frame, basemap, [track for mine in tracks for track in mine], coarse_m=COARSE_M)
    return typeset(TEMPLATE, data, map=whole, **pictures)
