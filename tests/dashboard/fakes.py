"""Invented people, a week and a day for the screens, and a store that answers from memory. No file, no clock."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from config.settings import load_settings
from dashboard.doorkeeper import DemoRole, demo_roles
from dashboard.maps import Ground
from dashboard.text import current_language
from planner.domain import Branch, Collector, Crew, Principal, Role, Shift
from planner.store import Added, NotAllowed, OnceStop, PlaceWord, Store
from planner.store.outcomes import SavedOutcomes
from planner.tables import OUTCOMES, SAFETY_ENTRIES, empty
from planner.view import DayStop, DayView, LeftOutView, RouteView, StopView, WeekView
from planner.view.recorded import counting

ROOT = Path(__file__).parent.parent.parent
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CENTRE = (109.57, 29.10)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`+alert(1)+`",
    "</script><script>alert(1)</script>",
    "\\u0027;alert(1)//",
)
NAMES = ("蔡明远", "Null", "欧阳若溪", "钟离静", *HOSTILE[:2], "沈一帆", "NA", "贺兰", "丁宁", "阎松", "费雪")

BRANCH = Branch("YX01", "Yunxi Centre", "云溪中心支行", *CENTRE, road_region="yunxi")
OTHER = Branch("YX02", "Yunxi East", "云溪城东支行", 109.62, 29.11, road_region="yunxi")
CREWS = {
    "YX01": tuple(
        Crew(f"YX01-{n}", "YX01", f"Crew {n}", (f"c{2 * n - 1}", f"c{2 * n}"), frozenset(), CENTRE, CENTRE)
        for n in (1, 2, 3)
    ),
    "YX02": (Crew("YX02-1", "YX02", "East 1", ("c7", "c8"), frozenset(), (109.62, 29.11), (109.62, 29.11)),),
}
COLLECTORS = tuple(
    Collector(f"c{n}", "YX01" if n < 7 else "YX02", name)
    for n, name in enumerate(("林晓峰", "苏文静", "贺立新", "乔雨桐", "范志远", "卢佳宁", "程海波", "宋怡然"), start=1)
)
MANAGER = Principal("manager.YX01", Role.MANAGER, frozenset({"YX01"}))


def at(hour: int, minute: int, day: date = DAY) -> datetime:
    """A wall time at the branch; minutes over 59 run on."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE) + timedelta(minutes=minute)


def place(turn: float, far: float) -> tuple[float, float]:
    """A place around the centre."""
    return CENTRE[0] + far * math.cos(turn) * 1.14, CENTRE[1] + far * math.sin(turn)


def stop(number: int, crew: int = 0, **changes: object) -> StopView:
    """A stop of a crew's day, about forty minutes after the one before."""
    lon, lat = place(crew * 2.1 + 0.17 * number, 0.012 + 0.005 * (number % 5))
    begins = at(9, 20 + 40 * number + (50 if number > 5 else 0))
    base = StopView(
        number=number,
        shift_id=f"YX01-{crew + 1}-{DAY}",
        crew_id=f"YX01-{crew + 1}",
        debtor_id=f"D{crew}{number:02d}",
        place_id=f"P{crew}{number:02d}",
        place_kind="home",
        name=NAMES[(number + 4 * crew) % len(NAMES)],
        lon=lon,
        lat=lat,
        arrives_at=begins - timedelta(minutes=12 if number == 3 else 0),
        begins_at=begins,
        leaves_at=begins + timedelta(minutes=18 + 3 * (number % 3)),
        opens_at=at(9, 0),
        closes_at=at(17, 30),
        overdue_minor=1_234_500 + 310_000 * number,
        value_minor=84_000.0 + 5_000 * number,
        value_parts={},
        bucket="M2",
        visit_group="g1" if number < 5 else "scattered",
        required=number == 2,
        required_reason="limitation_lapses" if number == 2 else "",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def route(crew: int = 0, stops: int = 9, day: date = DAY) -> RouteView:
    """A crew's shift with stops and a meal."""
    visited = tuple(stop(number, crew) for number in range(1, stops + 1))
    corners = [CENTRE, *((one.lon, one.lat) for one in visited), CENTRE]
    line = [
        point
        for (lon, lat), (to_lon, to_lat) in pairwise(corners)
        for point in ((lon, lat), (to_lon, lat), (to_lon, to_lat))
    ]
    return RouteView(
        shift_id=f"YX01-{crew + 1}-{day}",
        crew_id=f"YX01-{crew + 1}",
        crew_name=f"Crew {crew + 1}",
        colour=crew,
        day=day,
        shift_starts_at=at(9, 0, day),
        shift_ends_at=at(17, 30, day),
        leaves_at=at(9, 30 + 5 * crew, day),
        returns_at=visited[-1].leaves_at + timedelta(minutes=16) if visited else None,
        depot=CENTRE,
        stops=visited,
        breaks=((at(13, 5 + 0 * crew, day), at(13, 50, day)),) if visited else (),
        line=tuple(line),
        efficiency={"travel_s": 7200.0},
    )


def left_out(number: int) -> LeftOutView:
    """A debtor who is not visited."""
    lon, lat = place(0.7 * number, 0.004 + 0.0009 * number)
    return LeftOutView(
        debtor_id=f"L{number:03d}",
        name=NAMES[number % len(NAMES)],
        lon=lon,
        lat=lat,
        overdue_minor=900_000 + 40_000 * number,
        value_minor=10_000.0,
        bucket="M1",
        visit_group="g1" if number % 4 == 0 else "scattered",
        reason="displaced",
        detail="",
        action="",
        article="",
    )


def week(crews: int = 3, left: int = 40, **changes: object) -> WeekView:
    """A plan of one day for some crews."""
    base = WeekView(
        branch="YX01",
        week="2026-W48",
        plan_id="plan1",
        parent="",
        created_at=NOW,
        created_by="manager.YX01",
        published_at=NOW,
        rule_pack="CN",
        road_source="osrm",
        roads_estimated=False,
        far_from_streets=0,
        unreachable_pairs=0,
        currency="CNY",
        days=(DAY,),
        routes=tuple(route(crew, 10 - crew) for crew in range(crews)),
        left_out=tuple(left_out(number) for number in range(left)),
        metrics={},
        baseline={},
        objective=1.0,
        bound=1.1,
        bound_kind="ng-route",
        status="feasible",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def day_stop(one: StopView, **changes: object) -> DayStop:
    """The same stop with its contact card."""
    shared = {name: getattr(one, name) for name in DayStop.__dataclass_fields__ if hasattr(one, name)}
    base = DayStop(
        **shared,
        address=f"云溪市中心区知行路{10 + one.number}号枫林苑{one.number}幢{one.number}02室",
        phone="138 0000 00" + f"{one.number:02d}",
        accuracy_m=(15.0, 40.0, 320.0, float("nan"))[one.number % 4],
        cases=("A1",) if one.number % 3 else ("A1", "A2"),
        days_past_due=41 + one.number,
        debtor_type="hardship",
        group="individual",
        guaranteed=False,
        accommodations=(("no_visit_before", "10:00"),) if one.number == 1 else (),
        outcome_code="",
        paid_minor=0,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def recorded(entry: dict[Hashable, Any] | None) -> dict[str, object]:
    """What the real view makes of an entry."""
    if entry is None:
        return {}
    promised = None if pd.isna(entry["promised_on"]) else entry["promised_on"].date()
    return {"outcome_code": entry["code"], "outcome_id": entry["outcome_id"], "paid_minor": entry["together_minor"],
            "standing": entry["standing"], "promised_on": promised, "promised_minor": entry["promised_minor"],
            "entry": entry}  # fmt: skip


def day(outcomes: pd.DataFrame | None = None, **changes: object) -> DayView:
    """A crew's day; what was recorded is joined like the real view does."""
    one = route(0, 10)
    latest = {} if outcomes is None else {r["debtor_id"]: r for r in counting(outcomes).to_dict("records")}
    stops = tuple(day_stop(each, **recorded(latest.get(each.debtor_id))) for each in one.stops)
    base = DayView(
        branch=BRANCH,
        crew_id=one.crew_id,
        crew_name=one.crew_name,
        members=("林晓峰", "苏文静"),
        day=DAY,
        published=True,
        plan_id="plan1",
        starts_at=one.shift_starts_at,
        ends_at=one.shift_ends_at,
        returns_at=one.returns_at,
        depot=CENTRE,
        stops=stops,
        breaks=one.breaks,
        line=one.line,
        colour=0,
        roads_estimated=False,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@dataclass
class MemoryStore:
    """Answers what the phone's routes ask, and keeps outcomes like the real one: by id, the first one stays."""

    kept: pd.DataFrame = field(default_factory=lambda: empty(OUTCOMES))
    pins: dict[str, PlaceWord] = field(default_factory=dict)
    once: dict[str, OnceStop] = field(default_factory=dict)
    packs: list[dict[str, object]] = field(default_factory=list)
    looks: list[dict[str, object]] = field(default_factory=list)
    said: pd.DataFrame = field(default_factory=lambda: empty(SAFETY_ENTRIES))

    def branches(self, principal: Principal) -> tuple[Branch, ...]:
        return tuple(one for one in (BRANCH, OTHER) if one.code in principal.branches)

    def crews(self, principal: Principal, branch: str) -> tuple[Crew, ...]:
        self.permit(principal, branch)
        return CREWS[branch]

    def collectors(self, principal: Principal, branch: str) -> tuple[Collector, ...]:
        self.permit(principal, branch)
        return tuple(one for one in COLLECTORS if one.branch == branch)

    def shifts(self, principal: Principal, branch: str, first: date, last: date) -> tuple[Shift, ...]:
        self.permit(principal, branch)
        one = Shift(f"YX01-1-{DAY}", "YX01-1", "YX01", DAY, at(9, 0), at(17, 30))
        return (one,) if branch == "YX01" and first <= DAY <= last else ()

    shifts_worked = shifts

    def published(self, principal: Principal, branch: str, week: str, *, shift: str | None = None) -> None:
        self.permit(principal, branch)

    def setting(self, principal: Principal, branch: str, name: str) -> object:
        self.permit(principal, branch)
        return "0744-000 0000" if name == "safety_phone" else None

    def safety_entries(self, principal: Principal, branch: str, first: date, last: date) -> pd.DataFrame:
        self.permit(principal, branch)
        days = (self.said["day_on"] >= pd.Timestamp(first)) & (self.said["day_on"] <= pd.Timestamp(last))
        return self.said[days]

    def record_safety(self, principal: Principal, branch: str, entries: pd.DataFrame, *, now: datetime) -> Added:
        self.permit(principal, branch)
        if principal.role is not Role.COLLECTOR:
            raise NotAllowed("signs of life are the crew's own")
        new = entries[~entries["entry_id"].isin(self.said["entry_id"])]
        self.said = pd.concat([self.said, new], ignore_index=True)
        return Added(tuple(new["entry_id"]), tuple(set(entries["entry_id"]) - set(new["entry_id"])), ())

    def outcomes(
        self, principal: Principal, branch: str, *, since: datetime, week: str | None = None, plan_id: str | None = None
    ) -> pd.DataFrame:
        self.permit(principal, branch)
        return self.kept[(self.kept["started_at"] >= since) | (self.kept["plan_id"] == plan_id)]

    def latest_outcomes(self, principal: Principal, branch: str, *, since: datetime) -> pd.DataFrame:
        table = self.outcomes(principal, branch, since=since)
        return table[~table["outcome_id"].isin(table["replaces"])]

    def save_outcomes(self, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime) -> SavedOutcomes:
        self.permit(principal, branch)
        if principal.role is Role.REGIONAL_HEAD:
            raise NotAllowed("not his")
        if (table["outcome_id"] == table["replaces"]).any():
            raise ValueError("an outcome cannot replace itself")
        new = table[~table["outcome_id"].isin(self.kept["outcome_id"])]
        self.kept = pd.concat([self.kept, new], ignore_index=True)
        known = set(table["outcome_id"]) - set(new["outcome_id"])
        return SavedOutcomes(tuple(new["outcome_id"]), tuple(known), ())

    def correct_pin(self, principal: Principal, branch: str, word: PlaceWord, *, change_id: str, now: datetime) -> str:
        self.permit(principal, branch)
        self.pins.setdefault(change_id, word)
        return word.place_id

    def place_changes(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        return pd.DataFrame({"change_id": list(self.pins)})

    def once_stops(self, principal: Principal, branch: str, crew_id: str, day: date) -> dict[str, OnceStop]:
        self.permit(principal, branch)
        if principal.role is Role.COLLECTOR and principal.crew != crew_id:
            raise NotAllowed("not his crew")
        return self.once

    def note_cards(self, principal: Principal, branch: str, what: str, *, now: datetime, **said: object) -> None:
        self.permit(principal, branch)
        self.looks.append({"who": principal.name, "what": what, **said})

    def note_pack(self, principal: Principal, branch: str, crew_id: str, day: date, **noted: object) -> None:
        self.permit(principal, branch)
        if principal.role not in (Role.COLLECTOR, Role.MANAGER) or principal.crew not in (None, crew_id):
            raise NotAllowed("not his to take")
        self.packs.append({"who": principal.name, "crew": crew_id, "day": day, **noted})

    @staticmethod
    def permit(principal: Principal, branch: str) -> None:
        if branch not in principal.branches:
            raise NotAllowed("not his branch")


@dataclass
class FakeServices:
    """Services over memory, at a fixed moment unless told otherwise."""

    static: Path = ROOT / "static"
    store: MemoryStore = field(default_factory=MemoryStore)
    settings: object = field(default_factory=lambda: load_settings(ROOT, {}))
    moment: datetime | None = NOW

    def now(self) -> datetime:
        return self.moment or datetime.now(UTC)

    def ground(self, branch: Branch) -> Ground:
        folder = self.static / "basemap"
        return Ground(branch.road_region, folder, current_language(), (branch.lon, branch.lat), "")

    def demo_door(self) -> bool:
        return True

    def demo_roles(self) -> tuple[DemoRole, ...]:
        return demo_roles((BRANCH, OTHER), CREWS)

    def read_day(self, store: MemoryStore, principal: Principal, crew_id: str, wanted: date, now: datetime) -> DayView:
        store.permit(principal, "YX01")
        if crew_id not in {one.crew_id for one in CREWS["YX01"]}:
            raise KeyError(crew_id)
        if wanted != DAY:
            return day(stops=(), plan_id="", breaks=(), line=(), day=wanted)
        return day(store.kept)


@dataclass
class RealStore(FakeServices):
    """A real store behind the routes, at a moment."""

    real: Store | None = None
    moment: datetime | None = None
    store: Store = field(init=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        assert self.real is not None
        self.store = self.real  # type: ignore[assignment]
