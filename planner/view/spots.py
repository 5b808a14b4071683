"""Hot and cold spots of past visits: squares of the ground where they pay more, or less, often than expected."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.patterns.cells import NOWHERE, cell_numbers, column_row, edges, number_of
from planner.density.hot_spots import hot_spots
from planner.tables import INT, REAL, TEXT, Schema, conform, empty

#: Squares of about 1.1 km: a neighbourhood, and in a town enough visits a square to say something.
LEVEL = 15
#: A square in which fewer debtors were visited is not shown.
FEWEST_DEBTORS = 5

#: One row a square: its edges in degrees (WGS-84), the debtors visited, and ``planner.density.hot_spots``' answer.
SPOTS: Schema = {
    "west": REAL,
    "south": REAL,
    "east": REAL,
    "north": REAL,
    "debtors": INT,
    "payments": INT,
    "expected_payments": REAL,
    "p_adjusted": REAL,
    "place": TEXT,
}


def spots(past: pd.DataFrame) -> pd.DataFrame:
    """Find the spots (``SPOTS``); squares with fewer than ``FEWEST_DEBTORS`` visited debtors are tested, not shown.

    Parameters
    ----------
    past
        ``planner.density.PAST`` with ``lon`` and ``lat`` of the place visited; where it is unknown the visit is left.
    """
    number = cell_numbers(past[["lon", "lat"]].to_numpy(float), LEVEL)
    here = past.assign(region=number.astype(str))[number != NOWHERE]
    if here.empty:
        return empty(SPOTS)
    numbers = np.unique(number[number != NOWHERE])
    found = hot_spots(here, [str(one) for one in numbers], beside(numbers))
    column, row = column_row(numbers)
    west, south, east, north = edges(column, row, LEVEL)
    debtors = here.groupby("region")["debtor_id"].nunique().reindex(found["region"]).to_numpy()
    table = found.assign(west=west, south=south, east=east, north=north, debtors=debtors)
    return conform(table[table["debtors"] >= FEWEST_DEBTORS].reset_index(drop=True), SPOTS)


def beside(numbers: np.ndarray) -> list[np.ndarray]:
    """Give the positions of each square's neighbours among rising numbers, corners included.

    >>> [one.tolist() for one in beside(np.array([0, 1, 3]))]
    [[1, 2], [0, 2], [0, 1]]
    """
    column, row = column_row(numbers)
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
    # Beyond the edge of the Earth there is no square, and none is found.
    wanted = np.stack([number_of(np.maximum(column + a, 0), np.maximum(row + b, 0)) for a, b in steps], axis=1)
    at = np.searchsorted(numbers, wanted).clip(max=len(numbers) - 1)
    there = numbers[at] == wanted
    own = np.arange(len(numbers))
    return [np.unique(at[k][there[k] & (at[k] != own[k])]) for k in own]
