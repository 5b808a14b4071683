"""Who lives in the demo city and what they owe: 25,000 customers, about 3,000 of them overdue, all invented.

The overdue are written as the lists a bank would export, so that the demo comes in through the same door as real data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.datum import from_wgs84
from geodata.projection import local_metres
from planner.demo.truth import Truth
from planner.domain import Branch
from planner.tables import CUSTOMERS, conform

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉秀珍海燕建国志文晓慧佳俊子轩宇"
    "梓涵欣怡思雨晨浩然雪琳博云飞鹏程林峰昊天佩瑶嘉诚安宁"
)

#: days past due, floor and ceiling, and share of the accounts
AGEING = (
    (1, 30, 0.29),
    (31, 60, 0.16),
    (61, 90, 0.11),
    (91, 180, 0.16),
    (181, 365, 0.12),
    (366, 1060, 0.105),
    (1061, 1094, 0.015),
    (1100, 1900, 0.04),
)

#: customers of the three branches
SHARES = (0.46, 0.30, 0.24)

#: product in the list, median overdue amount in yuan, spread of its logarithm
PRODUCTS = {
    "信用卡": (16_000, 0.9),
    "个人消费贷款": (24_000, 0.8),
    "经营贷款": (68_000, 0.9),
    "住房按揭": (14_000, 0.6),
    "汽车贷款": (12_000, 0.6),
    "农户贷款": (21_000, 0.7),
}
#: accounts that are not overdue yet: of overdue customers, and of others
WATCHED = (90, 60)
GROUP_ZH = {"individual": "个人", "merchant": "小微商户", "farm": "涉农户", "company": "公司法人"}
#: type found at review, and its share; the rest is not reviewed yet
REVIEWED = 0.6
TYPES_ZH = {"偶然型": 0.42, "困难型": 0.26, "不负责任型": 0.27, "不良型": 0.05}
OCCUPATION_ZH = {
    "salaried": "受薪", "self_employed": "自雇", "farmer": "务农", "retired": "退休", "home": "居家", "unknown": "",
}  # fmt: skip


def customers(
    ground: pd.DataFrame, branches: Sequence[Branch], *, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw customers into the buildings and give each to a branch.

    Returns ``CUSTOMERS`` columns and, for what follows, ``building`` (row of ``ground``) and ``zone``.
    """
    weight = ground["weight"].to_numpy(float) * rng.gamma(2.0, 0.5, len(ground))
    building = rng.choice(len(ground), count, p=weight / weight.sum())
    at = ground[["lon", "lat"]].to_numpy(float)[building]
    sites = np.array([[b.lon, b.lat] for b in branches])
    metres = local_metres(np.vstack([sites, at]))
    away = np.linalg.norm(metres[len(sites) :, None] - metres[None, : len(sites)], axis=2)
    codes = np.array([b.code for b in branches])[catchments(away, SHARES[: len(branches)])]
    table = pd.DataFrame(
        {
            "customer_id": [f"K{i:05d}" for i in range(count)],
            "branch": codes,
            "region": ground["district"].astype(str).to_numpy()[building],
            "lon": at[:, 0],
            "lat": at[:, 1],
        }
    )
    return conform(table, CUSTOMERS).assign(building=building, zone=ground["zone"].astype(str).to_numpy()[building])


def catchments(away_m: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.intp]:
    """Give each customer a branch, near ones first, so that the branches get these shares.

    ``away_m`` is (customers, branches). Each branch reaches so much further or less far that its share comes out; areas
    stay in one piece.
    """
    reach = np.zeros(away_m.shape[1])
    wanted = np.array(shares) / sum(shares)
    for _ in range(60):
        for own, share in enumerate(wanted):
            # How much nearer the best other branch is, its reach counted: the own reach at which a customer changes.
            others = np.delete(away_m - reach, own, axis=1).min(axis=1)
            reach[own] = np.quantile(away_m[:, own] - others, share)
        reach -= reach.mean()
    nearest: NDArray[np.intp] = (away_m - reach).argmin(axis=1)
    return nearest


def overdue(
    people: pd.DataFrame, hot_spots: pd.DataFrame, truth: Truth, *, count: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Choose which customers are overdue: by zone, and more in the hot spots. Gives rows of ``people``, sorted."""
    centres = hot_spots[["lon", "lat"]].to_numpy(float)
    metres = local_metres(np.vstack([centres, people[["lon", "lat"]].to_numpy(float)]))
    away = np.linalg.norm(metres[len(centres) :, None] - metres[None, : len(centres)], axis=2)
    kernel = np.exp(-0.5 * (away / hot_spots["radius_m"].to_numpy(float)) ** 2).max(axis=1)
    zone = people["zone"].map(truth.overdue_by_zone).fillna(1.0).to_numpy(float)
    weight = zone * (truth.hot_spot_floor + truth.hot_spot_strength * kernel)
    return np.sort(rng.choice(len(people), count, replace=False, p=weight / weight.sum()))


def case_list(
    people: pd.DataFrame,
    rows: NDArray[np.intp],
    ground: pd.DataFrame,
    districts: pd.DataFrame,
    *,
    today: date,
    seed: int,
) -> pd.DataFrame:
    """Write the overdue customers as a case list with a bank's Chinese headings; one row an account, all text.

    ``branch`` is an extra column for splitting the list; the rest is what a branch would export.
    """
    rng = np.random.default_rng(seed)
    names = {str(code): str(name) for code, name in zip(districts["code"], districts["name_zh"], strict=True)}
    centre = ground[ground["zone"].isin(["grid", "old_town", "works", "shops"])]
    records: list[Mapping[str, str]] = []
    for number, row in enumerate(rows):
        person = people.iloc[row]
        home = ground.iloc[int(person["building"])]
        group, occupation = who(str(home["zone"]), rng)
        accounts = 1 + int(rng.choice(3, p=[0.87, 0.11, 0.02]))
        shared = person_fields(number, group, occupation, home, names, rng)
        shared |= places_fields(group, occupation, home, centre, names, rng)
        records.extend(
            {"branch": str(person["branch"]), "案件编号": f"YX{today:%y%m}{number:05d}{k + 1}"}
            | shared
            | account_fields(group, rng, today)
            for k in range(accounts)
        )
    records += watched(people, rows, ground, names, records, today=today, seed=seed)
    return pd.DataFrame.from_records(records).fillna("")


def watched(
    people: pd.DataFrame,
    rows: NDArray[np.intp],
    ground: pd.DataFrame,
    names: Mapping[str, str],
    overdue_records: Sequence[Mapping[str, str]],
    *,
    today: date,
    seed: int,
) -> list[Mapping[str, str]]:
    """Write accounts that are not overdue yet: second ones of overdue customers, and ones of others in good standing.

    They have a generator of their own, so that the overdue customers are the same with them or without.
    """
    rng = np.random.default_rng([seed, 1])
    own = (
        "案件编号",
        "产品名称",
        "逾期总金额",
        "剩余本金",
        "逾期天数",
        "逾期日期",
        "最后还款日",
        "时效中断日",
        "中断证据",
        "担保方式",
    )
    known = [overdue_records[int(k)] for k in rng.choice(len(overdue_records), WATCHED[0], replace=False)]
    made: list[Mapping[str, str]] = [{key: one[key] for key in one if key not in own} for one in known]
    others = rng.choice(np.setdiff1d(np.arange(len(people)), rows), WATCHED[1], replace=False)
    for number, row in enumerate(others, start=len(rows)):
        person = people.iloc[row]
        home = ground.iloc[int(person["building"])]
        group, occupation = who(str(home["zone"]), rng)
        fields = person_fields(number, group, occupation, home, names, rng)
        made.append({"branch": str(person["branch"])} | fields)
    return [{**one, **due_account(number, rng, today)} for number, one in enumerate(made)]


def due_account(number: int, rng: np.random.Generator, today: date) -> dict[str, str]:
    """Draw one account whose next instalment is due within three weeks."""
    product = str(rng.choice(["信用卡", "个人消费贷款", "住房按揭", "汽车贷款"], p=[0.35, 0.3, 0.2, 0.15]))
    return {
        "案件编号": f"YX{today:%y%m}W{number:04d}",
        "产品名称": product,
        "逾期总金额": f"{float(rng.uniform(600, 6_000)):.2f}",
        "剩余本金": f"{float(rng.uniform(20_000, 180_000)):.2f}",
        "逾期天数": "0",
        "逾期日期": f"{today + timedelta(days=int(rng.integers(0, 21))):%Y-%m-%d}",
        "最后还款日": f"{today - timedelta(days=int(rng.integers(9, 70))):%Y-%m-%d}",
    }


def who(zone: str, rng: np.random.Generator) -> tuple[str, str]:
    """Draw the customer group and the occupation class of somebody who lives in a zone."""
    if zone == "village":
        return ("farm", "farmer") if rng.random() < 0.7 else ("individual", "home")
    if zone == "works":
        return "company", "self_employed"
    if zone == "shops" or rng.random() < 0.16:
        return "merchant", "self_employed"
    if zone == "township" and rng.random() < 0.3:
        return "farm", "farmer"
    return "individual", str(
        rng.choice(["salaried", "self_employed", "retired", "home", "unknown"], p=[0.56, 0.1, 0.14, 0.1, 0.1])
    )


def person_fields(
    number: int, group: str, occupation: str, home: pd.Series, names: Mapping[str, str], rng: np.random.Generator
) -> dict[str, str]:
    """Name, invented identity number (no such area code exists), a telephone number that nobody can have, and home."""
    name = rng.choice(list(SURNAMES)) + "".join(rng.choice(list(GIVEN), int(rng.integers(1, 3))))
    flat = f"{rng.integers(1, 9)}单元{rng.integers(1, max(2, int(home['levels']) + 1))}0{rng.integers(1, 5)}"
    detail = flat if home["zone"] in ("estate", "grid") else ""
    born = date(1955 + int(rng.integers(0, 48)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    return {
        "姓名": name,
        "证件号": f"990000{born:%Y%m%d}{number:04d}",
        "本人手机": f"010-0000-{number:04d}",
        "客户类型": GROUP_ZH[group],
        "职业": OCCUPATION_ZH[occupation],
        "复盘类型": str(rng.choice(list(TYPES_ZH), p=list(TYPES_ZH.values()))) if rng.random() < REVIEWED else "",
        "家庭地址": address(home, names) + detail,
        "所需技能": "legal" if rng.random() < 0.05 else ("dialect" if rng.random() < 0.04 else ""),
    }


def address(building: pd.Series, names: Mapping[str, str]) -> str:
    """Write a building's address the Chinese way, largest unit first."""
    return f"云溪市{names.get(str(building['district']), '')}{building['street_zh']}{building['house_number']}号"


def places_fields(
    group: str,
    occupation: str,
    home: pd.Series,
    centre: pd.DataFrame,
    names: Mapping[str, str],
    rng: np.random.Generator,
) -> dict[str, str]:
    """Coordinates of the home (some missing, some in GCJ-02) and, for some, the shop or the workplace."""
    fields: dict[str, str] = {"坐标系": "WGS-84"}
    gcj = rng.random() < 0.15
    if gcj:
        fields["坐标系"] = "GCJ-02"

    def put(prefix: str, building: pd.Series) -> None:
        lonlat = np.array([[building["lon"], building["lat"]]], dtype=float)
        lon, lat = (from_wgs84(lonlat, "gcj02") if gcj else lonlat)[0]
        fields[f"{prefix}经度"], fields[f"{prefix}纬度"] = f"{lon:.6f}", f"{lat:.6f}"

    if rng.random() < 0.93:
        put("家庭", home)
    elsewhere = centre.iloc[int(rng.integers(len(centre)))]
    if group in ("merchant", "company"):
        # Half of the merchants live above or beside the shop.
        shop = home if rng.random() < 0.5 else elsewhere
        fields["经营地址"] = address(shop, names)
        put("经营", shop)
    elif occupation == "salaried" and rng.random() < 0.35:
        fields["单位地址"] = address(elsewhere, names)
        put("单位", elsewhere)
    return fields


def account_fields(group: str, rng: np.random.Generator, today: date) -> dict[str, str]:
    """Draw one account: product, amounts, ageing, last payment, interruption of the limitation period, guarantee."""
    product = str(
        {
            "farm": rng.choice(["农户贷款", "信用卡"], p=[0.8, 0.2]),
            "merchant": rng.choice(["经营贷款", "信用卡"], p=[0.6, 0.4]),
            "company": "经营贷款",
        }.get(group)
        or rng.choice(["信用卡", "个人消费贷款", "住房按揭", "汽车贷款"], p=[0.5, 0.28, 0.1, 0.12])
    )
    median, spread = PRODUCTS[product]
    floor, ceiling, _ = AGEING[int(rng.choice(len(AGEING), p=[share for *_, share in AGEING]))]
    days = int(rng.integers(floor, ceiling + 1))
    # Old debts have more of their principal fallen due.
    amount = float(median * np.exp(rng.normal(0, spread)) * (0.55 + min(days, 400) / 400))
    due = today - timedelta(days=days)
    fields = {
        "产品名称": product,
        "逾期总金额": f"{amount:,.2f}",
        "剩余本金": f"{amount * float(rng.uniform(0.8, 2.4)):.2f}",
        "逾期天数": str(days),
        "逾期日期": f"{due:%Y-%m-%d}",
    }
    if rng.random() < 0.6:
        fields["最后还款日"] = f"{due - timedelta(days=int(rng.integers(5, 40))):%Y-%m-%d}"
    if days > 365 and rng.random() < 0.45:
        interrupted = due + timedelta(days=int(rng.integers(60, days - 30)))
        fields["时效中断日"] = f"{interrupted:%Y-%m-%d}"
        fields["中断证据"] = str(rng.choice(["催收通知签收", "部分还款", "送达证明"]))
    if group in ("merchant", "company", "farm") and rng.random() < 0.3:
        fields["担保方式"] = str(rng.choice(["一般保证", "连带责任保证"], p=[0.3, 0.7]))
    return fields
