"""Turns tours into a plan: times from the scheduler, reasons for what is left out, the objective, the status."""

from __future__ import annotations

from planner.routing.compiled.layout import Floats, Ground
from planner.routing.explain import left_out
from planner.routing.greedy import Tours, planned, rank
from planner.routing.instance import Instance
from planner.routing.plan import Plan, Status
from planner.routing.schedule import schedule
from planner.routing.wording import SHORT, Again


def to_plan(
    instance: Instance,
    tours: Tours,
    *,
    made_with: str,
    common: Ground | None = None,
    prices: Floats | None = None,
    again: Again = SHORT,
    explained: bool = True,
) -> Plan:
    """Give the plan of these tours, without a bound.

    ``prices`` of a proof, one a visit, help to say who makes room; ``again`` is said where the plan could gain.
    Without ``explained`` nothing is said of who is left out, which takes longer than all else.
    """
    _, _, objective = rank(instance, tours)
    inside = planned(instance, tours)
    missing = any(one.required and not inside[v] for v, one in enumerate(instance.problem.visits))
    return Plan(
        routes=tuple(schedule(instance, one) for one in tours if one.nodes),
        left_out=left_out(instance, tours, common, prices=prices, again=again) if explained else (),
        objective=objective,
        status=Status.REQUIRED_MISSING if missing else Status.FEASIBLE,
        made_with=made_with,
    )
