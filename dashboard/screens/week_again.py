"""What planning a week again keeps, in words: the plan that crews have, a draft of it, or what was settled by hand."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.text import _
from planner.store import PlanRow, ruling, to_keep


def words(rows: Sequence[PlanRow], shown: PlanRow) -> str:
    """Say what planning again keeps."""
    published, keep = ruling(rows), to_keep(rows, shown)
    if published is None:
        return _("What was settled by hand in this draft holds; everything else is planned anew.")
    if keep.plan_id != published.plan_id:
        return _("Of this draft as much stays as pays, with what was changed by hand.")
    return _("Of the published plan as much stays as pays: few visits change for the crews.")
