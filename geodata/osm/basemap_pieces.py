"""The basemap cut into files of some tens of kilobytes, so that a browser fetches what it has in view and no more.

The whole (:mod:`geodata.osm.basemap`) stays one file on the disk, for maps on paper and a day's sketch. Of it are made

- **the head**, ``window.ROUNDS_BASEMAP = {…}``, which a map's frame loads first. It is written as the whole is, but a
  layer has its bins only if it is drawn at the first zooms (``minzoom`` under ``FROM[1]``), where the whole region is
  in view, and ``labels`` ends with those of ``minzoom`` under ``NAMES_FROM[1]``. Layers of the smaller zooms are on a
  coarser grid (:mod:`geodata.osm.basemap_coarse`). ``pieces`` tells what else there is, one row a file:
  ``[x0, y0, x1, y1, minzoom, maxzoom, reach]``, the extent in units, the zooms at which it is wanted, and how many
  pixels what is drawn of it reaches beyond its extent;
- **pieces**, ``roundsBasemapPiece(K, {"bins": {LAYER: […]}, "labels": […]})``, where K is the row in ``pieces`` and
  LAYER that in ``layers``; bins and labels are written as in the whole.

A view needs each piece whose zooms hold its own and whose extent with its reach meets it. Names lie in pieces of their
own, because they reach further than a line is wide: a browser draws by tiles, and a large map has many edges.

Pieces of one range of zooms are squares, each cut in four as long as it is too large for one file. A shape that is
larger than the quarters stays with the square that was cut: nothing is clipped, so that no edge is ever to be seen, and
a large lake comes once for all its quarters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.osm.basemap_coarse import for_the_browser

GLOBAL = "window.ROUNDS_BASEMAP"
CALL = "roundsBasemapPiece"
#: raised when the same basemap is to be cut otherwise: the files are named by it
CUT = 2
#: the first zooms of ranges that are fetched apart, of shapes and of names
FROM = (0, 12, 13, 15, 16, 17)
NAMES_FROM = (0, 15, 16, 17)
#: the last zoom, as of the finest layers
LAST = 24
#: how far names and the widest lines reach, pixels
NAMES_REACH, LINES_REACH = 160, 14
#: a square with more than this is cut in four
MOST_BYTES = 50_000
#: a square is not cut below this, in units: about a kilometre
LEAST_SIDE = 2_000

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Item:
    """A bin of a layer, or a label (``layer`` −1): where it lies, and what it takes in a file."""

    box: Box
    layer: int
    value: Sequence[Any]
    size: int


def cut(content: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Give the head and the pieces of a basemap (``basemap_read.parse_basemap``), as texts that depend on it alone."""
    head_layers, rows, texts = [], list[list[int]](), list[str]()
    apart: dict[tuple[int, int, int], list[Item]] = {}
    for index, layer in enumerate(for_the_browser(content)):
        begins = _range(layer["minzoom"], FROM)
        zooms = (begins, layer["maxzoom"], LINES_REACH)
        if begins:
            items = [_item((one[0], one[1], one[2], one[3]), index, one) for one in layer["bins"]]
            apart.setdefault(zooms, []).extend(items)
        head_layers.append({**layer, "bins": [] if begins else layer["bins"]})
    for label in content["labels"]:
        begins = _range(label[3], NAMES_FROM)
        if begins:
            apart.setdefault((begins, LAST, NAMES_REACH), []).append(
                _item((label[0], label[1], label[0], label[1]), -1, label)
            )
    for zooms, items in sorted(apart.items()):
        for piece in squares(items):
            rows.append([*_extent(piece), *zooms])
            texts.append(_piece(len(texts), piece))
    labels = [label for label in content["labels"] if not _range(label[3], NAMES_FROM)]
    head = {**content, "layers": head_layers, "labels": labels, "pieces": rows}
    return f"{GLOBAL}={_text(head)};\n", tuple(texts)


def squares(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """Divide items by place, each part small enough for a file where that can be; none is empty."""
    x0, y0, x1, y1 = _extent(items)
    yield from _quartered(tuple(items), x0, y0, max(x1 - x0, y1 - y0, 1))


def _quartered(items: tuple[Item, ...], x0: float, y0: float, side: float) -> Iterator[tuple[Item, ...]]:
    if not items:
        return
    if sum(one.size for one in items) <= MOST_BYTES or side < LEAST_SIDE:
        yield items
        return
    half = side / 2
    large = tuple(one for one in items if max(one.box[2] - one.box[0], one.box[3] - one.box[1]) > half)
    if large:
        yield large
    parts: dict[tuple[int, int], list[Item]] = {(east, north): [] for north in (False, True) for east in (False, True)}
    for one in items:
        if max(one.box[2] - one.box[0], one.box[3] - one.box[1]) <= half:
            parts[one.box[0] + one.box[2] >= 2 * x0 + side, one.box[1] + one.box[3] >= 2 * y0 + side].append(one)
    for (east, north), part in parts.items():
        yield from _quartered(tuple(part), x0 + half * east, y0 + half * north, half)


def _range(zoom: int, begins: Sequence[int]) -> int:
    return max(one for one in begins if one <= zoom)


def _item(box: Box, layer: int, value: Sequence[Any]) -> Item:
    return Item(box, layer, value, len(_text(value)) + 1)


def _extent(items: Sequence[Item]) -> list[int]:
    west, south, east, north = zip(*(one.box for one in items), strict=True)
    return [min(west), min(south), max(east), max(north)]


def _piece(number: int, items: Sequence[Item]) -> str:
    bins: dict[int, list[Any]] = {}
    for one in items:
        if one.layer >= 0:
            bins.setdefault(one.layer, []).append(one.value)
    value = {"bins": bins, "labels": [one.value for one in items if one.layer < 0]}
    return f"{CALL}({number},{_text(value)});\n"


def _text(value: object) -> str:
    # ASCII with < escaped: the text cannot end a script element, whatever a street is called.
    return json.dumps(value, separators=(",", ":")).replace("<", chr(92) + "u003c")
