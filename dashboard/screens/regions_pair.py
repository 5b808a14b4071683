"""Two districts side by side: the same figures in the same rows, their difference, and their past weeks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from babel.numbers import get_currency_precision

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import regions_change, regions_how
from dashboard.screens.debtor_card import plain
from dashboard.screens.regions_weeks import weekly
from dashboard.screens.regions_words import FIGURES, factor_span, interval, verdict_word
from dashboard.text import N_, _, current_language, n_
from planner.view.regions import RegionsView

Row = Mapping[str, Any]


#: On a phone four columns must fit.
STYLE = """
.st-key-pair td:nth-child(4) { white-space: nowrap; }
@media (max-width: 640px) { .st-key-pair td, .st-key-pair th { font-size: .75rem; padding: .25rem .3rem; } }
"""


@dataclass(frozen=True)
class Line:
    """One row of the comparison: its label, how it is written, and the number whose difference makes sense.

    ``shown`` rounds a number to what is written of it: the difference is that of the figures which the reader sees.
    """

    label: str
    written: Callable[[Row], str]
    number: Callable[[Row], float] | None = None
    difference: Callable[[float], str] | None = None
    shown: Callable[[float], float] = float


def show(view: RegionsView) -> None:
    """Let the reader choose two districts and show them beside each other."""
    codes = view.table.loc[view.table["debtors"] > 0, "region"].tolist()
    if len(codes) < 2:
        st.info(_("There is only one district with debtors: nothing to compare it with."), icon=":material/info:")
        return
    names = names_of(view)
    first, second = chosen(view, codes)
    left, right = st.columns(2)
    one = left.selectbox(_("District"), codes, index=codes.index(first), format_func=names.__getitem__)
    other = right.selectbox(_("beside"), codes, index=codes.index(second), format_func=names.__getitem__)
    ahead = ["region", "visits_per_crew_day", "minutes_per_visit", "break_even_visit_minor"]
    every = view.table.merge(view.ahead.outlook()[ahead], on="region", how="left")
    every = every.merge(view.ahead.crew_days()[["region", "one_more_minor"]], on="region", how="left")
    rows: dict[str, dict[Any, Any]] = {str(row["region"]): row for row in every.to_dict("records")}
    numbers, weeks = st.columns([3, 2], gap="medium")
    with numbers, st.container(key="pair"):
        st.html(f"<style>{STYLE}</style>")
        st.markdown(table(view, rows[one], rows[other], names))
    with weeks:
        st.markdown("**" + _("Week by week") + "**")
        chart = weekly(
            view.weeks,
            {code: names[code] for code in dict.fromkeys((one, other))},
            currency=view.currency,
            until=view.until,
        )
        if chart is None:
            st.info(_("No visit has been recorded yet."), icon=":material/info:")
        else:
            draw(chart)
            regions_change.show(view, names, list(dict.fromkeys((one, other))))
    regions_how.show(regions_how.PAIR)


def names_of(view: RegionsView) -> dict[str, str]:
    """Give the districts' names in the session's language by code."""
    own, other = ("name_zh", "name_en") if current_language() == "zh" else ("name_en", "name_zh")
    return {str(row["region"]): str(row[own] or row[other]) for row in view.table.to_dict("records")}


def chosen(view: RegionsView, codes: list[str]) -> tuple[str, str]:
    """Give the two districts to begin with: the selected one, else the best, beside the best of the others."""
    best = [
        str(code)
        for code in view.table.sort_values(["assumption", "rank"], na_position="last")["region"]
        if code in codes
    ]
    selected = str(st.session_state.get("region", ""))
    first = selected if selected in codes else best[0]
    return first, next(code for code in best if code != first)


def table(view: RegionsView, one: Row, other: Row, names: Mapping[str, str]) -> str:
    """Write the comparison as a table."""
    heads = [plain(names[str(row["region"])]) for row in (one, other)]
    lines = [f"| | {heads[0]} | {heads[1]} | {_('Difference')} |", "|:--|--:|--:|--:|"]
    for line in lines_of(view):
        cells = [line.written(one), line.written(other), difference(line, one, other)]
        lines.append(f"| {_(line.label)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def difference(line: Line, one: Row, other: Row) -> str:
    """Write how much the second is above the first, with its sign; a dash where one is unknown or it makes no sense."""
    if line.number is None or line.difference is None:
        return ""
    first, second = line.number(one), line.number(other)
    if not (math.isfinite(first) and math.isfinite(second)):
        return formats.UNKNOWN
    gap = line.shown(second) - line.shown(first)
    return ("+" if gap > 0 else "−" if gap < 0 else "") + line.difference(abs(gap))


def lines_of(view: RegionsView) -> list[Line]:
    """Give the rows of the comparison."""

    def of(column: str) -> Callable[[Row], float]:
        return lambda row: float(row[column])

    def counted(label: str, column: str, digits: int = 0) -> Line:
        def write(value: float | None) -> str:
            return formats.number(value, digits)

        return Line(
            label, lambda row: write(row[column]), of(column), write, lambda value: formats.rounded(value, digits)
        )

    def money(label: str, column: str) -> Line:
        def write(value: float) -> str:
            return formats.money_short(value, view.currency)

        return Line(
            label,
            lambda row: write(row[column]),
            of(column),
            write,
            lambda value: formats.money_short_shown(value, view.currency),
        )

    def figure(label: str, column: str) -> Line:
        def write(row: Row) -> str:
            span = interval(row[f"{column}_low"], row[f"{column}_high"], view.currency)
            return f"**{formats.money(row[column], view.currency)}** ({span})"

        return Line(label, write, of(column), lambda gap: formats.money(gap, view.currency), whole)

    def figure_alone(label: str, column: str) -> Line:
        def write(value: float) -> str:
            return formats.money(value, view.currency)

        return Line(label, lambda row: write(row[column]), of(column), write, whole)

    def whole(minor: float) -> float:
        unit = float(10 ** get_currency_precision(view.currency))
        return formats.rounded(minor / unit) * unit

    def points(gap: float) -> str:
        return n_("{n} point", "{n} points", round(100 * gap))

    def road(row: Row) -> float:
        return float(row["travel_hours"] / row["field_hours"]) if row["field_hours"] else math.nan

    return [
        Line(N_("Verdict"), lambda row: verdict_word(view.verdicts.get(str(row["region"])))),
        *(figure(one.title, one.column) for one in FIGURES),
        Line(N_("Among the best three"), lambda row: formats.percent(row["top_k_probability"])),
        counted(N_("Debtors"), "debtors"),
        counted(N_("May be visited"), "visits"),
        money(N_("Overdue"), "overdue_minor"),
        money(N_("Expected uplift"), "uplift_after_minor"),
        counted(N_("Field hours"), "field_hours", 1),
        Line(
            N_("of it on the road"),
            lambda row: formats.percent(road(row)),
            road,
            points,
            lambda share: formats.rounded(share, 2),
        ),
        counted(N_("Past visits"), "outcomes"),
        counted(N_("Actual ÷ expected"), "ratio", 2),
        Line(
            N_("Factor from the past"),
            lambda row: f"{formats.number(row['factor'], 2)} ({factor_span(row['factor_low'], row['factor_high'])})",
            of("factor"),
            lambda gap: formats.number(gap, 2),
            lambda value: formats.rounded(value, 2),
        ),
        counted(N_("Inhabited km²"), "inhabited_km2", 1),
        counted(N_("Visits a crew-day"), "visits_per_crew_day", 1),
        counted(N_("Minutes a visit"), "minutes_per_visit"),
        figure_alone(N_("A visit pays from"), "break_even_visit_minor"),
        figure_alone(N_("One crew-day more, before the past"), "one_more_minor"),
    ]
