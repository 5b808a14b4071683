"""What a list leaves open, asked on the page: the order of day and month, the unit of money, the coordinate system.

Nothing is guessed. The answer holds for every later list with the same profile and headings, until it is asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.screens.who import spoken_key
from dashboard.text import N_, _
from planner.intake.asking import Answered, Question
from planner.intake.days import day
from planner.intake.values import Fault, minor

#: units of money in the main unit
_UNITS = {"one": 1, "ten_thousand": 10_000, "lakh": 100_000}
WORDS: Mapping[str, str] = {
    "day_first": N_("Day before month"),
    "month_first": N_("Month before day"),
    "leave": N_("Leave these dates empty"),
    "one": N_("Whole units of the currency (元, ₹)"),
    "ten_thousand": N_("Ten thousands (万元)"),
    "lakh": N_("Lakhs (100,000)"),
    "wgs84": N_("WGS-84: GPS, phones"),
    "gcj02": N_("GCJ-02: Amap, Tencent"),
    "bd09": N_("BD-09: Baidu"),
    "cgcs2000": N_("CGCS2000: national surveys"),
    "unknown": N_("Not known: take them as up to 1 km off"),
}
TITLES: Mapping[str, str] = {
    "date_order": N_("Which day is {example}?"),
    "money_unit": N_("What is {example}?"),
    "datum": N_("Which map do the coordinates come from?"),
}
WHY: Mapping[str, str] = {
    "date_order": N_("{n} cells of the list can be two different days. First one: column {column}."),
    "money_unit": N_("The column {column} does not say its unit, and its amounts are small."),
    "datum": N_("The list does not say it. The wrong one is 300 m to 1 km off."),
}


def asked(read: Answered) -> Mapping[str, str] | None:
    """Ask what is open; gives the answers once they are given."""
    with st.container(border=True, key="overdue_questions"):
        st.markdown("**" + _("The list leaves something open") + "**")
        st.caption(_("Your answer is kept for lists with the same headings; they will not be asked about again."))
        columns = st.columns(len(read.questions))
        given: dict[str, str | None] = {}
        for column, one in zip(columns, read.questions, strict=True):
            with column:
                given[one.about] = st.radio(
                    _(TITLES[one.about]).format(example=plain(one.example)),
                    one.choices,
                    index=None,
                    format_func=partial(meaning, one),
                    key=spoken_key(f"overdue_answer_{one.about}"),
                )
                st.caption(_(WHY[one.about]).format(n=formats.number(one.count), column=plain(one.column)))
        whole = {about: answer for about, answer in given.items() if answer is not None}
        if st.button(
            _("Read the list so"),
            type="primary",
            icon=":material/check:",
            key="overdue_answer",
            disabled=len(whole) < len(read.questions),
        ):
            return whole
    return None


def meaning(one: Question, choice: str) -> str:
    """Say an answer with what the example then is.

    >>> meaning(Question("date_order", "", "01/02/2026"), "leave")
    'Leave these dates empty'
    """
    word = _(WORDS[choice])
    if one.about == "date_order" and choice != "leave":
        found = day(one.example, choice)
        return word if found is None or isinstance(found, Fault) else f"{word}: {formats.day(found, year=True)}"
    if one.about == "money_unit":
        amount = minor(one.example, _UNITS[choice])
        return word if amount is None or isinstance(amount, Fault) else f"{word}: {formats.number(amount / 100)}"
    return word


def as_before(read: Answered) -> bool:
    """Say which answers of an earlier list were used; gives whether they are to be asked anew."""
    if not read.remembered:
        return False
    with st.container(horizontal=True, vertical_alignment="center", key="overdue_remembered"):
        said = " · ".join(_(WORDS[answer]) for answer in read.remembered.values())
        st.caption(_("Read as answered for an earlier list: {said}.").format(said=said), width="content")
        return st.button(_("Ask again"), type="tertiary", key="overdue_ask_again")
