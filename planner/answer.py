"""Translates a plan back: lines along the streets, time efficiency, and everything a screen needs to explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.roads import RoadEngine
from planner import routing
from planner.ask import Question, plain
from planner.domain import Branch, Crew, Shift
from planner.pattern import Pattern
from planner.visit_groups import as_said

#: lines are thinned to this many degrees (about 1 m), which no eye sees on a street map
LINE_TOLERANCE = 1e-5


def lines(question: Question, plan: routing.Plan, roads: RoadEngine) -> dict[str, list[list[float]]]:
    """Give each route's line along the streets (lon, lat), by shift."""
    visits = {visit.id: visit for visit in question.problem.visits}
    shifts = {shift.id: shift for shift in question.problem.shifts}
    at = question.places[["lon", "lat"]].to_numpy(float)
    drawn = {}
    for route in plan.routes:
        if route.stops:
            shift = shifts[route.shift]
            rows = [
                shift.start_place,
                *(visits[stop.visit].place_in(stop.option) for stop in route.stops),
                shift.end_place,
            ]
            line = shapely.simplify(shapely.LineString(roads.route(at[rows]).line), LINE_TOLERANCE)
            drawn[route.shift] = np.round(shapely.get_coordinates(line), 5).tolist()
    return drawn


def context(
    question: Question,
    plan: routing.Plan,
    roads: RoadEngine,
    *,
    branch: Branch,
    days: Sequence[date],
    crews: Sequence[Crew],
    shifts: Sequence[Shift],
    reserves_s: Mapping[str, int],
    people: pd.DataFrame,
    removed: pd.DataFrame,
    pattern: Pattern,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Gather what the plan knew, without names, telephone numbers or addresses (docs/decisions/0003).

    ``people`` has one row a debtor: survey columns, ``lon``, ``lat`` of the home, ``best_value_minor``, ``required``,
    ``required_reason``, ``deadline_on`` (a date or None), ``set_aside`` and ``duties`` (lists). ``removed`` lists whom
    the rules took out: ``debtor_id, code, article, detail, action``.
    """
    colour = {crew.crew_id: k for k, crew in enumerate(crews)}
    crew_of = {crew.crew_id: crew for crew in crews}
    timed = {shift.id: shift for shift in question.problem.shifts}
    return {
        "currency": branch.currency,
        "days": [day.isoformat() for day in days],
        "shifts": {
            shift.shift_id: {
                "shift_id": shift.shift_id,
                "crew_id": shift.crew_id,
                "crew_name": crew_of[shift.crew_id].name,
                "colour": colour[shift.crew_id],
                "day": shift.day.isoformat(),
                "starts": timed[shift.shift_id].starts,
                # The problem's shift ends earlier by its reserve; the crew's does not.
                "ends": timed[shift.shift_id].ends + reserves_s.get(shift.shift_id, 0),
                "reserve_s": reserves_s.get(shift.shift_id, 0),
                "depot": list(crew_of[shift.crew_id].start),
            }
            for shift in shifts
        },
        "places": records(question.places),
        "options": dict(question.options),
        "debtors": {
            str(row["debtor_id"]): {
                "overdue_minor": int(row["overdue_minor"]),
                "bucket": row["bucket"],
                "group": row["group"],
                "debtor_type": row["debtor_type"],
                "region": row["region"],
                "visit_group": pattern.groups.get(str(row["debtor_id"]), ""),
                "lon": plain(row["lon"]),
                "lat": plain(row["lat"]),
                "best_value_minor": plain(row["best_value_minor"]) or 0.0,
                "required": bool(row["required"]),
                "required_reason": row["required_reason"],
                "deadline_on": None if row["deadline_on"] is None else row["deadline_on"].isoformat(),
                "set_aside": row["set_aside"],
                "duties": row["duties"],
            }
            for row in people.to_dict("records")
        },
        # What one more such shift would earn, where the bound's prices tell it.
        "one_more": {} if plan.prices is None else dict(plan.prices.shifts),
        "lines": lines(question, plan, roads),
        "removed": [
            {
                "debtor_id": row["debtor_id"],
                "reason": row["code"],
                "detail": row["detail"],
                "action": row["action"],
                "article": row["article"],
            }
            for row in removed.to_dict("records")
        ],
        "groups": {
            "reach_s": plain(pattern.reach_s),
            "share": pattern.share,
            "share_null": plain(pattern.share_null),
            "named": as_said(pattern.named),
        },
        "verdicts": {
            region: {
                "verdict": one.verdict,
                "why_code": one.why_code.value,
                "why": one.said("debtors", "customers"),
                "n_debtors": one.n_marked,
                "n_customers": one.n_all,
                "p_value": plain(one.p_adjusted),
                "radius_m": one.radius_m,
                "pair_ratio": {str(r): plain(v) for r, v in one.pair_ratio.items()},
            }
            for region, one in pattern.verdicts.items()
        },
        "parameters": dict(parameters),
        "roads_estimated": question.times.estimated,
        "far_from_streets": question.times.far_from_streets,
        "unreachable_pairs": question.times.unreachable_pairs,
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a table's rows as JSON can say them."""
    return [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def metrics(problem: routing.Problem, plan: routing.Plan, baseline: routing.Plan) -> dict[str, Any]:
    """Give the time efficiency of the plan, of each route, and of the baseline "largest balances, nearest first"."""
    ours, theirs = routing.efficiency(problem, plan), routing.efficiency(problem, baseline)
    return {
        "plan": spent(ours.week) | {"objective": plan.objective},
        "baseline": spent(theirs.week) | {"objective": baseline.objective},
        "routes": {shift: spent(one) for shift, one in ours.routes.items()},
    }


def spent(one: routing.Spent) -> dict[str, Any]:
    """Give how time is spent as JSON can say it, ratios included (None where they are not defined)."""
    ratios = ("field_hours", "visits_per_hour", "value_per_field_hour", "travel_share")
    return {name: plain(value) for name, value in (asdict(one) | {r: getattr(one, r) for r in ratios}).items()}


def finishes(sure: routing.Sure, certainty: float | None) -> dict[str, Any]:
    """Give how likely each route ends in its shift, as JSON can say it; moments in whole seconds from the origin."""
    return {"certainty": certainty, "routes": risks_told(sure.risks)}


def risks_told(risks: Mapping[str, routing.RouteRisk]) -> dict[str, Any]:
    """Give the risks of routes as JSON can say them."""
    return {
        shift: {
            "in_time": risk.in_time,
            "overtime_s": round(risk.overtime_s),
            "returns": [round(moment) for moment in risk.returns],
            "stops": {
                stop.visit: {"made": stop.made, "begins": [round(moment) for moment in stop.begins]}
                for stop in risk.stops
            },
        }
        for shift, risk in risks.items()
    }
