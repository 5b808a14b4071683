"""What a district promises before any plan is made, and how to go there: on foot, on a round, for a day, or not at all.

Every district is looked at with the same effort, one crew for the week, so that districts can be compared: how many
visits a crew-day makes, how many minutes each takes, what a field hour brings, and from what value on a visit pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.patterns.tour_length import tree_edges
from geodata.roads import RoadEngine
from planner.domain import Crew, Shift
from planner.expected import USED, CrewTime, Expected, by_slot, crew_time, expected
from planner.rules.pack import RulePack
from planner.tables import INT, REAL, TEXT, Schema, conform, empty
from planner.value.parameters import Parameters, Slot
from planner.ways import Ways, ways

#: collectors in the crew whose visit costs ``visit_cost``
SURVEYED_CREW = 2


class Advice(StrEnum):
    """How to go to a district."""

    SWEEP_ON_FOOT = "sweep_on_foot"
    ORDINARY_ROUND = "ordinary_round"
    DAY_TRIP = "day_trip"
    NOT_BY_VISIT = "not_by_visit"


class Why(StrEnum):
    """What decided."""

    NOBODY = "nobody"  # nobody there may be visited by this crew this week
    NO_ROAD = "no_road"
    BELOW_BREAK_EVEN = "below_break_even"
    FAR = "far"
    ON_FOOT_QUICKER = "on_foot_quicker"
    NEITHER = "neither"  # not far, and not dense enough


#: One row a district. ``crew_days`` are those that the effort has and ``days_used`` what the visits take of them;
#: ``travel_min`` and ``door_min`` add up to ``minutes_per_visit``, the way out and back being part of travel;
#: ``out_and_back_min`` is that way for one crew-day. ``visits_worth`` counts those who bring more than their time
#: costs, ``days_worth`` the crew-days they would fill, ``foot_share`` the share of the legs between them that are
#: quicker on foot. What is not defined without a visit is NaN.
OUTLOOK: Schema = {
    "region": TEXT,
    "branch": TEXT,  # from where the crew goes out
    "debtors": INT,  # who may be visited by this crew
    "crew_days": INT,
    "days_used": REAL,
    "visits": REAL,
    "visits_per_crew_day": REAL,
    "minutes_per_visit": REAL,
    "travel_min": REAL,
    "door_min": REAL,
    "out_and_back_min": REAL,
    "value_per_visit_minor": REAL,
    "value_per_hour_minor": REAL,
    "break_even_visit_minor": REAL,
    "break_even_hour_minor": REAL,
    "visits_worth": INT,
    "days_worth": REAL,
    "foot_share": REAL,
    "advice": TEXT,
    "why": TEXT,
    "roads_estimated": "bool",
}


@dataclass(frozen=True)
class Terms:
    """What a crew costs and from when on which advice is given."""

    crew_day_minor: float
    walking_m_per_s: float
    parking_s: float
    sweep_share: float
    sweep_crew_days: float
    day_trip_s: float


@dataclass(frozen=True)
class Effort:
    """What goes into every district: a crew and its shifts, and from where it starts."""

    start: tuple[float, float]
    crew: Crew
    shifts: tuple[Shift, ...]


def terms(parameters: Parameters, pack: RulePack, crew: Crew) -> Terms:
    """Give the terms: a crew-day costs what the visits of one in a town cost, more for a crew of three.

    A crew counts with as many members as it has, but with no fewer than the rule pack asks for.
    """
    members = max(pack.crew_min.value, len(set(crew.members)))
    surveyed = parameters.visit_cost.value * parameters.visits_per_day_urban.value
    return Terms(
        crew_day_minor=surveyed * members / SURVEYED_CREW,
        walking_m_per_s=parameters.walking_kmh.value / 3.6,
        parking_s=parameters.parking.value * 60,
        sweep_share=parameters.sweep_share.value,
        sweep_crew_days=parameters.sweep_crew_days.value,
        day_trip_s=parameters.day_trip.value * 60,
    )


def one_crew(crews: Sequence[Crew], shifts: Sequence[Shift]) -> Effort | None:
    """Give the crew with most time, able to do what any crew of its branch can; None where nobody works."""
    seconds = {
        crew.crew_id: sum((one.ends - one.starts).total_seconds() for one in shifts if one.crew_id == crew.crew_id)
        for crew in crews
    }
    if not any(seconds.values()):
        return None
    crew = max(crews, key=lambda one: (seconds[one.crew_id], one.crew_id))
    able = frozenset(skill for one in crews for skill in one.skills)
    return Effort(crew.start, replace(crew, skills=able), tuple(s for s in shifts if s.crew_id == crew.crew_id))


def outlook(
    options: pd.DataFrame,
    efforts: Mapping[str, Effort],
    roads: RoadEngine,
    slots: Sequence[Slot],
    zone: ZoneInfo,
    conditions: Terms,
) -> pd.DataFrame:
    """Give one row a district in the order of their codes (``OUTLOOK``); "" is outside every district and left out.

    Parameters
    ----------
    options
        What ``planner.value.candidates`` gives, with ``branch``, ``region``, ``lon`` and ``lat`` of the place.
    efforts
        By branch; a district is visited from the branch that has most debtors there. Debtors of branches without
        an effort are left out.
    roads
        Asked for a sample of each district, at most 65 points.

    Raises
    ------
    geodata.roads.RoadFailure
        If the engine gives no answer.
    """
    here = options[(options["region"] != "") & options["branch"].isin(list(efforts))]
    rows = []
    for region, mine in here.groupby("region", sort=True):
        counts = mine.drop_duplicates("debtor_id")["branch"].value_counts()
        branch = str(sorted(counts.index, key=lambda code: (-counts[code], code))[0])
        rows.append(
            {"region": region, "branch": branch} | district(mine, efforts[branch], roads, slots, zone, conditions)
        )
    return conform(pd.DataFrame(rows), OUTLOOK) if rows else empty(OUTLOOK)


def district(
    options: pd.DataFrame, effort: Effort, roads: RoadEngine, slots: Sequence[Slot], zone: ZoneInfo, conditions: Terms
) -> dict[str, Any]:
    """Give the figures and the advice for the debtors of one district, or any others (``OUTLOOK`` without names)."""
    time = crew_time(effort.shifts, slots, zone)
    offers = by_slot(options.dropna(subset=["lon", "lat"]), [effort.crew], effort.shifts, slots, zone)
    nothing = no_visit(time, offers["debtor_id"].nunique())
    if offers.empty:
        return nothing | {"why": Why.NOBODY.value}
    try:
        seen = ways(offers[["lon", "lat"]].to_numpy(float), effort.start, roads)
    except ValueError:
        return nothing | {"why": Why.NO_ROAD.value}
    cost_per_s = conditions.crew_day_minor * time.crew_days / sum(time.seconds.values())
    told = expected(offers, seen.xy, seen.depot_s, seen.law, time, travel_minor_per_s=cost_per_s)
    if not told.visits:
        unreached = not np.isfinite(seen.depot_s).any()
        return nothing | {"why": (Why.NO_ROAD if unreached else Why.BELOW_BREAK_EVEN).value}
    return figures(told, time, conditions) | advised(told, offers, seen, time, conditions)


def no_visit(time: CrewTime, debtors: int) -> dict[str, Any]:
    """Give the row of a district where no visit is made."""
    unknown = {name: np.nan for name, kind in OUTLOOK.items() if kind == REAL}
    zero = {"debtors": debtors, "crew_days": time.crew_days, "days_used": 0.0, "visits": 0.0, "visits_worth": 0}
    return unknown | zero | {"advice": Advice.NOT_BY_VISIT.value, "roads_estimated": False}


def figures(told: Expected, time: CrewTime, conditions: Terms) -> dict[str, Any]:
    """Give the rates, and from when on they pay."""
    day_s = USED * sum(time.seconds.values()) / time.crew_days
    field_s = told.field_hours * 3600
    # A crew that is back early does something else with the rest of its day.
    days = field_s / day_s
    return {
        "crew_days": time.crew_days,
        "days_used": days,
        "visits": told.visits,
        "visits_per_crew_day": told.visits / days,
        "minutes_per_visit": field_s / told.visits / 60,
        "travel_min": (told.legs_s + told.out_and_back_s) / told.visits / 60,
        "door_min": told.service_s / told.visits / 60,
        "out_and_back_min": told.out_and_back_s / told.days / 60,
        "value_per_visit_minor": told.value_minor / told.visits,
        "value_per_hour_minor": told.value_minor / told.field_hours,
        "break_even_visit_minor": conditions.crew_day_minor * days / told.visits,
        "break_even_hour_minor": conditions.crew_day_minor * days / told.field_hours,
    }


def advised(told: Expected, offers: pd.DataFrame, seen: Ways, time: CrewTime, conditions: Terms) -> dict[str, Any]:
    """Give the advice and what decided it."""
    day_s = USED * sum(time.seconds.values()) / time.crew_days
    best = offers.assign(row=np.arange(len(offers))).sort_values("value_minor", ascending=False, kind="stable")
    best = best.drop_duplicates("debtor_id")
    best = best[np.isfinite(seen.depot_s[best["row"]])]
    takes_s = best["service_s"] + (told.legs_s + told.out_and_back_s) / told.visits
    pays = best["value_minor"] > conditions.crew_day_minor / day_s * takes_s
    legs_m = tree_edges(seen.xy[best.loc[pays, "row"]])
    on_foot = legs_m / conditions.walking_m_per_s <= seen.law(legs_m) + conditions.parking_s
    share = float(on_foot.mean()) if len(legs_m) else np.nan
    days_worth = float(takes_s[pays].sum()) / day_s
    cost_minor = conditions.crew_day_minor * told.field_hours * 3600 / day_s
    if told.value_minor <= cost_minor:
        advice, why = Advice.NOT_BY_VISIT, Why.BELOW_BREAK_EVEN
    elif told.out_and_back_s / told.days >= conditions.day_trip_s:
        advice, why = Advice.DAY_TRIP, Why.FAR
    elif share >= conditions.sweep_share and days_worth >= conditions.sweep_crew_days:
        advice, why = Advice.SWEEP_ON_FOOT, Why.ON_FOOT_QUICKER
    else:
        advice, why = Advice.ORDINARY_ROUND, Why.NEITHER
    return {
        "debtors": int(offers["debtor_id"].nunique()),
        "visits_worth": int(pays.sum()),
        "days_worth": days_worth,
        "foot_share": share,
        "advice": advice.value,
        "why": why.value,
        "roads_estimated": seen.estimated,
    }
