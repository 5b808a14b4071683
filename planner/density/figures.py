"""What a region is worth to a crew: three figures with intervals, the ranking with its doubt, and what stands behind.

Expected uplift per **field hour** (travel and door; the one to rank by), per **visit**, and per **inhabited km²**. The
uplift comes from the model of visit values. How far a region keeps what the model promises is learnt from the past
weeks (``money``) and multiplies all three figures; the intervals are those of this factor.

Assumptions, all of them to be stated where the figures are shown:

- A region whose doors recovered 20 % more than expected also has 20 % more uplift than expected, and next week is like
  the past weeks.
- Planned visits, field hours and inhabited area are taken as known, and the uplift handed in does not yet contain the
  region's own history (it would count twice).
- Debtors pay independently of each other.

Shrinkage improves the figures, not the ranking: read the ranking with its intervals, and the funnel for who stands out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.density.funnel import funnel
from planner.density.money import money_draws
from planner.density.past import payers, tally
from planner.density.ranking import ranking
from planner.density.rates import bunching, factors
from planner.tables import INT, REAL, TEXT, Schema, conform

#: What comes in, one row a region.
REGIONS: Schema = {
    "region": TEXT,
    "uplift_minor": REAL,  # expected uplift of the visits considered
    "visits": INT,  # their number
    "field_hours": REAL,  # travel and door of these visits, NaN unknown
    "inhabited_km2": REAL,  # NaN unknown
    "past_hours": REAL,  # travel and door of the past visits, NaN unknown
}

#: Until so many past visits stand behind it, a figure is an assumption (DOMAIN, section 2).
OUTCOMES_NEEDED = 50
FIGURES = {"per_field_hour_minor": "field_hours", "per_visit_minor": "visits", "per_km2_minor": "inhabited_km2"}


def recovery_density(
    regions: pd.DataFrame, past: pd.DataFrame, *, scale_minor: float, level: float = 0.8, top: int = 3
) -> pd.DataFrame:
    """Give the three figures of each region with their intervals, ranked by field hour.

    Parameters
    ----------
    regions
        ``REGIONS`` columns.
    past
        ``past.PAST``, the visits that the factor is learnt from; those of no region named are left out.
    scale_minor
        Variance by mean of recovery, for the funnel, see ``payment_scale``; NaN if nothing has been paid yet.
    level
        Share of the intervals, for example .8.
    top
        How many regions are "the best" of ``top_k_probability``.

    Returns
    -------
    DataFrame
        In the order of the rows:

        - ``region``, ``visits``, ``outcomes``, ``payments``, ``expected_payments``;
        - ``ratio`` of money, actual/expected (NaN without history), and the ``factor`` learnt, ``_low``, ``_high``;
        - ``rate_ratio``, ``rate_factor``, ``_low``, ``_high``: the same for how often a visit pays;
        - each figure of ``FIGURES`` with ``_low``, ``_high`` (minor units; NaN where its denominator is unknown or
          nothing);
        - ``recovered_per_hour_minor`` with ``_low``, ``_high``: what an hour of the past visits brings at the door with
          luck taken out (NaN without history or hours);
        - ``rank`` (1 = most per field hour) and the columns of ``ranking``;
        - ``assumption`` (fewer than ``OUTCOMES_NEEDED`` past visits) and the columns of ``funnel``.

    Raises
    ------
    ValueError
        If columns are missing, anything but the uplift is negative, a region comes twice, or the level is no share.
    """
    table = conform(regions, REGIONS)
    negative = [name for name in REGIONS if name not in ("region", "uplift_minor") and (table[name] < 0).any()]
    if negative:
        raise ValueError(f"must not be negative: {', '.join(negative)}")
    if table["region"].duplicated().any():
        raise ValueError(f"region {table.loc[table['region'].duplicated(), 'region'].iloc[0]!r} comes twice")
    codes = [str(code) for code in table["region"]]
    here = past[past["region"].isin(codes)]
    seen = tally(here, codes)
    draws = money_draws(here, codes)
    rates = factors(
        seen["payments"], seen["expected_payments"], scale=bunching(payers(here)["times"]), level=level
    ).add_prefix("rate_")
    rates = rates.rename(columns=lambda name: name.replace("rate_factor_", "rate_"))
    behind = seen[["outcomes", "payments", "expected_payments"]]
    result = pd.concat([table[["region", "visits"]], behind, rates], axis=1)
    actual, expected = seen["actual_minor"], seen["expected_minor"]
    result["ratio"] = actual / expected.where(expected > 0)
    tail = (1.0 - level) / 2.0
    result["factor"] = draws.mean(axis=0)
    result["factor_low"], result["factor_high"] = np.quantile(draws, [tail, 1.0 - tail], axis=0)
    for figure, denominator in FIGURES.items():
        below = table[denominator].astype(float)
        result = result.assign(**spanned(figure, table["uplift_minor"] / below.where(below > 0), result))
    hours = table["past_hours"].where((table["past_hours"] > 0) & (expected > 0))
    result = result.assign(**spanned("recovered_per_hour_minor", expected / hours, result))
    result["rank"] = result["per_field_hour_minor"].rank(ascending=False, method="first").astype("Int64")
    hour = table["uplift_minor"] / table["field_hours"].where(table["field_hours"] > 0)
    places = ranking(draws * hour.to_numpy(float), top=top, level=level)
    result["assumption"] = seen["outcomes"] < OUTCOMES_NEEDED
    return pd.concat([result, places, funnel(actual, expected, scale_minor=scale_minor)], axis=1)


def spanned(figure: str, rate: pd.Series, learnt: pd.DataFrame) -> dict[str, pd.Series]:
    """Give a figure with its limits; a visit may be worth less than nothing, so the limits are put in order."""
    ends = rate * learnt["factor_low"], rate * learnt["factor_high"]
    return {
        figure: rate * learnt["factor"],
        f"{figure}_low": pd.Series(np.minimum(*ends)),
        f"{figure}_high": pd.Series(np.maximum(*ends)),
    }
