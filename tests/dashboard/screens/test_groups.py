"""The visit groups under the map: names in the reader's language, hours, value, and how they were found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import groups
from dashboard.screens.groups import how
from dashboard.text import _, speaking
from dashboard.text.groups import group_words
from planner.view import GroupView
from tests.dashboard.fakes import week

RING = ((109.6, 29.1), (109.61, 29.1), (109.61, 29.11), (109.6, 29.1))
GROUPS = {
    "G01": GroupView("G01", "桂庭街（东）", "Guiting Jie (east)", 8, 7_200, 1_800.0, 120_000.0, RING),
    "G02": GroupView("G02", "刘家塘", "Liujiatang", 6, 5_400, None, 299_990.0, RING),
}
KNOWN = {"reach_s": 188.0, "share": 0.73, "share_null": 0.0021}


def named():
    return replace(week(), visit_groups=GROUPS, groups=KNOWN)


def table_page() -> None:
    from dashboard.screens import groups
    from tests.dashboard.screens.test_groups import named

    groups.show(named())


def bare_page() -> None:
    from dashboard.screens import groups
    from tests.dashboard.fakes import week

    groups.show(week())


def test_the_table_has_the_most_valuable_hour_first() -> None:
    shown = AppTest.from_function(table_page).run(timeout=30)
    assert not shown.exception
    table = shown.dataframe[0].value
    assert table["name"].tolist() == ["Liujiatang", "Guiting Jie (east)"]
    assert table["hours"].tolist() == [1.5, 2.5]
    assert table["rate"].tolist() == [2000, 480]
    assert table["value"].tolist() == [3000, 1200]
    assert shown.caption[0].value.startswith("Sorted by expected uplift per hour needed, the highest first.")
    assert "How is this computed?" in shown.caption[1].value


def test_the_columns_are_headed_in_both_languages() -> None:
    with speaking("zh"):
        assert _("Group name") == "名称"
    shown = AppTest.from_function(table_page).run(timeout=30)
    columns = shown.dataframe[0].proto.columns
    for heading in ("Group name", "Expected uplift \u00a5", "Uplift per hour \u00a5"):
        assert heading in columns or json.dumps(heading)[1:-1] in columns


@pytest.mark.parametrize(("rows", "code"), [([0], "G02"), ([1], "G01"), ([7], ""), ([], ""), (None, "")])
def test_the_chosen_row_is_a_group_of_this_plan(
    monkeypatch: pytest.MonkeyPatch, rows: list[int] | None, code: str
) -> None:
    state = {} if rows is None else {"groups plan1 0": {"selection": {"rows": rows}}}
    monkeypatch.setattr(groups.st, "session_state", state)
    assert groups.chosen(named()) == code
    assert groups.chosen(replace(named(), plan_id="plan2")) == ""


def test_a_group_that_needs_no_time_is_no_error() -> None:
    assert groups.per_hour(replace(GROUPS["G01"], door_s=0, travel_s=None)) == 0.0


def test_a_plan_of_old_shows_nothing() -> None:
    shown = AppTest.from_function(bare_page).run(timeout=30)
    assert not shown.exception
    assert not shown.dataframe


def test_the_paragraph_fills_in_the_plan_s_figures_in_both_languages() -> None:
    assert "within 3.1 min" in how(named())
    assert "73%" in how(named())
    assert "0.2%" in how(named())
    with speaking("zh"):
        assert "3.1 分钟" in how(named())


def test_the_card_says_the_name_the_code_of_an_old_plan_or_scattered() -> None:
    assert group_words("G02", GROUPS) == "Visit group Liujiatang"
    assert group_words("G02", {}) == "Visit group G02"
    assert group_words("", GROUPS) == "Scattered"
    with speaking("zh"):
        assert "刘家塘" in group_words("G02", GROUPS)


def under_map_page() -> None:
    from dashboard.screens import groups
    from tests.dashboard.screens.test_groups import named

    groups.chosen = lambda _view: "" if groups.table_key(named()).endswith("1") else "G02"
    groups.under_map(named())


def test_the_choice_of_a_group_is_told_and_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "chosen", groups.chosen)  # the page sets another one
    shown = AppTest.from_function(under_map_page).run(timeout=30)
    assert not shown.exception
    assert shown.caption[0].value == "Visit group Liujiatang · 1 h 30 min · Expected uplift ¥3,000"
    shown.button[0].click().run(timeout=30)
    assert not shown.exception
    assert not shown.caption
