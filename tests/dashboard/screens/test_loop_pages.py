"""The board and the look back as pages over the story of the small town, in both languages, without a traceback."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.settings import load_settings
from dashboard.screens import board, branch_weeks, looking_back
from dashboard.screens.board_words import SIGNS, behind
from dashboard.screens.loop_steps import drawn
from dashboard.services import ROOT, Services
from planner.domain import Role
from planner.store import Store
from planner.view.board import Now
from planner.view.loop import Step, StepState
from tests.dashboard.screens.conftest import texts
from tests.dashboard.screens.test_week_again import row
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import MONDAY, ZONE, principal
from tests.planner.store.factories import safety_entries

LATER = datetime.combine(MONDAY + timedelta(weeks=1), time(13), ZONE)
#: a change, and the plan of which it was one
DRAFTS = (
    replace(row("changed", "kept", edited=True), created_at=LATER + timedelta(minutes=7)),
    replace(row("kept", None), created_at=LATER),
)


def at(monkeypatch: pytest.MonkeyPatch, store: Store, now: datetime, role: Role = Role.MANAGER) -> None:
    class Stopped(Services):
        def now(self) -> datetime:
            return now

    st.cache_data.clear()
    st.cache_resource.clear()
    kit = Stopped(load_settings(ROOT, {}), store)
    for module in (board, branch_weeks, looking_back):
        monkeypatch.setattr(module, "services", lambda: kit)
        monkeypatch.setattr(module, "current_principal", lambda: principal(role))


def board_page() -> None:
    from dashboard.screens import board

    board.page()


def back_page() -> None:
    from dashboard.screens import looking_back

    looking_back.page()


def branches_page() -> None:
    from dashboard.screens import branch_weeks

    branch_weeks.page()


def alarm_page() -> None:
    from dashboard.screens import alarm, board

    alarm.watch(board.services(), board.current_principal())


def run(script, language: str = "en", **address: str) -> AppTest:
    app = AppTest.from_function(script, default_timeout=90)
    app.session_state["language"] = language
    for name, said in address.items():
        app.query_params[name] = said
    shown = app.run()
    assert not shown.exception
    return shown


def said_of(app: AppTest, name: str) -> str:
    """Give a part of the address; until a page has written it, it is a list."""
    said = app.query_params[name]
    return said if isinstance(said, str) else said[0]


def html(app: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in app.get("html"))


@pytest.mark.parametrize(("language", "met"), [("en", "Met"), ("zh", "已见面")])
def test_the_board_of_a_day_that_is_over(story: Story, own_store: Store, monkeypatch, language, met) -> None:  # noqa: F811
    day = max(datetime.fromisoformat(one["day"]).date() for one in story.first.context["shifts"].values())
    at(monkeypatch, own_store, datetime.combine(day, time(23), ZONE))
    app = run(board_page, language)
    assert met in html(app)
    assert app.metric[0].value.split(" / ")[0] == app.metric[0].value.split(" / ")[1]
    assert len(app.dataframe[0].value) > 0
    assert not app.button or "demo" not in " ".join(one.label for one in app.button)


def test_a_published_day_of_which_nothing_is_recorded_is_pale(story: Story, own_store: Store, monkeypatch) -> None:  # noqa: F811
    own_store.publish(principal(), story.second.plan_id, story.second.created_at + timedelta(hours=1))
    at(monkeypatch, own_store, LATER)
    app = run(board_page)
    assert "board pale" in html(app)
    assert "Nothing is recorded of this day yet" in texts(app)


def test_a_week_that_is_not_published_says_where_to_go(own_store: Store, monkeypatch) -> None:  # noqa: F811
    at(monkeypatch, own_store, LATER)
    app = run(board_page)
    assert "not published yet" in texts(app)
    assert [one.label for one in app.button] == ["To the week"]


@pytest.mark.parametrize(("language", "head"), [("en", "Money at the doors"), ("zh", "上门收款")])
def test_looking_back_at_the_week(own_store: Store, monkeypatch, language, head) -> None:  # noqa: F811
    at(monkeypatch, own_store, LATER)
    app = run(back_page, language)
    assert head in texts(app)
    assert "¥300" in texts(app)
    assert [("straight lines" in one.value, "直线" in one.value) for one in app.warning] == [
        (language == "en", language == "zh")
    ], "the plan's times are estimates"
    tables = [one.value for one in app.dataframe]
    assert any("answers" in table for table in tables)
    crews = next(table for table in tables if "planned" in table)
    assert (crews["made"] == crews["planned"]).all()
    assert not [name for name in crews if "paid" in name or "money" in name], "crews are not told by money"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_head_is_told_whose_hours_are_estimates(own_store: Store, monkeypatch, language) -> None:  # noqa: F811
    at(monkeypatch, own_store, datetime.combine(MONDAY + timedelta(days=1), time(13), ZONE), Role.REGIONAL_HEAD)
    app = run(branches_page, language)
    assert not app.exception
    (told,) = [one.value for one in app.warning]
    assert {"en": "estimated by straight lines", "zh": "按直线估算"}[language] in told


def test_looking_back_before_anything_was_published(own_store: Store, monkeypatch) -> None:  # noqa: F811
    at(monkeypatch, own_store, LATER - timedelta(weeks=20))
    assert "No week of the last twelve was published" in texts(run(back_page))


def test_states_differ_by_sign_and_by_words_not_by_colour_alone() -> None:
    assert set(SIGNS) == set(Now)
    assert len({sign for sign, _words, _colour in SIGNS.values()}) == len(SIGNS)
    assert len({words for _sign, words, _colour in SIGNS.values()}) == len(SIGNS)


@pytest.mark.parametrize(
    ("minutes", "told"), [(4, "on time"), (-4, "on time"), (12, "12 min late"), (-30, "30 min early")]
)
def test_a_few_minutes_are_on_time(minutes: int, told: str) -> None:
    assert behind(timedelta(minutes=minutes)) == told


def test_nothing_in_the_steps_runs_as_code() -> None:
    bad = Step("planned", StepState.DONE, LATER, "<img src=x onerror=alert(1)>")
    assert "<img" not in drawn([bad], ZONE)


def steps_page() -> None:
    from types import SimpleNamespace

    from dashboard.screens import loop_steps
    from tests.dashboard.screens.test_loop_pages import DRAFTS, LATER, ZONE

    kit, branch = SimpleNamespace(store=None, now=lambda: LATER), SimpleNamespace(timezone=str(ZONE))
    loop_steps.show(kit, None, branch, "2026-W48", DRAFTS, shown=DRAFTS[1])


def test_a_week_that_is_not_published_was_planned_when_the_plan_was_that_is_shown() -> None:
    """The newest is a draft that the reader went back from."""
    assert "Planned</b> Mon 30 Nov 13:00" in AppTest.from_function(steps_page).run(timeout=30).html[0].value


def test_a_call_for_help_stands_on_the_board_and_is_seen_to(own_store: Store, monkeypatch) -> None:  # noqa: F811
    """Also where nothing is planned; who may not read it is shown nothing, and the demo's crews call nobody."""
    crew = own_store.crews(principal(), "YX01")[0].crew_id
    row = {"entry_id": "a1", "branch": "YX01", "crew_id": crew, "day_on": LATER.date().isoformat(), "kind": "alert",
           "happened_at": LATER - timedelta(minutes=5)}  # fmt: skip
    said = safety_entries(row)
    own_store.record_safety(principal(Role.COLLECTOR, crew=crew), "YX01", said, now=LATER - timedelta(minutes=5))
    at(monkeypatch, own_store, LATER, Role.AUDITOR)
    assert "calls for help" not in html(run(board_page))
    at(monkeypatch, own_store, LATER)
    app = run(board_page)
    assert "calls for help" in html(app)
    assert "No phone of the crew is on record" in html(app)
    own_store.save_setting(principal(), "YX01", f"safety_phone.{crew}", "010-0001-0101", now=LATER)
    app = run(board_page)
    assert "Phone of the crew: 010-0001-0101" in html(app)
    strip = " ".join(str(one.proto.body) for one in run(alarm_page).get("html"))
    assert "calls for help" in strip
    assert "Phone of the crew: 010-0001-0101" in strip
    button = next(one for one in app.button if one.label == "Called: all well")
    after = button.click().run()
    assert not after.exception
    assert "calls for help" not in html(after)
    kept = own_store.safety_entries(principal(), "YX01", LATER.date(), LATER.date())
    assert sorted(kept["kind"]) == ["acknowledged", "alert"]


def test_the_address_opens_the_board_of_its_day_and_says_which_is_shown(
    story: Story,  # noqa: F811
    own_store: Store,  # noqa: F811
    monkeypatch,
) -> None:
    shifts = story.first.context["shifts"]
    days = sorted({one["day"] for one in shifts.values()})
    at(monkeypatch, own_store, LATER)
    assert len(days) > 1
    for day in days:
        app = run(board_page, day=day)
        assert app.date_input[0].value.isoformat() == day
        assert said_of(app, "day") == day
        assert said_of(app, "shift") in {name for name, one in shifts.items() if one["day"] == day}
    wanted = [name for name, one in shifts.items() if one["day"] == days[0]][-1]
    assert said_of(run(board_page, day=days[0], shift=wanted), "shift") == wanted
    # What is no day or no crew of that day is no wish.
    odd = run(board_page, day="2026-02-30", shift="<x>")
    assert odd.date_input[0].value.isoformat() == said_of(odd, "day") != "2026-02-30"
    # A shift whose stops went elsewhere while the page stood open gives way to another.
    gone = run(board_page, day=days[0])
    gone.session_state[f"board_crew YX01 {days[0]}"] = "gone"
    assert not gone.run().exception
    assert said_of(gone, "shift") != "gone"
    # Whoever has chosen another day stays there, whatever the address said at first.
    app = run(board_page, day=days[0])
    app.date_input[0].set_value(datetime.fromisoformat(days[-1]).date()).run()
    assert said_of(app, "day") == days[-1]


def test_the_address_opens_the_week_that_is_looked_back_at(own_store: Store, monkeypatch) -> None:  # noqa: F811
    at(monkeypatch, own_store, LATER)
    shown = run(back_page)
    week = said_of(shown, "week")
    assert week == shown.selectbox(key="back_week").value
    assert said_of(run(back_page, week="1999-W01"), "week") == week
