"""The demo city on disk: grown once from its seed, kept as an ordinary extract and the tables its people stand on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.city import grow

SEED = 20261
#: raised when the city grows differently from the same seed, so that an old one is not taken for the new
EDITION = 1
REGION = "yunxi"


@dataclass(frozen=True)
class Ground:
    """The grown city: its extract, buildings people may live in, districts, hot spots and sites for branches."""

    pbf: Path
    buildings: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    hot_spots: gpd.GeoDataFrame
    sites: tuple[Mapping[str, object], ...]


def ground(folder: Path, say: Callable[[str], None]) -> Ground:
    """Give the demo city, growing it where the folder does not hold it yet (about a minute)."""
    done = folder / "city.json"
    if not (done.exists() and json.loads(done.read_text())["edition"] == [SEED, EDITION]):
        say("Growing the demo city Yunxi 云溪 (about a minute)")
        folder.mkdir(parents=True, exist_ok=True)
        city = grow(SEED)
        city.write_pbf(folder / f"{REGION}.osm.pbf")
        city.ground.to_parquet(folder / "buildings.parquet")
        city.districts.to_parquet(folder / "districts.parquet")
        city.hot_spots.to_parquet(folder / "hot_spots.parquet")
        sites = pd.DataFrame(city.branch_sites)[["lon", "lat", "name_zh", "name_en"]].to_dict("records")
        done.write_text(json.dumps({"edition": [SEED, EDITION], "sites": sites}, ensure_ascii=False), encoding="utf-8")
    return Ground(
        pbf=folder / f"{REGION}.osm.pbf",
        buildings=gpd.read_parquet(folder / "buildings.parquet"),
        districts=gpd.read_parquet(folder / "districts.parquet"),
        hot_spots=gpd.read_parquet(folder / "hot_spots.parquet"),
        sites=tuple(json.loads(done.read_text(encoding="utf-8"))["sites"]),
    )
