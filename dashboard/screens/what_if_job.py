"""Planning a scenario as a job: a process of its own, watched and stopped like the planning of the week."""

from __future__ import annotations

import sys
from collections.abc import Collection

from dashboard.screens import plan_job
from dashboard.services import Services
from planner.domain import Principal
from planner.scenario_command import KIND
from planner.scenarios.run import kept_by
from planner.scenarios.scenario import Scenario
from planner.store import Job


def start(
    kit: Services,
    principal: Principal,
    branch: str,
    week: str,
    scenario: Scenario,
    *,
    beside: float | None,
    undone: Collection[str],
    seconds: int,
) -> Job:
    """Queue a scenario of the week, to be planned as surely as the plan beside it, and start its process.

    ``undone`` are the drafts that whoever asks has gone back from: nothing of them is kept.
    """
    keep = kept_by(kit.store.plans(principal, branch, week), scenario, undone)
    request = {"week": week, "seconds": seconds, "scenario": scenario.text(), "beside": beside}
    request |= plan_job.kept(keep)
    job = kit.store.queue_job(principal, branch, KIND, request=request, now=kit.now())
    command = [
        *(sys.executable, "-m", "planner", "scenario", "--branch", branch, "--week", week),
        *("--seconds", str(seconds), "--workers", str(kit.settings.plan_workers), "--job", job.job_id),
    ]
    plan_job.spawn(kit, job, command)
    return job


def running(kit: Services, principal: Principal, branch: str, week: str) -> Job | None:
    """Give the job that plans a scenario of this week now; jobs whose process is gone are marked lost first."""
    mine = [job for job in kit.store.jobs(principal, branch, plan_job.RUNNING) if job.kind == KIND]
    if mine:
        kit.store.reap_lost(principal, branch, now=kit.now())
        mine = [job for job in kit.store.jobs(principal, branch, plan_job.RUNNING) if job.kind == KIND]
    return next((job for job in mine if job.request.get("week") == week), None)


def last(kit: Services, principal: Principal, branch: str, week: str) -> Job | None:
    """Give the newest job of this week's scenarios."""
    jobs = kit.store.jobs(principal, branch)
    return next((job for job in jobs if job.kind == KIND and job.request.get("week") == week), None)
