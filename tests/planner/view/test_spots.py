from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.cells import column_row, number_of
from planner.view.spots import FEWEST_DEBTORS, SPOTS, beside, spots

LON, LAT, STEP = 103.8, 30.6, 0.011  # about a square


def past(side: int, *, hot: bool, debtors: int = 20, seed: int = 1) -> pd.DataFrame:
    """Squares of ``debtors`` visits each of which one in five pays; in the hot corner four in five do."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(side * side):
        x, y = k % side, k // side
        rate = 0.8 if hot and x < 3 and y < 3 else 0.2
        for n in range(debtors):
            paid = 100.0 if rng.random() < rate else 0.0
            rows.append((f"D{k}-{n}", paid, 20.0, 100.0, LON + STEP * x + 0.004, LAT + 0.0095 * y + 0.004))
    columns = ["debtor_id", "paid_minor", "expected_minor", "if_paid_minor", "lon", "lat"]
    return pd.DataFrame.from_records(rows, columns=columns).assign(region="W")


def test_the_hot_corner_is_found_where_it_lies() -> None:
    found = spots(past(8, hot=True))
    hot = found[found["place"] == "hot"]
    assert len(hot) >= 4
    assert hot["east"].max() <= LON + 4.5 * STEP
    assert hot["north"].max() <= LAT + 4.5 * 0.0095
    assert not (found["place"] == "cold").any()


def test_without_a_spot_hardly_anything_is_named() -> None:
    named = [(spots(past(7, hot=False, seed=seed))["place"].isin(["hot", "cold"])).any() for seed in range(8)]
    assert sum(named) <= 2


def test_few_debtors_are_not_shown_and_no_visits_give_no_squares() -> None:
    assert spots(past(6, hot=False, debtors=FEWEST_DEBTORS - 1)).empty
    nobody = past(1, hot=False).iloc[:0]
    assert spots(nobody).columns.tolist() == list(SPOTS)
    unknown = past(2, hot=False).assign(lon=np.nan)
    assert spots(unknown).empty


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1))
def test_neighbours_touch_and_none_is_missed(cells: set[tuple[int, int]]) -> None:
    at = np.array(sorted(cells), dtype=np.int64)
    numbers = np.sort(number_of(at[:, 0], at[:, 1]))
    column, row = column_row(numbers)
    for k, near in enumerate(beside(numbers)):
        away = np.maximum(np.abs(column - column[k]), np.abs(row - row[k]))
        assert near.tolist() == np.flatnonzero(away == 1).tolist()
