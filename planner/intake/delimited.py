"""Text with separators to rows of cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from planner.intake.grid import Grid

SEPARATORS = (",", ";", "\t")
SAMPLE_ROWS = 60
LONGEST_CELL = 20_000
#: so many different cells are remembered, so that a repetition of theirs takes no memory
MOST_SEEN = 20_000
#: in a text of at least so many letters; a smaller one has room, and is read in half the time
LARGE = 30_000_000

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
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    sample = "\n".join(text.split("\n", SAMPLE_ROWS)[:SAMPLE_ROWS])
    separator = max(SEPARATORS, key=lambda one: rate(_sampled(sample, one)))
    try:
        rows = _lines(text, separator)
        swallowed = _swallowed(rows, text, separator)
    except csv.Error:
        swallowed = True
    if not swallowed:
        return Grid(rows, encoding)
    lines = text.split("\n")
    broken = frozenset(i for i, line in enumerate(lines) if line.count('"') % 2)
    whole = [
        [cell[:LONGEST_CELL] for cell in line.split(separator)] if i in broken else _line(line, separator)
        for i, line in enumerate(lines)
    ]
    return Grid(whole, encoding, broken=broken)


def _lines(text: str, separator: str) -> Rows:
    csv.field_size_limit(LONGEST_CELL)
    if len(text) < LARGE:
        return list(csv.reader(io.StringIO(text, newline="\n"), delimiter=separator))
    reader = csv.reader(_each(text), delimiter=separator)
    # What stands in many rows is kept once: products, districts, numbers of days, first names.
    seen: dict[str, str] = {}
    rows = []
    for row in reader:
        rows.append([seen.get(cell, cell) for cell in row])
        if len(seen) < MOST_SEEN:
            seen.update(zip(row, row, strict=True))
    return rows


def _sampled(text: str, separator: str) -> Rows:
    """Split the first lines; where a cell is too long to be one, line by line."""
    try:
        return _lines(text, separator)
    except csv.Error:
        return [_line(line, separator) for line in text.split("\n")]


def _each(text: str) -> Iterator[str]:
    """Give one line after the other with its end: a list of all of them would take as much memory as the text."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]


def _line(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [cell[:LONGEST_CELL] for cell in line.split(separator)]


def _swallowed(rows: Rows, text: str, separator: str) -> bool:
    """Say whether a cell holds whole rows, or the last row lacks cells after a quotation mark left open."""
    width = Counter(len(row) for row in rows[:SAMPLE_ROWS] if row).most_common(1)[0][0] if any(rows) else 0
    full = max(2, width - 1)
    # As many rows as lines: no cell runs over a line's end, and none needs to be looked at.
    over = len(rows) != text.count("\n") + (not text.endswith("\n"))
    many = (cell.split("\n")[1:] for row in rows for cell in row if "\n" in cell) if over else ()
    if any(line.count(separator) >= full for lines in many for line in lines):
        return True
    return bool(rows) and len(rows[-1]) < width and text.rstrip("\n").rsplit("\n", 1)[-1].count('"') % 2 == 1
