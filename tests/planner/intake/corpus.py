# ruff: noqa: PLW0108, DTZ001
"""Some three hundred broken and hostile lists, each with what must be said of it.

Everything is made here, byte by byte, so that a file can be looked at: ``python -m tests.planner.intake.corpus FOLDER``
writes them all down.
"""

from __future__ import annotations

import io
import random
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.planner.intake.factories import csv_text, row, table, xlsx
from tests.planner.intake.test_corpus import BAD_CELLS, FILES
from tests.planner.intake.test_workbook import bad_workbooks, repacked


@dataclass(frozen=True)
class File:
    """A file of the corpus.

    Attributes
    ----------
    make
        Gives the bytes.
    says
        Codes that must be among the issues.
    accepted
        Rows that must be taken; None where the file is beyond reading and must be refused in one sentence.
    day
        The day that must stand as last payment of the first row taken, or due date where there is none.
    costly
        Whether making or reading it takes more than a second or two of the processor.
    """

    name: str
    make: Callable[[], bytes]
    says: frozenset[str] = frozenset()
    accepted: int | None = 1
    minor: int | None = None
    day: str = ""
    suffix: str = "csv"
    costly: bool = False


def text(*rows: dict[str, str]) -> bytes:
    return csv_text(table(list(rows))).encode()


def sheet(cells: list[list[Any]], **more: Any) -> Callable[[], bytes]:
    return lambda: xlsx(cells, **more)


GOOD = csv_text(table([row()]))
HEAD = "案件编号,姓名,逾期金额(元),逾期天数,家庭地址"


def corpus() -> list[File]:
    """Give every file."""
    made = [*cells(), *encodings(), *shapes(), *amounts(), *dates(), *ids(), *places(), *workbooks(), *costly()]
    assert len({one.name for one in made}) == len(made)
    return made


def cells() -> Iterator[File]:
    """Give one bad cell beside a good row, as text and as a workbook."""
    for name, (changes, code, kept) in BAD_CELLS.items():
        rows = table([row(), row(案件编号="A2", 姓名="乙二") | changes])
        says = frozenset({code})
        yield File(f"{name} csv", lambda rows=rows: csv_text(rows).encode(), says, 2 if kept else 1)
        if name != "date serial in text":
            yield File(f"{name} xlsx", sheet(rows), says, 2 if kept else 1, suffix="xlsx")
    for name, data in FILES.items():
        yield File(f"good {name}", lambda data=data: data, minor=123450, suffix="xlsx" if "xlsx" in name else "csv")


def encodings() -> Iterator[File]:
    """Give the same list in the encodings of the world, whole and damaged."""
    rare = GOOD.replace("甲一", "𠮷㐀")
    good = {
        "utf-8 with mark twice": b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD.encode(),
        "utf-16 little": b"\xff\xfe" + GOOD.encode("utf-16-le"),
        "utf-16 big": b"\xfe\xff" + GOOD.encode("utf-16-be"),
        "gbk": GOOD.encode("gbk"),
        "gb2312": GOOD.encode("gb2312"),
        "gb18030 with rare letters": rare.encode("gb18030"),
        "utf-8 with rare letters": rare.encode(),
        "gb18030 with its mark": "\ufeff".encode("gb18030") + GOOD.encode("gb18030"),
        "utf-16 tab separated": b"\xff\xfe"
        + GOOD.replace(",", "\t").replace('"1\t234.50"', "1234.50").encode("utf-16-le"),
        "mixed line ends": GOOD.replace("\r\n", "\n", 1).encode(),
        "no last line end": GOOD.rstrip().encode(),
        "invisible marks in headings": GOOD.replace("案件编号", "\u200b案件编号\u200e").encode(),
        "full-width headings": GOOD.replace("逾期金额(元)", "逾期金额（元）").encode(),
        "zero byte in a name": GOOD.replace("甲一", "甲\x00一").encode(),
        "direction override in a name": GOOD.replace("甲一", "\u202e甲一").encode(),
        "form feed at the end": (GOOD + "\x0c\r\n").encode(),
        "ends with control-z": (GOOD + "\x1a").encode(),
    }
    for name, data in good.items():
        yield File(name, lambda data=data: data, minor=123450)
    bad = {
        "utf-16 without mark": GOOD.encode("utf-16-le"),
        "utf-16 big without mark": GOOD.encode("utf-16-be"),
        "utf-32": GOOD.encode("utf-32"),
        "utf-16 of odd length": b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1],
        "utf-16 with half a pair": b"\xff\xfe" + GOOD.encode("utf-16-le") + b"\x3d\xd8",
        "utf-8 mark and latin": b"\xef\xbb\xbf" + "Loan ID,Arrears,DPD\nA1,5,é".encode("latin-1"),
        "mark only": b"\xef\xbb\xbf",
        "utf-16 mark only": b"\xff\xfe",
        "blanks only": b" \r\n\t \r\n" * 50,
        "zeros only": b"\x00" * 5_000,
        "nothing": b"",
        "one byte": b"x",
        "one line end": b"\n",
        "big5": GOOD.replace("云溪市滨江区知行路12号", "").encode("big5", "ignore"),
        "shift-jis": "ケース,金額\nA1,5\n".encode("shift-jis"),
        "cut in the first heading": GOOD.encode()[:2],
        "utf-7": b"+Z0hO9n8WU/c-,+kAdnH5HRmJ0-\nA1,5\n",
        "ebcdic": "Loan ID,Arrears\nA1,5\n".encode("cp500"),
        "base64": b"5qGI5Lu257yW5Y+3LOWnk+WQjSzpgL7mnJ/ph5Hpop0K" * 9,
    }
    for name, data in bad.items():
        yield File(name, lambda data=data: data, accepted=None)
    for name, start in {
        "picture": b"\x89PNG\r\n\x1a\n",
        "jpeg": b"\xff\xd8\xff\xe0",
        "gzip": b"\x1f\x8b\x08\x00",
        "rar": b"Rar!\x1a\x07",
        "7z": b"7z\xbc\xaf\x27\x1c",
        "sqlite": b"SQLite format 3\x00",
        "elf": b"\x7fELF\x02\x01",
        "parquet": b"PAR1",
        "empty zip": b"PK\x05\x06",
        "pickle": b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.",
        "old workbook named csv": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "pdf named csv": b"%PDF-1.7\n",
    }.items():
        noise = random.Random(name).randbytes(3_000)
        yield File(name, lambda start=start, noise=noise: start + noise, accepted=None)
    page = f"<html><table><tr><td>{'</td><td>'.join(HEAD.split(','))}</td></tr></table></html>"
    yield File("html called csv", page.encode, accepted=None)
    yield File("html called xls", page.encode, accepted=None, suffix="xlsx")
    yield File("json", lambda: b'[{"case_id": "A1", "overdue": 5, "dpd": 3}]', accepted=None)
    yield File("csv called xlsx", GOOD.encode, suffix="xlsx")
    yield File("workbook called csv", sheet(table([row()])), minor=123450)


def shapes() -> Iterator[File]:
    """Give tables of unusual shapes."""
    good = table([row(), row(案件编号="A2")])
    many = "\n".join(f"A{i},甲{i},100,45,知行路{i}号" for i in range(40))
    yield File("headings only", lambda: f"{HEAD}\n".encode(), frozenset({"no_rows"}), 0)
    yield File("totals only", lambda: f"{HEAD}\n合计,,100,,\n".encode(), frozenset({"totals_row", "no_rows"}), 0)
    yield File("no headings", lambda: "A1,甲,100,45,知行路\n".encode(), accepted=None)
    yield File("headings on row 31", lambda: ("\n" * 30 + GOOD).encode(), accepted=None)
    yield File("headings on row 30", lambda: ("说明\n" * 29 + GOOD).encode())
    yield File(
        "headings at the bottom",
        lambda: ("\n".join(reversed([HEAD, *many.split("\n")[:5]]))).encode(),
        frozenset({"no_rows"}),
        0,
    )
    yield File(
        "headings on every page",
        lambda: f"{HEAD}\n{many}\n{HEAD}\nB1,乙,5,5,知行路\n".encode(),
        frozenset({"heading_repeated"}),
        41,
    )
    yield File("pipes", lambda: GOOD.replace(",", "|").encode(), accepted=None)
    yield File(
        "same heading twice", lambda: f"{HEAD},逾期天数\nA1,甲,100,45,知行路,46\n".encode(), frozenset({"column_twice"})
    )
    yield File("row too wide", lambda: f"{HEAD}\nA1,甲,1,234.50,45,知行路\n".encode(), frozenset({"row_too_wide"}), 0)
    yield File("row too short", lambda: f"{HEAD}\nA1,甲,100,45\n".encode(), frozenset({"row_too_short"}))
    yield File("row of one cell", lambda: f"{HEAD}\nA1\n".encode(), frozenset({"amount_missing", "days_missing"}), 0)
    yield File(
        "quote open", lambda: f'{HEAD}\nA1,"甲,100,45,知行路\nA2,乙,100,45,知行路\n'.encode(), frozenset({"quote_open"})
    )
    yield File(
        "quote open in the last row",
        lambda: f'{HEAD}\nA1,甲,100,45,知行路\nA2,"乙,100,45,知行路'.encode(),
        frozenset({"quote_open"}),
    )
    yield File("quote open in the headings", lambda: f'"{HEAD}\nA1,甲,100,45,知行路\n'.encode())
    yield File("quote within a cell", lambda: f'{HEAD}\nA1,甲"一,100,45,知行路\n'.encode(), accepted=1)
    yield File("line end within a cell", lambda: f'{HEAD}\nA1,甲,100,45,"知行路\n12号"\n'.encode())
    yield File("cell of a megabyte", lambda: f"{HEAD}\nA1,{'甲' * 400_000},100,45,知行路\n".encode())
    yield File(
        "two thousand columns",
        lambda: (HEAD + ",备注" * 2_000 + "\nA1,甲,100,45,知行路\n").encode(),
        frozenset({"column_unused"}),
    )
    yield File(
        "a row of ten thousand cells",
        lambda: f"{HEAD}\nA1,甲,100,45,知行路{',x' * 10_000}\n".encode(),
        frozenset({"row_too_wide"}),
        0,
    )
    yield File("ten thousand blank rows", lambda: (GOOD + ",,,,\r\n" * 10_000).encode())
    yield File("commas only", lambda: b",,,,\n" * 300, accepted=None)
    yield File("quotes only", lambda: b'"' * 9_999, accepted=None)
    yield File("spreadsheet's first line", lambda: ("sep=,\r\n" + GOOD).encode(), minor=123450)
    yield File("copies", lambda: csv_text([*good, good[1]]).encode(), frozenset({"row_repeated"}), 2)
    yield File("the same id twice", lambda: text(row(), row(逾期天数="46")), frozenset({"case_id_repeated"}), 0)
    yield File(
        "the same id in other widths",
        lambda: text(row(), row(案件编号="Ａ１", 逾期天数="46")),
        frozenset({"case_id_repeated"}),
        0,
    )
    yield File(
        "five hundred copies of one id",
        lambda: text(*(row(逾期天数=str(i)) for i in range(1, 501))),
        frozenset({"case_id_repeated"}),
        0,
    )
    yield File(
        "no case id column", lambda: "姓名,逾期金额,逾期天数\n甲,1,5\n".encode(), frozenset({"column_missing"}), 0
    )
    yield File(
        "no amount column", lambda: "案件编号,姓名,逾期天数\nA1,甲,5\n".encode(), frozenset({"column_missing"}), 0
    )
    yield File("no days column", lambda: "案件编号,姓名,逾期金额\nA1,甲,5\n".encode(), frozenset({"column_missing"}), 0)
    for word in ("合计", "总计", "小计：", "本页合计", "共计3户", "Grand Total", "SUBTOTAL", "总额", "汇总"):
        totals = csv_text([*table([row()]), [word, "", "1,234.50", "", ""]])
        yield File(f"totals {word}", totals.encode, frozenset({"totals_row"}), minor=123450)
    yield File("formulas as text", lambda: text(row(姓名="=cmd|'/c calc'!A1"), row(案件编号="@SUM(1)")), accepted=2)
    yield File(
        "markup in names", lambda: text(row(姓名="<script>alert(1)</script>"), row(案件编号="`${1}`")), accepted=2
    )
    yield File(
        "format marks in cells",
        lambda: text(row(逾期天数="{0.__class__}"), row(案件编号="%s%n", 逾期天数="{x}")),
        frozenset({"days_unreadable"}),
        0,
    )
    yield File(
        "braces in headings",
        lambda: (HEAD + ",{column}{0}\nA1,甲,100,45,知行路,x\n").encode(),
        frozenset({"column_unused"}),
    )
    yield File(
        "patterns in cells",
        lambda: text(row(逾期天数="(" * 400), row(案件编号="A2", 逾期天数="1" * 9_000)),
        frozenset({"days_unreadable"}),
        0,
    )


def amounts() -> Iterator[File]:
    """Give amounts as people write them: minor units, or the code of the refusal."""
    told: dict[str, int | str] = {
        "１２３４．５": 123_450,
        "¥1234.5": 123_450,
        "￥1,234.50元": 123_450,
        "RMB 1234.5": 123_450,
        "1,23,456.50": 12_345_650,
        "0.1": 10,
        ".5": 50,
        "+7": 700,
        "1.5万": 1_500_000,
        "1.5万元": 1_500_000,
        "１．５万": 1_500_000,
        "12345678.999": 1_234_567_900,
        "人民币100元整": 10_000,
        "100 000": 10_000_000,
        "₹ 500/-": 50_000,
        "0.004": "amount_not_positive",
        "-5": "amount_not_positive",
        "5-": "amount_not_positive",
        "NaN": "amount_missing",
        "inf": "amount_unreadable",
        "1e5": "amount_unreadable",
        "0x10": "amount_unreadable",
        "1.2.3": "amount_unreadable",
        "1,2,3": "amount_unreadable",
        "壹佰元": "amount_unreadable",
        "#REF!": "amount_unreadable",
        "#N/A": "amount_missing",
        "#DIV/0!": "amount_unreadable",
        "###": "amount_unreadable",
        "9" * 60: "amount_huge",
        "1" + "0" * 23 + "万元": "amount_huge",
        "99999999999999": "amount_huge",
        "١٢٣": "amount_unreadable",
        "½": "amount_unreadable",
        "**.**": "amount_unreadable",
        "TRUE": "amount_unreadable",
    }
    for cell, means in told.items():
        name = f"amount {cell[:20]} {len(cell)}"
        if isinstance(means, int):
            yield File(name, lambda cell=cell: text(row(**{"逾期金额(元)": cell})), minor=means)
        else:
            yield File(name, lambda cell=cell: text(row(**{"逾期金额(元)": cell})), frozenset({means}), 0)
    for heading in ("逾期金额(万元)", "逾期金额（万元）", "逾期金额万元", "逾期金额 [万元]"):
        yield File(
            f"unit {heading}",
            lambda heading=heading: f"案件编号,{heading},逾期天数\nA1,1.5,45\n".encode(),
            minor=1_500_000,
        )
    yield File(
        "unit above", lambda: "清单 单位:万元,,\n案件编号,逾期金额,逾期天数\nA1,1.5,45\n".encode(), minor=1_500_000
    )
    yield File(
        "unit unclear",
        lambda: "案件编号,逾期金额,逾期天数\nA1,1.5,45\nA2,2.5,45\nA3,.8,45\n".encode(),
        frozenset({"unit_unclear"}),
        3,
    )


def dates() -> Iterator[File]:
    """Give days as people and programs write them: the day, or the code."""
    told = {
        "2024-01-31": "2024-01-31",
        "2024/1/31": "2024-01-31",
        "2024.01.31": "2024-01-31",
        "20240131": "2024-01-31",
        "2024年1月31日": "2024-01-31",
        "２０２４年１月３１日": "2024-01-31",
        "2024-01-31 23:59:59": "2024-01-31",
        "2024-01-31T00:00:00Z": "2024-01-31",
        "31/01/2024": "2024-01-31",
        "01/31/2024": "2024-01-31",
        "31-Jan-2024": "2024-01-31",
        "Jan 31, 2024": "2024-01-31",
        "02/02/2024": "2024-02-02",
        "2024-02-29": "2024-02-29",
        "31.12.2023": "2023-12-31",
    }
    for cell, means in told.items():
        yield File(f"day {cell}", lambda cell=cell: text(row(最后还款日=cell)), day=means)
    bad = {
        "01/02/2026": "date_ambiguous",
        "1-2-26": "date_ambiguous",
        "03.04.2025": "date_ambiguous",
        "2023-02-29": "date_unreadable",
        "2024-13-01": "date_unreadable",
        "二〇二四年一月": "date_unreadable",
        "45322": "date_serial",
        "45322.5": "date_serial",
        "1024-01-01": "date_out_of_range",
        "2099-01-01": "date_out_of_range",
        "昨天": "date_unreadable",
        "-1": "date_unreadable",
        "0001-01-01": "date_out_of_range",
        "31/31/2024": "date_unreadable",
        "2024-01": "date_unreadable",
        "民国113年1月31日": "date_unreadable",
    }
    for cell, code in bad.items():
        yield File(f"day {cell}", lambda cell=cell: text(row(最后还款日=cell)), frozenset({code}))
    for cell in ("0000-00-00", "1900-01-00", "9999-12-31", "NULL", "无"):
        yield File(f"no day {cell}", lambda cell=cell: text(row(最后还款日=cell)))
    for cell, code in {
        "0": None,
        "1": None,
        "36500": None,
        "99999": "days_unreadable",
        "45天": None,
        "45.0": None,
    }.items():
        says, kept = (frozenset({code}), 0) if code else (frozenset(), 1)
        yield File(f"days {cell}", lambda cell=cell: text(row(逾期天数=cell)), says, kept)
    for cell, code in {
        "-1": "days_negative",
        "−5": "days_negative",
        "NaN": "days_missing",
        "1e3": "days_unreadable",
        "四十五": "days_unreadable",
        "45/60": "days_unreadable",
        "M2": "days_unreadable",
    }.items():
        yield File(f"days {cell}", lambda cell=cell: text(row(逾期天数=cell)), frozenset({code}), 0)
    yield File(
        "only an ambiguous due date",
        lambda: text(row(逾期天数="", 逾期日期="01/02/2026")),
        frozenset({"date_ambiguous"}),
        0,
    )


def ids() -> Iterator[File]:
    """Give case ids, identity numbers and phones that went through spreadsheets and masks."""
    for cell, code in {
        "1.23E+15": "id_damaged",
        "1.23457e+17": "id_damaged",
        "330106199001011000": "id_damaged",
        "***": "case_id_masked",
        "YX＊＊01": "case_id_masked",
        "#N/A": "case_id_missing",
        "null": "case_id_missing",
        "　": "case_id_missing",
    }.items():
        yield File(f"case id {cell}", lambda cell=cell: text(row(案件编号=cell)), frozenset({code}), 0)
    for cell in ("0001", "00000000000000000001", "A/1", "'A1", "案2026第1号", "330106199001011234", "x" * 400, "1_000"):
        yield File(f"case id {cell[:30]}", lambda cell=cell: text(row(案件编号=cell)))
    for name, changes in {
        "identity all zeros": {"证件号": "0" * 18},
        "identity crossed": {"证件号": "3301XXXXXXXXXX1234"},
        "identity with blanks": {"证件号": "330106 1990 0101 123x"},
        "phone with country": {"本人手机": "+86 138-0000-0001"},
        "two phones": {"本人手机": "13800000001/13800000002"},
        "name masked in the middle": {"姓名": "欧阳**"},
    }.items():
        yield File(name, lambda changes=changes: text(row(**changes)))
    yield File("phone of one digit", lambda: text(row(本人手机="00000000000")), frozenset({"phone_unreadable"}))
    yield File(
        "two people on one phone",
        lambda: text(*(row(案件编号=f"A{i}", 本人手机="13800000001", 证件号=f"99000019900101123{i}") for i in (1, 2))),
        frozenset({"id_number_disagrees"}),
        2,
    )


def places() -> Iterator[File]:
    """Give coordinates that cannot be."""
    told = {
        ("30.25", "120.15"): "coordinates_swapped",
        ("0", "0"): "coordinates_zero",
        ("0.0000", "30.2"): "coordinates_zero",
        ("120.15", ""): "coordinates_half",
        ("", "30.25"): "coordinates_half",
        ("NaN", "NaN"): None,
        ("abc", "30"): "coordinate_unreadable",
        ("999", "30"): "coordinate_unreadable",
        ("-120.15", "-30.25"): "datum_undeclared",
        ("120.15", "30.25"): "datum_undeclared",
        ("120,15", "30,25"): "coordinate_unreadable",
        ("1.2E2", "30"): "coordinate_unreadable",
        ("Infinity", "1"): "coordinate_unreadable",
        ("１２０．１５", "３０．２５"): "datum_undeclared",
        ("120°9'", "30°15'"): "coordinate_unreadable",
        ("13375000.1", "3536000.2"): "coordinate_unreadable",
        ("180", "90"): "datum_undeclared",
        ("75.5", "120"): "coordinates_swapped",
    }
    for (lon, lat), code in told.items():
        says = frozenset({code}) if code else frozenset()
        yield File(f"place {lon} {lat}", lambda lon=lon, lat=lat: text(row(经度=lon, 纬度=lat)), says)
    yield File(
        "datum unknown to all",
        lambda: text(row(经度="120.1", 纬度="30.2", 坐标系="北京54")),
        frozenset({"datum_unknown"}),
    )


def workbooks() -> Iterator[File]:
    """Give workbooks that calculate, lie, or were made to do harm."""
    good = xlsx(table([row()]))
    part = zipfile.ZipFile(io.BytesIO(good)).read("xl/worksheets/sheet1.xml")
    for name, data in bad_workbooks().items():
        yield File(f"workbook {name}", lambda data=data: data, accepted=None, suffix="xlsx")

    def changed(new: bytes) -> bytes:
        return repacked(good, xl__worksheets__sheet1_xml=new)

    wide = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part)
    narrow = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', part)
    strange = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="ZZZZZ99999999999"', part)
    yield File("dimension too wide", lambda: changed(wide), minor=123450, suffix="xlsx")
    yield File("dimension too narrow", lambda: changed(narrow), minor=123450, suffix="xlsx")
    yield File("dimension of nonsense", lambda: changed(strange), accepted=-1, suffix="xlsx")
    yield File(
        "a cell outside every sheet",
        lambda: changed(part.replace(b'r="A2"', b'r="ZZZZZ99999999"')),
        accepted=-1,
        suffix="xlsx",
    )
    yield File(
        "row numbers running backwards",
        lambda: changed(part.replace(b'<row r="2"', b'<row r="1"')),
        accepted=-1,
        suffix="xlsx",
    )
    yield File(
        "shared string that is not there",
        lambda: changed(part.replace(b"<v>0</v>", b"<v>99999999</v>")),
        accepted=-1,
        suffix="xlsx",
    )
    for share in (1, 5, 30, 60, 90, 99):
        cut = good[: len(good) * share // 100]
        yield File(f"cut after {share} %", lambda cut=cut: cut, accepted=None, suffix="xlsx")
    for seed in range(12):
        chance = random.Random(seed)
        turned = bytearray(good)
        for _ in range(1 + seed * 3):
            turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
        yield File(f"bits turned {seed}", lambda data=bytes(turned): data, accepted=-1, suffix="xlsx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    for where in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"):
        inside = zipfile.ZipFile(io.BytesIO(good))
        body = inside.read(where) if where in inside.namelist() else b"<x/>"
        yield File(
            f"entities in {where}",
            lambda where=where, body=body: _with(good, where, bomb + body),
            accepted=None,
            suffix="xlsx",
        )
    outside = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    yield File("entity from a file", lambda: changed(outside + part), accepted=None, suffix="xlsx")
    yield File("parts beside the zip's names", lambda: _with(good, "xl/../../evil", b"x"), accepted=None, suffix="xlsx")
    yield File("absolute part", lambda: _with(good, "/etc/cron.d/x", b"x"), accepted=None, suffix="xlsx")
    yield File("zip in zip", lambda: _with(good, "xl/media/a.zip", good), minor=123450, suffix="xlsx")
    yield File("locked", _locked, accepted=None, suffix="xlsx")
    formula = table([row(), row(案件编号="A2")])
    formula[1][2], formula[2][2] = "=1000+234.5", "=1+1"
    yield File(
        "formulas without results", sheet(formula), frozenset({"formula_uncached", "amount_missing"}), 0, suffix="xlsx"
    )
    yield File("formula with its result", _calculated, minor=123450, suffix="xlsx")
    yield File(
        "error cells",
        lambda: xlsx([*table([row()]), ["A2", "乙", "#REF!", 45, "x"]]),
        frozenset({"amount_missing"}),
        suffix="xlsx",
    )
    yield File("merged headings", _merged, minor=1_500_000, suffix="xlsx")
    heads = ["案件编号", "逾期金额", "逾期天数", "最后还款日"]
    yield File("dates of 1904", lambda: _epoch(datetime(2024, 1, 31)), day="2024-01-31", suffix="xlsx")
    yield File("day number of 1904", lambda: _epoch(45322 - 1462), day="2024-01-31", suffix="xlsx")
    yield File("day number of 1900", sheet([heads, ["A1", 5, 45, 45322]]), day="2024-01-31", suffix="xlsx")
    yield File("real dates", sheet([heads, ["A1", 5, 45, date(2024, 1, 31)]]), day="2024-01-31", suffix="xlsx")
    yield File(
        "ids as numbers", sheet([heads, [330106199001011234, 5, 45, ""]]), frozenset({"id_damaged"}), 0, suffix="xlsx"
    )
    yield File("ids as floats", sheet([heads, [1234567.0, 5.0, 45.0, ""]]), suffix="xlsx")
    yield File("floats that nearly are", sheet([heads, ["A1", 0.1 + 0.2, 45, ""]]), minor=30, suffix="xlsx")
    yield File(
        "true for an amount", sheet([heads, ["A1", True, 45, ""]]), frozenset({"amount_unreadable"}), 0, suffix="xlsx"
    )
    yield File(
        "half a day past due", sheet([heads, ["A1", 5, 45.5, ""]]), frozenset({"days_unreadable"}), 0, suffix="xlsx"
    )
    yield File(
        "three sheets",
        lambda: xlsx(table([row()]), 说明=[["x"]], 已结清=table([row(案件编号="Z")])),
        frozenset({"other_sheets"}),
        suffix="xlsx",
    )
    yield File(
        "totals in a workbook",
        lambda: xlsx([*table([row()]), ["合计", None, 1234.5]]),
        frozenset({"totals_row"}),
        minor=123450,
        suffix="xlsx",
    )
    yield File(
        "begins at D7",
        lambda: xlsx([[]] * 6 + [[None] * 3 + one for one in table([row()])]),
        minor=123450,
        suffix="xlsx",
    )


def costly() -> Iterator[File]:
    """Give the files that take a while."""

    def many(count: int) -> bytes:
        rows = "\n".join(f"A{i},甲{i},{100 + i % 900}.5,{1 + i % 900},知行路{i % 300}号" for i in range(count))
        return f"{HEAD}\n{rows}\n".encode()

    def wide(count: int) -> bytes:
        """Give rows that differ in nearly every column, as a bank's own do."""
        rows = "\n".join(
            f"YX{i:08d},王{i % 5000}伟,99000019900101{i % 1_000_000:06d},138{i:08d},{1 + i % 99_991}.25,"
            f"{1 + i % 1_500},云溪市滨江区知行路{i % 20 + 1}号{i // 20}室,经营贷款,{1 + i % 999_983}.75"
            for i in range(count)
        )
        return f"案件编号,姓名,证件号,本人手机,逾期金额(元),逾期天数,家庭地址,产品名称,剩余本金\n{rows}\n".encode()

    yield File("a hundred thousand rows", lambda: many(100_000), accepted=100_000, costly=True)
    yield File("a million rows", lambda: many(1_000_000), accepted=1_000_000, costly=True)
    yield File("a million rows of nine columns", lambda: wide(1_000_000), accepted=1_000_000, costly=True)
    yield File(
        "bad rows only", lambda: many(60_000).replace(b".5,", b".x,"), frozenset({"amount_unreadable"}), 0, costly=True
    )
    yield File(
        "one id sixty thousand times",
        lambda: re.sub(rb"(?m)^A[0-9]+,", b"A1,", many(60_000)),
        frozenset({"case_id_repeated"}),
        0,
        costly=True,
    )
    yield File(
        "one person sixty thousand times",
        lambda: re.sub("甲[0-9]+".encode(), "甲".encode(), many(60_000)),
        accepted=60_000,
        costly=True,
    )
    yield File("a cell in the far corner", _far, accepted=None, suffix="xlsx", costly=True)
    yield File("a file of quotes", lambda: b'"",' * 3_000_000, accepted=None, costly=True)
    yield File(
        "zip of zeros",
        lambda: repacked(xlsx(table([row()])), xl__media__a=b"\0" * (300 * 2**20)),
        accepted=None,
        suffix="xlsx",
        costly=True,
    )
    yield File(
        "a sheet of blanks",
        lambda: repacked(xlsx(table([row()])), xl__worksheets__sheet1_xml=b" " * (200 * 2**20)),
        accepted=None,
        suffix="xlsx",
        costly=True,
    )
    yield File("twenty megabytes in one line", lambda: b"x," * (10 * 2**20), accepted=None, costly=True)
    yield File(
        "headings by the hundred thousand",
        lambda: (HEAD + ",逾期金额" * 100_000 + "\nA1,甲,5,5,x\n").encode(),
        frozenset({"column_twice"}),
        costly=True,
    )


def _with(data: bytes, name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for info in old.infolist():
            if info.filename != name:
                box.writestr(info.filename, old.read(info))
        box.writestr(name, body)
    return out.getvalue()


def _locked() -> bytes:
    data = bytearray(xlsx(table([row()])))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), bytes(data)):
            data[found.start() + at] |= 1
    return bytes(data)


def _calculated() -> bytes:
    cells = table([row()])
    cells[1][2] = "=1000+234.5"
    data = xlsx(cells)
    part = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    with_result = re.sub(rb"<v\s*/>|<v></v>", b"<v>1234.5</v>", part)
    return repacked(data, xl__worksheets__sheet1_xml=with_result)


def _merged() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for one in (
        ["2026年11月 逾期清单"],
        [],
        ["案件编号", "姓名", "欠款(万元)", None, "逾期天数"],
        [None, None, "逾期金额", "剩余本金", None],
        ["A1", "甲", 1.5, 2, 45],
    ):
        page.append(one)
    for cells in ("A1:E1", "C3:D3", "A3:A4", "B3:B4", "E3:E4"):
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _epoch(value: Any) -> bytes:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for one in (["案件编号", "逾期金额", "逾期天数", "最后还款日"], ["A1", 5, 45, value]):
        book.active.append(one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _far() -> bytes:
    book = openpyxl.Workbook()
    for one in table([row()]):
        book.active.append(one)
    book.active.cell(1_048_576, 16_384, "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(corpus()):
        (folder / f"{number:03d} {re.sub(r'[^0-9A-Za-z ]+', '_', one.name)[:60]}.{one.suffix}").write_bytes(one.make())
