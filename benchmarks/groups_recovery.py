"""Do the visit groups find the demo's known hot spots? python -m benchmarks.groups_recovery [VAR] [--lists 20].

The truth. In the demo a customer falls overdue with a weight *zone x (floor + strength x kernel)*, a flat part and one
of the nearest hot spot (planner.demo.people.overdue). A debtor is of a hot spot where the second part is the larger of
the two, which is the best label that anybody who knew the truth could give; the others are scattered.

Three adjusted Rand indices over the debtors of a branch, on the groups before any is split by hours:

- **all**: every debtor, the scattered being a label of their own. This is the figure that should be at least .8.
- **planted**: only the debtors of hot spots, so that what was taken for scattered costs, but strangers do not.
- **drawn**: every debtor, with the truth drawn by lot in the proportion of the two parts. Nobody can know it, so the
  ceiling, what the best label itself would get, is beside it.

Beside them the share in groups, that of drawn customers (S0), and the share in groups when the whole method is run on
random customers of the branch (``null``): how often it is fooled. The first list is the demo's own, placed by the
intake; the others are drawn anew from the same customers with other seeds. ``VAR`` is where ``make setup`` put the
demo (default ``var``); travel times are asked once and kept in its ``matrices``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.projection import local_metres
from geodata.roads.cached import CachedRoads
from geodata.roads.opening import engine_at
from geodata.roads.region import open_region
from geodata.roads.server import OsrmServer
from planner.demo.ground import REGION, SEED, ground
from planner.demo.people import customers, overdue
from planner.demo.seed import CUSTOMERS, OVERDUE, system
from planner.demo.team import BRANCH_CREWS, team
from planner.demo.truth import Truth
from planner.pattern import homes_of, mark
from planner.store import open_store

KEPT_BYTES = 4_000_000_000
BRANCHES = tuple(code for code, _ in BRANCH_CREWS)


@dataclass(frozen=True, eq=False)
class Case:
    """One branch's list: homes, customers in metres, driving seconds, the best label and one drawn by lot."""

    name: str
    homes_lonlat: NDArray[np.float64]
    points_xy: NDArray[np.float64]
    rows: NDArray[np.intp]
    seconds: NDArray[np.float64]
    planted: NDArray[np.intp]
    drawn: NDArray[np.intp]


def hot_spot_of(
    lonlat: NDArray[np.float64], hot_spots: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give each home's hot spot by the larger part of its weight, and by lot; -1 is none."""
    centres = hot_spots[["lon", "lat"]].to_numpy(float)
    metres = local_metres(np.vstack([centres, lonlat]))
    away = np.linalg.norm(metres[len(centres) :, None] - metres[None, : len(centres)], axis=2)
    kernel = np.exp(-0.5 * (away / hot_spots["radius_m"].to_numpy(float)) ** 2)
    part = truth.hot_spot_strength * kernel.max(axis=1)
    share = part / (truth.hot_spot_floor + part)
    nearest = kernel.argmax(axis=1)
    return np.where(share > 0.5, nearest, -1), np.where(rng.random(len(share)) < share, nearest, -1)


def cases(var: Path, matrices: Path, lists: int) -> Iterator[Case]:
    """Give the demo's own list and the reseeded ones, branch by branch."""
    grown, truth = ground(var / "demo", print), Truth()
    region = open_region(var / "regions" / REGION)
    staff = team(grown.sites, road_region=REGION, monday=date(2026, 1, 5), weeks=(0, 0))
    people = customers(grown.buildings, staff.branches, count=CUSTOMERS, rng=np.random.default_rng(SEED))
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    with OsrmServer(var / "osrm", region.osrm) as server:
        roads = CachedRoads(engine_at(server.url, region), matrices, max_bytes=KEPT_BYTES)
        for number in range(lists + 1):
            rng = np.random.default_rng([SEED, number])
            late = people.iloc[overdue(people, grown.hot_spots, truth, count=OVERDUE, rng=rng)]
            for branch in BRANCHES:
                asking = system(frozenset({branch}))
                own = homes_of(store.places(asking, branch)) if number == 0 else late[late["branch"] == branch]
                homes = own.assign(region="", accuracy_m=15.0).reset_index(drop=True)
                lonlat = homes[["lon", "lat"]].to_numpy(float)
                marked = mark(homes, store.customers(asking, branch).assign(region=""))
                seconds = roads.travel_times(lonlat).seconds
                planted, drawn = hot_spot_of(lonlat, grown.hot_spots, truth, rng)
                name = f"{branch} {'demo' if number == 0 else number}"
                yield Case(name, lonlat, marked.points_xy, marked.rows, seconds, planted, drawn)
