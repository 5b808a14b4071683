"""What learning is worth: python -m benchmarks.learning_study --monday 2026-11-23 --branch YX01 --rows FILE.

On a branch of the demo a truth is drawn for each seed (``learning_world``), twelve weeks of visits and payments follow
from it, and two questions are asked. Do the 80 % intervals hold the true rates 75 to 85 % of the time? And how much
more true uplift per field hour does the next week bring if it is planned with what was learnt, instead of the defaults?

The next week is chosen by the product's own candidates and its programme of an expected week (``planner.expected``, no
routes); what the chosen visits bring and how long they take is then computed from the truth. Some weeks are planned
with routes too (``--routes``). Rows are appended to a file, so that seeds can be run in parts.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks.learning_world import PAYS, Drawn, World, drawn_truth, happened, with_outcomes, world, yesterday
from config.parameters import load
from config.rules import load_pack
from geodata.roads import RoadEngine
from geodata.roads.opening import open_roads
from geodata.roads.region import open_region
from geodata.roads.shared import SharedTimes
from planner.domain import Principal, Role
from planner.expected import by_slot, crew_time, expected
from planner.plan import Means, Week, points_of, pose, read_week, travel_cost_per_s
from planner.routing import efficiency, solve
from planner.store import open_store
from planner.value.candidates import BranchTables, candidates
from planner.value.learning import Model, learn, untaught
from planner.value.parameters import Parameters
from planner.value.uplift import uplift
from planner.ways import Ways, ways

MONEY = ["pays_now_minor", "promises_minor", "paid_anyway_minor"]
STEPS = 6_000


@dataclass(frozen=True)
class Ground:
    """The week to plan, and the ways to every place of the branch."""

    week: Week
    roads: RoadEngine
    seen: Ways
    row_of: dict[str, int]


def look(var: Path, branch: str, monday: datetime, roads: RoadEngine) -> Ground:
    """Read the week and look at the ways once for all seeds."""
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    asking = Principal("study", Role.SYSTEM, frozenset({branch}))
    year, number, _ = monday.isocalendar()
    week = read_week(store, asking, branch, f"{year}-W{number:02d}", now=monday)
    store.close()
    shared = SharedTimes(roads, points_of(week))
    places = week.tables.places.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    seen = ways(places[["lon", "lat"]].to_numpy(float), week.crews[0].start, shared)
    return Ground(week, shared, seen, {place: row for row, place in enumerate(places["place_id"])})


def true_model(truth: Drawn, base: Model) -> Model:
    """Give the model that knows the truth."""
    parameters = base.parameters
    without = {b: replace(one, value=truth.without[b]) for b, one in parameters.collected_without.items()}
    keys = zip(base.rates["rate"], base.rates["cell"], base.rates["within"], strict=True)
    rates = base.rates.assign(mean=[truth.rates[key] for key in keys])
    return replace(base, parameters=replace(parameters, collected_without=without), rates=rates)


def coverage(model: Model, truth: Drawn) -> pd.DataFrame:
    """Give for each cell whether its interval holds the truth, and how far off mean and prior are."""
    rates = model.rates
    true = np.array([truth.rates[key] for key in zip(rates["rate"], rates["cell"], rates["within"], strict=True)])
    return pd.DataFrame(
        {
            "rate": rates["rate"],
            "visits": rates["visits"],
            "holds": (rates["low"] <= true) & (true <= rates["high"]),
            "width": rates["high"] - rates["low"],
            "off": rates["mean"] - true,
            "prior_off": rates["prior"] - true,
        }
    )


def planned(
    ground: Ground, tables: BranchTables, model: Model, truth: Model, parameters: Parameters, *, routes: bool
) -> dict[str, float]:
    """Plan the week by a model; give what it truly brings (yuan), in how many field hours, and what it promised."""
    week, zone = ground.week, ZoneInfo(ground.week.branch.timezone)
    pack = load_pack(week.branch.rule_pack)
    found = candidates(tables, pack, parameters, days=week.days, now=week.monday, zone=zone, model=model)
    offers = by_slot(found.options, week.crews, week.shifts, parameters.slots, zone)
    rows = np.array([ground.row_of[place] for place in offers["place_id"]])
    told = expected(
        offers,
        ground.seen.xy[rows],
        ground.seen.depot_s[rows],
        ground.seen.law,
        crew_time(week.shifts, parameters.slots, zone),
        travel_minor_per_s=100 * travel_cost_per_s(parameters, week.shifts),
    )
    chosen = offers.iloc[told.chosen].reset_index(drop=True)
    travel_s = told.legs_s * len(chosen) / told.visits + told.out_and_back_s
    result = {f"programme_{name}": one for name, one in truly(found, chosen, tables, truth, travel_s).items()}
    if routes:
        means = Means(None, ground.roads, pack, parameters)  # type: ignore[arg-type]
        question = pose(replace(week, tables=tables), found, means)
        plan = solve(question.problem, seconds=600, seed=1, workers=1, steps=STEPS, bound=False)
        stops = [(s.visit, question.options[s.visit][s.option]) for route in plan.routes for s in route.stops]
        visits = pd.DataFrame([{"debtor_id": v, "place_id": o["place_id"], "slot": o["slot"]} for v, o in stops])
        told_value = [o["pays_now_minor"] + o["promises_minor"] + o["paid_anyway_minor"] for _, o in stops]
        visits = visits.assign(pays_now_minor=told_value, promises_minor=0.0, paid_anyway_minor=0.0)
        spent = efficiency(question.problem, plan).week
        result |= {f"routes_{name}": one for name, one in truly(found, visits, tables, truth, spent.travel_s).items()}
    return result


def truly(found: Any, chosen: pd.DataFrame, tables: BranchTables, truth: Model, travel_s: float) -> dict[str, float]:
    """Value chosen visits at the truth."""
    windows = chosen[["debtor_id", "place_id", "slot"]]
    real = uplift(found.survey, tables.places, windows, truth, outcomes=tables.outcomes, interval=False)
    hours = (float(real["service_s"].sum()) + travel_s) / 3600
    return {
        "visits": float(len(chosen)),
        "hours": hours,
        "true": float(real[MONEY].to_numpy().sum()) / 100,
        "told": float(chosen[MONEY].to_numpy().sum()) / 100,
    }


def run_seed(
    made: World, ground: Ground, parameters: Parameters, seed: int, *, routes: bool, parts: bool, spread: float
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Draw a truth, live through twelve weeks, learn, plan with both models."""
    rng = np.random.default_rng(seed)
    truth = drawn_truth(rng, parameters, parts=parts, spread=spread)
    outcomes, payments = happened(made, made.walks[seed % len(made.walks)], truth, parameters, rng)
    began = time.process_time()
    learnt = learn(
        made.surveyed, made.tables.places, outcomes, parameters,
        zone=made.zone, payments=payments, today=yesterday(made),
    )  # fmt: skip
    learn_s = time.process_time() - began
    held = coverage(learnt, truth)
    tables, default = with_outcomes(made, outcomes), untaught(parameters)
    known = true_model(truth, default)
    row: dict[str, Any] = {"seed": seed, "learn_s": learn_s}
    for name, model in (("default", default), ("learnt", learnt), ("truth", known)):
        for what, one in planned(ground, tables, model, known, parameters, routes=routes).items():
            row[f"{name}_{what}"] = one
    for rate, rows in held.groupby("rate"):
        row |= {f"held_{rate}": int(rows["holds"].sum()), f"cells_{rate}": len(rows)}
        row |= {
            f"off_{rate}": float((rows["off"] ** 2).sum()),
            f"prior_off_{rate}": float((rows["prior_off"] ** 2).sum()),
        }
        row[f"width_{rate}"] = float(rows["width"].mean())
    return row, held.assign(seed=seed)


def report(rows: pd.DataFrame) -> None:
    """Print coverage by rate and the gain with its interval over the seeds."""
    rates = [name.removeprefix("held_") for name in rows if name.startswith("held_")]
    print(f"{len(rows)} seeds; learning takes {rows['learn_s'].mean():.2f} CPU s")
    total = 0.0
    print("rate       coverage  (s.e.)   width   rms error   of the default")
    for rate in rates:
        share = rows[f"held_{rate}"] / rows[f"cells_{rate}"]
        cells = rows[f"cells_{rate}"].sum()
        off, prior = (np.sqrt(rows[f"{kind}_{rate}"].sum() / cells) for kind in ("off", "prior_off"))
        se = share.std() / np.sqrt(len(rows))
        print(
            f"{rate:10} {share.mean():7.1%}  ({se:.1%})  {rows[f'width_{rate}'].mean():6.3f}  {off:9.4f}  {prior:9.4f}"
        )
    held, cells = (rows[[f"{kind}_{rate}" for rate in rates]].sum(axis=1) for kind in ("held", "cells"))
    share = held / cells
    total = held.sum() / cells.sum()
    print(f"all cells  {total:7.1%}  ({share.std() / np.sqrt(len(rows)):.1%})")
    for way in ("programme", "routes"):
        if f"learnt_{way}_true" in rows:
            gains(rows[rows[f"learnt_{way}_true"].notna()], way)


def gains(rows: pd.DataFrame, way: str) -> None:
    """Print true uplift per field hour of weeks chosen in one way."""

    def hourly(model: str) -> pd.Series:
        return rows[f"{model}_{way}_true"] / rows[f"{model}_{way}_hours"]

    base, learnt, best = hourly("default"), hourly("learnt"), hourly("truth")
    draws = np.random.default_rng(1).integers(0, len(rows), (2000, len(rows)))
    a, b, c = base.to_numpy(), learnt.to_numpy(), best.to_numpy()
    ratio = b[draws].sum(axis=1) / a[draws].sum(axis=1) - 1
    low, high = np.quantile(ratio, [0.1, 0.9])
    print(
        f"{way}, {len(rows)} weeks: true uplift per field hour {a.mean():.0f} -> {b.mean():.0f} yuan, "
        f"{b.mean() / a.mean() - 1:+.1%} (80 % {low:+.1%} to {high:+.1%}); median {np.median(b / a - 1):+.1%}, "
        f"better in {np.mean(b > a):.0%}; with the truth known {c.mean() / a.mean() - 1:+.1%}"
    )
    for model in ("default", "learnt"):
        told, true = rows[f"{model}_{way}_told"].sum(), rows[f"{model}_{way}_true"].sum()
        print(
            f"  {model}: promised / true {told / true:.2f}, visits {rows[f'{model}_{way}_visits'].mean():.0f}, "
            f"true uplift a week {rows[f'{model}_{way}_true'].mean():,.0f} yuan"
        )


def main() -> None:
    """Run seeds, or only report what a file holds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--var", type=Path, default=Path("var"), help="folder of the demo that set-up made")
    asked.add_argument("--branch", default="YX02")
    asked.add_argument("--monday", type=datetime.fromisoformat, required=True, help="Monday of the demo's week")
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--routes", action="store_true", help="plan routes too")
    asked.add_argument("--fixed-parts", action="store_true", help="paid and promised parts are as assumed")
    asked.add_argument(
        "--odds", type=float, default=PAYS, help="by how much the odds of paying may lie off, either way"
    )
    asked.add_argument("--rows", type=Path, help="file to which rows are appended and which is reported")
    given = asked.parse_args()
    monday = given.monday.replace(hour=6, tzinfo=ZoneInfo("Asia/Shanghai"))
    parameters, began = load(), time.process_time()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    rows: list[dict[str, Any]] = []
    if given.seeds:
        made = world(given.var, given.branch, monday)
        region = open_region(given.var / "regions" / "yunxi")
        with open_roads(region, given.var / "osrm", given.var / "matrices") as roads:
            ground = look(given.var, given.branch, monday, roads)
            for seed in range(given.first, given.first + given.seeds):
                row, _ = run_seed(
                    made, ground, parameters, seed, routes=given.routes, parts=not given.fixed_parts, spread=given.odds
                )
                rows.append(row)
                if given.rows:
                    with given.rows.open("a") as file:
                        file.write(json.dumps(row) + "\n")
        print(f"{(time.process_time() - began) / given.seeds:.1f} CPU s a seed")
    if given.rows:
        rows = [json.loads(line) for line in given.rows.read_text().splitlines()]
    report(pd.DataFrame(rows))


if __name__ == "__main__":
    main()
