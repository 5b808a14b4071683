"""The routes that are in force in a week, each shift by the plan it works by, every plan read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.domain import Branch, Principal
from planner.store import SavedPlan, Store

#: gives a plan by its id; a plan never changes, so whoever asks often may keep it
PlanOf = Callable[[str], SavedPlan]


@dataclass(frozen=True)
class InForce:
    """A shift's route as its plan's document has it."""

    shift_id: str
    saved: SavedPlan
    route: Mapping[str, Any]


def routes_in_force(
    store: Store, principal: Principal, branch: Branch, week: str, *, plan_of: PlanOf | None = None
) -> Iterator[InForce]:
    """Give the routes with stops that crews work by, and days that were changed to have none, by shift.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read the branch's plans.
    """
    read = plan_of or (lambda plan_id: store.plan(principal, plan_id))
    known = dict[str, SavedPlan]()
    stops = store.stops_in_force(principal, branch.code, week)
    for shift_id, plan_id in sorted(store.plans_by_shift(principal, branch.code, week).items()):
        saved = known.get(plan_id) or known.setdefault(plan_id, read(plan_id))
        if shift_id not in stops and "day" not in saved.metrics:
            continue  # a day that was given up on the way is still to be seen
        route = next((one for one in saved.plan["routes"] if one["shift"] == shift_id), None)
        if route is not None and shift_id in saved.context["shifts"]:
            yield InForce(shift_id, saved, route)
