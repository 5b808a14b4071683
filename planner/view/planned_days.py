"""The crew-days that the plans of the coming week spend in each district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from planner.domain import Branch, Principal
from planner.store import Store, ruling
from planner.week import iso_week


def coming_week(days: Sequence[date]) -> str:
    """Give the week in which most of these days lie.

    >>> coming_week([date(2026, 11, 29 + k) if k < 2 else date(2026, 12, k - 1) for k in range(7)])
    '2026-W49'
    """
    return iso_week(days[len(days) // 2])


def newest_plans(store: Store, principal: Principal, branches: Sequence[Branch], week: str) -> dict[str, str]:
    """Give the plan of the week by branch: the one in force, else the newest; a branch without a plan is missing."""
    found = {}
    for one in branches:
        rows = store.plans(principal, one.code, week)
        if rows:
            found[one.code] = (ruling(rows) or rows[0]).plan_id
    return found


def planned_days(
    store: Store, principal: Principal, plans: Mapping[str, str], regions: Mapping[str, str]
) -> dict[str, float]:
    """Give the crew-days that plans, by branch, spend in each region.

    ``regions`` names the branch from which each is visited: where that one has no plan nothing is known, though another
    branch may make a few visits there. The way to a visit counts for it, the way home for the last; a route is a
    crew-day.
    """
    spent = dict[str, float]()
    for branch, plan_id in plans.items():
        debtors = store.debtors(principal, branch)
        region_of = dict(zip(debtors["debtor_id"], debtors["region"], strict=True))
        for debtor, share in shares(store.plan(principal, plan_id).plan["routes"]).items():
            region = region_of.get(debtor, "")
            spent[region] = spent.get(region, 0.0) + share
    return {code: spent.get(code, 0.0) for code, branch in regions.items() if branch in plans}


def shares(routes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Give the share of a crew-day that each visit of these routes takes, by debtor."""
    found = dict[str, float]()
    for route in routes:
        stops = route["stops"]
        if not stops:
            continue
        ends = [*(stop["leaves"] for stop in stops[:-1]), route["reaches_end"]]
        begins = [route["leaves_start"], *ends[:-1]]
        lasts = route["reaches_end"] - route["leaves_start"]
        for stop, begin, end in zip(stops, begins, ends, strict=True):
            found[stop["visit"]] = found.get(stop["visit"], 0.0) + (end - begin) / lasts
    return found
