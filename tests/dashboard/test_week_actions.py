"""The week's buttons on a page that is older than the store, and what is said of a visit that is due and left out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import day, debtor_card, left_out, week
from planner.domain import Branch, Principal, Role
from planner.tables import ADDRESSES, conform
from tests.dashboard import fakes

MANAGER = Principal("manager", Role.MANAGER, frozenset({"YX01"}))
BRANCH = Branch("YX01", "Bridge", "桥", 103.9, 30.6, "yunxi")


class Done(Exception):
    """The page would run again."""


@pytest.fixture
def clicks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is done when every button counts as clicked."""
    done: list[str] = []

    def again() -> None:
        raise Done

    monkeypatch.setattr(week.st, "button", lambda *_, **__: True)
    monkeypatch.setattr(week.st, "rerun", again)
    monkeypatch.setattr(week.plan_job, "start", lambda *_, **__: done.append("plan"))
    return done


def act(clicks: list[str], *, in_force: bool, busy: bool) -> list[str]:
    row: Any = SimpleNamespace(plan_id="p1", in_force=in_force, published_at=None, metrics={})
    store = SimpleNamespace(
        publish=lambda _who, plan, _now, **_: clicks.append(f"publish {plan}"), setting=lambda *_: None
    )
    kit: Any = SimpleNamespace(store=store, now=lambda: None, settings=SimpleNamespace(plan_seconds=5))
    with suppress(Done):
        week.actions(kit, MANAGER, BRANCH, "2026-W48", (row,), busy=busy)
    return clicks


def test_a_second_click_neither_plans_nor_publishes_twice(clicks: list[str]) -> None:
    assert act(clicks, in_force=True, busy=True) == []
    assert act(clicks, in_force=False, busy=True) == []


def test_a_first_click_does(clicks: list[str]) -> None:
    assert act(clicks, in_force=False, busy=False) == ["plan"]


def test_a_click_on_publish_is_a_click_for_one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    monkeypatch.setattr(week.st, "button", lambda *_, key, **__: bool(keys.append(key)))
    for plan_id in ("p1", "p2"):
        row: Any = SimpleNamespace(plan_id=plan_id, in_force=False, metrics={})
        week.actions(SimpleNamespace(), MANAGER, BRANCH, "2026-W48", (row,), busy=False)  # type: ignore[arg-type]
    assert len(set(keys)) == 3


def test_a_visit_that_is_due_is_marked_in_the_table() -> None:
    one = fakes.left_out(1)
    assert left_out.why(replace(one, required=True)) == f"Due · {left_out.why(one)}"


def test_the_address_is_that_of_the_place_of_the_stop() -> None:
    rows = [
        {"place_id": place, "debtor_id": "D1", "branch": "YX01", "address": text}
        for place, text in (("P1", "home"), ("P2", "shop"))
    ]
    table = conform(pd.DataFrame(rows), ADDRESSES)
    kit: Any = SimpleNamespace(store=SimpleNamespace(addresses=lambda *_: table))
    debtor_card._addresses.clear()
    assert [debtor_card.address_of(kit, MANAGER, "YX01", key) for key in ("P2", "P1", "D1")] == ["shop", "home", "home"]
    debtor_card._addresses.clear()


@pytest.mark.parametrize("estimated", [True, False])
def test_a_day_planned_by_straight_lines_says_so(monkeypatch: pytest.MonkeyPatch, *, estimated: bool) -> None:
    said: list[str] = []
    monkeypatch.setattr(day.st, "progress", lambda *_, **__: None)
    monkeypatch.setattr(day.st, "warning", lambda text, **_: said.append(text))
    day.progress(replace(fakes.day(), roads_estimated=estimated))
    assert said == (["Travel times are estimated by straight lines, not streets."] if estimated else [])


@pytest.mark.parametrize("routes", [fakes.week().routes, ()])
def test_a_plan_made_half_past_midnight_is_of_the_branch_s_day(monkeypatch: pytest.MonkeyPatch, routes: Any) -> None:
    said: list[str] = []
    monkeypatch.setattr(week.st, "caption", said.append)
    made = datetime(2026, 11, 28, 16, 30, tzinfo=UTC)  # 00:30 of the 29th in China
    week.notes(replace(fakes.week(), created_at=made, routes=routes), "Asia/Shanghai")
    assert "Planned Sun 29 Nov 00:30" in said[0]


def out_page() -> None:
    from dataclasses import replace

    from dashboard.screens import debtor_card, left_out
    from tests.dashboard import fakes

    out = replace(
        fakes.left_out(1),
        value_minor=560.0,
        detail="Worth up to 6, it needs about 9 min of travel and service.",
        action=f"Mark it as required: it takes the place of D005 on YX01-1-{fakes.DAY}, and the plan loses 8.",
    )
    view = fakes.week(crews=1, left_out=(out,))
    left_out.show(view, carded=False)
    debtor_card.not_visited(view, out)


def test_table_and_card_say_names_and_the_same_worth() -> None:
    shown = AppTest.from_function(out_page).run(timeout=30)
    assert not shown.exception
    table = shown.dataframe[0].value
    assert table["value"].tolist() == [5]
    assert "the place of ${alert(1)} (stop 5) on Crew 1, Tue 24 Nov, and the plan loses ¥8." in table["action"][0]
    card = "".join(str(one.value) for one in shown.markdown)
    assert "Worth up to ¥5, it needs" in card
    assert r"\$\{alert(1)\} (stop 5)" in card
