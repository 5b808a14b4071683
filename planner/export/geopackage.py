"""The comparison as a GeoPackage: a layer of districts, one of squares, and a table that says what all of it means."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from planner.export.report import Report

DISTRICTS, SQUARES, NOTES = "districts", "squares", "about"


def geopackage(report: Report) -> bytes:
    """Give the file.

    ``districts`` and ``squares`` are polygons in WGS-84 (EPSG:4326) whose columns carry their units; ``about`` has
    ``subject`` and ``text``: title, day, method, assumptions, and each column's meaning. What is unknown is NULL.
    """
    rows = report.district_rows()
    shapes = report.districts.set_index("code").geometry.reindex(report.table["region"].to_numpy())
    districts = gpd.GeoDataFrame(rows, geometry=shapes.to_numpy(), crs=4326)
    squares = gpd.GeoDataFrame(report.square_rows(), geometry=report.square_shapes().to_numpy(), crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comparison.gpkg"
        districts.to_file(path, layer=DISTRICTS, driver="GPKG", engine="pyogrio", geometry_type="MultiPolygon")
        squares.to_file(path, layer=SQUARES, driver="GPKG", engine="pyogrio", geometry_type="Polygon", mode="a")
        pyogrio.write_dataframe(about(report), path, layer=NOTES, driver="GPKG", append=True)
        return path.read_bytes()


def about(report: Report) -> pd.DataFrame:
    """Give the table of meanings."""
    pairs = [("title", report.title), ("made_on", report.made_on.isoformat()), *report.notes]
    for layer, columns in ((DISTRICTS, report.columns), (SQUARES, report.square_columns)):
        pairs += [
            (f"{layer}.{one.field}", f"{one.heading}: {one.meaning}" if one.meaning else one.heading) for one in columns
        ]
    return pd.DataFrame(pairs, columns=["subject", "text"])
