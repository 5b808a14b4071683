"""A list to work with as a workbook: one sheet, headings fixed, texts never taken for formulas."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd

from planner.export.workbook import formats, harmless, signs

WIDEST, NARROWEST = 60, 9


def list_workbook(title: str, table: pd.DataFrame, headings: Mapping[str, str]) -> bytes:
    """Give the file.

    Parameters
    ----------
    table
        Its columns and no others are written; ``headings`` gives each one's words, else its name stands.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    forms = formats(book)
    sheet = book.add_worksheet(harmless(title)[:31])
    for at, name in enumerate(table.columns):
        values = table[name].tolist()
        heading = harmless(headings.get(str(name), str(name)))
        sheet.write_string(0, at, heading, forms["head"])
        for row, value in enumerate(values, start=1):
            if isinstance(value, int | float) and not isinstance(value, bool) and value == value:  # noqa: PLR0124  NaN
                sheet.write_number(row, at, value, forms["number0"])
            else:
                sheet.write_string(row, at, harmless(value), forms["text"])
        longest = max((signs(str(one)) for one in values), default=0)
        sheet.set_column(at, at, min(max(longest + 2, signs(heading) + 2, NARROWEST), WIDEST))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(table), 1), max(len(table.columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()
