"""A file's cells before they mean anything: rows of text, with the row numbers of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """Rows of cells as text; row ``i`` is row ``i + 1`` of the file.

    Attributes
    ----------
    encoding
        utf-8, utf-16 or gb18030; None for a workbook.
    sheet
        Name of the sheet; None for a text file.
    other_sheets
        Names of sheets with something in them that were not read.
    broken
        Indices of rows with a quotation mark that is never closed.
    rounded
        (row index, column index) of numbers with more digits than a spreadsheet keeps.
    uncached
        (row index, column index) of formulas without a result.
    typed
        Whether cells had types (a workbook), so that a number written as text is known to be whole.
    since_1904
        Whether day numbers count from 1 January 1904.
    """

    rows: Sequence[Sequence[str]]
    encoding: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    broken: frozenset[int] = frozenset()
    rounded: frozenset[tuple[int, int]] = frozenset()
    uncached: frozenset[tuple[int, int]] = frozenset()
    typed: bool = False
    since_1904: bool = False
