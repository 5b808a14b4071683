"""Two managers at one week: what one publishes is announced to the other, and never overwritten unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import week_news
from planner.store import PublishedMeanwhile

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def row(plan_id: str, *, in_force: bool = False, by: str = "manager.a") -> Any:
    return SimpleNamespace(
        plan_id=plan_id,
        week="2026-W48",
        in_force=in_force,
        published_at=NOON if in_force else None,
        published_by=by,
        metrics={},
    )


class OneWeek:
    """A store of one week's plans, the only thing that the page asks of it."""

    def __init__(self) -> None:
        self.rows = [row("mine"), row("old", in_force=True)]

    def plans(self, *_: object) -> tuple[Any, ...]:
        return tuple(self.rows)

    def publish(self, _who: object, plan_id: str, _now: object, *, instead_of: str | None = None) -> None:
        if instead_of is not None and instead_of != week_news.in_force(self.rows):
            raise PublishedMeanwhile
        self.rows = [row(one.plan_id, in_force=one.plan_id == plan_id) for one in self.rows]

    def other_publishes(self) -> None:
        self.rows = [row("theirs", in_force=True, by="manager.b"), row("mine"), row("old")]


@pytest.fixture
def week(monkeypatch: pytest.MonkeyPatch) -> OneWeek:
    store = OneWeek()
    kit = SimpleNamespace(store=store, now=lambda: NOON)
    monkeypatch.setattr(week_news, "HERE", (kit, store), raising=False)
    return store


def page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import week_news

    kit, store = week_news.HERE  # type: ignore[attr-defined]
    branch: object = SimpleNamespace(code="YX01", timezone="Asia/Shanghai")
    rows = store.plans()
    mine = next(one for one in rows if one.plan_id == "mine")
    if st.button("Publish") and not mine.in_force:
        st.session_state["done"] = week_news.publish(kit, None, "YX01", mine)  # type: ignore[arg-type]
        st.rerun()
    week_news.show(kit, None, branch, "2026-W48", rows)  # type: ignore[arg-type]


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


def test_a_plan_is_published_in_the_place_of_the_one_on_the_screen(week: OneWeek) -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    button(app, "Publish").click().run()
    assert not app.exception
    assert app.session_state["done"] is True
    assert week_news.in_force(week.rows) == "mine"
    assert not app.warning


def test_what_somebody_else_published_meanwhile_is_not_overwritten_and_told(week: OneWeek) -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    week.other_publishes()
    button(app, "Publish").click().run()
    assert not app.exception
    assert week_news.in_force(week.rows) == "theirs"
    assert "manager.b" in app.warning[0].value
    assert "nothing was overwritten" in app.warning[0].value
    # Now it was seen: a second click means it.
    button(app, "Publish").click().run()
    assert week_news.in_force(week.rows) == "mine"
    assert not app.warning


def test_an_open_page_hears_of_it_and_leads_there(week: OneWeek) -> None:
    """The part that runs by itself is called as it would be: with what was in force when the page was drawn."""
    app = AppTest.from_function(watching, default_timeout=60).run()
    assert not app.markdown
    week.other_publishes()
    app.run()
    assert "manager.b" in app.markdown[0].value
    button(app, "Show the published plan").click().run()
    assert app.session_state["plan"] == "theirs"


def test_the_plan_on_the_page_that_is_published_is_no_other_one(week: OneWeek, monkeypatch: pytest.MonkeyPatch) -> None:
    again = list[bool]()
    monkeypatch.setattr(week_news.st, "rerun", lambda: again.append(True))
    app = AppTest.from_function(watching, default_timeout=60)
    app.session_state["shown"] = "theirs"
    assert not app.run().toast
    week.other_publishes()
    app.run()
    assert again
    assert "manager.b has published this plan" in app.toast[0].value


def watching() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import week_news

    kit, _ = week_news.HERE  # type: ignore[attr-defined]
    branch: object = SimpleNamespace(code="YX01", timezone="Asia/Shanghai")
    shown = str(st.session_state.get("shown", ""))
    week_news.watch(kit, None, branch, "2026-W48", "old", shown)  # type: ignore[arg-type]


def whole() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import week_news

    kit, store = week_news.HERE  # type: ignore[attr-defined]
    branch: object = SimpleNamespace(code="YX01", timezone="Asia/Shanghai")
    rows = store.plans()
    st.session_state["head"] = week_news.in_force(rows)
    told = week_news.show(kit, None, branch, "2026-W48", rows, "mine")  # type: ignore[arg-type]
    st.session_state["told"] = told


def test_the_head_of_the_page_follows_what_is_announced_and_a_click_still_means_the_old_plan(week: OneWeek) -> None:
    app = AppTest.from_function(whole, default_timeout=60).run()
    assert (app.session_state["head"], app.session_state["told"]) == ("old", False)
    branch: Any = SimpleNamespace(code="YX01")
    week.other_publishes()
    app.session_state[week_news.DRAWING] = True  # as the part that runs by itself leaves it
    app.session_state[week_news.DRAWN] = "theirs"
    app.run()
    assert (app.session_state["head"], app.session_state["told"]) == ("theirs", True)
    assert app.session_state[week_news.SEEN][branch.code, "2026-W48"] == "old"
    assert len([one for one in app.button if one.label == "Show the published plan"]) == 1
    app.run()  # a click of the reader: it was seen
    assert app.session_state["told"] is False
    assert app.session_state[week_news.SEEN][branch.code, "2026-W48"] == "theirs"


def test_the_page_is_drawn_anew_once_for_a_plan_of_somebody_else(week: OneWeek) -> None:
    app = AppTest.from_function(watching, default_timeout=60).run()
    week.other_publishes()
    app.run()
    assert app.session_state[week_news.DRAWN] == "theirs"
    assert app.session_state[week_news.DRAWING] is True
    assert len(app.markdown) == 1
