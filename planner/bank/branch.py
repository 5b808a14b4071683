"""One branch of a run, as a worker plans it: as the command ``plan`` does, once and no more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import ClassVar

from geodata.roads import RoadFailure
from planner import routing
from planner.bank.budget import Budget
from planner.bank.memory import bounded
from planner.bank.order import MARK, Answer, Order, State, planned
from planner.command import Supply
from planner.domain import Principal, Role
from planner.kept_solver import KeptSolver
from planner.means import Means
from planner.plan import OfRun, Otherwise, certainty_of, plan_week
from planner.reading import NothingToPlan
from planner.routing.search import TOGETHER
from planner.solving import SolverFailed
from planner.store import PlanRow, Store, last_decided, to_keep

LOG = logging.getLogger("planner")
#: of this worker, for all its branches
SOLVER, BUDGET = KeptSolver(), Budget()
#: of a large branch each thread has so many shifts at least
SHIFTS_A_THREAD = TOGETHER // 2


def planner_of(branch: str) -> Principal:
    """Give who plans a branch in a run: nobody who could read another one."""
    return Principal("planner", Role.SYSTEM, frozenset({branch}))


def row_of(store: Store, order: Order, branch: str) -> PlanRow | None:
    """Give the plan that the run has already saved for a branch."""
    wanted = order.plan_id(branch)
    rows = store.plans(planner_of(branch), branch, order.week)
    return next((one for one in rows if one.plan_id == wanted), None)


def plan_branch(order: Order, branch: str, *, store: Store, supply: Supply, limit_mb: float, spare: int = 0) -> Answer:
    """Plan a branch's week and save the plan, unless the run has it.

    The plan's id follows from run and branch, and no id is saved twice: of two workers that plan the same branch, of
    which one was taken for lost, the second finds the first one's plan.

    Parameters
    ----------
    limit_mb
        What this process may have in memory with its search.
    spare
        How many processors of this machine no other branch needs; a large branch is searched with these too.

    Returns
    -------
    Answer
        Also where there is no plan; then with the reason.
    """
    row = row_of(store, order, branch)
    if row is not None:
        return planned(row, again=True)
    began, parts = time.monotonic(), Parts()

    def plan() -> None:
        of_run = OfRun(order.plan_id(branch), {MARK: {"id": order.run, "steps": order.steps}})
        plan_as(order, branch, store=store, supply=supply, of_run=of_run, parts=parts, spare=spare)

    state, reason, peak_mb = tried(plan, limit_mb)
    row = row_of(store, order, branch)
    took_s = round(time.monotonic() - began, 2)
    if row is not None:
        spent = parts.ended()
        if not reason:  # else another worker has finished it
            BUDGET.learn(parts.visits, spent["save"])
        spent_on = {"took_s": took_s, "peak_mb": peak_mb, "parts_s": spent, "threads": parts.threads}
        return planned(row, again=bool(reason), **spent_on)
    return Answer(branch, state, reason=reason, took_s=took_s, peak_mb=peak_mb)


def tried(plan: Callable[[], None], limit_mb: float) -> tuple[State, str, float]:
    """Plan within the memory of a worker; give whose fault it was where it failed, why, and the peak in megabytes.

    The reason is a sentence that names no debtor, empty where nothing failed.
    """
    state, reason = State.REFUSED, ""
    with bounded(limit_mb, solver=SOLVER.pid) as used:
        try:
            plan()
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
    return state, reason, round(used.peak_mb, 1)


class Parts:
    """Where the time of a branch goes: reading, the times on the roads, searching, and saving what was found."""

    #: a phase of planning begins one of them; the others belong to the one before
    BEGINS: ClassVar = {"read": "read", "roads": "times", "pattern": "read"}

    def __init__(self) -> None:
        self._spent: dict[str, float] = dict.fromkeys(("read", "times", "search", "save"), 0.0)
        self._in, self._since = "read", time.monotonic()
        #: how many visits there are to choose from, and by how many threads it is searched
        self.visits, self.threads = 0, 0

    def phase(self, name: str) -> None:
        """Hear which phase of planning begins."""
        if name in self.BEGINS:
            self.begin(self.BEGINS[name])

    def begin(self, part: str) -> None:
        """Say which part begins."""
        now = time.monotonic()
        self._spent[self._in] += now - self._since
        self._in, self._since = part, now

    def so_far(self) -> float:
        """Give the seconds since the branch was begun."""
        return sum(self._spent.values()) + time.monotonic() - self._since

    def ended(self) -> dict[str, float]:
        """Give the seconds of each part."""
        self.begin("")
        return {name: round(seconds, 2) for name, seconds in self._spent.items()}


def plan_as(
    order: Order,
    branch: str,
    *,
    store: Store,
    supply: Supply,
    of_run: OfRun,
    parts: Parts,
    spare: int = 0,
    otherwise: Callable[[Means], Otherwise] = lambda _: Otherwise(),
) -> None:
    """Plan a branch's week as the order says and save the plan under the id of the run; as ``plan_week`` otherwise."""
    asking = planner_of(branch)
    rows = store.plans(asking, branch, order.week)
    certainty = order.certainty if order.certainty is not None else certainty_of(store, asking, branch)
    seconds = order.seconds

    def solve(problem: routing.Problem) -> routing.Plan:
        nonlocal seconds
        if not parts.visits:
            parts.visits = len(problem.visits)
            seconds = BUDGET.search_s(order.seconds, spent_s=parts.so_far(), visits=parts.visits)
        parts.threads = threads_for(order, problem, spare)
        parts.begin("search")
        plan = SOLVER.solve(
            problem,
            # A sure plan is made twice.
            seconds=seconds if certainty is None else seconds / 2,
            seed=order.seed,
            workers=parts.threads,
            steps=order.steps,
            # A processor that is spare searches; who wants a bound asks for threads.
            bound=order.threads > 1,
        )
        parts.begin("save")
        return plan

    SOLVER.start()
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
            keep=to_keep(rows, last_decided(rows, store.undone_plans(asking, branch))) if rows else None,
            tell=parts.phase,
            otherwise=otherwise(means),
            of_run=of_run,
        )


def threads_for(order: Order, problem: routing.Problem, spare: int) -> int:
    """Give how many threads search a branch: those of the order, and if it is large also processors that are spare.

    From ``TOGETHER`` shifts on threads divide one plan among them (``planner.routing.halves``), each with half of that
    or more. Where steps count there are none more, since the plan must not depend on who is free.
    """
    most = 0 if order.steps is not None else len(problem.shifts) // SHIFTS_A_THREAD
    return max(order.threads, min(order.threads + spare, most))
