"""What a list leaves open is asked, never guessed, and asked once for each kind of list."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.profiles import load_profile, load_profiles
from planner.intake.asking import kind_of, questions, read_answered, with_answers
from planner.intake.check import check_bytes
from planner.intake.command import ListToStore, check_command, import_command
from tests.planner.intake.factories import TODAY, check, csv_text, row, table

DATES = csv_text(table([row(最后还款日="01/02/2026"), row(案件编号="A2", 最后还款日="31/01/2026")]))
SMALL = "案件编号,逾期金额,逾期天数\nA1,1.5,45\n"
PLACED = csv_text(table([row(经度="120.15", 纬度="30.25")]))


@pytest.mark.parametrize(
    ("text", "about", "example"),
    [(DATES, "date_order", "01/02/2026"), (SMALL, "money_unit", "1.5"), (PLACED, "datum", "")],
)
def test_what_is_open_is_asked_with_an_example(text: str, about: str, example: str) -> None:
    (one,) = questions(check(text), load_profile())
    assert (one.about, one.example) == (about, example)
    assert f"--{about.replace('_', '-')} {one.choices[0]}" in one.sentence()
    assert "ask" not in one.choices


@pytest.mark.parametrize("text", [DATES, SMALL, PLACED])
def test_every_answer_settles_it(text: str) -> None:
    (one,) = questions(check(text), load_profile())
    for answer in one.choices:
        settled = with_answers(load_profile(), {one.about: answer})
        assert questions(check_bytes(text.encode(), settled, today=TODAY), settled) == ()
    with pytest.raises(ValueError, match="no answer"):
        with_answers(load_profile(), {one.about: "ask"})


@pytest.mark.parametrize(
    ("answer", "day"), [("day_first", "2026-02-01"), ("month_first", "2026-01-02"), ("leave", "NaT")]
)
def test_dates_are_read_as_answered(answer: str, day: str) -> None:
    settled = dataclasses.replace(load_profile(), date_order=answer)
    assert str(check_bytes(DATES.encode(), settled, today=TODAY).rows["last_paid_on"][0])[:10] == day


@pytest.mark.parametrize(("answer", "minor"), [("one", 150), ("ten_thousand", 1_500_000), ("lakh", 15_000_000)])
def test_amounts_are_read_as_answered(answer: str, minor: int) -> None:
    settled = dataclasses.replace(load_profile(), money_unit=answer)
    assert check_bytes(SMALL.encode(), settled, today=TODAY).rows["overdue_minor"].tolist() == [minor]
    assert check("案件编号,逾期金额,逾期天数\nA1,1.5 lakh,45\n").rows["overdue_minor"].tolist() == [15_000_000]
    assert check("LAN,Overdue amount (Rs lakhs),DPD\nA1,1.5,45\n").rows["overdue_minor"].tolist() == [15_000_000]


def test_a_list_of_the_same_kind_is_not_asked_again_and_another_kind_is() -> None:
    kept: dict[str, Mapping[str, str]] = {}

    def read(text: str, **given: str) -> Any:
        return read_answered(
            lambda profile: check_bytes(text.encode(), profile, today=TODAY),
            load_profile(),
            given,
            lambda kind: kept.get(kind, {}),
        )

    first = read(DATES)
    assert [one.about for one in first.questions] == ["date_order"]
    answered = read(DATES, date_order="day_first")
    assert answered.questions == ()
    kept[answered.kind] = answered.answers
    again = read(DATES.replace("A1", "B1"))
    assert (again.questions, again.remembered) == ((), {"date_order": "day_first"})
    other = read(csv_text(table([row(最后还款日="01/02/2026", 产品名称="信用卡")])))
    assert other.kind != again.kind
    assert other.questions
    said_otherwise = read(DATES, date_order="month_first")
    assert said_otherwise.answers == {"date_order": "month_first"}


def test_the_kind_does_not_hang_on_the_order_of_columns() -> None:
    turned = [list(reversed(one)) for one in table([row()])]
    profile = load_profile()
    assert kind_of(profile, check(csv_text(turned)).report) == kind_of(profile, check([row()]).report)
    assert kind_of(profile, check([row()]).report) != kind_of(load_profile("cn_case_export"), check([row()]).report)


def test_the_command_asks_and_remembers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text(DATES, encoding="utf-8")
    kept: dict[tuple[str, str], Mapping[str, str]] = {}
    taken: list[ListToStore] = []

    def save(one: ListToStore) -> dict[str, int]:
        taken.append(one)
        if not one.preview:
            kept[one.branch, one.kind] = one.answers
        return {"added": len(one.checked.rows)}

    def run(*more: str) -> int:
        return import_command(
            [str(path), "--branch", "YX01", *more],
            profiles=load_profiles(),
            save=save,
            today_at=lambda _: date(2026, 11, 24),
            remembered=lambda branch, kind: kept.get((branch, kind), {}),
        )

    assert run() == 2
    asked = capsys.readouterr().err
    assert "01/02/2026 in the column 最后还款日" in asked
    assert "--date-order day_first or month_first or leave" in asked
    assert not taken
    assert run("--date-order", "day_first", "--preview", "--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"] == {"added": 2}
    assert not kept
    assert run("--date-order", "day_first") == 0
    assert run() == 0
    assert str(taken[-1].checked.rows["last_paid_on"][0].date()) == "2026-02-01"
    assert check_command([str(path), "--date-order", "month_first"], profiles=load_profiles(), today=TODAY) == 0
    assert "date_ambiguous" not in capsys.readouterr().out
