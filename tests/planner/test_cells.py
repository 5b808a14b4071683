from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.cells import Bounds, cell_numbers, number_of, window
from planner.cells import (
    FEWEST,
    LEVELS,
    MOST,
    POINTS,
    SUMMED,
    Squares,
    cells_in,
    for_export,
    may_be_shown,
    points_of,
    pyramid,
    within,
)
from planner.tables import conform, empty

WHOLE = Bounds(109.0, 28.5, 110.2, 29.7)


def crowd(n: int = 4_000, seed: int = 1, *, per_100: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    at = rng.normal((109.57, 29.1), rng.choice([0.01, 0.08], (n, 1)), (n, 2))
    debtor = rng.random(n) < per_100 / 100
    table = pd.DataFrame({"lon": at[:, 0], "lat": at[:, 1], "customers": 1, "debtors": debtor, "visits": debtor})
    worth = rng.integers(100, 90_000, n) * debtor
    return conform(table.assign(overdue_minor=10 * worth, uplift_minor=worth, field_hours=debtor * 0.5), POINTS)


def as_dict(squares: Squares) -> dict[int, tuple[float, ...]]:
    numbers = number_of(squares.column.astype(np.int64), squares.row.astype(np.int64))
    return {int(number): tuple(row) for number, row in zip(numbers, squares.sums.tolist(), strict=True)}


def test_sums_are_kept_at_every_size_and_everybody_counts_once() -> None:
    points = crowd()
    points.loc[5, "lon"] = np.nan
    found = pyramid(points)
    placed = points.drop(index=5)
    for level, squares in found.levels.items():
        assert squares.sums.sum(axis=0) == pytest.approx(placed[list(SUMMED)].to_numpy(float).sum(axis=0))
        by_hand = placed.groupby(cell_numbers(placed[["lon", "lat"]].to_numpy(), level))[list(SUMMED)].sum()
        held = as_dict(squares)
        assert sorted(held) == by_hand.index.tolist()
        assert np.array([held[one] for one in by_hand.index]) == pytest.approx(by_hand.to_numpy(float))


@settings(max_examples=60, deadline=None)
@given(st.floats(109.2, 109.9), st.floats(28.8, 29.4), st.floats(0.0, 0.5), st.sampled_from(LEVELS))
def test_a_view_is_answered_as_by_looking_at_every_square(west: float, south: float, wide: float, level: int) -> None:
    squares = FOUND.levels[level]
    bounds = Bounds(west, south, west + wide, south + wide / 2)
    first_column, first_row, last_column, last_row = window(bounds, level)
    inside = (squares.column >= first_column) & (squares.column <= last_column)
    inside &= (squares.row >= first_row) & (squares.row <= last_row)
    assert as_dict(within(squares, bounds)) == as_dict(squares.where(inside))


@settings(max_examples=60, deadline=None)
@given(st.floats(109.2, 109.9), st.floats(28.8, 29.4), st.floats(0.001, 1.0))
def test_no_square_of_a_view_tells_of_too_few(west: float, south: float, wide: float) -> None:
    cells = cells_in(FOUND, Bounds(west, south, west + wide, south + wide / 2))
    assert len(cells.squares) <= MOST
    for name in ("debtors", "visits", "customers"):
        assert (cells.squares.of(name) >= FEWEST).all()


def test_squares_grow_where_the_smallest_would_hide_most() -> None:
    town, village = Bounds(109.56, 29.09, 109.58, 29.11), Bounds(109.74, 29.2, 109.76, 29.22)
    assert cells_in(FOUND, town).squares.level > cells_in(FOUND, village).squares.level
    assert cells_in(FOUND, town, fewest=1).squares.level >= cells_in(FOUND, town).squares.level


def test_the_figure_of_a_square_is_that_of_its_people() -> None:
    found = pyramid(crowd())
    squares = found.levels[10]
    points = crowd()
    number = cell_numbers(points[["lon", "lat"]].to_numpy(), 10)
    k = int(np.argmax(squares.of("debtors")))
    mine = points[
        number == number_of(squares.column[k : k + 1].astype(np.int64), squares.row[k : k + 1].astype(np.int64))[0]
    ]
    assert squares.rate("per_field_hour_minor")[k] == pytest.approx(
        mine["uplift_minor"].sum() / mine["field_hours"].sum()
    )
    assert squares.rate("debtors_per_100")[k] == pytest.approx(100 * mine["debtors"].sum() / len(mine))
    assert squares.km2()[k] == pytest.approx((40_075.0167 * np.cos(np.radians(29.1)) / 1024) ** 2, rel=0.01)


def test_shared_squares_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        FOUND.levels[12].sums[0, 0] = 1.0


def test_nobody_is_no_square() -> None:
    found = pyramid(empty(POINTS))
    assert len(found) == 0
    assert for_export(found) is None
    assert len(cells_in(found, WHOLE).squares) == 0


def test_levels_must_follow_each_other() -> None:
    with pytest.raises(ValueError, match="follow each other"):
        pyramid(crowd(10), [8, 10])


@pytest.mark.parametrize("seed", range(8))
def test_what_an_export_leaves_out_cannot_be_told_by_subtracting(seed: int) -> None:
    found = pyramid(crowd(600, seed))
    cells = for_export(found)
    assert cells is not None
    squares = found.levels[cells.squares.level]
    assert may_be_shown(cells.squares, with_customers=True).all()
    for name in ("debtors", "customers"):
        hidden = squares.of(name).sum() - cells.squares.of(name).sum()
        assert hidden == 0 or hidden >= FEWEST


def test_a_square_left_out_alone_takes_another_with_it() -> None:
    west = pd.DataFrame({"lon": [109.0] * 20 + [109.5] * 7 + [110.0] * 3, "lat": 29.0}).assign(
        customers=1, debtors=1, visits=1
    )
    points = conform(west.assign(overdue_minor=1.0, uplift_minor=1.0, field_hours=1.0), POINTS)
    cells = for_export(pyramid(points))
    assert cells is not None
    assert cells.squares.of("debtors").tolist() == [20.0]
    assert cells.left_blank


def test_the_few_who_may_be_visited_cannot_be_told_by_subtracting_either() -> None:
    """In the last square six are overdue and three may be visited, whose worth a subtraction would tell."""
    lon, may = [109.0] * 20 + [109.5] * 7 + [110.0] * 6, [1] * 27 + [1] * 3 + [0] * 3
    people = pd.DataFrame({"lon": lon, "lat": 29.0, "visits": may}).assign(customers=1, debtors=1, overdue_minor=1.0)
    found = pyramid(conform(people.assign(uplift_minor=1.0, field_hours=1.0), POINTS))
    cells = for_export(found)
    assert cells is not None
    hidden = found.levels[cells.squares.level].of("visits").sum() - cells.squares.of("visits").sum()
    assert hidden >= FEWEST


def test_a_debtor_counts_where_he_lives() -> None:
    homes = pd.DataFrame({"debtor_id": ["a", "b"], "lon": [109.5, 109.6], "lat": [29.0, 29.1]})
    options = pd.DataFrame({"debtor_id": ["a"], "value_minor": [50.0], "service_s": [600.0], "travel_s": [1200.0]})
    owed = pd.DataFrame({"debtor_id": ["a", "b"], "overdue_minor": [7.0, 8.0]})
    points = points_of(homes, options, owed, pd.DataFrame({"lon": [109.7], "lat": [29.2]}))
    assert points["debtors"].tolist() == [1, 1, 0]
    assert points["visits"].tolist() == [1, 0, 0]
    assert points["field_hours"].tolist() == [0.5, 0.0, 0.0]
    assert points["overdue_minor"].tolist() == [7.0, 8.0, 0.0]
    assert points["customers"].tolist() == [0, 0, 1]


FOUND = pyramid(crowd())
