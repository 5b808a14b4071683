"""What is called better or worse: a clear change is named, chance is not, and few accounts tell nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.portfolio import roll_changes
from planner.portfolio.change import months_compared


def half_a_year(rolls: dict[str, tuple[float, float]], n: int = 120, months: int = 6, seed: int = 1) -> pd.DataFrame:
    """Six months of one bucket by region: chance to roll on before and after."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "window": window,
            "region": region,
            "product": "card",
            "from_bucket": "M1",
            "debtor_id": f"{region}{window}-{k}",
            "rolled": rng.random() < (after if window < months // 2 else before),
            "may_roll": True,
            "cured": False,
            "overdue_minor": 100,
        }
        for region, (before, after) in rolls.items()
        for window in range(months)
        for k in range(n)
    ]
    return pd.DataFrame(rows)


def answers(table: pd.DataFrame) -> dict[str, str]:
    here = table[(table["dimension"] == "region") & (table["bucket"] == "M1")]
    return dict(zip(here["segment"], here["answer"], strict=True))


@pytest.mark.parametrize("by_money", [False, True])
def test_a_clear_change_is_named_in_its_direction(by_money: bool) -> None:
    found = roll_changes(half_a_year({"up": (0.5, 0.8), "down": (0.8, 0.5), "same": (0.6, 0.6)}), by_money=by_money)
    assert answers(found) == {"up": "worse", "down": "better", "same": "not_shown"}
    row = found[(found["segment"] == "up") & (found["bucket"] == "M1")].iloc[0]
    assert row["low"] < 0.3 < row["high"]
    assert row["n_after"] == 360


def test_few_accounts_tell_nothing() -> None:
    found = roll_changes(half_a_year({"few": (0.1, 0.9)}, n=6), by_money=False)
    assert answers(found) == {"few": "too_few"}
    assert found["p_value"].isna().all()


def test_with_two_months_one_is_laid_beside_the_other() -> None:
    moves = half_a_year({"up": (0.3, 0.8)}, months=2)
    assert months_compared(moves) == 1
    assert answers(roll_changes(moves, by_money=False)) == {"up": "worse"}
    assert months_compared(moves[moves["window"] == 0]) == 0


def test_months_that_differ_anyway_make_a_difference_less_sure() -> None:
    calm = half_a_year({"a": (0.6, 0.7), "b": (0.6, 0.6), "c": (0.6, 0.6)}, n=300)
    wild = calm.copy()
    rng = np.random.default_rng(3)
    for (_, _window), part in wild.groupby(["region", "window"]):
        moved = rng.random(len(part)) < abs(rng.normal(0, 0.25))
        wild.loc[part.index[moved], "rolled"] = bool(rng.integers(2))
    both = [roll_changes(one, by_money=False) for one in (calm, wild)]
    width = [(table["high"] - table["low"]).iloc[0] for table in both]
    assert width[1] > 1.5 * width[0]
