"""A plan stood up over the roads for the page that wants to try changes: once for each plan, shared by its readers."""

from __future__ import annotations

import os
from datetime import date

import streamlit as st

from config.roads import roads_of
from dashboard.services import Services
from geodata.roads import RoadFailure
from planner import routing
from planner.domain import Branch, Principal
from planner.store import SavedPlan
from planner.why import CannotStand, Standing, agrees, branch_roads, problem_of, stand


class NotToHand(Exception):
    """The plan cannot be tried otherwise now; the message is a sentence of the code."""


@st.cache_resource(ttl=3600, max_entries=4, show_spinner=False)
def stood_up(_kit: Services, _principal: Principal, _branch: Branch, plan_id: str) -> tuple[Standing, SavedPlan, bool]:
    """Give a plan stood up, the plan as saved, and whether the roads answer as they did when it was made.

    Raises
    ------
    NotToHand
        If the roads do not answer, or the plan cannot be made over them.
    """
    saved = _kit.store.plan(_principal, plan_id)
    plan = routing.plan_from_dict(saved.plan)
    try:
        with roads_of(_kit.settings, _branch.road_region, os.environ, today=made_on(saved)) as engine:
            problem = problem_of(saved, branch_roads(_kit.store, _principal, _branch.code, engine))
        standing = stand(problem, plan)
    except (CannotStand, RoadFailure) as error:
        raise NotToHand(str(error)) from error
    return standing, saved, agrees(standing, plan)


def made_on(saved: SavedPlan) -> date:
    """Give the day of a plan: the road source of a bank's own server carries a day."""
    return saved.created_at.date()
