"""A plan stood up over the roads for the page that wants to try changes: once for each plan, shared by its readers."""

from __future__ import annotations

import streamlit as st

from dashboard.screens.edit_desks import desk_of, known_of, means_of
from dashboard.screens.who import audience
from dashboard.services import Services
from geodata.roads import RoadFailure
from planner import routing
from planner.desk import OtherRoads
from planner.domain import Branch, Principal
from planner.editing import NotThePlan
from planner.saved_times import problem_of, times_of
from planner.store import SavedPlan
from planner.why import CannotStand, Standing, agrees, stand, standing_of


class NotToHand(Exception):
    """The plan cannot be tried otherwise now; the message is a sentence of the code."""


@st.cache_resource(ttl=3600, max_entries=4, show_spinner=False)
def stood_up(
    _kit: Services, _principal: Principal, _branch: Branch, plan_id: str, week: str
) -> tuple[Standing, SavedPlan, bool]:
    """Give a plan stood up, the plan as saved, and whether the roads answer as they did when it was made.

    The plan lies open on the desk already, or will when it is changed. Where its roads are not to be had any more, it
    is stood up over those that there are.

    Raises
    ------
    NotToHand
        If the roads do not answer, or the plan cannot be made over them.
    """
    try:
        try:
            desk = desk_of(_kit, _principal, _branch, plan_id, week)
        except OtherRoads:
            return over_other_roads(_kit, _principal, _branch, plan_id, week)
        return standing_of(desk.draft.instance, desk.draft.tours), desk.saved, True
    except (CannotStand, NotThePlan, RoadFailure) as error:
        raise NotToHand(str(error)) from error


def over_other_roads(
    kit: Services, principal: Principal, branch: Branch, plan_id: str, week: str
) -> tuple[Standing, SavedPlan, bool]:
    """Stand a plan up over other roads than it was made with."""
    saved = kit.store.plan(principal, plan_id)
    plan = routing.plan_from_dict(saved.plan)
    known = known_of(kit, principal, audience(principal), branch.code, week)
    with means_of(kit, branch, saved) as means:
        times = times_of(saved, means.roads, crews=known.crews.values(), places=known.facts.places)
    standing = stand(problem_of(saved, times), plan)
    return standing, saved, agrees(standing, plan)
