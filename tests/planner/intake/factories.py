"""Lists as a bank would export them, with changes: a good row is written once and varied by its headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl

from config.profiles import load_profile
from planner.intake.check import Checked, check_bytes

TODAY = date(2026, 11, 24)
GOOD = {
    "案件编号": "A1",
    "姓名": "甲一",
    "逾期金额(元)": "1,234.50",
    "逾期天数": "45",
    "家庭地址": "云溪市滨江区知行路12号",
}


def row(**changes: str) -> dict[str, str]:
    return GOOD | changes


def table(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    headings = list(dict.fromkeys(name for one in rows for name in one))
    return [headings, *([one.get(name, "") for name in headings] for one in rows)]


def csv_text(cells: Sequence[Sequence[Any]], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(cells)
    return out.getvalue()


def xlsx(cells: Sequence[Sequence[Any]], title: str = "逾期", **more: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in {title: cells, **more}.items():
        sheet = book.create_sheet(name)
        for one in rows:
            sheet.append(list(one))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def check(data: bytes | str | Sequence[dict[str, Any]], profile: str = "auto") -> Checked:
    if isinstance(data, str):
        data = data.encode()
    elif not isinstance(data, bytes):
        data = csv_text(table(data)).encode()
    return check_bytes(data, load_profile(profile), today=TODAY)


def codes(checked: Checked, row: int | None = None) -> set[str]:
    return {one.code for one in checked.issues if row is None or one.row == row}
