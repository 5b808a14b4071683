"""How to go to a district, what decided it, and one sentence that says so; screens translate by the message's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from geodata.patterns.tour_length import tree_edges
from planner.domain import Crew
from planner.expected import USED, CrewTime, Expected
from planner.rules.pack import RulePack
from planner.value.parameters import Parameters
from planner.ways import Ways

#: collectors in the crew whose visit costs ``visit_cost``
SURVEYED_CREW = 2
#: message id → English; money is in whole units of the branch's currency, its sign or code before it
SENTENCES: Mapping[str, str] = {
    "outlook.sweep_on_foot": (
        "Sweep on foot with a pooled crew: {visits_per_crew_day} visits a crew-day, {minutes_per_visit} minutes each; "
        "it pays from {break_even} a visit, here {value}. {foot_pct}% of the legs are quicker on foot, and "
        "{visits_worth} visits that pay fill {days_worth} crew-days."
    ),
    "outlook.ordinary_round": (
        "An ordinary round: {visits_per_crew_day} visits a crew-day, {minutes_per_visit} minutes each, "
        "{travel} of them on the road; it pays from {break_even} a visit, here {value}."
    ),
    "outlook.day_trip": (
        "A day trip: {out_and_back} minutes there and back, then {visits_per_crew_day} visits a crew-day, "
        "{minutes_per_visit} minutes each with the way; it pays from {break_even} a visit, here {value}."
    ),
    "outlook.only_some": (
        "Only {visits} of the {debtors} debtors: a visit takes {minutes_per_visit} minutes and pays from "
        "{break_even}, and they bring {value} each; telephone or write to the others, or give them to an agency."
    ),
    "outlook.not_by_visit": (
        "Not by visit: a visit takes {minutes_per_visit} minutes and pays from {break_even}, here it brings "
        "{value}; telephone, write, or give it to an agency."
    ),
    "outlook.not_by_visit.cheaper_otherwise": (
        "Not by visit: nobody there brings what the way to the door costs; telephone, write, or give it to an agency."
    ),
    "outlook.not_by_visit.too_far": (
        "Not by visit: there and back with one visit takes longer than a crew's day; telephone, write, or give it to "
        "an agency."
    ),
    "outlook.not_by_visit.nobody": "Not by visit this week: nobody there may be visited when a crew works.",
    "outlook.not_by_visit.no_road": "Not by visit: no road leads there; telephone, write, or give it to an agency.",
}


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
    TOO_FAR = "too_far"  # a crew's day is over before it is back
    BELOW_BREAK_EVEN = "below_break_even"
    ONLY_SOME = "only_some"  # all together do not pay, some of them do
    FAR = "far"
    ON_FOOT_QUICKER = "on_foot_quicker"
    NEITHER = "neither"  # not far, and not dense enough


@dataclass(frozen=True)
class Terms:
    """What a crew costs and from when on which advice is given."""

    crew_day_minor: float
    walking_m_per_s: float
    parking_s: float
    sweep_share: float
    sweep_crew_days: float
    day_trip_s: float


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


def message_of(row: Mapping[str, Any], currency: str) -> tuple[str, dict[str, str]]:
    """Give the message's id and the figures for its places.

    Parameters
    ----------
    row
        A row of ``planner.outlook.OUTLOOK``.
    currency
        What stands before money: a sign such as ¥, or a code, which a space follows.
    """

    def money(minor: float) -> str:
        return f"{'−' if minor <= -50 else ''}{currency}{' ' if currency.isalnum() else ''}{abs(minor) / 100:,.0f}"

    advice, why = str(row["advice"]), str(row["why"])
    if advice == "not_by_visit" and not row["visits"]:
        return f"outlook.not_by_visit.{'cheaper_otherwise' if why == 'below_break_even' else why}", {}
    figures = {
        "visits": f"{row['visits']:,.0f}",
        "debtors": f"{row['debtors']:,}",
        "visits_per_crew_day": f"{row['visits_per_crew_day']:.0f}",
        "minutes_per_visit": f"{row['minutes_per_visit']:.0f}",
        "travel": f"{row['travel_min']:.0f}",
        "out_and_back": f"{row['out_and_back_min']:.0f}",
        "break_even": money(row["break_even_visit_minor"]),
        "value": money(row["value_per_visit_minor"]),
        "visits_worth": f"{row['visits_worth']:,}",
        "days_worth": f"{row['days_worth']:,.0f}",
    }
    # With a single visit there are no legs, and no share of them.
    return f"outlook.{why if why == 'only_some' else advice}", figures | (
        {"foot_pct": f"{100 * row['foot_share']:.0f}"} if row["foot_share"] == row["foot_share"] else {}
    )


def said(row: Mapping[str, Any], currency: str) -> str:
    """Say the advice in English."""
    name, figures = message_of(row, currency)
    return SENTENCES[name].format(**figures)
