"""Do routes end in time as often as they promise? python -m benchmarks.finish_calibration [VAR] [--days 2000].

Each branch's next week of the demo is planned as the product does, with the certainty that is asked for. Then its days
are lived through with what is true in the demo city (``planner.demo.truth``), which the plan does not know: whether the
address is right, whether somebody is there by kind of place and part of the week, who it is, how long the talk takes,
and how far driving strays. The share of days that end in the shift is set beside the promise, route by route, and for
all routes that promise about 85 %.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from config.parameters import load as load_parameters
from config.rules import load_pack
from geodata.roads.cached import CachedRoads
from geodata.roads.opening import engine_at
from geodata.roads.region import open_region
from geodata.roads.server import OsrmServer
from planner import routing
from planner.demo.ground import REGION
from planner.demo.seed import system
from planner.demo.team import BRANCH_CREWS
from planner.demo.truth import Truth
from planner.domain import PlaceKind
from planner.means import Means
from planner.plan import plan_week
from planner.routing.finish import Case, DoorTime, TravelSpread, finish_risk
from planner.solving import solve_in_child
from planner.store import SavedPlan, open_store

PROMISED = (0.80, 0.90)


def true_doors(saved: SavedPlan, truth: Truth, zone: ZoneInfo) -> Mapping[str, list[DoorTime]]:
    """Give for each visit what truly happens at its door, by option."""
    origin = datetime.fromisoformat(saved.problem["origin"])
    kinds = [one["kind"] for one in saved.context["places"]]
    found = {}
    for visit in saved.problem["visits"]:
        doors = []
        for option in visit["options"]:
            begins = (origin + timedelta(seconds=option["opens"])).astimezone(zone)
            slot = "weekend" if begins.weekday() >= 5 else ("weekday_evening" if begins.hour >= 17 else "weekday_day")
            home = kinds[option.get("place", visit["place"])] == PlaceKind.HOME
            there = truth.address_valid * (truth.someone_there_home[slot] if home else truth.someone_there_work)
            access_s, right = 60 * truth.access_minutes, there * (1 - truth.third_party_only)
            talk_s = 60 * truth.minutes_met_mean
            doors.append(
                (
                    Case(1 - there, access_s + 60 * truth.minutes_nobody),
                    Case(there - right, access_s + 60 * truth.minutes_third_party),
                    Case(right, access_s + talk_s, truth.minutes_met_cv * talk_s / (access_s + talk_s)),
                )
            )
        found[visit["id"]] = doors
    return found


def main() -> None:
    """Plan, live through, print."""
    asked = argparse.ArgumentParser(description="Do routes end in time as often as they promise?")
    asked.add_argument("var", nargs="?", type=Path, default=Path("var"))
    asked.add_argument("--days", type=int, default=2_000)
    asked.add_argument("--certainty", type=float, default=0.85)
    asked.add_argument("--seconds", type=float, default=8.0, help="of each search")
    asked.add_argument("--week", required=True, help="an ISO week such as 2026-W49 in which crews work")
    given = asked.parse_args()
    store, region, truth = open_store(f"sqlite:///{given.var / 'rounds.sqlite'}"), None, Truth()
    region = open_region(given.var / "regions" / REGION)
    pairs, began = [], time.process_time()
    with OsrmServer(given.var / "osrm", region.osrm) as server:
        roads = CachedRoads(engine_at(server.url, region), given.var / "matrices", max_bytes=4_000_000_000)
        means = Means(store, roads, load_pack("CN"), load_parameters())
        for code, _ in BRANCH_CREWS:
            branch = next(one for one in store.branches(system(frozenset({code}))) if one.code == code)
            zone = ZoneInfo(branch.timezone)
            saved = plan_week(
                means,
                system(frozenset({code})),
                code,
                given.week,
                solve=lambda problem: solve_in_child(problem, seconds=given.seconds, seed=1),
                seed=1,
                now=datetime.now(UTC),
                certainty=given.certainty,
            )
            pairs += lived(saved, truth, zone, roads, given.days)
            print(f"{code}: {saved.metrics['plan']['visits']} visits", flush=True)
    promised, kept = np.array(pairs).T
    print("promised   routes   kept in the mean")
    for low, high in ((0.0, 0.5), (0.5, 0.8), PROMISED, (0.9, 0.95), (0.95, 1.01)):
        inside = (promised >= low) & (promised < high)
        if inside.any():
            print(f"{low:.2f}-{high:.2f} {inside.sum():8} {kept[inside].mean():10.3f} "
                  f"(promised {promised[inside].mean():.3f}, least {kept[inside].min():.2f})")  # fmt: skip
    print(f"all: promised {promised.mean():.3f}, kept {kept.mean():.3f}; {time.process_time() - began:.0f} CPU s")


def lived(saved: SavedPlan, truth: Truth, zone: ZoneInfo, roads: object, days: int) -> list[tuple[float, float]]:
    """Give for each route its promise and the share of true days on which it ends in its shift."""
    places = np.array([[one["lon"], one["lat"]] for one in saved.context["places"]])
    seconds = roads.travel_times(places).seconds  # type: ignore[attr-defined]
    problem = routing.problem_from_dict({**saved.problem, "matrix_file": None, "seconds": seconds.tolist()})
    whole = {one: part["ends"] for one, part in saved.context["shifts"].items()}
    problem = replace(problem, shifts=tuple(replace(one, ends=whole[one.id]) for one in problem.shifts))
    plan = routing.plan_from_dict(saved.plan)
    spread = TravelSpread(truth.travel_day_cv, truth.travel_leg_cv)
    true = finish_risk(problem, plan, true_doors(saved, truth, zone), spread, draws=days, seed=99)
    said = saved.metrics["finish"]["routes"]
    return [(said[shift]["in_time"], one.in_time) for shift, one in true.items()]


if __name__ == "__main__":
    main()
