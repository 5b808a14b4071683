"""The advice for a district as one sentence with the figures that decided; screens translate by the message's id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: message id → English; money is in whole units of the branch's currency, and its code stands before it
SENTENCES: Mapping[str, str] = {
    "outlook.sweep_on_foot": (
        "Sweep on foot with a pooled crew: {visits_per_crew_day} visits a crew-day, {minutes_per_visit} minutes each; "
        "it pays from {currency} {break_even} a visit, here {value}. {foot_pct} % of the legs are quicker on foot, and "
        "{visits_worth} visits that pay fill {days_worth} crew-days."
    ),
    "outlook.ordinary_round": (
        "An ordinary round: {visits_per_crew_day} visits a crew-day, {minutes_per_visit} minutes each, "
        "{travel} of them on the road; it pays from {currency} {break_even} a visit, here {value}."
    ),
    "outlook.day_trip": (
        "A day trip: {out_and_back} minutes there and back, then {visits_per_crew_day} visits a crew-day, "
        "{minutes_per_visit} minutes each with the way; it pays from {currency} {break_even} a visit, here {value}."
    ),
    "outlook.not_by_visit": (
        "Not by visit: a visit takes {minutes_per_visit} minutes and pays from {currency} {break_even}, here it brings "
        "{value}; telephone, write, or give it to an agency."
    ),
    "outlook.not_by_visit.cheaper_otherwise": (
        "Not by visit: nobody there brings what the way to the door costs; telephone, write, or give it to an agency."
    ),
    "outlook.not_by_visit.nobody": "Not by visit this week: nobody there may be visited when a crew works.",
    "outlook.not_by_visit.no_road": "Not by visit: no road leads there; telephone, write, or give it to an agency.",
}


def message_of(row: Mapping[str, Any], currency: str) -> tuple[str, dict[str, str]]:
    """Give the message's id and the figures for its places.

    Parameters
    ----------
    row
        A row of ``planner.outlook.OUTLOOK``.
    currency
        The code that stands before money.
    """
    advice, why = str(row["advice"]), str(row["why"])
    if advice == "not_by_visit" and not row["visits"]:
        return f"outlook.not_by_visit.{'cheaper_otherwise' if why == 'below_break_even' else why}", {}
    figures = {
        "visits_per_crew_day": f"{row['visits_per_crew_day']:.0f}",
        "minutes_per_visit": f"{row['minutes_per_visit']:.0f}",
        "travel": f"{row['travel_min']:.0f}",
        "out_and_back": f"{row['out_and_back_min']:.0f}",
        "break_even": f"{row['break_even_visit_minor'] / 100:,.0f}",
        "value": f"{row['value_per_visit_minor'] / 100:,.0f}",
        "visits_worth": f"{row['visits_worth']:,}",
        "days_worth": f"{row['days_worth']:,.0f}",
        "currency": currency,
    }
    # With a single visit there are no legs, and no share of them.
    return f"outlook.{advice}", figures | (
        {"foot_pct": f"{100 * row['foot_share']:.0f}"} if row["foot_share"] == row["foot_share"] else {}
    )


def said(row: Mapping[str, Any], currency: str) -> str:
    """Say the advice in English."""
    name, figures = message_of(row, currency)
    return SENTENCES[name].format(**figures)
