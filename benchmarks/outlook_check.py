"""Whether the outlook foretells planned weeks: python -m benchmarks.outlook_check --var var --planned FILE.

Weeks of the demo's branches and of parts of them (``outlook_cases``) are planned by the product's own search over the
region's own matrix, a few CPU seconds each, and compared with what was foretold. The three fitted numbers of
``planner.expected`` come from branch YX02 alone; YX01 and YX03 are other people, other districts and other starts, and
nothing was fitted to them. Planned figures are kept in the file, so that the comparison can be repeated at once.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.outlook_cases import Posed, cases, pose_case
from benchmarks.outlook_town import town_cases
from config.parameters import load
from config.rules import load_pack
from geodata.roads import RoadEngine
from geodata.roads.opening import open_roads
from geodata.roads.region import open_region
from geodata.roads.shared import SharedTimes
from planner.domain import Principal, Role
from planner.expected import by_slot, crew_time, expected
from planner.posing import travel_cost_per_s
from planner.reading import points_of, read_week
from planner.routing import efficiency, solve
from planner.store import open_store
from planner.value.candidates import candidates
from planner.value.parameters import Parameters
from planner.ways import ways

FITTED_ON = "YX02"
WITHIN = 0.15
STEPS = 15_000


@dataclass(frozen=True)
class Figures:
    """What is compared: totals of the week."""

    crew_days: int
    visits: float
    travel_s: float
    service_s: float
    value: float

    @property
    def rates(self) -> tuple[float, float, float]:
        """Visits a crew-day, minutes a visit, value a field hour."""
        seconds = self.travel_s + self.service_s
        return self.visits / self.crew_days, seconds / 60 / self.visits, self.value / seconds * 3600


@dataclass(frozen=True)
class Row:
    """A case, its planned and its foretold figures, and the CPU seconds of foretelling (the road engine's aside)."""

    name: str
    planned: Figures
    told: Figures
    cpu_s: float


def branch_cases(var: Path, branch: str, monday: datetime, planned: dict[str, Any]) -> list[Row]:
    """Plan and foretell a branch's cases."""
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    asking = Principal("check", Role.SYSTEM, frozenset({branch}))
    year, number, _ = monday.isocalendar()
    week = read_week(store, asking, branch, f"{year}-W{number:02d}", now=monday)
    parameters, zone = load(), ZoneInfo(week.branch.timezone)
    found = candidates(week.tables, load_pack(week.branch.rule_pack), parameters, days=week.days, now=monday, zone=zone)
    may = found.survey[found.survey["debtor_id"].isin(found.options["debtor_id"])]
    regions = list(may["region"].value_counts().sort_index().items())
    rows = []
    with open_roads(open_region(var / "regions" / week.branch.road_region), var / "osrm", var / "matrices") as engine:
        roads = SharedTimes(engine, points_of(week))
        for case in cases(branch, [(str(r), int(n)) for r, n in regions], len(week.crews), seed=int(branch[-2:])):
            posed = pose_case(case, week, found, roads, parameters)
            rows.append(compared(case.name, posed, roads, parameters, zone, planned))
    store.close()
    return rows


def compared(
    name: str, posed: Posed, roads: RoadEngine, parameters: Parameters, zone: ZoneInfo, planned: dict[str, Any]
) -> Row:
    """Plan a case unless that was done before, foretell it, and print both."""
    if name not in planned:
        plan = solve(posed.question.problem, seconds=600, seed=1, workers=1, steps=STEPS, bound=False)
        spent = efficiency(posed.question.problem, plan).week
        planned[name] = asdict(Figures(len(posed.shifts), spent.visits, spent.travel_s, spent.service_s, spent.value))
    began = time.process_time()
    offers = by_slot(posed.options, posed.crews, posed.shifts, parameters.slots, zone)
    seen = ways(offers[["lon", "lat"]].to_numpy(float), posed.crews[0].start, roads)
    told = expected(
        offers,
        seen.xy,
        seen.depot_s,
        seen.law,
        crew_time(posed.shifts, parameters.slots, zone),
        travel_minor_per_s=100 * travel_cost_per_s(parameters, posed.shifts),
    )
    cpu_s = time.process_time() - began
    travel_s = told.legs_s + told.out_and_back_s
    figures = Figures(len(posed.shifts), told.visits, travel_s, told.service_s, told.value_minor / 100)
    row = Row(name, Figures(**planned[name]), figures, cpu_s)
    show(row)
    return row


def show(row: Row) -> None:
    """Print one case: foretold / planned and the error of each rate, and travel a visit."""
    told, planned = row.told, row.planned
    errors = [f / p - 1 for f, p in zip(told.rates, planned.rates, strict=True)]
    cells = "  ".join(
        f"{f:7.1f} /{p:7.1f} {e:+5.0%}{' ' if abs(e) <= WITHIN else '!'}"
        for f, p, e in zip(told.rates, planned.rates, errors, strict=True)
    )
    legs = [one.travel_s / 60 / one.visits for one in (told, planned)]
    print(f"{row.name:48} {cells}  travel {legs[0]:4.1f} /{legs[1]:4.1f} min  {row.cpu_s:4.2f} s", flush=True)


def summary(name: str, rows: Sequence[Row]) -> None:
    """Print how many cases are within the margin, the bias and the root mean square of the errors."""
    if not rows:
        return
    errors = np.array([[f / p - 1 for f, p in zip(one.told.rates, one.planned.rates, strict=True)] for one in rows])
    inside = (np.abs(errors) <= WITHIN).sum(axis=0)
    names = ("visits a crew-day", "minutes a visit", "uplift a field hour")
    told = "; ".join(
        f"{name} {k} of {len(rows)} (bias {bias:+.1%}, rms {rms:.1%})"
        for name, k, bias, rms in zip(
            names, inside, errors.mean(axis=0), np.sqrt((errors**2).mean(axis=0)), strict=True
        )
    )
    print(f"{name}: within {WITHIN:.0%}: {told}")


def main() -> None:
    """Plan, foretell, compare."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--var", type=Path, default=Path("var"), help="folder of the demo that set-up made")
    asked.add_argument("--planned", type=Path, required=True, help="file in which planned figures are kept")
    asked.add_argument(
        "--monday", type=datetime.fromisoformat, required=True, help="Monday of the demo's week, 6 o'clock"
    )
    asked.add_argument("--branches", nargs="*", default=["YX01", "YX02", "YX03"])
    asked.add_argument("--town", type=Path, help="folder of another region that `planner roads build` made")
    given = asked.parse_args()
    planned = json.loads(given.planned.read_text()) if given.planned.exists() else {}
    monday = given.monday.replace(hour=6, tzinfo=ZoneInfo("Asia/Shanghai"))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    fitted, checked = [], []
    for branch in given.branches:
        rows = branch_cases(given.var, branch, monday, planned)
        given.planned.write_text(json.dumps(planned, indent=1))
        (fitted if branch == FITTED_ON else checked).extend(rows)
    if given.town:
        rows = []
        with open_roads(open_region(given.town), given.var / "osrm", given.var / "matrices") as roads:
            for name, posed in town_cases(open_region(given.town), roads, load()):
                rows.append(compared(name, posed, roads, load(), ZoneInfo("Asia/Shanghai"), planned))
        given.planned.write_text(json.dumps(planned, indent=1))
        summary(f"another town, {given.town.name}", rows)
    summary(f"fitted on {FITTED_ON}", fitted)
    summary("checked", checked)


if __name__ == "__main__":
    main()
