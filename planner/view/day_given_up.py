"""The stops that a crew was to make and does not make any more: what was at the door is still to be looked up."""

from __future__ import annotations

from collections.abc import Container

from planner.store import SavedPlan
from planner.view.day_news import news_of
from planner.view.in_force import PlanOf
from planner.view.week import StopView, route_view


def given_up(
    saved: SavedPlan, shift_id: str, plan_of: PlanOf, here: Container[str]
) -> tuple[tuple[StopView, str], ...]:
    """Give the stops that changes of a shift's day left out, as last planned, each with why, in order of time.

    ``saved`` is the plan that the shift works by. Whoever is ``here`` (a stop again, or recorded all the same) is not
    among them.
    """
    found = dict[str, tuple[StopView, str]]()
    while "day" in saved.metrics and saved.parent is not None:
        before, told = plan_of(saved.parent), saved.metrics["day"]
        whys = {one.debtor_id: one.why for one in news_of(saved, told).not_made} if told["shift"] == shift_id else {}
        for route in before.plan["routes"] if whys else ():
            if route["shift"] == shift_id:
                for stop in route_view(before, route, {}).stops:
                    if stop.debtor_id in whys and stop.debtor_id not in here:
                        found.setdefault(stop.debtor_id, (stop, whys[stop.debtor_id]))
        saved = before
    return tuple(sorted(found.values(), key=lambda one: one[0].begins_at))
