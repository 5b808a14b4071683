"""Are the debtors clustered or scattered? The command over files of coordinates, in the words of the branch.

``--customers`` gives where all customers are, the debtors among them: the comparison that answers the question. Where
that cannot be had, ``--addresses`` gives addresses or buildings, with the homes at each if known ("null": "addresses"),
and ``--streets`` points along the streets ("null": "roads"); the answer says what that costs. With none it is
``cannot_tell`` ("null": "none"): against an empty map every town looks clustered, so a figure would only mislead.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.arguments import Arguments
from geodata.patterns.marks import NotAmong, mark_exact, take_near
from geodata.patterns.verdict import Verdict, labelled_verdict, no_reference
from geodata.projection import local_metres
from planner.pattern import SAME_HOME_M

#: Column names for longitude and latitude in degrees (WGS-84), or for metres in a plane.
DEGREES, METRES = ("lon", "lat"), ("x", "y")
#: Column of how many homes are at an address; without it there is one.
HOMES = "homes"
MOST_HOMES = 2_000_000
#: What debtors were compared with, by null.
EVERYONE = {"roads": "debtors and street points", "addresses": "homes"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class BadPoints(ValueError):
    """A file of points that cannot be used; the message says which, where and why."""


@dataclass(frozen=True)
class Points:
    """Coordinates of a file: ``at`` (n, 2) in the unit that ``columns`` names, and the line each row ends on.

    ``counts`` (n,) is how many each row stands for, 1 where the file does not say.
    """

    name: str
    columns: tuple[str, str]
    at: NDArray[np.float64]
    lines: tuple[int, ...]
    counts: NDArray[np.int64]


def verdict_command(argv: Sequence[str]) -> int:
    """Run ``verdict``: print the answer, give the exit status."""
    parser = Arguments(prog="python -m planner verdict", description="Are the debtors clustered?")
    parser.add_argument("--debtors", type=Path, required=True, help="CSV with columns lon,lat or x,y")
    reference = parser.add_mutually_exclusive_group()
    reference.add_argument("--customers", type=Path, help="CSV of all customers, the debtors among them")
    reference.add_argument("--addresses", type=Path, help="CSV of addresses or buildings; a column homes counts flats")
    reference.add_argument("--streets", type=Path, help="CSV of points along the streets, if customers are unknown")
    parser.add_argument("--simulations", type=int, default=499, help="random labellings (default 499)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same answer (default 1)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    asked = parser.parse_args(argv)
    try:
        if asked.simulations < 1 or asked.seed < 0:
            raise BadPoints("--simulations must be at least 1 and --seed not negative")
        debtors = read_points(asked.debtors)
        if asked.customers is not None:
            found = against_customers(
                debtors, read_points(asked.customers), simulations=asked.simulations, seed=asked.seed
            )
        elif asked.addresses is not None:
            addresses = read_points(asked.addresses, counts=HOMES)
            found = against_addresses(debtors, addresses, simulations=asked.simulations, seed=asked.seed)
        elif asked.streets is not None:
            found = against_streets(debtors, read_points(asked.streets), simulations=asked.simulations, seed=asked.seed)
        else:
            found = no_reference(len(debtors.at))
    except BadPoints as error:
        print(error, file=sys.stderr)  # noqa: T201 (the command's own voice)
        return 2
    told = in_words(found)
    print(json.dumps(told, ensure_ascii=False, allow_nan=False) if asked.json else f"{told['verdict']}: {told['why']}")  # noqa: T201
    return 0


def against_customers(debtors: Points, customers: Points, *, simulations: int, seed: int) -> Verdict:
    """Compare the debtors with all customers, among whom they must be."""
    same_unit(debtors, customers)
    try:
        labels = mark_exact(customers.at, debtors.at)
    except NotAmong as error:
        lon, lat = debtors.at[error.row]
        raise BadPoints(
            f"{debtors.name}, row {debtors.lines[error.row]}: the debtor at {lon:.10g}, {lat:.10g} is not among the "
            f"customers of {customers.name}, or more debtors are there than customers."
        ) from error
    return labelled_verdict(metres(customers.at, customers.columns), labels, simulations=simulations, seed=seed)


def against_addresses(debtors: Points, addresses: Points, *, simulations: int, seed: int) -> Verdict:
    """Compare the debtors with addresses, of which each debtor marks a home near by; the answer's null says so.

    Both lists come from different systems and differ by metres. Where no free home lies within ``SAME_HOME_M`` the
    debtor's own joins the addresses.
    """
    same_unit(debtors, addresses)
    both = metres(np.vstack([debtors.at, addresses.at]), debtors.columns)
    own, at = both[: len(debtors.at)], both[len(debtors.at) :]
    if addresses.counts.sum() > MOST_HOMES:
        raise BadPoints(
            f"{addresses.name} has over {MOST_HOMES:,} homes; give those of the region that is asked about."
        )
    taken, matched = take_near(at, addresses.counts, own, within_m=SAME_HOME_M)
    homes = np.repeat(at, addresses.counts, axis=0)
    first = np.repeat(np.cumsum(addresses.counts) - addresses.counts, addresses.counts)
    labels = np.arange(len(homes)) - first < np.repeat(taken, addresses.counts)
    points = np.vstack([homes, own[~matched]])
    marked = np.append(labels, np.ones(int((~matched).sum()), dtype=np.bool_))
    return labelled_verdict(points, marked, simulations=simulations, seed=seed, null="addresses")


def against_streets(debtors: Points, streets: Points, *, simulations: int, seed: int) -> Verdict:
    """Compare the debtors with points along the streets; the answer's null says "roads"."""
    same_unit(debtors, streets)
    both = metres(np.vstack([debtors.at, streets.at]), debtors.columns)
    labels = np.arange(len(both)) < len(debtors.at)
    return labelled_verdict(both, labels, simulations=simulations, seed=seed, null="roads")


def in_words(found: Verdict) -> dict[str, Any]:
    """Give the answer as FORMATS writes it; what is unknown is None, never a number."""
    return {
        "verdict": found.verdict,
        "p_value": known(found.p_value),
        "pair_ratio": {str(radius): known(ratio) for radius, ratio in found.pair_ratio.items()},
        "pair_ratio_upper": {str(radius): known(ratio) for radius, ratio in found.ratio_upper.items()},
        "radius_m": found.radius_m,
        "n_debtors": found.n_marked,
        "n_customers": found.n_all if found.null == "customers" else None,
        "null": found.null,
        "why_code": str(found.why_code),
        "why": found.said("debtors", EVERYONE.get(found.null, "customers")),
    }


def known(number: float) -> float | None:
    """Give the number, or None for NaN."""
    return None if math.isnan(number) else number


def metres(at: NDArray[np.float64], columns: tuple[str, str]) -> NDArray[np.float64]:
    """Give metres in a plane."""
    return local_metres(at) if columns == DEGREES else at


def same_unit(first: Points, second: Points) -> None:
    """Refuse to mix degrees and metres."""
    if first.columns != second.columns:
        raise BadPoints(
            f"{first.name} has the columns {','.join(first.columns)} and {second.name} {','.join(second.columns)}: "
            "both files need the same."
        )


def read_points(path: Path, *, counts: str | None = None) -> Points:
    """Read the coordinates of a CSV file; other columns but the one named by ``counts`` are not looked at.

    Raises
    ------
    BadPoints
        If the file cannot be read, has no such columns or no rows, a coordinate is no number or no place on Earth, or a
        count is no whole number from 1 to 10,000.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadPoints(f"{path.name} cannot be read: {error.strerror or error}.") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")  # names beside the coordinates, not needed here
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        columns = next((pair for pair in (DEGREES, METRES) if set(pair) <= set(header)), None)
        if columns is None:
            raise BadPoints(f"{path.name} needs the columns lon,lat or x,y in its first line.")
        places = header.index(columns[0]), header.index(columns[1])
        many = header.index(counts) if counts in header else None
        rows = [
            (
                reader.line_num,
                tuple(coordinate(path.name, reader.line_num, row, place) for place in places),
                1 if many is None else count(path.name, reader.line_num, row, many),
            )
            for row in reader
            if any(field.strip() for field in row)
        ]
    except csv.Error as error:
        raise BadPoints(f"{path.name}, row {reader.line_num}: {error}.") from error
    if not rows:
        raise BadPoints(f"{path.name} has no rows.")
    at = np.array([where for _, where, _ in rows])
    lines = tuple(line for line, _, _ in rows)
    for row in off_the_earth(at) if columns == DEGREES else ():
        raise BadPoints(f"{path.name}, row {lines[row]}: {at[row, 0]:g}, {at[row, 1]:g} is no longitude and latitude.")
    return Points(path.name, columns, at, lines, np.array([number for _, _, number in rows]))


def coordinate(name: str, line: int, row: Sequence[str], place: int) -> float:
    """Read one coordinate strictly: no NaN, no infinity, no blank."""
    field = row[place].strip() if place < len(row) else ""
    number = float(field) if NUMBER.fullmatch(field) else math.nan
    if not math.isfinite(number):
        raise BadPoints(f"{name}, row {line}: {field!r} is no coordinate.")
    return number


def count(name: str, line: int, row: Sequence[str], place: int) -> int:
    """Read how many a row stands for."""
    field = row[place].strip() if place < len(row) else ""
    number = int(field) if re.fullmatch(r"\d{1,5}", field, re.ASCII) else 0
    if not 1 <= number <= 10_000:
        raise BadPoints(f"{name}, row {line}: {field!r} is no number of homes from 1 to 10,000.")
    return number


def off_the_earth(at: NDArray[np.float64]) -> Iterator[int]:
    """Give the rows whose longitude or latitude is out of range."""
    yield from (int(row) for row in np.flatnonzero((np.abs(at) > [180.0, 90.0]).any(axis=1)))
