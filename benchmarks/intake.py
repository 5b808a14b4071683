"""How long an overdue list takes from the file to the store: python -m benchmarks.intake [--help].

Invented lists of nine columns. A list is read as every list is, in a child process with limits. It waits for the list,
as on the page, where it starts when the panel is opened; with ``--alone`` it is started for the list. Then the list is
located on the streets of an invented town, stored, given again, compared, and the next day's list is taken over it and
taken back. CPU seconds of the child or of this process; wall seconds hang on what else runs, so the load is told too.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from config.profiles import load_profile
from planner.intake.read import read_list
from planner.intake.waiting import WAITING
from planner.receive import ListSource, located, receive
from planner.store import Store, migrate, open_store
from planner.view.changes import changes
from tests.planner.factories import BRANCH, NOW, filled, principal, store_at, street_index
from tests.planner.store.server import OWNER, private

TODAY = date(2026, 11, 20)
HEADINGS = ("案件编号", "姓名", "证件号", "本人手机", "逾期金额(元)", "逾期天数", "家庭地址", "产品名称", "剩余本金")
STREETS = ("知行路", "文汇路", "江边路")
Row = tuple[str, str, str, str, float, int, str, str, float]


def row(i: int, chance: random.Random) -> Row:
    """Give an account: 5,000 names, addresses of three streets, everything else its own."""
    return (
        f"YX{i:08d}", f"王{i % 5000}伟", f"99000019900101{i % 1_000_000:06d}", f"138{i % 100_000_000:08d}",
        chance.randint(100, 9_999_999) / 100, chance.randint(1, 1_500),
        f"云溪市滨江区{STREETS[i % 3]}{i % 20 + 1}号{i // 20}室", "经营贷款", chance.randint(1_000, 99_999_999) / 100,
    )  # fmt: skip


def written(path: Path, count: int, seed: int = 1) -> Path:
    """Write a list of so many rows, CSV or XLSX by the name; with another seed the amounts and days are others."""
    chance = random.Random(seed)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(HEADINGS) + "\n")
            file.writelines(",".join(map(str, row(i, chance))) + "\n" for i in range(count))
        return path
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("逾期")
        for k in range(count + 1):
            sheet.write_row(k, 0, HEADINGS if k == 0 else row(k - 1, chance))
    return path


def told(what: str, work: Callable[[], Any], *, child: bool = False) -> Any:
    """Do something and print its CPU and wall seconds, of a child also the most memory of all children so far."""
    whose = resource.RUSAGE_CHILDREN if child else resource.RUSAGE_SELF
    before, began = resource.getrusage(whose), time.monotonic()
    result = work()
    after = resource.getrusage(whose)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = f", at most {after.ru_maxrss / 1024:.0f} MiB" if child else ""
    print(
        f"{what:44} {cpu_s:6.1f} CPU s, {time.monotonic() - began:6.1f} s wall{memory} (load {os.getloadavg()[0]:.0f})",
        flush=True,
    )
    return result


def measure(store: Store, at: Path, *, alone: bool) -> None:
    """Take a first and a later list of 100,000 rows into a store, and take the later one back."""
    profile, index, who = load_profile(), street_index(), principal()

    def taken(name: str, seed: int, days: int) -> Any:
        """Take the list of a day, from its file to the store."""
        path, on = written(at / f"{name}.csv", 100_000, seed), TODAY + timedelta(days)
        if not alone:
            WAITING.make_ready()
            time.sleep(3)
        began = time.monotonic()
        checked = told(f"{name} of 100,000 rows read", lambda: read_list(path, profile, today=on), child=True)

        def take() -> Any:
            source = ListSource(path.name, f"{seed}{days}" * 32, "auto")
            moment = NOW + timedelta(days)
            return receive(store, who, BRANCH, checked, source, index=index, now=moment, full_list=True)

        done = told("  located and stored", take)
        print(f"  from the file to the store, {time.monotonic() - began:.1f} s wall", flush=True)
        told("  the same file again", take)
        tables = located(store, who, BRANCH, checked, index=index).listed()
        told("  compared, as the page does", lambda: changes(store, who, BRANCH, tables))
        return done

    taken("first list", 1, 0)
    made = taken("later list, all changed", 2, 1)
    told("  taken back", lambda: store.undo_import(who, BRANCH, made.batch_id, now=NOW + timedelta(2)))
    taken("list as before, a day later", 1, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", action="store_true", help="no child waits for the list")
    parser.add_argument("--postgresql", action="store_true", help="into a private PostgreSQL with its own defaults")
    parser.add_argument("--million", action="store_true", help="the list of a million rows too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        if wanted.postgresql:
            with private(options=()) as running:
                name = running.server.create()
                migrate(running.server.url(name), owner=running.server.url(name, OWNER))
                store = filled(open_store(running.server.url(name)))
                measure(store, at, alone=wanted.alone)
                store.close()
        else:
            book = written(at / "20k.xlsx", 20_000)
            told("20,000 rows of XLSX read", lambda: read_list(book, load_profile(), today=TODAY), child=True)
            store = store_at(at / "store.sqlite")
            measure(store, at, alone=wanted.alone)
            store.close()
        if wanted.million:
            path = written(at / "1m.csv", 1_000_000)
            told("1,000,000 rows of CSV read", lambda: read_list(path, load_profile(), today=TODAY), child=True)


if __name__ == "__main__":
    main()
