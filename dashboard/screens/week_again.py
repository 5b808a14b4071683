"""What planning a week again keeps: the plan that crews have, or a draft of it that was changed by hand."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.text import _
from planner.store import PlanRow, ruling


def kept_by(rows: Sequence[PlanRow], shown: PlanRow) -> str | None:
    """Give the plan of which as much stays as pays: the published one, None where there is none.

    A draft of it that somebody has changed by hand, or adopted from a scenario, is kept itself: else those changes
    would be gone without a word, and undoing would not lead back to them.
    """
    published = ruling(rows)
    if published is None:
        return None
    by_id, one, changed = {row.plan_id: row for row in rows}, shown, False
    while one.plan_id != published.plan_id:
        changed = changed or "edit" in one.metrics or "origin" in one.metrics
        if "origin" in one.metrics:  # it came of a scenario, not of the plan before it
            break
        before = by_id.get(one.parent or "")
        if before is None or one.first_published_at is not None:
            return published.plan_id
        one = before
    return shown.plan_id if changed else published.plan_id


def words(rows: Sequence[PlanRow], shown: PlanRow) -> str:
    """Say what planning again keeps."""
    published = ruling(rows)
    if published is not None and kept_by(rows, shown) != published.plan_id:
        return _("Of this draft as much stays as pays, with what was changed by hand.")
    return _("Of the published plan as much stays as pays: few visits change for the crews.")
