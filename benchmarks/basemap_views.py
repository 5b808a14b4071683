"""Bytes over the line of a map's views: the head of a region's basemap and the pieces that a browser fetches, gzipped.

``python -m benchmarks.basemap_views var/regions/NAME/basemap.js LON LAT [--size 1100x620] [--places 15]``
reckons as the browser does: the tiles of 512 px that meet the view, and for each the pieces that meet it with their
reach (``dashboard/assets/basemap_pieces.js``). With ``--places`` also the most of so many places each way, evenly over
the region.
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

TILE_PX = 512
#: at a half the tiles are of the next whole zoom, shrunk: then most of them are in view
ZOOMS = (11.0, 12.25, 12.5, 13.0, 13.5, 14.5, 15.0, 15.5, 16.0, 16.5, 17.0)
SIZES = ["1100x620", "1920x1080"]


def main() -> None:
    """Print a line a zoom, for each size of the map."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("basemap", type=Path)
    parser.add_argument("lon", type=float)
    parser.add_argument("lat", type=float)
    parser.add_argument("--size", action="append", help=f"of the map in pixels, by default {' and '.join(SIZES)}")
    parser.add_argument("--places", type=int, default=0, help="also the most of N times N places over the region")
    wanted = parser.parse_args()
    text = wanted.basemap.read_text(encoding="ascii")
    head, pieces = cut(parse_basemap(text))
    content = json.loads(head.partition("=")[2].rstrip(";\n"))
    first, sizes = len(packed(head)), [len(packed(piece)) for piece in pieces]
    print(f"whole {len(packed(text)):,}; head {first:,}; {len(pieces)} pieces {sum(sizes):,} bytes")
    west, south, east, north = content["bounds"]
    steps = [(n + 0.5) / wanted.places for n in range(wanted.places)]
    places = [(west + (east - west) * x, south + (north - south) * y) for x, y in product(steps, steps)]
    for size in wanted.size or SIZES:
        width, height = (int(part) for part in size.split("x"))
        print(f"a map of {width} x {height} pixels")
        for zoom in ZOOMS:
            found = fetched(content, (wanted.lon, wanted.lat), zoom, (width, height))
            said = f"zoom {zoom:5}: {first + sum(sizes[number] for number in found):9,} bytes in {1 + len(found)} files"
            totals = [
                first + sum(sizes[number] for number in fetched(content, at, zoom, (width, height))) for at in places
            ]
            print(said + (f"; at most {max(totals):9,}" if totals else ""))


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
    for number, (west, south, east, north, first, last, reach) in enumerate(head["pieces"]):
        left, low = pixels(lon0 + west / scale, lat0 + south / scale)
        right, high = pixels(lon0 + east / scale, lat0 + north / scale)
        for column, row in product(columns, rows):
            x0, y0, side = column * TILE_PX - reach, row * TILE_PX - reach, TILE_PX + 2 * reach
            meets = left <= x0 + side and right >= x0 and high <= y0 + side and low >= y0
            if first <= whole <= last and meets:
                found.add(number)
    return found


def packed(text: str) -> bytes:
    """Give what goes over the line."""
    return gzip.compress(text.encode("ascii"), 6, mtime=0)


if __name__ == "__main__":
    main()
