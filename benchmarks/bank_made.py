"""A synthetic bank of any size: ``python -m benchmarks.bank_made --accounts 100000 --url sqlite:////tmp/bank.sqlite``.

Some 3,300 accounts a branch over up to four road regions; everybody in it is invented. Each branch is drawn for itself
from the seed, its overdue list written as a bank exports it and brought in by the ordinary import, so memory does not
grow with the bank. The same seed and day give the same bank. Needs the demo's ground (``make setup``, or half a minute
the first time).

On PostgreSQL the database is there and empty, ``--owner`` its address for who owns the tables (docs/store.md).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.bank_ground import RoadRegion, road_regions
from benchmarks.bank_people import People, case_list, next_day, paces, past_visits, people
from config.profiles import load_profile
from planner.demo.ground import Ground, ground
from planner.demo.seed import ZONE, accommodations, holds
from planner.demo.team import COLLECTOR_NAMES, crew_week
from planner.demo.truth import Truth
from planner.domain import Branch, Collector, Crew, Principal, Role, crew_skills
from planner.intake.check import check_bytes
from planner.receive import ListSource, receive
from planner.store import ImportResult, Store, migrate, open_store
from planner.value.survey import survey
from planner.view.branch_share import WEEKS_BACK

ROOT = Path(__file__).resolve().parent.parent
PER_BRANCH, MOST_REGIONS, CREWS = 3_300, 4, 3
Say = Callable[[str], None]


@dataclass
class Spent:
    """CPU seconds of this process and its children, and wall seconds, by what was done."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    wall_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count what a block takes."""
        cpu, wall = cpu_seconds(), time.monotonic()
        yield
        self.cpu_s[what] = self.cpu_s.get(what, 0.0) + cpu_seconds() - cpu
        self.wall_s[what] = self.wall_s.get(what, 0.0) + time.monotonic() - wall


def cpu_seconds() -> float:
    """Give the CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@dataclass(frozen=True)
class Bank:
    """What a bank is made of: as many branches as its accounts need, over the road regions by turns."""

    ground: Ground
    accounts: int
    today: date
    seed: int = 10
    per_branch: int = PER_BRANCH
    regions: list[RoadRegion] = field(init=False)

    def __post_init__(self) -> None:
        count = min(MOST_REGIONS, self.branches)
        shares = [len(range(k, self.branches, count)) for k in range(count)]
        object.__setattr__(self, "regions", road_regions(self.ground, shares))

    @property
    def branches(self) -> int:
        """How many branches it has."""
        return max(1, round(self.accounts / self.per_branch))

    @property
    def codes(self) -> list[str]:
        """The branches' codes."""
        return [f"B{k + 1:04d}" for k in range(self.branches)]

    @property
    def now(self) -> datetime:
        """The morning on which it is made."""
        return datetime.combine(self.today, datetime.min.time(), ZONE) + timedelta(hours=9)

    @property
    def counted_from(self) -> datetime:
        """From when a comparison on the next morning counts past visits; more weeks than that are drawn."""
        return self.now + timedelta(days=1) - timedelta(weeks=WEEKS_BACK)

    def people(self, number: int) -> tuple[RoadRegion, People]:
        """Draw the people of a branch."""
        home = self.regions[number % len(self.regions)]
        here = self.accounts // self.branches + (number < self.accounts % self.branches)
        area = number // len(self.regions)
        return home, people(home, area, self.codes[number], number, accounts=here, seed=self.seed)


def system(*branches: str) -> Principal:
    """Give who sets up."""
    return Principal("set-up", Role.SYSTEM, frozenset(branches))


def make(bank: Bank, store: Store, say: Say) -> tuple[Spent, pd.DataFrame]:
    """Make the bank in an empty store, a branch at a time; give what it took, and by district the truth of its visits.

    The truth has ``region``, ``pays`` (payments that were to be expected of the past visits) and ``brings`` (money).
    """
    spent, truths, codes = Spent(), [], []
    indexes = {}
    for home in bank.regions:
        with spent.on("geocoders"):
            indexes[home.code] = home.index()
        codes += home.districts["code"].astype(str).tolist()
    pace = paces(codes, bank.seed)
    for number, code in enumerate(bank.codes):
        with spent.on("drawing"):
            home, who = bank.people(number)
            listed = case_list(home, who, today=bank.today, seed=bank.seed)
        with spent.on("staff, customers"):
            crews = staffed(store, bank, home, who)
            store.save_customers(system(code), code, who.customers, now=bank.now)
        imported(store, bank, code, listed, indexes[home.code], bank.today, spent)
        with spent.on("past visits"):
            truths.append(walked(store, bank, who, crews, pace))
        if (number + 1) % 25 == 0 or number + 1 == bank.branches:
            say(f"{number + 1} of {bank.branches} branches")
    return spent, pd.concat(truths).groupby("region", as_index=False).sum()


def refresh(bank: Bank, store: Store, say: Say, *, days: int = 1, every: int = 1) -> tuple[Spent, list[ImportResult]]:
    """Bring in the next day's lists, of every branch or of some spread over the bank."""
    spent, results = Spent(), []
    indexes = {home.code: home.index() for home in bank.regions}
    for number, code in list(enumerate(bank.codes))[::every]:
        with spent.on("drawing"):
            home, who = bank.people(number)
            before = case_list(home, who, today=bank.today, seed=bank.seed)
            listed = next_day(before, who, today=bank.today, days=days, seed=bank.seed)
        on = bank.today + timedelta(days=days)
        results.append(imported(store, bank, code, listed, indexes[home.code], on, spent))
        if len(results) % 25 == 0:
            say(f"{len(results)} lists of the next day")
    return spent, results


def imported(
    store: Store, bank: Bank, code: str, listed: pd.DataFrame, index: Any, on: date, spent: Spent
) -> ImportResult:
    """Bring in a branch's list as every list is, but for the child process that reads files of others.

    That process takes as long to start for three thousand rows as to read them (``benchmarks.bank_scale``).
    """
    profile, name = load_profile(), f"overdue_{code}_{on}.csv"
    with spent.on("drawing"):
        file = listed.to_csv(index=False).encode("gb18030")
    with spent.on("lists read"):
        checked = check_bytes(file, profile, today=on)
    with spent.on("lists located and stored"):
        source = ListSource(name, hashlib.sha256(file).hexdigest(), profile.name)
        now = bank.now + (on - bank.today)
        return receive(store, system(code), code, checked, source, index=index, now=now, full_list=True)


def staffed(store: Store, bank: Bank, home: RoadRegion, who: People) -> list[str]:
    """Store a branch in the middle of its people, with three crews of two and their shifts of three weeks."""
    code, asking = who.branch, system(who.branch)
    lon, lat = (float(who.customers[one].median()) for one in ("lon", "lat"))
    branch = Branch(code, f"Branch {code}", f"{code}支行", lon, lat, home.code)
    store.save_branch(asking, branch, now=bank.now)
    if who.number < len(bank.regions):
        store.save_regions(asking, home.code, home.stored(), now=bank.now)
    monday = bank.today - timedelta(days=bank.today.weekday())
    crews: list[Crew] = []
    for k in range(CREWS):
        names = [COLLECTOR_NAMES[(2 * k + j) % len(COLLECTOR_NAMES)] for j in range(2)]
        skills = frozenset({"legal"}) if k == 0 else frozenset()
        members = [Collector(f"{code}-C{2 * k + j}", code, name, skills) for j, name in enumerate(names)]
        store.save_collectors(asking, code, members, now=bank.now)
        ids, at = tuple(one.collector_id for one in members), (lon, lat)
        crews.append(Crew(f"{code}-{'ABC'[k]}", code, "·".join(names), ids, crew_skills(members), at, at))
    store.save_crews(asking, code, crews, now=bank.now)
    shifts = [
        shift
        for week in range(3)
        for k, crew in enumerate(crews)
        for shift in crew_week(crew, k, monday + timedelta(weeks=week), branch.timezone)
    ]
    store.save_shifts(asking, code, shifts, now=bank.now)
    return [one.crew_id for one in crews]


def walked(store: Store, bank: Bank, who: People, crews: list[str], pace: dict[str, float]) -> pd.DataFrame:
    """Set holds and wishes, and record past visits to who is on the list; give by district the truth of those counted.

    The first of the twelve weeks lies before what a comparison counts: with its truth in the sum, what districts bring
    would seem a tenth more than what is expected of the visits that it is held against.
    """
    code, asking = who.branch, system(who.branch)
    surveyed = survey(store.debtors(asking, code), store.accounts(asking, code), today=bank.today)
    ids, rng = surveyed["debtor_id"].to_numpy(str), np.random.default_rng([bank.seed, who.number, 6])
    store.save_holds(asking, code, holds(ids, code, rng, bank.today), now=bank.now)
    store.save_accommodations(asking, code, accommodations(ids, code, rng, bank.today), now=bank.now)
    monday, places = bank.today - timedelta(days=bank.today.weekday()), store.places(asking, code)
    outcomes, truths = past_visits(surveyed, places, who, crews, pace, Truth(), monday=monday, seed=bank.seed)
    store.save_outcomes(asking, code, outcomes, now=bank.now)
    counted = truths[truths["started_at"] >= bank.counted_from]
    return counted.groupby("region", as_index=False)[["pays", "brings"]].sum()


def main() -> None:
    """Make a bank."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--url", required=True)
    parser.add_argument("--owner", default="")
    parser.add_argument("--seed", type=int, default=10)
    parser.add_argument("--day", type=date.fromisoformat, default=datetime.now(UTC).astimezone(ZONE).date())
    asked = parser.parse_args()
    migrate(asked.url, owner=asked.owner)
    bank = Bank(ground(ROOT / "var" / "demo", print), asked.accounts, asked.day, asked.seed)
    with closing(open_store(asked.url)) as store:
        if store.branch_codes(system()):
            raise SystemExit("This database has branches already: name an empty one.")
        spent, _ = make(bank, store, lambda told: print(told, flush=True))
    for what, cpu in spent.cpu_s.items():
        print(f"{what:28} {cpu:8.1f} CPU s {spent.wall_s[what]:8.1f} s wall")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
