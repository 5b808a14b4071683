"""Bytes over the line of a map's views: the head of a region's basemap and the pieces that a browser fetches, gzipped.

``python -m benchmarks.basemap_views var/regions/NAME/basemap.js LON LAT [--size 1100x620]``
reckons as the browser does: the tiles of 512 px that meet the view, and for each the pieces that meet it, names' reach
included (``dashboard/assets/basemap_pieces.js``).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from itertools import product
from pathlib import Path
from typing import Any

from geodata.osm.basemap_pieces import cut
from geodata.osm.basemap_read import parse_basemap

TILE_PX, NAMES_REACH_PX = 512, 160
ZOOMS = (11.0, 12.25, 13.0, 14.5, 16.0, 17.0)


def main() -> None:
    """Print a line a zoom."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("basemap", type=Path)
    parser.add_argument("lon", type=float)
    parser.add_argument("lat", type=float)
    parser.add_argument("--size", default="1100x620", help="of the map in pixels")
    wanted = parser.parse_args()
    width, height = (int(part) for part in wanted.size.split("x"))
    text = wanted.basemap.read_text(encoding="ascii")
    head, pieces = cut(parse_basemap(text))
    content = json.loads(head.partition("=")[2].rstrip(";\n"))
    sizes = [len(packed(piece)) for piece in pieces]
    print(f"whole {len(packed(text)):,}; head {len(packed(head)):,}; {len(pieces)} pieces {sum(sizes):,} bytes")
    for zoom in ZOOMS:
        found = fetched(content, (wanted.lon, wanted.lat), zoom, (width, height))
        total = len(packed(head)) + sum(sizes[number] for number in found)
        print(f"zoom {zoom:5}: {total:9,} bytes in {1 + len(found)} files")


def fetched(head: dict[str, Any], at: tuple[float, float], zoom: float, size: tuple[int, int]) -> set[int]:
    """Give which pieces a view fetches."""
    whole = math.floor(zoom + 0.5)
    world, stretch = 256.0 * 2**whole, 2.0 ** (zoom - whole)

    def pixels(lon: float, lat: float) -> tuple[float, float]:
        up = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / 2 / math.pi
        return (lon + 180) / 360 * world, (0.5 - up) * world

    (x, y), half = pixels(*at), (size[0] / 2 / stretch, size[1] / 2 / stretch)
    columns = range(int((x - half[0]) // TILE_PX), int((x + half[0]) // TILE_PX) + 1)
    rows = range(int((y - half[1]) // TILE_PX), int((y + half[1]) // TILE_PX) + 1)
    (lon0, lat0), scale = head["origin"], head["scale"]
    found = set()
    for number, (west, south, east, north, first, last) in enumerate(head["pieces"]):
        left, low = pixels(lon0 + west / scale, lat0 + south / scale)
        right, high = pixels(lon0 + east / scale, lat0 + north / scale)
        for column, row in product(columns, rows):
            x0, y0 = column * TILE_PX - NAMES_REACH_PX, row * TILE_PX - NAMES_REACH_PX
            side = TILE_PX + 2 * NAMES_REACH_PX
            meets = left <= x0 + side and right >= x0 and high <= y0 + side and low >= y0
            if first <= whole <= last and meets:
                found.add(number)
    return found


def packed(text: str) -> bytes:
    """Give what goes over the line."""
    return gzip.compress(text.encode("ascii"), 6, mtime=0)


if __name__ == "__main__":
    main()
