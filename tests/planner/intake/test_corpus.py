"""Every trap once: a file, the issue it must raise and in which row, and how many rows survive."""

from __future__ import annotations

import pytest

from planner.intake.issue import Severity
from tests.planner.intake.factories import check, codes, csv_text, row, table, xlsx

# changes to the second of two rows → (code, is the row kept)
BAD_CELLS = {
    "days below zero": ({"逾期天数": "-3"}, "days_negative", False),
    "days no number": ({"逾期天数": "4.5"}, "days_unreadable", False),
    "days missing": ({"逾期天数": ""}, "days_missing", False),
    "amount missing": ({"逾期金额(元)": "-"}, "amount_missing", False),
    "amount text": ({"逾期金额(元)": "abc"}, "amount_unreadable", False),
    "amount underscore": ({"逾期金额(元)": "1_000"}, "amount_unreadable", False),
    "amount European": ({"逾期金额(元)": "1.234,50"}, "amount_unreadable", False),
    "amount exponent": ({"逾期金额(元)": "1.2E+05"}, "amount_unreadable", False),
    "amount zero": ({"逾期金额(元)": "0.00"}, "amount_not_positive", False),
    "amount in brackets": ({"逾期金额(元)": "(12.00)"}, "amount_not_positive", False),
    "amount huge": ({"逾期金额(元)": "999999999999999"}, "amount_huge", False),
    "amount infinite": ({"逾期金额(元)": "Infinity"}, "amount_unreadable", False),
    "case id missing": ({"案件编号": ""}, "case_id_missing", False),
    "case id exponent": ({"案件编号": "1.23457E+17"}, "id_damaged", False),
    "case id rounded": ({"案件编号": "330106199001010000"}, "id_damaged", False),
    "case id masked": ({"案件编号": "YX****01"}, "case_id_masked", False),
    "name missing": ({"姓名": " "}, "name_missing", True),
    "name masked": ({"姓名": "张*"}, "value_masked", True),
    "phone masked": ({"本人手机": "138****0000"}, "value_masked", True),
    "phone exponent": ({"本人手机": "1.38E+10"}, "id_damaged", True),
    "phone text": ({"本人手机": "见备注"}, "phone_unreadable", True),
    "identity number masked": ({"证件号": "3301**********1234"}, "value_masked", True),
    "identity number rounded": ({"证件号": "3.30106E+17"}, "id_damaged", True),
    "date ambiguous": ({"最后还款日": "01/02/2026"}, "date_ambiguous", True),
    "date with two digits": ({"最后还款日": "01/02/26"}, "date_ambiguous", True),
    "date that is none": ({"最后还款日": "2024-02-30"}, "date_unreadable", True),
    "date serial in text": ({"最后还款日": "45322"}, "date_serial", True),
    "date of another age": ({"最后还款日": "1024-01-31"}, "date_out_of_range", True),
    "payment to come": ({"最后还款日": "2027-01-01"}, "date_out_of_range", True),
    "principal negative": ({"剩余本金": "-1"}, "amount_negative", True),
    "principal text": ({"剩余本金": "x"}, "amount_unreadable", True),
    "coordinates swapped": ({"经度": "30.25", "纬度": "120.15"}, "coordinates_swapped", True),
    "coordinates swapped in India": ({"经度": "28.6", "纬度": "77.2"}, "coordinates_swapped", True),
    "coordinates zero": ({"经度": "0", "纬度": "0"}, "coordinates_zero", True),
    "coordinates half": ({"经度": "120.15", "纬度": ""}, "coordinates_half", True),
    "coordinates text": ({"经度": "30°15'", "纬度": "30"}, "coordinate_unreadable", True),
    "coordinates without datum": ({"经度": "120.15", "纬度": "30.25"}, "datum_undeclared", True),
    "datum unknown": ({"坐标系": "beijing54"}, "datum_unknown", True),
    "address masked": ({"家庭地址": "知行路**号"}, "address_masked", True),
    "no place": ({"家庭地址": "无"}, "no_place", True),
    "product unknown": ({"产品名称": "量子贷"}, "choice_unknown", True),
    "guarantee unclear": ({"担保人": "丙三"}, "guarantee_unclear", True),
    "bad faith": ({"复盘类型": "不良型"}, "needs_second_reviewer", True),
    "due date to come": ({"逾期日期": "2099-01-01", "逾期天数": ""}, "due_in_future", False),
    "days and date apart": ({"逾期日期": "2026-01-01"}, "days_disagree", True),
    "only a bucket": ({"账龄": "M2", "逾期天数": ""}, "days_from_bucket", True),
    "ethnicity": ({"民族": "某"}, "column_protected", True),
    "religion": ({"Religion": "some"}, "column_protected", True),
    "gender": ({"性别": "女"}, "column_protected", True),
    "date of birth": ({"DateOfBirth": "1990-01-01"}, "column_protected", True),
    "contact": ({"紧急联系人电话": "010"}, "column_third_party", True),
    "two amounts": ({"委案金额": "5"}, "column_twice", True),
    "remark": ({"备注": "x"}, "column_unused", True),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_CELLS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_bad_cell_is_named_and_the_good_row_kept(case: str, kind: str) -> None:
    changes, code, kept = BAD_CELLS[case]
    cells = table([row(), row(案件编号="A2", 姓名="乙二") | changes])
    if kind == "xlsx" and case == "date serial in text":
        pytest.skip("a workbook's day numbers are dates")
    checked = check(csv_text(cells).encode() if kind == "csv" else xlsx(cells))
    assert code in codes(checked)
    assert all(one.row in (None, 3) or "first row" in one.text for one in checked.issues)
    assert (checked.report["rows_read"], checked.report["rows_accepted"]) == (2, 2 if kept else 1)
    assert checked.rows["case_id"].iloc[0] == "A1"
    named = [one for one in checked.issues if one.code == code]
    assert all(one.text and one.cure for one in named)
    assert kept or [one.row for one in named if one.severity is Severity.ERROR] == [3]


@pytest.mark.parametrize(("due", "told"), [("2026-12-10", False), ("2027-06-30", True)])
def test_a_due_date_ahead_with_no_day_past_due_is_never_taken_for_overdue(due: str, told: bool) -> None:
    checked = check([row(), row(案件编号="A2", 逾期天数="0", 逾期日期=due)])
    mine = checked.rows.set_index("case_id").loc["A2"]
    assert (int(mine["days_past_due"]), f"{mine['due_on']:%Y-%m-%d}") == (0, due)
    assert ("due_in_future" in codes(checked)) is told


FILES = {
    "comma": csv_text(table([row()])).encode(),
    "semicolon": csv_text(table([row()]), ";").encode(),
    "tab": csv_text(table([row()]), "\t").encode(),
    "utf-8 with mark": b"\xef\xbb\xbf" + csv_text(table([row()])).encode(),
    "utf-16": csv_text(table([row()])).encode("utf-16"),
    "gb18030": csv_text(table([row()])).encode("gb18030"),
    "titles above": ("2026年11月逾期客户清单,,,,\n制表:某行,,,,\n\n" + csv_text(table([row()]))).encode(),
    "old line ends": csv_text(table([row()])).replace("\r\n", "\r").encode(),
    "blank rows": csv_text([*table([row()]), [""] * 5, [], [" "] * 5]).encode(),
    "totals": csv_text([*table([row()]), ["合计", "", "1,234.50", "", ""]]).encode(),
    "totals elsewhere": csv_text([*table([row()]), ["", "总计:", "1,234.50", "", ""]]).encode(),
    "english totals": csv_text([*table([row()]), ["Grand Total", "", "1,234.50", "", ""]]).encode(),
    "headings again": csv_text([*table([row()]), *table([row()])[:1]]).encode(),
    "xlsx": xlsx(table([row()])),
    "xlsx with titles": xlsx([["逾期清单"], [], *table([row()])]),
    "xlsx second sheet": xlsx([["说明"]], 清单=table([row()])),
}


@pytest.mark.parametrize("name", FILES)
def test_a_good_file_gives_its_row(name: str) -> None:
    checked = check(FILES[name])
    assert (checked.report["rows_read"], checked.report["rows_accepted"]) == (1, 1)
    assert checked.rows[["case_id", "overdue_minor", "days_past_due"]].iloc[0].tolist() == ["A1", 123450, 45]
    assert not any(one.severity is Severity.ERROR for one in checked.issues)
    encoding = {"utf-16": "utf-16", "gb18030": "gb18030"}.get(name, None if name.startswith("xlsx") else "utf-8")
    assert checked.report["encoding"] == encoding


def test_row_numbers_are_those_of_the_file() -> None:
    cells = [["清单"], [], *table([row(), row(案件编号="A2", 逾期天数="x")])]
    assert [one.row for one in check(xlsx(cells)).issues if one.code == "days_unreadable"] == [5]
    text = csv_text(cells)
    assert [one.row for one in check(text).issues if one.code == "days_unreadable"] == [5]
    assert list(check(text).rows["row"]) == [4]


def test_totals_and_repeated_headings_are_named_and_not_counted() -> None:
    checked = check(FILES["totals"])
    assert codes(checked, 3) == {"totals_row"}
    assert codes(check(FILES["headings again"]), 3) == {"heading_repeated"}
    someone = check([row(姓名="合计")])
    assert someone.report["rows_accepted"] == 1


def test_repeated_case_ids_name_both_rows() -> None:
    checked = check([row(), row(案件编号="A2"), row(逾期天数="46")])
    both = [(one.row, one.severity) for one in checked.issues if one.code == "case_id_repeated"]
    assert both == [(2, Severity.ERROR), (4, Severity.ERROR)]
    assert list(checked.rows["case_id"]) == ["A2"]
    copied = check([row(), row()])
    assert [one.row for one in copied.issues if one.code == "row_repeated"] == [2, 3]
    assert copied.report["rows_accepted"] == 1


def test_shapes_of_rows() -> None:
    good = table([row(), row(案件编号="A2")])
    wide = check(csv_text(good) + "A3,丙,1,234.50,45,地址\n")
    assert codes(wide, 4) == {"row_too_wide"}
    assert wide.report["rows_accepted"] == 2
    assert "row_too_short" in codes(check(csv_text(good) + "A3,丙,1\n"), 4)
    open_quote = check('案件编号,姓名,逾期金额,逾期天数\nA1,"甲,100,45\nA2,乙,100,45\nA3,丙,100,45\n')
    assert codes(open_quote, 2) == {"quote_open"}
    assert list(open_quote.rows["case_id"]) == ["A2", "A3"]
    last = check('案件编号,姓名,逾期金额,逾期天数\nA1,甲,100,45\nA2,"乙,100,45\n')
    assert codes(last, 3) == {"quote_open"}
    lines = check('案件编号,姓名,逾期金额,逾期天数,家庭地址\nA1,甲,100,45,"知行路\n12号"\n')
    assert lines.rows["home_address"][0] == "知行路 12号"


def test_merged_headings_carry_the_unit_down() -> None:
    cells = [
        ["案件编号", "姓名", "欠款(万元)", "", "逾期天数"],
        ["", "", "逾期金额", "剩余本金", ""],
        ["A1", "甲", "1.5", "2", "45"],
    ]
    checked = check(xlsx(cells))
    assert checked.rows[["overdue_minor", "principal_minor"]].iloc[0].tolist() == [1_500_000, 2_000_000]


def test_units_of_money() -> None:
    assert check([row(**{"逾期金额(万元)": "1.5", "逾期金额(元)": ""})]).rows.empty
    in_heading = check("案件编号,逾期金额（万元）,逾期天数\nA1,1.5,45\n")
    noted = check("单位：万元,,\n案件编号,逾期金额,逾期天数\nA1,1.5,45\n")
    in_cell = check("案件编号,逾期金额,逾期天数\nA1,￥１.５万,45\n")
    for checked in (in_heading, noted, in_cell):
        assert checked.rows["overdue_minor"].tolist() == [1_500_000]
    asked = check("案件编号,逾期金额,逾期天数\nA1,1.5,45\nA2,2.5,45\nA3,0.8,45\n")
    assert "unit_unclear" in codes(asked)


def test_text_stays_text() -> None:
    names = ["Null", "NA", "=SUM(A1:A2)", "+86", "-甲", "@home", "None"]
    checked = check([row(案件编号=f"00{i}", 姓名=name) for i, name in enumerate(names)])
    assert list(checked.rows["name"]) == names
    assert list(checked.rows["case_id"]) == [f"00{i}" for i in range(len(names))]


def test_the_profile_decides_what_the_file_leaves_open() -> None:
    text = (
        "LAN,Borrower Name,EMI Overdue,DPD,Last Paid Date,Address,Latitude,Longitude\n"
        'L1,A B,"1,23,456.50",95,01/02/2026,x,28.61,77.21\n'
    )
    checked = check(text, "in_dpd")
    assert checked.rows["overdue_minor"].tolist() == [12_345_650]
    assert str(checked.rows["last_paid_on"][0].date()) == "2026-02-01"
    assert checked.rows["home_datum"].tolist() == ["wgs84"]
    assert "coordinates_far" in codes(check(text.replace("77.21", "120.2"), "in_dpd"))


def test_missing_columns_reject_every_row_but_read_the_file() -> None:
    checked = check("姓名,逾期天数\n甲,45\n")
    assert {one.code for one in checked.issues if one.severity is Severity.ERROR} >= {"column_missing"}
    assert (checked.report["rows_read"], checked.report["rows_accepted"]) == (1, 0)
    assert "no_rows" in codes(check("案件编号,逾期金额,逾期天数\n"))


def test_no_issue_repeats_a_name_a_phone_or_an_identity_number() -> None:
    checked = check([row(姓名="隐私甲", 证件号="3.3E+17", 本人手机="13900001111x", 家庭地址="隐私路**号")])
    said = str([one.as_dict() for one in checked.issues])
    assert "隐私" not in said
    assert "1390000" not in said
    assert "id_number" not in checked.rows
