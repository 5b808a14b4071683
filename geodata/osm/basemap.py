"""The offline basemap as one script file: layers that a browser can draw by zoom without asking anybody.

The file sets one global, ``window.ROUNDS_BASEMAP``, and is pure ASCII::

    {
      "format": "rounds-basemap/1",
      "name": "yunxi",
      "bounds": [west, south, east, north],        degrees, WGS-84
      "origin": [lon, lat],                        a coordinate is lon = origin[0] + x / scale,
      "scale": 200000,                                             lat = origin[1] + y / scale
      "layers": [                                  in drawing order, the lowest first
        {"id": "water", "kind": "area", "minzoom": 0, "maxzoom": 24, "bins": [[x0, y0, x1, y1, "shapes"], …]},
        {"id": "primary", "kind": "line", "minzoom": 14, "maxzoom": 24, "bins": […]}, …
      ],
      "labels": [[x, y, angle, minzoom, class, "中文", "English"], …]
    }

- **Layers.** One id may occur more than once, for different zooms (``minzoom ≤ zoom ≤ maxzoom``, both whole numbers
  and inclusive), each time simplified for them. Ids of areas, in drawing order: ``residential``, ``industrial``,
  ``green``, ``water``, ``building``; of lines: ``waterway``, ``district`` (borders), ``rail``, ``path``, ``service``,
  ``street`` (residential and unclassified), ``tertiary``, ``secondary``, ``primary``, ``trunk``, ``motorway``.
  The file names no colours and no widths: they are the screen's.
- **Bins.** ``[x0, y0, x1, y1]`` is the true extent of everything in the bin, in units: a tile draws every bin whose
  extent meets its own (widened by the widest line), wholly. Bins of large shapes overlap those of small ones.
- **Shapes** is one string: shapes are separated by ``,`` and the rings of an area by a space (the first is the
  outline, the others are holes: fill a whole shape at once with the even-odd rule; rings are not closed, the last point
  is not the first again). A ring or line is a sequence of pairs dx, dy: the first from ``(x0, y0)`` of its bin, each
  next from the point before. Numbers are written as in Google's polyline format, the least significant five bits
  first::

    n = 2 * d if d >= 0 else -2 * d - 1
    while n >= 32: put chr(63 + (32 | n & 31)); n >>= 5
    put chr(63 + n)

  so a reader loops ``do { b = s.charCodeAt(i++) - 63; n |= (b & 31) << shift; shift += 5 } while (b >= 32)`` and takes
  ``n & 1 ? ~(n >> 1) : n >> 1``. Every value fits in 32 bits.
- **Labels** are sorted by ``minzoom`` and have been placed so that none touches another at any zoom from its
  ``minzoom`` on, if text is drawn at the size of its class (``LABEL_PX``, the font's height in CSS pixels): ``city``
  18, ``town`` 14, ``village`` 12, ``water`` 12, ``district`` 13, ``street`` 11. A CJK character is reckoned 1 em wide,
  any other .6 em. Each is centred at (x, y) and turned by ``angle`` degrees clockwise on the screen
  (−90 < angle ≤ 90, 0 for all but streets and rivers). A tile draws the labels whose *box* meets it, so those up to
  160 px outside its edge too. ``English`` may be empty: draw the Chinese (or local) name then. City and district labels
  do not end with a zoom: a screen may leave them out from zoom 15 on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.osm.features import Features
from geodata.osm.labels import Label, labels_of
from geodata.osm.layers import Layer, bounds_of, layers_of
from geodata.osm.packing import SCALE, bins_of, units

FORMAT = "rounds-basemap/1"
GLOBAL = "window.ROUNDS_BASEMAP"
# The side of a bin, by the last zoom of its layer: a tile or two of the zooms it is drawn at.
BIN_DEGREES = {11: 0.19, 14: 0.048, 24: 0.012}


@dataclass(frozen=True)
class Basemap:
    """What the browser draws under everything else.

    Attributes
    ----------
    bounds
        West, south, east, north in degrees, WGS-84.
    layers
        In drawing order.
    labels
        Placed so that none touches another.
    """

    bounds: tuple[float, float, float, float]
    layers: tuple[Layer, ...]
    labels: tuple[Label, ...]


def basemap_of(features: Features) -> Basemap:
    """Make the basemap of a region from its features."""
    return Basemap(bounds_of(features), layers_of(features), labels_of(features))


def basemap_script(basemap: Basemap, name: str) -> str:
    """Write the basemap as the script described at the head of this module; the same map gives the same text."""
    origin = np.floor(np.array(basemap.bounds[:2]) * 100) / 100
    content = {
        "format": FORMAT,
        "name": name,
        "bounds": [round(value, 6) for value in basemap.bounds],
        "origin": origin.tolist(),
        "scale": SCALE,
        "layers": [_layer(layer, origin) for layer in basemap.layers],
        "labels": [_label(one, origin) for one in sorted(basemap.labels, key=lambda label: label.minzoom)],
    }
    # ASCII with < escaped: the text cannot end a script element, whatever a street is called.
    return f"{GLOBAL}={json.dumps(content, separators=(',', ':')).replace('<', chr(92) + 'u003c')};\n"


def write_basemap(basemap: Basemap, path: Path, name: str) -> None:
    """Write the script to a file."""
    path.write_text(basemap_script(basemap, name), encoding="ascii")


def _label(label: Label, origin: NDArray[np.float64]) -> list[int | str]:
    x, y = units(np.array([[label.lon, label.lat]]), origin)[0].tolist()
    return [x, y, round(label.angle), label.minzoom, label.kind, label.name, label.name_en]


def _layer(layer: Layer, origin: NDArray[np.float64]) -> dict[str, Any]:
    side = round(BIN_DEGREES[layer.maxzoom] * SCALE)
    return {
        "id": layer.id,
        "kind": layer.kind,
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "bins": bins_of(layer.shapes, layer.kind, origin, side),
    }
