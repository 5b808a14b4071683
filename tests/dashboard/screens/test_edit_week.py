"""What is changed of whole shifts and days: the forms, and what is asked by them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import edit_week
from planner.domain import Collector, Crew
from planner.editing import DayOff, SwapDays
from tests.dashboard import fakes

MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
ASKED: list[Any] = []


@pytest.fixture
def forms(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    crew = Crew("A", fakes.BRANCH.code, "Crew A", ("m", "n"), frozenset({"bank"}), (0.0, 0.0), (0.0, 0.0))
    people = {one: Collector(one, fakes.BRANCH.code, f"Collector {one}", frozenset({"bank"})) for one in ("m", "n")}
    monkeypatch.setattr(edit_week, "crews", lambda _: {"A": "Crew A"})
    monkeypatch.setattr(edit_week, "team", lambda _: SimpleNamespace(crews={"A": crew}, collectors=people))
    monkeypatch.setattr(edit_week, "ask", lambda _, commands: ASKED.extend(commands))
    ASKED.clear()
    return AppTest.from_function(forms_page).run()


def forms_page() -> None:
    from types import SimpleNamespace

    from dashboard.screens import edit_week
    from tests.dashboard.screens.test_edit_week import MONDAY, TUESDAY

    to_come = {"s": {"crew_id": "A", "day": str(MONDAY)}}
    hand = SimpleNamespace(days_ahead=[MONDAY, TUESDAY], to_come=to_come)
    edit_week.swap_days(hand)  # type: ignore[arg-type]
    edit_week.day_off(hand)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "first", "other"),
    [("edit swap crew", "All crews", "Crew A"), ("edit off who A", "The whole crew", "Collector m")],
)
def test_all_of_them_is_a_choice_like_the_others(forms: AppTest, key: str, first: str, other: str) -> None:
    """None among a box's options reads "Choose an option" once another one was chosen and the page ran anew."""
    box = forms.selectbox(key=key)
    assert box.options[:2] == [first, other]
    assert box.value is not None
    box.select_index(1).run()
    assert forms.selectbox(key=key).select_index(0).run().selectbox(key=key).value is not None


def test_all_of_them_are_asked_for_where_nobody_was_chosen(forms: AppTest) -> None:
    for key in ("edit_swap", "edit_off"):
        forms.button(key=key).click().run()
    assert [SwapDays(MONDAY, TUESDAY, None), DayOff("A", MONDAY, None, frozenset())] == ASKED
    forms.selectbox(key="edit swap crew").select_index(1).run()
    forms.button(key="edit_swap").click().run()
    assert ASKED[-1] == SwapDays(MONDAY, TUESDAY, "A")
