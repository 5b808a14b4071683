"""A model as plain values that JSON can say, and back: what is adopted must be readable years later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta as beta_distribution

from planner.domain import Bucket
from planner.value.learning import Model, untaught
from planner.value.parameters import Parameters

FORMAT = "rounds-model/1"
KEY = ["rate", "cell", "within"]
KEPT = [*KEY, "alpha", "beta", "successes", "squares", "visits"]


class UnreadableModel(ValueError):
    """A kept model that this program cannot read; one sentence."""


def written(model: Model) -> dict[str, Any]:
    """Write a model."""
    table = model.rates[KEPT].round(6)
    return {
        "format": FORMAT,
        "rates": table.to_numpy(object).tolist(),
    }


def read_model(text: Mapping[str, Any], parameters: Parameters, *, name: str) -> Model:
    """Read a model over today's defaults: cells that it does not know stay as assumed, unknown ones are dropped.

    Raises
    ------
    UnreadableModel
        If it is of another format or damaged.
    """
    if text.get("format") != FORMAT:
        raise UnreadableModel(f"The adopted model has the format {text.get('format')!r}, not {FORMAT}.")
    try:
        kept = pd.DataFrame(list(text["rates"]), columns=KEPT)
        kept = kept.astype(dict.fromkeys(KEPT[3:], "float64"))
        shares = {Bucket(bucket).value: float(share) for bucket, share in dict(text.get("paid_anyway", {})).items()}
        if not ((kept["alpha"] > 0) & (kept["beta"] > 0)).all() or not all(0 < one < 1 for one in shares.values()):
            raise ValueError("a rate or share lies outside 0 to 1")
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableModel(f"The adopted model is damaged: {error}.") from None
    base = untaught(parameters)
    rates = base.rates.merge(kept, on=KEY, how="left", suffixes=("", "_kept"), validate="one_to_one")
    known = rates["alpha_kept"].notna()
    for column in KEPT[3:]:
        rates[column] = rates[f"{column}_kept"].where(known, rates[column])
    rates = rates[list(base.rates.columns)].astype({"visits": "int64"})
    # Models of November 2026 and before kept what is paid without a visit by bucket, as a bare share.
    share = rates["cell"].map(shares).where(rates["rate"] == "anyway")
    size = rates["alpha"] + rates["beta"]
    rates = rates.assign(
        alpha=rates["alpha"].where(share.isna(), share * size),
        beta=rates["beta"].where(share.isna(), (1 - share) * size),
    )
    tail = (1 - parameters.interval.value) / 2
    alpha, beta = rates["alpha"].to_numpy(np.float64), rates["beta"].to_numpy(np.float64)
    rates = rates.assign(
        mean=alpha / (alpha + beta),
        low=beta_distribution.ppf(tail, alpha, beta),
        high=beta_distribution.ppf(1 - tail, alpha, beta),
        assumption=rates["visits"] < parameters.local_visits_needed.value,
    )
    return replace(base, rates=rates, name=name)
