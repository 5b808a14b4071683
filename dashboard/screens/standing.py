"""A plan stood up over the roads for the page that wants to try changes: once for each plan, shared by its readers."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import streamlit as st

from dashboard.screens.aside import SteppedAside, step_aside
from dashboard.screens.edit_desks import desk_of, known_of, means_of
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.tried_beside import Reasons, TriedBeside
from geodata.roads import RoadFailure
from planner import routing
from planner.desk import OtherRoads
from planner.domain import Branch, Principal
from planner.editing import NotThePlan
from planner.saved_times import problem_of, times_of
from planner.store import SavedPlan
from planner.why import CannotStand, Here, NotHere, Standing, agrees, stand, standing_of, why_here, why_not


class NotToHand(Exception):
    """The plan cannot be tried otherwise now; the message is a sentence of the code."""


Stood = tuple[Standing, SavedPlan, bool]
#: how long a page waits for a plan to stand before it looks whether somebody clicked
LOOK_S = 0.05


def stood_up(kit: Services, principal: Principal, branch: Branch, plan_id: str, week: str) -> Stood:
    """Give a plan stood up, the plan as saved, and whether the roads answer as they did when it was made.

    The plan lies open on the desk already, or will when it is changed. Where its roads are not to be had any more, it
    is stood up over those that there are.

    Raises
    ------
    NotToHand
        If the roads do not answer, or the plan cannot be made over them.
    dashboard.screens.aside.SteppedAside
        If somebody clicked while the plan was being stood up; that goes on, for the next who asks.
    """
    coming = begun(kit, principal, branch, plan_id, week)
    while True:
        try:
            return coming.result(timeout=LOOK_S)
        except TimeoutError:
            step_aside()
        except (CannotStand, NotThePlan, RoadFailure) as error:
            begun.clear(kit, principal, branch, plan_id, week)  # to be tried again
            raise NotToHand(str(error)) from error


@st.cache_resource(ttl=3600, max_entries=4, show_spinner=False)
def begun(_kit: Services, _principal: Principal, _branch: Branch, plan_id: str, week: str) -> Future[Stood]:
    """Begin to stand a plan up beside the page; once for each plan, shared by its readers."""
    return workers().submit(stood, _kit, _principal, _branch, plan_id, week)


@st.cache_resource(show_spinner=False)
def workers() -> ThreadPoolExecutor:
    """Give the threads in which plans are stood up."""
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="stand up")


def stood(kit: Services, principal: Principal, branch: Branch, plan_id: str, week: str) -> Stood:
    """Stand a plan up, over the roads that it was made with or else over those that there are."""
    try:
        desk = desk_of(kit, principal, branch, plan_id, week)
    except OtherRoads:
        return over_other_roads(kit, principal, branch, plan_id, week)
    return standing_of(desk.draft.instance, desk.draft.tours), desk.saved, True


def reasons_of(kit: Services, standing: Standing, plan_id: str, same: bool, debtor: str) -> Here | NotHere | None:
    """Give why a visit is where it is, or where somebody left out would fit: tried once, then remembered.

    Raises
    ------
    dashboard.screens.aside.SteppedAside
        If somebody clicked while slots were tried; what nobody has begun to try by then is not tried.
    """
    if not kit.busy:
        return tried_here(standing, plan_id, same, debtor)
    while True:
        coming = asked(standing, plan_id, same, debtor)
        try:
            return coming.result(timeout=LOOK_S)
        except TimeoutError:
            try:
                step_aside()
            except SteppedAside:
                if coming.cancel():
                    asked.clear(standing, plan_id, same, debtor)
                raise
        except CancelledError:  # whoever asked first has gone on
            asked.clear(standing, plan_id, same, debtor)
        except Exception:
            asked.clear(standing, plan_id, same, debtor)
            raise


@st.cache_resource(ttl=3600, max_entries=600, show_spinner=False)
def tried_here(_standing: Standing, plan_id: str, same: bool, debtor: str) -> Here | NotHere | None:  # noqa: ARG001
    """Try the slots in this thread."""
    return why_here(_standing, debtor, heard=step_aside) or why_not(_standing, debtor, heard=step_aside)


@st.cache_resource(ttl=3600, max_entries=600, show_spinner=False)
def asked(_standing: Standing, plan_id: str, same: bool, debtor: str) -> Future[Reasons]:  # noqa: ARG001
    """Begin to try the slots beside the pages; once for each visit, shared by whoever looks at it."""
    return beside().ask(_standing, debtor)


@st.cache_resource(show_spinner=False)
def beside() -> TriedBeside:
    """Give the one process that tries slots for this application."""
    return TriedBeside()


def over_other_roads(kit: Services, principal: Principal, branch: Branch, plan_id: str, week: str) -> Stood:
    """Stand a plan up over other roads than it was made with."""
    saved = kit.store.plan(principal, plan_id)
    plan = routing.plan_from_dict(saved.plan)
    known = known_of(kit, principal, audience(principal), branch.code, week)
    with means_of(kit, branch, saved) as means:
        times = times_of(saved, means.roads, crews=known.crews.values(), places=known.facts.places)
    standing = stand(problem_of(saved, times), plan)
    return standing, saved, agrees(standing, plan)
