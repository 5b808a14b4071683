"""Reads a finished plan a second time: against its problem, and stop by stop against the rule pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from planner import routing
from planner.ask import Question
from planner.reading import Week
from planner.rules.check import Broken, PlannedStop, broken_rules
from planner.rules.pack import RulePack
from planner.value.candidates import Candidates


class BrokenPlan(RuntimeError):
    """The second reading found broken promises: a fault of ours. The message names rules and ids, no persons."""


def check(question: Question, plan: routing.Plan, chosen: Candidates, week: Week, pack: RulePack) -> None:
    """Read the finished plan a second time: against its problem, and stop by stop against the rule pack."""
    rules = [f"{one.rule}: {one.debtor_id} {one.detail}" for one in broken(question, plan, chosen, week, pack)]
    refuse(audited(question, plan) + rules)


def audited(question: Question, plan: routing.Plan) -> list[str]:
    """Read a plan against its problem; give what is broken."""
    return [f"{one.code}: {one.text}" for one in routing.audit(question.problem, plan)]


def refuse(findings: Sequence[str]) -> None:
    """Raise where something is broken."""
    if findings:
        raise BrokenPlan(f"{len(findings)} broken promises, the first: {findings[0]}")


def broken(question: Question, plan: routing.Plan, chosen: Candidates, week: Week, pack: RulePack) -> Sequence[Broken]:
    """Give every rule that a stop of the plan breaks."""
    crews = {crew.crew_id: crew for crew in week.crews}
    crew_of = {shift.id: shift.crew for shift in question.problem.shifts}
    stops = [
        PlannedStop(
            debtor_id=stop.visit,
            place_id=str(question.options[stop.visit][stop.option]["place_id"]),
            begins=week.monday + timedelta(seconds=stop.begins),
            leaves=week.monday + timedelta(seconds=stop.leaves),
            members=crews[crew_of[route.shift]].members,
            skills=crews[crew_of[route.shift]].skills,
            duties=frozenset(week.duties.get(stop.visit, ())),
        )
        for route in plan.routes
        for stop in route.stops
    ]
    return broken_rules(stops, chosen.facts, pack)
