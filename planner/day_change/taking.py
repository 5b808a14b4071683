"""Takes a proposal exactly as it was shown, once: it becomes the plan by which the shift works."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import numpy as np
import shapely

from geodata.roads import RoadEngine
from planner.answer import LINE_TOLERANCE
from planner.day_change.proposing import Proposal
from planner.domain import Principal
from planner.store import SavedPlan, Store


class ProposalOutdated(ValueError):
    """What would be taken is not what was shown: something was recorded or changed meanwhile."""


def plan_id_of(change_id: str) -> str:
    """Give the id of the plan that a change makes; the same change sent again makes the same plan.

    >>> plan_id_of("b4d2f0a2-52a2-4a44-9a7e-0b1f5a6f0c11")
    'b4d2f0a252a2'

    Raises
    ------
    ValueError
        If it is no UUID.
    """
    return UUID(change_id).hex[:12]


def take_day(
    store: Store, principal: Principal, proposal: Proposal, roads: RoadEngine, *, change_id: str, digest: str,
    now: datetime,
) -> SavedPlan:  # fmt: skip
    """Keep a proposal and let its shifts work by it.

    Raises
    ------
    ProposalOutdated
        If it is not the one that was shown.
    planner.store.PublishedMeanwhile
        If the shift works by another plan meanwhile.
    """
    if proposal.digest != digest:
        raise ProposalOutdated("the rest of the day is not the one that was shown")
    made = proposal.saved
    context = {**made.context, "lines": {one["shift"]: line(made, one, roads) for one in made.plan["routes"]}}
    saved = replace(made, plan_id=plan_id_of(change_id), created_at=now, context=context)
    store.change_day(principal, saved, proposal.shifts, now=now)
    return saved


def line(saved: SavedPlan, route: dict[str, object], roads: RoadEngine) -> list[list[float]]:
    """Give a route's line along the streets (lon, lat), empty where it has no stops."""
    visits = {one["id"]: one for one in saved.problem["visits"]}
    shift = next(one for one in saved.problem["shifts"] if one["id"] == route["shift"])
    stops: list[dict[str, int]] = route["stops"]  # type: ignore[assignment]
    if not stops:
        return []
    rows = [visits[one["visit"]]["options"][one["option"]]["place"] for one in stops]
    places = [saved.context["places"][row] for row in (shift["start_place"], *rows, shift["end_place"])]
    drawn = roads.route(np.array([(one["lon"], one["lat"]) for one in places], dtype=float)).line
    thin = shapely.simplify(shapely.LineString(drawn), LINE_TOLERANCE)
    found: list[list[float]] = np.round(shapely.get_coordinates(thin), 5).tolist()
    return found
