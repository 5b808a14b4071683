"""Branches beside the demo's for what a page shows when something is not there: a list, or the roads."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.screens import tour
from planner.demo.team import crew_week
from planner.domain import Branch, Collector, Crew, Principal, Role
from planner.store import Store, open_store
from planner.week import iso_week
from tests.browser.demo import ROOT, copy_database, environment

#: a branch as it is when it has been set up; one whose roads are gone from the disk; one that may go wrong otherwise
NEW, ROADLESS, ILL, SMALL = "YX07", "YX08", "YX09", "YX06"
NO_REGION = "moved-away"
HEAD = ("Loan ID", "Customer name", "Longitude", "Latitude", "Datum", "Overdue amount", "DPD")
ROWS = 40


def manager(branch: str) -> Principal:
    """Give the manager of a branch as the demo knows him."""
    return Principal(f"manager.{branch}", Role.MANAGER, frozenset({branch}))


def next_monday() -> date:
    """Give the Monday after this week, where the branches are."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return today + timedelta(days=7 - today.weekday())


def next_week() -> str:
    """Give next week's name: all its shifts are still ahead, whatever day it is."""
    return iso_week(next_monday())


def copy_with_small(var: Path) -> Store:
    """Copy the demo and set up a branch of two crews with a plan of next week; gives the copy's store."""
    store = open_store(f"sqlite:///{copy_database(var)}")
    set_up(store, SMALL, crews=2)
    load(var, SMALL)
    command = [sys.executable, "-m", "planner", "plan", "--branch", SMALL, "--week", next_week(), "--seconds", "3"]
    subprocess.run(command, cwd=ROOT, env=environment(var), check=True, capture_output=True, timeout=240)
    return store


def copy_with_branches(var: Path) -> Store:
    """Copy the demo and set up the three branches in which something is missing; gives the copy's store."""
    store = open_store(f"sqlite:///{copy_database(var)}")
    for code in (NEW, ROADLESS, ILL):
        set_up(store, code)
    for code in (ROADLESS, ILL):
        load(var, code)
    lost = next(iter(store.branches(system(ROADLESS))))
    store.save_branch(system(ROADLESS), replace(lost, road_region=NO_REGION), now=datetime.now(UTC))
    return store


def system(branch: str) -> Principal:
    """Give who sets a branch up."""
    return Principal("tests", Role.SYSTEM, frozenset({branch}))


def set_up(store: Store, code: str, *, crews: int = 1) -> None:
    """Save a branch beside the demo's second one, with crews of two and their shifts of this week and the next ones.

    Its manager knows the page: the tour does not begin by itself.
    """
    asking, now = system(code), datetime.now(UTC)
    like = next(iter(store.branches(system("YX02"))))
    names = {"name_en": f"Branch {code[-1]}", "name_zh": f"第{code[-1]}支行"}
    branch: Branch = replace(like, code=code, **names)
    store.save_branch(asking, branch, now=now)
    people = [Collector(f"{code}{k}", code, f"Collector {k}", frozenset()) for k in range(2 * crews)]
    store.save_collectors(asking, code, people, now=now)
    door = (branch.lon, branch.lat)
    teams = [
        Crew(
            f"{code}-{'AB'[k]}",
            code,
            f"Crew {'AB'[k]}",
            (f"{code}{2 * k}", f"{code}{2 * k + 1}"),
            frozenset(),
            door,
            door,
        )
        for k in range(crews)
    ]
    store.save_crews(asking, code, teams, now=now)
    mondays = [next_monday() + timedelta(weeks=k) for k in (-1, 0, 1)]
    shifts = [s for k, one in enumerate(teams) for day in mondays for s in crew_week(one, k, day, branch.timezone)]
    store.save_shifts(asking, code, shifts, now=now)
    store.save_setting(manager(code), code, tour.kept(manager(code)), value=True, now=now)


def load(var: Path, code: str, *, rows: int = ROWS, amount: int = 9000) -> None:
    """Import a list of invented debtors round the branch, the way a bank would."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(HEAD)
    for k in range(rows):
        spot = (f"{109.50 + k * 0.0007:.6f}", f"{29.10 + k % 6 * 0.002:.6f}")
        out.writerow([f"{code}-{k:03d}", f"Invented {k}", *spot, "WGS-84", f"{amount + 100 * k}", f"{40 + k}"])
    path = var / f"list-{code}-{rows}-{amount}.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    command = [sys.executable, "-m", "planner", "import", str(path), "--branch", code]
    subprocess.run(command, cwd=ROOT, env=environment(var), check=True, capture_output=True, timeout=120)
