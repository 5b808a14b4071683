"""Which planned visits a clock may count on: those that lie ahead, of this week and the next."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from planner.view import clocks

SATURDAY = date(2026, 11, 28)


def week(*routes: tuple[date, str, list[str]], published: bool = True) -> SimpleNamespace:
    # "D1 guarantor" is a stop of D1 at the guarantor's.
    made = [
        SimpleNamespace(
            day=day,
            crew_name=crew,
            stops=[SimpleNamespace(debtor_id=one[:2], place_kind=one[3:] or "home") for one in stops],
        )
        for day, crew, stops in routes
    ]
    return SimpleNamespace(routes=made, published_at="then" if published else None)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> dict[str, SimpleNamespace]:
    kept: dict[str, SimpleNamespace] = {}
    monkeypatch.setattr(clocks, "newest_plans", lambda _s, _p, _b, name: {"B": name} if name in kept else {})
    monkeypatch.setattr(clocks, "week_view", lambda _s, _p, name: kept[name])
    return kept


def ahead() -> object:
    return clocks.planned_visits(None, None, SimpleNamespace(code="B"), SATURDAY)  # type: ignore[arg-type]


def test_a_day_that_is_over_saves_no_clock(plans: dict[str, SimpleNamespace]) -> None:
    monday, today = date(2026, 11, 23), SATURDAY
    plans["2026-W48"] = week((monday, "A", ["D1", "D2"]), (today, "B", ["D2"]))
    assert ahead() == ({("D2", "limitation"): (today, "B")}, True)


@pytest.mark.parametrize("published", [True, False])
def test_next_week_counts_too_and_a_draft_is_said_to_be_one(plans: dict[str, SimpleNamespace], published: bool) -> None:
    tuesday = date(2026, 12, 1)
    plans["2026-W48"] = week((SATURDAY, "A", ["D1"]))
    plans["2026-W49"] = week((tuesday, "B", ["D1", "D3"]), published=published)
    assert ahead() == (
        {("D1", "limitation"): (SATURDAY, "A"), ("D3", "limitation"): (tuesday, "B")},
        published,
    )


def test_a_visit_counts_for_the_clock_that_it_is_for(plans: dict[str, SimpleNamespace]) -> None:
    """The guarantor's signature keeps no claim against the debtor, and a visit to the security keeps none at all."""
    plans["2026-W48"] = week((SATURDAY, "A", ["D1 guarantor", "D2 workplace", "D3 collateral"]))
    assert ahead() == ({("D1", "guarantee"): (SATURDAY, "A"), ("D2", "limitation"): (SATURDAY, "A"),
                        ("D3", ""): (SATURDAY, "A")}, True)  # fmt: skip


def test_without_any_plan_nothing_is_known(plans: dict[str, SimpleNamespace]) -> None:
    assert ahead() == ({}, None)
