"""Read where a branch's customers live from a CSV file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from config.strict import BadConfig
from geodata.datum import Datum, to_wgs84

COLUMNS = ("customer_id", "lon", "lat")


def read_customers(path: Path, datum: Datum) -> pd.DataFrame:
    """Read customers; other columns are ignored.

    Returns
    -------
    DataFrame
        customer_id, lon and lat (degrees, WGS-84), in the file's order.

    Raises
    ------
    BadConfig
        With the line, if a value is missing or no place on the Earth, or an id is there twice.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise BadConfig(f"{path.name}: there is no such file") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")  # what Chinese Excel writes; the columns read here are ASCII
    rows = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise BadConfig(f"{path.name}: {', '.join(missing)} missing in the first line, which names the columns")
    found: dict[str, tuple[float, float]] = {}
    try:
        for row in rows:
            customer = (row["customer_id"] or "").strip()
            if not customer or customer in found:
                raise BadConfig(f"{path.name} line {rows.line_num}: customer_id is empty or there already")
            found[customer] = _place(row, f"{path.name} line {rows.line_num}")
    except csv.Error as error:
        raise BadConfig(f"{path.name}: {error}") from error
    at = np.array(list(found.values()), dtype=np.float64).reshape(-1, 2)
    at = at if datum == "wgs84" else to_wgs84(at, datum).round(7)
    return pd.DataFrame({"customer_id": list(found), "lon": at[:, 0], "lat": at[:, 1]})


def _place(row: dict[str, str], where: str) -> tuple[float, float]:
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (TypeError, ValueError):
        raise BadConfig(f"{where}: lon and lat must be numbers") from None
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # not so for NaN either
        raise BadConfig(f"{where}: lon {lon:g}, lat {lat:g} is no place on the Earth")
    return lon, lat
