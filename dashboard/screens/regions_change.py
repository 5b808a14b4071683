"""Whether a district has changed: the last whole weeks beside those before, in a small table under the weeks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.text import N_, _, current_language, n_
from planner.density import periods
from planner.density.change import HOW_OFTEN, PER_HOUR
from planner.density.ratios import LEVEL
from planner.view.past_weeks import EVERY
from planner.view.regions import RegionsView

Row = Mapping[str, Any]

#: answer: word and the colour of the text
ANSWERS: Mapping[str, tuple[str, str]] = {
    "risen": (N_("risen"), "green"),
    "fallen": (N_("fallen"), "red"),
    "not_shown": (N_("no change shown"), "gray"),
    "too_few": (N_("too few to tell"), "gray"),
}
#: both figures of a district in one word, for a narrow column
TOGETHER: Mapping[str, str] = {
    "risen": N_("Risen"),
    "fallen": N_("Fallen"),
    "mixed": N_("Risen and fallen"),
    "not_shown": N_("No change shown"),
    "too_few": N_("Too few to tell"),
}
#: one figure of one district that has changed
CHANGED: Mapping[tuple[str, str], str] = {
    (HOW_OFTEN, "risen"): N_("visits pay more often"),
    (HOW_OFTEN, "fallen"): N_("visits pay less often"),
    (PER_HOUR, "risen"): N_("a field hour brings more"),
    (PER_HOUR, "fallen"): N_("a field hour brings less"),
}
TITLES: Mapping[str, str] = {
    HOW_OFTEN: N_("Share of visits that pay"),
    PER_HOUR: N_("¥ paid per recorded field hour"),
}
#: Four columns beside the pair's table and on a phone: a figure's title runs over all of them, numbers do not break.
STYLE = """
.st-key-changes td, .st-key-changes th { font-size: .8125rem; padding: .2rem .4rem; }
.st-key-changes td:nth-child(2), .st-key-changes td:nth-child(3) { white-space: nowrap; }
.st-key-changes tr:has(strong) td { border-left: none; border-right: none; white-space: nowrap; max-width: 0; }
@media (min-width: 641px) {
  .st-key-changes td:nth-child(4) { white-space: nowrap; }
  .st-key-changes td:nth-child(n+2) { width: 1%; }
}
@media (max-width: 640px) { .st-key-changes td, .st-key-changes th { font-size: .7rem; padding: .2rem .25rem; } }
"""


def show(view: RegionsView, names: Mapping[str, str], drawn: Sequence[str]) -> None:
    """Show whether the districts drawn, and all together, have changed, and say which of all districts have.

    Parameters
    ----------
    names
        Name by code of all districts.
    drawn
        Codes of the districts in the table, in order.
    """
    with st.container(key="changes"):
        st.html(f"<style>{STYLE}</style>")
        st.markdown("**" + _("Has it changed?") + "**")
        st.caption(
            _("The four weeks until {last} beside the four before; the week that is not over is left out.").format(
                last=formats.day(last_day(view))
            )
        )
        st.markdown(table(view, {code: names[code] for code in drawn}))
        st.caption(summary(view, names))
        if (view.changes["answer"] == "not_shown").any():
            st.caption(why_not_shown(view))


def table(view: RegionsView, names: Mapping[str, str]) -> str:
    """Write both figures of the districts named, and of all together, as one table."""
    found: dict[tuple[str, str], Row] = {
        (str(row["figure"]), str(row["region"])): {str(key): value for key, value in row.items()}
        for row in view.changes.to_dict("records")
    }
    ratio = _("After ÷ before ({level})").format(level=formats.percent(LEVEL))
    lines = [f"| | {_('Before → after')} | {ratio} | |", "|:--|--:|--:|:--|"]
    for figure, title in TITLES.items():
        lines.append(f"| **{_(title)}** | | | |")
        for code, name in {**names, EVERY: _("All districts")}.items():
            row = found[figure, code]
            word, colour = ANSWERS[row["answer"]]
            lines.append(
                f"| {plain(name)} | {before_after(row, view.currency)} | {ratio_of(row)} | :{colour}[{_(word)}] |"
            )
    return "\n".join(lines)


def together(changes: pd.DataFrame) -> dict[str, str]:
    """Give one answer a district over both figures: what either has done, ``mixed`` where they went apart.

    >>> rows = {"region": ["W", "W", "E", "E"], "answer": ["not_shown", "risen", "too_few", "too_few"]}
    >>> together(pd.DataFrame(rows))
    {'E': 'too_few', 'W': 'risen'}
    """

    def one(answers: set[str]) -> str:
        if {"risen", "fallen"} <= answers:
            return "mixed"
        return next(name for name in ("risen", "fallen", "not_shown", "too_few") if name in answers)

    return {str(code): one(set(answers)) for code, answers in changes.groupby("region")["answer"]}


def column(changes: pd.DataFrame, codes: Sequence[str]) -> list[str]:
    """Give the districts' answers as words, in the order of the codes."""
    answers = together(changes)
    return [_(TOGETHER[answers[code]]) if code in answers else formats.UNKNOWN for code in codes]


def sentence(view: RegionsView, code: str) -> str:
    """Say of one district whether it has changed; "" where nothing is known of it."""
    here = view.changes[view.changes["region"] == code]
    if here.empty:
        return ""
    answer = together(here)[code]
    if answer == "too_few":
        return _("Too few visits or payments to tell whether it has changed.")
    last = formats.day(last_day(view))
    if answer == "not_shown":
        return _("No change is shown between the four weeks until {last} and the four before.").format(last=last)
    pairs = zip(here["figure"], here["answer"], strict=True)
    told = [_(CHANGED[pair]) for pair in pairs if pair in CHANGED]
    return _("In the four weeks until {last}, beside the four before: {changes}.").format(
        last=last, changes=_("; ").join(told)
    )


def last_day(view: RegionsView) -> date:
    """Give the Sunday on which the second period ends."""
    return periods(view.until).end_on - timedelta(days=1)


def before_after(row: Row, currency: str) -> str:
    """Write a figure of both periods.

    >>> before_after({"figure": "how_often", "before": 0.05, "after": 0.034}, "CNY")
    '5.0% → 3.4%'
    """

    def write(value: float) -> str:
        return formats.percent(value, 1) if row["figure"] == HOW_OFTEN else formats.money(value, currency)

    return f"{write(row['before'])} → {write(row['after'])}"


def ratio_of(row: Row) -> str:
    """Write a ratio with its interval; without an upper end where nothing came before.

    >>> ratio_of({"ratio": 1.5, "low": 0.8, "high": 2.25}), ratio_of({"ratio": float("nan")})
    ('1.50 (0.80–2.25)', '—')
    >>> ratio_of({"ratio": float("inf"), "low": 1.25, "high": float("inf")})
    '> 1.25'
    """
    if math.isnan(row["ratio"]):
        return formats.UNKNOWN
    ratio, low, high = (formats.number(row[name], 2) for name in ("ratio", "low", "high"))
    return f"> {low}" if formats.is_unknown(row["high"]) else f"{ratio} ({low}–{high})"


def why_not_shown(view: RegionsView) -> str:
    """Say why an interval without 1 need not be a change that is shown."""
    asked = int((view.changes.loc[view.changes["region"] != EVERY, "answer"] != "too_few").sum())
    return n_(
        "An interval may leave out 1 where no change is shown: it misses the true ratio one time in ten, and a change "
        "is only named where it is surer than that.",
        "An interval may leave out 1 where no change is shown: each misses the true ratio one time in ten, and {n} "
        "answers are looked at at once, so only a clearer difference is called a change.",
        asked,
    )


def summary(view: RegionsView, names: Mapping[str, str]) -> str:
    """Say which of all districts have changed, and of how many nothing can be told."""
    every = view.changes[view.changes["region"] != EVERY]
    told = []
    for figure, answer, text in (
        (HOW_OFTEN, "risen", N_("Visits pay more often than before in {names}.")),
        (HOW_OFTEN, "fallen", N_("Visits pay less often than before in {names}.")),
        (PER_HOUR, "risen", N_("A field hour brings more than before in {names}.")),
        (PER_HOUR, "fallen", N_("A field hour brings less than before in {names}.")),
    ):
        codes = every.loc[(every["figure"] == figure) & (every["answer"] == answer), "region"]
        if len(codes):
            told.append(_(text).format(names=_(", ").join(plain(names[str(code)]) for code in codes)))
    often = every[every["figure"] == HOW_OFTEN]
    few = int((often["answer"] == "too_few").sum())
    same = len(often) - few
    if same and not told:
        told.append(
            n_(
                "No change is shown in the {n} district with enough visits and payments.",
                "No change is shown in any of the {n} districts with enough visits and payments.",
                same,
            )
        )
    if few:
        told.append(n_("{n} district has too few to tell.", "{n} districts have too few to tell.", few))
    if same:
        told.append(_("No change shown is not unchanged: whatever lies in the interval may be true."))
    return ("" if current_language() == "zh" else " ").join(told)
