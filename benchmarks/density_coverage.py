"""How far recovery density can be trusted: python -m benchmarks.density_coverage [worlds [densities] [spots]].

Invented worlds of 10 to 40 regions with 5 to 2,000 visits each. How often visits pay varies between regions like a
Gamma, how large payments are like a lognormal; amounts are heavy-tailed. In the scenarios the model is wrong on
purpose: a Pareto tail, some who pay all beside many who pay little, debtors who pay again and again, large debts that
pay less often.

Told, by size of the region: how often the nominal 90 % interval holds the truth, for how often visits pay and for
money, with Wilson 95 % limits; the root mean squared error beside raw actual/expected (errors cut at 3); beside the
money model two others: one Gamma-Poisson on sums of money, and counts times lognormal amounts without a level from the
sums. Then how often a region said to be among the best three with so much probability is. Then hot spots: false alarms
where there is nothing, and what a planted one needs to be found.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.patterns.local_moran import local_moran
from planner.density.amounts import relative_draws
from planner.density.funnel import payment_scale
from planner.density.money import money_draws
from planner.density.past import PAST, payers, tally
from planner.density.ranking import ranking
from planner.density.rates import bunching, factor_draws, factors
from planner.tables import conform

SCENARIOS = ("lognormal", "pareto", "two_kinds", "repeat_payers", "large_pay_less")
SIZES = {"5-20": 20, "21-100": 100, "101-500": 500, "501-2000": 2000}
LEVEL, TOP, CUT = 0.9, 3, 3.0


@dataclass(frozen=True)
class World:
    """Past visits and, by region, the truth that they are luck around."""

    past: pd.DataFrame
    visits: np.ndarray
    rate: np.ndarray  # payments by expected payments
    money: np.ndarray  # recovery by expected recovery
    per_hour: np.ndarray  # expected uplift of an hour before anything is learnt


def world(rng: np.random.Generator, scenario: str) -> World:
    """Invent a world."""
    regions = int(rng.integers(10, 41))
    visits = np.exp(rng.uniform(np.log(5), np.log(2001), regions)).astype(int)
    cv, tau = rng.choice([0.2, 0.35, 0.5]), rng.choice([0.0, 0.15, 0.3])
    theta = rng.lognormal(0, 0.25) * rng.gamma(cv**-2, cv**2, regions)
    kappa = rng.lognormal(0, 0.25) * rng.lognormal(-(tau**2) / 2, tau, regions)
    region = np.repeat(np.arange(regions), visits)
    visit = np.arange(len(region))
    debtor = visit // 3 * 3 if scenario == "repeat_payers" else visit
    region = region[debtor]
    chance, owed = rng.beta(2, 18, len(region))[debtor], 1e6 * rng.lognormal(0, 1, len(region))[debtor]
    # (n, kinds): the chance to be paid for each kind of debtor that this one may be; the truth is the mean over kinds
    kinds, share = np.ones((len(region), 1)), np.ones(1)
    if scenario == "repeat_payers":
        kinds, share = np.tile([0.4, 3.4], (len(region), 1)), np.array([0.8, 0.2])
    if scenario == "large_pay_less":
        kinds = (owed[:, None] / 1e6) ** -0.3
    pays = np.minimum(theta[region, None] * chance[:, None] * kinds, 1.0)
    paid_at = rng.random(len(region)) < pays[visit, rng.choice(len(share), len(region), p=share)[debtor]]
    paid = np.where(paid_at, owed * kappa[region] * amounts(rng, scenario, len(region)), 0.0)
    past = pd.DataFrame(
        {"region": region.astype(str), "debtor_id": debtor.astype(str), "paid_minor": paid}
        | {"expected_minor": chance * owed, "if_paid_minor": owed}
    )
    paying = pays @ share
    columns = (paying, chance, paying * owed * kappa[region], chance * owed)
    payments, expected, money, expected_money = (np.bincount(region, column, regions) for column in columns)
    seen = np.bincount(region, minlength=regions)
    return World(conform(past, PAST), seen, payments / expected, money / expected_money, rng.lognormal(0, 0.3, regions))


def amounts(rng: np.random.Generator, scenario: str, n: int) -> np.ndarray:
    """Draw paid by expected-if-paid, mean 1."""
    if scenario == "pareto":
        return (rng.pareto(2.2, n) + 1) * 1.2 / 2.2
    if scenario == "two_kinds":
        return np.asarray(
            np.where(rng.random(n) < 0.2, 3.2, rng.lognormal(-0.5, 0.5, n)) / (0.64 + 0.8 * np.exp(-0.375))
        )
    return rng.lognormal(-0.32, 0.8, n)


def judged(one: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge the models in a world: one row a region and model, and one row a region with its chance to be on top."""
    codes = [str(k) for k in range(len(one.visits))]
    seen, paid = tally(one.past, codes), payers(one.past)
    times = bunching(paid["times"])
    money_ratio = (seen["actual_minor"] / seen["expected_minor"]).to_numpy()
    rates = factors(seen["payments"], seen["expected_payments"], scale=times, level=LEVEL)
    limits = ["factor", "factor_low", "factor_high"]
    rows = [compared("rate", one, one.rate, rates["ratio"], rates[limits].to_numpy().T)]
    sums = factors(seen["actual_minor"], seen["expected_minor"], scale=payment_scale(one.past), level=LEVEL)
    rows.append(compared("money: sums only", one, one.money, money_ratio, sums[limits].to_numpy().T))
    draws = money_draws(one.past, codes)
    for name, factor in (("money", draws), ("money: no level", without_level(one.past, codes))):
        spans = np.quantile(factor, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        rows.append(compared(name, one, one.money, money_ratio, np.vstack([factor.mean(axis=0), spans])))
    chance = ranking(draws * one.per_hour, top=TOP)["top_k_probability"]
    best = np.argsort(np.argsort(-one.money * one.per_hour)) < TOP
    raw_best = np.argsort(np.argsort(-money_ratio * one.per_hour)) < TOP
    by_mean = np.argsort(np.argsort(-draws.mean(axis=0) * one.per_hour)) < TOP
    top = pd.DataFrame({"said": chance, "is": best, "raw": raw_best & best, "shrunk": by_mean & best})
    return pd.concat(rows), top


def compared(name: str, one: World, truth: np.ndarray, raw: ArrayLike, found: np.ndarray) -> pd.DataFrame:
    """Lay mean, low and high limit (3, r) beside the truth."""
    mean, low, high = found
    size = np.array(list(SIZES))[np.searchsorted(list(SIZES.values()), one.visits)]
    return pd.DataFrame(
        {"model": name, "size": size, "inside": (low <= truth) & (truth <= high), "width": high - low}
        | {"error": np.minimum((mean - truth) ** 2, CUT**2), "raw": np.minimum((np.asarray(raw) - truth) ** 2, CUT**2)}
    )


def without_level(past: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Draw counts times lognormal amounts around the mean of paid by expected-if-paid of all payers."""
    rng = np.random.default_rng(1)
    counted, paid = tally(past, codes), payers(past)
    scale = bunching(paid["times"])
    theta = factor_draws(counted["payments"], counted["expected_payments"], scale=scale, draws=4000, rng=rng)
    ratio = (paid["paid_minor"] / paid["if_paid_minor"]).to_numpy()
    where = pd.Index(codes).get_indexer(pd.Index(paid["region"]))
    kappa = relative_draws(np.log(ratio), where, len(codes), draws=4000, rng=rng)
    n = max(len(ratio), 1)
    doubt = rng.normal(0, np.std(ratio) / np.sqrt(n) / np.mean(ratio), (4000, 1)) if n > 1 else 0.0
    return np.asarray(theta * kappa * np.mean(ratio) * np.exp(doubt))


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give Wilson's 95 % limits of a share."""
    z = 1.96
    middle, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def coverage(scenario: str, worlds: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge so many worlds of a scenario."""
    rng = np.random.default_rng([seed, SCENARIOS.index(scenario)])
    found = [judged(world(rng, scenario)) for _ in range(worlds)]
    return pd.concat([rows for rows, _ in found]), pd.concat([top for _, top in found])


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up by model and size."""
    sized = pd.concat([rows.assign(size="all"), rows]).rename(columns={"error": "rmse"})
    by = sized.assign(size=pd.Categorical(sized["size"], ["all", *SIZES])).groupby(["model", "size"], observed=True)
    table = by.agg({"inside": ["size", "mean"], "width": "mean", "rmse": "mean", "raw": "mean"})
    table.columns = pd.Index(["n", "inside", "width", "rmse", "raw"])
    table[["rmse", "raw"]] **= 0.5
    limits = [wilson(share, n) for share, n in zip(table["inside"], table["n"], strict=True)]
    table["low"], table["high"] = zip(*limits, strict=True)
    return table[["n", "inside", "low", "high", "rmse", "raw", "width"]]


def reliability(top: pd.DataFrame) -> pd.DataFrame:
    """Lay what was said beside what is, in bins of the probability said."""
    bins = pd.cut(top["said"], [-0.01, 0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.98, 1.01])
    return top.groupby(bins, observed=True).agg(n=("is", "size"), said=("said", "mean"), true=("is", "mean"))


def grid(side: int) -> list[np.ndarray]:
    """Give the queen neighbours of a square grid."""
    row, column = np.divmod(np.arange(side * side), side)
    near = (abs(row[:, None] - row) <= 1) & (abs(column[:, None] - column) <= 1)
    np.fill_diagonal(near, False)
    return [np.flatnonzero(line) for line in near]


def hot_spot_trials(trials: int, *, side: int, expected: float, risk: float, spread: float, seed: int = 1) -> pd.Series:
    """Give false alarms and finds on a grid whose middle holds most visits, with 3 by 3 areas of higher risk."""
    rng, beside = np.random.default_rng(seed), grid(side)
    row, column = np.divmod(np.arange(side * side), side)
    away = np.hypot(row - side / 2, column - side / 2)
    planted = (abs(row - side // 2) <= 1) & (abs(column - side // 3) <= 1) & (risk != 1)
    edge = np.array([planted[one].any() for one in beside]) & ~planted
    seen = []
    for k in range(trials):
        exposure = np.exp(-away / side * 3) * rng.gamma(2, 0.5, side * side)
        exposure *= expected / exposure.mean()
        theta = rng.gamma(spread**-2, spread**2, side * side) if spread else np.ones(side * side)
        found = local_moran(rng.poisson(theta * exposure * np.where(planted, risk, 1.0)), exposure, beside, seed=k)
        named = np.isin(found.place, ["hot", "cold", "high_beside_low", "low_beside_high"])
        far = ~planted & ~edge
        seen.append(
            {"p<=.05": (found.p_value[far] <= 0.05).mean(), "named": named[far].mean(), "any": float(named[far].any())}
            | {"found": (found.place[planted] == "hot").mean() if planted.any() else np.nan}
            | {"hit": float((found.place[planted] == "hot").any()) if planted.any() else np.nan}
            | {"false of named": named[far].sum() / max(named.sum(), 1)}
        )
    return pd.DataFrame(seen).mean()


def densities(worlds: int) -> None:
    """Measure intervals and ranking, and print."""
    tops = []
    for scenario in SCENARIOS:
        started = time.process_time()
        rows, top = coverage(scenario, worlds)
        tops.append(top)
        print(f"\n{scenario}: {worlds} worlds, {time.process_time() - started:.0f} CPU s")
        print(told(rows).round(3).to_string())
        print(f"of the best {TOP}, named by raw ratios {top['raw'].sum() / top['is'].sum():.3f}, "
              f"by the factors {top['shrunk'].sum() / top['is'].sum():.3f}", flush=True)  # fmt: skip
    print("\nsaid to be among the best three, and is (all scenarios)")
    print(reliability(pd.concat(tops)).round(3).to_string())


def spots(trials: int) -> None:
    """Measure false alarms and finds, and print."""
    print("\nhot spots; areas away from the planted ones: p <= .05, named, any named in the map")
    for side, expected, risk, spread in [
        (5, 5.0, 1, 0), (12, 1.0, 1, 0), (12, 5.0, 1, 0), (12, 1.0, 1, 0.5), (12, 5.0, 1, 0.5), (20, 1.0, 1, 0.5),
        (12, 1.0, 3, 0), (12, 5.0, 2, 0), (12, 5.0, 3, 0), (12, 5.0, 3, 0.5), (20, 1.0, 3, 0), (20, 5.0, 3, 0.5),
    ]:  # fmt: skip
        started = time.process_time()
        one = hot_spot_trials(trials, side=side, expected=expected, risk=risk, spread=spread)
        print(f"{side * side} areas, {expected} expected, risk {risk}, spread {spread}: {one.round(3).to_dict()} "
              f"{(time.process_time() - started) / trials:.2f} CPU s a map", flush=True)  # fmt: skip


if __name__ == "__main__":
    PARTS = {"densities": densities, "spots": spots}
    for part in [PARTS[name] for name in sys.argv[2:]] or list(PARTS.values()):
        part(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
