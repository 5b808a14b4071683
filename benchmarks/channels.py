"""What the choice of the way to each debtor is worth: a branch's week planned with it and without.

    python -m benchmarks.channels --branch YX01 --week 2026-W48 --now 2026-11-23T06:00+08:00 --seconds 20

Three weeks from the same tables, roads, seconds and seed, all judged by the model that the branch has adopted:

- **visits only**: the search is told what visits are worth and nothing else; nobody else is approached;
- **visits, then calls**: the same routes, and whoever is not visited gets the cheaper channel that pays best;
- **the choice**: the search is told what a visit adds beyond that channel, and the agency's crew has its own debtors.

Net is what is expected of visits, calls and letters, less fees, postage and the way that is driven; crews are paid
anyway. Nothing is saved. docs/channels.md has the figures of a run.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from config.settings import load_settings
from geodata.roads.shared import SharedTimes
from planner.__main__ import supplier
from planner.adoption import model_in_use
from planner.agency import BANK
from planner.choice import OTHERS, Choice
from planner.domain import Principal, Role
from planner.posing import choice_of, pose, worth_of
from planner.promised import promised, without
from planner.reading import points_of, read_week
from planner.routing import efficiency
from planner.solving import solve_in_child
from planner.store import open_store
from planner.value.candidates import candidates
from planner.value.channels import best_of


def visits_only(choice: Choice, own: pd.DataFrame) -> Choice:
    """The candidates as they were before the choice: worth for its own sake, own crews only."""
    options = own.assign(
        worth_minor=own["value_minor"],
        instead_minor=0.0,
        needs=[" ".join(filter(None, (needs, BANK))) for needs in own["needs"]],
    )
    return replace(choice, candidates=replace(choice.candidates, options=options), given={})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--branch", default="YX01")
    parser.add_argument("--week", required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    settings = load_settings(Path(__file__).resolve().parent.parent, os.environ)
    store = open_store(settings.database_url)
    asking = Principal("study", Role.SYSTEM, frozenset({arguments.branch}))
    with supplier(settings, store)(arguments.branch) as given:
        read = read_week(store, asking, arguments.branch, arguments.week, now=arguments.now)
        zone = ZoneInfo(read.branch.timezone)
        model = model_in_use(store, asking, arguments.branch, given.parameters)
        found = candidates(
            read.tables, given.pack, given.parameters, days=read.days, now=arguments.now, zone=zone, model=model
        )
        ids = {shift.shift_id for shift in read.shifts}
        waiting = promised(store, asking, read.branch, read.name, ids, read.tables.outcomes, now=arguments.now)
        found = without(found, waiting)
        means = replace(given, roads=SharedTimes(given.roads, points_of(read)))
        choice = choice_of(read, found, means)
        others = best_of(choice.table, OTHERS)["net_minor"]
        for seed in range(1, arguments.seeds + 1):
            for name, one in (("visits", visits_only(choice, found.options)), ("choice", choice)):
                question = pose(read, one.candidates, means)
                plan = solve_in_child(question.problem, seconds=arguments.seconds, seed=seed)
                spent = efficiency(worth_of(question), plan).week
                seen = {stop.visit for route in plan.routes for stop in route.stops}
                way = question.problem.travel_cost_per_s * spent.travel_s
                instead = others[~others.index.isin(seen) & (others > 0)]
                calls = float(instead.sum()) / 100
                print(
                    f"seed {seed} {name}: {spent.visits} visits worth {spent.value:,.0f}, way {way:,.0f}, "
                    f"net of visits {spent.value - way:,.0f}, {len(instead)} calls and letters {calls:,.0f}, "
                    f"together {spent.value - way + calls:,.0f}; bound {plan.bound or float('nan'):,.0f} of "
                    f"{plan.objective:,.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
