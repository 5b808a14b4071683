"""A plan says what it does not know: a newer plan, a newer list, outcomes recorded since, other rules; else nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import edit, since, since_adopted, week_stale
from dashboard.screens.week import chosen_plan
from dashboard.text import speaking
from planner import adoption
from planner import times as times_adopted
from planner.store import Arrived, ImportBatch, ImportResult
from tests.dashboard.fakes import BRANCH, MANAGER, NOW, week

PACK = "CN 2026-01-01 abc"
WEEK_BEGINS = pd.Timestamp("2026-11-23", tz="Asia/Shanghai")
STATES = count()


def batch(after: timedelta, **counts: Any) -> ImportBatch:
    result = ImportResult("b", **({"added": 3, "changed": 1, "unchanged": 9, "gone": 0} | counts))
    return ImportBatch(SimpleNamespace(), result, True, NOW + after, "m")  # type: ignore[arg-type]


def arrived(*rows: tuple[str, pd.Timestamp], unnamed: int = 0) -> Arrived:
    return Arrived(pd.DataFrame(rows, columns=["debtor_id", "started_at"]), unnamed)


def facts(
    monkeypatch: pytest.MonkeyPatch,
    *imports: ImportBatch,
    pack: str = PACK,
    listed: bool = True,
    came: Arrived | None = None,
    settings: dict[str, Any] | None = None,
    made_with: dict[str, Any] | None = None,
) -> list[str]:
    view = replace(week(), rule_pack=PACK, parameters=made_with or {})
    came = arrived(("D001", WEEK_BEGINS)) if came is None else came
    everybody = [stop.debtor_id for route in view.routes for stop in route.stops]
    accounts = pd.DataFrame({"debtor_id": everybody if listed else everybody[2:]})
    store = SimpleNamespace(
        imports=lambda *_: imports,
        accounts=lambda *_: accounts,
        outcomes_arrived=lambda *_: came,
        setting=lambda _who, _branch, name: (settings or {}).get(name),
    )
    monkeypatch.setattr(since, "kept_by", lambda *_: (str(next(STATES)),))
    monkeypatch.setattr(since_adopted, "kept_by", lambda *_: (str(next(STATES)),))
    monkeypatch.setattr(week_stale, "load_pack", lambda _code: SimpleNamespace(version=pack))
    return week_stale.changed(SimpleNamespace(store=store), MANAGER, BRANCH, view, NOW)  # type: ignore[arg-type]


def test_a_plan_that_knows_all_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts(monkeypatch, batch(-timedelta(hours=1))) == []


def test_a_newer_list_says_what_it_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = timedelta(hours=1)
    both = facts(monkeypatch, batch(hour), batch(2 * hour, gone=4))
    assert both == ["a newer list (6 accounts added, 2 changed, 4 gone)"]
    gone = facts(monkeypatch, batch(hour), listed=False)
    assert gone[1] == "2 planned visits are to people no longer on the list"


def test_a_list_of_the_past_and_one_given_twice_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = timedelta(hours=1)
    assert facts(monkeypatch, batch(hour, older=True), batch(hour, repeated=True)) == []


def test_other_rules_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts(monkeypatch, pack="CN 2026-12-01 def") == ["the rules are now CN 2026-12-01 def"]


def taken_up(kind: str, name: str, after: timedelta) -> dict[str, Any]:
    return {"kind": kind, "name": name, "act": "adopted", "by": "m", "at": (NOW + after).isoformat()}


def test_times_and_models_adopted_since_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = timedelta(hours=1)
    with_old = {"times": {"names": {"roads": "old"}}, "model": "m1"}
    times = [taken_up("roads", "old", -hour), taken_up("roads", "new", hour)]
    models = [taken_up("", "m2", hour)]
    every = {times_adopted.SETTING: times, adoption.SETTING: models}
    assert facts(monkeypatch, settings=every, made_with=with_old) == [
        "other travel times adopted",
        "another model adopted",
    ]
    with speaking("zh"):
        assert facts(monkeypatch, settings={times_adopted.SETTING: times}, made_with=with_old) == ["已采用新的路上用时"]
    # Back to what the plan was made with, or decided before it was made: nothing to tell.
    back = [*times, taken_up("roads", "old", 2 * hour)]
    assert facts(monkeypatch, settings={times_adopted.SETTING: back}, made_with=with_old) == []
    assert facts(monkeypatch, settings={times_adopted.SETTING: times[:1]}) == []
    gone = [taken_up("doors", times_adopted.ASSUMED, hour)]
    assert facts(monkeypatch, settings={times_adopted.SETTING: gone}) == []
    with_doors = {"times": {"names": {"doors": "d"}}}
    assert facts(monkeypatch, settings={times_adopted.SETTING: gone}, made_with=with_doors) == [
        "other minutes at the door adopted"
    ]


def test_outcomes_count_that_concern_the_plan_and_are_not_its_own_carrying_out(monkeypatch: pytest.MonkeyPatch) -> None:
    before = WEEK_BEGINS - pd.Timedelta(days=3)
    came = arrived(("D001", before), ("L003", before), ("stranger", before), ("D002", WEEK_BEGINS))
    assert facts(monkeypatch, came=came) == ["2 outcomes recorded"]
    assert facts(monkeypatch, came=arrived(("D001", before))) == ["1 outcome recorded"]
    with speaking("zh"):
        assert facts(monkeypatch, came=replace(came, unnamed=371)) == ["又录入 373 条外访结果"]


def test_outcomes_are_counted_once_for_each_state_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    state = ["1"]

    def answered(*_: object) -> Arrived:
        asked.append(_)
        return arrived(("D001", WEEK_BEGINS - pd.Timedelta(days=1)))

    store = SimpleNamespace(imports=lambda *_: (), outcomes_arrived=answered)
    monkeypatch.setattr(since, "kept_by", lambda *_: (f"once {state[0]}",))
    for _ in range(3):
        assert since.since(SimpleNamespace(store=store), MANAGER, BRANCH, week(), NOW).outcomes == 1  # type: ignore[arg-type]
    assert len(asked) == 1
    state[0] = "2"
    since.since(SimpleNamespace(store=store), MANAGER, BRANCH, week(), NOW)  # type: ignore[arg-type]
    assert len(asked) == 2


def row(plan_id: str, hour: int, published: int | None = None) -> Any:
    at = None if published is None else NOW + timedelta(hours=published)
    made = NOW + timedelta(hours=hour)
    return SimpleNamespace(
        plan_id=plan_id, created_at=made, published_at=at, in_force=at is not None, metrics={}, parent=None
    )


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", kept)
    return kept


UNDONE_DRAFT = (row("changed", 1), row("first", 0, published=2))


def test_the_week_opens_on_the_plan_in_force_and_not_on_the_draft_before_its_publishing(
    session: dict[str, Any],
) -> None:
    assert chosen_plan(UNDONE_DRAFT).plan_id == "first"
    assert week_stale.another(UNDONE_DRAFT, UNDONE_DRAFT[1]) is None
    assert week_stale.another(UNDONE_DRAFT, UNDONE_DRAFT[0]) == UNDONE_DRAFT[1]  # whoever follows an old link
    later = (row("again", 3), *UNDONE_DRAFT)
    assert chosen_plan(later).plan_id == "again"
    assert week_stale.another(later, UNDONE_DRAFT[1]) == later[0]
    session["plan"] = "changed"
    assert chosen_plan(later).plan_id == "changed"


def test_a_draft_that_was_undone_is_no_newer_plan_until_it_is_done_again(session: dict[str, Any]) -> None:
    rows = (row("changed", 1), row("first", 0))
    kept: dict[str, bool] = {}
    store = SimpleNamespace(mark_undone=lambda _who, plan, undone, now: kept.update({plan: undone}))
    hand: Any = SimpleNamespace(
        kit=SimpleNamespace(store=store, now=lambda: NOW), principal=MANAGER, rows=rows, row=rows[0]
    )
    edit.walk(hand, {"changed": "first"}, back=True)
    assert kept == {"changed": True}
    assert session["plan"] == "first"
    assert week_stale.another(rows, rows[1]) is None
    del session["plan"]
    assert chosen_plan(rows).plan_id == "first"
    others = (row("somebody's", 2), *rows)
    assert week_stale.another(others, rows[1]) == others[0]
    hand.row = rows[1]
    edit.walk(hand, {"first": "changed"}, back=False)
    assert kept == {"changed": False}
    assert week_stale.another(rows, rows[1]) == rows[0]


SAID: list[tuple[Sequence[Any], str]] = [(UNDONE_DRAFT, "changed")]


def notice_page() -> None:
    from dataclasses import replace

    from dashboard.screens import week_stale
    from tests.dashboard import fakes
    from tests.dashboard.test_week_stale import SAID

    rows, shown = SAID[0]
    view = replace(fakes.week(), plan_id=shown)
    after = view.days[-1].replace(year=2030)  # the week is over: what changed since is not told
    week_stale.show(None, fakes.MANAGER, fakes.BRANCH, view, rows, after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "told", "offered"),
    [
        ("en", "Another plan of this week is published", "Show the published plan"),
        ("zh", "本周已发布的是另一份计划", "查看已发布的计划"),
    ],
)
def test_an_old_draft_leads_to_the_plan_in_force(language: str, told: str, offered: str) -> None:
    app = AppTest.from_function(notice_page)
    app.session_state["language"] = language
    app.session_state["plan"] = "changed"
    app.run()
    assert not app.exception
    assert told in app.markdown[0].value
    assert app.button(key="week_newest").label == offered
    app.button(key="week_newest").click().run()
    assert "plan" not in app.session_state
