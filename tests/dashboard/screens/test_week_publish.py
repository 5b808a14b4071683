"""Publishing asks first where more would change for the crews than the manager asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import edit_published, week_news
from planner.routing.replan import Difference, DifferenceKind
from tests.dashboard.screens.test_week_news import NOON, OneWeek, button

MOVED = Difference("D1", DifferenceKind.RETIMED, "S1", "S1", 3600, 7200)


def page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import week_news, week_publish
    from planner.domain import Principal, Role

    kit, store = week_news.HERE  # type: ignore[attr-defined]
    branch: object = SimpleNamespace(code="YX01", timezone="Asia/Shanghai")
    who = Principal("manager.a", Role.MANAGER, frozenset({"YX01"}))
    rows = store.plans()
    mine = next(one for one in rows if one.plan_id == "mine")
    if st.button("Publish the week") and not mine.in_force:
        week_publish.clicked(kit, who, branch, rows, mine)  # type: ignore[arg-type]
    week_news.show(kit, who, branch, "2026-W48", rows)  # type: ignore[arg-type]


def opened(monkeypatch: pytest.MonkeyPatch, *asked: str) -> tuple[AppTest, OneWeek]:
    store = OneWeek()
    kit: Any = SimpleNamespace(store=store, now=lambda: NOON)
    monkeypatch.setattr(week_news, "HERE", (kit, store), raising=False)
    found = edit_published.Since((MOVED,), frozenset(asked), {"S1": "Mon · A"})
    monkeypatch.setattr(edit_published, "since", lambda *_: found)
    return AppTest.from_function(page, default_timeout=60).run(), store


def test_what_nobody_asked_for_is_told_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    app, store = opened(monkeypatch)
    button(app, "Publish the week").click().run()
    assert not app.exception
    assert week_news.in_force(store.rows) == "old"
    assert any("Other time **1**" in one.value for one in app.markdown)
    assert any("1 of them was not asked for." in one.value for one in app.caption)
    assert {"Publish", "Not now"} <= {one.label for one in app.button}


def test_who_does_not_want_it_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app, store = opened(monkeypatch)
    button(app, "Publish the week").click().run()
    button(app, "Not now").click().run()
    assert not app.exception
    assert week_news.in_force(store.rows) == "old"


def test_what_was_asked_for_is_published_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    app, store = opened(monkeypatch, "D1")
    button(app, "Publish the week").click().run()
    assert not app.exception
    assert week_news.in_force(store.rows) == "mine"


def test_what_somebody_else_published_is_told_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    app, store = opened(monkeypatch)
    store.other_publishes()
    button(app, "Publish the week").click().run()
    assert not app.exception
    assert week_news.in_force(store.rows) == "theirs"
    assert "nothing was overwritten" in app.warning[0].value
