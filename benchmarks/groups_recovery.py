"""Do the visit groups find the demo's known hot spots? python -m benchmarks.groups_recovery [VAR] [--lists 20].

The truth. In the demo a customer falls overdue with a weight *zone x (floor + strength x kernel)*, a flat part and one
of the nearest hot spot (planner.demo.people.overdue). A debtor is of a hot spot where the second part is the larger of
the two, which is the best label that anybody who knew the truth could give; the others are scattered.

Three adjusted Rand indices over the debtors of a branch, on the groups before any is split by hours:

- **all**: every debtor, the scattered being a label of their own. This is the figure that should be at least .8.
- **planted**: only the debtors of hot spots, so that what was taken for scattered costs, but strangers do not.
- **drawn**: every debtor, with the truth drawn by lot in the proportion of the two parts. Nobody can know it, so the
  ceiling, what the best label itself would get, is beside it.

Beside them the share in groups and S0, the mean share of drawn customers that lie as densely. The first list is the
demo's own, placed by the intake; the others are drawn anew from the same customers with other seeds.

Then, on straight-line times, which need no road engine: the whole method on random customers of each branch (how often
it is fooled), and on hot spots at other places, of other radii and strengths than the demo's (whether the method only
suits the one it was tried on). And on the demo's own list: whether a group has members on both banks of the river whose
nearest pair is further apart by road than the reach. ``VAR`` is where ``make setup`` put the
demo (default ``var``); travel times are asked once and kept in its ``matrices``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from geodata.osm.features import read_features
from geodata.osm.gazetteer import landmarks_of
from geodata.patterns.groups import Groups, driving_groups
from geodata.projection import local_crs, local_metres
from geodata.roads.cached import CachedRoads
from geodata.roads.opening import engine_at
from geodata.roads.region import open_region
from geodata.roads.server import OsrmServer
from geodata.roads.straight_line import StraightLine
from geodata.roads.travel import RoadEngine
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


@dataclass(frozen=True, eq=False)
class City:
    """The demo's ground and its customers."""

    people: pd.DataFrame
    hot_spots: pd.DataFrame
    pbf: Path


def city(var: Path) -> City:
    """Give the demo city with the customers that its seed draws."""
    grown = ground(var / "demo", print)
    staff = team(grown.sites, road_region=REGION, monday=date(2026, 1, 5), weeks=(0, 0))
    people = customers(grown.buildings, staff.branches, count=CUSTOMERS, rng=np.random.default_rng(SEED))
    return City(people, grown.hot_spots, grown.pbf)


def case(
    name: str,
    homes: pd.DataFrame,
    known: pd.DataFrame,
    hot_spots: pd.DataFrame,
    truth: Truth,
    roads: RoadEngine,
    rng: np.random.Generator,
) -> Case:
    """Put a list beside its truth; ``known`` are the branch's customers."""
    placed = homes.assign(region="", accuracy_m=15.0).reset_index(drop=True)
    lonlat = placed[["lon", "lat"]].to_numpy(float)
    marked = mark(placed, known.assign(region=""))
    seconds = roads.travel_times(lonlat).seconds
    planted, drawn = hot_spot_of(lonlat, hot_spots, truth, rng)
    return Case(name, lonlat, marked.points_xy, marked.rows, seconds, planted, drawn)


def cases(var: Path, town: City, lists: int) -> Iterator[Case]:
    """Give the demo's own list and the reseeded ones, branch by branch, by driving time."""
    region, truth = open_region(var / "regions" / REGION), Truth()
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    with OsrmServer(var / "osrm", region.osrm) as server:
        roads = CachedRoads(engine_at(server.url, region), var / "matrices", max_bytes=KEPT_BYTES)
        for number in range(lists + 1):
            rng = np.random.default_rng([SEED, number])
            late = town.people.iloc[overdue(town.people, town.hot_spots, truth, count=OVERDUE, rng=rng)]
            for branch in BRANCHES:
                asking = system(frozenset({branch}))
                homes = homes_of(store.places(asking, branch)) if number == 0 else late[late["branch"] == branch]
                name = f"{branch} {'demo' if number == 0 else number}"
                yield case(name, homes, store.customers(asking, branch), town.hot_spots, truth, roads, rng)


def elsewhere(town: City, radius_m: float, strength: float, seed: int) -> Iterator[Case]:
    """Give a list with nine hot spots at other places, branch by branch, by the straight line."""
    rng = np.random.default_rng([SEED, seed, int(radius_m)])
    truth = replace(Truth(), hot_spot_strength=strength)
    order = town.people.sample(frac=1.0, random_state=seed)[["lon", "lat"]].to_numpy(float)
    metres, chosen = local_metres(order), [0]
    for k in range(1, len(order)):
        if len(chosen) < len(town.hot_spots) and np.linalg.norm(metres[chosen] - metres[k], axis=1).min() > 2_300:
            chosen.append(k)
    spots = pd.DataFrame({"lon": order[chosen, 0], "lat": order[chosen, 1], "radius_m": radius_m})
    late = town.people.iloc[overdue(town.people, spots, truth, count=OVERDUE, rng=rng)]
    for branch in BRANCHES:
        homes, known = (table[table["branch"] == branch] for table in (late, town.people))
        yield case(branch, homes, known, spots, truth, StraightLine(), rng)


def fooled(town: City, trials: int) -> dict[str, list[float]]:
    """Give, branch by branch, the share grouped of as many random customers as the branch has debtors."""
    shares: dict[str, list[float]] = {}
    for branch, known in town.people.groupby("branch"):
        for trial in range(trials):
            rng = np.random.default_rng([SEED, trial])
            homes = known.iloc[np.sort(rng.choice(len(known), round(0.12 * len(known)), replace=False))]
            one = case(str(branch), homes, known, town.hot_spots, Truth(), StraightLine(), rng)
            shares.setdefault(str(branch), []).append(formed(one).share)
    return shares


def formed(one: Case) -> Groups:
    """Form the groups as the product does, before any is split by hours."""
    return driving_groups(one.seconds, one.points_xy, one.rows)


def agreement(one: Case, labels: NDArray[np.intp]) -> tuple[float, float, float, float]:
    """Give the adjusted Rand indices: all, planted, drawn, and the ceiling of drawn."""
    planted = one.planted >= 0
    return (
        float(adjusted_rand_score(one.planted, labels)),
        float(adjusted_rand_score(one.planted[planted], labels[planted])),
        float(adjusted_rand_score(one.drawn, labels)),
        float(adjusted_rand_score(one.drawn, one.planted)),
    )


@cache
def landmarks_in(pbf: Path) -> gpd.GeoDataFrame:
    """Read the waters of the city once."""
    return landmarks_of(read_features(pbf))


def across(one: Case, found: Groups, pbf: Path) -> tuple[int, int]:
    """Count groups with members on both banks, and those of them that no short way joins."""
    landmarks = landmarks_in(pbf)
    plane = local_crs(*one.homes_lonlat.mean(axis=0))
    water = shapely.union_all(landmarks[landmarks["kind"] == "water"].geometry.to_crs(plane).make_valid().to_numpy())
    homes = gpd.GeoSeries(gpd.points_from_xy(*one.homes_lonlat.T), crs=4326).to_crs(plane)
    land = shapely.get_parts(shapely.box(*homes.total_bounds).buffer(500).difference(water))
    bank = np.full(len(homes), -1)
    for number, part in enumerate(land):
        bank[homes.within(part)] = number
    apart, both, unjoined = np.fmax(one.seconds, one.seconds.T), 0, 0
    for group in range(found.labels.max() + 1):
        rows = np.flatnonzero((found.labels == group) & (bank >= 0))
        sides = np.unique(bank[rows])
        if len(sides) > 1:
            both += 1
            other = bank[rows][:, None] != bank[rows][None]
            unjoined += bool(apart[np.ix_(rows, rows)][other].min() > found.reach_s)
    return both, unjoined


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Do the visit groups find the demo's known hot spots?")
    asked.add_argument("var", nargs="?", type=Path, default=Path("var"))
    asked.add_argument("--lists", type=int, default=20)
    asked.add_argument("--trials", type=int, default=20, help="of random customers, a branch")
    asked.add_argument("--elsewhere", type=int, default=3, help="cities of hot spots at other places, a kind")
    given = asked.parse_args()
    town, began = city(given.var), time.process_time()
    print("list        debtors planted groups  reach  share     S0     all planted   drawn (ceiling)")
    scores = []
    for one in cases(given.var, town, given.lists):
        found = formed(one)
        scored = agreement(one, found.labels)
        scores.append(scored)
        print(
            f"{one.name:12}{len(one.rows):7}{(one.planted >= 0).mean():8.2f}{found.labels.max() + 1:7}"
            f"{found.reach_s:6.0f} s{found.share:7.2f}{found.share_null:7.3f}"
            f"{scored[0]:8.2f}{scored[1]:8.2f}{scored[2]:8.2f} ({scored[3]:.2f})",
            flush=True,
        )
        if one.name.endswith("demo"):
            print("{:12}on both banks: {} groups, of which not joined within the reach: {}".format(
                "", *across(one, found, town.pbf)))  # fmt: skip
    table = np.array(scores)
    print(f"mean of {len(table)}: all {table[:, 0].mean():.3f} (least {table[:, 0].min():.2f}, at least .8 in "
          f"{(table[:, 0] >= 0.8).mean():.0%}), planted {table[:, 1].mean():.3f}, drawn {table[:, 2].mean():.3f} "
          f"({table[:, 3].mean():.3f})", flush=True)  # fmt: skip
    for branch, shares in fooled(town, given.trials).items():
        print(f"random customers, {branch}: any group in {np.mean(np.array(shares) > 0):.0%} of {len(shares)}, "
              f"mean share {np.mean(shares):.3f}, most {max(shares):.3f}", flush=True)  # fmt: skip
    for radius_m, strength in ((300, 5), (450, 5), (650, 2), (650, 5), (900, 5)):
        other = [
            agreement(one, formed(one).labels)[0]
            for seed in range(1, given.elsewhere + 1)
            for one in elsewhere(town, radius_m, strength, seed)
        ]
        print(f"hot spots elsewhere, radius {radius_m} m, strength {strength}: all {np.mean(other):.3f} "
              f"of {len(other)} (least {min(other):.2f})", flush=True)  # fmt: skip
    print(f"{time.process_time() - began:.0f} CPU s")


if __name__ == "__main__":
    main()
