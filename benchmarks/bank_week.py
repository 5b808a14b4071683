"""How well workers are used when every branch of a bank is planned: ``python -m benchmarks.bank_week``.

A synthetic bank is made in a temporary folder from the demo's largest branch: each branch has a sample of its debtors
and its crews. Then ``planner bank`` plans next week with one worker and with two. Needs the demo (``make setup``) and
``make bank``. Each run has asked the roads for nothing before, so that none profits from the one before; with
``--kept`` a run that is not counted has asked for all of it, as a week's second run and all later ones find it.

- *ideal*: branches × seconds ÷ workers, as if there were nothing but the search; *ratio*: wall over ideal.
- *wall*: of the command, workers' start included. *branch*: of one branch in its worker, on average.
- *busy*: share of the wall time that workers had a branch. *efficiency*: workers × wall of the first line, over the
  same of this one.
- *read*, *times*, *search*, *save*: where a branch's time goes, on average: reading and valuing, the times on the
  roads, searching, and all that follows until the plan is saved.
- *peak*: the most memory of a worker with its search, over the branches.
- *threads*: the most that a search had.

``--teams N`` gives each branch the model's crews N times: from 60 shifts on a branch is a large one, which is searched
by the processors that no other branch needs (``--branches 1 --teams 4 --debtors 3000 --workers 1 2``).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from config.profiles import load_profile
from geodata.roads.region import open_region
from planner.domain import Principal, Role
from planner.intake.read import read_list
from planner.receive import ListSource, receive
from planner.region_index import region_index
from planner.store import Store, migrate, open_store
from planner.week import iso_week, week_days

ROOT = Path(__file__).resolve().parent.parent
DEMO, MODEL, REGION = ROOT / "var", "YX01", "yunxi"
#: the model's own crews; it has an agency's too
CREWS = ("YX01-A", "YX01-B", "YX01-C")
PARTS = ("read", "times", "search", "save")


def system(*branches: str) -> Principal:
    return Principal("benchmark", Role.SYSTEM, frozenset(branches))


def made(var: Path, branches: int, debtors: int, teams: int, now: datetime) -> None:
    """Make the bank."""
    var.mkdir()
    for name in ("osrm", "regions"):
        (var / name).symlink_to(DEMO / name)
    url = f"sqlite:///{var / 'rounds.sqlite'}"
    migrate(url)
    index = region_index(open_region(DEMO / "regions" / REGION))
    file = DEMO / "demo" / f"overdue_{MODEL}.csv"
    with file.open(encoding="gb18030", newline="") as text:
        heading, *rows = csv.reader(text)
    with closing(open_store(f"sqlite:///{DEMO / 'rounds.sqlite'}")) as demo, closing(open_store(url)) as store:
        regions = demo.regions(system(MODEL), REGION)
        for number in range(branches):
            code = f"B{number + 1:03d}"
            staffed(demo, store, code, regions if number == 0 else None, teams, now)
            rng = np.random.default_rng([7, number])
            chosen = sorted(rng.choice(len(rows), min(len(rows), debtors), replace=False))
            listed = var / f"{code}.csv"
            with listed.open("w", encoding="gb18030", newline="") as text:
                csv.writer(text).writerows([heading, *(rows[k] for k in chosen)])
            checked = read_list(listed, load_profile("auto"), today=now.date())
            source = ListSource(listed.name, code, "auto")
            receive(store, system(code), code, checked, source, index=index, now=now)


def staffed(demo: Store, store: Store, code: str, regions: Any, teams: int, now: datetime) -> None:
    """Give a branch the model's crews ``teams`` times, their shifts of next week and its customers."""
    asking = system(code)
    (model,) = demo.branches(system(MODEL))
    store.save_branch(asking, replace(model, code=code), now=now)
    if regions is not None:
        store.save_regions(asking, REGION, regions, now=now)
    days = week_days(next_week(now))
    crews = [one for one in demo.crews(system(MODEL), MODEL) if one.crew_id in CREWS]
    members = {name for one in crews for name in one.members}
    people = [one for one in demo.collectors(system(MODEL), MODEL) if one.collector_id in members]
    shifts = [one for one in demo.shifts(system(MODEL), MODEL, days[0], days[-1]) if one.crew_id in CREWS]
    for team in range(teams):
        end = f"-{team + 1}" if team else ""  # of each id; people, too, work in one crew only
        mine = [replace(one, collector_id=one.collector_id + end, branch=code) for one in people]
        groups = [
            replace(one, crew_id=one.crew_id + end, members=tuple(name + end for name in one.members), branch=code)
            for one in crews
        ]
        work = [replace(one, shift_id=one.shift_id + end, crew_id=one.crew_id + end, branch=code) for one in shifts]
        store.save_collectors(asking, code, mine, now=now)
        store.save_crews(asking, code, groups, now=now)
        store.save_shifts(asking, code, work, now=now)
    customers = demo.customers(system(MODEL), MODEL).assign(branch=code)
    store.save_customers(asking, code, customers, now=now)


def next_week(now: datetime) -> str:
    return iso_week(now.date() + timedelta(weeks=1))


def run(var: Path, *argv: object) -> tuple[dict[str, Any], float]:
    began = time.monotonic()
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ROUNDS_")}
    done = subprocess.run(
        [sys.executable, "-m", "planner", "bank", "--json", *map(str, argv)],
        cwd=ROOT, env=environ | {"ROUNDS_VAR": str(var)}, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if not done.stdout:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout), time.monotonic() - began


def mean(told: dict[str, Any], part: str) -> float:
    planned = [one["parts_s"][part] for one in told["branches"] if one["parts_s"]]
    return sum(planned) / max(1, len(planned))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--branches", type=int, default=4)
    parser.add_argument("--debtors", type=int, default=200)
    parser.add_argument("--teams", type=int, default=1, metavar="N", help="the model's crews, N times")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kept", action="store_true", help="travel times kept from a run before")
    asked = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    print(f"{asked.branches} branches × {asked.debtors} rows of the list, {asked.seconds:g} s each; ", end="")
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{'workers':>7} {'ideal s':>8} {'wall s':>8} {'ratio':>6} {'branch s':>9} {'busy':>6} "
        + " ".join(f"{name:>7}" for name in PARTS)
        + f" {'peak MB':>8} {'threads':>7} {'worth':>12}"
    )
    first: float | None = None
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        made(var, asked.branches, asked.debtors, asked.teams, now)
        if asked.kept:
            run(var, "--week", next_week(now), "--seconds", 1, "--now", now.isoformat())
        for workers in asked.workers:
            asked_of = ("--week", next_week(now), "--seconds", asked.seconds, "--workers", workers)
            if not asked.kept:
                shutil.rmtree(var / "matrices", ignore_errors=True)
            told, wall_s = run(var, *asked_of, "--now", now.isoformat())
            ideal_s = asked.branches * asked.seconds / workers
            took = [one["took_s"] for one in told["branches"]]
            peak = max(one["peak_mb"] for one in told["branches"])
            threads = max(one["threads"] for one in told["branches"])
            print(
                f"{workers:7d} {ideal_s:8.1f} {wall_s:8.1f} {wall_s / ideal_s:6.2f} {sum(took) / len(took):9.1f} "
                f"{sum(took) / workers / wall_s:6.2f} "
                + " ".join(f"{mean(told, name):7.2f}" for name in PARTS)
                + f" {peak:8.0f} {threads:7d} {told['worth']:12,.0f}",
                flush=True,
            )
            if told["not_planned"]:
                print("  not planned:", {one["branch"]: one["reason"] for one in told["branches"] if one["reason"]})
            first = first or wall_s * workers
            print(f"        efficiency against the first line {first / (workers * wall_s):.2f}")


if __name__ == "__main__":
    main()
