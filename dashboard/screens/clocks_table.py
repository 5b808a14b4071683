"""Clocks as a table: days left first, the act with its price and why, and what the date rests on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.clocks_words import EVIDENCE, QUESTIONS, article, why_words
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_words import ACTS, CLOCKS
from dashboard.text import _
from dashboard.text.words import word
from planner.intake.tables import SAID_BY
from planner.view.clocks import ClocksView

TABLE_PX = 430


def table(rows: pd.DataFrame, key: str, view: ClocksView, *, questions: bool = False) -> list[int]:
    """Show clocks, and give the numbers of the rows that were picked."""
    currency = view.branch.currency
    unit = formats.unit(currency)
    columns = {
        "days": rows["days_left"],
        "ends": rows["ends_on"].dt.date,
        "who": rows["name"].where(rows["name"] != "", rows["debtor_id"]),
        "overdue": (rows["overdue_minor"] / unit).round().astype("int64"),
        **({} if rows["kind"].nunique() == 1 else {"clock": [word(CLOCKS, kind) for kind in rows["kind"]]}),
        "act": [word(ACTS, act) if act else "" for act in rows["cheapest_act"]],
        "price": (rows["price_minor"] / unit).round(),
        "planned": [
            None if pd.isna(day) else f"{formats.day(day.date())} · {crew}"
            for day, crew in zip(rows["planned_on"], rows["planned_crew"], strict=True)
        ],
        "why": [why_words(code, by) for code, by in zip(rows["why"], rows["barred_by"], strict=True)],
        "evidence": [word(EVIDENCE, code) for code in rows["evidence"]],
        "starts": rows["starts_on"].dt.date,
        "listed": rows["listed_on"].dt.date,
        "set_by": [setter(who) for who in rows["set_by"]],
        "article": [article(one) for one in rows["article"]],
        "case": rows["case_id"],
    }
    if questions:
        columns = {"question": [word(QUESTIONS, code) if code else "" for code in rows["question"]], **columns}
    shown = pd.DataFrame(columns)
    answer = st.dataframe(
        shown,
        height=min(TABLE_PX, 38 + 35 * len(shown)),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        selection_mode="single-row",
        on_select="rerun",
        key=f"{key} {len(shown)}",
        column_config={
            "question": st.column_config.TextColumn(_("Question"), width=330),
            "days": st.column_config.NumberColumn(_("Days left"), width=78),
            "ends": st.column_config.DateColumn(_("Last day"), format="YYYY-MM-DD", width=96),
            "who": st.column_config.TextColumn(_("Debtor"), width=90),
            "overdue": money_column(_("Overdue ¥"), currency, 92),
            "clock": st.column_config.TextColumn(_("Clock"), width=86),
            "act": st.column_config.TextColumn(_("Enough is"), width=190),
            "price": st.column_config.NumberColumn(
                formats.heading(_("Price ¥"), currency),
                format="localized",
                help=_("Assumed prices of the rule pack"),
                width=76,
            ),
            "why": st.column_config.TextColumn(_("Why none cheaper"), width=300),
            "planned": st.column_config.TextColumn(_("Visit planned"), width=150),
            "evidence": st.column_config.TextColumn(_("Runs from"), width=110),
            "starts": st.column_config.DateColumn(_("Day"), format="YYYY-MM-DD", width=96),
            "listed": st.column_config.DateColumn(_("As listed on"), format="YYYY-MM-DD", width=96),
            "set_by": st.column_config.TextColumn(_("Set by"), width=110),
            "article": st.column_config.TextColumn(_("Article"), width=150),
            "case": st.column_config.TextColumn(_("Case"), width=130),
        },
    )
    picked: list[int] = answer["selection"]["rows"]
    return picked


def setter(who: str) -> str:
    """Name who set a date; the list itself is nobody and has a word in each language."""
    return _("overdue list") if who == SAID_BY else who


def chosen(rows: pd.DataFrame, picked: list[int]) -> pd.Series | None:
    """Give the picked row, else the first, None where there is none."""
    if rows.empty:
        return None
    one: pd.Series = rows.iloc[picked[0] if picked and picked[0] < len(rows) else 0]
    return one
