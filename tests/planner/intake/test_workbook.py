"""Workbooks: what calamine leaves out is found, and what could do harm is refused in one sentence."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest

from planner.intake.issue import UnreadableList
from planner.intake.zipgate import MOST_ENTRIES
from tests.planner.intake.factories import check, codes, row, table, xlsx


def repacked(data: bytes, **changes: bytes) -> bytes:
    """Write a workbook anew with parts changed or added; a name's double underscore is a slash."""
    out = io.BytesIO()
    new = {name.replace("__", "/").replace("_xml", ".xml"): value for name, value in changes.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for info in old.infolist():
            box.writestr(info.filename, new.pop(info.filename, old.read(info)))
        for name, value in new.items():
            box.writestr(name, value)
    return out.getvalue()


def test_numbers_longer_than_a_spreadsheet_keeps_are_refused() -> None:
    cells = [["案件编号", "姓名", "证件号", "逾期金额", "逾期天数"]]
    cells += [
        [330106199001011234, "甲", "330106199001011234", 100, 45],
        ["330106199001011235", "乙", 330106199001011234, 100, 45],
    ]
    checked = check(xlsx(cells))
    assert "id_damaged" in codes(checked, 2)
    assert [(one.row, one.column) for one in checked.issues if one.code == "id_damaged"] == [
        (2, "案件编号"),
        (3, "证件号"),
    ]
    assert list(checked.rows["case_id"]) == ["330106199001011235"]


def test_damage_is_found_where_the_table_begins_further_right() -> None:
    cells = [[], [], *([None, None, *one] for one in table([row(案件编号="A0")]))]
    cells[3][2] = 330106199001011234
    assert [(one.row, one.column) for one in check(xlsx(cells)).issues if one.code == "id_damaged"] == [(4, "案件编号")]


def test_formulas_without_results_are_reported() -> None:
    cells = table([row(), row(案件编号="A2")])
    cells[2][2] = "=1+1"
    checked = check(xlsx(cells))
    assert codes(checked, 3) == {"formula_uncached", "amount_missing"}
    assert list(checked.rows["case_id"]) == ["A1"]


def test_dates_and_day_numbers() -> None:
    cells = [["案件编号", "逾期金额", "逾期日期", "最后还款日"], ["A1", 100.1, date(2026, 10, 1), 46000]]
    found = check(xlsx(cells)).rows.iloc[0]
    assert (found["overdue_minor"], str(found["due_on"].date()), found["days_past_due"]) == (10_010, "2026-10-01", 54)
    assert str(found["last_paid_on"].date()) == "2025-12-09"


def test_only_one_sheet_is_read_and_the_others_named() -> None:
    checked = check(xlsx(table([row()]), 其他=[["x"]]))
    assert checked.report["sheet"] == "逾期"
    assert "other_sheets" in codes(checked)


def bad_workbooks() -> dict[str, bytes]:
    good = xlsx(table([row()]))
    sheet = zipfile.ZipFile(io.BytesIO(good)).read("xl/worksheets/sheet1.xml")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as box:
        box.writestr("xl/workbook.xml", "")
        for i in range(MOST_ENTRIES + 1):
            box.writestr(f"{i}", "")
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as box:
        box.writestr("word/document.xml", "<x/>")
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    return {
        "entities": repacked(good, xl__worksheets__sheet1_xml=b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet),
        "entities in UTF-16": repacked(good, xl__worksheets__sheet1_xml="<!DOCTYPE a>".encode("utf-16")),
        "bomb": repacked(good, xl__media__a=b"\0" * (30 * 2**20)),
        "many parts": many.getvalue(),
        "paths": repacked(good, **{"..__..__a": b"x"}),
        "cut short": good[: len(good) // 2],
        "sheet damaged": repacked(good, xl__worksheets__sheet1_xml=sheet[:100]),
        "bits turned": good[:600] + bytes(255 - one for one in good[600:700]) + good[700:],
        "no workbook": document.getvalue(),
        "nothing in it": empty.getvalue(),
        "old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "PDF": b"%PDF-1.7 ...",
        "no headings": xlsx([["a", "b"], ["1", "2"]]),
    }


@pytest.mark.parametrize("name", bad_workbooks())
def test_a_bad_workbook_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(UnreadableList) as refused:
        check(bad_workbooks()[name])
    assert re.fullmatch(r"[A-Z].*\.", str(refused.value))
    assert "\n" not in str(refused.value)
