"""The comparison as a workbook: figures as numbers, and a sheet that says how each is computed."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd

from planner.export.report import Column, Kind, Report, TableSheet

#: A cell that begins so becomes a formula when somebody saves it as text and opens that again, its wide signs where
#: the system writes Chinese or Japanese; some programs drop what cannot be seen before them.
UNSEEN = r"[\s\x00-\x20\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]*"
FORMULA = re.compile(r"[\t\r\n]|" + UNSEEN + r"[=+\-@＝＋－＠﹢﹣﹦﹫]")
WIDEST, NARROWEST = 46, 8
#: a file of the same rows has the same bytes, whenever it is made
UNDATED = datetime.combine(date(2000, 1, 1), time())


def workbook(report: Report) -> bytes:
    """Give the file: districts, squares, notes. What is unknown is an empty cell, never a zero."""
    out = io.BytesIO()
    book = begun(out, report.title, report.made_on)
    forms = formats(book)
    districts, squares, notes = report.sheets
    table_sheet(book.add_worksheet(districts), report.district_rows(), report.columns, forms)
    table_sheet(book.add_worksheet(squares), report.square_rows(), report.square_columns, forms)
    notes_sheet(book.add_worksheet(notes), report, forms)
    book.close()
    return out.getvalue()


def tables_workbook(
    title: str,
    made_on: date,
    sheets: Sequence[TableSheet],
    notes: tuple[str, Sequence[tuple[str, str]]],
    *,
    header: str = "",
) -> bytes:
    """Give a file of several tables and a last sheet of notes (its name and pairs of subject and text).

    ``header`` is printed over each page of each sheet.
    """
    out = io.BytesIO()
    book = begun(out, title, made_on)
    forms = formats(book)
    for one in sheets:
        table_sheet(book.add_worksheet(one.name), one.rows, one.columns, forms)
    name, pairs = notes
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, harmless(title), forms["title"])
    sheet.write_string(1, 0, made_on.isoformat(), forms["text"])
    for at, (subject, text) in enumerate(pairs, start=3):
        sheet.write_string(at, 0, harmless(subject), forms["subject"])
        sheet.write_string(at, 1, harmless(text), forms["wrapped"])
    if header:
        for one in book.worksheets():
            one.set_header("&C" + header.replace("&", "&&"))
    book.close()
    return out.getvalue()


def begun(out: io.BytesIO, title: str, made_on: date) -> Any:
    """Begin a workbook in memory."""
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    book = xlsxwriter.Workbook(out, options)
    made = datetime.combine(made_on, time(), UTC).replace(tzinfo=None)
    book.set_properties({"title": harmless(title), "created": made})
    return book


def harmless(text: object) -> str:
    """Give text that no spreadsheet takes for a formula, even after it was saved as CSV.

    >>> harmless("=1+1"), harmless("Old town")
    ("'=1+1", 'Old town')
    """
    plain = str(text)
    return f"'{plain}" if FORMULA.match(plain) else plain


def formats(book: Any) -> Mapping[str, Any]:
    """Give the cells' formats by name; numbers by their decimals."""
    edge = {"font_size": 10, "valign": "vcenter"}
    numbers = {
        f"number{digits}": {**edge, "num_format": "#,##0" + ("." + "0" * digits if digits else "")}
        for digits in range(5)
    }
    rest = {
        "share": {**edge, "num_format": "0%"},
        "day": {**edge, "num_format": "yyyy-mm-dd", "align": "left"},
        "moment": {**edge, "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
        "head": {**edge, "bold": True, "bg_color": "#E3EEF7", "bottom": 1, "text_wrap": True, "align": "center"},
        "text": edge,
        "title": {**edge, "bold": True, "font_size": 13},
        "subject": {**edge, "bold": True, "valign": "top"},
        "wrapped": {**edge, "text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(wanted) for name, wanted in {**numbers, **rest}.items()}


def table_sheet(sheet: Any, rows: pd.DataFrame, columns: Any, forms: Mapping[str, Any]) -> None:
    """Write a table with its headings fixed, filters on, and ready to be printed on one page's width."""
    for at, column in enumerate(columns):
        sheet.write_string(0, at, harmless(column.heading), forms["head"])
        values = rows[column.field].tolist()
        for row, value in enumerate(values, start=1):
            write(sheet, row, at, value, column, forms)
        sheet.set_column(at, at, width(column, values))
    sheet.set_row(0, 44)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write(sheet: Any, row: int, at: int, value: Any, column: Column, forms: Mapping[str, Any]) -> None:
    """Write one cell."""
    if column.kind is Kind.TEXT:
        sheet.write_string(row, at, harmless(value), forms["text"])
    elif value is None or pd.isna(value) or (isinstance(value, float) and math.isinf(value)):
        sheet.write_blank(row, at, None, forms["text"])
    elif column.kind in (Kind.DAY, Kind.MOMENT):
        # A cell knows no zone: the time on the wall at the branch is what is read.
        sheet.write_datetime(row, at, value, forms[column.kind.value])
    elif column.kind is Kind.SHARE:
        sheet.write_number(row, at, float(value), forms["share"])
    elif column.kind is Kind.FLAG:
        sheet.write_boolean(row, at, bool(value), forms["text"])
    else:
        sheet.write_number(row, at, float(value), forms[f"number{column.decimals}"])


def width(column: Column, values: list[Any]) -> float:
    """Give a column's width in signs; Chinese ones are twice as wide."""
    if column.kind is Kind.TEXT:
        texts = [str(one) for one in values]
    else:
        texts = ["2026-01-01 00:00" if column.kind is Kind.MOMENT else "1,234,567" + "0" * column.decimals]
    longest = max((signs(one) for one in texts), default=0)
    return float(min(max(longest + 2, signs(column.heading) / 2 + 3, NARROWEST), WIDEST))


def signs(text: str) -> int:
    """Count the signs of a text as wide as a Latin one.

    >>> signs("km²"), signs("区域")
    (3, 4)
    """
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)


def notes_sheet(sheet: Any, report: Report, forms: Mapping[str, Any]) -> None:
    """Write what the figures assume and how each is computed."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, harmless(report.title), forms["title"])
    sheet.write_string(1, 0, report.made_on.isoformat(), forms["text"])
    meanings = [(one.heading, one.meaning) for one in report.columns if one.meaning]
    of_squares = [(one.heading, one.meaning) for one in report.square_columns if one.meaning]
    at = 3
    for title, pairs in ((None, report.notes), (report.sheets[0], meanings), (report.sheets[1], of_squares)):
        if title:
            sheet.write_string(at, 0, harmless(title), forms["title"])
            at += 1
        for subject, text in pairs:
            sheet.write_string(at, 0, harmless(subject), forms["subject"])
            sheet.write_string(at, 1, harmless(text), forms["wrapped"])
            at += 1
        at += 1
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def plain_workbook(title: str, rows: pd.DataFrame) -> bytes:
    """Give a table as a file of one sheet: numbers as numbers with two decimals, everything else as text."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": harmless(title), "created": UNDATED})
    columns = [
        Column(
            str(name),
            str(name),
            str(name),
            "",
            Kind.NUMBER if pd.api.types.is_numeric_dtype(rows[name]) else Kind.TEXT,
            2,
        )
        for name in rows
    ]
    table_sheet(book.add_worksheet(harmless(title)[:31]), rows, columns, formats(book))
    book.close()
    return out.getvalue()
