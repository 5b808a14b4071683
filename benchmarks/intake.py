"""How long an overdue list takes from the file to the store: python -m benchmarks.intake [--million].

Invented lists of nine columns. A list is read as every list is, in a child process with limits; then located on the
streets of an invented town, compared, stored, stored again and taken back. CPU seconds of the child or of this
process; wall seconds hang on what else runs, so the load is told beside them.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from config.profiles import load_profile
from planner.intake.check import Checked
from planner.intake.read import read_list
from planner.receive import ListSource, located, receive
from planner.view.changes import changes
from tests.planner.factories import BRANCH, NOW, principal, store_at, street_index

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


def written(path: Path, count: int) -> Path:
    """Write a list of so many rows, CSV or XLSX by the name."""
    chance = random.Random(1)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true", help="the list of a million rows too")
    wanted = parser.parse_args()
    profile, index, who = load_profile(), street_index(), principal()

    def read(path: Path) -> Checked:
        return read_list(path, profile, today=TODAY)

    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        book = written(at / "20k.xlsx", 20_000)
        told("20,000 rows of XLSX read", lambda: read(book), child=True)
        path = written(at / "100k.csv", 100_000)
        store = store_at(at / "store.sqlite")
        began = time.monotonic()
        checked = told("100,000 rows of CSV read", lambda: read(path), child=True)

        def take(letter: str, one: Checked) -> Any:
            source = ListSource("100k.csv", letter * 64, "auto")
            return receive(store, who, BRANCH, one, source, index=index, now=NOW, full_list=True)

        told("  located and stored", lambda: take("a", checked))
        print(f"  from the file to the store, {time.monotonic() - began:.1f} s wall", flush=True)
        told("  the same file again", lambda: take("a", checked))
        checked.rows["overdue_minor"] += 100
        tables = located(store, who, BRANCH, checked, index=index).listed()
        told("  every amount changed, compared", lambda: changes(store, who, BRANCH, tables))
        made = told("  every amount changed, located and stored", lambda: take("b", checked))
        told("  taken back", lambda: store.undo_import(who, BRANCH, made.batch_id, now=NOW))
        store.close()
        if wanted.million:
            path = written(at / "1m.csv", 1_000_000)
            told("1,000,000 rows of CSV read", lambda: read(path), child=True)


if __name__ == "__main__":
    main()
