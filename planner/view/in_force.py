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
    """Give the routes with stops that crews work by, by shift.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read the branch's plans.
    """
    read = plan_of or (lambda plan_id: store.plan(principal, plan_id))
    rows = [row for row in store.plans(principal, branch.code, week) if row.published_at is not None]
    rows.sort(key=lambda row: str(row.published_at), reverse=True)
    known = dict[str, SavedPlan]()
    for shift_id, debtors in sorted(store.stops_in_force(principal, branch.code, week).items()):
        for row in rows:
            saved = known.get(row.plan_id) or known.setdefault(row.plan_id, read(row.plan_id))
            route = next((one for one in saved.plan["routes"] if one["shift"] == shift_id), None)
            if route is not None and tuple(stop["visit"] for stop in route["stops"]) == debtors:
                if shift_id in saved.context["shifts"]:
                    yield InForce(shift_id, saved, route)
                break
