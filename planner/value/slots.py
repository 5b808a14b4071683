"""Parts of the week in which people are as likely to be met, and the settings in which they are met."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.value.parameters import Parameters, Slot


def slot_of(instants: pd.Series, slots: Sequence[Slot], zone: ZoneInfo) -> pd.Series:
    """Give the slot's name of each instant, by local time.

    Parameters
    ----------
    instants
        Aware instants.
    slots
        Cover every time of the week exactly once.
    """
    local = instants.dt.tz_convert(zone)
    minutes = local.dt.hour * 60 + local.dt.minute
    named = pd.Series("", index=instants.index, dtype="str")
    for slot in slots:
        inside = local.dt.day_of_week.isin(slot.weekdays) & (minutes >= slot.opens_min) & (minutes < slot.closes_min)
        named[inside] = slot.name
    return named


def setting_of(kinds: pd.Series, occupations: pd.Series, parameters: Parameters) -> pd.Series:
    """Give the setting of a meeting: ``work``, or at home with somebody who is in all day or away by day."""
    work = kinds.isin(parameters.work_places)
    flat = occupations.isin(parameters.flat_occupations)
    return pd.Series(np.select([work, flat], ["work", "home_flat"], "home"), index=kinds.index, dtype="str")


def split_by_slot(windows: pd.DataFrame, slots: Sequence[Slot], zone: ZoneInfo) -> pd.DataFrame:
    """Cut windows at the borders of the slots, so that each piece lies in one slot.

    Parameters
    ----------
    windows
        ``day`` (local midnight without a zone), ``opens_at`` and ``closes_at`` on that local day, and any more columns.

    Returns
    -------
    pandas.DataFrame
        The same columns and ``slot``. Pieces that touch share the border; a piece of no length is kept only where the
        window itself has none.
    """
    weekday = windows["day"].dt.day_of_week
    pieces: list[pd.DataFrame] = []
    for slot in slots:
        here = windows[weekday.isin(slot.weekdays)]
        opens, closes = (local_instant(here["day"], minutes, zone) for minutes in (slot.opens_min, slot.closes_min))
        starts = here["opens_at"].where(here["opens_at"] >= opens, opens)
        ends = here["closes_at"].where(here["closes_at"] <= closes, closes)
        point = (here["opens_at"] == here["closes_at"]) & (starts < closes)
        keep = (starts < ends) | (point & (starts == ends))
        pieces.append(here.assign(opens_at=starts, closes_at=ends, slot=slot.name)[keep])
    return pd.concat(pieces, ignore_index=True)


def local_instant(days: pd.Series, minutes: int | pd.Series, zone: ZoneInfo) -> pd.Series:
    """Give the instants of local days at so many minutes after midnight, in UTC."""
    local = days + pd.to_timedelta(minutes, unit="min")
    return (
        local.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
        .dt.tz_convert("UTC")
        .astype("datetime64[us, UTC]")
    )
