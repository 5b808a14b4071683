"""The visit groups under the map: names in the reader's language, hours, value, and how they were found."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from dashboard.screens.groups import how
from dashboard.text import speaking
from dashboard.text.groups import group_words
from planner.view import GroupView
from tests.dashboard.fakes import week

RING = ((109.6, 29.1), (109.61, 29.1), (109.61, 29.11), (109.6, 29.1))
GROUPS = {
    "G01": GroupView("G01", "桂庭街（东）", "Guiting Jie (east)", 8, 7_200, 1_800.0, 120_000.0, RING),
    "G02": GroupView("G02", "刘家塘", "Liujiatang", 6, 5_400, None, 300_000.0, RING),
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
    assert "How is this computed?" in shown.caption[0].value


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
