"""Text with separators to rows of cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence

from planner.intake.grid import Grid

SEPARATORS = (",", ";", "\t")
SAMPLE_ROWS = 60
LONGEST_CELL = 20_000

Rows = list[list[str]]


def read_delimited(text: str, encoding: str, rate: Callable[[Sequence[Sequence[str]]], float]) -> Grid:
    """Split text into rows of cells.

    A quotation mark that is never closed would swallow the rest of the file into one cell. It shows as a cell that runs
    over a line end and holds separators there; such a file is read again line by line, and only the lines with an odd
    number of quotation marks are reported as broken.

    Parameters
    ----------
    rate
        Says how much some rows look like a list with known headings; the separator with the highest rate is used.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    separator = max(SEPARATORS, key=lambda one: rate(_lines("\n".join(lines[:SAMPLE_ROWS]), one)))
    try:
        rows = _lines(text, separator)
        swallowed = _swallowed(rows, text, separator)
    except csv.Error:
        swallowed = True
    if not swallowed:
        return Grid(rows, encoding)
    broken = frozenset(i for i, line in enumerate(lines) if line.count('"') % 2)
    whole = [
        [cell[:LONGEST_CELL] for cell in line.split(separator)] if i in broken else _line(line, separator)
        for i, line in enumerate(lines)
    ]
    return Grid(whole, encoding, broken=broken)


def _lines(text: str, separator: str) -> Rows:
    csv.field_size_limit(LONGEST_CELL)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _line(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [cell[:LONGEST_CELL] for cell in line.split(separator)]


def _swallowed(rows: Rows, text: str, separator: str) -> bool:
    """Say whether a cell holds whole rows, or the last row lacks cells after a quotation mark left open."""
    width = Counter(len(row) for row in rows[:SAMPLE_ROWS] if row).most_common(1)[0][0] if any(rows) else 0
    full = max(2, width - 1)
    many = (cell.split("\n")[1:] for row in rows for cell in row if "\n" in cell)
    if any(line.count(separator) >= full for lines in many for line in lines):
        return True
    last = text.rstrip("\n").rsplit("\n", 1)[-1]
    return bool(rows) and len(rows[-1]) < width and last.count('"') % 2 == 1
