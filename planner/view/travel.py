"""How much of the road falls to one visit: from door to door as the crews' visits show, and the way out and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.roads.straight_line import StraightLine

#: a longer pause between two doors holds a meal or something else than travel
LONGEST_GAP_S = 45 * 60.0
#: a district's own gaps count beside so many of all districts
PRIOR_GAPS = 20.0
#: from door to door while no visit is known; an engineering default
DOOR_TO_DOOR_S = 12 * 60.0


@dataclass(frozen=True)
class Travel:
    """What travel rests on: the mean seconds from door to door and how many pauses between visits stand behind it.

    The way to the first door and back is a straight line times ``detour`` at ``kmh``; ``visits_a_day`` share it.
    """

    door_to_door_s: float
    gaps: int
    detour: float
    kmh: float
    visits_a_day: float

    @property
    def assumption(self) -> bool:
        """Whether no visit stands behind the time from door to door."""
        return self.gaps == 0


def gaps_between(outcomes: pd.DataFrame, zone: ZoneInfo) -> pd.Series:
    """Give the seconds from one door to the next of the same crew on the same day, by the row of the second.

    Pauses over ``LONGEST_GAP_S`` and visits that overlap are left out.
    """
    ordered = outcomes.sort_values(["branch", "crew_id", "started_at"])
    day = ordered["started_at"].dt.tz_convert(zone).dt.date
    keys = [ordered["branch"], ordered["crew_id"], day]
    gap = (ordered["started_at"] - ordered["ended_at"].groupby(keys).shift()).dt.total_seconds()
    return gap[(gap >= 0) & (gap <= LONGEST_GAP_S)].rename("gap_s")


def travel_seconds(
    options: pd.DataFrame,
    outcomes: pd.DataFrame,
    starts: Mapping[str, tuple[float, float]],
    *,
    visits_a_day: float,
    zone: ZoneInfo,
) -> tuple[Travel, pd.Series]:
    """Give the seconds of travel that fall to each visit.

    Door to door is the district's mean pause between visits, drawn towards that of all by ``PRIOR_GAPS``. The way out
    and back is a straight line with detour, shared by the visits of a crew-day: an estimate, and named as one.

    Parameters
    ----------
    options
        ``debtor_id``, ``branch``, ``region``, ``lon``, ``lat``.
    starts
        lon, lat of each branch.

    Returns
    -------
    Travel, Series
        What it rests on, and seconds in the order of the options, NaN where the place is unknown.
    """
    gaps = gaps_between(outcomes, zone) if len(outcomes) else pd.Series(dtype="float64")
    overall = float(gaps.mean()) if len(gaps) else DOOR_TO_DOOR_S
    region = outcomes.loc[gaps.index, "debtor_id"].map(
        options.drop_duplicates("debtor_id").set_index("debtor_id")["region"]
    )
    own = gaps.groupby(region).agg(["sum", "size"])
    near = (own["sum"] + PRIOR_GAPS * overall) / (own["size"] + PRIOR_GAPS)
    roads = StraightLine()
    out = pd.Series(np.nan, index=options.index)
    placed = options[options["lon"].notna() & options["lat"].notna()]
    for branch, here in placed.groupby("branch"):
        points = here[["lon", "lat"]].to_numpy(float)
        # There and back to every door: each second leg leads back to the branch.
        there_and_back = np.stack([np.broadcast_to(starts[str(branch)], points.shape), points], axis=1).reshape(-1, 2)
        out.loc[here.index] = roads.route(there_and_back).leg_seconds[::2]
    travel = Travel(overall, len(gaps), roads.detour, roads.kmh, visits_a_day)
    return travel, options["region"].map(near).fillna(overall) + 2 * out / visits_a_day
