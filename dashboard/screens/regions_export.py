"""The regions' files: GeoPackage, workbook and one page as a PDF, each made when it is asked for and not before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import streamlit as st
from babel.numbers import get_currency_precision

from dashboard import formats
from dashboard.maps.regions import class_colours, class_edges, colour_of, legend_texts
from dashboard.screens.regions_card import assumed
from dashboard.screens.regions_columns import district_columns, square_columns
from dashboard.screens.regions_outlook import ADVICE, loans_told
from dashboard.screens.regions_words import Figure, interval, verdict_word
from dashboard.screens.who import branch_name
from dashboard.text import _, current_language, speaking
from dashboard.theme import UNKNOWN
from planner.cells import FEWEST, for_export
from planner.domain import Branch
from planner.export import Bar, Outline, Report, Sheet, geopackage, kept_back, pdf, workbook
from planner.export.report import EXPECTED_VISITS, OUTLOOK
from planner.export.sheet import nice_ticks
from planner.view.regions import Comparison, RegionsView

#: More districts than this would make the page's type too small; the workbook has all.
MOST_ROWS = 14
TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def show(found: Comparison, branches: Sequence[Branch], figure: Figure, *, made_on: date) -> None:
    """Offer the files. They hold no personal data: districts and squares of at least ``FEWEST`` people only."""
    language = current_language()
    # What a button makes runs outside the page, so it is told the page's language.
    makers: dict[str, tuple[str, str, Callable[[], bytes]]] = {
        "pdf": (_("One page (PDF)"), ":material/picture_as_pdf:", lambda: pdf(sheet(found, branches, figure, made_on))),
        "xlsx": (_("Workbook (XLSX)"), ":material/table_view:", lambda: workbook(report(found, branches, made_on))),
        "gpkg": (_("GeoPackage"), ":material/layers:", lambda: geopackage(report(found, branches, made_on))),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        for ending, (label, icon, make) in makers.items():
            st.download_button(
                label,
                spoken(language, make),
                file_name=f"regions-{made_on:%Y-%m-%d}.{ending}",
                mime=TYPES[ending],
                icon=icon,
                on_click="ignore",
                key=f"regions_export_{ending}",
            )
        st.caption(_("No names and no addresses; nothing that fewer than {n} people stand behind.").format(n=FEWEST))


def spoken(language: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Give what makes a file in a language."""

    def made() -> bytes:
        with speaking(language):
            return make()

    return made


def outgoing(view: RegionsView) -> pd.DataFrame:
    """Give the districts' table with the outlook as it may go out, with ``name``, ``verdict``, ``advice`` as words."""
    outlook, crew_days = view.ahead.outlook(), view.ahead.crew_days()
    expected = outlook[["region", "advice", *(one for one in OUTLOOK if one in outlook)]]
    expected = expected.assign(**{EXPECTED_VISITS: outlook["visits"]})
    days = crew_days[["region", *(one for one in OUTLOOK if one in crew_days)]]
    whole = view.table.merge(expected, on="region", how="left").merge(days, on="region", how="left")
    table = kept_back(whole.assign(advice=[_(ADVICE[one]) if one in ADVICE else "" for one in whole["advice"]]))
    chinese = current_language() == "zh"
    names = table["name_zh"] if chinese else table["name_en"].where(table["name_en"] != "", table["name_zh"])
    verdicts = [verdict_word(view.verdicts.get(str(code))) for code in table["region"]]
    return table.assign(name=names, verdict=verdicts)


def title() -> str:
    """Name the comparison."""
    return _("Districts compared by recovery density")


def branch_names(branches: Sequence[Branch]) -> str:
    """Say which branches are compared."""
    return _("Branches: {names}").format(names=_(", ").join(branch_name(one) for one in branches))


def report(found: Comparison, branches: Sequence[Branch], made_on: date) -> Report:
    """Give what the GeoPackage and the workbook say."""
    view = found.view
    table = outgoing(view).sort_values(["rank", "region"], na_position="last", ignore_index=True)
    squares = for_export(found.squares)
    notes = [
        (_("Branches"), _(", ").join(branch_name(one) for one in branches)),
        (_("Method"), method(view)),
        *((_("Assumption"), one) for one in assumed(view)),
        (_("Kept back"), secrecy()),
        *((_("Where a borrowed crew-day gains most"), one) for one in lending(view, table, branches)),
    ]
    if squares is not None:
        notes.append((_("Squares"), _("Squares of {side}").format(side=formats.distance(squares.side_m))))
    return Report(
        title=title(),
        made_on=made_on,
        columns=district_columns(view.currency, formats.percent(view.level)),
        districts=view.districts,
        table=table,
        square_columns=square_columns(view.currency),
        squares=squares,
        notes=notes,
        sheets=(_("Districts"), _("Squares"), _("Notes")),
        minor_per_major=10 ** get_currency_precision(view.currency),
    )


def lending(view: RegionsView, table: pd.DataFrame, branches: Sequence[Branch]) -> list[str]:
    """Say which loans of a crew-day gain most, without districts whose figures are kept back."""
    told = set(table.loc[table["one_more_minor"].notna(), "region"])
    days = view.ahead.crew_days()
    return loans_told(view, days[days["region"].isin(told)], {one.code: branch_name(one) for one in branches})


def loan_note(told: Sequence[str]) -> list[str]:
    """Give the loans as one note of the page."""
    return [_("Where a borrowed crew-day gains most") + _(": ") + _("; ").join(told)] if told else []


def method(view: RegionsView) -> str:
    """Say how the figures and their intervals are made."""
    return _(
        "Expected uplift of the best visits, by the model of visit values, divided by field hours, visits or inhabited "
        "ground, times the factor from the past twelve weeks: how often visits paid (counts, drawn towards the common "
        "level) × what a payment amounted to (partly pooled between districts) × a level from all the money recovered, "
        "each beside what the model expected. The {level} intervals are those of this factor, from draws of all three "
        "together. Squares are before the past."
    ).format(level=formats.percent(view.level))


def secrecy() -> str:
    """Say what is left out to protect people."""
    return _(
        "Figures of districts with 1 to {most} debtors or visits are left empty, and squares with fewer than {n} "
        "debtors who may be visited or fewer than {n} customers are left out."
    ).format(most=FEWEST - 1, n=FEWEST)


def sheet(found: Comparison, branches: Sequence[Branch], figure: Figure, made_on: date) -> Sheet:
    """Give what stands on the page, in the colours of the page's map."""
    view = found.view
    table = outgoing(view).sort_values([figure.column, "region"], ascending=[False, True], na_position="last")
    shown = table.head(MOST_ROWS)
    known = table[figure.column].dropna().astype(float).tolist()
    edges = class_edges(known)
    written = money(view.currency)
    colours = {str(row["region"]): colour_of(float(row[figure.column]), edges) for row in table.to_dict("records")}
    names = dict(zip(table["region"].astype(str), table["name"].astype(str), strict=True))
    highs = shown[[figure.column, f"{figure.column}_high"]].max().max()
    scale = float(10 ** get_currency_precision(view.currency))
    further = len(table) - len(shown)
    return Sheet(
        language=current_language(),
        title=title(),
        subtitle=branch_names(branches)
        + " · "
        + _("visits from {first} to {last}").format(
            first=formats.day(view.days[0], year=True), last=formats.day(view.days[-1], year=True)
        ),
        made=_("Made on {day}").format(day=formats.day(made_on, year=True)),
        author="Rounds",
        map_title=formats.heading(_(figure.unit), view.currency),
        outlines=[
            Outline(row.geometry, names.get(str(row.code), str(row.code)), colours.get(str(row.code), UNKNOWN))
            for row in view.districts.itertuples()
        ],
        legend=key(edges, written, unknown=len(known) < len(view.districts)),
        ranking_title=f"{_(figure.title)} · {_('{level} interval').format(level=formats.percent(view.level))}",
        ranking_note=_("Grey number: debtors. Hollow: fewer than 50 past visits, an assumption."),
        bars=[
            Bar(
                name=str(row["name"]),
                note="" if pd.isna(row["debtors"]) else formats.number(row["debtors"]),
                text=written(row[figure.column]),
                value=float(row[figure.column]),
                low=float(row[f"{figure.column}_low"]),
                high=float(row[f"{figure.column}_high"]),
                hollow=bool(row["assumption"]),
            )
            for row in shown.to_dict("records")
        ],
        ticks=[(at * scale, written(at * scale)) for at in nice_ticks(float(highs) / scale)],
        table_title=_("Districts"),
        table_note=_("{n} more in the workbook").format(n=further) if further else "",
        headings=page_headings(view),
        right=[True, False, False, *[True] * 8, False, True, True, True],
        wide=[False, True, True, *[False] * 12],
        rows=page_rows(view, shown),
        notes=[method(view), *assumed(view), secrecy(), *loan_note(lending(view, table, branches))],
    )


def money(currency: str) -> Callable[[float | None], str]:
    """Give what writes money, short where it is long."""
    return lambda value: (
        formats.money_short(value, currency)
        if not formats.is_unknown(value) and abs(value or 0) >= 1_000_000_00
        else formats.money(value, currency)
    )


def key(edges: Sequence[float], written: Callable[[float | None], str], *, unknown: bool) -> list[tuple[str, str]]:
    """Give the colours of the map and what they mean, the highest first."""
    pairs = list(zip(class_colours(len(edges) + 1), legend_texts(edges, written), strict=True))[::-1]
    return [*pairs, (UNKNOWN, _("unknown"))] if unknown else pairs


def page_headings(view: RegionsView) -> list[str]:
    """Give the headings of the page's table."""
    return [
        "#",
        _("District"),
        _("Verdict"),
        formats.heading(_("¥ per field hour"), view.currency),
        _("{level} interval").format(level=formats.percent(view.level)),
        formats.heading(_("¥ per visit"), view.currency),
        formats.heading(_("¥ per inhabited km²"), view.currency),
        _("Debtors"),
        _("Overdue"),
        _("May be visited"),
        _("Field hours"),
        _("How to go there"),
        _("Visits a crew-day"),
        _("Past visits"),
        _("Actual ÷ expected"),
    ]


def page_rows(view: RegionsView, shown: pd.DataFrame) -> list[list[str]]:
    """Give the cells of the page's table as words."""
    currency = view.currency
    return [
        [
            formats.number(row["rank"]),
            str(row["name"]),
            str(row["verdict"]),
            formats.money(row["per_field_hour_minor"], currency),
            interval(row["per_field_hour_minor_low"], row["per_field_hour_minor_high"], currency),
            formats.money(row["per_visit_minor"], currency),
            formats.money(row["per_km2_minor"], currency),
            formats.number(row["debtors"]),
            formats.money_short(row["overdue_minor"], currency),
            formats.number(row["visits"]),
            formats.number(row["field_hours"], 1),
            str(row["advice"]) or formats.UNKNOWN,
            formats.number(row["visits_per_crew_day"], 1),
            formats.number(row["outcomes"]),
            formats.number(row["ratio"], 2),
        ]
        for row in shown.to_dict("records")
    ]
