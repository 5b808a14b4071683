"""How much better than the plan shown any plan could be, where planning did not come to prove it: why, and a way to it.

The bound is found by a job of its own (``planner.bound_command``) and belongs to one plan, which is never changed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.screens import plan_job
from dashboard.screens.edit_hand import Hand
from dashboard.services import Services
from dashboard.text import _
from dashboard.text.refusals import refused
from planner.bound_command import FOUND, KIND
from planner.domain import Principal, Role
from planner.store import Job, JobState, PlanRow
from planner.view import WeekView


def with_bound(kit: Services, principal: Principal, view: WeekView) -> WeekView:
    """Give the view with the bound that a job has found of its plan, where the plan has none of its own."""
    if view.bound is not None:
        return view
    for job in jobs(kit, principal, view):
        found = job.progress.get(FOUND)
        if isinstance(found, Mapping) and found.get("bound") is not None:
            return replace(view, bound=float(found["bound"]), bound_kind=str(found["bound_kind"]))
    return view


def jobs(kit: Services, principal: Principal, view: WeekView) -> list[Job]:
    """Give the jobs that were to find the plan's bound, newest first."""
    every = kit.store.jobs(principal, view.branch)
    return [one for one in every if one.kind == KIND and one.request.get("plan") == view.plan_id]


def why_none(row: PlanRow) -> str:
    """Say why a plan has no bound: it was changed by hand, or made without the time for a proof."""
    if "edit" in row.metrics:
        return _("A change by hand allows plans that were not thought of when it was proven how good a plan can be.")
    return _("There was no time left to prove how much better a plan could be.")


def offer(hand: Hand) -> None:
    """Say why there is no bound and let a manager have it computed; nothing where there is one."""
    view = hand.view
    if view.bound is not None:
        return
    tried = next(iter(jobs(hand.kit, hand.principal, view)), None)
    if tried is not None and tried.state in plan_job.RUNNING:
        watch(hand.kit, hand.principal, tried.job_id)
        return
    may, why = hand.principal.role is Role.MANAGER, None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key="week-no-bound"):
        if tried is not None and tried.state in (JobState.FAILED, JobState.LOST):
            st.caption(refused(tried.error) or _("The last try to compute it ended without one."), width="content")
        elif tried is not None and tried.state is JobState.DONE:
            st.caption(_("This week is too large for a bound."), width="content")
            return
        elif may:
            why = why_none(hand.row)
        else:
            st.caption(why_none(hand.row), width="content")
        label = _("Compute how much better is possible")
        if may and st.button(label, icon=":material/straighten:", type="tertiary", key="week_bound", help=why):
            start(hand.kit, hand.principal, view)
            st.rerun()


def start(kit: Services, principal: Principal, view: WeekView) -> Job:
    """Queue the job and start its process."""
    job = kit.store.queue_job(principal, view.branch, KIND, request={"plan": view.plan_id}, now=kit.now())
    command = [*(sys.executable, "-m", "planner", "bound"), *("--branch", view.branch, "--plan", view.plan_id)]
    plan_job.spawn(kit, job, [*command, "--job", job.job_id])
    return job


@st.fragment(run_every=1.5)
def watch(kit: Services, principal: Principal, job_id: str) -> None:
    """Show how far the bound is, with a way to stop; when it is there, run the page again."""
    job = plan_job.watched(kit, principal, job_id)
    progress: Mapping[str, Any] = job.progress
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        share = min(1.0, max(0.0, float(progress.get("share", 0.0))))
        st.progress(share, text=_("Computing how much better is possible"))
        plan_job.stop_button(kit, principal, job, _("Stop"), _("Stopping."), "stop_bound")
