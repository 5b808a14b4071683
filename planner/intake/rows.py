"""Which rows of the file are data: titles, blank rows, totals and repeated headings are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from planner.intake.grid import Grid
from planner.intake.headings import Headings, repeats_headings
from planner.intake.issue import Issue, issue
from planner.intake.values import plain

_TOTAL = re.compile(
    r"(?:本页|全部|以上)?(?:合计|总计|小计|共计|总额|汇总|累计)(?:[::]?\s*[0-9]*\s*[户笔条人个]?)?"
    r"|(?:grand\s*|sub\s*-?\s*)?totals?[::]?|sum[::]?",
    re.IGNORECASE,
)

#: what cells beyond the headings are called
NO_HEADING = "(no heading)"


@dataclass(frozen=True)
class DataRows:
    """The data rows of a file: their indices in the grid, those rejected for their shape, and what was found."""

    indices: list[int]
    rejected: frozenset[int]
    issues: list[Issue]


def data_rows(grid: Grid, headings: Headings) -> DataRows:
    """Tell data rows from the rest; rows of a wrong shape are data rows, but rejected."""
    indices: list[int] = []
    rejected: set[int] = set()
    issues: list[Issue] = []
    case_at = headings.found.get("case_id", -1)
    first_at, first = next(iter(headings.names.items()))
    for i in range(headings.row + 1, len(grid.rows)):
        row = grid.rows[i]
        if len(row) == headings.width and case_at >= 0 and i not in grid.broken:
            # Nearly all rows: an id that ends with a digit is no total, and the first cell is no heading.
            case_id = row[case_at]
            if case_id.isascii() and case_id[-1:].isdigit() and first not in row[first_at]:
                indices.append(i)
                continue
        if i in grid.broken:
            indices.append(i)
            rejected.add(i)
            issues.append(issue("quote_open", row=i + 1, column=_opened(row, headings)))
            continue
        if not any(cell and not cell.isspace() for cell in row):
            continue
        if _is_total(row, case_at):
            issues.append(issue("totals_row", row=i + 1))
            continue
        if repeats_headings(row, headings):
            issues.append(issue("heading_repeated", row=i + 1))
            continue
        indices.append(i)
        if grid.typed:
            continue
        found = len(row)
        if found > headings.width and (found := _filled_width(row)) > headings.width:
            rejected.add(i)
            issues.append(issue("row_too_wide", row=i + 1, column=NO_HEADING, found=found, expected=headings.width))
        elif len(row) < headings.width:
            issues.append(issue("row_too_short", row=i + 1, found=len(row), expected=headings.width))
    return DataRows(indices, frozenset(rejected), issues)


def _opened(row: Sequence[str], headings: Headings) -> str:
    """Give the heading of the first cell with a quotation mark that is not closed in it."""
    at = next((at for at, cell in enumerate(row) if cell.count('"') % 2), -1)
    return headings.names.get(at, NO_HEADING)


def _filled_width(row: Sequence[str]) -> int:
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return width


def _is_total(row: Sequence[str], case_at: int) -> bool:
    """Say whether a row is a total: a cell says so, and there is no case id (or the word stands in its place)."""
    case_id = row[case_at].strip() if 0 <= case_at < len(row) else ""
    if case_id:
        return len(case_id) < 20 and _TOTAL.fullmatch(plain(case_id)) is not None
    return any(_TOTAL.fullmatch(plain(cell)) for cell in row if cell and len(cell) < 20)
