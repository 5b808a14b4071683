"""Makes a plan of a problem: a first plan at once, a better one while time lasts, then times, reasons and a status.

The plan that comes back is the best of all that were found (greedy, search or library, recombination), each built by
our own scheduler; nothing that an outside solver says of times or objective is believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound import Knapsack, knapsack_bound
from planner.routing.bound.relaxed import provable
from planner.routing.compiled.ground import ground
from planner.routing.compiled.layout import Ground
from planner.routing.explain import TRIED
from planner.routing.greedy import Tours, greedy, rank
from planner.routing.instance import Instance, prepare
from planner.routing.plan import Plan
from planner.routing.problem import BadProblem, Problem
from planner.routing.progress import Budget, Progress, Steps, Until
from planner.routing.proof import Proof, Proven, bounded, proving
from planner.routing.search import improve
from planner.routing.translate import to_plan
from planner.routing.worths_format import Worths

if TYPE_CHECKING:
    from planner.routing.ortools_recombine import Effort

Engine = Literal["search", "routing"]

#: Share of the time kept for recombination, the share of that for rerouting, and the least seconds worth while.
RECOMBINING, REROUTING, LEAST_RECOMBINING_S = 0.12, 0.2, 0.3

#: What is kept back for writing the plan, for explaining what is left out by pairs of shift and option, and for each
#: change that is tried.
WRITING_S, EXPLAINING_S, TRYING_S = 0.3, 1e-6, 5e-4

#: Share of the time after which the knapsack bound is taken as it is.
BOUNDING = 0.08

#: Below so many seconds no bound is computed, and none in a process of its own.
LEAST_BOUNDING_S, LEAST_PROVING_S = 1.0, 5.0

#: Share of the time in which a small problem may be settled before the search, and how many pairs of shift and option
#: make it worth while to ask whether it is small.
SETTLING, SMALL = 0.2, 450

#: CP-SAT's own deterministic seconds when the search is counted in steps.
DETERMINISTIC_S = 2.0

#: Two reports of progress are at least so far apart, and without news the last is said again after so long.
REPORT_EVERY_S, REPEAT_AFTER_S = 0.2, 1.0


@dataclass
class _Run:
    """A run of ``solve``: its clock, who listens, and who may cancel."""

    began: float
    ends: float
    on_progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool]
    #: What each node is worth, where that is told.
    worth: NDArray[np.float64] | None = None
    last: Progress | None = None
    knapsack: Knapsack | None = None
    #: Whether the best plan so far makes whatever is required or locked, which the proof takes for granted.
    complete: bool = False
    proof: Proof | None = None

    def left_s(self) -> float:
        return self.ends - time.monotonic()

    @property
    def proven(self) -> Proven | None:
        """The best proof so far, if it says more than the knapsack does."""
        made = self.proof.best if self.proof is not None and self.complete else None
        return made if made is not None and (self.knapsack is None or made.value < self.knapsack.value) else None

    @property
    def bound(self) -> float | None:
        """The least value known that no plan can exceed."""
        if self.proven is not None:
            return self.proven.value
        return None if self.knapsack is None else self.knapsack.value

    def stopped(self) -> bool:
        """Say whether somebody cancelled; on the way, say again now and then where the search stands."""
        if self.last is not None and time.monotonic() - self.began - self.last.elapsed_s >= REPEAT_AFTER_S:
            self.tell(self.last.objective, self.last.planned, self.last.phase, uplift=self.last.uplift)
        return self.cancelled()

    def tell(
        self, objective: float, planned: int, phase: str, *, uplift: float | None = None, always: bool = False
    ) -> None:
        elapsed_s = time.monotonic() - self.began
        if self.on_progress is None:
            return
        if always or self.last is None or elapsed_s - self.last.elapsed_s >= REPORT_EVERY_S:
            self.last = Progress(round(elapsed_s, 3), objective, planned, phase, self.bound, uplift)
            self.on_progress(self.last)

    def tell_tours(self, instance: Instance, tours: Tours, phase: str, *, always: bool = False) -> None:
        if self.on_progress is not None:
            nodes = [node for one in tours for node in one.nodes]
            self.tell_nodes(rank(instance, tours)[2], nodes, phase, always=always)

    def tell_nodes(self, objective: float, nodes: Sequence[int], phase: str, *, always: bool = False) -> None:
        uplift = None if self.worth is None else round(float(self.worth[list(nodes)].sum()), 2)
        self.tell(objective, len(nodes), phase, uplift=uplift, always=always)


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    workers: int = 2,
    steps: int | None = None,
    engine: Engine = "search",
    bound: bool = True,
    worths: Worths | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """Give the best plan found.

    Parameters
    ----------
    seconds
        Wall time of everything.
    workers
        Threads; with one there is no bound. Where a bound is proven in a process of its own, one thread makes room.
    steps
        Counts the search in steps instead of seconds: with one worker the same seed and steps give the same plan.
    engine
        ``search`` is ours with recombination by CP-SAT, ``routing`` OR-Tools' routing library.
    worths
        What each option of a visit is worth, to tell the uplift on the way; the search itself does not look at it.
    cancelled
        Asked often; once it says True, the best plan so far is returned.

    Raises
    ------
    BadProblem
        If a lock cannot be kept, or the library is asked for what it cannot plan with.
    """
    began = time.monotonic()
    _plannable(problem, engine)
    run = _Run(began, began + seconds, on_progress, cancelled or (lambda: False))
    instance = prepare(problem)
    run.worth = None if worths is None else _worth_by_node(instance, worths)
    common = ground(instance)
    tours, best = greedy(instance, common), False
    run.complete = rank(instance, tours)[:2] == (0, 0)
    run.tell_tours(instance, tours, "greedy", always=True)
    left_out = len(problem.visits) - sum(len(one.nodes) for one in tours)
    explaining_s = EXPLAINING_S * float(instance.may.sum()) + TRYING_S * min(left_out, TRIED)
    run.ends -= min(0.5 * seconds, WRITING_S + explaining_s)
    with ExitStack() as stack:
        prove = bound and workers > 1
        if prove and run.left_s() > LEAST_BOUNDING_S and not run.cancelled():
            until = time.monotonic() + BOUNDING * run.left_s()
            run.knapsack = knapsack_bound(
                instance, rank(instance, tours)[2], stopped=lambda: time.monotonic() >= until or run.cancelled()
            )
            # A tiny problem is proven by CP-SAT before a process has begun.
            large = instance.may.sum() > SMALL and run.left_s() > LEAST_PROVING_S
            if large and provable(instance, run.left_s()):
                run.proof = stack.enter_context(proving(instance, seconds=run.left_s(), knapsack=run.knapsack))
                # One of the workers is the proof's.
                workers -= 1
        if engine == "routing":
            tours = _by_library(instance, tours, run, steps)
        else:
            tours, best = _by_search(instance, common, tours, run, _Effort(seed, workers, steps, prove))
    run.tell_tours(instance, tours, "writing", always=True)
    run.complete = rank(instance, tours)[:2] == (0, 0)
    proven = run.proven
    prices = None if proven is None else proven.duals
    plan = to_plan(instance, tours, made_with=f"planner {engine}", common=common, prices=prices)
    plan = bounded(
        instance,
        plan,
        knapsack=None if run.knapsack is None else run.knapsack.value,
        proven=proven,
        best=best and run.complete,
    )
    return replace(plan, seed=seed, search_s=round(time.monotonic() - began, 3))


@dataclass(frozen=True)
class _Effort:
    seed: int
    workers: int
    steps: int | None
    prove: bool

    def exact(self, run: _Run, ends: float) -> Effort:
        """Give what CP-SAT may spend until then, or deterministically where the search is counted in steps."""
        from planner.routing.ortools_recombine import Effort

        deterministic = DETERMINISTIC_S if self.steps is not None else None
        return Effort(ends, self.workers, self.seed, deterministic, run.stopped)


def _by_search(instance: Instance, common: Ground, tours: Tours, run: _Run, effort: _Effort) -> tuple[Tours, bool]:
    """Give the best tours found, and whether it is proven that there are none better."""
    if (instance.may.sum() <= SMALL or rank(instance, tours)[:2] < (0, 0)) and not run.cancelled():
        from planner.routing.ortools_reroute import optimal, settle

        settled = settle(instance, tours, effort.exact(run, time.monotonic() + SETTLING * run.left_s()))
        tours = settled.tours
        if settled.proven:
            ends = time.monotonic() + SETTLING * run.left_s()
            return tours, effort.prove and optimal(instance, tours, effort.exact(run, ends))
    recombining_s = RECOMBINING * max(0.0, run.left_s())
    budget: Budget = (
        Until(time.monotonic(), run.ends - recombining_s, run.stopped)
        if effort.steps is None
        else Steps(effort.steps, run.stopped)
    )
    found = improve(
        instance,
        tours,
        budget,
        effort.seed,
        lambda objective, nodes: run.tell_nodes(objective, nodes, "search"),
        workers=effort.workers,
        common=common,
    )
    enough = recombining_s >= LEAST_RECOMBINING_S or effort.steps is not None
    if not enough or run.cancelled():
        return found.tours, False
    run.tell_tours(instance, found.tours, "recombining", always=True)
    from planner.routing.ortools_recombine import recombine
    from planner.routing.ortools_reroute import reroute

    tours = recombine(instance, found.tours, found.pool, effort.exact(run, run.ends - REROUTING * recombining_s))
    run.tell_tours(instance, tours, "recombining")
    return reroute(instance, tours, effort.exact(run, run.ends)), False


def _by_library(instance: Instance, tours: Tours, run: _Run, steps: int | None) -> Tours:
    from planner.routing.ortools_routing import Limits, improve_by_library

    if run.cancelled():
        return tours
    limits = Limits(run.ends, failures=steps, cancelled=run.stopped)
    return improve_by_library(
        instance, tours, limits, lambda objective, planned: run.tell(objective, planned, "routing")
    )


def _worth_by_node(instance: Instance, worths: Worths) -> NDArray[np.float64]:
    """Give what each node is worth; of visits that are not named, their value.

    Raises
    ------
    BadProblem
        If a visit is named with other options than it has.
    """
    worth = instance.value.astype(np.float64)
    for number, visit in enumerate(instance.problem.visits):
        known = worths.get(visit.id)
        if known is None:
            continue
        if len(known) != len(visit.options):
            raise BadProblem(f"'worths' must give one number for each option of the visit {visit.id!r}.")
        nodes = instance.nodes_of[number]
        worth[nodes] = np.asarray(known, dtype=np.float64)[instance.option[nodes]]
    return worth


def _plannable(problem: Problem, engine: Engine) -> None:
    """Refuse what the library's model cannot keep; the search keeps everything."""
    for key, used in (
        ("locks", bool(problem.locks)),
        ("published", problem.published is not None),
        ("hour_factors", problem.hour_factors is not None),
        ("apart", bool(problem.apart)),
    ):
        if used and engine == "routing":
            raise BadProblem(f"The engine 'routing' cannot plan with the key {key!r}; use the engine 'search'.")
