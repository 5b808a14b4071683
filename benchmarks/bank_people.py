"""Who lives around a branch of the synthetic bank, what is owed, and what past visits brought: whole columns at a time.

What is drawn is what the demo draws (``planner.demo``), person by person there. A branch is drawn by random numbers of
its own, so branches may be made one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks.bank_ground import RoadRegion
from geodata.datum import from_wgs84
from geodata.projection import local_metres
from planner.demo.people import AGEING, GIVEN, GROUP_ZH, OCCUPATION_ZH, PRODUCTS, REVIEWED, SURNAMES, TYPES_ZH
from planner.demo.seed import ZONE
from planner.demo.truth import Truth
from planner.domain import Bucket, OutcomeCode
from planner.tables import CUSTOMERS, OUTCOMES, conform

#: customers of a branch for each of its debtors, debtors among them
CUSTOMERS_A_DEBTOR = 3
#: accounts of one person, and their shares
ACCOUNTS = (0.87, 0.11, 0.02)
ACCOUNTS_A_DEBTOR = sum((k + 1) * share for k, share in enumerate(ACCOUNTS))
#: of the accounts of a list: gone by the next day, paid in part until then, and new then
GONE, PART_PAID, NEW = 0.015, 0.03, 0.015
PRODUCTS_OF = {
    "farm": (("农户贷款", "信用卡"), (0.8, 0.2)),
    "merchant": (("经营贷款", "信用卡"), (0.6, 0.4)),
    "company": (("经营贷款",), (1.0,)),
    "individual": (("信用卡", "个人消费贷款", "住房按揭", "汽车贷款"), (0.5, 0.28, 0.1, 0.12)),
}
#: past visits: so many weeks, days of a week, doors a crew-day and minutes from door to door
PAST_WEEKS, DAYS, DOORS, APART_MIN = 12, 5, 12, 38
Texts = NDArray[np.object_]


@dataclass(frozen=True)
class People:
    """Customers of a branch (``CUSTOMERS`` and ``building``); the first ``debtors`` of them are overdue."""

    branch: str
    number: int
    customers: pd.DataFrame
    debtors: int


def people(ground: RoadRegion, area: int, branch: str, number: int, *, accounts: int, seed: int) -> People:
    """Draw the customers of a branch into the buildings of its area, debtors first and more of them in hot spots."""
    rng = np.random.default_rng([seed, number, 1])
    debtors = max(1, round(accounts / ACCOUNTS_A_DEBTOR))
    rows = ground.areas[area]
    here = ground.buildings.iloc[rows]
    weight, owes = here["weight"].to_numpy(float), here["owes"].to_numpy(float)
    late = rng.choice(len(rows), debtors, p=weight * owes / (weight * owes).sum())
    others = rng.choice(len(rows), (CUSTOMERS_A_DEBTOR - 1) * debtors, p=weight / weight.sum())
    at = rows[np.concatenate([late, others])]
    homes = ground.buildings.iloc[at]
    table = pd.DataFrame(
        {
            "customer_id": [f"{branch}K{k:06d}" for k in range(len(at))],
            "branch": branch,
            "region": homes["district"].to_numpy(),
            "lon": homes["lon"].to_numpy(float),
            "lat": homes["lat"].to_numpy(float),
        }
    )
    return People(branch, number, conform(table, CUSTOMERS).assign(building=at), debtors)


def case_list(ground: RoadRegion, who: People, *, today: date, seed: int) -> pd.DataFrame:
    """Write the overdue list of a branch with a bank's Chinese headings, one row an account, all text."""
    rng = np.random.default_rng([seed, who.number, 2])
    persons = person_columns(ground, who, rng)
    many = 1 + rng.choice(len(ACCOUNTS), who.debtors, p=ACCOUNTS)
    owner = np.repeat(np.arange(who.debtors), many)
    nth = np.concatenate([np.arange(one) for one in many])
    rows = persons.iloc[owner].reset_index(drop=True)
    rows.insert(0, "案件编号", [f"{who.branch}{one:06d}{k + 1}" for one, k in zip(owner, nth, strict=True)])
    owed = account_columns(rows.pop("group").to_numpy(object), rng, today=today)
    return pd.concat([rows, owed], axis=1)


def next_day(listed: pd.DataFrame, who: People, *, today: date, days: int, seed: int) -> pd.DataFrame:
    """Write the list some days later: the same accounts, older; some gone, some paid in part, some new.

    The new ones are second accounts of who is on the list, a few days overdue.
    """
    rng = np.random.default_rng([seed, who.number, 3])
    older = listed.assign(逾期天数=(listed["逾期天数"].astype(int) + days).astype(str))
    part = rng.random(len(older)) < PART_PAID
    less = older["逾期总金额"].astype(float) * rng.uniform(0.4, 0.9, len(older))
    older["逾期总金额"] = older["逾期总金额"].where(~part, less.map("{:.2f}".format))
    new = older.iloc[rng.choice(len(older), round(NEW * len(older)), replace=False)].copy()
    late = rng.integers(1, 6, len(new))
    new["案件编号"] = [f"{one[:-1]}9" for one in new["案件编号"]]
    new["逾期天数"] = late.astype(str)
    new["逾期日期"] = [str(today + timedelta(days=days - int(one))) for one in late]
    new[["最后还款日", "时效中断日", "中断证据"]] = ""
    kept = older[rng.random(len(older)) >= GONE]
    return pd.concat([kept, new.drop_duplicates("案件编号")], ignore_index=True)


def person_columns(ground: RoadRegion, who: People, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the debtors' own columns; ``group`` is for what they owe."""
    count = who.debtors
    home = ground.buildings.iloc[who.customers["building"].to_numpy()[:count]].reset_index(drop=True)
    group, occupation = groups(home["zone"].to_numpy(object), rng)
    first, second = (
        rng.choice(list(GIVEN), count),
        np.where(rng.random(count) < 0.5, rng.choice(list(GIVEN), count), ""),
    )
    born = np.datetime64("1955-01-01") + rng.integers(0, 48 * 365, count)
    kinds = rng.choice(list(TYPES_ZH), count, p=list(TYPES_ZH.values()))
    table = pd.DataFrame(
        {
            "姓名": np.char.add(np.char.add(rng.choice(list(SURNAMES), count), first), second),
            "证件号": [
                f"990000{str(day).replace('-', '')}{(who.number * 7 + k) % 10_000:04d}" for k, day in enumerate(born)
            ],
            "本人手机": [f"010-{who.number % 10_000:04d}-{k:04d}" for k in range(count)],
            "客户类型": pd.Series(group).map(GROUP_ZH),
            "职业": pd.Series(occupation).map(OCCUPATION_ZH),
            "复盘类型": np.where(rng.random(count) < REVIEWED, kinds, ""),
            "家庭地址": home["address"],
            "所需技能": np.where(rng.random(count) < 0.05, "legal", ""),
            "group": group,
        }
    )
    gcj = rng.random(count) < 0.15
    table["坐标系"] = np.where(gcj, "GCJ-02", "WGS-84")
    put(table, "家庭", home, gcj, rng.random(count) < 0.93)
    # Half of the shops are below the flat; some of the employed have a known place of work.
    other = ground.buildings.iloc[rng.choice(ground.areas[0], count)].reset_index(drop=True)
    shops, works = np.isin(group, ["merchant", "company"]), (occupation == "salaried") & (rng.random(count) < 0.35)
    below = rng.random(count) < 0.5
    elsewhere = other.where(~pd.Series(below & shops), home)
    for prefix, those in (("经营", shops), ("单位", works)):
        table[f"{prefix}地址"] = elsewhere["address"].where(those, "")
        put(table, prefix, elsewhere, gcj, those)
    return table


def put(table: pd.DataFrame, prefix: str, at: pd.DataFrame, gcj: NDArray[np.bool_], known: NDArray[np.bool_]) -> None:
    """Add two columns of coordinates, in GCJ-02 for some, empty where they are not known."""
    lonlat = at[["lon", "lat"]].to_numpy(float)
    said = np.where(gcj[:, None], from_wgs84(lonlat, "gcj02"), lonlat)
    for name, values in (("经度", said[:, 0]), ("纬度", said[:, 1])):
        table[prefix + name] = pd.Series(values).map("{:.6f}".format).where(pd.Series(known), "")


def groups(zones: Texts, rng: np.random.Generator) -> tuple[Texts, Texts]:
    """Draw customer groups and occupations by the zone somebody lives in."""
    count, draw = len(zones), rng.random(len(zones))
    farm = ((zones == "village") & (draw < 0.7)) | ((zones == "township") & (draw < 0.3))
    shop = ~farm & ((zones == "shops") | ((zones != "works") & (draw > 0.84)))
    group = np.select([farm, zones == "works", shop], ["farm", "company", "merchant"], "individual").astype(object)
    kinds = ["salaried", "self_employed", "retired", "home", "unknown"]
    drawn = rng.choice(kinds, count, p=[0.56, 0.1, 0.14, 0.1, 0.1])
    occupation = np.select([farm, group != "individual"], ["farmer", "self_employed"], drawn).astype(object)
    return group, occupation


def account_columns(group: Texts, rng: np.random.Generator, *, today: date) -> pd.DataFrame:
    """Draw what is owed, account by account."""
    count = len(group)
    product = np.empty(count, dtype=object)
    for name, (kinds, shares) in PRODUCTS_OF.items():
        those = group == name
        product[those] = rng.choice(kinds, int(those.sum()), p=shares)
    floors, ceilings, shares = (np.array(one) for one in zip(*AGEING, strict=True))
    age = rng.choice(len(AGEING), count, p=shares / shares.sum())
    days = rng.integers(floors[age], ceilings[age] + 1)
    median, spread = (np.array([PRODUCTS[one][k] for one in product]) for k in (0, 1))
    amount = median * np.exp(rng.normal(0, spread)) * (0.55 + np.minimum(days, 400) / 400)
    due = np.datetime64(today) - days
    paid = np.where(rng.random(count) < 0.6, due - rng.integers(5, 40, count), np.datetime64("NaT"))
    old = (days > 365) & (rng.random(count) < 0.45)
    act = due + rng.integers(60, np.maximum(days - 30, 61))
    proof = rng.choice(["催收通知签收", "部分还款", "送达证明"], count)
    backed = (group != "individual") & (rng.random(count) < 0.3)
    how = rng.choice(["一般保证", "连带责任保证"], count, p=[0.3, 0.7])
    return pd.DataFrame(
        {
            "产品名称": product,
            "逾期总金额": pd.Series(amount).map("{:.2f}".format),
            "剩余本金": pd.Series(amount * rng.uniform(0.8, 2.4, count)).map("{:.2f}".format),
            "逾期天数": days.astype(str),
            "逾期日期": due.astype(str),
            "最后还款日": np.where(np.isnat(paid), "", paid.astype(str)),
            "时效中断日": np.where(old, act.astype(str), ""),
            "中断证据": np.where(old, proof, ""),
            "担保方式": np.where(backed, how, ""),
        }
    )


def paces(codes: list[str], seed: int) -> dict[str, float]:
    """Give how much more often a visit pays in each district than the truth of the demo says: what is to be found."""
    rng = np.random.default_rng([seed, 4])
    return dict(zip(codes, np.exp(rng.normal(0, 0.3, len(codes))), strict=True))


def past_visits(
    surveyed: pd.DataFrame,
    places: pd.DataFrame,
    who: People,
    crews: list[str],
    pace: dict[str, float],
    truth: Truth,
    *,
    monday: date,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw twelve weeks of visits before a Monday: each crew-day to the doors nearest to one of them.

    Returns
    -------
    outcomes, truths
        ``tables.OUTCOMES``; and by visit ``region``, ``started_at``, ``pays`` (the true chance of money at the door)
        and ``brings`` (what the truth expects of it, minor units).
    """
    rng = np.random.default_rng([seed, who.number, 5])
    first = places[places["lon"].notna()].drop_duplicates("debtor_id")
    here = first.merge(surveyed[["debtor_id", "region", "bucket", "overdue_minor"]], on="debtor_id")
    here = here.reset_index(drop=True)
    shifts = [
        (crew, monday - timedelta(weeks=week) + timedelta(days=day))
        for week in range(PAST_WEEKS, 0, -1)
        for day in range(DAYS)
        for crew in crews
    ]
    metres = local_metres(here[["lon", "lat"]].to_numpy(float))
    doors = min(DOORS, len(here))
    _, near = cKDTree(metres).query(metres[rng.integers(len(here), size=len(shifts))], k=[*range(1, doors + 1)])
    at = near.ravel()
    shift, door = np.divmod(np.arange(len(at)), doors)
    # Nobody is visited twice: the second crew that would come goes on to the next door instead.
    once = np.sort(np.unique(at, return_index=True)[1])
    at, shift, door = at[once], shift[once], door[once]
    met = rng.random(len(at)) < truth.address_valid * 0.6 * (1 - truth.third_party_only)
    visited = here.iloc[at].reset_index(drop=True)
    pays = visited["bucket"].map({one.value: truth.pays_now[one] for one in Bucket}).to_numpy(float)
    pays = np.minimum(pays * visited["region"].map(pace).fillna(1.0).to_numpy(float), 0.9)
    draw = rng.random(len(at))
    code = np.select(
        [~met, draw < pays / 2, draw < pays, draw < pays + 0.3, draw < pays + 0.4],
        [OutcomeCode[one] for one in ("NOT_HOME", "PAID_FULL", "PAID_PART", "PTP_3D", "REFUSED")],
        OutcomeCode.NEGOTIATE,
    )
    part = truth.part_payment_share * rng.uniform(0.5, 1.5, len(at))
    owed = visited["overdue_minor"].to_numpy(np.int64)
    paid = np.select(
        [code == OutcomeCode.PAID_FULL, code == OutcomeCode.PAID_PART],
        [owed, (owed * part).astype(np.int64) // 100 * 100],
        0,
    )
    promised = code == OutcomeCode.PTP_3D
    day = pd.DatetimeIndex([datetime.combine(shifts[k][1], time(9, 10), ZONE) for k in shift])
    begins = day + pd.to_timedelta(APART_MIN * door, unit="min")
    lasts = pd.to_timedelta(np.where(met, 25, 9) + rng.integers(0, 8, len(at)), unit="min")
    yes = np.where(met, np.where((paid > 0) | promised, "yes", "no"), "unknown")
    crew = [shifts[k][0] for k in shift]
    table = pd.DataFrame(
        {
            "outcome_id": [f"{who.branch}-{k:06d}" for k in range(len(at))],
            "debtor_id": visited["debtor_id"],
            "branch": who.branch,
            "place_id": visited["place_id"],
            "crew_id": crew,
            "started_at": begins,
            "ended_at": begins + lasts,
            "code": code,
            "willing": yes,
            "able": np.where(met, "yes", "unknown"),
            "promised_on": pd.Series((day + pd.Timedelta(days=3)).tz_localize(None).normalize()).where(promised),
            "promised_how": np.where(promised, "transfer", ""),
            "promised_minor": np.where(promised, np.maximum(100, owed // 200 * 100), 0),
            "paid_minor": paid,
            "evidence": np.where(paid > 0, "payment", ""),
            "recorded_at": begins + lasts + pd.Timedelta(minutes=1),
            "recorded_by": crew,
        }
    ).assign(**dict.fromkeys(("plan_id", "next_action", "note", "replaces"), ""))
    share = (1 + truth.part_payment_share) / 2
    chance = truth.address_valid * 0.6 * (1 - truth.third_party_only) * pays
    truths = pd.DataFrame(
        {"region": visited["region"], "started_at": begins, "pays": chance, "brings": chance * share * owed}
    )
    return conform(table, OUTCOMES), truths
