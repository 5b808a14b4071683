"""What each week of the past brought in each district: visits, payments, and paid by recorded field hour."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.tables import DAY, INT, REAL, TEXT, Schema, conform, empty
from planner.view.travel import gaps_between

#: the region of all districts together
EVERY = ""
#: One row a district and week, and one a week of all together; weeks without visits included.
WEEKS: Schema = {
    "region": TEXT,  # EVERY for all together
    "week_on": DAY,  # its Monday
    "visits": INT,
    "payments": INT,  # visits that brought money
    "actual_minor": REAL,
    "expected_minor": REAL,
    "hours": REAL,  # at the doors and between them; the way out and home is not recorded
}


def recorded_hours(visits: pd.DataFrame, zone: ZoneInfo) -> pd.Series:
    """Give the recorded hours of each visit: at the door, and the pause since the crew's last visit of the day.

    Parameters
    ----------
    visits
        ``branch``, ``crew_id``, ``started_at``, ``ended_at``. Pauses that hold a meal are not counted, see
        ``travel.LONGEST_GAP_S``.
    """
    at_the_door = (visits["ended_at"] - visits["started_at"]).dt.total_seconds().clip(lower=0)
    return (at_the_door + gaps_between(visits, zone).reindex(visits.index).fillna(0)) / 3600


def monday(started_at: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Give the Monday of each visit's week, by the branch's own calendar."""
    day = started_at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return pd.Series(day - pd.to_timedelta(day.dt.day_of_week, unit="D"), dtype="datetime64[s]")


def past_weeks(past: pd.DataFrame, regions: pd.Index, *, until: date, weeks: int) -> pd.DataFrame:
    """Count every district and week (``WEEKS``), the oldest week first, all together last.

    Parameters
    ----------
    past
        ``planner.view.regions.PAST``: one row a past visit.
    regions
        Codes of the districts; visits elsewhere are not counted.
    until
        A day of the last week, which may not be over.
    weeks
        How many weeks, that one included.
    """
    if not len(regions):
        return empty(WEEKS)
    last = pd.Timestamp(until - timedelta(days=until.weekday()))
    mondays = pd.DatetimeIndex([last - pd.Timedelta(weeks=k) for k in reversed(range(weeks))]).astype("datetime64[s]")
    counted = (
        past.assign(payments=(past["paid_minor"] > 0).astype(np.int64))
        .groupby(["region", "week_on"])
        .agg(
            visits=("payments", "size"),
            payments=("payments", "sum"),
            actual_minor=("paid_minor", "sum"),
            expected_minor=("expected_minor", "sum"),
            hours=("hours", "sum"),
        )
    )
    every = pd.MultiIndex.from_product([regions.astype("str"), mondays], names=["region", "week_on"])
    each = counted.reindex(every).fillna(0).reset_index()
    together = each.drop(columns="region").groupby("week_on", as_index=False).sum().assign(region=EVERY)
    return conform(pd.concat([each, together], ignore_index=True), WEEKS)
