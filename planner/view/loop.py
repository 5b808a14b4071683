"""Where a week stands: planned, published, run, recorded, each with when and who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from planner.domain import Branch, Principal
from planner.store import PlanRow, Store, ruling
from planner.view.without_plan import first_published
from planner.week import week_days


class StepState(StrEnum):
    """How far a step is."""

    TODO = "todo"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class Step:
    """One of ``planned``, ``published``, ``run``, ``recorded``: how far, since when, by whom; ``part`` of ``whole``."""

    name: str
    state: StepState
    at: datetime | None = None
    who: str = ""
    part: int = 0
    whole: int = 0


def steps(store: Store, principal: Principal, branch: Branch, week: str, rows: Sequence[PlanRow],
          *, now: datetime, shown: PlanRow | None = None) -> tuple[Step, ...]:  # fmt: skip
    """Give the four steps of a week; what is recorded counts of the stops that are in force.

    Parameters
    ----------
    rows
        The plans of the week, newest first.
    shown
        The plan that the reader sees: where none is in force, it says when the week was planned. The newest one may be
        a draft that he went back from. None for the newest.
    """
    force = ruling(rows)
    newest = force or shown or next(iter(rows), None)
    planned = Step("planned", StepState.TODO)
    if newest is not None:
        planned = Step("planned", StepState.DONE, newest.created_at, newest.created_by)
    if force is None:
        return planned, *(Step(name, StepState.TODO) for name in ("published", "run", "recorded"))
    days = week_days(week)
    stops = store.stops_in_force(principal, branch.code, week)
    shifts = [one for one in store.shifts_worked(principal, branch.code, days[0], days[-1]) if stops.get(one.shift_id)]
    first = first_published(rows)
    begun = [one for one in shifts if one.starts <= now]
    over = [one for one in shifts if one.ends <= now]
    begins = datetime.combine(days[0], time(), ZoneInfo(branch.timezone))
    gone = now >= begins + timedelta(days=len(days))  # the week is over: what has no outcome now stays without
    table = store.latest_outcomes(principal, branch.code, since=begins)
    ids = {row.plan_id for row in (*rows, *store.day_plans(principal, branch.code, week))}
    mine = table[table["plan_id"].isin(ids)]
    # What was over before any plan was published no crew went by, unless somebody wrote it up.
    told = set(mine["debtor_id"])
    late = {one.shift_id for one in shifts if first is not None and one.ends <= first}
    late -= {shift for shift in late if told.intersection(stops[shift])}
    shifts, begun, over = ([one for one in some if one.shift_id not in late] for some in (shifts, begun, over))
    visited = {debtor for shift, debtors in stops.items() if shift not in late for debtor in debtors}
    known = len(visited & set(mine["debtor_id"]))
    out = int((mine["started_at"] <= now).sum())  # a crew may set out before its shift begins
    last = None if mine.empty else mine["recorded_at"].max().to_pydatetime()
    return (
        planned,
        Step("published", StepState.DONE, force.published_at, force.published_by or ""),
        Step("run", state(len(begun) or out, len(over), len(shifts)),
             part=len(over), whole=len(shifts)),
        Step("recorded", state(known, len(visited) if gone else known, len(visited)), last, "", known, len(visited)),
    )  # fmt: skip


def state(begun: int, done: int, whole: int) -> StepState:
    """Say how far a step is.

    >>> state(0, 0, 5).value, state(2, 1, 5).value, state(5, 5, 5).value
    ('todo', 'begun', 'done')
    """
    if not whole or not begun:
        return StepState.TODO
    return StepState.DONE if done >= whole else StepState.BEGUN
