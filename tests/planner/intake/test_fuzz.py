"""Whatever comes in: no traceback, every data row is accepted or rejected, good rows stay good."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.intake.issue import Severity, UnreadableList
from tests.planner.intake.factories import check, csv_text, row, table

TRIES = 600 if os.environ.get("ROUNDS_LONG") else 40
fuzz = settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
HEADINGS = st.sampled_from(
    ["案件编号", "姓名", "逾期金额", "DPD", "due date", "账龄", "经度", "纬度", "坐标系", "性别", "地址", "x", ""]
)
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "合计",
            "-1",
            "1e9",
            "NaN",
            "２０２４年１月３１日",
            "01/02/2026",
            "1,2,3",
            '"',
            "=1",
            "0",
            "\u202e",
            "万元",
            "M2",
        ]
    ),
)


def balanced(data: bytes) -> None:
    try:
        checked = check(data)
    except UnreadableList:
        return
    read, accepted = checked.report["rows_read"], checked.report["rows_accepted"]
    lost = {one.row for one in checked.issues if one.row and one.severity is Severity.ERROR}
    assert 0 <= accepted == len(checked.rows) <= read
    assert not lost & set(checked.rows["row"])
    whole_file = any(one.code == "column_missing" for one in checked.issues)
    copies = sum(one.code == "row_repeated" for one in checked.issues)
    assert whole_file or read - accepted <= len(lost) + copies
    assert checked.rows["case_id"].is_unique
    assert (checked.rows["days_past_due"] >= 0).all()


@fuzz
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", "案件编号,逾期金额,DPD\n".encode()]))
def test_random_bytes(data: bytes, start: bytes) -> None:
    balanced(start + data)


@fuzz
@given(st.lists(HEADINGS, min_size=2, max_size=8), st.lists(st.lists(CELLS, max_size=9), max_size=8))
def test_random_tables(headings: list[str], rows: list[list[str]]) -> None:
    balanced(csv_text([headings, *rows]).encode("utf-8", "ignore"))


@fuzz
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["案件编号", "姓名", "逾期金额(元)", "逾期天数", "家庭地址"]), CELLS, min_size=1
        ),
        max_size=6,
    )
)
def test_bad_rows_never_take_good_ones_along(bad: list[dict[str, str]]) -> None:
    good = [row(案件编号=f"GOOD-{i}", 姓名=f"好{i}") for i in range(3)]
    spoiled = [row(案件编号=f"BAD-{i}") | changes for i, changes in enumerate(bad)]
    mixed = [good[0], *spoiled, *good[1:]]
    checked = check(csv_text(table(mixed)).encode("utf-8", "ignore"))
    ours = checked.rows[checked.rows["case_id"].str.startswith("GOOD-")]
    assert list(ours["case_id"]) == ["GOOD-0", "GOOD-1", "GOOD-2"]
    assert (ours["overdue_minor"] == 123_450).all()
