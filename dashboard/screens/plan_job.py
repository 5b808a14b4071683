"""Planning as it is seen from a page: start it, watch it, stop it.

The work is a process of its own with a row in the store, so it survives a reload, a closed tab and a restarted page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import streamlit as st

from dashboard import formats
from dashboard.screens import job_ended
from dashboard.services import ROOT, Services
from dashboard.text import N_, _
from planner.domain import Principal
from planner.store import Job, JobState

RUNNING = (JobState.QUEUED, JobState.RUNNING)
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
    keep: str | None = None,
) -> Job:
    """Queue a plan for the week and start its process; ``keep`` names a plan to keep as much of as may be."""
    request = {"week": week, "seconds": seconds, "certainty": certainty} | ({} if keep is None else {"keep": keep})
    job = services.store.queue_job(principal, branch, "plan", request=request, now=services.now())
    command = [
        *(sys.executable, "-m", "planner", "plan", "--branch", branch, "--week", week),
        *("--seconds", str(seconds), "--workers", str(services.settings.plan_workers), "--job", job.job_id),
    ]
    if certainty is not None:
        command += ["--certainty", f"{certainty:g}"]
    if keep is not None:
        command += ["--keep", keep]
    spawn(services, job, command)
    return job


def spawn(services: Services, job: Job, command: Sequence[str]) -> None:
    """Start the process of a job; what it says goes into a log beside the others."""
    folder = services.settings.paths.jobs
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{job.job_id}.log").open("w") as log:
        # A session of its own: closing the page's terminal does not take the plan with it.
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=os.environ.copy(),
            start_new_session=True,
        )
    # Somebody must wait for it, else its number stays taken after a crash and the job seems to go on.
    threading.Thread(target=process.wait, daemon=True).start()


def running(services: Services, principal: Principal, branch: str, week: str) -> Job | None:
    """Give the job that is planning this week now; jobs whose process is gone are marked lost first."""
    mine = [job for job in services.store.jobs(principal, branch, RUNNING) if job.kind == "plan"]
    if mine:
        services.store.reap_lost(principal, branch, now=services.now())
        mine = [job for job in services.store.jobs(principal, branch, RUNNING) if job.kind == "plan"]
    return next((job for job in mine if job.request.get("week") == week), None)


@st.fragment(run_every=1.0)
def watch(services: Services, principal: Principal, job_id: str) -> None:
    """Show how far a job is, with a way to stop it; when it ends, run the page again."""
    job = services.store.job(principal, job_id)
    if job.state in RUNNING and services.now() - (job.heartbeat_at or job.created_at) > SILENT:
        services.store.reap_lost(principal, job.branch, now=services.now())
        job = services.store.job(principal, job_id)
    if job.state not in RUNNING:
        st.rerun()
    progress = job.progress
    share = min(1.0, max(0.0, float(progress.get("share", 0.0))))
    facts = [_(PHASES.get(str(progress.get("phase", "")), N_("Starting")))]
    if progress.get("planned") is not None:
        facts.append(_("{n} visits planned").format(n=progress["planned"]))
    if progress.get("value") is not None:
        facts.append(_("worth {money}").format(money=formats.money_short(100 * float(progress["value"]))))
    if progress.get("bound") is not None and float(progress["value"]) > 0:
        better = max(0.0, float(progress["bound"]) / float(progress["value"]) - 1)
        facts.append(_("at most {gap} better is possible").format(gap=formats.percent(better, 1)))
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.progress(share, text=" · ".join(facts))
        if progress.get("planned") is None:
            stopping, stop = _("Stopping."), _("Stop planning")
        else:
            stopping, stop = _("Stopping: the best plan so far is kept."), _("Stop and keep the best so far")
        if job.cancel_requested:
            st.caption(stopping)
        elif st.button(stop, icon=":material/stop_circle:", key="stop_job"):
            services.store.request_cancel(principal, job_id, now=services.now())
            st.rerun(scope="fragment")


def told(services: Services, principal: Principal, branch: str, week: str, *, again: Callable[[], None]) -> None:
    """Say how the last job of the week ended, where that needs saying; ``again`` plans once more."""
    jobs = [j for j in services.store.jobs(principal, branch) if j.kind == "plan" and j.request.get("week") == week]
    last = next(iter(jobs), None)
    if last is not None and last.finished_at is not None and services.now() - last.finished_at <= TOLD_FOR:
        job_ended.told(last, again=again)
