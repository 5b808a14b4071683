"""A workbook to rows of cells: calamine reads the values, a look at the raw sheet finds what calamine leaves out.

Calamine gives an empty cell for a formula without a stored result, and a long number rounded without a word; both can
be told only from the sheet's XML.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import fastexcel

from planner.intake.grid import Grid
from planner.intake.issue import UnreadableList
from planner.intake.zipgate import open_workbook_zip

SAMPLE_ROWS = 60
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<v\s*/>|<v></v>)?\s*</(?:\w+:)?c>"
)
_SINCE_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_LONG = re.compile(rb"<v>-?(?:[0-9]{16,}(?:\.0*)?|[0-9](?:\.[0-9]+)?[Ee]\+?(?:1[5-9]|[2-9][0-9]))</v>")
_CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*)>')


def read_workbook(data: bytes, rate: Callable[[Sequence[Sequence[str]]], float]) -> Grid:
    """Read the first sheet that looks most like a list with known headings.

    Parameters
    ----------
    rate
        Says how much some rows look like a list with known headings.

    Raises
    ------
    UnreadableList
        If the workbook fails the gate, is damaged or has no sheet with anything in it.
    """
    box = open_workbook_zip(data)
    try:
        reader = fastexcel.read_excel(data)
        sheets = {name: _rows(reader, name) for name in reader.sheet_names}
    except fastexcel.FastExcelError:
        raise UnreadableList("The workbook is damaged; open it in a spreadsheet program and save it again.") from None
    filled = [name for name, rows in sheets.items() if rows]
    if not filled:
        raise UnreadableList("The workbook is empty; export the list again.")
    best = max(filled, key=lambda name: rate(sheets[name][:SAMPLE_ROWS]))
    rounded, uncached = _left_out(box, best)
    return Grid(
        sheets[best],
        sheet=best,
        other_sheets=tuple(name for name in filled if name != best),
        rounded=rounded,
        uncached=uncached,
        typed=True,
        since_1904=_SINCE_1904.search(box.read("xl/workbook.xml")) is not None,
    )


def _rows(reader: fastexcel.ExcelReader, name: str) -> list[tuple[str, ...]]:
    """Give the rows of a sheet; skip_rows=0 keeps the empty ones on top, so that row numbers are the file's own."""
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    return sheet.to_polars().fill_null("").rows() if sheet.width else []


def _left_out(box: zipfile.ZipFile, sheet: str) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]:
    """Find rounded long numbers and formulas without a result: (row index, column index) in the rows read."""
    part = _part_of(box, sheet)
    if part is None:
        return frozenset(), frozenset()
    xml = box.read(part)
    long = [_cell_before(xml, found.start()) for found in _LONG.finditer(xml)]
    rounded = [(row, column) for attributes, row, column in filter(None, long) if not _is_text(attributes)]
    formulas = [_cell_before(xml, found.end(1) + 1) for found in _FORMULA.finditer(xml)]
    uncached = [(row, column) for _, row, column in filter(None, formulas)]
    if not rounded and not uncached:
        return frozenset(), frozenset()
    first = _first_column(xml)
    return (
        frozenset((row, column - first) for row, column in rounded),
        frozenset((row, column - first) for row, column in uncached),
    )


def _cell_before(xml: bytes, end: int) -> tuple[bytes, int, int] | None:
    found = None
    for found in _CELL.finditer(xml, max(0, end - 400), end):  # noqa: B007 - the last one counts
        pass
    return None if found is None else (found[1], int(found[3]) - 1, _column_index(found[2]))


def _is_text(attributes: bytes) -> bool:
    kind = re.search(rb'\bt="(\w+)"', attributes)
    return kind is not None and kind[1] != b"n"


def _first_column(xml: bytes) -> int:
    """Give the first column with a value: calamine's rows begin there."""
    filled = re.findall(rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{1,3})[0-9]+"[^>/]*>\s*<(?:\w+:)?(?:v|is)\b', xml)
    return min((_column_index(letters) for letters in set(filled)), default=0)


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _part_of(box: zipfile.ZipFile, sheet: str) -> str | None:
    """Find the part of the zip that holds a sheet. The gate has refused entities, so plain parsing is safe."""
    try:
        book = ElementTree.fromstring(box.read("xl/workbook.xml"))  # noqa: S314
        links = ElementTree.fromstring(box.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (ElementTree.ParseError, KeyError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for one in book.iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            target = targets.get(one.get(_RELATION), "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return path if path in box.namelist() else None
    return None
