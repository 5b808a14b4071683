from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.screens import learning
from planner.adoption import SETTING, adoptions
from planner.domain import Principal, Role
from planner.times import adoptions as time_adoptions
from tests.dashboard.screens.conftest import Stopped, act_as, texts
from tests.planner.store.factories import NOW


def script() -> None:
    from dashboard.screens import learning

    learning.page()


def run(language: str = "en", **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in {"language": language, **state}.items():
        app.session_state[name] = value
    return app.run()


@pytest.fixture
def page(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopped]:
    monkeypatch.setattr(learning, "services", lambda: kit)
    yield kit
    st.cache_resource.clear()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_what_was_learnt_and_offers_to_adopt(page, monkeypatch, language) -> None:
    act_as(monkeypatch, Role.MANAGER, learning)
    app = run(language)
    assert not app.exception
    assert {"en": "Learning", "zh": "学习"}[language] in texts(app)
    assert app.button(key="learning_adopt").label == {"en": "Adopt the new numbers", "zh": "采用新参数"}[language]
    assert {"en": "Defaults", "zh": "默认参数"}[language] in [one.value for one in app.metric]


def test_adopting_and_going_back(page, monkeypatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER, learning)
    app = run()
    app.button(key="learning_adopt").click().run()
    assert not app.exception
    (one,) = adoptions(page.store, who, "YX01")
    assert one.by == "somebody"
    used = next(tile for tile in app.metric if tile.label == "Plans use")
    assert used.value.startswith("Adopted ")
    assert one.name in used.help
    assert "The numbers in use are up to date" in texts(app)
    app.button(key="learning_go_back").click().run()
    assert not app.exception
    assert adoptions(page.store, who, "YX01")[-1].name == "defaults"
    assert "Defaults" in [tile.value for tile in app.metric]


def test_an_auditor_reads_and_decides_nothing(page, monkeypatch) -> None:
    act_as(monkeypatch, Role.AUDITOR, learning)
    app = run()
    assert not app.exception
    assert "The branch manager decides." in texts(app)
    assert not [one for one in app.button if one.key == "learning_adopt"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "section", [learning.COMPARED, learning.CHANGED, learning.WITHOUT, learning.TIMES, learning.EXPLORING]
)
def test_every_section_is_drawn_or_says_why_not(page, monkeypatch, section, language) -> None:
    act_as(monkeypatch, Role.MANAGER, learning)
    app = run(language, **{f"learning_section {language}": section})
    assert not app.exception
    assert texts(app)


@pytest.mark.parametrize("rate", list(learning.RATES))
def test_every_rate_has_its_table(page, monkeypatch, rate) -> None:
    act_as(monkeypatch, Role.MANAGER, learning)
    app = run(**{"learning_rate en": rate})
    assert not app.exception
    table = app.dataframe[0].value
    assert table["default"].between(0, 100).all()
    assert len(table) == {"there": 12, "address": 1, "right": 1}.get(rate, 35)


def test_a_branch_without_outcomes_is_told_what_will_come(page, monkeypatch) -> None:
    old = page.store.branches(act_as(monkeypatch, Role.MANAGER, learning))[0]
    new = frozenset({"YX09"})
    page.store.save_branch(Principal("set-up", Role.SYSTEM, new), replace(old, code="YX09"), now=NOW)
    monkeypatch.setattr(learning, "current_principal", lambda: Principal("somebody", Role.MANAGER, new))
    app = run()
    assert not app.exception
    assert "No visit has been recorded yet" in texts(app)
    assert "Promises: 45%" in texts(app)


def test_a_damaged_model_is_told_and_can_be_left(page, monkeypatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER, learning)
    run().button(key="learning_adopt").click().run()
    kept = page.store.setting(who, "YX01", SETTING)
    kept[-1]["model"]["rates"] = "gone"
    page.store.save_setting(who, "YX01", SETTING, kept, now=NOW + timedelta(minutes=1))
    app = run()
    assert not app.exception
    assert "cannot be read" in app.error[0].value


def test_exploring_has_a_price_and_is_set(page, monkeypatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER, learning)
    chosen = {"learning_section en": learning.EXPLORING, "learning_explore_kind en": "hold_out"}
    app = run(**chosen)
    assert not app.exception
    shown = texts(app)
    assert "Price:" in shown or "No price" in shown
    app.button(key="learning_explore_set").click().run()
    assert not app.exception
    assert page.store.setting(who, "YX01", "exploration")["kind"] == "hold_out"
    assert "10% of the debtors left unvisited by lot" in texts(app)


def test_minutes_are_adopted_apart_and_gone_back_from(page, monkeypatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER, learning)
    app = run(**{"learning_section en": learning.TIMES})
    assert not app.exception
    app.button(key="times_adopt_doors").click().run()
    assert not app.exception
    (one,) = time_adoptions(page.store, who, "YX01")
    assert (one.kind, one.by) == ("doors", "somebody")
    assert sum(one.by_crew.values()) == one.count
    assert one.name in texts(app)
    app.button(key="times_back_doors").click().run()
    assert [entry.name for entry in time_adoptions(page.store, who, "YX01")] == [one.name, "assumed"]
