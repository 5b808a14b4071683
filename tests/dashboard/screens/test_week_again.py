"""What is said of planning a week again."""

from __future__ import annotations

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


def test_it_is_said_what_planning_again_keeps() -> None:
    rows = (IMPROVED, EDITED, PUBLISHED)
    assert "with what was changed by hand" in week_again.words(rows, EDITED)
    assert "Of the published plan" in week_again.words(rows, PUBLISHED)
    first = row("first", None)
    assert "settled by hand in this draft" in week_again.words((first,), first)
