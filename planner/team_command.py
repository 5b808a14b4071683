"""The command ``team``: saves a bank's own branches, field team, districts and customers; twice changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import shapely

from geodata.arguments import Arguments
from geodata.roads.publishing import publish_basemap
from geodata.roads.region import Region, open_region
from geodata.roads.travel import RoadFailure
from planner.domain import Branch, Principal, Role, Shift
from planner.region_index import region_index
from planner.rules.pack import RulePack
from planner.store import Store
from planner.tables import CUSTOMERS, conform
from planner.team import BadTeam, FieldTeam, faults_of, inside

DISTRICT = ("code", "name_zh", "name_en", "geojson")

T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """Folders: regions that were built, one folder each, and where the browser asks for basemaps."""

    regions: Path
    basemaps: Path


@dataclass(frozen=True)
class Difference:
    """What a file says and the store does not yet: ``rows`` are new or changed, ``kept`` are the store's alone."""

    rows: tuple[Any, ...]
    added: int
    changed: int
    unchanged: int
    kept: int

    def counts(self) -> dict[str, int]:
        """Give the counts, for a report."""
        return {"added": self.added, "changed": self.changed, "unchanged": self.unchanged, "kept": self.kept}


def team_command(
    argv: Sequence[str],
    *,
    load: Callable[[Path], FieldTeam],
    packs: Mapping[str, RulePack],
    store: Store,
    ground: Ground,
    now: datetime,
) -> int:
    """Save what a file says; 2 with one sentence a fault, and nothing saved, if it cannot be so.

    Parameters
    ----------
    load
        Reads the file. May raise ``BadTeam``.
    """
    parser = Arguments(prog="python -m planner team", description="Save your own branches, crews and shifts.")
    parser.add_argument("file", type=Path, help="a TOML file, see docs/your-own-branch.md")
    parser.add_argument("--check", action="store_true", help="say what would change, and change nothing")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    arguments = parser.parse_args(argv)
    try:
        team = load(arguments.file)
        regions = {one.road_region: opened(ground.regions / one.road_region) for one in team.branches}
        faults = [*faults_of(team, packs, regions), *faults_of_store(team, store)]
        if faults:
            raise BadTeam(*faults)
    except BadTeam as error:
        sys.stderr.write("\n".join(error.faults) + "\n")
        return 2
    built = {name: one for name, one in regions.items() if isinstance(one, Region)}
    report = {
        one.code: bring(store, team, one, built[one.road_region], now, check=arguments.check) for one in team.branches
    }
    if not arguments.check:
        for region in built.values():
            if region.basemap.is_file():
                publish_basemap(region, ground.basemaps)
    _say({"file": arguments.file.name, "saved": not arguments.check, "branches": report}, as_json=arguments.json)
    return 0


def opened(folder: Path) -> Region | RoadFailure:
    """Give a built region, or why there is none."""
    try:
        return open_region(folder)
    except RoadFailure as failure:
        return failure


def faults_of_store(team: FieldTeam, store: Store) -> list[str]:
    """Say what cannot be so beside what the store holds already, one sentence a fault."""
    there = store.branch_codes(system())
    asking = system(*there)
    own = {one.code for one in team.branches}
    elsewhere = {one.crew_id: code for code in there if code not in own for one in store.crews(asking, code)}
    faults = [
        f"Crew {one.crew_id} is a crew of branch {elsewhere[one.crew_id]} already; give it an id of its own."
        for one in team.crews
        if one.crew_id in elsewhere
    ]
    stored = {one.code: one for one in store.branches(asking)}
    for branch in team.branches:
        before = stored.get(branch.code)
        if before and before.currency != branch.currency and len(store.accounts(asking, branch.code, closed=True)):
            faults.append(f"Branch {branch.code} has accounts in {before.currency}, so its currency cannot change.")
    return faults


def bring(
    store: Store, team: FieldTeam, branch: Branch, region: Region, now: datetime, *, check: bool
) -> dict[str, Any]:
    """Save what is new of one branch, or with ``check`` only find it; give what was added and changed."""
    code, asking = branch.code, system(branch.code)
    before = store.branches(asking)
    new = not before
    people = difference(
        [one for one in team.collectors if one.branch == code],
        () if new else store.collectors(asking, code),
        lambda one: one.collector_id,
    )
    crews = difference(
        [one for one in team.crews if one.branch == code],
        () if new else store.crews(asking, code),
        lambda one: one.crew_id,
    )
    agencies = difference(
        [one for one in team.agencies if one.branch == code],
        () if new else store.agencies(asking, code),
        lambda one: one.code,
    )
    shifts = shifts_to_save([one for one in team.shifts if one.branch == code], store, asking, branch, now, new=new)
    districts = districts_of(region)
    known = _rows(store.regions(asking, branch.road_region)) if before and before[0].road_region == region.name else ()
    customers, outside = customers_of(team.customers.get(code), branch, region)
    homes = difference(_rows(customers), () if new else _rows(store.customers(asking, code)), lambda row: row[0])
    if not check:
        if before != (branch,):
            store.save_branch(asking, branch, now=now)
        if agencies.rows:
            store.save_agencies(asking, code, agencies.rows, now=now)
        if people.rows:
            store.save_collectors(asking, code, people.rows, now=now)
        if crews.rows:
            store.save_crews(asking, code, crews.rows, now=now)
        if shifts.rows:
            store.save_shifts(asking, code, shifts.rows, now=now)
        if _rows(districts) != known:
            store.save_regions(asking, region.name, districts, now=now)
        if homes.rows:
            table = conform(pd.DataFrame(homes.rows, columns=list(CUSTOMERS)), CUSTOMERS)
            store.save_customers(asking, code, table, now=now)
    return {
        "branch": "added" if new else "unchanged" if before == (branch,) else "changed",
        "agencies": agencies.counts(),
        "collectors": people.counts(),
        "crews": crews.counts(),
        "shifts": shifts.counts(),
        "districts": len(districts),
        "customers": homes.counts() | {"outside": outside},
    }


def difference(given: Iterable[T], stored: Iterable[T], key: Callable[[T], Hashable]) -> Difference:
    """Compare what is given with what is stored, by key.

    >>> difference(["ab", "cd"], ["ax", "zz"], lambda one: one[0]).counts()
    {'added': 1, 'changed': 1, 'unchanged': 0, 'kept': 1}
    """
    old = {key(one): one for one in stored}
    new = {key(one): one for one in given}
    added = [one for name, one in new.items() if name not in old]
    changed = [one for name, one in new.items() if name in old and old[name] != one]
    return Difference(
        tuple(added + changed), len(added), len(changed), len(new) - len(added) - len(changed), len(set(old) - set(new))
    )


def shifts_to_save(
    given: Sequence[Shift], store: Store, asking: Principal, branch: Branch, now: datetime, *, new: bool
) -> Difference:
    """Compare shifts. One that has begun stays as it was worked, and is not counted where the file does not name it."""
    named = {one.shift_id for one in given}
    first = min((*(one.day for one in given), now.date() - timedelta(days=1)))  # yesterday is still today somewhere
    known = () if new else store.shifts(asking, branch.code, first, date.max)
    stored = {one.shift_id: one for one in known if one.shift_id in named or one.starts > now}
    wanted = []
    for one in given:
        before = stored.get(one.shift_id)
        if before is None:
            wanted.append(one)
        elif before.starts <= now:
            wanted.append(before)
        else:  # the store keeps a limit of stops that this file cannot say
            wanted.append(replace(one, max_stops=before.max_stops))
    return difference(wanted, stored.values(), lambda one: one.shift_id)


def districts_of(region: Region) -> pd.DataFrame:
    """Give a region's districts as the store keeps them: code, name_zh, name_en, geojson."""
    features = json.loads(region.districts.read_text(encoding="utf-8"))["features"]
    rows = [
        (
            *(str(one["properties"][name] or "") for name in DISTRICT[:3]),
            shapely.to_geojson(shapely.geometry.shape(one["geometry"])),
        )
        for one in features
    ]
    return pd.DataFrame(sorted(rows), columns=list(DISTRICT))


def customers_of(given: pd.DataFrame | None, branch: Branch, region: Region) -> tuple[pd.DataFrame, int]:
    """Give the customers inside the branch's region with their district, and how many live outside."""
    if given is None or given.empty:
        return conform(pd.DataFrame(columns=list(CUSTOMERS)), CUSTOMERS), 0
    within = np.array([inside(lon, lat, region) for lon, lat in zip(given["lon"], given["lat"], strict=True)])
    kept = given[within].reset_index(drop=True)
    codes = region_index(region).region_of(kept[["lon", "lat"]].to_numpy(np.float64))
    return conform(kept.assign(branch=branch.code, region=codes), CUSTOMERS), int((~within).sum())


def system(*branches: str) -> Principal:
    """Give the principal that sets up these branches."""
    return Principal("set-up", Role.SYSTEM, frozenset(branches))


def _rows(table: pd.DataFrame) -> tuple[tuple[Any, ...], ...]:
    return tuple(table.itertuples(index=False, name=None))


def _say(report: Mapping[str, Any], *, as_json: bool) -> None:
    text = json.dumps(report, ensure_ascii=False) if as_json else "\n".join(told(report))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def told(report: Mapping[str, Any]) -> list[str]:
    """Give a report as lines to read."""
    lines = [] if report["saved"] else ["Nothing was saved: this is what the file would change."]
    for code, said in report["branches"].items():
        lines.append(f"Branch {code}: {said['branch']}, {said['districts']} districts in its region.")
        for name in ("agencies", "collectors", "crews", "shifts", "customers"):
            one = said[name]
            line = f"  {name:10} {one['added']} added, {one['changed']} changed, {one['unchanged']} unchanged"
            line += f", {one['kept']} kept that the file does not name" if one["kept"] else ""
            line += f", {one['outside']} left out because they live outside the region" if one.get("outside") else ""
            lines.append(line + ".")
    return lines
