"""The offline basemap as one script file: layers that a browser can draw by zoom without asking anybody.

The file sets one global, ``window.ROUNDS_BASEMAP``, and is pure ASCII::

    {
      "format": "rounds-basemap/1",
      "name": "yunxi",
      "bounds": [west, south, east, north],        degrees, WGS-84
      "origin": [lon, lat], "scale": 200000,       a coordinate is lon = origin[0] + x / scale, lat = origin[1] + y / scale
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
- **Shapes** is one string: shapes are separated by ``,`` and the rings of an area by a space (the first is the outline,
  the others are holes or further outlines: fill a whole shape at once with the even-odd rule; rings are not closed, the last
  point is not the first again). A ring or line is a sequence of pairs dx, dy: the first from ``(x0, y0)`` of its bin, each
  next from the point before. Numbers are written as in Google's polyline format, least significant five bits first::

    n = 2 * d if d >= 0 else -2 * d - 1; while n >= 32: put chr(63 + (32 | n & 31)), n >>= 5; put chr(63 + n)

  so a reader loops ``do { b = s.charCodeAt(i++) - 63; n |= (b & 31) << shift; shift += 5 } while (b >= 32)`` and takes
  ``n & 1 ? ~(n >> 1) : n >> 1``. Every value fits in 32 bits.
- **Labels** are sorted by ``minzoom`` and have been placed so that none touches another at any zoom from its ``minzoom``
  on, if text is drawn at the size of its class (``LABEL_PX``, the font's height in CSS pixels): ``city`` 18, ``town`` 14, ``village`` 12,
  ``water`` 12, ``district`` 13, ``street`` 11. Each is centred at (x, y) and turned by ``angle`` degrees clockwise on
  the screen (−90 < angle ≤ 90, 0 for all but streets and rivers). A tile draws the labels whose *box* meets it, so those
  up to 160 px outside its edge too. ``English`` may be empty: draw the Chinese (or local) name then.
"""
