"""The figures of the risk page as a workbook, made when it is asked for: no accounts, no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st
from babel.numbers import get_currency_precision

from dashboard import formats
from dashboard.screens import risk_how
from dashboard.screens.regions_export import TYPES, spoken
from dashboard.screens.risk_words import bucket_name, lists_line, segment_name
from dashboard.screens.who import branch_name
from dashboard.text import _, current_language
from planner.cells import FEWEST
from planner.export import Column, Kind, TableSheet, tables_workbook
from planner.portfolio import AT_RISK, at_risk, migration, rates, roll_changes, vintages
from planner.portfolio.change import months_compared
from planner.view.risk import RiskView

RATE_NAMES = ("who", "period", "bucket", "figure")
CHANGE_NAMES = ("who", "bucket", "answer")


def show(view: RiskView, *, by_money: bool, made_on: date) -> None:
    """Offer the workbook of all districts and products."""
    make = spoken(current_language(), lambda: workbook(view, by_money=by_money, made_on=made_on))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("Workbook (XLSX)"),
            make,
            file_name=f"risk-{made_on:%Y-%m-%d}.xlsx",
            mime=TYPES["xlsx"],
            icon=":material/table_view:",
            on_click="ignore",
            key="risk_export",
        )
        st.caption(_("No names and no addresses; nothing that fewer than {n} people stand behind.").format(n=FEWEST))


def workbook(view: RiskView, *, by_money: bool, made_on: date) -> bytes:
    """Give the file: migration, rates, changes, portfolio at risk, vintages, notes."""
    counted = _("By money") if by_money else _("By accounts")
    notes = [
        (_("Branches"), _(", ").join(branch_name(one) for one in view.branches)),
        (_("Lists"), lists_line(view)),
        (_("Counted"), counted),
        (_("Interval"), formats.percent(risk_how.LEVEL)),
        *((_(title), _(text)) for title, text in risk_how.NOTES),
    ]
    return tables_workbook(_("Risk over a period"), made_on, sheets(view, by_money=by_money), (_("Notes"), notes))


def sheets(view: RiskView, *, by_money: bool) -> list[TableSheet]:
    """Give the tables that go out; what hardly anybody stands behind is left empty."""
    unit = 10 ** get_currency_precision(view.currency)
    names = {
        str(row.code): str(row.name_zh if current_language() == "zh" or not row.name_en else row.name_en)
        for row in view.districts.itertuples()
    }
    found = [TableSheet(_("Portfolio at risk"), risk_table(view, names, unit), risk_columns(view.currency))]
    if len(view.moves):
        newest = view.moves[view.moves["window"] == 0]
        matrix = migration(newest, by_money=by_money)
        matrix = matrix.assign(
            from_bucket=[bucket_name(one) for one in matrix["from_bucket"]],
            to=[bucket_name(one) for one in matrix["to"]],
            moved_amount=(matrix["moved_minor"] / unit).where(matrix["moved_debtors"] >= FEWEST),
        )
        found += [
            TableSheet(_("Migration"), hidden(matrix), [*named(["from_bucket", "to"]), *amounts(view), *shares()]),
            TableSheet(_("Rates"), rate_table(view, names, by_money=by_money), [*named(RATE_NAMES), *shares()]),
        ]
        if months_compared(view.moves):
            table = change_table(view, names, by_money=by_money)
            found.append(TableSheet(_("Changes"), table, [*named(CHANGE_NAMES), *change_columns()]))
    curves = vintages(view.spells)
    curves = curves.assign(value=curves["still"], n=curves["spells"])
    found.append(TableSheet(_("Vintages"), curves, [*named(["cohort"]), age_column(), *shares()[:4]]))
    return found


def risk_table(view: RiskView, names: Mapping[str, str], unit: int) -> pd.DataFrame:
    """Give portfolio at risk of all together, each known district and each product."""
    cuts = [("all", "")] + [
        (dimension, str(one))
        for dimension in ("region", "product")
        for one in sorted(view.now[dimension].unique())
        if one  # "" is an unknown district here, and everybody in a cut
    ]
    parts = []
    for dimension, segment in cuts:
        cut = {} if dimension == "all" else {dimension: segment}
        part = view.cut(**cut)
        book = view.book_of(region=cut.get("region", ""), product=cut.get("product", ""))
        try:
            table = at_risk(part.now, part.earlier if len(part.earlier) else None, book_minor=book)
        except ValueError:
            book, table = None, at_risk(part.now, part.earlier if len(part.earlier) else None)
        of = _("outstanding principal entered") if book else _("principal on the list")
        few = [
            one or hardly_anybody(part.now, days) or part.hides(part.now, days)
            for one, days in table[["few", "over_days"]].to_numpy().tolist()
        ]
        parts.append(table.assign(few=few, who=segment_name(dimension, segment, names), of=of))
    whole = pd.concat(parts, ignore_index=True)
    whole = whole.assign(at_risk=whole["at_risk_minor"] / unit, of_amount=whole["of_minor"] / unit)
    gone = [name for name in (*AT_RISK, "at_risk", "of_amount") if name not in ("over_days", "few", "n", "accounts")]
    return hidden(whole, gone)


def hardly_anybody(states: pd.DataFrame, over_days: int) -> bool:
    """Say whether so few people are behind an amount that it would be known whose it is; nobody is no secret."""
    people = states.loc[states["days_past_due"] > over_days, "debtor_id"].nunique()
    return bool(0 < people < FEWEST)


def rate_table(view: RiskView, names: Mapping[str, str], *, by_money: bool) -> pd.DataFrame:
    """Give roll and cure rates of every month, and of each district and product over the newest months together."""
    parts = []
    for _number, month in view.moves.groupby("window"):
        period = f"{month['from_on'].min():%Y-%m-%d} – {month['to_on'].max():%Y-%m-%d}"
        parts.append(rates(month, "", by_money=by_money).assign(who=_("all accounts together"), period=period))
    recent = view.moves[view.moves["window"] < max(months_compared(view.moves), 1)]
    period = f"{recent['from_on'].min():%Y-%m-%d} – {recent['to_on'].max():%Y-%m-%d}"
    for dimension in ("region", "product"):
        table = rates(recent, dimension, by_money=by_money)
        who = [segment_name(dimension, one, names) or _("District unknown") for one in table["segment"]]
        parts.append(table.assign(who=who, period=period))
    whole = pd.concat(parts, ignore_index=True)
    figures = {"roll": _("rolls on"), "cure": _("cured or left")}
    return hidden(whole.assign(figure=[figures[one] for one in whole["figure"]]))


def change_table(view: RiskView, names: Mapping[str, str], *, by_money: bool) -> pd.DataFrame:
    """Give the answers for all together, each district and each product."""
    table = roll_changes(view.moves, by_money=by_money)
    few = table["answer"] == "too_few"
    who = [segment_name(d, one, names) for d, one in zip(table["dimension"], table["segment"], strict=True)]
    words = {
        "better": _("better"),
        "worse": _("worse"),
        "not_shown": _("no change shown"),
        "too_few": _("too few to tell"),
    }
    told = table.assign(who=who, answer=[words[one] for one in table["answer"]])
    blank = ["before", "after", "difference", "low", "high", "p_value", "p_adjusted"]
    return told.assign(**{name: told[name].mask(few) for name in blank})


def hidden(table: pd.DataFrame, columns: Sequence[str] = ("value", "low", "high")) -> pd.DataFrame:
    """Leave figures empty that too few accounts stand behind, and counts of hardly anybody."""
    few = table["few"].astype(bool)
    told = table.assign(**{name: table[name].astype(float).mask(few) for name in columns})
    return told.assign(n=told["n"].astype(float).mask((told["n"] > 0) & (told["n"] < FEWEST)))


def named(fields: Sequence[str]) -> list[Column]:
    """Give columns of text."""
    headings = {
        "who": _("Of whom"),
        "period": _("Period"),
        "bucket": _("Bucket"),
        "figure": _("Figure"),
        "answer": _("Answer"),
        "from_bucket": _("From bucket"),
        "to": _("To bucket"),
        "cohort": _("Fell overdue in"),
        "of": _("Share of"),
    }
    return [Column(one, one, headings[one], "", Kind.TEXT) for one in fields]


def shares() -> list[Column]:
    """Give the columns of a share with its interval."""
    level = formats.percent(risk_how.LEVEL)
    return [
        Column("value", "value", _("Share"), "", Kind.NUMBER, 3),
        Column("low", "low", _("{level} interval from").format(level=level), "", Kind.NUMBER, 3),
        Column("high", "high", _("{level} interval to").format(level=level), "", Kind.NUMBER, 3),
        Column("n", "n", _("Accounts"), "", Kind.COUNT),
        Column("effective", "effective", _("Count as"), "", Kind.NUMBER, 1),
    ]


def amounts(view: RiskView) -> list[Column]:
    """Give the column of the overdue amount that moved."""
    heading = _("Overdue amount moved ({currency})").format(currency=view.currency)
    return [Column("moved_amount", "moved_amount", heading, "", Kind.NUMBER)]


def age_column() -> Column:
    """Give the column of a cohort's age."""
    return Column("age_days", "age_days", _("Days since falling overdue"), "", Kind.COUNT)


def risk_columns(currency: str) -> list[Column]:
    """Give the columns of portfolio at risk."""
    return [
        *named(["who", "of"]),
        Column("over_days", "over_days", _("More than so many days past due"), "", Kind.COUNT),
        *shares()[:4],
        Column("at_risk", "at_risk", _("Principal at risk ({currency})").format(currency=currency), "", Kind.NUMBER),
        Column("of_amount", "of_amount", _("Of ({currency})").format(currency=currency), "", Kind.NUMBER),
        Column("change", "change", _("Change in a month"), "", Kind.NUMBER, 3),
        Column("change_low", "change_low", _("Change from"), "", Kind.NUMBER, 3),
        Column("change_high", "change_high", _("Change to"), "", Kind.NUMBER, 3),
    ]


def change_columns() -> list[Column]:
    """Give the columns of the answers."""
    return [
        Column("before", "before", _("Before"), "", Kind.NUMBER, 3),
        Column("after", "after", _("After"), "", Kind.NUMBER, 3),
        Column("difference", "difference", _("Difference"), "", Kind.NUMBER, 3),
        Column("low", "low", _("From"), "", Kind.NUMBER, 3),
        Column("high", "high", _("To"), "", Kind.NUMBER, 3),
        Column("n_before", "n_before", _("Accounts before"), "", Kind.COUNT),
        Column("n_after", "n_after", _("Accounts after"), "", Kind.COUNT),
        Column("p_adjusted", "p_adjusted", _("p, adjusted"), "", Kind.NUMBER, 4),
    ]
