"""Do the intervals of roll rates hold the truth, is a change named when there is one, and is the demo's truth found?

    python -m benchmarks.roll_coverage [worlds] [shares|changes|demo|vintage]

``shares``: segments of 20 to 800 accounts of a bucket, debtors with one to three accounts that move together, amounts
from even to very uneven, by accounts and by money; the share of nominal 90 % intervals that hold the truth.
``changes``: ten districts and five products over six months; how often anything is named where nothing changed, months
alike or not, and how often a change of one district is. ``demo``: lists of the demo's making against ``planner.demo``'s
own chances. ``vintage``: the share still overdue after 30, 60, 90 days from weekly or monthly lists.
"""

from __future__ import annotations

import sys
from datetime import date
from math import sqrt

import numpy as np
import pandas as pd

from planner.demo.lists import BACK_DAYS, HORIZON, kept_chance, past_lists
from planner.demo.people import AGEING
from planner.demo.truth import Truth
from planner.portfolio import curve, moves, roll_changes, share, spells
from planner.portfolio.rates import rate
from planner.tables import ACCOUNT_STATES, ACCOUNTS, OUTCOMES, conform, empty

SIZES = (20, 40, 80, 200, 800)
CHANCES = (0.58, 0.72, 0.85, 0.95)
#: spread of the amounts' logarithm; whether larger amounts roll more often; correlation between a debtor's accounts
WORLDS = {
    "alone, even amounts": (0.3, 0.0, 0.0, False),
    "alone, uneven amounts": (0.9, 0.0, 0.0, False),
    "several accounts, together": (0.9, 0.0, 0.6, True),
    "several accounts, uneven, large roll more": (0.9, 0.5, 0.6, True),
    "very uneven amounts": (1.4, 0.0, 0.3, True),
}
TODAY = date(2026, 11, 29)


def wilson(hits: int, n: int) -> str:
    p, z = hits / n, 1.96
    middle, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
    )
    return f"{p:.3f} ({middle - half:.3f}-{middle + half:.3f})"


def debtors(n: int, several: bool, rng: np.random.Generator) -> np.ndarray:
    """Give the debtor of each of n accounts: 87 % have one, 11 % two, 2 % three; or one each."""
    if not several:
        return np.arange(n)
    many = 1 + rng.choice(3, n, p=[0.87, 0.11, 0.02])
    return np.repeat(np.arange(n), many)[:n]


def accounts_of(
    n: int, chance: float, spread: float, tilt: float, alike: float, several: bool, rng: np.random.Generator
):
    """Draw who rolls and the amounts; give also the true chances by accounts and by money."""
    owner = debtors(n, several, rng)
    log = rng.normal(0.0, spread, n)
    odds = np.log(chance / (1 - chance)) + tilt * log
    p = 1 / (1 + np.exp(-odds))
    u = rng.random(n)
    shared = rng.random(n)[owner]  # the debtor's own luck, shared by his accounts
    u = np.where(rng.random(n) < alike, shared, u)
    return u < p, np.exp(log), owner


def truth_of(chance: float, spread: float, tilt: float) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    log = rng.normal(0.0, spread, 400_000)
    p = 1 / (1 + np.exp(-(np.log(chance / (1 - chance)) + tilt * log)))
    weight = np.exp(log)
    return float(p.mean()), float((weight * p).sum() / weight.sum())


def shares(worlds: int) -> None:
    print("| world | accounts | by accounts | by money |\n|---|--:|--:|--:|")
    rng = np.random.default_rng(1)
    total = np.zeros((2, 2), dtype=int)
    for name, (spread, tilt, alike, several) in WORLDS.items():
        for n in SIZES:
            held = np.zeros(2, dtype=int)
            for chance in CHANCES:
                true = truth_of(chance, spread, tilt)
                for _ in range(worlds):
                    flags, amount, owner = accounts_of(n, chance, spread, tilt, alike, several, rng)
                    for k, weight in enumerate((np.ones(n), amount)):
                        found = share(flags, weight, owner)
                        held[k] += found.low <= true[k] <= found.high
            asked = worlds * len(CHANCES)
            total += np.array([held, [asked, asked]])
            print(f"| {name} | {n} | {wilson(held[0], asked)} | {wilson(held[1], asked)} |", flush=True)
    print(f"| all | | {wilson(total[0, 0], total[1, 0])} | {wilson(total[0, 1], total[1, 1])} |")


def world_of_moves(rng: np.random.Generator, *, unrest: float, changed: float) -> pd.DataFrame:
    """Draw six months of ten districts and five products; in the last three more of district R0 roll on."""
    parts = []
    sizes = np.array([120, 90, 70, 60, 50, 40, 30, 25, 15, 8])
    for window in range(6):
        for bucket, chance in (("M1", 0.6), ("M2", 0.72), ("M3", 0.8)):
            scale = {"M1": 1.0, "M2": 0.6, "M3": 0.45}[bucket]
            luck = rng.normal(0.0, unrest, len(sizes)) if unrest else np.zeros(len(sizes))
            for region, size in enumerate(sizes):
                n = int(rng.poisson(size * scale))
                p = chance + luck[region] + (changed if region == 0 and window < 3 and bucket == "M1" else 0.0)
                owner = debtors(n, True, rng)
                flags = rng.random(n) < np.clip(p, 0.02, 0.98)
                parts.append(
                    pd.DataFrame(
                        {
                            "window": window,
                            "region": f"R{region}",
                            "product": rng.choice(
                                ["card", "consumer_loan", "business_loan", "mortgage", "auto_loan"], n
                            ),
                            "from_bucket": bucket,
                            "debtor_id": [f"{window}-{bucket}-{region}-{k}" for k in owner],
                            "rolled": flags,
                            "may_roll": True,
                            "cured": ~flags,
                            "overdue_minor": np.exp(rng.normal(13, 0.9, n)).astype(int),
                        }
                    )
                )
    return pd.concat(parts, ignore_index=True)


def changes(worlds: int) -> None:
    print("| world | by | worlds with a false name | p <= .05 | district R0 named |\n|---|---|--:|--:|--:|")
    for name, unrest, changed in (
        ("nothing changed", 0.0, 0.0),
        ("nothing changed, months differ by .05", 0.05, 0.0),
        ("R0 + .10", 0.0, 0.10),
        ("R0 + .20", 0.0, 0.20),
        ("R0 + .20, months differ by .05", 0.05, 0.20),
    ):
        for by_money in (False, True):
            rng = np.random.default_rng(2)
            false, small, asked, named = 0, 0, 0, 0
            for _ in range(worlds):
                table = roll_changes(world_of_moves(rng, unrest=unrest, changed=changed), by_money=by_money)
                own = (table["dimension"] == "region") & (table["segment"] == "R0") & (table["bucket"] == "M1")
                touched = own | ((table["dimension"] != "region") & (table["bucket"] == "M1") & (changed > 0))
                shown = table["answer"].isin(["better", "worse"])
                false += bool((shown & ~touched).any())
                told = table["p_value"].notna() & ~touched
                small += int((table.loc[told, "p_value"] <= 0.05).sum())
                asked += int(told.sum())
                named += bool((shown & own).any())
            kind = "money" if by_money else "accounts"
            hit = f"{named / worlds:.2f}" if changed else "-"
            print(f"| {name} | {kind} | {wilson(false, worlds)} | {small / max(asked, 1):.3f} | {hit} |", flush=True)


def invented_accounts(n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, str]]:
    """Make a list as the demo's is: ageing and products, ten districts."""
    floors = [AGEING[k] for k in rng.choice(len(AGEING), n, p=[one[2] for one in AGEING])]
    days = np.array([int(rng.integers(low, high + 1)) for low, high, _ in floors])
    table = empty(ACCOUNTS).reindex(range(n))
    table = table.assign(
        case_id=[f"C{k:05d}" for k in range(n)],
        debtor_id=[f"D{k:05d}" for k in debtors(n, True, rng)],
        branch="YX01",
        product=rng.choice(["card", "consumer_loan", "business_loan", "mortgage", "auto_loan"], n),
        overdue_minor=np.exp(rng.normal(14, 0.9, n)).astype(int),
        principal_minor=np.exp(rng.normal(14.5, 0.9, n)).astype(int),
        days_past_due=days,
        as_of_on=pd.Timestamp(TODAY),
    )
    text = [name for name, kind in ACCOUNTS.items() if kind == "str"]
    table[text] = table[text].fillna("")
    people = table["debtor_id"].unique()
    regions = dict(zip(people, rng.choice([f"Y{k:02d}" for k in range(10)], len(people)), strict=True))
    return conform(table, ACCOUNTS), regions


def demo(worlds: int) -> None:
    """Each month, bucket and district of lists of the demo's making: does the interval hold the true chance?"""
    truth, codes = Truth(), [f"Y{k:02d}" for k in range(10)]
    held = {kind: np.zeros(2, dtype=int) for kind in ("all", "region", "product", "all, money", "region, money")}
    apart = []
    for world in range(worlds):
        rng = np.random.default_rng([3, world])
        accounts, regions = invented_accounts(3400, rng)
        lists = past_lists(accounts, empty(OUTCOMES), regions, codes, truth, today=TODAY, seed=[4, world])
        now = conform(accounts.assign(region=accounts["debtor_id"].map(regions)), ACCOUNT_STATES)
        states = pd.concat([*lists.values(), now], ignore_index=True)
        found = moves(states)
        for (window, bucket), part in found[found["from_bucket"].isin(["M1", "M2", "M3"])].groupby(
            ["window", "from_bucket"]
        ):
            older = states[states["as_of_on"] == part["from_on"].iloc[0]].set_index("case_id").loc[part["case_id"]]
            gap, back = (
                (part["to_on"] - part["from_on"]).dt.days.iloc[0],
                (pd.Timestamp(TODAY) - part["to_on"]).dt.days.iloc[0],
            )
            chance = kept_chance(older.reset_index(), codes, truth, days=int(gap), ended_back=int(back))
            month = part.assign(chance=chance)
            for kind, by_money in (("all", False), ("all, money", True)):
                held[kind] += check(month, by_money=by_money)
            for kind, by_money in (("region", False), ("region, money", True), ("product", False)):
                for _, segment in month.groupby(kind.split(",")[0]):
                    held[kind] += check(segment, by_money=by_money)
            if window == 0:
                apart.append((bucket, rate(month, "roll", by_money=False).value, float(chance.mean())))
    print("| rate of a month | intervals | hold the truth |\n|---|--:|--:|")
    for kind, (hits, asked) in held.items():
        print(f"| {kind} | {asked:,} | {wilson(int(hits), int(asked))} |")
    table = pd.DataFrame(apart, columns=["bucket", "found", "true"]).groupby("bucket").mean()
    print("\nNewest month, mean over worlds:\n" + table.round(3).to_string())


def check(part: pd.DataFrame, *, by_money: bool) -> np.ndarray:
    found = rate(part, "roll", by_money=by_money)
    if found.few:
        return np.array([0, 0])
    may = part[part["may_roll"]]
    weight = may["overdue_minor"].to_numpy(float) if by_money else np.ones(len(may))
    true = float((may["chance"] * weight).sum() / weight.sum())
    return np.array([int(found.low <= true <= found.high), 1])


def vintage(worlds: int) -> None:
    """Accounts with a known hazard, seen on weekly or monthly lists: is the share still overdue at three ages held?"""
    print("| lists | age | true | mean found | hold the truth |\n|---|--:|--:|--:|--:|")
    ages = (30, 60, 90)
    hazard = np.concatenate([np.full(30, 0.018), np.full(30, 0.012), np.full(400, 0.006)])
    true = {age: float(np.exp(-hazard[:age].sum())) for age in ages}
    for name, every in (("weekly", 7), ("monthly", 30)):
        days = np.arange(0, 361, every)
        held, means = dict.fromkeys(ages, 0), {age: [] for age in ages}
        for world in range(worlds):
            rng = np.random.default_rng([5, world])
            began = rng.uniform(0, 360, 1500)
            lasts = np.searchsorted(np.cumsum(hazard), rng.exponential(1.0, 1500)) + rng.random(1500)
            parts = [
                pd.DataFrame({"k": np.flatnonzero(on), "as_of_on": day, "days_past_due": (day - began[on]).astype(int)})
                for day in days
                for on in [(began < day - 1) & (began + lasts > day)]
            ]
            table = pd.concat(parts, ignore_index=True)
            text = table["k"].astype(str)
            states = table.assign(
                branch="B", case_id=text, debtor_id=text, region="R", product="card", overdue_minor=1,
                principal_minor=1, last_paid_on=pd.NaT,
                as_of_on=pd.Timestamp("2026-01-01") + pd.to_timedelta(table["as_of_on"], unit="D"),
            )  # fmt: skip
            found = curve(spells(conform(states, ACCOUNT_STATES))).set_index("age_days")
            for age in ages:
                row = found.loc[age]
                held[age] += row["low"] <= true[age] <= row["high"]
                means[age].append(row["still"])
        for age in ages:
            print(
                f"| {name} | {age} | {true[age]:.3f} | {np.mean(means[age]):.3f} | {wilson(held[age], worlds)} |",
                flush=True,
            )


PARTS = {"shares": shares, "changes": changes, "demo": demo, "vintage": vintage}

if __name__ == "__main__":
    assert max(BACK_DAYS) < HORIZON
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for part in sys.argv[2:] or list(PARTS):
        print(f"\n## {part}\n")
        PARTS[part](wanted)
