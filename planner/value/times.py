"""Minutes at doors and the hours' factors as a branch's own recorded times teach them, by partial pooling.

Doors: a cell is who was met (nobody, somebody else, the debtor) and where (town or country). Its logarithmic ratio to
the assumed minutes is what all of one contact share plus what is its own. Hours: a factor's logarithm is what all hours
share plus the hour's own; hours next to each other resemble each other. The middle of a cell is a median (of legs: some
were no drive alone) or a mean (of doors: a long talk is time too), its doubt counts that legs of one crew-day share
that day's traffic. Both are the same normal computation: prior covariance times the data's.

References
----------
Gelman et al., Bayesian Data Analysis, 3rd edition, 5 and 14.8 (normal hierarchical model).
Rousseeuw and Croux, "Alternatives to the median absolute deviation", JASA 88 (1993) (spread without outliers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from planner.value.parameters import Parameters, Times
from planner.value.recorded_times import CONTACTS

Floats = NDArray[np.float64]
HOURS = 24
#: hours that lie so far apart tell little of each other
HOURS_ALIKE = 1.5
#: a median of normal noise is known so much less well than a mean
OF_MEDIAN = np.sqrt(np.pi / 2)
#: the median absolute deviation of a normal distribution, as a share of its standard deviation
MAD = 1.4826
#: a spread is told from so few legs at least, and never below this
FEWEST, LEAST_SPREAD = 12, 0.02
#: how far a door's lengths are taken to lie apart, while few are known, when their mean's doubt is told
DOUBTED_CV = 0.4


@dataclass(frozen=True)
class Learnt:
    """``doors``: ``contact``, ``rural``, ``assumed``, ``mean``, ``low``, ``high`` (minutes), ``cv``, ``visits``.

    ``hours``: ``hour``, ``assumed``, ``mean``, ``low``, ``high``, ``legs``. ``day_cv``, ``leg_cv``: how driving strays.

    A cell is ``assumption`` as long as too few visits stand behind it.
    """

    doors: pd.DataFrame
    hours: pd.DataFrame
    day_cv: float
    leg_cv: float


def normal_posterior(value: Floats, noise: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Give mean and variance of each cell, prior N(0, ``prior``); cells that are NaN were not seen."""
    seen = np.isfinite(value)
    if not seen.any():
        return np.zeros(len(value)), np.diag(prior).copy()
    gain = prior[:, seen] @ np.linalg.inv(prior[np.ix_(seen, seen)] + noise[np.ix_(seen, seen)])
    return gain @ value[seen], np.diag(prior - gain @ prior[seen])


def learn_doors(table: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Learn minutes and their spread at doors (``recorded_times.DOORS``)."""
    cells = [(contact, rural) for contact in CONTACTS for rural in (False, True)]
    assumed = np.array([parameters.assumed_minutes(*cell)[0] for cell in cells])
    given = np.array([parameters.assumed_minutes(*cell)[1] for cell in cells])
    value, error, count = (np.full(len(cells), np.nan) for _ in range(3))
    cv = given.copy()
    pooled = spreads(table)
    for k, (contact, rural) in enumerate(cells):
        minutes = table.loc[(table["contact"] == contact) & (table["rural"] == rural), "minutes"].to_numpy(float)
        count[k] = len(minutes)
        weight = parameters.prior_weight.value
        seen, of = pooled.get(contact, (0.0, 0))
        cv[k] = np.sqrt((of * seen**2 + weight * given[k] ** 2) / (of + weight))
        if len(minutes):
            value[k] = np.log(minutes.mean() / assumed[k])
            # Few lengths look more alike than they are: the doubt of their mean begins wide.
            doubt = (of * seen**2 + weight * max(given[k], DOUBTED_CV) ** 2) / (of + weight)
            error[k] = np.sqrt(doubt / len(minutes))
    same = np.equal.outer([c for c, _r in cells], [c for c, _r in cells])
    prior = parameters.contact_spread.value**2 * same + parameters.ground_spread.value**2 * np.eye(len(cells))
    mean, variance = normal_posterior(value, np.diag(error**2), prior)
    z = norm.ppf(0.5 + parameters.interval.value / 2)
    sd = np.sqrt(variance)
    return pd.DataFrame(
        {
            "contact": [contact for contact, _rural in cells],
            "rural": [rural for _contact, rural in cells],
            "assumed": assumed,
            "mean": assumed * np.exp(mean),
            "low": assumed * np.exp(mean - z * sd),
            "high": assumed * np.exp(mean + z * sd),
            "cv": cv,
            "visits": count.astype("int64"),
            "assumption": count < parameters.local_visits_needed.value,
        }
    )


def spreads(table: pd.DataFrame) -> dict[str, tuple[float, int]]:
    """Give the coefficient of variation within the cells of a contact, and from how many visits."""
    found = {}
    for contact, rows in table.groupby("contact"):
        parts = [one["minutes"].to_numpy(float) for _rural, one in rows.groupby("rural") if len(one) > 1]
        many = sum(len(one) for one in parts)
        if many:
            ratio = sum(len(one) * (one.std(ddof=1) / one.mean()) ** 2 for one in parts) / many
            found[str(contact)] = (float(np.sqrt(ratio)), many)
    return found


def learn_hours(table: pd.DataFrame, parameters: Parameters) -> tuple[pd.DataFrame, float, float]:
    """Learn the hours' factors and how driving strays by day and by leg (``recorded_times.LEGS``)."""
    assumed = np.array(parameters.assumed_hours(), dtype=np.float64)
    hour = table["hour"].to_numpy(np.int64)
    log = np.log(table["took_s"].to_numpy(float) / table["planned_s"].to_numpy(float) / assumed[hour])
    day = pd.factorize(table["crew_id"].astype(str) + " " + table["on"].astype(str))[0]
    value = np.full(HOURS, np.nan)
    for k in np.unique(hour):
        value[k] = np.median(log[hour == k])
    day_sd, leg_sd = strays(log - np.nan_to_num(value)[hour], day, parameters)
    count = np.bincount(hour, minlength=HOURS)
    share = np.zeros((HOURS, int(day.max()) + 1 if len(day) else 1))
    np.add.at(share, (hour, day), 1.0)
    share /= np.maximum(count, 1)[:, None]
    noise = day_sd**2 * share @ share.T + np.diag((OF_MEDIAN * leg_sd) ** 2 / np.maximum(count, 1))
    apart = np.abs(np.subtract.outer(np.arange(HOURS), np.arange(HOURS)))
    apart = np.minimum(apart, HOURS - apart)
    alike = np.exp(-0.5 * (apart / HOURS_ALIKE) ** 2) + 1e-9 * np.eye(HOURS)
    prior = parameters.level_spread.value**2 + parameters.hour_spread.value**2 * alike
    mean, variance = normal_posterior(value, noise, prior)
    # A factor is a mean, what was seen is a median: of lognormal times they differ by half the variance.
    mean = mean + (day_sd**2 + leg_sd**2) / 2 if len(log) else mean
    sd, z = np.sqrt(variance), norm.ppf(0.5 + parameters.interval.value / 2)
    hours = pd.DataFrame(
        {
            "hour": np.arange(HOURS),
            "assumed": assumed,
            "mean": assumed * np.exp(mean),
            "low": assumed * np.exp(mean - z * sd),
            "high": assumed * np.exp(mean + z * sd),
            "legs": count,
            "assumption": count < parameters.local_visits_needed.value,
        }
    )
    return hours, float(np.sqrt(np.expm1(day_sd**2))), float(np.sqrt(np.expm1(leg_sd**2)))


def strays(rest: Floats, day: NDArray[np.int64], parameters: Parameters) -> tuple[float, float]:
    """Give the standard deviations of log driving times by day and by leg; the assumed ones where little is known."""
    days = np.log1p(parameters.travel_day_cv.value**2)
    legs = np.log1p(parameters.travel_leg_cv.value**2)
    if len(rest) < FEWEST:
        return float(np.sqrt(days)), float(np.sqrt(legs))
    middles = {one: float(np.median(rest[day == one])) for one in np.unique(day)}
    within = rest - np.array([middles[one] for one in day])
    weight = parameters.prior_weight.value
    own = (MAD * float(np.median(np.abs(within)))) ** 2 * len(rest) / max(len(rest) - len(middles), 1)
    leg = (len(rest) * own + weight * legs) / (len(rest) + weight)
    counts = np.array([int((day == one).sum()) for one in middles])
    between = float(np.var(list(middles.values()), ddof=1)) if len(middles) > 1 else days
    own_day = max(between - float(np.mean(OF_MEDIAN**2 * leg / counts)), LEAST_SPREAD**2)
    shift = (len(middles) * own_day + weight * days) / (len(middles) + weight)
    return float(np.sqrt(shift)), float(np.sqrt(leg))


def learn(doors: pd.DataFrame, legs: pd.DataFrame, parameters: Parameters) -> Learnt:
    """Learn both."""
    hours, day_cv, leg_cv = learn_hours(legs, parameters)
    return Learnt(learn_doors(doors, parameters), hours, day_cv, leg_cv)


def door_part(learnt: Learnt, name: str = "") -> Times:
    """Give what plans use of the doors."""
    return Times(door_name=name, minutes=cells(learnt.doors, "mean"), cvs=cells(learnt.doors, "cv"))


def road_part(learnt: Learnt, name: str = "") -> Times:
    """Give what plans use of the roads."""
    factors = tuple(float(round(one, 3)) for one in learnt.hours["mean"])
    return Times(road_name=name, hour_factors=factors, day_cv=learnt.day_cv, leg_cv=learnt.leg_cv)


def cells(doors: pd.DataFrame, column: str) -> Mapping[tuple[str, bool], float]:
    """Give a column by cell."""
    rows = zip(doors["contact"], doors["rural"], doors[column], strict=True)
    return {(str(contact), bool(rural)): float(round(value, 3)) for contact, rural, value in rows}
