"""A small invented town with a branch, two crews, customers and an overdue list of about thirty debtors."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from config.parameters import load as load_parameters
from config.profiles import load_profile
from config.rules import load_pack
from geodata.geocoding.index import StreetIndex
from geodata.roads import StraightLine
from planner.domain import Branch, Break, Collector, Crew, Principal, Role, Shift, crew_skills
from planner.intake.read import read_list
from planner.means import Means
from planner.receive import ListSource, receive
from planner.store import ImportResult, Store, migrate, open_store
from planner.tables import CUSTOMERS, OUTCOMES, conform

BRANCH, ROAD_REGION = "YX01", "smalltown"
ZONE = ZoneInfo("Asia/Shanghai")
#: a Monday, the week it begins and the one behind it
MONDAY = date(2026, 11, 23)
WEEK, NEXT_WEEK = "2026-W48", "2026-W49"
#: the Friday evening before
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)
TODAY = NOW.date()
CENTRE = (120.15, 30.25)
STREETS = (("知行路", "Zhixing Road", 30.250), ("文汇路", "Wenhui Road", 30.258), ("江边路", "Jiangbian Road", 30.242))
HOUSES = 20
DISTRICT = ("330108", "滨江区", "Binjiang")


def principal(role: Role = Role.MANAGER, *, crew: str | None = None, branches: Sequence[str] = (BRANCH,)) -> Principal:
    return Principal(f"{role.value}.test", role, frozenset(branches), crew)


SYSTEM = principal(Role.SYSTEM)


# ---- ground


def house_at(street: int, number: int) -> tuple[float, float]:
    """Where a house stands: twenty houses along each of three streets that run west to east."""
    return round(CENTRE[0] - 0.02 + 0.002 * number, 6), STREETS[street][2]


def streets() -> gpd.GeoDataFrame:
    lines = [shapely.LineString([(CENTRE[0] - 0.03, lat), (CENTRE[0] + 0.03, lat)]) for *_, lat in STREETS]
    names = {"name_zh": [one[0] for one in STREETS], "name_en": [one[1] for one in STREETS]}
    return gpd.GeoDataFrame(names, geometry=lines, crs=4326)


def districts() -> gpd.GeoDataFrame:
    code, zh, en = DISTRICT
    area = shapely.box(CENTRE[0] - 0.05, CENTRE[1] - 0.05, CENTRE[0] + 0.05, CENTRE[1] + 0.05)
    return gpd.GeoDataFrame({"code": [code], "name_zh": [zh], "name_en": [en]}, geometry=[area], crs=4326)


def buildings() -> pd.DataFrame:
    rows = [
        {"lon": lon, "lat": lat, "street": zh, "house_number": str(number), "district": DISTRICT[0]}
        for street, (zh, _, _) in enumerate(STREETS)
        for number in range(1, HOUSES + 1)
        for lon, lat in [house_at(street, number)]
    ]
    return pd.DataFrame(rows)


def street_index() -> StreetIndex:
    english = {zh: en for zh, en, _ in STREETS}
    houses = buildings().rename(columns={"street": "street_zh"})
    return StreetIndex(streets(), houses.assign(street_en=houses["street_zh"].map(english)), districts())


def write_region(folder: Path) -> Path:
    """Write the town as a built region without road data, so that the straight line is what there is."""
    folder.mkdir(parents=True)
    streets().to_parquet(folder / "streets.parquet")
    buildings().to_parquet(folder / "buildings.parquet")
    (folder / "districts.geojson").write_text(districts().to_json(), encoding="utf-8")
    bounds = [120.1, 30.2, 120.2, 30.3]
    description = {"format": "rounds-region/1", "version": "0" * 16, "bounds": bounds, "routable": False}
    (folder / "region.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


# ---- team


def branch(code: str = BRANCH, **changes: Any) -> Branch:
    values = {"name_en": "Riverside", "name_zh": "江边", "lon": CENTRE[0], "lat": CENTRE[1], "road_region": ROAD_REGION}
    return Branch(code, **values | changes)


def collectors(code: str = BRANCH) -> tuple[Collector, ...]:
    skills = (frozenset[str](), frozenset[str](), frozenset({"legal"}), frozenset[str]())
    return tuple(Collector(f"{code}-C{k}", code, f"催收员{k}", one) for k, one in enumerate(skills))


def crews(code: str = BRANCH) -> tuple[Crew, ...]:
    people = collectors(code)
    pairs = {"A": people[:2], "B": people[2:]}
    return tuple(
        Crew(
            crew_id=f"{code}-{letter}",
            branch=code,
            name=letter,
            members=tuple(one.collector_id for one in pair),
            skills=crew_skills(pair),
            start=CENTRE,
            end=CENTRE,
        )
        for letter, pair in pairs.items()
    )


def shift(crew: str, day: date, **changes: Any) -> Shift:
    """A working day from nine to half past five with a meal, and room for few stops."""

    def at(hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), ZONE)

    values: dict[str, Any] = {
        "shift_id": f"{crew}-{day:%Y%m%d}",
        "crew_id": crew,
        "branch": BRANCH,
        "day": day,
        "starts": at(9),
        "ends": at(17, 30),
        "breaks": (Break(at(11, 30), at(13, 30), timedelta(minutes=45)),),
        "max_stops": 4,
    }
    return Shift(**values | changes)


def shifts(mondays: Iterable[date] = (MONDAY, MONDAY + timedelta(weeks=1))) -> tuple[Shift, ...]:
    """Crew A on Monday, Wednesday and Friday, crew B on Tuesday and Thursday."""
    return tuple(shift(f"{BRANCH}-{'AB'[k % 2]}", monday + timedelta(days=k)) for monday in mondays for k in range(5))


def customers(count: int = 300, *, seed: int = 5, code: str = BRANCH) -> pd.DataFrame:
    """Customers in the houses of the town, a few metres from their middle."""
    rng = np.random.default_rng(seed)
    at = np.array(
        [house_at(int(s), int(n)) for s, n in zip(rng.integers(3, size=count), rng.integers(1, 21, count), strict=True)]
    )
    at += rng.normal(0, 1e-4, at.shape)
    table = pd.DataFrame(
        {
            "customer_id": [f"K{k}" for k in range(count)],
            "branch": code,
            "region": DISTRICT[0],
            "lon": at[:, 0],
            "lat": at[:, 1],
        }
    )
    return conform(table, CUSTOMERS)


# ---- overdue list


def case(number: int, **changes: str) -> dict[str, str]:
    """One row of a case export: the person number such and such, whose home is a house of the town."""
    street, house = number % 3, number // 3 + 1
    values = {
        "案件编号": f"C{number:03d}",
        "姓名": f"测试{number:02d}",
        "证件号": f"99000019800101{number:03d}1",
        "本人手机": f"010-0000-{number:04d}",
        "产品名称": "信用卡",
        "客户类型": "个人",
        "职业": "退休",
        "逾期总金额": f"{8_000 + 700 * number:,.2f}",
        "剩余本金": f"{20_000 + 700 * number:.2f}",
        "逾期天数": str(20 + 5 * number),
        "逾期日期": f"{TODAY - timedelta(days=20 + 5 * number):%Y-%m-%d}",
        "家庭地址": f"云溪市滨江区{STREETS[street][0]}{house}号",
        "停催状态": "",
        "所需技能": "",
        "不上门星期": "",
        "仅限安全联系": "",
        "担保方式": "",
    }
    return values | changes


def days_late(days: int) -> dict[str, str]:
    return {"逾期天数": str(days), "逾期日期": f"{TODAY - timedelta(days=days):%Y-%m-%d}"}


#: who is special on the list, by number
HELD, PLAN_ACTIVE, NOWHERE, EXPIRED, LAPSING, LEGAL, NOBODY_CAN, TWO_ACCOUNTS, NO_WEEKDAY, SAFE_ONLY, SEEN = range(
    1, 12
)


def cases(people: int = 30) -> list[dict[str, str]]:
    """The list: thirty people, thirty-one accounts."""
    special: dict[int, dict[str, str]] = {
        HELD: {"停催状态": "争议"},
        PLAN_ACTIVE: {"停催状态": "分期履约中"},
        NOWHERE: {"家庭地址": "外地"},
        EXPIRED: days_late(1500),
        LAPSING: days_late(3 * 365 - 9) | {"逾期总金额": "9,000.00"},
        LEGAL: {"所需技能": "法务", "逾期总金额": "55,000.00"},
        NOBODY_CAN: {"所需技能": "车辆处置"},
        NO_WEEKDAY: {"不上门星期": "周一、周二、周三、周四、周五"},
        SAFE_ONLY: {"仅限安全联系": "是"},
        SEEN: {"逾期总金额": "60,000.00"},
    }
    rows = [case(number, **special.get(number, {})) for number in range(people)]
    second = {"案件编号": "C900", "产品名称": "个人消费贷款", "逾期总金额": "51,000.00"} | days_late(70)
    return [*rows, case(TWO_ACCOUNTS) | second]


def write_list(path: Path, rows: Sequence[dict[str, str]], encoding: str = "gb18030") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---- store


def store_at(path: Path) -> Store:
    """A store with the branch, its team, its district and its customers, and nobody overdue."""
    migrate(f"sqlite:///{path}")
    return filled(open_store(f"sqlite:///{path}"))


def filled(store: Store) -> Store:
    """Give a new store the branch, its team, its district and its customers."""
    store.save_branch(SYSTEM, branch(), now=NOW)
    store.save_collectors(SYSTEM, BRANCH, collectors(), now=NOW)
    store.save_crews(SYSTEM, BRANCH, crews(), now=NOW)
    store.save_shifts(SYSTEM, BRANCH, shifts(), now=NOW)
    shapes = districts()
    table = pd.DataFrame(shapes[["code", "name_zh", "name_en"]]).assign(geojson=shapely.to_geojson(shapes.geometry))
    store.save_regions(SYSTEM, ROAD_REGION, table, now=NOW)
    store.save_customers(SYSTEM, BRANCH, customers(), now=NOW)
    return store


def import_list(store: Store, path: Path, *, full_list: bool = False, now: datetime = NOW) -> ImportResult:
    """Read a list as a branch would, in the child process, and take it into the store."""
    checked = read_list(path, load_profile("auto"), today=now.astimezone(ZONE).date())
    source = ListSource(path.name, sha256(path), "auto")
    return receive(store, principal(), BRANCH, checked, source, index=street_index(), now=now, full_list=full_list)


def means(store: Store) -> Means:
    return Means(store, StraightLine(), load_pack("CN"), load_parameters())


def outcomes(*rows: dict[str, Any]) -> pd.DataFrame:
    """Visits that met the debtor and led to nothing, with changes; ids are made from the row's number."""
    full = []
    for number, row in enumerate(rows):
        at = row["started_at"]
        blank = dict.fromkeys(OUTCOMES, "") | {"promised_on": pd.NaT, "promised_minor": 0, "paid_minor": 0}
        given = blank | {
            "outcome_id": str(UUID(int=number + 1)),
            "branch": BRANCH,
            "crew_id": f"{BRANCH}-A",
            "ended_at": at + timedelta(minutes=20),
            "recorded_at": at + timedelta(minutes=21),
            "code": "NEGOTIATE",
            "willing": "unknown",
            "able": "unknown",
            "recorded_by": f"{BRANCH}-A",
        }
        full.append(given | row)
    table = pd.DataFrame(full, columns=list(OUTCOMES))
    table["promised_on"] = pd.to_datetime(table["promised_on"])
    for name in ("started_at", "ended_at", "recorded_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return conform(table, OUTCOMES)


def home_of(store: Store, debtor_id: str) -> str:
    places = store.places(principal(), BRANCH)
    return str(places.loc[places["debtor_id"] == debtor_id, "place_id"].iloc[0])
