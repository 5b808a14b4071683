"""ISO weeks and their days."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def iso_week(day: date) -> str:
    """Name the ISO week of a day.

    >>> iso_week(date(2026, 11, 24))
    '2026-W48'
    """
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_days(week: str) -> tuple[date, ...]:
    """Give the seven days of an ISO week, Monday first.

    >>> week_days("2026-W48")[0]
    datetime.date(2026, 11, 23)

    Raises
    ------
    ValueError
        If it is not written like ``2026-W48`` or the year has no such week.
    """
    match = WEEK.fullmatch(week)
    if match is None:
        raise ValueError(f"a week is written like 2026-W48, got {week!r}")
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return tuple(monday + timedelta(days=k) for k in range(7))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"the year {match[1]} has no week {match[2]}") from error
