"""The ground of the synthetic bank: road regions, and in each the areas of its branches.

The first region is the demo's Yunxi as it was grown; every further one is the same town further east under a code of
its own, so that districts, streets and customers of two regions have nothing in common but their shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.geocoding.index import StreetIndex
from geodata.projection import local_metres
from planner.demo.ground import Ground
from planner.demo.people import address
from planner.demo.truth import Truth

#: degrees of longitude between two regions: wider than the town and its mountains
STEP_DEG = 1.2


@dataclass(frozen=True)
class RoadRegion:
    """One road region.

    ``buildings`` are the ground's, with ``address`` (as a list writes it) and ``owes``, how much readier people there
    fall behind; ``areas`` the rows of the buildings of each branch.
    """

    code: str
    buildings: pd.DataFrame
    districts: gpd.GeoDataFrame
    areas: tuple[NDArray[np.intp], ...]

    def index(self) -> StreetIndex:
        """Make the geocoder of the region; its houses tell where streets are."""
        nothing = gpd.GeoDataFrame({"name_zh": [], "name_en": []}, geometry=[], crs=4326)
        return StreetIndex(nothing, self.buildings, self.districts)

    def stored(self) -> pd.DataFrame:
        """Give the districts as the store takes them."""
        shapes = self.districts
        return pd.DataFrame(shapes[["code", "name_zh", "name_en"]]).assign(
            geojson=shapely.to_geojson(shapes.geometry.to_numpy())
        )


def road_regions(ground: Ground, branches: Sequence[int]) -> list[RoadRegion]:
    """Give a region for each number of branches."""
    names = dict(zip(ground.districts["code"].astype(str), ground.districts["name_zh"].astype(str), strict=True))
    buildings = pd.DataFrame(ground.buildings.drop(columns="geometry"))
    buildings = buildings.assign(
        address=[address(one, names) for _, one in buildings.iterrows()], owes=readiness(ground, Truth())
    )
    return [region(ground, buildings, number, count) for number, count in enumerate(branches)]


def region(ground: Ground, buildings: pd.DataFrame, number: int, branches: int) -> RoadRegion:
    """Give one region: the town itself, or moved."""
    east, mark = number * STEP_DEG, f"{number + 1:02d}"
    moved = buildings.assign(lon=buildings["lon"] + east, district=mark + buildings["district"].astype(str))
    shapes = ground.districts.to_crs(4326)
    districts = shapes.assign(code=mark + shapes["code"].astype(str)).set_geometry(shapes.geometry.translate(east))
    at = moved[["lon", "lat"]].to_numpy(float)
    areas = parted(local_metres(at), moved["weight"].to_numpy(float), np.arange(len(at)), branches)
    return RoadRegion("yunxi" if number == 0 else f"yunxi-{number + 1}", moved, districts, tuple(areas))


def readiness(ground: Ground, truth: Truth) -> NDArray[np.float64]:
    """Give how much readier people in each building fall behind: by zone, and in the hot spots."""
    spots = ground.hot_spots
    both = np.vstack([spots[["lon", "lat"]].to_numpy(float), ground.buildings[["lon", "lat"]].to_numpy(float)])
    metres = local_metres(both)
    away = np.linalg.norm(metres[len(spots) :, None] - metres[None, : len(spots)], axis=2)
    kernel = np.exp(-0.5 * (away / spots["radius_m"].to_numpy(float)) ** 2).max(axis=1)
    zone = ground.buildings["zone"].map(truth.overdue_by_zone).fillna(1.0).to_numpy(float)
    return np.asarray(zone * (truth.hot_spot_floor + truth.hot_spot_strength * kernel))


def parted(
    at: NDArray[np.float64], weight: NDArray[np.float64], rows: NDArray[np.intp], parts: int
) -> list[NDArray[np.intp]]:
    """Cut places into areas of about equal weight, each time across the longer side.

    >>> at = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    >>> [one.tolist() for one in parted(at, np.ones(4), np.arange(4), 2)]
    [[0, 1], [2, 3]]
    """
    if parts == 1:
        return [np.sort(rows)]
    side = int(np.argmax(np.ptp(at[rows], axis=0)))
    order = rows[np.argsort(at[rows, side], kind="stable")]
    few = parts // 2
    grown = np.cumsum(weight[order])
    cut = int(np.clip(np.searchsorted(grown, grown[-1] * few / parts, side="right"), 1, len(order) - 1))
    return parted(at, weight, order[:cut], few) + parted(at, weight, order[cut:], parts - few)
