"""Plans a scenario: the week's own planning, with crews, rules, model or hours as the scenario has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from geodata.roads.travel import OnCells, unheard
from planner.adoption import DEFAULTS, adoptions, model_of
from planner.domain import Principal
from planner.means import Means
from planner.plan import Otherwise, Solve, plan_week
from planner.reading import NothingToPlan
from planner.routing import Plan, Problem, RouteRisk
from planner.routing.worths_format import Worths
from planner.rules.pack import RulePack
from planner.scenarios.budget import TRIES, within
from planner.scenarios.scenario import Scenario, changed
from planner.store import SavedPlan
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
    certainty: float | None = None,
    tell: Callable[[str], None] = lambda _: None,
    on_cells: OnCells = unheard,
    on_posed: Callable[[Worths], None] = lambda _: None,
    on_planned: Callable[[Mapping[str, RouteRisk]], None] = lambda _: None,
) -> SavedPlan:
    """Plan a scenario and save its plan, marked as one.

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
        certainty=certainty,
        tell=tell,
        on_cells=on_cells,
        on_posed=on_posed,
        on_planned=on_planned,
        otherwise=otherwise,
    )


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
