"""Which days a collector may open: this week by the branch's clock, and the few days back that are written up late.

The next days are his too, over the week's end: on Friday, and on Sunday evening, he asks what Monday brings. The rest
of a later week is not his yet: it may still change, and a list of who is to be visited is personal data that nobody
needs before the day. An earlier one he needs no longer than it takes to write up what a phone or a day kept him from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from planner.domain import Branch, Principal, Role

#: from Friday on he may look at Monday
AHEAD = timedelta(days=3)


class NotYourWeek(KeyError):
    """The day is none that this collector may open."""


@dataclass(frozen=True)
class Days:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        """Say whether a day is one of them."""
        return isinstance(day, date) and self.first <= day <= self.last


def own_days(branch: Branch, *, now: datetime, back_days: int | None) -> Days:
    """Give the days a collector may open: from Monday or so many days back, to Sunday or ``AHEAD``; None, back to any.

    >>> branch = Branch("YX01", "Centre", "中心", 109.6, 29.1, road_region="yunxi")  # Shanghai time
    >>> own_days(branch, now=datetime.fromisoformat("2026-11-29T15:59+00:00"), back_days=7)  # Sunday 23:59
    Days(first=datetime.date(2026, 11, 22), last=datetime.date(2026, 12, 2))
    >>> own_days(branch, now=datetime.fromisoformat("2026-11-29T16:00+00:00"), back_days=7)  # Monday
    Days(first=datetime.date(2026, 11, 23), last=datetime.date(2026, 12, 6))
    """
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    monday = today - timedelta(days=today.weekday())
    first = date.min if back_days is None else min(monday, today - timedelta(days=back_days))
    return Days(first, max(monday + timedelta(days=6), today + AHEAD))


def require_own_days(principal: Principal, branch: Branch, day: date, *, now: datetime, back_days: int | None) -> None:
    """Let a collector open his own days only; everybody else any.

    Raises
    ------
    NotYourWeek
        If the day is none of his.
    """
    if principal.role is Role.COLLECTOR and day not in own_days(branch, now=now, back_days=back_days):
        raise NotYourWeek(day.isoformat())
