"""The certainty that a branch plans with changes by a hand on the slider only, and is told with the plan."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import certainty, kpis
from planner.view.week import FinishView
from tests.dashboard import fakes


class Kept:
    """A store that keeps one setting."""

    def __init__(self) -> None:
        self.value: Any = None

    def setting(self, *_: object) -> Any:
        return self.value

    def save_setting(self, _who: object, _branch: str, _name: str, value: Any, *, now: object) -> None:
        self.value = value


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    store = Kept()
    kit = SimpleNamespace(store=store, now=lambda: fakes.NOW)
    monkeypatch.setattr(certainty, "HERE", kit, raising=False)
    return store


def page() -> None:
    from dashboard.screens import certainty

    certainty.choice(certainty.HERE, None, "YX01", busy=False)  # type: ignore[attr-defined, arg-type]


def test_a_page_that_was_open_before_does_not_take_back_what_another_one_has_chosen(kept: Kept) -> None:
    here, there = (AppTest.from_function(page, default_timeout=60).run() for _ in range(2))
    there.select_slider[0].set_value(0.85).run()
    assert kept.value == 0.85
    here.run()
    assert kept.value == 0.85
    assert here.select_slider[0].value == 0.85
    here.select_slider[0].set_value(0.9).run()
    assert not here.exception
    assert kept.value == 0.9


def test_the_plan_says_what_was_asked_and_what_it_got() -> None:
    view = fakes.week(1)
    finish = FinishView(0.94, fakes.NOW - fakes.NOW, (fakes.NOW,) * 3, {}, {})
    route = replace(view.routes[0], finish=finish)
    asked = replace(view, routes=(route,), asked_in_time=0.85)
    assert kpis.in_time_sentence(asked) == "Mean chance to end in time 94% (asked of each: 85%)."
    assert "asked" not in kpis.in_time_sentence(replace(asked, asked_in_time=None))
