"""Hard visits of the past weeks beside a share, and that nothing learns or judges from what is said for safety."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pandas as pd

from config.parameters import load
from planner.domain import Collector, Crew
from planner.view.hard_visits import hard_visits_of
from tests.planner import factories as town
from tests.planner.factories import BRANCH, NOW

ROOT = Path(__file__).parent.parent.parent.parent
CREWS = tuple(
    Crew(f"{BRANCH}-{x}", BRANCH, x, (f"{x}1", f"{x}2"), frozenset(), (109.0, 29.0), (109.0, 29.0)) for x in "ABC"
)
PEOPLE = tuple(Collector(f"{x}{k}", BRANCH, f"{x} {k}") for x in "ABC" for k in (1, 2))
#: who may read what is said for safety: nothing of value, learning, comparison or planning is among them
MAY_READ = (
    *("planner/tables.py", "planner/store/", "planner/safety/", "planner/view/safety.py", "config/safety.py"),
    *("dashboard/phone/", "dashboard/screens/board", "dashboard/screens/alarm.py", "dashboard/screens/day.py"),
    "dashboard/sign_in/alarms.py",
    "dashboard/application.py",
    "planner/demo/phones.py",  # the numbers that crews call, which nobody can have
)


def visits(**codes: list[str]) -> pd.DataFrame:
    rows = [
        {"outcome_id": f"{crew}{k}", "debtor_id": f"D{crew}{k}", "crew_id": f"{BRANCH}-{crew}", "code": code,
         "started_at": NOW - timedelta(days=k % 20 + 1), "ended_at": NOW - timedelta(days=k % 20 + 1)}
        for crew, listed in codes.items()
        for k, code in enumerate(listed)
    ]  # fmt: skip
    return town.outcomes(*rows)


def test_who_bore_more_than_a_share_is_named_and_nobody_else() -> None:
    table = visits(A=["REFUSED"] * 12 + ["NOT_HOME"] * 8, B=["NOT_HOME"] * 20, C=["DISPUTE"] * 6 + ["NOT_HOME"] * 14)
    found = hard_visits_of(table, CREWS, PEOPLE, load(), tolerance=0.15, now=NOW)
    assert found.total == 18
    assert [(one.hard, one.share, round(one.more, 1)) for one in found.crews] == [(12, 6, 6), (0, 6, 0), (6, 6, 0)]
    assert [one.hard for one in found.people] == [12, 12, 0, 0, 6, 6]


def test_older_weeks_and_one_visit_more_are_nothing_unequal() -> None:
    table = visits(A=["REFUSED"] * 2 + ["NOT_HOME"] * 8, B=["REFUSED"] + ["NOT_HOME"] * 9)
    found = hard_visits_of(table, CREWS, PEOPLE, load(), tolerance=0.15, now=NOW)
    assert not any(one.more for one in found.crews)
    later = hard_visits_of(table, CREWS, PEOPLE, load(), tolerance=0.15, now=NOW + timedelta(weeks=9))
    assert later.total == 0


def test_nothing_learns_from_or_judges_by_what_is_said_for_safety() -> None:
    """By name: whatever reads the table says ``safety_entries``, whatever uses what came of it imports its modules."""
    wrong = []
    for folder in ("planner", "dashboard", "config", "geodata"):
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            text = path.read_text("utf-8")
            imported = {
                node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module
            }
            reads = "safety_entr" in text or imported & {"planner.safety", "planner.view.safety"}
            if reads and not name.startswith(MAY_READ):
                wrong.append(name)
    assert wrong == []
