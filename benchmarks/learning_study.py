"""What learning is worth: python -m benchmarks.learning_study --monday 2026-11-23 --rows FILE.

For each seed a truth is drawn for the demo's city (``learning_world``), twelve weeks of visits and payments in its
branches follow from it, and two questions are asked of each branch. Do the 80 % intervals hold the true rates 75 to
85 % of the time? And how much more true uplift per field hour does the next week bring if it is planned with what was
learnt, instead of the defaults? Learnt is as the product learns: from the branch's own visits, from the counts that the
other branches share, and what is paid beside the visits; ``alone`` is from the branch's own visits only, ``rates`` with
what is paid beside the visits as assumed.

The next week is chosen by the product's own candidates and its programme of an expected week (``planner.expected``, no
routes); what the chosen visits bring and how long they take is then computed from the truth. Some weeks are planned
with routes too (``--routes``). Rows are appended to a file, so that seeds can be run in parts.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks.learning_world import (
    PAYS,
    WEEKS,
    Drawn,
    World,
    drawn_truth,
    happened,
    with_outcomes,
    world,
    yesterday,
)
from config.parameters import load
from config.rules import load_pack
from geodata.roads import RoadEngine
from geodata.roads.opening import open_roads
from geodata.roads.region import open_region
from geodata.roads.shared import SharedTimes
from planner.domain import Principal, Role
from planner.expected import by_slot, crew_time, expected
from planner.means import Means
from planner.posing import pose, travel_cost_per_s
from planner.reading import Week, points_of, read_week
from planner.routing import efficiency, solve
from planner.store import open_store
from planner.tables import ACCOUNT_STATES, empty
from planner.value.background import background
from planner.value.candidates import BranchTables, candidates
from planner.value.counts import counted, together
from planner.value.learning import Model, fitted, trials, untaught, with_assumed_background
from planner.value.parameters import Parameters
from planner.value.untreated import spans
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
    keys = zip(base.rates["rate"], base.rates["cell"], base.rates["within"], strict=True)
    rates = base.rates.assign(mean=[truth.rates[key] for key in keys])
    return replace(base, rates=rates)


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
    made: Mapping[str, World],
    grounds: Mapping[str, Ground],
    parameters: Parameters,
    seed: int,
    *,
    routes: bool,
    parts: bool,
    spread: float,
    strangers: bool,
) -> list[dict[str, Any]]:
    """Draw a truth, live through twelve weeks in every branch, learn, plan with each model; a row a branch."""
    pasts, truths, asked = {}, {}, {}
    for number, (code, world_of) in enumerate(made.items()):
        rng = np.random.default_rng([seed, number] if strangers else seed)
        truth = truths[code] = drawn_truth(rng, parameters, parts=parts, spread=spread)
        pasts[code] = happened(world_of, world_of.walks[seed % len(world_of.walks)], truth, parameters, rng)
        outcomes, payments = pasts[code]
        asked[code] = trials(
            world_of.surveyed, world_of.tables.places, outcomes, parameters,
            zone=world_of.zone, payments=payments, today=yesterday(world_of),
        )  # fmt: skip
    counts = {
        code: pd.concat([counted(asked[code]), beside_visits(made[code], *pasts[code], parameters)]) for code in made
    }
    rows = []
    for code, world_of in made.items():
        truth, (outcomes, payments) = truths[code], pasts[code]
        began = time.process_time()
        paid_beside = beside_visits(world_of, outcomes, payments, parameters)
        alone = fitted(asked[code], parameters, None, paid_beside)
        alone_s, began = time.process_time() - began, time.process_time()
        others = [one for name, one in counts.items() if name != code]
        learnt = fitted(asked[code], parameters, together(others), paid_beside) if others else alone
        row: dict[str, Any] = {"seed": seed, "branch": code, "alone_s": alone_s}
        row["learn_s"] = time.process_time() - began
        tables, default = with_outcomes(world_of, outcomes), untaught(parameters)
        known = true_model(truth, default)
        for name, model in (
            ("default", default),
            ("alone", alone),
            ("rates", with_assumed_background(learnt)),
            ("learnt", learnt),
            ("truth", known),
        ):
            many = routes and name in ("default", "learnt", "truth")
            for what, one in planned(grounds[code], tables, model, known, parameters, routes=many).items():
                row[f"{name}_{what}"] = one
        for name, model in (("", learnt), ("alone_", alone)):
            for rate, cells in coverage(model, truth).groupby("rate"):
                row |= {
                    f"{name}held_{rate}": int(cells["holds"].sum()),
                    f"{name}cells_{rate}": len(cells),
                    f"{name}off_{rate}": float((cells["off"] ** 2).sum()),
                    f"{name}prior_off_{rate}": float((cells["prior_off"] ** 2).sum()),
                    f"{name}width_{rate}": float(cells["width"].mean()),
                }
        rows.append(row)
    return rows


def beside_visits(made: World, outcomes: pd.DataFrame, payments: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Count what was paid beside the visits, as the product does for a branch with one list."""
    today = made.monday.date()
    overdue = spans(empty(ACCOUNT_STATES), made.surveyed, today=today, since=today - timedelta(weeks=WEEKS))
    return background(overdue, made.surveyed, outcomes, payments, parameters, zone=made.zone, today=today)


def report(rows: pd.DataFrame) -> None:
    """Print coverage by rate and the gain with its interval over the seeds, for each branch and for all together."""
    for name, here in [*rows.groupby("branch"), ("all branches", rows)]:
        print(f"\n{name}: {here['seed'].nunique()} seeds; learning takes {here['learn_s'].mean():.2f} CPU s,")
        print(f"from the branch's own visits alone {here['alone_s'].mean():.2f}")
        for kind in ("", "alone_"):
            print("alone:" if kind else "with the other branches' counts:")
            coverages(here, kind)
        for way in ("programme", "routes"):
            if f"learnt_{way}_true" in here and here[f"learnt_{way}_true"].notna().any():
                gains(here[here[f"learnt_{way}_true"].notna()], way)


def coverages(rows: pd.DataFrame, kind: str) -> None:
    """Print coverage by rate; standard errors go by seed, since the branches of a seed share a truth."""
    rates = [name.removeprefix(f"{kind}held_") for name in rows if name.startswith(f"{kind}held_")]
    print("  rate           coverage  (s.e.)   width   rms error   of the default")
    columns = [f"{kind}{what}_{rate}" for rate in rates for what in ("held", "cells", "off", "prior_off")]
    seeds = rows.groupby("seed")[columns].sum()
    for rate in rates:
        share = seeds[f"{kind}held_{rate}"] / seeds[f"{kind}cells_{rate}"]
        cells = seeds[f"{kind}cells_{rate}"].sum()
        off, prior = (np.sqrt(seeds[f"{kind}{what}_{rate}"].sum() / cells) for what in ("off", "prior_off"))
        error, width = share.std() / np.sqrt(len(seeds)), rows[f"{kind}width_{rate}"].mean()
        print(f"  {rate:14} {share.mean():7.1%}  ({error:.1%})  {width:6.3f}  {off:9.4f}  {prior:9.4f}")
    held, cells = (seeds[[f"{kind}{what}_{rate}" for rate in rates]].sum(axis=1) for what in ("held", "cells"))
    share = held / cells
    print(f"  all cells      {held.sum() / cells.sum():7.1%}  ({share.std() / np.sqrt(len(seeds)):.1%})")


def gains(rows: pd.DataFrame, way: str) -> None:
    """Print true uplift per field hour of weeks chosen in one way: money over hours of a seed's branches together."""
    models = [
        one for one in ("default", "alone", "rates", "learnt", "truth") if rows.get(f"{one}_{way}_true") is not None
    ]
    sums = rows.groupby("seed")[[f"{one}_{way}_{what}" for one in models for what in ("true", "hours")]].sum()
    hourly = {one: (sums[f"{one}_{way}_true"] / sums[f"{one}_{way}_hours"]).to_numpy() for one in models}
    draws = np.random.default_rng(1).integers(0, len(sums), (2000, len(sums)))
    base = hourly["default"]
    print(f"  {way}, {len(sums)} weeks: true uplift per field hour {base.mean():,.0f} yuan by the defaults")
    for one in models[1:]:
        now = hourly[one]
        ratio = now[draws].sum(axis=1) / base[draws].sum(axis=1) - 1
        low, high = np.quantile(ratio, [0.1, 0.9])
        told = rows[f"{one}_{way}_told"].sum() / rows[f"{one}_{way}_true"].sum()
        print(
            f"    {one:7} {now.mean():8,.0f} {now.mean() / base.mean() - 1:+.1%} (80 % {low:+.1%} to {high:+.1%}), "
            f"better in {np.mean(now > base):.0%}; promised / true {told:.2f}"
        )


def main() -> None:
    """Run seeds, or only report what a file holds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--var", type=Path, default=Path("var"), help="folder of the demo that set-up made")
    asked.add_argument("--branches", nargs="+", default=["YX01", "YX02", "YX03"])
    asked.add_argument("--monday", type=datetime.fromisoformat, required=True, help="Monday of the demo's week")
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--routes", action="store_true", help="plan routes too")
    asked.add_argument("--fixed-parts", action="store_true", help="paid and promised parts are as assumed")
    asked.add_argument(
        "--odds", type=float, default=PAYS, help="by how much the odds of paying may lie off, either way"
    )
    asked.add_argument("--strangers", action="store_true", help="each branch has a truth of its own")
    asked.add_argument("--rows", type=Path, help="file to which rows are appended and which is reported")
    given = asked.parse_args()
    monday = given.monday.replace(hour=6, tzinfo=ZoneInfo("Asia/Shanghai"))
    parameters, began = load(), time.process_time()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    rows: list[dict[str, Any]] = []
    if given.seeds:
        made = {code: world(given.var, code, monday) for code in given.branches}
        region = open_region(given.var / "regions" / "yunxi")
        with open_roads(region, given.var / "osrm", given.var / "matrices") as roads:
            grounds = {code: look(given.var, code, monday, roads) for code in given.branches}
            for seed in range(given.first, given.first + given.seeds):
                found = run_seed(
                    made, grounds, parameters, seed,
                    routes=given.routes, parts=not given.fixed_parts, spread=given.odds, strangers=given.strangers,
                )  # fmt: skip
                rows += found
                if given.rows:
                    with given.rows.open("a") as file:
                        file.writelines(json.dumps(row) + "\n" for row in found)
        print(f"{(time.process_time() - began) / given.seeds:.1f} CPU s a seed")
    if given.rows:
        rows = [json.loads(line) for line in given.rows.read_text().splitlines()]
    report(pd.DataFrame(rows))


if __name__ == "__main__":
    main()
