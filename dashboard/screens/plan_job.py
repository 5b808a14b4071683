"""Planning as it is seen from a page: start it, watch it, stop it.

The work is a process of its own with a row in the store, so it survives a reload, a closed tab and a restarted page.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard import formats, work_running
from dashboard.screens import certainty, job_ended
from dashboard.services import ROOT, Services
from dashboard.text import N_, _
from dashboard.text.glossary import explained
from planner.domain import Principal
from planner.store import Job, JobState, Keep, PlanRow

RUNNING = (JobState.QUEUED, JobState.RUNNING)
#: of long work: as much as leaves pages quick on two busy cores
NICE = 10
#: how long the end of a job is still told on the page
TOLD_FOR = timedelta(minutes=10)
#: after so long without a word it is asked whether the process is still there
SILENT = timedelta(seconds=4)

PHASES = {
    "read": N_("Reading the overdue list"),
    "value": N_("Valuing visits, applying the rules"),
    "roads": N_("Travel times by road"),
    "pattern": N_("Clusters and visit groups"),
    "search": N_("Searching for the best week"),
    "translate": N_("Drawing the routes"),
    "check": N_("Checking every stop"),
    "save": N_("Saving the plan"),
}


def start(
    services: Services,
    principal: Principal,
    branch: str,
    week: str,
    *,
    seconds: int,
    certainty: float | None = None,
    keep: Keep | None = None,
    after: str | None = None,
) -> Job:
    """Queue a plan for the week and start its process.

    ``keep`` says of which plan what is kept, ``after`` names the one that going back leads to.
    """
    request = {"week": week, "seconds": seconds, "certainty": certainty, **kept(keep)}
    job = services.store.queue_job(principal, branch, "plan", request=request, now=services.now())
    command = [
        *(sys.executable, "-m", "planner", "plan", "--branch", branch, "--week", week),
        *("--seconds", str(seconds), "--workers", str(services.settings.plan_workers), "--job", job.job_id),
    ]
    if certainty is not None:
        command += ["--certainty", f"{certainty:g}"]
    if keep is not None:
        command += ["--keep" if keep.stops else "--hold", keep.plan_id]
    if after is not None:
        command += ["--after", after]
    spawn(services, job, command)
    return job


def kept(keep: Keep | None) -> dict[str, Any]:
    """Give of which plan what is kept as a job's request says it."""
    return {} if keep is None else {"keep": keep.plan_id, "stops": keep.stops}


def spawn(services: Services, job: Job, command: Sequence[str]) -> None:
    """Start the process of a job; what it says goes into a log beside the others."""
    folder = services.settings.paths.jobs
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{job.job_id}.log").open("w") as log:
        # A group of its own: what ends the pages at their terminal does not end the plan. Not a session of its own:
        # Linux shares processors out between sessions first, and within each only after that by who gives way.
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=os.environ.copy(),
            process_group=0,
        )
    give_way(process.pid)
    work_running.begun(services, job, process)


def give_way(pid: int) -> None:
    """Let a process and what it starts step back behind the pages: who clicks waits for it, who plans does not."""
    if hasattr(os, "setpriority"):  # not on Windows
        with suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PROCESS, pid, max(NICE, os.getpriority(os.PRIO_PROCESS, pid)))


def running(services: Services, principal: Principal, branch: str, week: str) -> Job | None:
    """Give the job that is planning this week now; jobs whose process is gone are marked lost first."""
    mine = [job for job in services.store.jobs(principal, branch, RUNNING) if job.kind == "plan"]
    if mine:
        services.store.reap_lost(principal, branch, now=services.now())
        mine = [job for job in services.store.jobs(principal, branch, RUNNING) if job.kind == "plan"]
    return next((job for job in mine if job.request.get("week") == week), None)


def watched(services: Services, principal: Principal, job_id: str) -> Job:
    """Give a job that is being watched, found dead where its process is; when it has ended, run the page again."""
    job = services.store.job(principal, job_id)
    if job.state in RUNNING and services.now() - (job.heartbeat_at or job.created_at) > SILENT:
        services.store.reap_lost(principal, job.branch, now=services.now())
        job = services.store.job(principal, job_id)
    if job.state not in RUNNING:
        st.rerun()
    return job


def stop_button(services: Services, principal: Principal, job: Job, stop: str, stopping: str, key: str) -> None:
    """Offer to stop a job that is being watched; once that was asked for, say so."""
    if job.cancel_requested:
        st.caption(stopping)
    elif st.button(stop, icon=":material/stop_circle:", key=key):
        services.store.request_cancel(principal, job.job_id, now=services.now())
        st.rerun(scope="fragment")


@st.fragment(run_every=1.0)
def watch(services: Services, principal: Principal, job_id: str) -> None:
    """Show how far a job is, with a way to stop it; when it ends, run the page again."""
    job = watched(services, principal, job_id)
    progress = job.progress
    share = min(1.0, max(0.0, float(progress.get("share", 0.0))))
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap="xxsmall"):
            st.progress(share, text=" · ".join(facts(progress)))
            so_far(progress, job.request)
        if progress.get("planned") is None:
            stopping, stop = _("Stopping."), _("Stop planning")
        else:
            stopping, stop = _("Stopping: the best plan so far is kept."), _("Stop and keep the best so far")
        stop_button(services, principal, job, stop, stopping, "stop_job")


def facts(progress: Mapping[str, Any]) -> list[str]:
    """Say the phase and what the search has found so far, by the names of the finished plan's figures."""
    told = [_(PHASES.get(str(progress.get("phase", "")), N_("Starting")))]
    if progress.get("planned") is not None:
        told.append(f"{_('Visits')} {formats.number(progress['planned'])}")
    if progress.get("uplift") is not None:
        told.append(f"{_('Expected uplift')} {formats.money_short(100 * float(progress['uplift']))}")
    return told


def so_far(progress: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    """Say how good the plan is known to be and how sure it is to be; both are told of the finished plan as well."""
    if progress.get("objective") is None:
        return
    objective, bound = float(progress["objective"]), progress.get("bound")
    better = _("how much better is possible is not known yet")
    if bound is not None and objective > 0:
        gap = max(0.0, float(bound) / objective - 1)
        better = _("at most {gap} better is possible").format(gap=formats.percent(gap, 1))
    told = [better]
    words = _("Objective {money}").format(money=formats.money_short(100 * objective))
    if bound is not None:
        words += _(", bound {money}").format(money=formats.money_short(100 * float(bound)))
    told.append(words)
    if progress.get("in_time") is None:
        told.append(certainty.named(request.get("certainty")))
    else:
        told.append(certainty.mean_words(float(progress["in_time"])))
    st.caption(" · ".join(told), help=explained("objective", "bound", "certainty"))
    if "keep" not in request:
        st.caption(_("At the end the crews' loads are evened out; that may cost a little of it."))
    elif not request.get("stops", True):  # of stops that are kept nothing is exchanged
        text = _(
            "Unless visits are locked or kept apart, the crews' loads are evened out at the end; "
            "that may cost a little."
        )
        st.caption(text)


def told(
    services: Services,
    principal: Principal,
    branch: str,
    week: str,
    rows: Sequence[PlanRow],
    shown: str,
    undone: Collection[str],
    *,
    again: Callable[[], None],
) -> None:
    """Say how the last job of the week ended, where that needs saying; ``again`` plans once more.

    ``rows`` are the week's plans, of which ``shown`` is on the page; from the drafts ``undone`` the reader went back.
    """
    jobs = [j for j in services.store.jobs(principal, branch) if j.kind == "plan" and j.request.get("week") == week]
    last = next(iter(jobs), None)
    if last is not None and last.finished_at is not None and services.now() - last.finished_at <= TOLD_FOR:
        job_ended.told(last, again=again)
        job_ended.ready(last, rows, shown, undone)
