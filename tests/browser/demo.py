"""A copy of the demo's database in a folder of its own, with names in it that try to run as code."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.screens import tour
from planner.domain import Principal, Role
from planner.store import open_store
from planner.view import RouteView, week_view

ROOT = Path(__file__).parent.parent.parent
VAR = ROOT / "var"
HOSTILE = ("<img src=x onerror=window.__hit=1>", "${alert(1)}", "[a](javascript:alert(1))", "`+(window.__hit=1)+`")
BRANCH = "YX01"


@dataclass(frozen=True)
class Demo:
    """The demo as the tests find it: a published week of the first branch, one crew's day in it, who bears which name.

    ``planned`` and ``left_out`` map a hostile name to its debtor; the planned ones are the first stops of the day.
    """

    var: Path
    week: str
    day: date
    crew_id: str
    crew_name: str
    stops: int
    planned: Mapping[str, str]
    left_out: Mapping[str, str]

    @property
    def database(self) -> Path:
        return self.var / "rounds.sqlite"

    @property
    def phone(self) -> str:
        return f"/m/{BRANCH}/{self.crew_id}/{self.day.isoformat()}"

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Read the database beside the application."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as link:
            return link.execute(query, values).fetchall()


#: the demo as the tests find it, by the day on which it was made, and its database before anybody wrote to it
MADE: dict[date, tuple[Demo, Path]] = {}


def environment(var: Path) -> dict[str, str]:
    """Give an environment in which nothing of the caller's settings is left and all that is written goes to ``var``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ROUNDS_", "STREAMLIT_"))}
    return {**kept, "ROUNDS_VAR": str(var), "ROUNDS_PLAN_SECONDS": "5", "ROUNDS_LANGUAGE": "en"}


def copy_database(var: Path) -> Path:
    """Copy the database of the demo that ``make setup`` made beside links to the rest of it; gives the copy."""
    link_rest(var)
    copied = var / "rounds.sqlite"
    copy_rows(VAR / "rounds.sqlite", copied)
    return copied


def link_rest(var: Path) -> None:
    """Link to what the demo has besides its database."""
    for name in ("osrm", "regions", "matrices", "demo"):
        (var / name).symlink_to(VAR / name)


def copy_rows(source: Path, copied: Path) -> None:
    """Copy a database, also one that is being written to."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as theirs,
        closing(sqlite3.connect(copied)) as ours,
    ):
        theirs.backup(ours)


def copy_demo(var: Path) -> Demo:
    """Copy the demo that ``make setup`` made, choose a crew's day, and give some of its debtors hostile names.

    It is done once a day; whoever asks again gets a copy of what was made then.
    """
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    first, kept = MADE.get(today, (None, None))
    if first is None or kept is None or not kept.is_file():
        first, kept = made_demo(var, today), var / "as_made.sqlite"
        copy_rows(first.database, kept)
        MADE[today] = first, kept
        return first
    link_rest(var)
    copy_rows(kept, var / "rounds.sqlite")
    return replace(first, var=var)


def made_demo(var: Path, today: date) -> Demo:
    """Make what ``copy_demo`` copies."""
    copied = copy_database(var)
    with closing(sqlite3.connect(copied)) as ours:
        asked = "select week from plan_state where branch = ? order by number desc"
        week: str = ours.execute(asked, [BRANCH]).fetchone()[0]
    principal = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))
    store = open_store(f"sqlite:///{copied}")
    for code in (BRANCH, "YX02", "YX03"):
        # The journeys are of managers who know the page; the tour has its own.
        person = Principal(f"manager.{code}", Role.MANAGER, frozenset({code}))
        store.save_setting(person, code, tour.kept(person), value=True, now=datetime.now(UTC))
    row = next(one for one in store.plans(principal, BRANCH, week) if one.in_force)
    view = week_view(store, principal, row.plan_id)
    route = chosen_route(view.routes, today)
    planned = dict(zip(HOSTILE, [stop.debtor_id for stop in route.stops], strict=False))
    most_worth = sorted(view.left_out, key=lambda one: -one.value_minor)
    left_out = {f"{name}?": one.debtor_id for name, one in zip(HOSTILE, most_worth, strict=False)}
    demo = Demo(var, week, route.day, route.crew_id, route.crew_name, len(route.stops), planned, left_out)
    rename(demo, {debtor: name for name, debtor in {**planned, **left_out}.items()})
    return demo


def chosen_route(routes: Sequence[RouteView], today: date) -> RouteView:
    """Give the fullest route of today, or of the whole week where nobody is out today."""
    of_today = [route for route in routes if route.day == today and route.stops]
    return max(of_today or routes, key=lambda route: len(route.stops))


def rename(demo: Demo, names: Mapping[str, str]) -> None:
    """Give debtors other names the way a bank would: by a list in which they stand."""
    case_of = {
        str(debtor): str(case)
        for debtor, case in demo.rows("select debtor_id, min(case_id) from account group by debtor_id")
    }
    wanted = {case_of[debtor]: name for debtor, name in names.items()}
    with (VAR / "demo" / f"overdue_{BRANCH}.csv").open(encoding="gb18030", newline="") as file:
        head, *rows = csv.reader(file)
    named = [[row[0], wanted[row[0]], *row[2:]] for row in rows if row[0] in wanted]
    assert len(named) == len(names)
    path = demo.var / "hostile.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *named])
    command = [sys.executable, "-m", "planner", "import", str(path), "--branch", BRANCH]
    subprocess.run(command, cwd=ROOT, env=environment(demo.var), check=True, capture_output=True, timeout=120)
