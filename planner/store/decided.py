"""Which plan of a week holds for whoever comes to it, which one planning again keeps, and how old a plan's data are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.store.plans import PlanRow


@dataclass(frozen=True)
class Keep:
    """Of which plan a week that is planned again keeps what: what was settled by hand in it holds.

    ``stops``: its stops stay too, as far as that pays, since people know them or somebody chose them.
    """

    plan_id: str
    stops: bool = True


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


def to_keep(rows: Sequence[PlanRow], shown: PlanRow) -> Keep:
    """Give of which plan planning the week again keeps what, for whoever looks at the plan ``shown``.

    Of the published one all that pays. A draft of it that somebody has changed by hand, or adopted from a scenario, is
    kept itself: else those changes would be gone without a word, and undoing would not lead back to them. Where nothing
    is published nobody knows a stop yet, and only what was settled by hand in the plan shown holds.
    """
    published = ruling(rows)
    if published is None:
        return Keep(shown.plan_id, stops=False)
    by_id, one, changed = {row.plan_id: row for row in rows}, shown, False
    while one.plan_id != published.plan_id:
        changed = changed or "edit" in one.metrics or "origin" in one.metrics
        if "origin" in one.metrics:  # it came of a scenario, not of the plan before it
            break
        before = by_id.get(one.parent or "")
        if one.first_published_at is not None:  # a plan of old, which the published one has replaced
            return Keep(published.plan_id)
        if before is None:
            break
        one = before
    return Keep(shown.plan_id if changed else published.plan_id)


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
