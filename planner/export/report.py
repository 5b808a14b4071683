"""What the files say: columns with units and meaning, districts, squares, notes. The words come from the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.patterns.cells import polygons
from planner.cells import FEWEST, RATES, SUMMED, CellsView


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    FLAG = "flag"
    SHARE = "share"  # of one, shown in per cent
    DAY = "day"
    MOMENT = "moment"  # a time of day on its day, where the branch is


@dataclass(frozen=True)
class Column:
    """A column of a table that goes out.

    ``name`` is that of the table inside; ``field`` the name for machines, with its unit, the same in every language;
    ``heading`` and ``meaning`` are for readers. ``decimals`` are those shown; nothing is rounded in the file.
    """

    name: str
    field: str
    heading: str
    meaning: str
    kind: Kind
    decimals: int = 0


@dataclass(frozen=True)
class TableSheet:
    """One sheet of a workbook of tables: its name, the rows as they go out, and their columns by ``field``."""

    name: str
    rows: pd.DataFrame
    columns: Sequence[Column]


@dataclass(frozen=True)
class Report:
    """Everything that the GeoPackage and the workbook say.

    ``districts``: ``code`` and ``geometry`` (EPSG:4326). ``table``: a row a district with ``region`` (the code) and
    what ``columns`` name. ``squares``: already without those of too few people, None where there are none.
    ``minor_per_major``: minor units of money in one of the currency's; files hold the latter. ``notes``: pairs of what
    is told and the text. ``sheets``: the names of the workbook's three sheets: districts, squares, notes.
    """

    title: str
    made_on: date
    columns: Sequence[Column]
    districts: gpd.GeoDataFrame
    table: pd.DataFrame
    square_columns: Sequence[Column]
    squares: CellsView | None
    notes: Sequence[tuple[str, str]]
    sheets: tuple[str, str, str]
    minor_per_major: int = 100

    def district_rows(self) -> pd.DataFrame:
        """Give the districts with what goes out, named by ``field``, money in the currency's unit."""
        return self._out(self.table, self.columns)

    def square_rows(self) -> pd.DataFrame:
        """Give the squares with what goes out, named by ``field``, money in the currency's unit."""
        return self._out(square_table(self.squares), self.square_columns)

    def square_shapes(self) -> gpd.GeoSeries:
        """Give the polygons of the squares, in the order of ``square_rows``."""
        if self.squares is None:
            return gpd.GeoSeries([], crs=4326)
        found = self.squares.squares
        return gpd.GeoSeries(polygons(found.column.astype(np.int64), found.row.astype(np.int64), found.level), crs=4326)

    def _out(self, table: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
        scale = {Kind.MONEY: float(self.minor_per_major)}
        values = {
            one.field: table[one.name] / scale[one.kind] if one.kind in scale else table[one.name] for one in columns
        }
        return pd.DataFrame(values).reset_index(drop=True)


#: What tells of the debtors of a district, and what of its past visits: each is kept back where they are too few.
FIGURES = tuple(f"per_{what}_minor{end}" for what in ("field_hour", "visit", "km2") for end in ("", "_low", "_high"))
OUTLOOK = (
    "visits_per_crew_day",
    "minutes_per_visit",
    "travel_min",
    "value_per_hour_minor",
    "value_per_visit_minor",
    "break_even_visit_minor",
    "days_now",
    "one_more_minor",
)
#: The visits behind the outlook: fewer than the debtors, where most are too far or too poor to be visited.
EXPECTED_VISITS = "expected_visits"
OF_DEBTORS = (
    *("debtors", "overdue_minor", "uplift_minor", "uplift_after_minor"),
    *("visits", "field_hours", "travel_hours", "rank"),
    *FIGURES,
    *OUTLOOK,
)
OF_VISITS = ("outcomes", "actual_minor", "expected_minor", "ratio", "factor", "factor_low", "factor_high")


def kept_back(table: pd.DataFrame, *, fewest: int = FEWEST) -> pd.DataFrame:
    """Give the districts' table without what would tell of too few people.

    A district with some but fewer than ``fewest`` debtors, or visits that may be made, says nothing of them; one with
    some but fewer past visits says nothing of those; and one whose outlook rests on some but fewer visits
    (``EXPECTED_VISITS``, if there is such a column) has no outlook. What is kept back is unknown in the copy (NaN, or
    an empty advice); the column ``kept_back`` says where.

    Examples
    --------
    >>> few = pd.DataFrame({"debtors": [3, 0, 9], "visits": [3, 0, 8], "outcomes": [0, 0, 2], "ratio": [0.0, 0.0, 7.0]})
    >>> kept_back(few)[["debtors", "ratio", "kept_back"]].to_numpy().tolist()
    [[nan, 0.0, True], [0.0, 0.0, False], [9.0, nan, True]]
    """
    few_debtors = table[["debtors", "visits"]].apply(lambda column: column.between(1, fewest - 1)).any(axis=1)
    few_debtors |= table["debtors"].isna()  # kept back already, where it was counted
    few_visits = table["outcomes"].between(1, fewest - 1)
    few_expected = few_debtors.copy()
    if EXPECTED_VISITS in table:  # whole visits and shares of them: 4.6 is five doors at most
        few_expected |= table[EXPECTED_VISITS].between(0, fewest, inclusive="neither")
    out = table.copy()
    for names, few in ((OF_DEBTORS, few_debtors), (OUTLOOK, few_expected), (OF_VISITS, few_visits)):
        for name in names:
            if name in out:
                out[name] = out[name].astype("float64").mask(few)
    if "advice" in out:
        out["advice"] = out["advice"].mask(few_expected, "")
    return out.assign(kept_back=few_expected | few_visits)


def square_table(cells: CellsView | None) -> pd.DataFrame:
    """Give squares as a table: ``level``, ``column``, ``row``, ``km2``, the sums and the figures of each."""
    if cells is None:
        names = ["level", "column", "row", "km2", *SUMMED, *RATES]
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})
    squares = cells.squares
    place = {"level": np.full(len(squares), squares.level), "column": squares.column, "row": squares.row}
    sums = {name: squares.of(name) for name in ("km2", *SUMMED)}
    return pd.DataFrame({**place, **sums, **{name: squares.rate(name) for name in RATES}})
