"""Valid values for the store's tests, each with changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner import tables
from planner.domain import Branch, Break, Collector, Crew, DebtorType, Principal, Role, Shift
from planner.rules.pack import Term
from planner.rules.review import ReviewTerms
from planner.store import PlaceWord, SavedPlan, Store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WEEK = "2026-W48"
HERE, THERE = "YX01", "YX02"
SHANGHAI = ZoneInfo("Asia/Shanghai")
DEFAULTS: dict[str, Any] = {
    tables.TEXT: "",
    tables.INT: 0,
    tables.REAL: float("nan"),
    tables.DAY: pd.NaT,
    tables.AT: pd.NaT,
    tables.FLAG: False,
}


def principal(role: Role = Role.MANAGER, *branches: str, crew: str | None = None, name: str = "") -> Principal:
    return Principal(name or role.value, role, frozenset(branches or (HERE,)), crew)


def table(schema: tables.Schema, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    if not rows:
        return tables.empty(schema)
    columns = {name: [row.get(name, DEFAULTS[dtype]) for row in rows] for name, dtype in schema.items()}
    for name, dtype in schema.items():
        if dtype in (tables.DAY, tables.AT):  # a column of unknown times only would have no zone
            columns[name] = pd.to_datetime(pd.Series(columns[name], dtype=object), utc=dtype == tables.AT)
    return tables.conform(pd.DataFrame(columns), schema)


def branch(code: str = HERE, **changes: Any) -> Branch:
    values = {"name_en": "Bridge", "name_zh": "桥", "lon": 103.9, "lat": 30.6, "road_region": "yunxi"}
    return Branch(code, **{**values, **changes})


def team(code: str = HERE) -> tuple[tuple[Collector, ...], tuple[Crew, ...], tuple[Shift, ...]]:
    people = tuple(Collector(f"{code}-C{k}", code, f"Collector {k}", frozenset({"legal"})) for k in range(4))
    crews = tuple(
        Crew(f"{code}-{x}", code, x, members, frozenset({"legal"}), (103.9, 30.6), (103.8, 30.5))
        for x, members in (("A", (people[1].collector_id, people[0].collector_id)), ("B", (people[2].collector_id,)))
    )
    day = date(2026, 11, 23)
    nine = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    pause = Break(nine + timedelta(hours=2), nine + timedelta(hours=4), timedelta(minutes=45))
    shifts = tuple(
        Shift(f"{crew.crew_id}-mon", crew.crew_id, code, day, nine, nine + timedelta(hours=8), (pause,), 16)
        for crew in crews
    )
    return people, crews, shifts


def overdue_list(code: str = HERE, debtors: int = 6, **changes: Any) -> dict[str, pd.DataFrame]:
    """One account, place, card and address a debtor: D1 … Dn, the same ids at every branch."""
    numbers = range(1, debtors + 1)
    mine = [{"debtor_id": f"D{k}", "branch": code} for k in numbers]
    at = [{**one, "place_id": f"P{k}", "kind": "home"} for k, one in zip(numbers, mine, strict=True)]
    owed = [
        {**one, "case_id": f"K{k}", "overdue_minor": 100_00 * k, "as_of_on": "2026-11-20", **changes}
        for k, one in zip(numbers, mine, strict=True)
    ]
    return {
        "debtors": table(tables.DEBTORS, [{**one, "group": "individual"} for one in mine]),
        "accounts": table(tables.ACCOUNTS, owed),
        "places": table(tables.PLACES, [{**one, "lon": 103.9, "lat": 30.6} for one in at]),
        "contacts": table(tables.CONTACTS, [{**one, "name": "甄不存", "phone": "13800000000"} for one in mine]),
        "addresses": table(tables.ADDRESSES, [{**one, "address": "云溪路 1 号"} for one in at]),
    }


def outcome(outcome_id: str = "o1", **changes: Any) -> dict[str, Any]:
    at = pd.Timestamp("2026-11-23T00:30:00Z")
    values = {
        "outcome_id": outcome_id,
        "debtor_id": "D1",
        "branch": HERE,
        "crew_id": f"{HERE}-A",
        "started_at": at,
        "ended_at": at + pd.Timedelta(minutes=10),
        "code": "NOT_HOME",
        "recorded_at": at + pd.Timedelta(minutes=11),
        "recorded_by": "collector",
    }
    return {**values, **changes}


def outcomes(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(tables.OUTCOMES, rows)


TERMS = ReviewTerms({one: Term(6, "test", date(2026, 1, 1), "L") for one in DebtorType})


def review(review_id: str = "r1", debtor_id: str = "D1", **changes: Any) -> dict[str, Any]:
    values = {"review_id": review_id, "debtor_id": debtor_id, "branch": HERE, "willing": "yes", "able": "no"}
    return {**values, **changes}


def bad_faith(review_id: str = "r1", debtor_id: str = "D1", **changes: Any) -> dict[str, Any]:
    return review(review_id, debtor_id, willing="no", able="yes", grounds="hides_assets", **changes)


def reviews(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(tables.REVIEWS, rows)


def clue(clue_id: str = "c1", **changes: Any) -> dict[str, Any]:
    values = {"clue_id": clue_id, "debtor_id": "D1", "branch": HERE, "asset": "truck", "place": "云溪路 9 号"}
    return {**values, "source": "visit", "certainty": "seen", "seen_on": "2026-11-20", **changes}


def clues(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(tables.CLUES, rows)


def safety(entry_id: str = "s1", **changes: Any) -> dict[str, Any]:
    said = {"entry_id": entry_id, "branch": HERE, "crew_id": f"{HERE}-A", "day_on": "2026-11-23", "kind": "all_well"}
    return {**said, "happened_at": NOW, **changes}


def safety_entries(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(tables.SAFETY_ENTRIES, list(rows))


def place_word(**changes: Any) -> PlaceWord:
    values = {"debtor_id": "D1", "kind": "home", "lon": 103.95, "lat": 30.65, "accuracy_m": 20.0, "how": "map"}
    return PlaceWord(**{**values, **changes})


def source(sha256: str = "a" * 64, **changes: Any) -> dict[str, Any]:
    values = {"file_name": "list.csv", "sha256": sha256, "profile": "plain", "rows_read": 6, "rows_accepted": 6}
    return {**values, "issues_json": "[]", "now": NOW, **changes}


def plan(plan_id: str = "plan-1", **changes: Any) -> SavedPlan:
    """Crew A visits D1 and D2, crew B visits D3; D4 is left out, D5 was removed by a rule."""
    code = changes.get("branch", HERE)
    shifts = [{"id": f"{code}-{x}-mon", "crew": f"{code}-{x}", "start_place": 0, "end_place": 0} for x in "AB"]
    stops = {"A": ["D1", "D2"], "B": ["D3"]}
    values: dict[str, Any] = {
        "plan_id": plan_id,
        "branch": code,
        "week": WEEK,
        "parent": None,
        "created_at": NOW,
        "created_by": "manager",
        "problem": {
            "origin": "2026-11-23T00:00:00+08:00",
            "shifts": shifts,
            "visits": [{"id": f"D{k}", "place": k, "options": [{"opens": 0, "place": k}]} for k in range(1, 5)],
        },
        "plan": {
            "routes": [
                {"shift": f"{code}-{x}-mon", "stops": [{"visit": one, "option": 0} for one in mine]}
                for x, mine in stops.items()
            ],
            "left_out": [{"visit": "D4", "reason": "displaced", "action": "next week"}],
        },
        "context": {
            "places": [{"place_id": f"P{k}", "lon": 103.9 + k} for k in range(5)],
            "debtors": {f"D{k}": {"bucket": "M1"} for k in range(1, 6)},
            "removed": [{"debtor_id": "D5", "reason": "hold"}],
            "lines": {one["id"]: [[103.9, 30.6]] for one in shifts},
        },
        "metrics": {"plan": {"visits": 3}, "routes": {one["id"]: {"visits": 1} for one in shifts}},
        "rule_pack": "CN",
        "road_source": "osrm",
        "seed": 1,
    }
    return SavedPlan(**{**values, **changes})


def day_plan(plan_id: str = "day-1", *stops: str, crew: str = "A", **changes: Any) -> SavedPlan:
    """The plan of one crew's Monday, made from the published one: these stops, else D2 before D1."""
    shift = f"{HERE}-{crew}-mon"
    made = plan(plan_id, **{"parent": f"plan-{HERE}", **changes})
    made.problem["shifts"] = [one for one in made.problem["shifts"] if one["id"] == shift]
    visits = [{"visit": one, "option": 0} for one in stops or ("D2", "D1")]
    made.plan["routes"] = [{"shift": shift, "stops": visits}]
    made.metrics["day"] = {"shift": shift}
    return made


def fill(store: Store) -> None:
    """Give both branches a team, an overdue list and a published plan."""
    setup = principal(Role.SYSTEM, HERE, THERE, name="setup")
    manager = principal(Role.MANAGER, HERE, THERE)
    for code, road_region in ((HERE, "yunxi"), (THERE, "hills")):
        people, crews, shifts = team(code)
        store.save_branch(setup, branch(code, road_region=road_region), now=NOW)
        store.save_collectors(setup, code, people, now=NOW)
        store.save_crews(setup, code, crews, now=NOW)
        store.save_shifts(setup, code, shifts, now=NOW)
        store.save_import(manager, code, overdue_list(code), **source())
        store.save_plan(manager, plan(f"plan-{code}", branch=code))
        store.publish(manager, f"plan-{code}", NOW)
        said = {"complaint_id": f"k-{code}", "branch": code, "crew_id": crews[0].crew_id, "kind": "hours"}
        store.save_complaints(manager, code, table(tables.COMPLAINTS, [said | {"upheld": "open"}]), now=NOW)
