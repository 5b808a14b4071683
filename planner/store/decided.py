"""Which plan of a week holds for whoever comes to it, and how old the data are that a plan was made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from planner.store.plans import PlanRow


def ruling(rows: Sequence[PlanRow]) -> PlanRow | None:
    """Give the plan of a week that is published, if one is."""
    return next((row for row in rows if row.in_force), None)


def last_decided(rows: Sequence[PlanRow], undone: Collection[str] = ()) -> PlanRow:
    """Give the plan that was last decided on: the one in force, or else a draft that was made after its publishing.

    A draft that is older than the last publishing was there to be published and was not, so it is no newer plan.

    Parameters
    ----------
    rows
        The plans of one week, newest first (``Store.plans``); at least one.
    undone
        Drafts that the reader has gone back from; they count only where there is no other plan.
    """
    standing = [row for row in rows if row.plan_id not in undone] or list(rows)
    published = ruling(rows)
    if published is None or published.published_at is None or standing[0].created_at > published.published_at:
        return standing[0]
    return published


def read_at(rows: Sequence[PlanRow], row: PlanRow) -> datetime:
    """Say when the data were read that a plan rests on.

    A change by hand and the adoption of a scenario make a new plan of the old data: it knows no more than they did.
    """
    by_id = {one.plan_id: one for one in rows}
    first = row
    while "edit" in first.metrics and first.parent in by_id:
        first = by_id[first.parent]
    told = first.metrics.get("origin", {}).get("read_at")
    return first.created_at if told is None else datetime.fromisoformat(told)
