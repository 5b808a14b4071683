"""The only ways to a connection: each asks ``planner.store.access`` first, each write leaves an audit entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection, Engine

from planner.domain import Principal, Role
from planner.store import audit, jobs, plans, regions
from planner.store.access import NotAllowed, Right, known, permit
from planner.store.audit import Deed
from planner.store.connect import reading, scope_of, writing


@dataclass(frozen=True)
class Door:
    """Connections for those who may have one. Every method raises ``NotAllowed`` for the others.

    ``clock`` gives the time of an auditor's reads, which are noted one by one; without it an auditor reads nothing.
    """

    engine: Engine
    clock: Callable[[], datetime] | None = None

    @contextmanager
    def read(self, principal: Principal, right: Right, branch: str) -> Iterator[Connection]:
        """Give a connection for reading at a branch."""
        permit(principal, right, branch)
        if principal.role is Role.AUDITOR:
            self.note_read(principal, branch, right.name.removeprefix("READ_").lower())
        with reading(self.engine, scope_of(principal, branch)) as connection:
            yield connection

    def note_read(self, principal: Principal, branch: str, what: str, **ids: str) -> None:
        """Note in the trail that something is read: before it is, so that nothing is read that is not noted."""
        if self.clock is None:
            raise NotAllowed("an auditor reads only where the time of it can be noted")
        with audit.deed(self.engine, principal, branch, f"read.{what}", self.clock()) as deed:
            deed.note(**ids)

    @contextmanager
    def read_ground(self, principal: Principal, road_region: str) -> Iterator[Connection]:
        """Give a connection for reading about a road region in which one of the principal's branches lies."""
        with self.read(principal, Right.READ_GROUND, self.branch_in(principal, road_region)) as connection:
            yield connection

    @contextmanager
    def write(self, principal: Principal, right: Right, branch: str, what: str, now: datetime) -> Iterator[Deed]:
        """Give a write transaction at a branch that leaves an entry in the audit trail."""
        permit(principal, right, branch)
        with audit.deed(self.engine, principal, branch, what, now) as deed:
            yield deed

    @contextmanager
    def write_job(self, principal: Principal, job_id: str, what: str, now: datetime) -> Iterator[Deed]:
        """Give a write transaction for a job at the job's branch."""
        with self.write(principal, Right.WRITE_JOBS, self.branch_of_job(principal, job_id), what, now) as deed:
            deed.note(job=job_id)
            yield deed

    @contextmanager
    def write_progress(self, principal: Principal, job_id: str) -> Iterator[Connection]:
        """Give a write transaction for a job's progress, which is no deed and leaves no entry."""
        branch = self.branch_of_job(principal, job_id)
        permit(principal, Right.WRITE_JOBS, branch)
        with writing(self.engine, branch, scope_of(principal, branch)) as connection:
            yield connection

    def branch_in(self, principal: Principal, road_region: str) -> str:
        """Give the first of the principal's branches that lies in a road region.

        Raises
        ------
        NotAllowed
            If none does.
        """
        who = known(principal)
        with reading(self.engine, scope_of(who)) as connection:
            return regions.branch_in(connection, road_region, who.branches)

    def branch_of_plan(self, principal: Principal, plan_id: str) -> str:
        """Give the branch a plan belongs to.

        Raises
        ------
        UnknownPlan
            If there is none with this id.
        """
        scope = scope_of(known(principal), looks_for=plan_id)
        with reading(self.engine, scope) as connection:
            branch = plans.branch_of(connection, plan_id)
        if branch is None:
            raise plans.UnknownPlan(f"there is no plan {plan_id!r}")
        return branch

    def branch_of_job(self, principal: Principal, job_id: str) -> str:
        """Give the branch a job belongs to.

        Raises
        ------
        UnknownJob
            If there is none with this id.
        """
        scope = scope_of(known(principal), looks_for=job_id)
        with reading(self.engine, scope) as connection:
            branch = jobs.branch_of(connection, job_id)
        if branch is None:
            raise jobs.UnknownJob(f"there is no job {job_id!r}")
        return branch
