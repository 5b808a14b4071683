"""How far the value of a visit may be off, given how little stands behind its rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.domain import Bucket
from planner.value.learning import Model
from planner.value.meeting import brought

DRAWS = 400
#: fixed, so that the same data give the same interval
SEED = 20261


def spread(facts: pd.DataFrame, model: Model) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the interval of collected money per unit of amount at a valid address, one pair a row.

    Every rate is drawn from its Beta distribution. Rows of the same setting, slot, bucket and type share the interval.

    Parameters
    ----------
    facts
        ``setting``, ``slot``, ``bucket``, ``debtor_type``.
    """
    columns = ["setting", "slot", "bucket", "debtor_type"]
    cells = facts[columns].drop_duplicates()
    drawn = draws(model)
    tail = (1 - model.parameters.interval.value) / 2
    names = cells.astype(str).to_numpy().tolist()
    brought = [money(setting, slot, Bucket(bucket), kind, drawn, model) for setting, slot, bucket, kind in names]
    table = np.quantile(np.array(brought).reshape(-1, DRAWS), [tail, 1 - tail], axis=1).T
    spreads = facts[columns].merge(cells.assign(low=table[:, 0], high=table[:, 1]), on=columns, how="left")
    return spreads["low"].to_numpy(np.float64), spreads["high"].to_numpy(np.float64)


def draws(model: Model) -> dict[tuple[str, str, str], NDArray[np.float64]]:
    """Draw every rate."""
    rng = np.random.default_rng(SEED)
    rates = model.rates
    names = rates[["rate", "cell", "within"]].astype(str).to_numpy().tolist()
    shapes = rates[["alpha", "beta"]].to_numpy(np.float64)
    return {
        (rate, cell, within): rng.beta(alpha, beta, DRAWS)
        for (rate, cell, within), (alpha, beta) in zip(names, shapes.tolist(), strict=True)
    }


def money(
    setting: str,
    slot: str,
    bucket: Bucket,
    kind: str,
    drawn: dict[tuple[str, str, str], NDArray[np.float64]],
    model: Model,
) -> NDArray[np.float64]:
    """Give what a visit collects beyond what would have come anyway, per unit of amount, in each draw."""
    pays, promises, kept, paid, promised = (
        drawn[rate, bucket.value, kind] for rate in ("pays", "promises", "kept", "paid_part", "promised_part")
    )
    anyway = np.full(DRAWS, model.parameters.collected_without[bucket].value)
    share = brought(pays, paid, promises, kept, promised, anyway)
    gain = share.paid + share.promised + share.anyway
    return np.asarray(drawn["there", setting, slot] * drawn["right", "", ""] * gain, dtype=np.float64)
