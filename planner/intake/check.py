"""A file's bytes to checked rows: *decode, find the headings, tell rows apart, read the cells, settle each row*."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from planner.intake.accepted import accepted_rows
from planner.intake.ageing import ageing
from planner.intake.cells import cell_issues, repeated
from planner.intake.columns import NEEDED
from planner.intake.coordinates import read_sites
from planner.intake.decode import decode
from planner.intake.delimited import read_delimited
from planner.intake.fields import read_fields
from planner.intake.grid import Grid
from planner.intake.headings import Headings, find_headings, rate, vocabulary
from planner.intake.issue import Issue, Severity, UnreadableList, issue
from planner.intake.profile import Profile
from planner.intake.rows import NO_HEADING, data_rows

ZIP_MARK, OLD_OFFICE_MARK, PDF_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


@dataclass(frozen=True)
class Checked:
    """A checked list.

    Attributes
    ----------
    rows
        One row an accepted row of the file: ``row`` (its number there), ``person`` (rows with the same number are one
        person; it means nothing outside this file) and the canonical columns of ``planner.intake.columns`` without
        the identity number. Money is in ``*_minor``, NA unknown; days are NaT, coordinates NaN, texts "" where
        unknown. Coordinates are in the datum of ``*_datum`` ("" where the file does not say).
    issues
        Everything found: first what concerns the file, then by row.
    report
        What ``check --json`` prints.
    """

    rows: pd.DataFrame
    issues: tuple[Issue, ...]
    report: dict[str, Any]


def check_bytes(data: bytes, profile: Profile, *, today: date) -> Checked:
    """Check the content of a CSV or XLSX file. ``planner.intake.read`` runs it where a hostile file does no harm.

    Raises
    ------
    UnreadableList
        If nothing can be read at all.
    """
    words = vocabulary(profile)
    held = [data]
    del data
    grid = _grid(held, lambda rows: rate(rows, words))
    headings = find_headings(grid.rows, words)
    if headings is None:
        raise UnreadableList(
            "No heading row was found: none of the first 30 rows holds at least two known headings, "
            "such as 案件编号 and 逾期金额; add them, or name yours in a column profile."
        )
    shaped = data_rows(grid, headings)
    whole = [i for i in shaped.indices if i not in shaped.rejected]
    fields = read_fields(grid, headings, whole, profile)
    aged = ageing(fields, headings, whole, today)
    sites, site_issues = read_sites(fields, headings, whole, profile)
    cells = cell_issues(fields, headings, whole, today)
    found = [*_file_issues(grid, headings, whole), *shaped.issues, *fields.issues, *cells, *aged.issues, *site_issues]
    refused = frozenset(one.row - 1 for one in found if one.row and one.severity is Severity.ERROR)
    twice, left = repeated(grid, fields, headings, whole, refused)
    usable = not any(one.code == "column_missing" for one in found)
    kept = [n for n, i in enumerate(whole) if usable and i not in refused and i not in left]
    # The cells are done with. A list of a million rows would hold them twice from here on.
    grid, fields = replace(grid, rows=()), replace(fields, texts={})
    rows, clashes = accepted_rows(fields, aged, sites, whole, kept, today)
    found += twice
    found += [issue("id_number_disagrees", row=row, other=other) for other, row in clashes]
    issues = tuple(sorted(found, key=lambda one: one.row or 0))
    return Checked(rows, issues, _report(grid, headings, len(shaped.indices), len(kept), issues))


def _grid(held: list[bytes], rate_rows: Callable[[Sequence[Sequence[str]]], float]) -> Grid:
    """Read the cells of the one file that is held; it is let go once it is text."""
    data = held.pop()
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableList("The file is empty; export the list again.")
    if data.startswith(ZIP_MARK):
        # The engines that read workbooks are loaded only for one.
        from planner.intake.workbook import read_workbook

        return read_workbook(data, rate_rows)
    if data.startswith(OLD_OFFICE_MARK):
        raise UnreadableList("The file is an old XLS workbook or locked by a password; save it as XLSX without one.")
    if data.startswith(PDF_MARK):
        raise UnreadableList("The file is a PDF; export the list as XLSX or CSV.")
    text, encoding = decode(data)
    del data
    return read_delimited(text, encoding, rate_rows)


def _file_issues(grid: Grid, headings: Headings, indices: Sequence[int]) -> list[Issue]:
    found = [
        issue("column_missing", column=re.findall(r"[\u4e00-\u9fff]+", what)[0], what=what)
        for columns, what in NEEDED
        if columns.isdisjoint(headings.found)
    ]
    for code, columns in (
        ("column_protected", headings.protected),
        ("column_third_party", headings.third_party),
        ("column_twice", headings.doubled),
        ("column_unused", headings.unused),
    ):
        found += [issue(code, column=headings.names[at]) for at in columns]
    widest = max(map(len, map(grid.rows.__getitem__, indices)), default=0)
    nameless = [at for at in range(widest) if at not in headings.names]
    if any(grid.rows[i][at].strip() for at in nameless for i in indices if at < len(grid.rows[i])):
        found.append(issue("column_unused", column=NO_HEADING))
    if grid.other_sheets:
        found.append(issue("other_sheets", sheet=grid.sheet, others=", ".join(grid.other_sheets)))
    if not indices:
        found.append(issue("no_rows"))
    return found


def _report(grid: Grid, headings: Headings, read: int, accepted: int, issues: Sequence[Issue]) -> dict[str, Any]:
    return {
        "rows_read": read,
        "rows_accepted": accepted,
        "encoding": grid.encoding,
        "sheet": grid.sheet,
        "columns": {name: headings.names[at] for name, at in headings.found.items()},
        "dropped_columns": [headings.names[at] for at in sorted((*headings.protected, *headings.third_party))],
        "issues": [one.as_dict() for one in issues],
    }
