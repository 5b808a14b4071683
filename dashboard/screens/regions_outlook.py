"""What crews can expect of each district before any plan, how to go there, and where a crew-day is worth most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from babel.numbers import get_currency_symbol

from dashboard import formats
from dashboard.screens import regions_how
from dashboard.screens.debtor_card import plain
from dashboard.screens.regions_pair import names_of
from dashboard.text import N_, _, current_language
from planner.advice import message_of
from planner.crew_days import loans
from planner.view.regions import RegionsView

#: advice in a word or two
ADVICE: Mapping[str, str] = {
    "sweep_on_foot": N_("Sweep on foot"),
    "ordinary_round": N_("Ordinary round"),
    "day_trip": N_("Day trip"),
    "not_by_visit": N_("Not by visit"),
}

#: the advice in the words of ``planner.advice.SENTENCES``, which a test compares
ADVISED: Mapping[str, str] = {
    "outlook.sweep_on_foot": N_(
        "Sweep on foot with a pooled crew: {visits_per_crew_day} visits a crew-day, {minutes_per_visit} "
        "minutes each; it pays from {break_even} a visit, here {value}. {foot_pct}% of the legs "
        "are quicker on foot, and {visits_worth} visits that pay fill {days_worth} crew-days."
    ),
    "outlook.ordinary_round": N_(
        "An ordinary round: {visits_per_crew_day} visits a crew-day, {minutes_per_visit} minutes each, "
        "{travel} of them on the road; it pays from {break_even} a visit, here {value}."
    ),
    "outlook.day_trip": N_(
        "A day trip: {out_and_back} minutes there and back, then {visits_per_crew_day} visits a crew-day, "
        "{minutes_per_visit} minutes each with the way; it pays from {break_even} a visit, here "
        "{value}."
    ),
    "outlook.only_some": N_(
        "Only {visits} of the {debtors} debtors: a visit takes {minutes_per_visit} minutes and pays from "
        "{break_even}, and they bring {value} each; telephone or write to the others, or give them to an agency."
    ),
    "outlook.not_by_visit": N_(
        "Not by visit: a visit takes {minutes_per_visit} minutes and pays from {break_even}, here "
        "it brings {value}; telephone, write, or give it to an agency."
    ),
    "outlook.not_by_visit.cheaper_otherwise": N_(
        "Not by visit: nobody there brings what the way to the door costs; telephone, write, or give it to an agency."
    ),
    "outlook.not_by_visit.too_far": N_(
        "Not by visit: there and back with one visit takes longer than a crew's day; telephone, write, or give it to "
        "an agency."
    ),
    "outlook.not_by_visit.nobody": N_("Not by visit this week: nobody there may be visited when a crew works."),
    "outlook.not_by_visit.no_road": N_("Not by visit: no road leads there; telephone, write, or give it to an agency."),
}


def show(view: RegionsView, branches: Mapping[str, str]) -> None:
    """Show the outlook of all districts, the loans that gain most, and how all of it is computed.

    ``branches`` are the branches' names by code.
    """
    outlook, crew_days = view.ahead.outlook(), view.ahead.crew_days()
    if outlook.empty:
        st.info(
            _("No crew works in the coming days: enter shifts, and this page says what they can expect."),
            icon=":material/info:",
        )
        return
    if outlook["roads_estimated"].any():
        st.warning(
            _("The road engine did not answer: travel is a straight line with detour."), icon=":material/warning:"
        )
    st.caption(
        _("One crew in each district for a week, the best visits first, from the branch with most debtors there.")
        + ("" if current_language() == "zh" else " ")
        + _(
            "Other figures than under Districts: those count everybody who may be visited, after the past is taken "
            "into account; these only the best visits of one crew's week, before it. To send a crew, use these; to "
            "compare districts as a whole, those."
        )
    )
    overview(view, outlook, crew_days)
    lending(view, crew_days, branches)
    regions_how.show(regions_how.OUTLOOK)


def overview(view: RegionsView, outlook: pd.DataFrame, crew_days: pd.DataFrame) -> None:
    """Show one row a district."""
    rows = outlook.merge(crew_days[["region", "days_now", "one_more_minor"]], on="region")
    rows = rows.sort_values("value_per_hour_minor", ascending=False, na_position="last")
    names = names_of(view)
    unit = symbol(view.currency)
    st.dataframe(
        pd.DataFrame(
            {
                "district": [names.get(code, code) for code in rows["region"]],
                "advice": [_(ADVICE[one]) for one in rows["advice"]],
                "visits": rows["visits_per_crew_day"].round(1),
                "minutes": rows["minutes_per_visit"].round(),
                "road": rows["travel_min"].round(),
                "hour": (rows["value_per_hour_minor"] / 100).round(),
                "visit": (rows["value_per_visit_minor"] / 100).round(),
                "even": (rows["break_even_visit_minor"] / 100).round(),
                "now": rows["days_now"].round(1),
                "more": (rows["one_more_minor"] / 100).round(),
            }
        ),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        height="content",
        column_config={
            "district": st.column_config.TextColumn(_("District"), pinned=True, width=140),
            "advice": st.column_config.TextColumn(_("How to go there"), width=120),
            "visits": st.column_config.NumberColumn(_("Visits a crew-day"), format="%.1f", width=112),
            "minutes": st.column_config.NumberColumn(_("Minutes a visit"), width=104),
            "road": st.column_config.NumberColumn(_("of them on the road"), width=130),
            "hour": st.column_config.NumberColumn(
                _("{unit} a field hour").format(unit=unit), format="localized", width=112
            ),
            "visit": st.column_config.NumberColumn(_("{unit} a visit").format(unit=unit), format="localized", width=88),
            "even": st.column_config.NumberColumn(
                _("pays from, {unit} a visit").format(unit=unit), format="localized", width=140
            ),
            "now": st.column_config.NumberColumn(
                _("Crew-days planned"), help=_("In the plan of the coming week"), format="%.1f", width=138
            ),
            "more": st.column_config.NumberColumn(
                _("One crew-day more, {unit}").format(unit=unit), format="localized", width=150
            ),
        },
    )


def lending(view: RegionsView, crew_days: pd.DataFrame, branches: Mapping[str, str]) -> None:
    """Say which loans of a crew-day between branches gain most."""
    st.markdown("**" + _("Where a borrowed crew-day gains most") + "**")
    if crew_days["days_now"].isna().all():
        missing = _("{week} is not planned yet: plan the branches, then the loans that gain most stand here.")
        st.caption(missing.format(week=formats.week(view.week)))
        return
    if crew_days["branch"].nunique() < 2:
        st.caption(_("A loan takes two branches; within one the plan puts each crew-day where it is worth most."))
        return
    told = loans_told(view, crew_days, branches, bold="**")
    if not told:
        st.caption(_("No loan of a crew-day between the branches gains anything now."))
        return
    st.markdown("\n".join(f"{number}. {line}" for number, line in enumerate(told, start=1)))
    st.caption(
        _("Expected uplift, before any plan is made again. Plan both branches with the loan to see what it brings.")
    )


def loans_told(view: RegionsView, days: pd.DataFrame, branches: Mapping[str, str], *, bold: str = "") -> list[str]:
    """Say which loans of a crew-day gain most, a sentence each.

    ``days`` are ``planner.crew_days.CREW_DAYS`` of the districts that may be named; ``bold`` stands around names and
    gain, and with it names are escaped for Markdown.
    """
    names, branch = names_of(view), dict(zip(days["region"], days["branch"], strict=True))
    sentence = _(
        "From {lender} ({lending}) to {borrower} ({borrowing}): {gain} a crew-day; {brings} there for {loses} here"
    )
    written = plain if bold else str

    def called(code: str) -> str:
        return branches.get(code, code)

    rows: list[dict[Any, Any]] = loans(days).to_dict("records")
    return [
        sentence.format(
            lender=f"{bold}{written(names[row['lender']])}{bold}",
            lending=written(called(branch[row["lender"]])),
            borrower=f"{bold}{written(names[row['borrower']])}{bold}",
            borrowing=written(called(branch[row["borrower"]])),
            gain=f"{bold}+{formats.money(row['gain_minor'], view.currency)}{bold}",
            brings=formats.money(row["brings_minor"], view.currency),
            loses=formats.money(row["loses_minor"], view.currency),
        )
        for row in rows
    ]


def symbol(currency: str) -> str:
    """Give the sign of a currency.

    >>> symbol("CNY")
    '¥'
    """
    return get_currency_symbol(currency, locale="zh_Hans_CN")


def advice(view: RegionsView, region: str) -> str:
    """Say how to go to a district, with the figures that decided it; "" where no crew can be thought of."""
    row = view.ahead.row(region)
    if row is None:
        return ""
    name, figures = message_of(row, symbol(view.currency))
    return _(ADVISED[name]).format(**figures)
