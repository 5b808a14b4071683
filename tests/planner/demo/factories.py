"""A small invented ground for the demo's people: three branches, four zones, one hot spot."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.geocoding.index import StreetIndex
from planner.demo.ground import REGION, Ground
from planner.demo.seed import PAST_WEEKS, ZONE
from planner.demo.team import Team, team

CENTRE = (120.15, 30.25)
TODAY = date(2026, 11, 26)  # a Thursday
MONDAY = date(2026, 11, 23)
NOW = datetime.combine(TODAY, time(11, 0), ZONE)
ZONES = ("estate", "grid", "village", "shops", "township", "works")
STREETS = tuple(
    zip(("知行路", "文汇路", "江边路", "云锦路"), ("Zhixing", "Wenhui", "Jiangbian", "Yunjin"), strict=True)
)
SITES = tuple(
    {"lon": CENTRE[0] + dx, "lat": CENTRE[1] + dy, "name_zh": zh, "name_en": en}
    for dx, dy, zh, en in ((0, 0, "中心支行", "Centre"), (0.06, 0, "东支行", "East"), (-0.05, 0.05, "山支行", "Hill"))
)


def buildings(count: int = 500, *, seed: int = 1) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    at = np.array(CENTRE) + rng.uniform(-0.08, 0.08, (count, 2))
    street = rng.integers(len(STREETS), size=count)
    table = pd.DataFrame(
        {
            "lon": at[:, 0],
            "lat": at[:, 1],
            "zone": rng.choice(ZONES, count),
            "levels": rng.integers(1, 12, count),
            "weight": rng.uniform(0.5, 3.0, count),
            "street_zh": [STREETS[k][0] for k in street],
            "street_en": [STREETS[k][1] for k in street],
            "house_number": [str(n) for n in range(1, count + 1)],
            "district": np.where(at[:, 0] < CENTRE[0], "D1", "D2"),
        }
    )
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326)


def districts() -> gpd.GeoDataFrame:
    (lon, lat) = CENTRE
    areas = [shapely.box(lon - 0.1, lat - 0.1, lon, lat + 0.1), shapely.box(lon, lat - 0.1, lon + 0.1, lat + 0.1)]
    names = {"code": ["D1", "D2"], "name_zh": ["西城区", "东城区"], "name_en": ["West", "East"]}
    return gpd.GeoDataFrame(names, geometry=areas, crs=4326)


def hot_spots() -> pd.DataFrame:
    return pd.DataFrame({"lon": [CENTRE[0] + 0.03], "lat": [CENTRE[1] + 0.03], "radius_m": [900.0], "strength": [1.0]})


def ground() -> Ground:
    return Ground(Path("nowhere.osm.pbf"), buildings(), districts(), hot_spots(), SITES)


def staff(weeks: tuple[int, int] = (-PAST_WEEKS, 2)) -> Team:
    return team(SITES, road_region=REGION, monday=MONDAY, weeks=weeks)


def street_index() -> StreetIndex:
    lines = [
        shapely.LineString([(CENTRE[0] - 0.1, CENTRE[1] + 0.02 * k), (CENTRE[0] + 0.1, CENTRE[1] + 0.02 * k)])
        for k in range(len(STREETS))
    ]
    names = {"name_zh": [zh for zh, _ in STREETS], "name_en": [en for _, en in STREETS]}
    return StreetIndex(gpd.GeoDataFrame(names, geometry=lines, crs=4326), buildings(), districts())
