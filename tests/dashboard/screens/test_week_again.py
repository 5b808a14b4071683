"""Planning a week again keeps what the manager changed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dashboard.screens import week_again
from planner.store import PlanRow
from tests.dashboard import fakes


def row(plan_id: str, parent: str | None, *, edited: bool = False, published: bool = False) -> PlanRow:
    return PlanRow(
        plan_id=plan_id,
        branch="YX01",
        week="2026-W48",
        parent=parent,
        created_at=fakes.NOW,
        created_by="m",
        rule_pack="CN",
        road_source="OSRM",
        seed=1,
        metrics={"edit": {}} if edited else {},
        published_at=fakes.NOW if published else None,
        published_by="m" if published else None,
        in_force=published,
        first_published_at=fakes.NOW if published else None,
    )


PUBLISHED = row("published", None, published=True)
EDITED = row("edited", "published", edited=True)
IMPROVED = row("improved", "edited")


def test_a_draft_that_was_changed_by_hand_is_kept_itself_also_once_it_was_improved() -> None:
    rows = (IMPROVED, EDITED, PUBLISHED)
    assert week_again.kept_by(rows, EDITED) == "edited"
    assert week_again.kept_by(rows, IMPROVED) == "improved"
    assert "changed by hand" in week_again.words(rows, EDITED)


def test_else_the_published_plan_is_kept() -> None:
    again = row("again", "published")
    strange = row("strange", "gone", edited=True)
    older = replace(EDITED, first_published_at=fakes.NOW - timedelta(days=1))
    rows = (again, strange, older, PUBLISHED)
    for shown in rows:
        assert week_again.kept_by(rows, shown) == "published", shown.plan_id
    assert "published plan" in week_again.words(rows, PUBLISHED)


def test_without_a_published_plan_nothing_is_kept() -> None:
    assert week_again.kept_by((row("first", None), row("mine", "first", edited=True)), row("first", None)) is None


def test_a_draft_that_was_adopted_from_a_scenario_is_kept_with_its_hours() -> None:
    adopted = replace(row("adopted", "edited"), metrics={"origin": {"plan_id": "scenario"}})
    assert week_again.kept_by((adopted, EDITED, PUBLISHED), adopted) == "adopted"
    improved = row("improved", "adopted")
    assert week_again.kept_by((improved, adopted, EDITED, PUBLISHED), improved) == "improved"
