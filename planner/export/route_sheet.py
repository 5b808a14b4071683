"""A crew's routes on paper: a page a day with the map, the stops in order with their times, and room to tick them off.

What is set here is words already, in the reader's language; this module knows where they go. It may hold names and
addresses: who makes it may see contact cards, and says so in the footer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from planner.export.paper_map import NAME_MM, Track, apart, frame_about, names_on, picture
from planner.export.sheet import typeset

TEMPLATE = Path(__file__).with_name("route_sheet.typ")
MAP_WIDTH_MM = 186.0
#: the map is as high as the table leaves it on the page, within these ends
LOWEST_MM, HIGHEST_MM, BOTH_MM, LINE_MM = 84.0, 122.0, 244.0, 6.3
#: how far the middles of two numbers lie apart at least
NUMBER_MM = 4.6


@dataclass(frozen=True)
class Mark:
    """A stop on the map: its number and lon, lat; a required one has a double ring."""

    number: str
    lon: float
    lat: float
    required: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the table. ``number`` is empty for a break or the way back; ``strong`` stands out."""

    number: str
    time: str
    window: str
    name: str
    place: str
    amount: str
    note: str = ""
    strong: bool = False


@dataclass(frozen=True)
class RouteDay:
    """A day: heading, facts in a line, depot (lon, lat), the line along the streets, marks and table."""

    title: str
    facts: str
    depot: tuple[float, float]
    line: Sequence[tuple[float, float]]
    colour: str
    marks: Sequence[Mark]
    lines: Sequence[Line]
    empty: str = ""  # what is said where there is no stop


@dataclass(frozen=True)
class RouteSheet:
    """Everything on the pages; ``banner`` stands over each, such as that this is a draft; "" for none."""

    lang: str
    title: str
    author: str
    made: str
    banner: str
    footer: str
    notes: Sequence[str]
    headings: Sequence[str]  # number, at the door, window, debtor, place, overdue, remark
    legend: Sequence[tuple[str, str]]  # kind of sign (stop, required, depot, way) and its words
    days: Sequence[RouteDay]


def route_sheet_pdf(sheet: RouteSheet, basemap: Mapping[str, Any] | None) -> bytes:
    """Set the pages and give the file; the same sheet gives the same bytes."""
    maps, days = dict[str, str](), []
    for number, day in enumerate(sheet.days):
        placed, svg = day_map(day, basemap, english=sheet.lang != "zh")
        maps[f"map{number}"] = svg
        days.append({**words(day), "map": placed})
    data = {**asdict(sheet), "days": days, "width": MAP_WIDTH_MM, "name_mm": NAME_MM}
    return typeset(TEMPLATE, data, **maps)


def words(day: RouteDay) -> dict[str, Any]:
    """Give what the template writes of a day."""
    return {
        "title": day.title,
        "facts": day.facts,
        "colour": day.colour,
        "empty": day.empty,
        "lines": [asdict(one) for one in day.lines],
    }


def day_map(day: RouteDay, basemap: Mapping[str, Any] | None, *, english: bool = False) -> tuple[dict[str, Any], str]:
    """Give where depot, numbers and the names of streets stand, in mm, and the drawn map."""
    points = [day.depot, *day.line, *((one.lon, one.lat) for one in day.marks)]
    height = min(HIGHEST_MM, max(LOWEST_MM, BOTH_MM - LINE_MM * len(day.lines)))
    frame = frame_about(points, MAP_WIDTH_MM, height)
    svg = picture(frame, basemap, [Track(day.line, day.colour)])
    true = frame.on_paper([(one.lon, one.lat) for one in day.marks]) if day.marks else np.empty((0, 2))
    moved = apart(true, least=NUMBER_MM, width=frame.width, height=frame.height)
    x, y = frame.on_paper([day.depot])[0].tolist()
    marks = [
        {"text": one.number, "required": one.required, "at": at, "from": origin}
        for one, at, origin in zip(day.marks, moved.round(2).tolist(), true.round(2).tolist(), strict=True)
    ]
    signs = np.vstack([moved, [[x, y]]])
    names = names_on(frame, basemap, signs, english=english, keep_mm=NUMBER_MM / 2)
    placed = {
        "marks": marks,
        "names": names,
        "depot": [round(x, 2), round(y, 2)],
        "scale": scale_bar(frame.metres_per_mm),
    }
    return placed | {"height": height}, svg


def scale_bar(metres_per_mm: float) -> dict[str, Any]:
    """Give a bar of a round length that is about 25 mm long.

    >>> scale_bar(50.0)
    {'mm': 20.0, 'text': '1 km'}
    """
    wanted = 28 * metres_per_mm
    metres = max(one * 10**power for power in range(1, 6) for one in (1, 2, 5) if one * 10**power <= max(wanted, 10))
    return {
        "mm": round(metres / metres_per_mm, 2),
        "text": f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m",
    }
