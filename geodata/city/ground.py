"""Where customers can live: buildings with address, zone and weight; hot spots; sites for branches."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.city.buildings import Buildings
from geodata.city.curves import Floats, within
from geodata.city.districts import District
from geodata.city.sheet import lonlat

_WEIGHTS = {"estate": 1.95, "grid": 4.5, "old_town": 8.4, "township": 5.0, "village": 2.6, "works": 0.15, "shops": 0.8}
HOT_SPOT_RADIUS_M = 650.0


def ground_table(buildings: Buildings, addresses: pd.DataFrame, districts: list[District]) -> gpd.GeoDataFrame:
    """Give one row a building.

    Parameters
    ----------
    addresses
        ``street_zh, street_en, house_number``, one row a building.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326. ``lon, lat, zone, levels, weight, street_zh, street_en, house_number, district``; the weight is
        proportional to how many customers are expected.
    """
    at = buildings.at
    place = lonlat(at)
    levels = np.where(buildings.zone == "estate", buildings.levels, 1)
    weight = pd.Series(buildings.zone).map(_WEIGHTS).to_numpy(float) * levels
    table = pd.DataFrame({"lon": place[:, 0], "lat": place[:, 1], "zone": buildings.zone, "levels": buildings.levels})
    table["weight"] = weight
    table = pd.concat([table, addresses.reset_index(drop=True)], axis=1)
    table["district"] = district_codes(at, districts)
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326")


def district_codes(points_m: Floats, districts: list[District]) -> np.ndarray:
    """Give the code of the district in which each point lies (the nearest one on a border)."""
    found = np.zeros(len(points_m), dtype=np.int64)
    away = np.full(len(points_m), np.inf)
    for number, district in enumerate(districts):
        shapely.prepare(district.area)
        inside = within(district.area, points_m)
        found[inside], away[inside] = number, 0.0
    for row in np.flatnonzero(away > 0):
        found[row] = int(np.argmin([shapely.distance(d.area, shapely.Point(points_m[row])) for d in districts]))
    return np.asarray(np.array([district.code for district in districts])[found])


def choose_hot_spots(
    buildings: Buildings, weight: Floats, rng: np.random.Generator, *, count: int = 9, apart_m: float = 2300.0
) -> gpd.GeoDataFrame:
    """Choose centres of hot spots where many live, apart from one another.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326, points. ``lon, lat, radius_m, strength`` (0.6 to 1).
    """
    at = buildings.at
    order = rng.choice(len(at), len(at), replace=False, p=weight / weight.sum())
    chosen: list[Floats] = []
    while len(chosen) < count and apart_m > 100.0:
        chosen = []
        for point in at[order[:4000]]:
            if all(np.hypot(*(point - other)) > apart_m for other in chosen):
                chosen.append(point)
                if len(chosen) == count:
                    break
        apart_m *= 0.8
    place = lonlat(np.array(chosen))
    table = {"lon": place[:, 0], "lat": place[:, 1], "radius_m": HOT_SPOT_RADIUS_M}
    strength = np.round(rng.uniform(0.6, 1.0, len(place)), 2)
    return gpd.GeoDataFrame(
        table | {"strength": strength}, geometry=gpd.points_from_xy(place[:, 0], place[:, 1]), crs="EPSG:4326"
    )


def choose_branch_sites(wanted: list[tuple[Floats, str, str]], buildings: Buildings) -> gpd.GeoDataFrame:
    """Choose a building for each branch: the nearest to where it is wanted.

    Parameters
    ----------
    wanted
        Place in metres, Chinese and English name of each branch, the largest first.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326, points. ``lon, lat, name_zh, name_en``.
    """
    at = buildings.at
    place = lonlat(np.array([at[np.argmin(np.hypot(*(at - point).T))] for point, _, _ in wanted]))
    table = {
        "lon": place[:, 0],
        "lat": place[:, 1],
        "name_zh": [w[1] for w in wanted],
        "name_en": [w[2] for w in wanted],
    }
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(place[:, 0], place[:, 1]), crs="EPSG:4326")
