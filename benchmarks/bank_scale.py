"""How everything that reads the whole bank grows with it: ``python -m benchmarks.bank_scale 10000 100000``.

For each number of accounts a synthetic bank (``benchmarks.bank_made``) is made in a new database, SQLite or a private
PostgreSQL with its own defaults (``--database``), and measured: import of all lists, the next day's lists, survey
counts, the comparison of every road region with verdicts and densities, and the regions' map at every zoom. What was
measured is kept (``--keep``), one line a size and database, and the last table shows all that is kept with the growth:
the slope between the logarithms of accounts and CPU seconds (1 is linear; n log n is about 1.1 over these sizes).

Each size has a process of its own. CPU seconds are of this process and its children; those of PostgreSQL's server
stand beside them. Memory is the most that this process had during a part.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.bank_made import ROOT, Bank, Spent, cpu_seconds, make, refresh, system
from benchmarks.bank_people import case_list
from config.parameters import load as load_parameters
from config.profiles import load_profile
from config.rules import load_pack
from dashboard import formats, maps
from dashboard.maps import Ground as MapGround
from geodata.patterns.cells import Bounds
from planner.demo.ground import ground
from planner.domain import Branch
from planner.intake.check import check_bytes
from planner.intake.read import read_list
from planner.store import Store, migrate, open_store
from planner.value.survey import survey
from planner.view import regions
from planner.view.regions import Comparison
from tests.planner.store.server import OWNER, private

DAY, VIEWS, ZOOMS = date(2026, 11, 27), 100, (8, 10, 12, 14, 16)
WIDE_PX, HIGH_PX = 900, 470
RATE = "per_field_hour_minor"
PEAKS = Path("/proc/self/clear_refs")
KEPT = Path(tempfile.gettempdir()) / "rounds-bank-scale.jsonl"
#: columns of a part: CPU seconds here and in the server, wall seconds, the most memory (MiB), load of the machine
Part = dict[str, float]
Number = Callable[[], float]


class Clock:
    """Measures parts."""

    def __init__(self, server_s: Number = lambda: 0.0) -> None:
        self.parts: dict[str, Part] = {}
        self._server_s = server_s
        self._peaks: list[float] = []  # of the blocks that are open

    @contextmanager
    def on(self, what: str, *, share: float = 1.0) -> Iterator[None]:
        """Measure a block; a part measured again is added, its memory the larger one.

        ``share`` is which share of the bank it is about: the table counts it for the whole.
        """
        self._note_peak()
        self._peaks.append(0.0)
        cpu, server, wall = cpu_seconds(), self._server_s(), time.monotonic()
        yield
        took = {
            "cpu_s": cpu_seconds() - cpu, "server_s": self._server_s() - server, "wall_s": time.monotonic() - wall,
        }  # fmt: skip
        self._note_peak()
        had = self.parts.get(what, {})
        self.parts[what] = {name: had.get(name, 0.0) + value for name, value in took.items()} | {
            "peak_mb": max(had.get("peak_mb", 0.0), self._peaks.pop()), "load": os.getloadavg()[0],
            "share": share,
        }  # fmt: skip

    def _note_peak(self) -> None:
        """Tell all open blocks of the most memory since the last time, and count anew."""
        most = peak_mb()
        self._peaks = [max(one, most) for one in self._peaks]
        fresh_peak()


def fresh_peak() -> None:
    """Count this process's most memory anew, where Linux does that."""
    if PEAKS.exists():
        PEAKS.write_text("5")


def peak_mb() -> float:
    """Give the most memory since, elsewhere than on Linux since the start (MiB)."""
    if not PEAKS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def tree_seconds(process: int) -> float:
    """Give the CPU seconds of a process, its children, and those of them that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == process:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == process:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def survey_counts(store: Store, codes: list[str], today: date) -> pd.DataFrame:
    """Count debtors and what they owe by district and bucket over all branches, a branch at a time as pages read."""
    parts = []
    for code in codes:
        who = system(code)
        found = survey(store.debtors(who, code), store.accounts(who, code), today=today)
        counts = found.groupby(["region", "bucket"], as_index=False)
        parts.append(counts.agg(debtors=("debtor_id", "size"), overdue_minor=("overdue_minor", "sum")))
    return pd.concat(parts).groupby(["region", "bucket"], as_index=False).sum()


def compare(store: Store, branches: list[Branch], clock: Clock, *, bank: Bank, share: float) -> Comparison:
    """Compare one road region as the page does for its head, each step measured for itself."""
    names = {"verdicts": "  verdicts", "density": "  recovery densities", "outlook": "  outlook, squares"}
    steps: list[Any] = []

    def tell(step: str) -> None:
        name = "  branches read and valued" if step.startswith("branch") else names[step]
        if not steps or steps[0] != name:
            close()
            inner = clock.on(name, share=share)
            inner.__enter__()
            steps[:] = [name, inner]

    def close() -> None:
        if steps:
            steps.pop().__exit__(None, None, None)

    packs, who = {"CN": load_pack("CN")}, system(*(one.code for one in branches))
    now = bank.now + timedelta(days=1)
    found = regions.comparison(store, who, branches, packs, load_parameters(), now=now, tell=tell)
    close()
    return found


def views(found: Comparison, zoom: int) -> list[Bounds]:
    """Give views about squares that may hold somebody, as large as the map at a zoom."""
    fine = found.squares.levels[max(found.squares.levels)]
    box = found.squares.bounds
    assert box is not None
    rng = np.random.default_rng(zoom)
    chosen = rng.integers(0, len(fine), VIEWS)
    lon = box.west + (fine.column[chosen] - fine.column.min()) / max(np.ptp(fine.column), 1) * (box.east - box.west)
    lat = box.north - (fine.row[chosen] - fine.row.min()) / max(np.ptp(fine.row), 1) * (box.north - box.south)
    east = WIDE_PX / 256 * 360 / 2**zoom / 2
    north = east * HIGH_PX / WIDE_PX * math.cos(math.radians(29))
    return [Bounds(x - east, y - north, x + east, y + north) for x, y in zip(lon, lat, strict=True)]


def drawn(found: Comparison, folder: Path) -> dict[str, Part]:
    """Measure the map of districts and of squares at each zoom: median milliseconds of CPU and kilobytes sent."""
    view, parts = found.view, {}
    under = MapGround("yunxi", folder, "en", (109.6, 29.1))
    values = dict(zip(view.table["region"], view.table[RATE].astype(float), strict=True))

    def sent(drawing: maps.Drawing) -> float:
        (content,) = drawing.layer._children.values()
        return len(content.value.encode()) / 1000

    def middle(draw: Callable[[Bounds], Any], places: list[Bounds]) -> Part:
        times, sizes = [], []
        for one in places:
            began = time.process_time()
            drawing = draw(one)
            times.append(1000 * (time.process_time() - began))
            sizes.append(sent(drawing))
        return {
            "ms": float(np.median(times)),
            "worst_ms": max(times),
            "kb": float(np.mean(sizes)),
            "most_kb": max(sizes),
        }

    parts["  map of districts"] = middle(
        lambda _: maps.region_map(view.districts, values, under, title="Per field hour", written=formats.money),
        views(found, ZOOMS[0])[:10],
    )
    for zoom in ZOOMS:
        parts[f"  map of squares, zoom {zoom}"] = middle(
            lambda one: maps.cell_map(
                found.squares, ((one.west, one.south), (one.east, one.north)), view.districts, under,
                rate=RATE, title="Per field hour", written=formats.money, told=tuple(view.table["region"]),
            ),
            views(found, zoom),
        )  # fmt: skip
    return parts


def one_child(bank: Bank) -> Part:
    """Measure how much longer a list takes that is read in a process of its own, as files are."""
    home, who = bank.people(0)
    profile = load_profile()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        case_list(home, who, today=bank.today, seed=bank.seed).to_csv(path, index=False, encoding="gb18030")
        marks = [(cpu_seconds(), time.monotonic())]
        for read in (lambda: check_bytes(path.read_bytes(), profile, today=bank.today),
                     lambda: read_list(path, profile, today=bank.today)):  # fmt: skip
            read()
            marks.append((cpu_seconds(), time.monotonic()))
    (cpu_0, wall_0), (cpu_1, wall_1), (cpu_2, wall_2) = marks
    return {"cpu_s": (cpu_2 - cpu_1) - (cpu_1 - cpu_0), "wall_s": (wall_2 - wall_1) - (wall_1 - wall_0)}


@dataclass(frozen=True)
class Measured:
    """How much of a bank is measured: every so many-th list of the next day, and so many road regions."""

    lists: int = 1
    regions: int = 99


def measured(url: str, bank: Bank, clock: Clock, say: Callable[[str], None], part: Measured) -> dict[str, Any]:
    """Make the bank in an empty database and measure everything."""
    facts: dict[str, Any] = {}

    def note(name: str, spent: Spent, share: float) -> None:
        for what in spent.cpu_s:
            cost = {"cpu_s": spent.cpu_s[what], "wall_s": spent.wall_s[what], "share": share}
            clock.parts[f"  {name}: {what}"] = cost
            say(f"{name}, {what}: {cost['cpu_s']:.1f} CPU s")

    with closing(open_store(url)) as store:
        with clock.on("bank made, import included"):
            spent, truth = make(bank, store, say)
        note("first", spent, 1.0)
        with clock.on("next day's lists", share=1 / part.lists):
            again, results = refresh(bank, store, say, every=part.lists)
        note("next day's", again, 1 / part.lists)
        clock.parts["a list's child process"] = one_child(bank)
        facts |= {
            name: sum(getattr(one, name) for one in results) for name in ("added", "changed", "unchanged", "gone")
        }
        with clock.on("survey counts of all branches"):
            facts["debtors"] = int(survey_counts(store, bank.codes, bank.today + timedelta(days=1))["debtors"].sum())
        say(f"survey counts {clock.parts['survey counts of all branches']['cpu_s']:.1f} CPU s")
        branches = store.branches(system(*bank.codes))
        compared, found = [], None
        for home in bank.regions[: part.regions]:
            share = min(part.regions, len(bank.regions)) / len(bank.regions)
            with clock.on("comparison of all road regions", share=share):
                mine = [one for one in branches if one.road_region == home.code]
                found = compare(store, mine, clock, bank=bank, share=share)
            compared.append(found.view.table)
            say(f"{home.code}: {found.view.customers:,} customers compared")
        assert found is not None
        clock.parts |= drawn(found, Path(tempfile.gettempdir()))
        facts |= held(pd.concat(compared), truth)
    return facts


def held(table: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """Give how many districts' intervals of recovery hold the truth of the visits that were drawn."""
    both = table.merge(truth, on="region")
    both = both[(both["expected_minor"] > 0) & both["factor_low"].notna()]
    true = both["brings"] / both["expected_minor"]
    inside = (both["factor_low"] <= true) & (true <= both["factor_high"])
    return {"districts": len(both), "interval_holds": float(inside.mean()) if len(both) else math.nan}


def run(accounts: int, database: str, keep: Path, part: Measured) -> None:
    """Measure one size in one database and keep what was found."""
    began = time.monotonic()

    def say(told: str) -> None:
        print(f"{time.monotonic() - began:8.0f} s {told}", file=sys.stderr, flush=True)

    bank = Bank(ground(ROOT / "var" / "demo", say), accounts, DAY)
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bank.sqlite"
            migrate(f"sqlite:///{file}")
            clock = Clock()
            facts = measured(f"sqlite:///{file}", bank, clock, say, part)
            facts["disk_mb"] = sum(one.stat().st_size for one in Path(folder).iterdir()) / 1e6
    else:
        with private(options=()) as server:
            name = server.server.create()
            url, number = server.server.url(name), server.number
            migrate(url, owner=server.server.url(name, OWNER))
            clock = Clock(lambda: tree_seconds(number))
            facts = measured(url, bank, clock, say, part)
            facts["disk_mb"] = server.server.sql(f"SELECT pg_database_size('{name}')")[0][0] / 1e6
    told = {"accounts": accounts, "database": database, "branches": bank.branches, "facts": facts, "parts": clock.parts}
    with keep.open("a") as file_:
        file_.write(json.dumps(told) + "\n")


def table(keep: Path) -> str:
    """Write what was kept, the newest of each size and database, with the growth between sizes."""
    kept = [json.loads(line) for line in keep.read_text().splitlines()]
    rows = []
    for database in dict.fromkeys(one["database"] for one in kept):
        mine = {one["accounts"]: one for one in kept if one["database"] == database}
        sizes = sorted(mine)
        rows.append(f"\n{database}: {', '.join(f'{one:,}' for one in sizes)} accounts, growth between them")
        found = [mine[one] for one in sizes]
        rows += [f"{what:38} {written(what, found, sizes)}" for what in found[-1]["parts"]]
        rows += [f"  {one:,}: {mine[one]['branches']} branches, {mine[one]['facts']}" for one in sizes]
    return "\n".join(rows)


def written(what: str, found: list[dict[str, Any]], sizes: list[int]) -> str:
    """Write one line: each size's figures, then the slopes."""
    parts = [one["parts"].get(what, {}) for one in found]
    name = "ms" if "ms" in parts[-1] else "cpu_s"
    cells, costs = [], []
    for one in parts:
        share = one.get("share", 1.0)
        cost, server, wall = (
            one.get(what, other) / share for what, other in ((name, math.nan), ("server_s", 0.0), ("wall_s", math.nan))
        )
        costs.append(cost + server)
        if name == "ms":
            cells.append(
                f"{cost:7.1f} ms, at most {one['worst_ms']:5.1f}, {one['kb']:6.1f} KB, at most {one['most_kb']:6.1f}"
            )
        else:
            more = f" + {server:.1f}" if server else ""
            memory = f", {one['peak_mb']:,.0f} MiB" if "peak_mb" in one else ""
            whole = f" ({share:.0%} measured)" if share < 1 else ""
            cells.append(f"{cost:7.1f}{more} CPU s, {wall:.0f} s wall{memory}{whole}")
    slopes = [
        f"{math.log(costs[k + 1] / costs[k]) / math.log(sizes[k + 1] / sizes[k]):.2f}" if costs[k] > 0 else "–"
        for k in range(len(costs) - 1)
    ]
    return " | ".join([*cells, " ".join(slopes)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", type=int, nargs="*", help="how many accounts; none: only print what is kept")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--lists", type=int, default=1, metavar="N", help="of the next day's lists every N-th")
    parser.add_argument("--regions", type=int, default=99, metavar="N", help="compare N road regions only")
    parser.add_argument("--keep", type=Path, default=KEPT)
    asked = parser.parse_args()
    both = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    wanted = [(size, database) for size in asked.accounts for database in both]
    if len(wanted) == 1:
        run(*wanted[0], asked.keep, Measured(asked.lists, asked.regions))
    else:
        for size, database in wanted:
            command = [sys.executable, "-m", "benchmarks.bank_scale", str(size), "--database", database]
            command += ["--lists", str(asked.lists), "--regions", str(asked.regions)]
            subprocess.run([*command, "--keep", str(asked.keep)], check=True, cwd=ROOT)
    print(table(asked.keep))


if __name__ == "__main__":
    main()
