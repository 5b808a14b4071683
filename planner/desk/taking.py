"""Takes a change: a new plan, whose parent is the one that was opened. Undo is to show the parent, redo the child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pandas as pd

from planner import editing, routing
from planner.answer import lines, risks_told, spent
from planner.ask import Question
from planner.desk.opening import Desk, Known
from planner.desk.weighing import Offer, weigh
from planner.domain import Principal
from planner.editing import Command, Draft, Refusal
from planner.editing.told import command_to_dict, price_to_dict
from planner.editing.wording import left_out_by_hand, way_after
from planner.load import after_change
from planner.means import Means
from planner.routing.explain import left_out_of
from planner.second_reading import BrokenPlan, refuse
from planner.store import SavedPlan, Store, as_kept


def take(
    means: Means,
    principal: Principal,
    desk: Desk,
    commands: Sequence[Command],
    known: Known,
    *,
    now: datetime,
    offer: Offer | Refusal | None = None,
) -> Desk:
    """Keep a change as a new plan, whose parent is the one that was opened; gives the desk with the new plan on it.

    ``make`` and ``keep`` at once, with their parameters and errors.
    """
    return keep(means.store, principal, make(means, principal, desk, commands, known, now=now, offer=offer), now=now)


def make(
    means: Means,
    principal: Principal,
    desk: Desk,
    commands: Sequence[Command],
    known: Known,
    *,
    now: datetime,
    offer: Offer | Refusal | None = None,
) -> Desk:
    """Make the whole plan that a change gives, audited, without keeping it: that can be done before it is taken.

    Parameters
    ----------
    known
        The branch as it is now, read for this: what was weighed may be minutes old.
    offer
        What ``weigh`` said of these commands on this desk; it is believed only if the desk knew the same then.

    Raises
    ------
    BrokenPlan
        If the change breaks a rule that forbids it, or is refused; nothing is kept then.
    """
    if offer is None or known is not desk.known:
        desk = replace(desk, known=known)
        offer = weigh(desk, commands)
    if isinstance(offer, Refusal):
        raise BrokenPlan(f"the change cannot be made any more: {offer.why}")
    refuse([f"{one.rule}: {one.debtor_id} {one.detail}" for one in offer.against])
    plan = offer.draft.plan(reasons(desk, offer), like=desk.plan)
    refuse([f"{one.code}: {one.text}" for one in routing.audit(offer.draft.problem, plan)])
    saved = as_kept(child_of(means, principal, desk, offer, plan, now=now))
    return replace(desk, saved=saved, plan=plan, draft=offer.draft)


def keep(store: Store, principal: Principal, made: Desk, *, now: datetime) -> Desk:
    """Keep what ``make`` made: it is durable, and complete, before anybody is told that it is taken."""
    saved = replace(made.saved, created_at=now)
    store.save_plan(principal, saved)
    return replace(made, saved=saved)


def reasons(desk: Desk, offer: Offer) -> list[routing.LeftOut]:
    """Give the reason of everybody left out: as it was, but for those whom the change touches."""
    of = offer.draft
    was = {one.visit: one for one in desk.plan.left_out}
    touched = {one.visit for one in offer.price.differences} | {one.shift for one in offer.price.chances}
    touched |= {*of.kept.off, *of.kept.shifts, *offer.price.asked}
    out = of.left_out()
    again = [
        name
        for name in out
        if name not in of.kept.dropped
        and (name not in was or was[name].reason == routing.Reason.DROPPED or _mentions(was[name], touched))
    ]
    new = (
        {one.visit: one for one in left_out_of(of.instance, of.tours, [of.number[name] for name in again])}
        if again
        else {}
    )
    return [
        left_out_by_hand(name, of.kept.dropped[name].why) if name in of.kept.dropped else new.get(name) or was[name]
        for name in out
    ]


def _mentions(one: routing.LeftOut, names: set[str]) -> bool:
    words = set(f"{one.detail} {one.action}".replace(",", " ").replace(".", " ").replace(":", " ").split())
    return bool(words & names)


def child_of(
    means: Means, principal: Principal, desk: Desk, offer: Offer, plan: routing.Plan, *, now: datetime
) -> SavedPlan:
    """Make the plan to be saved out of its parent."""
    parent, problem = desk.saved, offer.draft.problem
    places = pd.DataFrame(parent.context["places"])
    question = Question(problem, desk.times, places, parent.context["options"])
    changed = {one.shift for one in offer.price.chances}
    drawn = lines(
        question, replace(plan, routes=tuple(one for one in plan.routes if one.shift in changed)), means.roads
    )
    here = {one.shift for one in plan.routes}
    kept = {shift: line for shift, line in parent.context["lines"].items() if shift in here and shift not in changed}
    edits = parent.context.get("edits", {})
    context = dict(parent.context) | {
        "lines": kept | drawn,
        "shifts": shifts_told(desk, offer.draft),
        "one_more": parent.context.get("one_more", {}) if plan.bound is not None else {},
        "channels": channels_told(parent.context.get("channels", {}), offer),
        "load": after_change(
            parent.context.get("load", {}), offer.draft.instance, offer.draft.tours, list(desk.known.crews.values())
        ),
        "edits": {
            "kept": editing.kept_to_dict(offer.draft.kept),
            "asked": sorted({*edits.get("asked", []), *offer.price.asked}),
        },
    }
    return SavedPlan(
        plan_id=uuid4().hex[:12],
        branch=parent.branch,
        week=parent.week,
        parent=parent.plan_id,
        created_at=now,
        created_by=principal.name,
        problem=problem_told(desk, problem),
        plan=routing.plan_to_dict(plan),
        context=context,
        metrics=figures(desk, offer, plan),
        rule_pack=parent.rule_pack,
        road_source=parent.road_source,
        seed=parent.seed,
    )


def problem_told(desk: Desk, problem: routing.Problem) -> dict[str, Any]:
    """Write the changed problem; what the parent's document says of the visits is not written a second time."""
    before, told = desk.draft.problem.visits, desk.saved.problem["visits"]
    same = {id(one): document for one, document in zip(before, told, strict=True) if document["id"] == one.id}
    document = routing.problem_to_dict(problem, matrix_file="matrix.npz", visits=same)
    return document | ({"visits": told} if problem.visits is before else {})


def figures(desk: Desk, offer: Offer, plan: routing.Plan) -> dict[str, Any]:
    """Give the metrics of the changed plan; the plan made by hand stays the one of the week as it was planned."""
    parent, problem = desk.saved.metrics, worthy(desk, offer.draft.problem, plan)
    here = {one.shift for one in plan.routes}
    finish = parent.get("finish", {"certainty": None, "routes": {}})
    routes = {shift: one for shift, one in finish["routes"].items() if shift in here}
    routes |= risks_told(offer.price.risks)
    before = parent.get("edit", {})
    # What a scenario takes for granted has to be there before publishing, changed by hand or not.
    origin = {"origin": parent["origin"]} if "origin" in parent else {}
    return (
        metrics_without_baseline(problem, plan)
        | origin
        | {
            "baseline": by_hand(desk, offer.draft.problem),
            "finish": {**finish, "routes": routes},
            "edit": {
                "commands": [command_to_dict(one) for one in offer.commands],
                "price": price_to_dict(offer.price),
                "number": int(before.get("number", 0)) + 1,
                "since": before.get("since", desk.saved.plan_id),
                "notes": [asdict(one) for one in offer.notes],
            },
        }
    )


def by_hand(desk: Desk, problem: routing.Problem) -> dict[str, Any]:
    """Give the figures of the same week by hand: planned anew where crews work other hours than when it was planned.

    As when the week was planned, it has the hours that the plan has: without what is kept in reserve.
    """
    told: dict[str, Any] = desk.saved.metrics["baseline"]
    if problem.shifts == desk.draft.problem.shifts:
        return told
    owed = {name: float(one["overdue_minor"]) for name, one in desk.saved.context["debtors"].items()}
    free = replace(problem, locks=(), apart=frozenset())
    plan = routing.baseline(free, owed, explained=False)
    return spent(routing.efficiency(worthy(desk, free, plan), plan).week) | {"objective": plan.objective}


def metrics_without_baseline(problem: routing.Problem, plan: routing.Plan) -> dict[str, Any]:
    """Give the time efficiency of a plan and of its routes."""
    ours = routing.efficiency(problem, plan)
    return {
        "plan": spent(ours.week) | {"objective": plan.objective},
        "routes": {shift: spent(one) for shift, one in ours.routes.items()},
    }


def worthy(desk: Desk, problem: routing.Problem, plan: routing.Plan) -> routing.Problem:
    """Give the problem with what each planned visit is worth, not only what it adds beyond the cheaper channel."""
    chosen = {stop.visit: stop.option for route in plan.routes for stop in route.stops}

    def whole(one: routing.Visit) -> routing.Visit:
        at = chosen[one.id]
        option = replace(one.options[at], value=desk.worths[one.id][at])
        return replace(one, options=(*one.options[:at], option, *one.options[at + 1 :]))

    return replace(problem, visits=tuple(whole(one) if one.id in chosen else one for one in problem.visits))


def shifts_told(desk: Desk, of: Draft) -> dict[str, Any]:
    """Give what the context says of the shifts: with other hours, and those that were called in."""
    told = {name: dict(one) for name, one in desk.saved.context["shifts"].items()}
    colours = {one["crew_id"]: one["colour"] for one in told.values()}
    for one in of.problem.shifts:
        known = told.get(one.id)
        if known is None:
            crew = desk.known.crews[one.crew]
            colour = colours.setdefault(one.crew, max(colours.values(), default=-1) + 1)
            told[one.id] = {
                "shift_id": one.id,
                "crew_id": one.crew,
                "crew_name": crew.name,
                "colour": colour,
                "day": of.day(one).isoformat(),
                "starts": one.starts,
                "ends": one.ends,
                "reserve_s": 0,
                "depot": list(crew.start),
            }
        elif one.id in of.kept.shifts:
            known |= {"starts": one.starts, "ends": one.ends + int(known.get("reserve_s", 0))}
    return told


def channels_told(channels: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    """Give the ways to the debtors as they are after a change by hand."""
    if not channels:
        return {}
    rows = dict(channels["rows"])
    for one in offer.price.differences:
        if one.visit in rows and one.kind in ("added", "dropped"):
            rows[one.visit] = way_after(rows[one.visit], visited=one.kind == "added")
    return dict(channels) | {"rows": rows}
