"""The travel times of a saved plan, which are not kept with it: they follow from its places and the road source.

Planning asks the roads for all points of a branch at once (``planner.reading.points_of``). Asked for the same points
again, a cache behind the roads has the answer at hand, and the plan's own times are cut out of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.roads import RoadEngine
from geodata.roads.shared import SharedTimes
from geodata.roads.travel import Floats, OnCells, TravelTimes, unheard
from planner import routing
from planner.domain import Crew
from planner.store import SavedPlan


def points_of_plan(saved: SavedPlan) -> Floats:
    """Give the plan's places, (n, 2), by the rows of its matrix."""
    return np.array([(one["lon"], one["lat"]) for one in saved.context["places"]], dtype=np.float64).reshape(-1, 2)


def times_of(
    saved: SavedPlan, roads: RoadEngine, *, crews: Iterable[Crew], places: pd.DataFrame, on_cells: OnCells = unheard
) -> TravelTimes:
    """Give the travel times between a plan's places, as the roads answer now.

    Parameters
    ----------
    crews, places
        The branch's own, as they are now: with them the question is the one that planning asked.

    Raises
    ------
    geodata.roads.RoadFailure
        If the roads do not answer.
    """
    at = points_of_plan(saved)
    spots = np.array([spot for crew in crews for spot in (crew.start, crew.end)], dtype=np.float64).reshape(-1, 2)
    points = np.vstack([at, spots, places[["lon", "lat"]].dropna().to_numpy(float)])
    return SharedTimes(roads, points).travel_times(at, on_cells=on_cells)


def problem_of(saved: SavedPlan, times: TravelTimes) -> routing.Problem:
    """Give a saved plan's problem over these times, with the pairs that were kept apart by hand."""
    problem = routing.problem_from_dict(saved.problem, seconds=times.seconds)
    return replace(problem, metres=times.metres, apart=apart_in(saved))


def apart_in(saved: SavedPlan) -> frozenset[routing.Pair]:
    """Give the pairs of a saved plan that are never on one route: its context has them, its problem has no key."""
    kept = saved.context.get("edits", {}).get("kept", {})
    return frozenset(routing.pair(a, b) for a, b in kept.get("apart", []))
