"""Plans a branch's week: *ask, solve, translate, check*, and save what came of it.

This is the page to read aloud. Everything it needs arrives as a value: the store, the roads, the rules, the numbers
behind a visit's value, the solver, and the time that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from geodata.roads.shared import SharedTimes
from geodata.roads.travel import OnCells, unheard
from planner import routing
from planner.adoption import exploration_of, model_in_use
from planner.answer import context, finishes, metrics
from planner.ask import Question
from planner.chosen import decided
from planner.domain import Principal
from planner.door_times import door_times, travel_spread
from planner.editing import kept_to_dict
from planner.keeping import (
    GivenUp,
    PassedOver,
    changed_since,
    changes_told,
    held,
    steadily,
    to_hold,
    told_by_hand,
)  # fmt: skip
from planner.load import TOLERANCE, as_planned, even_week, tolerance_of
from planner.load import told as told_load
from planner.means import Means
from planner.posing import choice_of, pattern_of, people_of, pose, worth_of
from planner.promised import promised, without
from planner.reading import NothingToPlan, Week, as_settled, points_of, read_week
from planner.routing.worths_format import Worths, worths_of
from planner.second_reading import audited, check, refuse
from planner.store import Keep, SavedPlan, Store, last_decided
from planner.times import times_in_use, told_in_plan, traffic_told
from planner.value.candidates import Candidates, candidates
from planner.value.learning import Model

Solve = Callable[[routing.Problem], routing.Plan]
#: the branch's setting: with which chance each route should end in its shift
CERTAINTY = "certainty"
#: told the phase by name; may raise to stop the planning
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Otherwise:
    """What a scenario plans otherwise than the week is (``planner.scenarios``); by default nothing.

    Parameters
    ----------
    week
        Changes crews and shifts.
    model
        What visits are valued by; None for the model in use.
    mark
        Says what the plan is a scenario of; empty for a plan of the week itself.
    """

    week: Callable[[Week], Week] = lambda one: one
    model: Model | None = None
    mark: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OfRun:
    """Of which run over all branches a plan is: the id it has there, and what its figures say of the run."""

    plan_id: str
    mark: Mapping[str, Any]


def plan_week(
    means: Means,
    principal: Principal,
    branch: str,
    week: str,
    *,
    solve: Solve,
    seed: int,
    now: datetime,
    certainty: float | None = None,
    keep: Keep | None = None,
    after: str | None = None,
    tell: Tell = lambda _: None,
    on_cells: OnCells = unheard,
    on_posed: Callable[[Worths], None] = lambda _: None,
    on_planned: Callable[[Mapping[str, routing.RouteRisk]], None] = lambda _: None,
    otherwise: Otherwise | None = None,
    of_run: OfRun | None = None,
) -> SavedPlan:
    """Plan what is left of a week and save the plan.

    Parameters
    ----------
    certainty
        The chance with which each route should end in its shift; None takes what comes. With it ``solve`` is called up
        to twice.
    keep
        The plan of which what was settled by hand holds, and of whose stops every change costs where these are kept
        too (``planner.store.to_keep``).
    after
        The plan that this one comes after, as whoever asks sees the week; None for the one last decided on, which may
        be a draft that somebody has gone back from. What is kept comes before it.
    on_cells
        Told how far the travel times of the running phase are.
    on_posed
        Told before the search what each option of a visit is worth.
    on_planned
        Told after the search how sure the routes end in their shifts.
    otherwise
        What a scenario changes; its plan is marked and kept apart from the week's own.
    of_run
        The run over all branches that the plan belongs to.

    Raises
    ------
    NothingToPlan
        If no crew works in what is left of the week or no visit is permitted.
    BrokenPlan
        If the finished plan does not stand up to the second reading.
    planner.store.NotAllowed
        If the principal may not plan for the branch.
    """
    tell("read")
    otherwise = otherwise or Otherwise()
    read = read_week(means.store, principal, branch, week, now=now, pack=means.pack)
    own = {shift.shift_id for shift in read.shifts}
    means = replace(means, parameters=times_in_use(means.store, principal, branch, means.parameters))
    settled = None if keep is None else to_hold(means.store.plan(principal, keep.plan_id), stops=keep.stops)
    if settled is not None:
        read = as_settled(read, settled, now=now)
    read = otherwise.week(read)  # a scenario is of the week as the manager has it: his hours become longer too
    tell("value")
    chosen = candidates(
        read.tables,
        means.pack,
        means.parameters,
        days=read.days,
        now=now,
        zone=ZoneInfo(read.branch.timezone),
        model=replace(
            otherwise.model or model_in_use(means.store, principal, branch, means.parameters),
            parameters=means.parameters,
        ),
        exploring=exploration_of(means.store, principal, branch),
    )
    # Also who is on a shift that this plan takes away may be visited by others: its route is planned anew with it.
    ids = own | {shift.shift_id for shift in read.shifts}
    waiting = promised(means.store, principal, read.branch, week, ids, read.tables.outcomes, now=now)
    chosen = without(chosen, waiting)
    if chosen.options.empty:
        raise NothingToPlan(
            "Nobody may be visited this week: every debtor is removed by a rule, a hold, a missing place or a route."
        )
    tell("roads")
    means = replace(means, roads=SharedTimes(means.roads, points_of(read)))
    choice = choice_of(read, chosen, means)
    chosen = choice.candidates
    question = pose(read, chosen, means, on_cells=on_cells)
    kept, given_up, passed = None, tuple[GivenUp, ...](), list[PassedOver]()
    if settled is not None:
        problem, kept, given_up = held(question.problem, settled)
        question = replace(question, problem=problem)
        if settled.stops:
            solve = steadily(solve, settled, seed=seed, pass_over=passed.append)
    people = people_of(chosen, read.tables.places)
    doors = door_times(question.options, dict(zip(people["debtor_id"], people["group"], strict=True)), means.parameters)
    whole, spread = question.problem, travel_spread(means.parameters)
    on_posed(worths_of(worth_of(question)))
    tell("pattern")
    # The search runs in a process of its own, for which this one would only wait.
    with ThreadPoolExecutor(1, thread_name_prefix="pattern") as beside:
        pattern_found = beside.submit(pattern_of, read, chosen, means)
        tell("search")
        sure = as_sure(whole, solve, doors, spread, certainty)
        pattern = pattern_found.result()
    question = replace(question, problem=sure.problem)
    # Read before it is evened out, which counts the objective anew: a fault of the search must not be covered by it.
    refuse(audited(question, sure.plan))
    tolerance = tolerance_of(means.store.setting(principal, branch, TOLERANCE), means.parameters)
    evened = even_week(
        question.problem, sure.plan, chosen, read.crews, means.parameters, tolerance=tolerance, now=now, seed=seed
    )
    even = settled is None or settled.may_be_evened(question.problem)
    plan = evened.plan if even else sure.plan
    if plan is not sure.plan:  # exchanged routes and moved stops have risks of their own
        sure = replace(sure, plan=plan, risks=routing.finish_risk(whole, plan, doors, spread))
    if kept is not None:
        plan = told_by_hand(plan, kept)
    on_planned(sure.risks)
    owed = dict(zip(chosen.survey["debtor_id"], chosen.survey["overdue_minor"].astype(float), strict=True))
    by_hand = routing.baseline(question.problem, owed, explained=False)
    tell("translate")
    known = context(
        question,
        plan,
        means.roads,
        branch=read.branch,
        days=read.days,
        crews=read.crews,
        shifts=read.shifts,
        reserves_s=sure.reserves_s,
        people=people.assign(duties=people["debtor_id"].map(lambda one: list(read.duties.get(one, ())))),
        removed=chosen.removed,
        pattern=pattern,
        parameters=basis(means, chosen),
    ) | {
        "channels": decided(choice, question.problem, plan),
        "load": told_load(evened if even else as_planned(evened, plan), read.crews, means.parameters),
    }
    if settled is not None and kept is not None:
        known |= {"edits": {"kept": kept_to_dict(kept), "asked": sorted(settled.asked)}}
    tell("check")
    check(question, plan, chosen, read, means.pack)
    tell("save")
    figures = metrics(worth_of(question), plan, by_hand) | {"finish": finishes(sure, certainty)}
    if settled is not None:
        figures |= {
            "replan": {"kept": settled.plan_id, "given_up": [one.told() for one in given_up]}
            | (changes_told(changed_since(settled, plan, now=now), settled.asked) if settled.stops else {})
            | ({"passed_over": passed[-1].told()} if passed else {})
        }
    if otherwise.mark:
        known, figures = known | {"scenario": dict(otherwise.mark)}, figures | {"scenario": dict(otherwise.mark)}
    if of_run is not None:
        figures |= of_run.mark
    plan_id = uuid4().hex[:12] if of_run is None else of_run.plan_id
    parent = None if otherwise.mark else (after if keep is None else keep.plan_id)
    return save(
        means, principal, read, question, plan, known, figures, seed=seed, now=now, parent=parent, plan_id=plan_id
    )


def certainty_of(store: Store, principal: Principal, branch: str) -> float | None:
    """Give the certainty that a branch has chosen to plan with; None where it takes what comes."""
    kept = store.setting(principal, branch, CERTAINTY)
    usable = isinstance(kept, float) and 0.5 < kept < 1
    return kept if usable else None


def as_sure(
    problem: routing.Problem,
    solve: Solve,
    doors: Mapping[str, Sequence[routing.DoorTime]],
    spread: routing.TravelSpread,
    certainty: float | None,
) -> routing.Sure:
    """Plan with the certainty that was asked for, or as much as fits into the shifts."""
    if certainty is not None:
        return routing.surely(problem, solve, doors, spread, certainty=certainty)
    plan = solve(problem)
    return routing.Sure(plan, problem, {}, routing.finish_risk(problem, plan, doors, spread))


def basis(means: Means, chosen: Candidates) -> dict[str, Any]:
    """Name what the values rest on: the day of the defaults, the adopted model, and how many rates are learnt."""
    rates = chosen.model.rates
    return {
        "defaults_dated": means.parameters.dated.isoformat(),
        "rule_pack": means.pack.code,
        "rule_pack_dated": means.pack.dated.isoformat(),
        "rule_pack_digest": means.pack.digest,
        "model": chosen.model.name,
        "times": told_in_plan(means.parameters),
        "traffic": traffic_told(means.parameters),
        "exploring": chosen.exploring.text(),
        "rates": len(rates),
        "rates_learnt": int((~rates["assumption"]).sum()),
    }


def save(
    means: Means,
    principal: Principal,
    week: Week,
    question: Question,
    plan: routing.Plan,
    known: dict[str, Any],
    figures: dict[str, Any],
    *,
    seed: int,
    now: datetime,
    parent: str | None = None,
    plan_id: str,
) -> SavedPlan:
    """Keep the plan for good, as a child of the one named, else of the week's last decided one.

    The travel matrix is not kept with it: it follows from the places and the road source, and is cached by content.
    """
    store, branch = means.store, week.branch.code
    if parent is None and "scenario" not in figures:
        rows = store.plans(principal, branch, week.name)
        parent = last_decided(rows).plan_id if rows else None
    problem = routing.problem_to_dict(question.problem, matrix_file="matrix.npz")
    saved = SavedPlan(
        plan_id=plan_id,
        branch=branch,
        week=week.name,
        parent=parent,
        created_at=now,
        created_by=principal.name,
        problem=problem,
        plan=routing.plan_to_dict(plan),
        context=known,
        metrics=figures,
        rule_pack=means.pack.version,
        road_source=question.times.source,
        seed=seed,
    )
    store.save_plan(principal, saved)
    return saved
