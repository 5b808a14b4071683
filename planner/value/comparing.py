"""A new model beside the old one, on weeks that neither has seen: before a person adopts it.

Each visit of the held-out weeks answers questions (was the address right, was somebody there, and so on), and each
model had said how likely a yes was. Compared are the mean squared error of that (the Brier score), the logarithmic
score, how often things happened that were called so likely (calibration), and how quickly money comes in if the visits
are taken in the order in which a model ranks them (uplift curve). Intervals go by debtor: visits to one debtor are not
independent.

References
----------
Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", JASA 102 (2007).
Radcliffe, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal (2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, norm

from planner.value.learning import PARTS, RATES, Model

Floats = NDArray[np.float64]

MODELS = ("old", "new")
#: groups of a calibration curve, of about equal number
BINS = 8
DRAWS, SEED = 400, 20262
#: points of the uplift curve
POINTS = 51


@dataclass(frozen=True)
class Scores:
    """How both models foretold the same answers.

    ``table`` has one row a rate and one for ``all``: ``rate``, ``answers``, ``brier_old``, ``brier_new``,
    ``better`` (old less new: above 0 the new one is better) with ``better_low``, ``better_high``; ``log_old``,
    ``log_new``, ``log_better``, ``log_better_low``, ``log_better_high``. ``calibration``: ``model``, ``rate``,
    ``predicted``, ``observed``, ``low``, ``high``, ``answers``.
    """

    table: pd.DataFrame
    calibration: pd.DataFrame


@dataclass(frozen=True)
class Curves:
    """How quickly money comes in, by each model's order: ``curve`` has ``model``, ``share`` of visits, ``gain_minor``.

    ``area_old``, ``area_new`` are the mean gain above drawing lots, in minor units; ``better`` is their difference
    with its interval. ``lot_minor`` is what all visits brought.
    """

    curve: pd.DataFrame
    visits: int
    lot_minor: float
    area_old: float
    area_new: float
    better: float
    better_low: float
    better_high: float


def foretold(model: Model, asked: pd.DataFrame) -> Floats:
    """Give the chance that a model gives to each question."""
    rates = model.rates.set_index(["rate", "cell", "within"])["mean"]
    keys = pd.MultiIndex.from_frame(asked[["rate", "cell", "within"]])
    return rates.reindex(keys).to_numpy(np.float64)


def scores(old: Model, new: Model, held: pd.DataFrame, *, level: float) -> Scores:
    """Score both models on answers that neither was fitted to.

    Parameters
    ----------
    held
        As ``learning.trials`` gives them; shares of amounts are left out. Questions that one of the models does not
        know are left out.
    level
        Of the intervals.
    """
    asked = held[~held["rate"].isin(PARTS)].reset_index(drop=True)
    told = {"old": foretold(old, asked), "new": foretold(new, asked)}
    known = np.isfinite(told["old"]) & np.isfinite(told["new"])
    asked, told = asked[known].reset_index(drop=True), {name: one[known] for name, one in told.items()}
    happened = asked["success"].to_numpy(np.float64)
    brier = {name: (one - happened) ** 2 for name, one in told.items()}
    log = {name: -np.where(happened > 0.5, np.log(one), np.log1p(-one)) for name, one in told.items()}
    rows = []
    for rate in (*(one for one in RATES if one not in PARTS), "all"):
        here = np.ones(len(asked), bool) if rate == "all" else (asked["rate"] == rate).to_numpy()
        row: dict[str, object] = {"rate": rate, "answers": int(here.sum())}
        for name, loss in (("brier", brier), ("log", log)):
            prefix = "" if name == "brier" else "log_"
            row |= {f"{name}_{model}": mean(loss[model][here]) for model in MODELS}
            value, low, high = clustered(loss["old"][here] - loss["new"][here], asked["debtor_id"][here], level)
            row |= {f"{prefix}better": value, f"{prefix}better_low": low, f"{prefix}better_high": high}
        rows.append(row)
    parts = [
        calibration_of(model, rate, told[model][here], happened[here], level)
        for model in MODELS
        for rate in (*(one for one in RATES if one not in PARTS), "all")
        for here in [np.ones(len(asked), bool) if rate == "all" else (asked["rate"] == rate).to_numpy()]
        if here.any()
    ]
    columns = ["model", "rate", "predicted", "observed", "low", "high", "answers"]
    return Scores(pd.DataFrame(rows), pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns))


def mean(values: Floats) -> float:
    """Give the mean, NaN of nothing."""
    return float(values.mean()) if len(values) else float("nan")


def clustered(difference: Floats, cluster: pd.Series, level: float) -> tuple[float, float, float]:
    """Give a mean difference with its interval, where values of one cluster go together."""
    if not len(difference):
        return (float("nan"),) * 3
    centre = float(difference.mean())
    sums = pd.Series(difference - centre).groupby(cluster.to_numpy()).sum().to_numpy()
    many = len(sums)
    if many < 2:
        return centre, float("-inf"), float("inf")
    error = float(np.sqrt((sums**2).sum() * many / (many - 1))) / len(difference)
    z = float(norm.ppf(0.5 + level / 2))
    return centre, centre - z * error, centre + z * error


def calibration_of(model: str, rate: str, told: Floats, happened: Floats, level: float) -> pd.DataFrame:
    """Group answers by what was foretold and count how often it came true; Jeffreys' intervals."""
    ranks = pd.Series(told).rank(method="dense")
    groups = pd.qcut(
        pd.Series(told).rank(method="average"), min(BINS, int(ranks.max())), labels=False, duplicates="drop"
    )
    seen = (
        pd.DataFrame({"told": told, "happened": happened})
        .groupby(groups)
        .agg(predicted=("told", "mean"), yes=("happened", "sum"), answers=("happened", "size"))
    )
    tail = (1 - level) / 2
    no = seen["answers"] - seen["yes"]
    return pd.DataFrame(
        {
            "model": model,
            "rate": rate,
            "predicted": seen["predicted"],
            "observed": seen["yes"] / seen["answers"],
            "low": np.where(seen["yes"] == 0, 0.0, beta.ppf(tail, seen["yes"] + 0.5, no + 0.5)),
            "high": np.where(no == 0, 1.0, beta.ppf(1 - tail, seen["yes"] + 0.5, no + 0.5)),
            "answers": seen["answers"],
        }
    )


def uplift_curves(
    old_value: Floats, new_value: Floats, gain_minor: Floats, debtors: pd.Series, *, level: float
) -> Curves | None:
    """Compare the orders in which two models would have taken the same visits; None without two visits.

    Parameters
    ----------
    old_value, new_value
        (visits,) what each model expected of the visit.
    gain_minor
        (visits,) what came in less what is reckoned to come anyway.
    """
    n = len(gain_minor)
    if n < 2:
        return None
    orders = {"old": np.argsort(-old_value, kind="stable"), "new": np.argsort(-new_value, kind="stable")}
    once = np.ones((1, n))
    area = {name: areas(gain_minor[order], once)[0] for name, order in orders.items()}
    rng = np.random.default_rng(SEED)
    code, people = pd.factorize(debtors)
    drawn = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), DRAWS)[:, code].astype(np.float64)
    apart = areas(gain_minor[orders["new"]], drawn[:, orders["new"]])
    apart = apart - areas(gain_minor[orders["old"]], drawn[:, orders["old"]])
    low, high = np.quantile(apart, [(1 - level) / 2, (1 + level) / 2])
    shares = np.linspace(0, 1, POINTS)
    curve = pd.concat(
        [
            pd.DataFrame(
                {
                    "model": name,
                    "share": shares,
                    "gain_minor": np.interp(shares, np.arange(n + 1) / n, np.append(0, np.cumsum(gain_minor[order]))),
                }
            )
            for name, order in orders.items()
        ],
        ignore_index=True,
    )
    return Curves(
        curve, n, float(gain_minor.sum()), area["old"], area["new"], area["new"] - area["old"], float(low), float(high)
    )


def areas(gain: Floats, weight: Floats) -> Floats:
    """Give the mean height of the cumulated gain above the straight line, (draws,), for visits in order."""
    taken = np.cumsum(weight, axis=1)
    total = taken[:, -1:]
    came = np.cumsum(weight * gain, axis=1)
    above = came - came[:, -1:] * taken / total
    return np.asarray((above * weight).sum(axis=1) / total[:, 0], dtype=np.float64)
