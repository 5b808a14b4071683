"""Head-office questions of a whole bank asked four ways: ``python -m benchmarks.bank_analytics URL``.

The bank is one of ``benchmarks.bank_made``. Three questions: debtors and money by district and bucket, money by
product and bucket, and past visits by district and week. Each is asked of the database as the program reads it (a
branch at a time, summed here), of the database by one statement, of Parquet sorted by branch, and of DuckDB over that
Parquet where it is installed (it is no dependency). All four must agree. CPU seconds of this process, the better of
two; PostgreSQL's server is not counted. The rows of writing Parquet say what keeping it beside the database costs.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.bank_made import system
from planner.store import Store, open_store
from planner.store.connect import Scope, reading

BUCKETS = (
    "CASE WHEN d <= 30 THEN 'M1' WHEN d <= 60 THEN 'M2' WHEN d <= 90 THEN 'M3' WHEN d <= 180 THEN 'M4-6' "
    "WHEN d <= 365 THEN 'M7-12' WHEN d <= 1095 THEN 'Y1-3' ELSE 'Y3+' END"
)
EDGES = [-(10**6), 30, 60, 90, 180, 365, 1095, 10**6]
NAMES = ["M1", "M2", "M3", "M4-6", "M7-12", "Y1-3", "Y3+"]
#: by one statement; {account}, {debtor} and {outcome} are tables or files
ASKED = {
    "debtors by district and bucket": f"""
        SELECT region, {BUCKETS} AS bucket, count(*) AS n, sum(owed) AS money FROM (
            SELECT debtor.region AS region, max(days_past_due) AS d, sum(overdue_minor) AS owed
            FROM {{account}} JOIN {{debtor}} ON debtor.branch = account.branch AND debtor.debtor_id = account.debtor_id
            WHERE account.closed_at IS NULL AND (days_past_due > 0)
            GROUP BY account.branch, account.debtor_id, debtor.region) AS each
        GROUP BY 1, 2 ORDER BY 1, 2""",
    "money by product and bucket": f"""
        SELECT product, {BUCKETS.replace(" d ", " days_past_due ")} AS bucket, count(*) AS n,
            sum(overdue_minor) AS money
        FROM {{account}} WHERE closed_at IS NULL AND days_past_due > 0 GROUP BY 1, 2 ORDER BY 1, 2""",
    "past visits by district and day": """
        SELECT region, substr(started_at, 1, 10) AS day, count(*) AS n, sum(paid_minor) AS money
        FROM {outcome} JOIN {debtor} ON debtor.branch = outcome.branch AND debtor.debtor_id = outcome.debtor_id
        GROUP BY 1, 2 ORDER BY 1, 2""",
}
COLUMNS = {
    "account": ["branch", "case_id", "debtor_id", "product", "overdue_minor", "days_past_due", "closed_at"],
    "debtor": ["branch", "debtor_id", "region"],
    "outcome": ["branch", "debtor_id", "started_at", "paid_minor"],
}
Answers = dict[str, pd.DataFrame]


def asked(store: Store, codes: list[str], sql: str) -> pd.DataFrame:
    """Ask the database one statement, in the scope of the whole bank."""
    with reading(store._door.engine, Scope(frozenset(codes), "system")) as connection:
        rows = connection.exec_driver_sql(sql)
        return pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))


def as_read(store: Store, codes: list[str]) -> Answers:
    """Answer as the program reads: a branch at a time, through the store."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in ASKED}
    for code in codes:
        who = system(code)
        accounts, debtors = store.accounts(who, code), store.debtors(who, code)
        outcomes, every = store.latest_outcomes(who, code), store.debtors(who, code, closed=True)
        accounts = accounts[accounts["days_past_due"] > 0]
        for name, one in zip(ASKED, of_frames(accounts, debtors, outcomes, every), strict=True):
            parts[name].append(one)
    return {name: summed(pd.concat(found)) for name, found in parts.items()}


def of_frames(
    accounts: pd.DataFrame, debtors: pd.DataFrame, outcomes: pd.DataFrame, every: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Answer the three questions from frames."""
    each = accounts.groupby(["branch", "debtor_id"], as_index=False).agg(
        d=("days_past_due", "max"), money=("overdue_minor", "sum")
    )
    each = each.merge(debtors[["branch", "debtor_id", "region"]], on=["branch", "debtor_id"])
    each = each.assign(bucket=pd.cut(each["d"], EDGES, labels=NAMES).astype(str), n=1)
    owed = accounts.assign(bucket=pd.cut(accounts["days_past_due"], EDGES, labels=NAMES).astype(str), n=1)
    seen = outcomes.merge(every[["branch", "debtor_id", "region"]], on=["branch", "debtor_id"]).assign(n=1)
    day = seen["started_at"].astype(str).str[:10]
    return (
        each.groupby(["region", "bucket"], as_index=False)[["n", "money"]].sum(),
        owed.rename(columns={"overdue_minor": "money"})
        .groupby(["product", "bucket"], as_index=False)[["n", "money"]]
        .sum(),
        seen.assign(day=day, money=seen["paid_minor"]).groupby(["region", "day"], as_index=False)[["n", "money"]].sum(),
    )


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """Add up parts of an answer."""
    keys = list(table.columns[:2])
    return table.groupby(keys, as_index=False)[["n", "money"]].sum().sort_values(keys, ignore_index=True)


def by_statement(store: Store, codes: list[str]) -> Answers:
    """Answer each question by one statement."""
    return {name: asked(store, codes, sql.format(account="account", debtor="debtor", outcome="outcome"))
            for name, sql in ASKED.items()}  # fmt: skip


def written(store: Store, codes: list[str], folder: Path) -> float:
    """Write the three tables as Parquet sorted by branch; give megabytes."""
    for name, columns in COLUMNS.items():
        select = f"SELECT {', '.join(columns)} FROM {name} ORDER BY branch"
        table = pa.Table.from_pandas(asked(store, codes, select), preserve_index=False)
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", row_group_size=100_000)
    return sum(one.stat().st_size for one in folder.iterdir()) / 1e6


def of_parquet(folder: Path) -> Answers:
    """Answer from the Parquet files with Arrow and pandas."""
    read = {name: ds.dataset(folder / f"{name}.parquet") for name in COLUMNS}
    late = (ds.field("days_past_due") > 0) & ds.field("closed_at").is_null()
    accounts = read["account"].to_table(filter=late).to_pandas()
    debtors, outcomes = read["debtor"].to_table().to_pandas(), read["outcome"].to_table().to_pandas()
    return dict(zip(ASKED, of_frames(accounts, debtors, outcomes, debtors), strict=True))


def of_duckdb(folder: Path) -> Answers | None:
    """Answer from the Parquet files with DuckDB, None where it is not installed."""
    try:
        import duckdb
    except ImportError:
        return None
    files = {name: f"'{folder / name}.parquet' AS {name}" for name in COLUMNS}
    with duckdb.connect() as base:
        return {name: base.execute(sql.format(**files)).df() for name, sql in ASKED.items()}


def timed(what: str, do: Callable[[], Any], times: int = 2) -> Any:
    """Do something and print what it takes, the better of some times."""
    best, answer = (float("inf"), float("inf")), None
    for _ in range(times):
        cpu, wall = time.process_time(), time.monotonic()
        answer = do()
        best = min(best, (time.process_time() - cpu, time.monotonic() - wall))
    print(f"{what:44} {best[0]:8.2f} CPU s {best[1]:8.2f} s wall, load {os.getloadavg()[0]:.0f}", flush=True)
    return answer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--branches", type=int, default=None, help="read so many branches as the program reads them")
    url, few = vars(parser.parse_args()).values()
    with closing(open_store(url)) as store, tempfile.TemporaryDirectory() as place:
        folder, codes = Path(place), list(store.branch_codes(system()))
        some = codes[: few or len(codes)]
        read = timed(f"as the program reads, {len(some)} of {len(codes)} branches", lambda: as_read(store, some), 1)
        answers = {"one statement": timed("one statement each", lambda: by_statement(store, codes))}
        for name, sql in ASKED.items():
            one = sql.format(account="account", debtor="debtor", outcome="outcome")
            timed(f"  {name}", lambda one=one: asked(store, codes, one), 1)
        size = timed("Parquet written from the database", lambda: written(store, codes, folder), 1)
        print(f"{'':44} {size:8.1f} MB")
        answers["parquet"] = timed("Parquet, Arrow and pandas", lambda: of_parquet(folder))
        answers["duckdb"] = timed("Parquet, DuckDB", lambda: of_duckdb(folder))
        if len(some) == len(codes):
            answers["as read"] = read
    agree(answers)


def agree(answers: dict[str, Answers | None]) -> None:
    """Check that all ways gave the same counts and sums."""
    first = next(one for one in answers.values() if one)
    for way, one in answers.items():
        for name in ASKED if one else ():
            both = (first[name], one[name])  # type: ignore[index]
            totals = {
                (int(table["n"].astype("int64").sum()), int(table["money"].astype("int64").sum()), len(table))
                for table in both
            }
            if len(totals) > 1:
                print(f"{way} differs on {name}: {totals}")
    print("asked:", ", ".join(way if one else f"({way} is not installed)" for way, one in answers.items()))


if __name__ == "__main__":
    main()
