"""The command ``roads districts``: a bank's own districts take the place of those of the extract."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.datum import DATUMS
from geodata.own_districts import COLUMNS, OwnDistricts, read_own_districts
from geodata.roads.region import Region


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, help="GeoJSON, GeoPackage or Shapefile (.shp, or .zip of one)")
    parser.add_argument("--layer", help="of a file with several")
    for name in COLUMNS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="COLUMN", help=f"column with {name}")
    parser.add_argument("--crs", help="coordinate system where the file names none, such as EPSG:4490")
    parser.add_argument("--datum", choices=DATUMS, default="wgs84", help="what degrees mean (default wgs84)")


def take_districts(chosen: argparse.Namespace, region: Region) -> dict[str, Any]:
    """Make a file's districts those of the region, of its houses too, and of every later build of it.

    Raises
    ------
    geodata.own_districts.BadDistricts
        If any of them cannot be used; nothing is changed then.
    """
    columns = {name: getattr(chosen, name) for name in COLUMNS if getattr(chosen, name)}
    found = read_own_districts(
        chosen.file,
        layer=chosen.layer,
        columns=columns,
        crs=chosen.crs,
        datum=chosen.datum,
        within=region.bounds,
    )
    houses = put_in_place(found, region)
    report = {
        "region": region.name,
        "districts": len(found.table),
        "houses_inside": houses,
        "notes": list(found.notes),
    }
    if not chosen.json:
        lines = [*found.notes, f"{len(found.table)} districts, {houses:,} houses in them."]
        lines.append("Run `team` again to bring them to the branches of this region.")
        sys.stdout.write("\n".join(lines) + "\n")
    return report


def put_in_place(found: OwnDistricts, region: Region) -> int:
    """Write the districts beside the region and into it; give how many houses lie in them."""
    from geodata.osm.read import district_at

    text = found.table.to_json(ensure_ascii=False).encode("utf-8")
    houses = pd.read_parquet(region.buildings)
    houses["district"] = district_at(houses[["lon", "lat"]].to_numpy(float), gpd.GeoDataFrame(found.table))
    with tempfile.TemporaryDirectory(dir=region.folder) as scratch:
        part = Path(scratch)
        houses.to_parquet(part / "houses")
        (part / "own").write_bytes(text)
        (part / "used").write_bytes(text)
        # The bank's own file first: should the rest be broken off, the next build puts it right.
        os.replace(part / "own", region.own_districts)
        os.replace(part / "used", region.districts)
        os.replace(part / "houses", region.buildings)
    return int((houses["district"] != "").sum())
