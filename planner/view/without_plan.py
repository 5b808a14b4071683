"""What of a week lay behind before any plan of it was published: no crew had one then, so nobody went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from planner.store import PlanRow
from planner.view.week import WeekView


@dataclass(frozen=True)
class WithoutPlan:
    """Of a plan: the shifts that were over, those that had begun, their days, and how many of its visits lay behind."""

    over: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    days_over: tuple[date, ...] = ()
    days_begun: tuple[date, ...] = ()
    visits: int = 0


def first_published(rows: Sequence[PlanRow]) -> datetime | None:
    """Give when a plan of the week was published first; None where none was."""
    return min((row.first_published_at for row in rows if row.first_published_at is not None), default=None)


def without_plan(view: WeekView, rows: Sequence[PlanRow], *, now: datetime) -> WithoutPlan:
    """Say what of a plan lay behind when the week's first plan was published, or lies behind now where none was."""
    until = first_published(rows) or now
    routes = [one for one in view.routes if one.stops and one.shift_starts_at <= until]
    over = [one for one in routes if one.shift_ends_at <= until]
    begun = [one for one in routes if one.shift_ends_at > until]
    past = {one.day for one in over} - {one.day for one in view.routes if one.stops and one.shift_ends_at > until}
    return WithoutPlan(
        over=frozenset(one.shift_id for one in over),
        begun=frozenset(one.shift_id for one in begun),
        days_over=tuple(sorted(past)),
        days_begun=tuple(sorted({one.day for one in routes} - past)),
        visits=sum(len(one.stops) for one in over)
        + sum(stop.begins_at <= until for one in begun for stop in one.stops),
    )
