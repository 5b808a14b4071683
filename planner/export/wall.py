"""A week on one page for the wall: the grid of crews and days, the map of the routes, the totals. Nobody's name.

Whoever passes a wall reads it: no debtor, no amount of any debtor, no door. Routes are drawn thinned to about a
hundred and twenty metres and without their stops, so that the map leads to a quarter and to no house.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from planner.export.paper_map import DASHES, Track, frame_about, picture
from planner.export.route_sheet import scale_bar
from planner.export.sheet import typeset

TEMPLATE = Path(__file__).with_name("wall.typ")
MAP_WIDTH_MM = 150.0
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
    """A crew: name, colour, cells by day, and its total; ``lines`` are its routes (lon, lat)."""

    name: str
    colour: str
    cells: Sequence[Cell]
    total: Cell
    lines: Sequence[Sequence[tuple[float, float]]]


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


def wall_pdf(wall: Wall, basemap: Mapping[str, Any] | None) -> bytes:
    """Set the page and give the file; the same week gives the same bytes."""
    points = [wall.depot, *(point for row in wall.rows for line in row.lines for point in line)]
    row_mm, map_mm = heights(len(wall.rows), FREE_MM - (BANNER_MM if wall.banner else 0.0))
    frame = frame_about(points, MAP_WIDTH_MM, map_mm)
    tracks = [
        Track(line, row.colour, pattern) for pattern, row in enumerate(wall.rows) for line in row.lines if len(line) > 1
    ]
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
            "width": MAP_WIDTH_MM,
            "height": map_mm,
            "depot": [round(x, 2), round(y, 2)],
            "scale": scale_bar(frame.metres_per_mm),
        },
    }
    return typeset(TEMPLATE, data, map=picture(frame, basemap, tracks, coarse_m=COARSE_M))
