"""The commands and the child process behind them, on the sample lists."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from config.profiles import load_profile, load_profiles
from planner.intake.command import ListToStore, Refused, check_command, import_command
from planner.intake.issue import UnreadableList
from planner.intake.read import Limits, read_list
from tests.planner.intake.factories import TODAY, check, xlsx

LISTS = Path(__file__).parents[2] / "data" / "lists"


def test_the_child_answers_as_the_check_itself() -> None:
    path = LISTS / "cases_gb18030.csv"
    read, own = read_list(path, load_profile(), today=TODAY), check(path.read_bytes())
    assert read.issues == own.issues
    assert read.report == own.report
    assert read.rows.astype(str).equals(own.rows.astype(str))
    assert list(read.rows.dtypes) == list(own.rows.dtypes)


def test_check_reports_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    argv = [str(LISTS / "cases_gb18030.csv"), "--json"]
    assert check_command(argv, profiles=load_profiles(), today=TODAY) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["rows_read", "rows_accepted", "encoding", "sheet", "columns", "dropped_columns", "issues"]
    assert (report["encoding"], report["rows_read"], report["rows_accepted"]) == ("gb18030", 7, 4)
    assert report["columns"]["overdue"] == "逾期总金额"
    assert report["dropped_columns"] == ["民族", "紧急联系人"]
    assert {tuple(one) for one in report["issues"]} == {("row", "column", "code", "severity", "text", "cure")}


def test_check_reports_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command([str(LISTS / "dpd.csv"), "--profile", "in_dpd"], profiles=load_profiles(), today=TODAY) == 0
    assert "3 of 3 rows can be used" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 9, b"hello", b"PK\x03\x04nothing", None])
def test_what_cannot_be_read_is_one_sentence(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)
    assert check_command([str(path), "--json"], profiles=load_profiles(), today=TODAY) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_an_unknown_profile_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    argv = [str(LISTS / "dpd.csv"), "--profile", "none_such"]
    assert check_command(argv, profiles=load_profiles(), today=TODAY) == 2
    assert "in_dpd" in capsys.readouterr().err


def test_import_hands_the_checked_list_over(capsys: pytest.CaptureFixture[str]) -> None:
    taken = []

    def save(one):
        taken.append(one)
        return {"added": len(one.checked.rows)}

    argv = [str(LISTS / "dpd.csv"), "--branch", "YX01", "--profile", "in_dpd", "--json"]
    assert import_command(argv, profiles=load_profiles(), save=save, today_at=lambda _: TODAY) == 0
    assert json.loads(capsys.readouterr().out)["stored"] == {"added": 3}
    assert (taken[0].branch, taken[0].profile) == ("YX01", "in_dpd")

    def refuse(one):
        raise Refused("There is no branch 'YX01'.")

    assert import_command(argv, profiles=load_profiles(), save=refuse, today_at=lambda _: TODAY) == 2


def test_an_older_list_is_read_as_of_its_day_and_said_to_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    taken = []

    def save(one):
        taken.append(one)
        return {"batch_id": "b", "added": 0, "unchanged": 3, "repeated": False, "older": True, "list_on": one_day}

    one_day = TODAY - timedelta(days=30)
    argv = [str(LISTS / "dpd.csv"), "--branch", "YX01", "--profile", "in_dpd", "--day", one_day.isoformat(), "--full"]
    assert import_command(argv, profiles=load_profiles(), save=save, today_at=lambda _: TODAY) == 0
    assert taken[0].full
    assert taken[0].checked.rows["as_of_on"].max().date() <= one_day
    assert "A newer list is loaded: 3 accounts were kept as of" in capsys.readouterr().out
    ahead = [*argv[:-2], (TODAY + timedelta(days=1)).isoformat()]
    assert import_command(ahead, profiles=load_profiles(), save=save, today_at=lambda _: TODAY) == 2
    assert "has not come yet" in capsys.readouterr().err


def test_a_far_cell_ends_the_child_and_not_the_application(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    path.write_bytes(xlsx([["案件编号", "逾期金额", "逾期天数"], ["A1", 1, 2]]))
    book = openpyxl.load_workbook(path)
    book.active.cell(1_048_576, 16_384, "x")
    book.save(path)
    with pytest.raises(UnreadableList, match="more memory or time"):
        read_list(path, load_profile(), today=TODAY)


def test_limits_hold(tmp_path: Path) -> None:
    path = LISTS / "dpd.csv"
    with pytest.raises(UnreadableList, match="larger than"):
        read_list(path, load_profile(), today=TODAY, limits=Limits(file_bytes=10))
    with pytest.raises(UnreadableList, match="memory or time"):
        read_list(path, load_profile(), today=TODAY, limits=Limits(wall_s=0))


def test_a_list_without_a_day_has_the_day_where_its_branch_is(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("案件编号,姓名,逾期总金额,逾期天数\nK1,张三,100,5\n", encoding="utf-8")
    asked: list[str] = []
    taken: list[ListToStore] = []

    def tomorrow(code: str) -> date:
        asked.append(code)
        return TODAY + timedelta(days=1)

    def save(one: ListToStore) -> dict[str, object]:
        taken.append(one)
        return {}

    argv = [str(path), "--branch", "YX01", "--day", (TODAY + timedelta(days=1)).isoformat()]
    assert import_command(argv, profiles=load_profiles(), save=save, today_at=tomorrow) == 0
    assert import_command(argv, profiles=load_profiles(), save=save, today_at=lambda _: TODAY) == 2
    assert (asked, len(taken)) == (["YX01"], 1)
