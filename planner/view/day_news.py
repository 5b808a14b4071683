"""What a crew said of its day while it was out, told from the plans of the day, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from planner.store import SavedPlan
from planner.view.in_force import PlanOf


@dataclass(frozen=True)
class NotMade:
    """A stop that was planned and is no more: why it is not made (``day_change``)."""

    debtor_id: str
    required: bool
    why: str


@dataclass(frozen=True)
class DayNews:
    """One change of a crew's day: what happened (``day_change.Happened``), who said so, and what it means.

    ``debtor_id``, ``minutes`` and ``reason`` are empty or None where nothing was said.
    """

    at: datetime
    who: str
    kind: str
    debtor_id: str
    minutes: int | None
    reason: str
    moved: int
    added: tuple[str, ...]
    not_made: tuple[NotMade, ...]


def day_news(saved: SavedPlan, shift_id: str, plan_of: PlanOf) -> tuple[DayNews, ...]:
    """Give the changes of a shift's day, from the plan that it works by back to the week's.

    A later shift that gave a visit works by the same plan: what was said is no news of its own day.
    """
    found = []
    while "day" in saved.metrics:
        told = saved.metrics["day"]
        if told["shift"] == shift_id:
            found.append(news_of(saved, told))
        if saved.parent is None:
            break
        saved = plan_of(saved.parent)
    return tuple(found)


def news_of(saved: SavedPlan, told: Mapping[str, Any]) -> DayNews:
    """Give what a plan of a day tells of its change."""
    return DayNews(
        at=datetime.fromisoformat(told["at"]),
        who=saved.created_by,
        kind=str(told["kind"]),
        debtor_id=str(told.get("debtor_id", "")),
        minutes=told.get("minutes"),
        reason=str(told.get("reason", "")),
        moved=int(told["moved"]),
        added=tuple(told["added"]),
        not_made=tuple(NotMade(one, bool(required), why) for one, required, why in told["dropped"]),
    )


def said_free(saved: SavedPlan, shift_id: str, last_door_at: datetime | None) -> datetime | None:
    """Give from when the crew said, as its day was changed, that it would be free; None where it said nothing.

    What it said is over once a door was recorded that was reached after it (``last_door_at``).
    """
    said = saved.metrics.get("day", {})
    if said.get("shift") != shift_id or not said.get("free_at"):
        return None
    if last_door_at is not None and last_door_at >= datetime.fromisoformat(said["at"]):
        return None
    return datetime.fromisoformat(said["free_at"])
