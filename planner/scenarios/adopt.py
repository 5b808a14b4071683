"""Adopting a scenario: its plan becomes a draft of the week, with what the branch would have to change first.

A plan that was made under another rule pack than the branch's is never adopted: what is allowed there may be forbidden
here. Everything else that the scenario takes for granted is named, and the draft cannot be published before it is so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from planner.adoption import model_in_use
from planner.ask import seconds_after
from planner.desk.working_day import LongDay
from planner.domain import Principal, Shift
from planner.editing import kept_from_dict
from planner.keeping import WhyGivenUp
from planner.rules.pack import RulePack
from planner.scenarios.hours import long_days_of, own_end, taken_by_hand, used_shifts
from planner.scenarios.scenario import Scenario, read_scenario
from planner.store import NotPublishable, PlanRow, SavedPlan, Store, last_decided
from planner.value.parameters import Parameters
from planner.week import week_days

#: kinds of what is lacking
CREW, SHIFT, HOURS, START, MODEL = "crew", "shift", "hours", "start", "model"
#: a start place that is so near (degrees) is the same
SAME_PLACE = 1e-5


class NotAdoptable(ValueError):
    """The scenario's plan cannot become the branch's. One sentence."""


class TooLong(NotAdoptable):
    """A collector's day becomes longer than the rules let it be: ``days``."""

    def __init__(self, days: tuple[LongDay, ...]) -> None:
        super().__init__(f"a day of crew {days[0].crew!r} would be longer than it may be")
        self.days = days


@dataclass(frozen=True)
class Lack:
    """Something that a plan takes for granted and the branch does not have: its kind and the id of what lacks."""

    kind: str
    which: str


class Unready(NotPublishable):
    """A draft that came of a scenario takes for granted what the branch does not have: ``lacking``."""

    def __init__(self, lacking: tuple[Lack, ...]) -> None:
        super().__init__(f"the branch lacks {lacking[0].kind} {lacking[0].which!r}")
        self.lacking = lacking


def adopt(
    store: Store, principal: Principal, plan_id: str, *, now: datetime, taking: RulePack | None = None
) -> SavedPlan:
    """Make a scenario's plan a draft of its week and give the draft.

    Parameters
    ----------
    taking
        The branch's rules: hours that the branch does not have are then taken as changes by hand, where these rules
        let a collector's day be so long. None leaves them lacking.

    Raises
    ------
    TooLong
        If a collector's day becomes longer than it may be.
    NotAdoptable
        If the plan is no scenario, or was made under rules that are not the branch's.
    planner.store.NotAllowed
        If the principal may not save plans.
    """
    saved = store.plan(principal, plan_id)
    scenario = scenario_of(saved.metrics)
    if scenario is None:
        raise NotAdoptable("This plan is no scenario.")
    branch = next(one for one in store.branches(principal) if one.code == saved.branch)
    if scenario.rule_pack and scenario.rule_pack != branch.rule_pack:
        raise NotAdoptable("A plan that was made under other rules than the branch's is not adopted.")
    rows = store.plans(principal, saved.branch, saved.week)
    parent = last_decided(rows).plan_id if rows else None
    origin = {"plan_id": plan_id, "scenario": scenario.text(), "read_at": saved.created_at.isoformat()}
    draft = replace(
        saved,
        plan_id=uuid4().hex[:12],
        parent=parent,
        created_at=now,
        created_by=principal.name,
        context=without_mark(saved.context) | {"origin": origin},
        metrics=of_draft(saved.metrics, scenario) | {"origin": origin},
        published_at=None,
        published_by=None,
    )
    if taking is not None:
        own = shifts_of(store, principal, saved)
        forbidden = tuple(one for one in long_days_of(saved, own, taking) if one.forbidden)
        if forbidden:
            raise TooLong(forbidden)
        crews = {one.crew_id for one in store.crews(principal, saved.branch)}
        draft = taken_by_hand(draft, by_hand(saved, own, crews))
    store.save_plan(principal, draft)
    return draft


def shifts_of(store: Store, principal: Principal, saved: SavedPlan) -> tuple[Shift, ...]:
    """Give the branch's own shifts of a plan's week."""
    days = week_days(saved.week)
    return tuple(store.shifts(principal, saved.branch, days[0], days[-1]))


def by_hand(saved: SavedPlan, own: Iterable[Shift], crews: Collection[str]) -> tuple[str, ...]:
    """Name the shifts of a plan that the branch does not have so, of crews that it has: a change by hand gives them."""
    known = {one.shift_id: one for one in own}
    return tuple(
        one["id"]
        for one in used_shifts(saved)
        if one["crew"] in crews and (one["id"] not in known or wider(saved, one, known[one["id"]]))
    )


def wider(saved: SavedPlan, planned: Mapping[str, Any], own: Shift) -> bool:
    """Say whether a plan has a shift begin earlier or end later than the branch has it."""
    origin = datetime.fromisoformat(saved.problem["origin"])
    return bool(
        planned["starts"] < seconds_after(origin, own.starts)
        or own_end(saved, planned) > seconds_after(origin, own.ends)
    )


def publish(
    store: Store, principal: Principal, row: PlanRow, parameters: Parameters, *, now: datetime, instead_of: str | None
) -> None:
    """Put a plan in force for its week (``Store.publish``), if the branch has what its scenario takes for granted.

    Raises
    ------
    Unready
        If it does not.
    planner.store.PublishedMeanwhile
        If another plan is in force than ``instead_of``.
    """
    lacking = unready(store, principal, row, parameters)
    if lacking:
        raise Unready(lacking)
    store.publish(principal, row.plan_id, now, instead_of=instead_of)


def unready(store: Store, principal: Principal, row: PlanRow, parameters: Parameters) -> tuple[Lack, ...]:
    """Name what keeps a draft that came of a scenario from being published; nothing for any other plan."""
    if "origin" not in row.metrics:
        return ()
    return lacks(store, principal, store.plan(principal, row.plan_id), parameters)


def scenario_of(metrics: Mapping[str, Any]) -> Scenario | None:
    """Give the scenario that a plan's figures say it is of; None for a plan of the week itself."""
    text = metrics.get("scenario")
    return None if text is None else read_scenario(text)


def without_mark(known: Mapping[str, Any]) -> dict[str, Any]:
    """Take the mark of a scenario away."""
    return {key: value for key, value in known.items() if key != "scenario"}


def of_draft(metrics: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """Give a scenario's figures as those of a draft: what it took away itself was not given up, nor passed over."""
    figures = without_mark(metrics)
    if "replan" in figures:
        told = {key: value for key, value in figures["replan"].items() if key != "passed_over"}
        gone = (WhyGivenUp.NO_SHIFT, WhyGivenUp.NOT_CALLED) if scenario.crews_off else ()
        figures["replan"] = told | {"given_up": [one for one in told.get("given_up", ()) if one["why"] not in gone]}
    return figures


def lacks(store: Store, principal: Principal, saved: SavedPlan, parameters: Parameters) -> tuple[Lack, ...]:
    """Name what a plan takes for granted that the branch does not have now: crews, shifts, hours, starts, the model.

    Shifts that were called in by hand, or have other hours by hand, are the manager's word and lack nothing.
    """
    crews = {one.crew_id: one for one in store.crews(principal, saved.branch)}
    shifts = {one.shift_id: one for one in shifts_of(store, principal, saved)}
    settled = kept_from_dict(saved.context.get("edits", {}).get("kept", {})).shifts
    places, told = saved.context["places"], list[Lack]()
    for one in used_shifts(saved):
        crew, shift = crews.get(one["crew"]), shifts.get(one["id"])
        if crew is None:
            told.append(Lack(CREW, one["crew"]))
            continue
        if one["id"] in settled:
            pass
        elif shift is None:
            told.append(Lack(SHIFT, one["id"]))
        elif wider(saved, one, shift):
            told.append(Lack(HOURS, one["id"]))
        start = places[one["start_place"]]
        if max(abs(start["lon"] - crew.start[0]), abs(start["lat"] - crew.start[1])) > SAME_PLACE:
            told.append(Lack(START, one["crew"]))
    named = saved.context.get("parameters", {}).get("model")
    if named is not None and named != model_in_use(store, principal, saved.branch, parameters).name:
        told.append(Lack(MODEL, str(named)))
    return tuple(dict.fromkeys(told))
