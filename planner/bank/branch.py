"""One branch of a run, as a worker plans it: as the command ``plan`` does, once and no more."""

from __future__ import annotations

import logging
import time

from geodata.roads import RoadFailure
from planner import routing
from planner.bank.memory import bounded
from planner.bank.order import MARK, Answer, Order, State, planned
from planner.command import Supply
from planner.domain import Principal, Role
from planner.plan import OfRun, certainty_of, plan_week
from planner.reading import NothingToPlan
from planner.solving import SolverFailed, solve_in_child
from planner.store import PlanRow, Store

LOG = logging.getLogger("planner")


def planner_of(branch: str) -> Principal:
    """Give who plans a branch in a run: nobody who could read another one."""
    return Principal("planner", Role.SYSTEM, frozenset({branch}))


def row_of(store: Store, order: Order, branch: str) -> PlanRow | None:
    """Give the plan that the run has already saved for a branch."""
    wanted = order.plan_id(branch)
    rows = store.plans(planner_of(branch), branch, order.week)
    return next((one for one in rows if one.plan_id == wanted), None)


def plan_branch(order: Order, branch: str, *, store: Store, supply: Supply, limit_mb: float) -> Answer:
    """Plan a branch's week and save the plan, unless the run has it.

    The plan's id follows from run and branch, and no id is saved twice: of two workers that plan the same branch, of
    which one was taken for lost, the second finds the first one's plan.

    Parameters
    ----------
    limit_mb
        What this process may have in memory with its search.

    Returns
    -------
    Answer
        Also where there is no plan; then with the reason.
    """
    row = row_of(store, order, branch)
    if row is not None:
        return planned(row, again=True)
    began = time.monotonic()
    state, reason = State.REFUSED, ""
    with bounded(limit_mb) as used:
        try:
            _plan(order, branch, store=store, supply=supply)
        except NothingToPlan as error:
            reason = str(error)
        except RoadFailure as error:
            reason = f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}."
        except Exception as error:
            LOG.error("the planning of a branch failed", extra={"kind": type(error)})
            state = State.FAILED
            # Never its message, which may hold what the log must not.
            reason = f"A fault of ours ({type(error).__name__}); the log of the machine that planned it says where."
            if used.ended and isinstance(error, SolverFailed):
                state = State.REFUSED
                reason = (
                    f"The search needed more memory than the {limit_mb:g} MB of a worker: "
                    "set ROUNDS_BANK_WORKER_MB higher there, and start fewer workers."
                )
    row = row_of(store, order, branch)
    took_s, peak_mb = round(time.monotonic() - began, 2), round(used.peak_mb, 1)
    if row is not None:
        return planned(row, again=bool(reason), took_s=took_s, peak_mb=peak_mb)
    return Answer(branch, state, reason=reason, took_s=took_s, peak_mb=peak_mb)


def _plan(order: Order, branch: str, *, store: Store, supply: Supply) -> None:
    asking = planner_of(branch)
    certainty = order.certainty if order.certainty is not None else certainty_of(store, asking, branch)

    def solve(problem: routing.Problem) -> routing.Plan:
        return solve_in_child(
            problem,
            # A sure plan is made twice.
            seconds=order.seconds if certainty is None else order.seconds / 2,
            seed=order.seed,
            workers=order.threads,
            steps=order.steps,
        )

    with supply(branch) as means:
        plan_week(
            means,
            asking,
            branch,
            order.week,
            solve=solve,
            seed=order.seed,
            now=order.now,
            certainty=certainty,
            of_run=OfRun(order.plan_id(branch), {MARK: {"id": order.run, "steps": order.steps}}),
        )
