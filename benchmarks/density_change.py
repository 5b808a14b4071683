"""How far the answer whether a region has changed can be trusted: python -m benchmarks.density_change [worlds].

Invented worlds of twelve regions with 25 to 800 visits in the four weeks before and between half and twice as many
after, asked by ``planner.density.changes`` as the page asks. One visit in ten pays, amounts are lognormal around what
is owed; other scenarios: one in twenty or three in ten pay; a Pareto tail; each debtor is visited three times a period
and one debtor in five pays eight times as readily; visits that pay take longer; weeks of a region that differ from each
other by more than luck, asked once more without allowing for it.

Told, by what truly changed (nothing, how often, amounts, or both) and by the payments of both periods: p <= .05, the
share named, and how often the nominal 90 % interval holds the true ratio, with Wilson 95 % limits. Where nothing
changed also the share of worlds in which any of the 24 answers names a change.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import date
from unittest.mock import patch

import numpy as np
import pandas as pd

from benchmarks.density_coverage import wilson
from planner.density.change import DATED, EVERY, HOW_OFTEN, WEEKS, changes, periods
from planner.tables import conform

TODAY = date(2026, 11, 24)
REGIONS = 12
EFFECTS = {
    "nothing": (1.0, 1.0),
    "how often x 2": (2.0, 1.0),
    "amounts x 2": (1.0, 2.0),
    "often / 2, amounts x 2": (0.5, 2.0),
}
PAYMENTS = {"5-10": 10, "11-30": 30, "31-100": 100, "over 100": 10**9}


@dataclass(frozen=True)
class Scenario:
    """How visits pay: share, tail, readiness of debtors, spread of weeks, and extra hours of a visit that pays."""

    share: float = 0.1
    pareto: bool = False
    repeat: bool = False
    weekly: float = 0.0  # coefficient of variation
    longer_h: float = 0.0


SCENARIOS = {
    "one in ten pays": Scenario(),
    "one in twenty": Scenario(share=0.05),
    "three in ten": Scenario(share=0.3),
    "Pareto tail 2.2": Scenario(pareto=True),
    "repeat payers": Scenario(repeat=True),
    "paying takes longer": Scenario(longer_h=0.4),
    "weeks differ, c.v. .3": Scenario(weekly=0.3),
}


def world(rng: np.random.Generator, how: Scenario, often: float, much: float) -> tuple[pd.DataFrame, float, float]:
    """Invent past visits; give them with the true ratio of how often they pay and of money by hour."""
    parts, when = [], periods(TODAY)
    for region in range(REGIONS):
        base = np.exp(rng.uniform(np.log(25), np.log(800)))
        for after in (0, 1):
            n = int(base * (2 ** rng.uniform(-1, 1) if after else 1.0)) // 3 * 3 + 3
            debtor = np.arange(n) // 3 if how.repeat else np.arange(n)
            week = rng.integers(0, WEEKS, n)
            share = how.share * often ** (after - 0.5)
            shock = rng.gamma(how.weekly**-2, how.weekly**2, WEEKS) if how.weekly else np.ones(WEEKS)
            ready = np.where(rng.random(n) < 0.2, 3.4, 0.4)[debtor] if how.repeat else 1.0
            pays = rng.random(n) < np.minimum(share * shock[week] * ready, 1.0)
            tail = (rng.pareto(2.2, n) + 1) * 1.2 / 2.2 if how.pareto else rng.lognormal(-0.32, 0.8, n)
            paid = np.where(pays, 1e6 * rng.lognormal(0, 0.7, n)[debtor] * tail * much**after, 0.0)
            monday = pd.Timestamp(when.before_on) + pd.to_timedelta(7 * (week + WEEKS * after), unit="D")
            names = [f"{region} {k}" for k in debtor]
            rows = pd.DataFrame({"region": f"R{region}", "debtor_id": names, "week_on": monday, "paid_minor": paid})
            parts.append(rows.assign(hours=rng.gamma(4, 0.1, n) + how.longer_h * pays))
    hours = [0.4 + how.longer_h * how.share * often**half for half in (-0.5, 0.5)]
    return conform(pd.concat(parts, ignore_index=True), DATED), often, often * much * hours[0] / hours[1]


def trials(worlds: int, how: Scenario, often: float, much: float, seed: int) -> pd.DataFrame:
    """Ask so many worlds; one row a region and figure about which something can be told."""
    rng, rows = np.random.default_rng(seed), []
    for k in range(worlds):
        past, true_often, true_money = world(rng, how, often, much)
        found = changes(past, [f"R{region}" for region in range(REGIONS)], today=TODAY)
        found = found[(found["region"] != EVERY) & (found["answer"] != "too_few")]
        true = np.where(found["figure"] == HOW_OFTEN, true_often, true_money)
        payments = found["payments_before"] + found["payments_after"]
        rows.append(
            found.assign(
                world=k,
                inside=(found["low"] <= true) & (true <= found["high"]),
                early=found["p_value"] <= 0.05,
                named=found["answer"].isin(["risen", "fallen"]),
                wrong=((found["answer"] == "risen") & (true <= 1)) | ((found["answer"] == "fallen") & (true >= 1)),
                size=np.array(list(PAYMENTS))[np.searchsorted(list(PAYMENTS.values()), payments)],
            )
        )
    return pd.concat(rows)


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up by figure and size."""
    sized = pd.concat([rows.assign(size="all"), rows])
    by = sized.assign(size=pd.Categorical(sized["size"], ["all", *PAYMENTS])).groupby(["figure", "size"], observed=True)
    table = by.agg(n=("inside", "size"), p05=("early", "mean"), named=("named", "mean"), wrong=("wrong", "mean"))
    table["inside"] = by["inside"].mean()
    limits = [wilson(share, n) for share, n in zip(table["inside"], table["n"], strict=True)]
    table["low"], table["high"] = zip(*limits, strict=True)
    return table


def main(worlds: int) -> None:
    """Measure and print."""
    for number, (name, how) in enumerate(SCENARIOS.items()):
        for effect, (often, much) in EFFECTS.items():
            started = time.process_time()
            rows = trials(worlds if effect == "nothing" else worlds // 2, how, often, much, seed=number)
            print(f"\n{name}; changed: {effect}; {time.process_time() - started:.0f} CPU s")
            print(told(rows).round(3).to_string())
            if effect == "nothing":
                print(f"worlds in which any change is named: {rows.groupby('world')['named'].any().mean():.3f}")
            sys.stdout.flush()
    with patch("planner.density.change.unrest", return_value=0.0):
        rows = trials(worlds, how, 1.0, 1.0, seed=number)
    print(f"\n{name}; changed: nothing; weeks taken to differ by luck only")
    print(told(rows).round(3).to_string())
    print(f"worlds in which any change is named: {rows.groupby('world')['named'].any().mean():.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 120)
