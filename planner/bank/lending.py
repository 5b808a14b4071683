"""What a worker does for loans between branches: say what crew-days are worth in one, and plan one with a loan.

What is told to a worker are codes of branches and ids of shifts; crews and debtors are read where they are kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from geodata.roads import RoadFailure
from geodata.roads.shared import SharedTimes
from planner import routing
from planner.ask import shift_of
from planner.bank.branch import Parts, plan_as, planner_of, tried
from planner.bank.crew_worth import STEPS, Searched, gain, least_worth, loss, searched
from planner.bank.guests import Guest, free_days, guests, hosting, lending
from planner.bank.loans import FARTHEST_S, Lendable, Planned, Wanted, Worths
from planner.bank.order import MARK, Order
from planner.command import Supply
from planner.editing import kept_from_dict
from planner.means import Means
from planner.plan import OfRun, Otherwise
from planner.reading import NothingToPlan, Week, points_of, read_week
from planner.routing.balance import tours_of
from planner.routing.instance import prepare
from planner.saved_times import points_of_plan
from planner.scenarios.scenario import Scenario
from planner.store import SavedPlan, Store, last_decided

LOG = logging.getLogger("planner")
#: what a worker is told beside the order: what it has to do for the loans, by its kind
TASK, WORTHS, LOAN = "task", "worths", "loan"
#: of each day so many crew-days are looked at that could be lent, those that earn least themselves
LENT_A_DAY = 2
#: so much, as a share, a plan counted anew may differ from what it said before the roads count as changed
SAME = 1e-4


def lending_task(
    order: Order, branch: str, task: Mapping[str, Any], *, store: Store, supply: Supply, limit_mb: float
) -> dict[str, Any]:
    """Do a branch's part and tell it as JSON can: ``Worths`` or ``Planned``, or a ``reason`` why there is none."""
    try:
        if task["kind"] == WORTHS:
            return worths_of(order, branch, task["lenders"], store=store, supply=supply).told()
        return asdict(planned_with(order, branch, task, store=store, supply=supply, limit_mb=limit_mb))
    except Exception as error:  # never its message, which may hold what the log must not
        LOG.error("what a branch does for loans failed", extra={"kind": type(error)})
        return {"reason": f"A fault of ours ({type(error).__name__}); the log of the machine where it was says where."}


def worths_of(order: Order, branch: str, lenders: Sequence[str], *, store: Store, supply: Supply) -> Worths:
    """Say what crew-days are worth in the run's plan of a branch: its own if lent, and those of other branches here.

    Returns
    -------
    Worths
        With ``out`` where the branch takes no part: it has no plan, another one since, or one that is published.
    """
    began, asking = time.monotonic(), planner_of(branch)
    rows = store.plans(asking, branch, order.week)
    if order.plan_id(branch) not in {one.plan_id for one in rows}:
        return Worths(branch, out="It has no plan of this run.")
    if last_decided(rows).plan_id != order.plan_id(branch):
        return Worths(branch, out="Its week was planned, changed or published after this run.")
    if store.plans_by_shift(asking, branch, order.week):
        return Worths(branch, out="Its week is published.")
    saved = store.plan(asking, order.plan_id(branch))
    try:
        with supply(branch) as means:
            week = read_week(store, asking, branch, order.week, now=order.now, pack=means.pack)
            offered = guests(store, order, week, lenders, means.pack, means.roads)
            of, rows_at = stood_up(saved, week, offered, means)
            free = {shift.shift_id: crew for crew, shift in free_days(store, order, branch, means.pack)}
    except (NothingToPlan, RoadFailure) as error:
        return Worths(branch, out=str(error))
    if of is None:
        return Worths(branch, out="The roads answer otherwise than when it was planned.")
    return Worths(
        branch,
        crew_days=len(saved.problem["shifts"]),
        # A shift that somebody is locked to by hand stays: the plan without it would break that.
        lendable=tuple(
            lendable(of, saved, sorted(set(free) - {one["shift"] for one in saved.problem.get("locks", ())}))
        ),
        wanted=tuple(wanted(of, week, offered, rows_at)),
        objective=float(saved.plan["objective"]),
        took_s=round(time.monotonic() - began, 2),
    )


def stood_up(
    saved: SavedPlan, week: Week, offered: Sequence[Guest], means: Means
) -> tuple[Searched | None, dict[tuple[float, float], int]]:
    """Stand a plan up over the roads and search on; with the rows of the guests' starts. None if it cannot stand."""
    at = points_of_plan(saved)
    spots = list(dict.fromkeys(one.crew.start for one in offered) | dict.fromkeys(one.crew.end for one in offered))
    beyond = np.array(spots, dtype=np.float64).reshape(-1, 2)
    roads = SharedTimes(means.roads, np.vstack([points_of(week), beyond]))
    times = roads.travel_times(np.vstack([at, beyond]))
    apart = kept_from_dict(saved.context.get("edits", {}).get("kept", {})).apart
    problem = replace(routing.problem_from_dict(saved.problem, seconds=times.seconds), apart=apart)
    plan = routing.plan_from_dict(saved.plan)
    instance = prepare(problem)
    tours = tours_of(instance, plan)
    rows = {spot: len(at) + k for k, spot in enumerate(spots)}
    if tours is None or abs(sum(one.gain for one in tours) - plan.objective) > SAME * max(1.0, abs(plan.objective)):
        return None, rows
    return searched(instance, tours, seed=saved.seed, steps=STEPS), rows


def lendable(of: Searched, saved: SavedPlan, free: Sequence[str]) -> list[Lendable]:
    """Say what the plan loses without each of the crew-days that earn least of those that may be lent."""
    shifts, told = of.instance.problem.shifts, saved.context["shifts"]
    mine = [k for k, one in enumerate(shifts) if one.id in set(free)]
    found = []
    for k in least_worth(of, mine, LENT_A_DAY) if len(shifts) > 1 else []:
        loses = loss(of, k)
        if loses is not None:
            found.append(Lendable(shifts[k].id, shifts[k].crew, told[shifts[k].id]["day"], loses))
    return found


def wanted(of: Searched, week: Week, offered: Sequence[Guest], rows: Mapping[tuple[float, float], int]) -> list[Wanted]:
    """Say what each crew-day of others brings; those that can do the same are tried once."""
    known = dict[Any, tuple[float, int]]()
    found = []
    for one in offered:
        if one.way_s > FARTHEST_S:
            continue
        shift = shift_of(one.shift, one.crew, rows, week.monday)
        key = shift.start_place, shift.end_place, shift.starts, shift.ends, shift.skills, shift.breaks, shift.max_stops
        if key not in known:
            known[key] = gain(of, shift)
        brings, visits = known[key]
        found.append(Wanted(one.lender, one.shift_id, brings, visits, round(one.way_s, 1), one.estimated))
    return found


def planned_with(
    order: Order, branch: str, loan: Mapping[str, Any], *, store: Store, supply: Supply, limit_mb: float
) -> Planned:
    """Plan a branch's week with a loan, as the run planned it without, and keep it as a scenario.

    Parameters
    ----------
    loan
        ``other`` is the branch at its other end, ``shifts`` the ids of the crew-days as the lender has them, ``lends``
        whether this branch is the lender.
    """
    asking, plan_id = planner_of(branch), loan_plan_id(order, branch, loan)
    before = store.plan(asking, order.plan_id(branch))

    def otherwise(means: Means) -> Otherwise:
        shifts, other = list(loan["shifts"]), str(loan["other"])

        def borrowed(week: Week) -> Week:
            come = guests(store, order, week, [other], means.pack, means.roads)
            return hosting(week, [one for one in come if one.shift_id in shifts])

        if loan["lends"]:
            mark = Scenario(f"Crew-days lent to {other}", lent=tuple(shifts))
            return Otherwise(lambda week: lending(week, shifts), mark=mark.text())
        return Otherwise(borrowed, mark=Scenario(f"Crew-days from {other}", borrowed=tuple(shifts)).text())

    def plan() -> None:
        of_run = OfRun(plan_id, {MARK: {"id": order.run, "steps": order.steps}})
        plan_as(order, branch, store=store, supply=supply, of_run=of_run, parts=Parts(), otherwise=otherwise)

    def is_saved() -> bool:
        return plan_id in {one.plan_id for one in store.scenarios(asking, branch, order.week)}

    if not is_saved():
        _, reason, _ = tried(plan, limit_mb)
        if not is_saved():
            return Planned(branch, reason=reason)
    after = store.plan(asking, plan_id)
    return Planned(
        branch,
        plan_id,
        objective=float(after.plan["objective"]),
        missing=missing(after),
        was=float(before.plan["objective"]),
        was_missing=missing(before),
    )


def loan_plan_id(order: Order, branch: str, loan: Mapping[str, Any]) -> str:
    """Give the id of a branch's plan with a loan: the run has one of each."""
    text = json.dumps([order.run, order.week, branch, loan["other"], sorted(loan["shifts"])])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def missing(saved: SavedPlan) -> int:
    """Count the required visits that a plan does not make."""
    made = {stop["visit"] for route in saved.plan["routes"] for stop in route["stops"]}
    return sum(bool(one.get("required")) and one["id"] not in made for one in saved.problem["visits"])
