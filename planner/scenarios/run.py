"""Plans a scenario: the week's own planning, with crews, rules, model or hours as the scenario has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from geodata.roads.travel import OnCells, unheard
from planner.adoption import DEFAULTS, adoptions, model_of
from planner.domain import Principal
from planner.means import Means
from planner.plan import Otherwise, Solve, certainty_of, plan_week
from planner.reading import NothingToPlan
from planner.routing import Plan, Problem, RouteRisk
from planner.routing.worths_format import Worths
from planner.rules.pack import RulePack
from planner.scenarios.budget import TRIES, within
from planner.scenarios.scenario import Scenario, changed
from planner.store import Keep, PlanRow, SavedPlan, Store, last_decided, to_keep
from planner.value.learning import Model, untaught

#: gives a rule pack by its code
Packs = Callable[[str], RulePack]
#: solves within a share of the time that was asked for
SolveIn = Callable[[float], Solve]


def plan_scenario(
    means: Means,
    principal: Principal,
    branch: str,
    week: str,
    scenario: Scenario,
    *,
    packs: Packs,
    solve_in: SolveIn,
    seed: int,
    now: datetime,
    beside: float | None = None,
    keep: Keep | None = None,
    tell: Callable[[str], None] = lambda _: None,
    on_cells: OnCells = unheard,
    on_posed: Callable[[Worths], None] = lambda _: None,
    on_planned: Callable[[Mapping[str, RouteRisk]], None] = lambda _: None,
) -> SavedPlan:
    """Plan a scenario and save its plan, marked as one.

    Parameters
    ----------
    beside
        The certainty of the plan that it is set beside (``certainty_beside``): it is planned as surely, unless it says
        otherwise itself. Else the two would differ by that too.
    keep
        Of which plan what is kept (``kept_by``), as when the week is planned again.

    Raises
    ------
    NothingToPlan
        If nobody works or may be visited in it, or it names what the branch does not have.
    """
    if scenario.rule_pack:
        means = replace(means, pack=packs(scenario.rule_pack))
    otherwise = Otherwise(
        week=lambda read: changed(read, scenario),
        model=model_named(means, principal, branch, scenario.model),
        mark=scenario.text(),
    )
    hours = scenario.field_hours

    def limited(problem: Problem) -> Plan:
        return within(problem, float(hours or 0.0), solve_in(1 / (1 + TRIES)))

    return plan_week(
        means,
        principal,
        branch,
        week,
        solve=solve_in(1.0) if hours is None else limited,
        seed=seed,
        now=now,
        certainty=scenario.sure(beside),
        keep=keep,
        tell=tell,
        on_cells=on_cells,
        on_posed=on_posed,
        on_planned=on_planned,
        otherwise=otherwise,
    )


def certainty_beside(store: Store, principal: Principal, branch: str, week: str) -> float | None:
    """Give the certainty of the plan that a week's scenarios are set beside; without one, that the branch chose."""
    rows = store.plans(principal, branch, week)
    undone = store.undone_plans(principal, branch)
    return certainty_in(plan_beside(rows, undone).metrics) if rows else certainty_of(store, principal, branch)


def kept_by(rows: Sequence[PlanRow], scenario: Scenario, undone: Collection[str] = ()) -> Keep | None:
    """Give of which plan a scenario of the week keeps what: of the one beside it, as if that were planned again.

    None without a plan, and where all is to be planned anew. With a limit of field hours or under other rules only what
    was settled by hand holds: what these leave of a plan is another week.
    """
    if scenario.anew or not rows:
        return None
    keep = to_keep(rows, plan_beside(rows, undone))
    return replace(keep, stops=False) if scenario.field_hours is not None or scenario.rule_pack else keep


def plan_beside(rows: Sequence[PlanRow], undone: Collection[str] = ()) -> PlanRow:
    """Give the plan of the week that scenarios are set beside: the one last decided on, not an ``undone`` draft.

    A draft that was adopted from a scenario is not it before it is published: beside itself it would tell nothing.
    """
    own = [row for row in rows if row.in_force or "origin" not in row.metrics]
    return last_decided(own or rows, undone)


def certainty_in(figures: Mapping[str, Any]) -> float | None:
    """Give the certainty that a plan was made with, by its figures; None for as it comes."""
    found = figures.get("finish", {}).get("certainty")
    return None if found is None else float(found)


def model_named(means: Means, principal: Principal, branch: str, name: str) -> Model | None:
    """Give the model of a name; None for the one in use.

    Raises
    ------
    NothingToPlan
        If the branch never adopted such a model.
    """
    if not name:
        return None
    if name == DEFAULTS:
        return untaught(means.parameters)
    known = [one for one in adoptions(means.store, principal, branch) if one.name == name and one.text is not None]
    if not known:
        raise NothingToPlan(f"The branch has adopted no model {name!r}.")
    return model_of(known[-1], means.parameters)
