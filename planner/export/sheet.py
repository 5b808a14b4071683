"""The comparison on one page, A4 landscape, as a PDF: map, ranking with intervals, table, notes.

What is set here is already words in the reader's language; this module knows where things go. Typst sets the page from
``sheet.typ``; the text reaches it as data, so nothing in it can act as markup. The font, Noto Sans SC (SIL Open Font
License), is part of the installation, and what is used of it is put into the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

MAP_WIDTH_MM, MAP_HEIGHT_MM = 112.0, 84.0
TEMPLATE = Path(__file__).with_name("sheet.typ")
#: Finer detail than this is not seen on paper, degrees (about 30 m, a tenth of a millimetre).
DETAIL = 0.0003
FEWEST_TICKS = 3
#: so exact is the place of a name
LABEL_MM = 0.5


@dataclass(frozen=True)
class Outline:
    """A district on the map: its shape (EPSG:4326), name and colour (``#RRGGBB``)."""

    shape: BaseGeometry
    name: str
    colour: str


@dataclass(frozen=True)
class Bar:
    """A line of the ranking: value and interval in one unit, NaN unknown; ``hollow`` marks an assumption."""

    name: str
    note: str
    text: str
    value: float
    low: float
    high: float
    hollow: bool


@dataclass(frozen=True)
class Sheet:
    """What stands on the page. ``right`` and ``wide`` say of each column of the table how it is set."""

    language: str
    title: str
    subtitle: str
    made: str
    author: str
    map_title: str
    outlines: Sequence[Outline]
    legend: Sequence[tuple[str, str]]
    ranking_title: str
    ranking_note: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    table_title: str
    table_note: str
    headings: Sequence[str]
    right: Sequence[bool]
    wide: Sequence[bool]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


def pdf(sheet: Sheet) -> bytes:
    """Set the page and give the file. The same sheet gives the same bytes."""
    picture, labels = map_picture(sheet.outlines)
    return typeset(TEMPLATE, content(sheet, labels), map=picture)


def typeset(template: Path, data: Mapping[str, Any], **inputs: str) -> bytes:
    """Set a template with its data as a PDF; the same data give the same bytes."""
    import typst

    given = {"data": json.dumps(data, allow_nan=False), **inputs}
    compiler = typst.Compiler(template.read_bytes(), font_paths=fonts(), sys_inputs=given)
    made = compiler.compile(format="pdf", timestamp=0)
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def fonts() -> Any:
    """Give the one font that pages are set in; the machine's own are not looked at."""
    import pylopdf_fonts_zh_cn
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
    )


def content(sheet: Sheet, labels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the page's data as the template reads it, values as shares of the axis."""
    ends = scale_of(sheet.bars, [at for at, _ in sheet.ticks])
    return {
        "lang": sheet.language,
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "made": sheet.made,
        "author": sheet.author,
        "map": {
            "title": sheet.map_title,
            "width": MAP_WIDTH_MM,
            "height": MAP_HEIGHT_MM,
            "labels": list(labels),
            "legend": [{"colour": colour, "text": text} for colour, text in sheet.legend],
        },
        "ranking": {
            "title": sheet.ranking_title,
            "note": sheet.ranking_note,
            "rows": [on_axis(one, *ends) for one in sheet.bars],
            "ticks": [{"at": share(at, *ends), "text": text} for at, text in sheet.ticks],
        },
        "table": {
            "title": sheet.table_title,
            "note": sheet.table_note,
            "headings": list(sheet.headings),
            "right": list(sheet.right),
            "wide": list(sheet.wide),
            "rows": [list(row) for row in sheet.rows],
        },
        "notes": list(sheet.notes),
    }


def scale_of(bars: Sequence[Bar], ticks: Sequence[float]) -> tuple[float, float]:
    """Give the ends of the axis: zero is on it, and all that is known."""
    ends = [number for one in bars for number in (one.value, one.low, one.high) if math.isfinite(number)]
    return min([0.0, *ends, *ticks]), max([0.0, *ends, *ticks]) or 1.0


def share(value: float, low: float, high: float) -> float:
    """Give where a value lies between the ends of the axis."""
    return (value - low) / (high - low) if high > low else 0.0


def on_axis(bar: Bar, low: float, high: float) -> dict[str, Any]:
    """Give a bar with its values as shares of the axis; an interval that is not known is none."""
    known = math.isfinite(bar.value)
    spans = known and math.isfinite(bar.low) and math.isfinite(bar.high) and bar.low < bar.high
    return asdict(bar) | {
        "known": known,
        "value": share(bar.value, low, high) if known else 0.0,
        "low": share(bar.low, low, high) if spans else None,
        "high": share(bar.high, low, high) if spans else None,
    }


def nice_ticks(highest: float) -> list[float]:
    """Give three to six round values from nought to about the highest.

    >>> nice_ticks(4340.0), nice_ticks(0.0)
    ([0.0, 1000.0, 2000.0, 3000.0, 4000.0], [0.0])
    """
    if not (math.isfinite(highest) and highest > 0):
        return [0.0]
    power = 10.0 ** math.floor(math.log10(highest))
    step = next(one for one in (power, power / 2, power / 5) if highest // one >= FEWEST_TICKS)
    return [step * k for k in range(int(highest // step) + 1)]


def map_picture(outlines: Sequence[Outline]) -> tuple[str, list[dict[str, Any]]]:
    """Draw the districts as SVG in millimetres, and say where their names go."""
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {MAP_WIDTH_MM} {MAP_HEIGHT_MM}">'
    if not outlines:
        return f"{frame}</svg>", []
    shapes = shapely.simplify(np.array([one.shape for one in outlines], dtype=object), DETAIL)
    west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min(MAP_WIDTH_MM / max((east - west) * squeeze, 1e-9), MAP_HEIGHT_MM / max(north - south, 1e-9)) * 0.98
    left = (MAP_WIDTH_MM - (east - west) * squeeze * scale) / 2
    top = (MAP_HEIGHT_MM - (north - south) * scale) / 2

    def on_paper(lonlat: Any) -> Any:
        return np.column_stack([left + (lonlat[:, 0] - west) * squeeze * scale, top + (north - lonlat[:, 1]) * scale])

    drawn = shapely.transform(shapes, on_paper)
    paths = "".join(
        f'<path d="{path_of(shape)}" fill="{one.colour}" fill-rule="evenodd" stroke="#FFFFFF" stroke-width="0.35"/>'
        for shape, one in zip(drawn, outlines, strict=True)
    )
    # The middle of the largest circle that fits in: where a name has most room.
    points = shapely.get_coordinates(shapely.get_point(shapely.maximum_inscribed_circle(drawn, LABEL_MM), 0))
    labels = [{"x": x, "y": y, "text": one.name} for (x, y), one in zip(points.tolist(), outlines, strict=True)]
    return f"{frame}{paths}</svg>", labels


def path_of(shape: BaseGeometry) -> str:
    """Give a polygon's rings as an SVG path, a hundredth of a millimetre exact."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    return "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring.tolist()) + "Z" for ring in rings)
