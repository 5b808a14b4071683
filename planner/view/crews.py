"""Crews compared fairly: how often their visits paid by how often such visits were expected to, and what stands beside.

Who was sent to hard debtors at bad hours is not measured by those who were not: the expectation of each visit knows
debtor, place, time and the branch's own rates, so actual by expected is adjusted for whom a crew was sent to. Payments
are counted, never money: the Card Measures (art. 66) forbid assessing collectors by the recovered amount alone. There
is no ranking; a funnel says who lies outside what luck alone would give, and beside it stand kept promises, the quality
of what was recorded, and complaints.

Several crews are looked at together, so the limits are those of a family: with crews that are all alike the chance that
any of them is flagged is about 5 % (Šidák), not 5 % for each. benchmarks/crew_flags.py
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from planner.density.funnel import poisson_quantile
from planner.density.rates import bunching, factors
from planner.domain import OutcomeCode
from planner.tables import INT, REAL, TEXT, Schema, conform

#: one row a crew
CREWS: Schema = {
    "crew_id": TEXT,
    "visits": INT,
    "expected": REAL,  # payments expected of these visits
    "paid": INT,  # visits that paid something at the door
    "ratio": REAL,  # paid by expected, NaN where nothing was expected
    "factor": REAL,  # the ratio with luck taken out (Gamma-Poisson), with its interval
    "factor_low": REAL,
    "factor_high": REAL,
    "low": REAL,  # the funnel's limits of the ratio at this size
    "high": REAL,
    "place": TEXT,  # below, inside, above, few (too few visits to tell)
    "due": INT,  # promises whose day has come and whose money can be known
    "kept": INT,
    "kept_low": REAL,
    "kept_high": REAL,
    "promises": INT,
    "complete": REAL,  # share of promises with all three elements
    "evidence": REAL,  # share of payments and notices with the kind of evidence
    "timed": REAL,  # share of visits with a sensible beginning and end
    "corrected": REAL,  # share of entries that a later entry corrected
    "wrong_address": REAL,  # share of visits that found nobody living there: says something of the list
    "complaints": INT,
    "upheld": INT,
}
#: fewer expected payments than this tell nothing of a crew
FEWEST = 5.0
#: chance that any crew of the family is flagged though all are alike
FAMILY = 0.05
PROMISED = (OutcomeCode.PTP_2D, OutcomeCode.PTP_3D, OutcomeCode.PTP_LATER, OutcomeCode.PLAN_SIGNED)
EVIDENCED = (OutcomeCode.PAID_FULL, OutcomeCode.PAID_PART, OutcomeCode.NOTICE_SIGNED, OutcomeCode.PLAN_SIGNED)
MOVED = (OutcomeCode.MOVED, OutcomeCode.WRONG_ADDRESS, OutcomeCode.LOST)
#: longest visit that anybody believes, in minutes
LONGEST_MIN = 240


@dataclass(frozen=True)
class Seen:
    """What is known of past visits: ``outcomes`` as they stand, ``entries`` all of them, corrected ones too.

    ``expected`` is the chance of a payment at the door of each outcome, in their order. ``judged`` has ``outcome_id``
    and ``kept`` of the promises that can be judged.
    """

    outcomes: pd.DataFrame
    entries: pd.DataFrame
    expected: pd.Series
    judged: pd.DataFrame
    complaints: pd.DataFrame


def compare(seen: Seen, crews: Sequence[str], *, level: float = 0.8) -> pd.DataFrame:
    """Compare crews (``CREWS``, in the order given).

    Parameters
    ----------
    crews
        Ids; visits of others are left out.
    level
        Share of the intervals.
    """
    visits = seen.outcomes.assign(
        expected=seen.expected.to_numpy(), paid=(seen.outcomes["paid_minor"] > 0).to_numpy(), ok=timed(seen.outcomes)
    )
    visits = visits[visits["crew_id"].isin(list(crews))]
    promised = visits[visits["code"].isin(PROMISED)].assign(full=complete(visits[visits["code"].isin(PROMISED)]))
    proved = visits[visits["code"].isin(EVIDENCED)]
    judged = seen.judged.merge(visits[["outcome_id", "crew_id"]], on="outcome_id")
    index = pd.Index(list(crews), name="crew_id")

    def count(rows: pd.DataFrame) -> pd.Series:
        return rows.groupby("crew_id").size().reindex(index).fillna(0)

    def share(rows: pd.DataFrame, flag: pd.Series) -> pd.Series:
        return flag.astype(float).groupby(rows["crew_id"]).mean().reindex(index)

    told = seen.complaints[seen.complaints["crew_id"].isin(list(crews))]
    entries = seen.entries[seen.entries["crew_id"].isin(list(crews))]
    due, kept = count(judged), count(judged[judged["kept"]])
    table = pd.DataFrame(
        {
            "visits": count(visits),
            "expected": visits.groupby("crew_id")["expected"].sum().reindex(index).fillna(0.0),
            "paid": count(visits[visits["paid"]]),
            "due": due,
            "kept": kept,
            "kept_low": beta(kept, due, (1 - level) / 2),
            "kept_high": beta(kept, due, (1 + level) / 2),
            "promises": count(promised),
            "complete": share(promised, promised["full"]),
            "evidence": share(proved, proved["evidence"] != ""),
            "timed": share(visits, visits["ok"]),
            "corrected": share(entries, entries["outcome_id"].isin(seen.entries["replaces"])),
            "wrong_address": share(visits, visits["code"].isin(MOVED)),
            "complaints": count(told),
            "upheld": count(told[told["upheld"] == "yes"]),
        }
    )
    payers = visits[visits["paid"]].groupby(["crew_id", "debtor_id"]).size()
    scale = bunching(payers.to_numpy())
    rates = factors(table["paid"], table["expected"], scale=scale, level=level)
    rates.index = index
    table = pd.concat([table, rates, limits(table["paid"], table["expected"], scale)], axis=1)
    return conform(table.reset_index(), CREWS)


def limits(paid: pd.Series, expected: pd.Series, scale: float) -> pd.DataFrame:
    """Give the funnel's limits for a family of crews at their common level, and where each crew lies.

    Exact Poisson limits (interpolated) of paid by ``scale``; each crew is compared with the others' level, so that it
    does not pull the level towards itself, and that level's own doubt widens the limits.
    """
    enough = expected >= FEWEST
    many = max(int(enough.sum()), 1)
    tail = (1 - (1 - FAMILY) ** (1 / many)) / 2
    rest_paid, rest_expected = paid.sum() - paid, expected.sum() - expected
    level = (rest_paid / rest_expected.where(rest_expected > 0)).astype(float)
    size = expected / scale
    # What the others came to is itself luck: the variance of the difference is that of both.
    both = np.sqrt(1 + expected / rest_expected.where(rest_expected > 0))
    mean = (level * size).to_numpy(float)
    low, high = (poisson_quantile(share, mean) for share in (tail, 1 - tail))
    centre = np.where(expected > 0, mean, np.nan)
    low, high = centre - (centre - low) * both, centre + (high - centre) * both
    ratio = paid / expected.where(expected > 0)
    ends = pd.DataFrame({"low": np.maximum(low, 0) / size, "high": high / size}, index=paid.index)
    alone = many < 2
    place = np.select(
        [~enough | ends["low"].isna() | alone, ratio < ends["low"], ratio > ends["high"]],
        ["few", "below", "above"],
        "inside",
    )
    return ends.assign(place=pd.Series(place, index=paid.index, dtype="str"))


def beta(kept: pd.Series, due: pd.Series, share: float) -> pd.Series:
    """Give a quantile of the share kept, from a flat prior; NaN where no promise can be judged."""
    found = stats.beta.ppf(share, kept.astype(float) + 1, (due - kept).astype(float) + 1)
    return pd.Series(np.where(due > 0, found, np.nan), index=kept.index)


def complete(promises: pd.DataFrame) -> pd.Series:
    """Say which promises have all three elements: when, how and how much."""
    return promises["promised_on"].notna() & (promises["promised_how"] != "") & (promises["promised_minor"] > 0)


def timed(outcomes: pd.DataFrame) -> pd.Series:
    """Say which visits have a beginning and an end that anybody believes."""
    minutes = (outcomes["ended_at"] - outcomes["started_at"]).dt.total_seconds() / 60
    return (minutes > 0) & (minutes <= LONGEST_MIN)
