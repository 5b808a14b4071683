"""The only ways to a connection: each asks ``planner.store.access`` first, each write leaves an audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection, Engine

from planner.domain import Principal
from planner.store import audit, jobs, plans, regions
from planner.store.access import Right, known, permit
from planner.store.audit import Deed
from planner.store.connect import reading, writing


@dataclass(frozen=True)
class Door:
    """Connections for those who may have one. Every method raises ``NotAllowed`` for the others."""

    engine: Engine

    @contextmanager
    def read(self, principal: Principal, right: Right, branch: str) -> Iterator[Connection]:
        """Give a connection for reading at a branch."""
        permit(principal, right, branch)
        with reading(self.engine) as connection:
            yield connection

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
        with writing(self.engine, branch) as connection:
            yield connection

    def branch_in(self, principal: Principal, road_region: str) -> str:
        """Give the first of the principal's branches that lies in a road region.

        Raises
        ------
        NotAllowed
            If none does.
        """
        codes = known(principal).branches
        with reading(self.engine) as connection:
            return regions.branch_in(connection, road_region, codes)

    def branch_of_plan(self, principal: Principal, plan_id: str) -> str:
        """Give the branch a plan belongs to.

        Raises
        ------
        UnknownPlan
            If there is none with this id.
        """
        known(principal)
        with reading(self.engine) as connection:
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
        known(principal)
        with reading(self.engine) as connection:
            branch = jobs.branch_of(connection, job_id)
        if branch is None:
            raise jobs.UnknownJob(f"there is no job {job_id!r}")
        return branch
