"""The command ``roads districts``: a bank's own districts take the place of the extract's, or make room again."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.cell_districts import is_cell
from geodata.datum import DATUMS
from geodata.own_districts import COLUMNS, read_own_districts
from geodata.roads.region import Region


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", help="GeoJSON, GeoPackage or Shapefile (.shp, or .zip of one)")
    source.add_argument(
        "--shipped", action="store_true", help="go back to the extract's own boundaries (cells where it maps none)"
    )
    source.add_argument("--cells", action="store_true", help="hexagons of H3 in place of any boundaries")
    parser.add_argument("--layer", help="of a file with several")
    for name in COLUMNS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="COLUMN", help=f"column with {name}")
    parser.add_argument("--crs", help="coordinate system where the file names none, such as EPSG:4490")
    parser.add_argument("--datum", choices=DATUMS, default="wgs84", help="what degrees mean (default wgs84)")


def take_districts(chosen: argparse.Namespace, region: Region) -> dict[str, Any]:
    """Make a file's districts those of the region, of its houses and of every later build; or take them back.

    Raises
    ------
    geodata.own_districts.BadDistricts
        If any of them cannot be used; nothing is changed then.
    """
    notes: tuple[str, ...] = ()
    if chosen.file is None:
        table, kept = of_extract(region, cells=chosen.cells)
    else:
        columns = {name: getattr(chosen, name) for name in COLUMNS if getattr(chosen, name)}
        found = read_own_districts(
            chosen.file,
            layer=chosen.layer,
            columns=columns,
            crs=chosen.crs,
            datum=chosen.datum,
            within=region.bounds,
        )
        table, notes, kept = found.table, found.notes, True
    houses = put_in_place(table, region, kept=kept)
    report = {"region": region.name, "districts": len(table), "houses_inside": houses, "notes": list(notes)}
    if not chosen.json:
        what = "cells of the ground" if is_cell(str(table["code"].iloc[0])) else "districts"
        lines = [*notes, f"{len(table)} {what}, {houses:,} houses in them."]
        lines.append("Run `team` again to bring them to the branches of this region.")
        sys.stdout.write("\n".join(lines) + "\n")
    return report


def of_extract(region: Region, *, cells: bool) -> tuple[gpd.GeoDataFrame, bool]:
    """Give the districts of a region's extract, or cells in their place; and whether later builds must be told so."""
    from geodata.osm.features import read_features
    from geodata.shipped_districts import cells_of_extract, shipped_districts

    features = read_features(region.pbf)
    shipped = shipped_districts(features)
    if not cells or is_cell(str(shipped["code"].iloc[0])):
        return shipped, False
    return cells_of_extract(features), True


def put_in_place(table: gpd.GeoDataFrame, region: Region, *, kept: bool) -> int:
    """Write districts into a region, and beside it if later builds keep them; give how many houses lie in them."""
    from geodata.osm.read import district_at

    text = table.to_json(ensure_ascii=False).encode("utf-8")
    houses = pd.read_parquet(region.buildings)
    houses["district"] = district_at(houses[["lon", "lat"]].to_numpy(float), gpd.GeoDataFrame(table))
    with tempfile.TemporaryDirectory(dir=region.folder) as scratch:
        part = Path(scratch)
        houses.to_parquet(part / "houses")
        (part / "own").write_bytes(text)
        (part / "used").write_bytes(text)
        # What later builds keep first: should the rest be broken off, the next build puts it right.
        if kept:
            os.replace(part / "own", region.own_districts)
        else:
            region.own_districts.unlink(missing_ok=True)
        os.replace(part / "used", region.districts)
        os.replace(part / "houses", region.buildings)
    return int((houses["district"] != "").sum())
