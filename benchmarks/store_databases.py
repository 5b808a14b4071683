"""How quickly both databases take and give a long list: ``python -m benchmarks.store_databases [ROWS]``.

PostgreSQL is a private server with its own defaults (every commit synced), SQLite a file; both below /tmp.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.planner.store.conftest import Database, fill_anew, url_of
from tests.planner.store.factories import HERE, NOW, outcome, outcomes, overdue_list, principal, source
from tests.planner.store.server import OWNER, private


def timed(name: str, rows: int, do: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    given = do()
    seconds = time.perf_counter() - began
    print(f"  {name:24} {seconds:7.2f} s {rows / seconds:10,.0f} rows/s")
    return given


def measure(database: Database, rows: int) -> None:
    fill_anew(database)
    store, manager = database.open(), principal()
    listed = overdue_list(debtors=rows)
    one = outcomes(outcome())
    many = one.loc[one.index.repeat(rows)].reset_index(drop=True)
    many["outcome_id"], many["debtor_id"] = [f"o{k}" for k in range(rows)], listed["debtors"]["debtor_id"]
    later = source("9" * 64, now=NOW + timedelta(hours=1))
    # Five tables of the list, its state and its types: seven rows a debtor.
    timed("import the list", 7 * rows, lambda: store.save_import(manager, HERE, listed, **later, full_list=True))
    again = source("8" * 64, now=NOW + timedelta(hours=2))
    timed("import it again", 7 * rows, lambda: store.save_import(manager, HERE, listed, **again, full_list=True))
    timed("record outcomes", rows, lambda: store.save_outcomes(manager, HERE, many, now=NOW))
    timed("read accounts", rows, lambda: store.accounts(manager, HERE))
    timed("read outcomes", rows, lambda: store.latest_outcomes(manager, HERE))
    timed("read account states", rows, lambda: store.account_states(manager, HERE))
    single = [outcomes(outcome(f"s{k}")) for k in range(200)]
    timed("200 single outcomes", 200, lambda: [store.save_outcomes(manager, HERE, x, now=NOW) for x in single])
    store.close()
    timed("schema down to 0001", rows, lambda: database.migrate("0001"))
    timed("schema up again", rows, database.migrate)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{rows:,} debtors; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite")
        measure(Database(url_of(Path(folder) / "store.sqlite")), rows)
    with private(options=()) as running:
        name = running.server.create()
        print("PostgreSQL")
        measure(Database(running.server.url(name), running.server.url(name, OWNER)), rows)


if __name__ == "__main__":
    main()
