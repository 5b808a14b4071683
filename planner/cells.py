"""Debtors and customers counted in squares of the ground, at every size, for a map that may be moved at will.

All squares of all sizes are summed once (``pyramid``); then any part of the ground is answered by a binary search a row
of squares (``cells_in``), in so few squares that a map draws them at once.

A square says something of its people only if at least ``FEWEST`` debtors who may be visited live in it, and as many
customers where customers are known: else it is left out whole, and whether somebody lives there is not told
either. The squares are as small as the view has room for, and larger where that would leave out too many. This keeps a
map from pointing at a single door; it is no proof against somebody who subtracts the squares of two sizes, so an export
holds one size only.

References
----------
Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (the minimum frequency rule for tables of magnitudes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.patterns.cells import (
    NOWHERE,
    Bounds,
    around,
    cell_numbers,
    column_row,
    edges,
    finest_within,
    side_m,
    window,
)
from planner.tables import INT, REAL, Schema, conform

#: what is summed over the people of a square
SUMMED: Schema = {
    "customers": INT,
    "debtors": INT,
    "overdue_minor": REAL,
    "visits": INT,  # debtors who may be visited in the coming days
    "uplift_minor": REAL,  # expected uplift of their best visits
    "field_hours": REAL,  # travel and door of these visits
}
#: one row a customer or debtor, with what he adds to his square; a place that is unknown is NaN
POINTS: Schema = {"lon": REAL, "lat": REAL, **SUMMED}

#: From squares of 137 km to squares of 67 m (at 29 degrees north), each half the side of the one before.
LEVELS = range(8, 20)
FEWEST = 5
#: More squares than this are not drawn at once.
MOST = 2_500
#: Larger squares are taken where less than this share of the debtors in view would be shown...
SHOWN_SHARE = 0.5
#: ...but at most so many sizes larger: a few squares that fill the view say nothing about where.
SIZES_LARGER = 4

CLASSES = 6

#: figures of a square: what is divided by what, and per how many
RATES: Mapping[str, tuple[str, str, float]] = {
    "per_field_hour_minor": ("uplift_minor", "field_hours", 1.0),
    "per_visit_minor": ("uplift_minor", "visits", 1.0),
    "per_km2_minor": ("uplift_minor", "km2", 1.0),
    "debtors_per_100": ("debtors", "customers", 100.0),
}


@dataclass(frozen=True)
class Squares:
    """Squares of one size.

    ``column`` and ``row`` (n,) name them within their level, ``sums`` (n, k) has the columns of ``SUMMED``. A pyramid's
    arrays are shared between sessions, so they cannot be written to.
    """

    level: int
    column: NDArray[np.int32]
    row: NDArray[np.int32]
    sums: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.column)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what another process made, shared by its readers as it was there."""
        self.__dict__.update(state)
        self.seal()

    def seal(self) -> None:
        """Let nobody write to the arrays."""
        for array in (self.column, self.row, self.sums):
            array.setflags(write=False)

    def of(self, name: str) -> NDArray[np.float64]:
        """Give a column of ``SUMMED``, or ``km2``, the area of each square on the ground."""
        if name == "km2":
            return self.km2()
        return self.sums[:, list(SUMMED).index(name)]

    def km2(self) -> NDArray[np.float64]:
        """Give the area of each square on the ground: a little more in the south than in the north."""
        _, south, _, north = edges(self.column.astype(np.int64), self.row.astype(np.int64), self.level)
        middle, at = np.unique((south + north) / 2, return_inverse=True)
        area = np.array([(side_m(self.level, float(lat)) / 1000) ** 2 for lat in middle], dtype=float)
        return np.asarray(area[at])

    def rate(self, name: str) -> NDArray[np.float64]:
        """Give a figure of ``RATES``, NaN where its denominator is nothing."""
        above, below, times = RATES[name]
        under = self.of(below)
        return np.asarray(np.divide(times * self.of(above), under, out=np.full(len(self), np.nan), where=under > 0))

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Squares:
        """Give some of the squares."""
        return Squares(self.level, self.column[chosen], self.row[chosen], self.sums[chosen])


@dataclass(frozen=True)
class Pyramid:
    """Squares of every size over the same people, and the part of the ground in which anybody lives.

    ``limits``: for each level and figure of ``RATES`` the limits between ``CLASSES`` equally large classes of the
    squares that may be shown, so that a colour means the same wherever a map is moved.
    """

    levels: Mapping[int, Squares]
    bounds: Bounds | None
    with_customers: bool
    limits: Mapping[int, Mapping[str, tuple[float, ...]]]

    def __len__(self) -> int:
        return sum(map(len, self.levels.values()))


@dataclass(frozen=True)
class CellsView:
    """The squares to draw for a part of the ground: only those that may be shown. ``left_blank``: there are others."""

    squares: Squares
    side_m: float
    left_blank: bool


def points_of(
    homes: pd.DataFrame, options: pd.DataFrame, surveyed: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Put customers and debtors under each other as ``POINTS``; what a debtor is worth counts where he lives.

    Parameters
    ----------
    homes
        ``debtor_id``, ``lon``, ``lat``: one row a debtor whose home is known.
    options
        Best option of who may be visited: ``debtor_id``, ``value_minor``, ``service_s``, ``travel_s``.
    surveyed
        ``debtor_id``, ``overdue_minor``.
    customers
        ``lon``, ``lat``.
    """
    best = options.assign(field_hours=(options["service_s"] + options["travel_s"]) / 3600, visits=1)
    best = best.rename(columns={"value_minor": "uplift_minor"})[["debtor_id", "visits", "uplift_minor", "field_hours"]]
    owed = surveyed[["debtor_id", "overdue_minor"]]
    debtors = homes[["debtor_id", "lon", "lat"]].merge(owed, on="debtor_id").merge(best, on="debtor_id", how="left")
    parts = [debtors.assign(debtors=1, customers=0), customers[["lon", "lat"]].assign(customers=1, debtors=0)]
    filled = [part for part in parts if len(part)] or parts[:1]
    together = pd.concat(filled, ignore_index=True)
    sums = together.reindex(columns=list(SUMMED)).fillna(0)
    return conform(together[["lon", "lat"]].join(sums), POINTS)


def pyramid(points: pd.DataFrame, levels: Sequence[int] = LEVELS) -> Pyramid:
    """Sum the points (``POINTS``) over the squares of every level; who has no place is in none.

    Raises
    ------
    ValueError
        If the levels do not follow each other, or a column is missing or does not fit.
    """
    if not len(levels) or list(levels) != list(range(levels[0], levels[-1] + 1)):
        raise ValueError(f"levels follow each other from coarse to fine, got {list(levels)}")
    table = conform(points, POINTS)
    lonlat = table[["lon", "lat"]].to_numpy(dtype=float)
    numbers = cell_numbers(lonlat, levels[-1])
    order = np.argsort(numbers, kind="stable")
    order = order[np.searchsorted(numbers[order], NOWHERE, side="right") :]
    placed, numbers = lonlat[order], numbers[order]
    sums = table[list(SUMMED)].to_numpy(dtype=float)[order]
    found: dict[int, Squares] = {}
    for level in reversed(levels):
        if level != levels[-1]:
            numbers = around(numbers)
        first = np.flatnonzero(np.diff(numbers, prepend=NOWHERE))
        numbers, sums = numbers[first], np.add.reduceat(sums, first, axis=0) if len(first) else sums[:0]
        found[level] = in_rows(numbers, sums, level)
    with_customers = bool(table["customers"].any())
    corners = (*placed.min(axis=0), *placed.max(axis=0)) if len(placed) else None
    return Pyramid(
        levels=found,
        bounds=None if corners is None else Bounds(*(float(side) for side in corners)),
        with_customers=with_customers,
        limits={
            level: class_limits(squares.where(may_be_shown(squares, with_customers=with_customers)))
            for level, squares in found.items()
        },
    )


def class_limits(squares: Squares) -> dict[str, tuple[float, ...]]:
    """Give for each figure the limits between classes of about as many squares each."""
    limits = {}
    for name in RATES:
        values = squares.rate(name)
        values = values[np.isfinite(values)]
        classes = min(CLASSES, len(np.unique(values)))
        shares = np.linspace(0, 1, classes + 1)[1:-1] if classes > 1 else np.empty(0)
        limits[name] = tuple(sorted({float(np.quantile(values, one, method="higher")) for one in shares}))
    return limits


def in_rows(numbers: NDArray[np.int64], sums: NDArray[np.float64], level: int) -> Squares:
    """Give squares row by row from the north, each row from the west, in arrays that cannot be written to."""
    column, row = column_row(numbers)
    order = np.lexsort((column, row))
    squares = Squares(level, column[order].astype(np.int32), row[order].astype(np.int32), sums[order])
    squares.seal()
    return squares


def within(squares: Squares, bounds: Bounds) -> Squares:
    """Give the squares that a part of the ground touches."""
    west, north, east, south = window(bounds, squares.level)
    rows = np.arange(north, south + 1)
    begin, end = np.searchsorted(squares.row, rows, side="left"), np.searchsorted(squares.row, rows, side="right")
    chosen = [np.arange(0)]
    for first, last in zip(begin, end, strict=True):
        columns = squares.column[first:last]
        chosen.append(
            np.arange(first + np.searchsorted(columns, west), first + np.searchsorted(columns, east, "right"))
        )
    return squares.where(np.concatenate(chosen))


def may_be_shown(squares: Squares, *, with_customers: bool, fewest: int = FEWEST) -> NDArray[np.bool_]:
    """Say of each square whether enough people live in it to say something of them."""
    enough = (squares.of("debtors") >= fewest) & (squares.of("visits") >= fewest)
    return enough & (squares.of("customers") >= fewest) if with_customers else enough


def cells_in(found: Pyramid, bounds: Bounds, *, most: int = MOST, fewest: int = FEWEST) -> CellsView:
    """Give the squares to draw for a part of the ground.

    Parameters
    ----------
    found
        All squares.
    bounds
        What the map shows.
    most
        At most so many squares of the size chosen have room in the bounds.
    fewest
        Squares of fewer debtors, visits or customers are left out.
    """
    levels = sorted(found.levels)
    finest = finest_within(bounds, levels, most)
    for level in range(finest, max(levels[0], finest - SIZES_LARGER) - 1, -1):
        inside = within(found.levels[level], bounds)
        shown = may_be_shown(inside, with_customers=found.with_customers, fewest=fewest)
        debtors = inside.of("debtors")
        if debtors[shown].sum() >= SHOWN_SHARE * debtors.sum():
            break
    south, north = max(bounds.south, -90.0), min(bounds.north, 90.0)
    hidden = bool((debtors[~shown] > 0).any())
    return CellsView(inside.where(shown), side_m(level, (south + north) / 2), hidden)


def for_export(found: Pyramid, *, fewest: int = FEWEST) -> CellsView | None:
    """Give the squares of one size over the whole ground, None where there are none.

    The size is the smallest at which ``SHOWN_SHARE`` of the debtors are shown. If fewer than ``fewest`` debtors,
    debtors who may be visited, or customers would be left out altogether, so that subtracting from a known total would
    tell of them, the squares with the fewest debtors are left out too.
    """
    if found.bounds is None:
        return None
    total = 0.0
    for level in sorted(found.levels, reverse=True):
        squares = found.levels[level]
        shown = may_be_shown(squares, with_customers=found.with_customers, fewest=fewest)
        total = squares.of("debtors").sum()
        if total and squares.of("debtors")[shown].sum() >= SHOWN_SHARE * total:
            break
    else:
        return None
    kept = squares.where(shown)
    order = np.argsort(kept.of("debtors"), kind="stable")
    dropped = 0
    while dropped < len(order) and any(
        0 < squares.of(name).sum() - kept.of(name)[order[dropped:]].sum() < fewest
        for name in ("debtors", "visits", "customers")
    ):
        dropped += 1
    kept = kept.where(np.sort(order[dropped:]))
    return CellsView(
        kept, side_m(level, (found.bounds.south + found.bounds.north) / 2), bool(total > kept.of("debtors").sum())
    )
