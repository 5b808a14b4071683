"""The two cities of the verdict's calibration: where their customers are, in metres."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from geodata.osm.features import read_features
from geodata.patterns.streets import points_along
from geodata.projection import local_metres
from planner.demo.ground import REGION, SEED, ground
from planner.demo.people import customers
from planner.demo.seed import CUSTOMERS
from planner.demo.team import team

#: streets that people live along
LIVED_IN = ("street", "tertiary", "secondary", "primary")
HOUSE_EVERY_M = 20.0


@dataclass(frozen=True, eq=False)
class City:
    """Customers ``xy`` (n, 2) in metres, and the ``district`` of each, "" where the city has none."""

    name: str
    xy: np.ndarray
    district: np.ndarray


def yunxi(folder: Path, say: Callable[[str], None]) -> City:
    """Give the demo city's customers, the same people as the demo's; the city is grown where the folder lacks it."""
    grown = ground(folder, say)
    staff = team(grown.sites, road_region=REGION, monday=date(2026, 11, 23), weeks=(0, 1))
    people = customers(grown.buildings, staff.branches, count=CUSTOMERS, rng=np.random.default_rng(SEED))
    return City("Yunxi", local_metres(people[["lon", "lat"]].to_numpy(float)), people["region"].to_numpy(str))


def along_streets(extract: Path, *, count: int = CUSTOMERS, seed: int = 1) -> City:
    """Draw customers along an extract's streets, for real cities whose buildings are not mapped.

    A house every 20 m; how many live in it is drawn from a gamma distribution of shape .3, so that a tenth of the
    houses hold most people, as blocks of flats do; the mean follows a slow wave over the ground, for dense and thin
    quarters.
    """
    lines = read_features(extract).lines
    streets = lines[lines["class"].isin(LIVED_IN)].geometry
    houses = points_along(streets.to_crs(streets.estimate_utm_crs()), every_m=HOUSE_EVERY_M)
    rng = np.random.default_rng(seed)
    wave, shift = rng.normal(0, 2 * np.pi / 3_000.0, (2, 6)), rng.uniform(0, 2 * np.pi, 6)
    quarter = np.exp(np.cos(houses @ wave + shift).sum(axis=1) / np.sqrt(6))
    weight = rng.gamma(0.3, 1.0, len(houses)) * quarter
    homes = houses[rng.choice(len(houses), count, p=weight / weight.sum())]
    return City(extract.name.removesuffix(".osm.pbf"), homes, np.full(count, ""))
