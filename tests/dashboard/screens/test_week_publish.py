"""Publishing asks first where more would change for the crews than the manager asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from config.rules import load_pack
from dashboard.screens import edit_published, week_news, week_publish
from dashboard.text import speaking
from planner.desk.working_day import LongDay
from planner.routing.replan import Difference, DifferenceKind
from planner.scenarios.hours import OtherHours
from planner.view.without_plan import WithoutPlan
from tests.dashboard.screens.test_week_news import NOON, OneWeek, button, row

SAME = OtherHours(0, 0, ())
MOVED = Difference("D1", DifferenceKind.RETIMED, "S1", "S1", 3600, 7200)


def page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import week_news, week_publish
    from planner.domain import Principal, Role

    kit, store = week_news.HERE  # type: ignore[attr-defined]
    branch: object = SimpleNamespace(code="YX01", timezone="Asia/Shanghai", rule_pack="CN")
    who = Principal("manager.a", Role.MANAGER, frozenset({"YX01"}))
    rows = store.plans()
    mine = next(one for one in rows if one.plan_id == "mine")
    if st.button("Publish the week") and not mine.in_force:
        week_publish.clicked(
            kit,
            who,
            branch,  # type: ignore[arg-type]
            rows,
            mine,
            again=lambda: st.session_state.update(again=True),
            in_part=week_news.PART,  # type: ignore[attr-defined]
        )
    week_news.show(kit, who, branch, "2026-W48", rows)  # type: ignore[arg-type]


def opened(
    monkeypatch: pytest.MonkeyPatch,
    *asked: str,
    in_part: tuple[date, ...] = (),
    fresh: bool = False,
    hours: OtherHours = SAME,
) -> tuple[AppTest, OneWeek]:
    store = OneWeek()
    if fresh:
        store.rows = [row("mine")]
    monkeypatch.setattr(week_news, "PART", in_part, raising=False)
    kit: Any = SimpleNamespace(store=store, now=lambda: NOON)
    monkeypatch.setattr(week_news, "HERE", (kit, store), raising=False)
    found = edit_published.Since((MOVED,), frozenset(asked), {})
    monkeypatch.setattr(edit_published, "since", lambda *_: found)
    monkeypatch.setattr(edit_published, "read", lambda *_: None)
    monkeypatch.setattr(week_publish, "other_hours", lambda *_: hours)
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


def test_longer_hours_are_told_with_their_overtime_though_every_visit_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = load_pack("CN").day_hours
    assert limit is not None
    long = LongDay("A", date(2026, 11, 23), 10 * 3600, limit, forbidden=False)
    app, store = opened(monkeypatch, "D1", hours=OtherHours(2, 4 * 3600, (long,)))
    button(app, "Publish the week").click().run()
    assert not app.exception
    assert week_news.in_force(store.rows) == "old"
    told = [one.value for one in app.markdown]
    assert any("2 shifts begin or end otherwise: 4 h more of the crews' work." in one for one in told), told
    assert any("1 crew-day of up to 10 h" in one and "overtime" in one for one in told), told


def test_a_chinese_sentence_on_other_hours_ends_with_a_chinese_full_stop() -> None:
    with speaking("zh"):
        assert week_publish.hours_words(OtherHours(2, 0, ())) == ["**2 个班次的起止时间有变。**"]


def test_what_somebody_else_published_is_told_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    app, store = opened(monkeypatch)
    store.other_publishes()
    button(app, "Publish the week").click().run()
    assert not app.exception
    assert week_news.in_force(store.rows) == "theirs"
    assert "nothing was overwritten" in app.warning[0].value


def test_an_older_plan_takes_the_place_of_the_newer_one_only_when_that_is_ticked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, store = opened(monkeypatch, "D1", in_part=(date(2026, 11, 23),))
    button(app, "Publish the week").click().run()
    assert any("It is in force for Mon 23 Nov already." in one.value for one in app.markdown)
    assert button(app, "Put it back").disabled
    assert not app.checkbox(key="publish_older_sure").value
    assert not app.exception
    assert week_news.in_force(store.rows) == "old"


def test_of_a_plan_whose_days_are_over_it_is_asked_whether_to_plan_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = WithoutPlan(frozenset({"S1"}), frozenset(), (date(2026, 11, 23),), (), 21)
    monkeypatch.setattr(week_publish, "without_plan", lambda *_, **__: late)
    monkeypatch.setattr(week_publish, "read_plan", lambda *_: None)
    app, store = opened(monkeypatch, fresh=True)
    button(app, "Publish the week").click().run()
    assert not app.exception
    assert any("21 visits of this plan lie behind" in one.value for one in app.markdown)
    assert week_news.in_force(store.rows) == ""
    assert {"Plan again for what is left", "Publish all the same", "Not now"} <= {one.label for one in app.button}


def test_putting_an_older_plan_back_counts_no_visit_of_a_day_that_was_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Monday's visits, which crews go by already, were told as added once the newer plan was made without them."""
    asked: list[float] = []
    monday = datetime(2026, 11, 23, 6, tzinfo=UTC)
    plans = {
        name: SimpleNamespace(
            created_at=monday + timedelta(hours=hours),
            problem={"origin": monday.isoformat()},
            plan={},
            context={"shifts": {}},
        )
        for name, hours in (("older", 0), ("newer", 15))
    }
    monkeypatch.setattr(edit_published, "read", lambda _kit, _who, plan_id: plans[plan_id])
    monkeypatch.setattr(edit_published, "plan_from_dict", lambda plan: plan)
    monkeypatch.setattr(edit_published, "differences", lambda _before, _now, since_s: asked.append(since_s) or iter(()))
    kit, who = SimpleNamespace(), SimpleNamespace()
    for before, now in (("older", "newer"), ("newer", "older")):
        edit_published.since.__wrapped__(kit, who, "manager", before, now)  # type: ignore[attr-defined]
    assert asked == [15 * 3600, 15 * 3600]
