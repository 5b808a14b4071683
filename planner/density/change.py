"""Whether a region has changed: the last whole weeks beside as many before, for how often visits pay and for money.

The tests are those of ``ratios``. Counts are taken in units of their variance by mean: a debtor who pays three times in
a period is luck once (``rates.bunching``), and of visits of which a third pay, less is luck than of rare payments
(1 - share). Money is drawn by debtor and period for the same reason.

Weeks of a region may differ from each other by more than luck (paydays, weather, who was on duty). By how much is taken
from the weeks within the periods, of all regions together (``unrest``), and adds to the doubt of both answers, which
lay the mean of some such weeks beside that of as many. For all regions together the weeks are taken to move alike.

Weeks run from Monday to Sunday. The week of today is not over and is left out, as is whatever is dated later.

References
----------
Benjamini and Hochberg 1995, JRSS B 57, 289-300.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geodata.patterns.regions import benjamini_hochberg
from planner.density.rates import bunching
from planner.density.ratios import UNTOLD, Change, money_change, rate_change
from planner.tables import DAY, INT, REAL, TEXT, Schema, conform

#: what comes in, one row a past visit
DATED: Schema = {"region": TEXT, "debtor_id": TEXT, "week_on": DAY, "paid_minor": REAL, "hours": REAL}

#: one row a region and question, and two for all regions together (``EVERY``)
CHANGES: Schema = {
    "region": TEXT,
    "figure": TEXT,  # how_often or per_hour
    "visits_before": INT,
    "visits_after": INT,
    "payments_before": INT,
    "payments_after": INT,
    "before": REAL,  # share of visits that paid, or minor units by recorded hour; NaN where nobody went
    "after": REAL,
    "ratio": REAL,  # after by before; inf where nothing came before; NaN where too few to tell, as all that follows
    "low": REAL,
    "high": REAL,
    "p_value": REAL,  # two-sided
    "p_adjusted": REAL,  # over all regions and both questions; of all together, over both questions
    "answer": TEXT,  # risen, fallen, not_shown, too_few
}
HOW_OFTEN, PER_HOUR, EVERY = "how_often", "per_hour", ""

#: Weeks on either side. Not the reader's choice: who tries several lengths finds a change in one of them.
WEEKS = 4
#: Share of false ones among the changes named (Benjamini-Hochberg).
FALSE_SHARE = 0.05
#: Four payments cannot show a change however they lie: with as many visits before as after p is at least .06.
FEWEST_PAYMENTS = 5
#: In either period; an engineering default.
FEWEST_VISITS = 20
#: Where nearly every visit pays, counts are not taken to be surer than this.
LEAST_SCALE = 0.1


@dataclass(frozen=True)
class Periods:
    """Two periods of as many whole weeks: Mondays on which they begin, and the Monday after the second."""

    before_on: date
    after_on: date
    end_on: date


def periods(today: date, *, weeks: int = WEEKS) -> Periods:
    """Give the last whole weeks before the week of today, and as many before them.

    >>> when = periods(date(2026, 11, 24), weeks=2)
    >>> f"{when.before_on} {when.after_on} {when.end_on}"
    '2026-10-26 2026-11-09 2026-11-23'
    """
    if weeks < 1:
        raise ValueError(f"a period is at least one week, got {weeks}")
    end = today - timedelta(days=today.weekday())
    return Periods(end - timedelta(weeks=2 * weeks), end - timedelta(weeks=weeks), end)


def changes(past: pd.DataFrame, regions: list[str], *, today: date, weeks: int = WEEKS) -> pd.DataFrame:
    """Say of each region whether it has changed (``CHANGES``, both questions, in the order given, all together last).

    Parameters
    ----------
    past
        ``DATED``; visits in regions that are not named, in the week of today, later, or before both periods are left
        out.
    regions
        Codes; the p-values are adjusted for looking at all of them.
    today
        By the branch's calendar.
    weeks
        Length of either period.

    Raises
    ------
    ValueError
        If a column is missing, an amount or an hour is negative or unknown, or there is less than one week.
    """
    when = periods(today, weeks=weeks)
    visits = conform(past, DATED)
    if not ((visits["paid_minor"] >= 0) & (visits["hours"] >= 0)).all():
        raise ValueError("amounts and hours must be known and not negative")
    on = visits["week_on"]
    inside = (on >= pd.Timestamp(when.before_on)) & (on < pd.Timestamp(when.end_on)) & visits["region"].isin(regions)
    here = visits.assign(after=on >= pd.Timestamp(when.after_on), payments=visits["paid_minor"] > 0)[inside]
    times = here[here["payments"]].groupby(["region", "debtor_id", "after"])["payments"].sum()
    luck = bunching(times)
    weekly = unrest(here, luck)
    parts = dict(tuple(here.groupby("region")))
    rows = [row for code in regions for row in asked(code, parts.get(code, here.iloc[:0]), luck, weekly)]
    told = pd.DataFrame([*rows, *asked(EVERY, here, luck, weekly)])
    for family in (told["region"] != EVERY, told["region"] == EVERY):
        told.loc[family, "p_adjusted"] = benjamini_hochberg(told.loc[family, "p_value"].to_numpy(float))
    shown = told["p_adjusted"] <= FALSE_SHARE
    told["answer"] = np.select(
        [told["p_value"].isna(), shown & (told["ratio"] > 1), shown & (told["ratio"] < 1)],
        ["too_few", "risen", "fallen"],
        "not_shown",
    )
    return conform(told, CHANGES)


def unrest(visits: pd.DataFrame, luck: float) -> float:
    """Give the squared coefficient of variation of weeks beyond luck, from those of each region and period; at least 0.

    With y payments of n visits in a week and Y of N in its period, (y - n Y / N)² is on average
    (1 - n / N) (luck e + unrest e²), e = n Y / N; both sides are summed over all weeks.

    Parameters
    ----------
    visits
        ``region``, ``after``, ``week_on``, ``payments`` (flag).
    luck
        Variance by mean of rare payments; that of frequent ones is less, see ``scale_of``.
    """
    weeks = visits.groupby(["region", "after", "week_on"])["payments"].agg(["size", "sum"])
    whole = weeks.groupby(["region", "after"]).transform("sum")
    share = whole["sum"] / whole["size"]
    expected, room = weeks["size"] * share, 1.0 - weeks["size"] / whole["size"]
    beyond = (weeks["sum"] - expected) ** 2 - room * expected * scale_of(share, luck)
    weight = float((room * expected**2).sum())
    return max(float(beyond.sum()) / weight, 0.0) if weight > 0 else 0.0


def scale_of(share: ArrayLike, luck: float) -> NDArray[np.float64]:
    """Give the variance of payments by their mean where such a share of visits pays."""
    return np.maximum(1.0 - np.asarray(share, dtype=float), LEAST_SCALE) * luck


def asked(region: str, visits: pd.DataFrame, luck: float, weekly: float) -> list[dict[str, object]]:
    """Ask both questions of one region's visits of both periods; ``p_adjusted`` and ``answer`` are still to come."""
    halves = [visits[~visits["after"]], visits[visits["after"]]]
    many = [len(half) for half in halves]
    payments = [int(half["payments"].sum()) for half in halves]
    hours, money = ([float(half[name].sum()) for half in halves] for name in ("hours", "paid_minor"))
    enough = min(many) >= FEWEST_VISITS and sum(payments) >= FEWEST_PAYMENTS
    often = amount = UNTOLD
    if enough:
        apart = weekly * sum(1.0 / half["week_on"].nunique() for half in halves)  # variance of the ratio's logarithm
        pi, share = many[1] / sum(many), sum(payments) / sum(many)
        scale = float(scale_of(share, luck)) + apart * sum(payments) * pi * (1.0 - pi)
        often = rate_change(payments[0], payments[1], many[0], many[1], scale=scale)
        if min(hours) > 0:
            paid = [half[half["payments"]].groupby("debtor_id")["paid_minor"].sum() for half in halves]
            amount = money_change(paid[0], paid[1], hours[0], hours[1], spread=apart**0.5)
    counted = {"region": region, "visits_before": many[0], "visits_after": many[1]}
    counted |= {"payments_before": payments[0], "payments_after": payments[1]}

    def row(figure: str, above: list[float], below: list[float], change: Change) -> dict[str, object]:
        before, after = (a / b if b > 0 else nan for a, b in zip(above, below, strict=True))
        return {**counted, "figure": figure, "before": before, "after": after, **vars(change)}

    return [
        row(HOW_OFTEN, [float(n) for n in payments], [float(n) for n in many], often),
        row(PER_HOUR, money, hours, amount),
    ]
