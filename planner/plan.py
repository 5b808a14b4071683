"""Plans a branch's week: *ask, solve, translate, check*, and save what came of it.

This is the page to read aloud. Everything it needs arrives as a value: the store, the roads, the rules, the numbers
behind a visit's value, the solver, and the time that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.osm.gazetteer import Gazetteer
from geodata.roads import RoadEngine
from geodata.roads.shared import SharedTimes
from geodata.roads.travel import Floats, OnCells, unheard
from planner import routing
from planner.adoption import exploration_of, model_in_use
from planner.agency import with_bank
from planner.answer import context, finishes, metrics
from planner.ask import Question, ask, midnight
from planner.choice import Choice, choose
from planner.chosen import decided
from planner.domain import Branch, Crew, Principal, Shift
from planner.door_times import door_times, travel_spread
from planner.editing import kept_to_dict
from planner.keeping import (
    GivenUp,
    Settled,
    changed_since,
    changes_told,
    held,
    settled_in,
    shifts_as_settled,
    steadily,
)  # fmt: skip
from planner.load import TOLERANCE, as_planned, even_week, tolerance_of
from planner.load import told as told_load
from planner.pattern import Pattern, branch_pattern, homes_of
from planner.promised import promised, without
from planner.rules.areas import areas_of
from planner.rules.check import Broken, PlannedStop, broken_rules
from planner.rules.crew import crews_permitted
from planner.rules.needs import duties_of
from planner.rules.pack import RulePack
from planner.store import SavedPlan, Store
from planner.value.candidates import BranchTables, Candidates, candidates
from planner.value.learning import Model
from planner.value.parameters import Parameters
from planner.week import week_days

Solve = Callable[[routing.Problem], routing.Plan]
#: told the phase by name; may raise to stop the planning
Tell = Callable[[str], None]


class NothingToPlan(ValueError):
    """The branch has no crew at work in what is left of the week, or nobody may be visited. One sentence, no names."""


class BrokenPlan(RuntimeError):
    """The second reading found broken promises: a fault of ours. The message names rules and ids, no persons."""


@dataclass(frozen=True)
class Means:
    """What plans are made with, whatever the branch. Without a gazetteer visit groups go by their numbers."""

    store: Store
    roads: RoadEngine
    pack: RulePack
    parameters: Parameters
    gazetteer: Gazetteer | None = None


@dataclass(frozen=True)
class Week:
    """A branch's week as read from the store.

    ``days`` are those on which a crew still works, ``crews`` those that the rules let go out, and ``duties`` what a
    crew must be told for the door, by debtor.
    """

    branch: Branch
    name: str
    monday: datetime
    days: tuple[date, ...]
    crews: tuple[Crew, ...]
    shifts: tuple[Shift, ...]
    tables: BranchTables
    customers: pd.DataFrame
    duties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    keep: str | None = None,
    tell: Tell = lambda _: None,
    on_cells: OnCells = unheard,
    otherwise: Otherwise | None = None,
) -> SavedPlan:
    """Plan what is left of a week and save the plan.

    Parameters
    ----------
    certainty
        The chance with which each route should end in its shift; None takes what comes. With it ``solve`` is called up
        to twice.
    keep
        The plan of which as much as may be is kept: what was settled by hand holds, and every other change costs.
    on_cells
        Told how far the travel times of the running phase are.
    otherwise
        What a scenario changes; its plan is marked and kept apart from the week's own.

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
    read = otherwise.week(read_week(means.store, principal, branch, week, now=now, pack=means.pack))
    settled = None if keep is None else settled_in(means.store.plan(principal, keep))
    if settled is not None:
        read = as_settled(read, settled, now=now)
    tell("value")
    chosen = candidates(
        read.tables,
        means.pack,
        means.parameters,
        days=read.days,
        now=now,
        zone=ZoneInfo(read.branch.timezone),
        model=otherwise.model or model_in_use(means.store, principal, branch, means.parameters),
        exploring=exploration_of(means.store, principal, branch),
    )
    ids = {shift.shift_id for shift in read.shifts}
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
    kept, given_up = None, tuple[GivenUp, ...]()
    if settled is not None:
        problem, kept, given_up = held(question.problem, settled)
        question = replace(question, problem=problem)
        solve = steadily(solve, settled, kept, seed=seed)
    tell("pattern")
    pattern = pattern_of(read, chosen, means, on_cells=on_cells)
    tell("search")
    people = people_of(chosen, read.tables.places)
    doors = door_times(question.options, dict(zip(people["debtor_id"], people["group"], strict=True)), means.parameters)
    whole, spread = question.problem, travel_spread(means.parameters)
    sure = as_sure(whole, solve, doors, spread, certainty)
    question = replace(question, problem=sure.problem)
    # Read before it is evened out, which counts the objective anew: a fault of the search must not be covered by it.
    refuse(audited(question, sure.plan))
    tolerance = tolerance_of(means.store.setting(principal, branch, TOLERANCE), means.parameters)
    evened = even_week(
        question.problem, sure.plan, chosen, read.crews, means.parameters, tolerance=tolerance, now=now, seed=seed
    )
    # Evening out exchanges whole routes: where a plan is kept, that would undo what it is kept for.
    plan = evened.plan if settled is None else sure.plan
    if plan is not sure.plan:  # exchanged routes and moved stops have risks of their own
        sure = replace(sure, plan=plan, risks=routing.finish_risk(whole, plan, doors, spread))
    owed = dict(zip(chosen.survey["debtor_id"], chosen.survey["overdue_minor"].astype(float), strict=True))
    by_hand = routing.baseline(question.problem, owed)
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
        "load": told_load(evened if settled is None else as_planned(evened, plan), read.crews, means.parameters),
    }
    if settled is not None and kept is not None:
        known |= {"edits": {"kept": kept_to_dict(kept), "asked": sorted(settled.asked)}}
    tell("check")
    check(question, plan, chosen, read, means.pack)
    tell("save")
    figures = metrics(worth_of(question), plan, by_hand) | {"finish": finishes(sure, certainty)}
    if settled is not None:
        figures |= {
            "replan": changes_told(changed_since(settled, plan), settled.asked)
            | {"kept": settled.plan_id, "given_up": [one.told() for one in given_up]}
        }
    if otherwise.mark:
        known, figures = known | {"scenario": dict(otherwise.mark)}, figures | {"scenario": dict(otherwise.mark)}
    return save(means, principal, read, question, plan, known, figures, seed=seed, now=now, parent=keep)


def read_week(
    store: Store, principal: Principal, branch: str, week: str, *, now: datetime, pack: RulePack | None = None
) -> Week:
    """Read everything the week needs; shifts that have begun, or whose crew may not go out, are left alone.

    Raises
    ------
    NothingToPlan
        If no shift is left.
    """
    days = week_days(week)
    known = next((one for one in store.branches(principal) if one.code == branch), None)
    if known is None:
        raise NothingToPlan(f"There is no branch {branch!r} here.")
    crews = with_bank(store.crews(principal, branch), store.collectors(principal, branch))
    unfit = dict[str, str]()
    if pack is not None:
        crews, unfit = crews_permitted(crews, pack)
    ahead = [one for one in store.shifts(principal, branch, days[0], days[-1]) if one.starts >= now]
    shifts = tuple(one for one in ahead if one.crew_id not in unfit)
    if ahead and not shifts:
        raise NothingToPlan(f"No crew with a shift ahead in week {week} may go out: {next(iter(unfit.values()))}.")
    if not shifts:
        raise NothingToPlan(f"No crew of branch {branch} has a shift ahead in week {week}: plan another week.")
    tables = tables_of(store, principal, known, now=now, pack=pack)
    return Week(
        branch=known,
        name=week,
        monday=midnight(known, days[0]),
        days=tuple(sorted({shift.day for shift in shifts})),
        crews=crews,
        shifts=shifts,
        tables=tables,
        customers=store.customers(principal, branch),
        duties=duties_of(tables.accommodations, first_day=days[0], last_day=days[-1]),
    )


def as_settled(week: Week, settled: Settled, *, now: datetime) -> Week:
    """Give the week with the shifts that a plan by hand has: a day off, other hours, a crew called in.

    Raises
    ------
    NothingToPlan
        If no shift is left.
    """
    crews = {one.crew_id for one in week.crews}
    shifts = shifts_as_settled(week.shifts, settled, crews, week.branch.code, now=now)
    if not shifts:
        raise NothingToPlan(
            f"No crew of branch {week.branch.code} has a shift ahead in week {week.name}: plan another week."
        )
    return replace(week, shifts=shifts, days=tuple(sorted({one.day for one in shifts})))


def tables_of(
    store: Store, principal: Principal, branch: Branch, *, now: datetime, pack: RulePack | None = None
) -> BranchTables:
    """Read the branch's tables as they are."""
    places = store.places(principal, branch.code)
    local = pack is not None and pack.local_holidays
    return BranchTables(
        debtors=store.debtors(principal, branch.code, on=now.astimezone(ZoneInfo(branch.timezone)).date()),
        accounts=store.accounts(principal, branch.code),
        places=places,
        holds=store.holds(principal, branch.code),
        accommodations=store.accommodations(principal, branch.code),
        outcomes=store.latest_outcomes(principal, branch.code),
        areas=areas_of(places, store.regions(principal, branch.road_region)) if local else {},
        agencies=store.agencies(principal, branch.code),
    )


def choice_of(week: Week, chosen: Candidates, means: Means) -> Choice:
    """Choose between own crew, agency, letter and call for each debtor, as far as that is done before the search."""
    return choose(
        chosen,
        week.crews,
        week.shifts,
        week.tables.agencies,
        means.roads,
        places=week.tables.places,
        days=week.days,
        crew_minor_per_s=100 * travel_cost_per_s(means.parameters, week.shifts),
    )


def pose(week: Week, chosen: Candidates, means: Means, *, on_cells: OnCells = unheard) -> Question:
    """Ask: the permitted options become a problem over the roads."""
    options = chosen.options
    return ask(
        week.monday,
        week.crews,
        week.shifts,
        options,
        week.tables.places,
        dict(zip(options["debtor_id"], options["needs"], strict=True)),
        means.roads,
        travel_cost_per_s=travel_cost_per_s(means.parameters, week.shifts),
        on_cells=on_cells,
    )


def worth_of(question: Question) -> routing.Problem:
    """Give the problem with what each visit is worth, not only what it adds beyond the cheaper channel."""
    facts = question.options
    visits = tuple(
        replace(
            visit,
            options=tuple(
                replace(option, value=float(known.get("worth_minor", 100 * option.value)) / 100)
                for option, known in zip(visit.options, facts[visit.id], strict=bool(visit.options))
            ),
        )
        for visit in question.problem.visits
    )
    return replace(question.problem, visits=visits)


def travel_cost_per_s(parameters: Parameters, shifts: Sequence[Shift]) -> float:
    """Give what a second on the road costs in currency units: a crew-day's cost over its length.

    A crew-day costs as many crew visits as one does in a town (``visit_cost`` times ``visits_per_day_urban``).
    """
    mean_s = float(np.mean([(shift.ends - shift.starts).total_seconds() for shift in shifts]))
    return parameters.visit_cost.value / 100 * parameters.visits_per_day_urban.value / mean_s


def pattern_of(week: Week, chosen: Candidates, means: Means, *, on_cells: OnCells = unheard) -> Pattern:
    """Say where the branch's debtors are clustered, over all that are on the list, visited this week or not."""
    homes = homes_of(week.tables.places).merge(chosen.survey[["debtor_id", "region"]], on="debtor_id")
    times = means.roads.travel_times(homes[["lon", "lat"]].to_numpy(float), on_cells=on_cells)
    # Where an agency's list takes everybody, nobody is left to be visited by the bank's own.
    mean_s = float(chosen.options["service_s"].mean()) if len(chosen.options) else 0.0
    best = chosen.options.groupby("debtor_id")["value_minor"].max()
    return branch_pattern(
        homes,
        week.customers,
        times.seconds,
        np.full(len(homes), mean_s),
        value_minor=homes["debtor_id"].map(best).to_numpy(float),
        gazetteer=means.gazetteer,
    )


def points_of(week: Week) -> Floats:
    """Give all points of the branch, (n, 2): the crews' and every located place, so that each plan asks the same."""
    spots = [spot for crew in week.crews for spot in (crew.start, crew.end)]
    places = week.tables.places[["lon", "lat"]].dropna().to_numpy(float)
    return np.vstack([np.array(spots, dtype=np.float64).reshape(-1, 2), places])


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


def people_of(chosen: Candidates, places: pd.DataFrame) -> pd.DataFrame:
    """Give one row a debtor on the list: survey, home, the best value of any option, and what requires a visit."""
    best = chosen.options.groupby("debtor_id")["value_minor"].max().rename("best_value_minor")
    both = pd.concat([chosen.options, chosen.removed])[["debtor_id", "required", "required_reason"]]
    due = both.drop_duplicates("debtor_id")
    people = chosen.survey.merge(homes_of(places), on="debtor_id", how="left")
    people = people.merge(best, on="debtor_id", how="left").merge(due, on="debtor_id", how="left")
    people["required"] = people["required"].eq(True)
    people["required_reason"] = people["required_reason"].fillna("")
    return people


def basis(means: Means, chosen: Candidates) -> dict[str, Any]:
    """Name what the values rest on: the day of the defaults, the adopted model, and how many rates are learnt."""
    rates = chosen.model.rates
    return {
        "defaults_dated": means.parameters.dated.isoformat(),
        "rule_pack": means.pack.code,
        "rule_pack_dated": means.pack.dated.isoformat(),
        "rule_pack_digest": means.pack.digest,
        "model": chosen.model.name,
        "exploring": chosen.exploring.text(),
        "rates": len(rates),
        "rates_learnt": int((~rates["assumption"]).sum()),
    }


def check(question: Question, plan: routing.Plan, chosen: Candidates, week: Week, pack: RulePack) -> None:
    """Read the finished plan a second time: against its problem, and stop by stop against the rule pack."""
    rules = [f"{one.rule}: {one.debtor_id} {one.detail}" for one in broken(question, plan, chosen, week, pack)]
    refuse(audited(question, plan) + rules)


def audited(question: Question, plan: routing.Plan) -> list[str]:
    """Read a plan against its problem; give what is broken."""
    return [f"{one.code}: {one.text}" for one in routing.audit(question.problem, plan)]


def refuse(findings: Sequence[str]) -> None:
    """Raise where something is broken."""
    if findings:
        raise BrokenPlan(f"{len(findings)} broken promises, the first: {findings[0]}")


def broken(question: Question, plan: routing.Plan, chosen: Candidates, week: Week, pack: RulePack) -> Sequence[Broken]:
    """Give every rule that a stop of the plan breaks."""
    crews = {crew.crew_id: crew for crew in week.crews}
    crew_of = {shift.id: shift.crew for shift in question.problem.shifts}
    stops = [
        PlannedStop(
            debtor_id=stop.visit,
            place_id=str(question.options[stop.visit][stop.option]["place_id"]),
            begins=week.monday + timedelta(seconds=stop.begins),
            leaves=week.monday + timedelta(seconds=stop.leaves),
            members=crews[crew_of[route.shift]].members,
            skills=crews[crew_of[route.shift]].skills,
            duties=frozenset(week.duties.get(stop.visit, ())),
        )
        for route in plan.routes
        for stop in route.stops
    ]
    return broken_rules(stops, chosen.facts, pack)


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
) -> SavedPlan:
    """Keep the plan for good, as a child of the one named, else of the week's newest one.

    The travel matrix is not kept with it: it follows from the places and the road source, and is cached by content.
    """
    store, branch = means.store, week.branch.code
    if parent is None and "scenario" not in figures:
        parent = next((row.plan_id for row in store.plans(principal, branch, week.name)), None)
    problem = routing.problem_to_dict(question.problem, matrix_file="matrix.npz")
    saved = SavedPlan(
        plan_id=uuid4().hex[:12],
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
