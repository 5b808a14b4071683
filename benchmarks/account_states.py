"""Keeping and reading successive lists: python -m benchmarks.account_states [accounts] [lists].

An SQLite database of its own in a temporary folder; one branch; full lists a month apart of so many accounts each, a
tenth of them new every time, brought in by the store's import: the newest first, then the older ones into the history.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from planner.domain import Branch, Principal, Role
from planner.portfolio import curve, moves, roll_changes, spells
from planner.store import migrate, open_store
from planner.tables import ACCOUNTS, DEBTORS, conform, empty

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
NEWEST = date(2026, 11, 30)
ASKING = Principal("benchmark", Role.SYSTEM, frozenset({"B"}))


def listed(accounts: int, months_ago: int) -> dict[str, pd.DataFrame]:
    number = np.arange(accounts) + (12 - months_ago) * accounts // 10
    days = 1 + (number * 7919) % 400
    text = [name for name, kind in ACCOUNTS.items() if kind == "str"]
    table = empty(ACCOUNTS).reindex(range(accounts)).assign(
        case_id=[f"CASE-{k:09d}" for k in number],
        debtor_id=[f"D{k:016x}" for k in number],
        branch="B",
        product="card",
        overdue_minor=100_00 + number,
        principal_minor=200_00 + number,
        days_past_due=days,
        as_of_on=pd.Timestamp(NEWEST - timedelta(days=30 * months_ago)),
    )  # fmt: skip
    table[text] = table[text].fillna("")
    blank = dict.fromkeys(set(DEBTORS) - {"debtor_id", "branch", "region"}, "")
    people = table[["debtor_id", "branch"]].assign(region="R01", **blank)
    return {"debtors": conform(people, DEBTORS), "accounts": conform(table, ACCOUNTS)}


def main(accounts: int, lists: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "b.sqlite"
        migrate(f"sqlite:///{file}")
        store = open_store(f"sqlite:///{file}")
        store.save_branch(ASKING, Branch("B", "B", "B", 120.0, 30.0, "r"), now=NOW)
        took = []
        for k in range(lists):
            tables = listed(accounts, k)
            about = {"file_name": f"{k}", "sha256": f"{k}", "profile": "p", "rows_read": accounts, "issues_json": "[]"}
            began, cpu = time.perf_counter(), time.process_time()
            store.save_import(ASKING, "B", tables, **about, rows_accepted=accounts, full_list=True, now=NOW)
            took.append((time.perf_counter() - began, time.process_time() - cpu))
        print(f"newest list, accounts and people too: {took[0][0]:.1f} s wall, {took[0][1]:.1f} CPU s")
        older = np.array(took[1:])
        print(f"an older list: {older[:, 0].mean():.1f} s wall, {older[:, 1].mean():.1f} CPU s")
        print(f"database: {file.stat().st_size / 2**20:.0f} MB")
        began, cpu = time.perf_counter(), time.process_time()
        states = store.account_states(ASKING, "B")
        wall = time.perf_counter() - began
        print(f"reading {len(states):,} states: {wall:.1f} s wall, {time.process_time() - cpu:.1f} CPU s")
        for name, make in (
            ("moves", lambda: moves(states)),
            ("spells", lambda: spells(states)),
        ):
            cpu = time.process_time()
            made = make()
            print(f"{name}: {len(made):,} rows, {time.process_time() - cpu:.1f} CPU s")
            if name == "moves":
                cpu = time.process_time()
                roll_changes(made, by_money=True)
                print(f"changes: {time.process_time() - cpu:.1f} CPU s")
            else:
                cpu = time.process_time()
                curve(made)
                print(f"one curve of all: {time.process_time() - cpu:.1f} CPU s")
        store.close()


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*[*given, *(100_000, 12)[len(given) :]])
