"""The demo's last week as it was planned, published and walked: crews follow their routes, and meet what is true.

Minutes on the road and at the doors are drawn, so crews run late, skip who closes before they come, and turn home when
the shift is over. Which visits are made is what the plan said, what happens at a door is what ``truth.py`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from planner import routing
from planner.demo.ground import SEED
from planner.demo.history import outcome
from planner.demo.seed import WALKED_WEEKS, ZONE, system
from planner.demo.truth import Truth
from planner.domain import Principal, Role, Shift
from planner.means import Means
from planner.plan import plan_week
from planner.routing.windows import may_begin_saved
from planner.store import SavedPlan, Store
from planner.tables import OUTCOMES, conform
from planner.view.in_force import routes_in_force
from planner.view.week import clock
from planner.week import iso_week, week_days

#: wall seconds of the search for each past plan: it is looked back at, not worked by
SEARCH_S = 4.0
#: a crew begins no visit later than this after its shift's end
OVERTIME = timedelta(minutes=20)


def prepare_walked(
    store: Store,
    supply: Callable[[str], AbstractContextManager[Means]],
    *,
    now: datetime,
    say: Callable[[str], None],
) -> None:
    """Plan, publish and walk the last weeks of the branches that have neither plans nor visits of them.

    Weeks whose plan is in force already are walked as far as nobody has recorded anything of a shift.
    """
    today = now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    for branch, weeks in WALKED_WEEKS.items():
        asking = system(frozenset({branch}))
        for back in range(weeks, 0, -1):
            first = monday - timedelta(weeks=back)
            week, dawn = iso_week(first), datetime.combine(first, time(6, 0), ZONE)
            if not store.plans(asking, branch, week) and not seen_in(store, asking, branch, first):
                say(f"Plan of branch {branch} for {week}, as it was made then")
                with supply(branch) as means:
                    saved = plan_week(
                        means, asking, branch, week, seed=1, now=dawn,
                        solve=quickly,
                    )  # fmt: skip
                manager = Principal(f"manager.{branch}", Role.MANAGER, frozenset({branch}))
                store.publish(manager, saved.plan_id, dawn + timedelta(hours=1, minutes=40))
            visits = walk(store, asking, branch, week, until=datetime.combine(monday, time(), ZONE), now=now)
            if visits:
                say(f"  the crews walked it: {visits} visits")


def quickly(problem: routing.Problem) -> routing.Plan:
    """Search without a proof: nobody asks how much better a past week could have been."""
    return routing.solve(problem, seconds=SEARCH_S, seed=1, workers=1, bound=False)


def seen_in(store: Store, asking: Principal, branch: str, first: date) -> bool:
    """Say whether anything was recorded of a week."""
    begins = datetime.combine(first, time(), ZONE)
    table = store.outcomes(asking, branch, since=begins)
    return bool((table["started_at"] < begins + timedelta(weeks=1)).any())


def walk(store: Store, asking: Principal, branch: str, week: str, *, until: datetime, now: datetime) -> int:
    """Let the crews work until a moment, each shift by the plan it works by; give how many visits were recorded.

    A shift of which anything was recorded goes on where it was left.
    """
    here = next((one for one in store.branches(asking) if one.code == branch), None)
    if here is None:
        return 0
    days = week_days(week)
    shifts = {one.shift_id: one for one in store.shifts(asking, branch, days[0], days[-1])}
    known = store.outcomes(asking, branch, since=datetime.combine(days[0], time(), ZONE))
    done = set(zip(known["plan_id"], known["debtor_id"], strict=True))
    rows = [
        row
        for one in routes_in_force(store, asking, here, week)
        if one.shift_id in shifts and one.route["stops"]
        for row in walked(one.saved, one.route, shifts[one.shift_id], Truth(), until)
        if (one.saved.plan_id, row["debtor_id"]) not in done
    ]
    if rows:
        table = pd.DataFrame.from_records(rows, columns=list(OUTCOMES))
        store.save_outcomes(asking, branch, conform(table, OUTCOMES), now=now)
    return len(rows)


def walked(
    saved: SavedPlan, route: Mapping[str, Any], shift: Shift, truth: Truth, until: datetime
) -> list[dict[str, object]]:
    """Draw one route's day up to a moment; drawn twice it is the same."""
    rng = np.random.default_rng([SEED, *(ord(sign) for sign in shift.shift_id)])
    slow = varied(rng, truth.travel_day_cv)
    at, left, rows = clock(saved, route["leaves_start"]), route["leaves_start"], []
    for stop in route["stops"]:
        rests = [one for one in route.get("breaks", []) if left <= one["begins"] < stop["begins"]]
        rest_s = sum(one["lasts_s"] for one in rests)
        leg_s = max(stop["arrives"] - left - rest_s, 0) / planned_slow(saved, left)
        hour = truth.slow(at.astimezone(ZONE).hour)
        at += timedelta(seconds=leg_s * hour * slow * varied(rng, truth.travel_leg_cv) + rest_s)
        left = stop["leaves"]
        visit = visit_of(saved, stop)
        begins = max(at, clock(saved, visit["options"][stop["option"]]["opens"]))
        if begins > clock(saved, may_begin_saved(visit, stop["option"])[1]):
            continue
        if begins > shift.ends + OVERTIME:
            break
        row, ended = outcome(shift, person(saved, stop), begins, truth, rng)
        if ended > until:
            break
        rows.append({**row, "plan_id": saved.plan_id})
        at = ended
    return rows


def planned_slow(saved: SavedPlan, left: float) -> float:
    """Give by how much the plan lengthened a drive that it lets begin so many seconds after its origin."""
    factors = saved.problem.get("hour_factors")
    return 1.0 if not factors else float(factors[clock(saved, left).astimezone(ZONE).hour])


def visit_of(saved: SavedPlan, stop: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the visit of a stop."""
    visits: Sequence[Mapping[str, Any]] = saved.problem["visits"]
    return next(one for one in visits if one["id"] == stop["visit"])


def person(saved: SavedPlan, stop: Mapping[str, Any]) -> pd.Series:
    """Give what the truth wants to know of whom a stop is for."""
    debtor = saved.context["debtors"][stop["visit"]]
    place_id = saved.context["options"][stop["visit"]][stop["option"]]["place_id"]
    kind = next(one["kind"] for one in saved.context["places"] if one is not None and one["place_id"] == place_id)
    return pd.Series(
        {
            "debtor_id": stop["visit"],
            "place_id": place_id,
            "kind": kind,
            "bucket": debtor["bucket"],
            "overdue_minor": debtor["overdue_minor"],
        }
    )


def varied(rng: np.random.Generator, cv: float) -> float:
    """Draw a lognormal factor of mean one with this coefficient of variation."""
    sigma = float(np.sqrt(np.log1p(cv**2)))
    return float(np.exp(rng.normal(-(sigma**2) / 2, sigma)))
