"""Who is not visited this week: the reason, what it would take, and the amount at stake."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.who import keep_choice
from dashboard.text import _, n_
from dashboard.text.called import called, whole
from dashboard.text.sentences import reason_words, said
from planner.view import LeftOutView, WeekView

TOP, TABLE_PX, SHORT_PX = 400, 302, 144


def why(one: LeftOutView) -> str:
    """Say in a few words why somebody is left out, and first of all that the visit is due."""
    words = reason_words(one.reason)
    return _("Due · {reason}").format(reason=words) if one.required else words


def show(view: WeekView, *, carded: bool) -> None:
    """Show the table, shorter under a debtor's card; choosing a row shows the card and the place on the map."""
    counts = pd.Series([one.reason for one in view.left_out], dtype="str").value_counts()
    names = {code: f"{reason_words(str(code))} ({n})" for code, n in counts.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(
            "**" + n_("Not visited: {n} debtor", "Not visited: {n} debtors", len(view.left_out)) + "**", width="content"
        )
        keep_choice("left_out_reason", ["", *names])
        reason = st.selectbox(
            _("Reason"),
            ["", *names],
            format_func=lambda code: names.get(code) or _("All reasons"),
            label_visibility="collapsed",
            key="left_out_reason",
        )
    due = sum(one.required for one in view.left_out)
    if due and not carded:
        text = n_(
            "{n} visit that is due this week is not in the plan: see the first row of the table.",
            "{n} visits that are due this week are not in the plan: see the first rows of the table.",
            due,
        )
        st.markdown(f":orange-badge[:material/priority_high: {text}]")
    rows = [one for one in view.left_out if reason in ("", one.reason)]
    shown = rows[:TOP]
    names_of_plan = called(view)
    table = pd.DataFrame(
        {
            "debtor": [one.name or one.debtor_id for one in shown],
            "overdue": [round(one.overdue_minor / 100) for one in shown],
            # Where no visit is permitted or has been valued there is no worth to tell.
            "value": [whole(one.value_minor / 100) if one.value_minor > 0 else None for one in shown],
            "reason": [why(one) for one in shown],
            "action": [said(one.action, names_of_plan) for one in shown],
        }
    )
    chosen = st.dataframe(
        table,
        height=SHORT_PX if carded else TABLE_PX,
        hide_index=True,
        placeholder=formats.UNKNOWN,
        selection_mode="single-row",
        on_select="rerun",
        key=f"left out {view.plan_id} {reason}",
        column_config={
            "debtor": st.column_config.TextColumn(_("Debtor"), width=66),
            "overdue": st.column_config.NumberColumn(_("Overdue ¥"), format="localized", width=80),
            "value": st.column_config.NumberColumn(_("Worth up to ¥"), format="localized", width=94),
            "reason": st.column_config.TextColumn(_("Why"), width=176),
            "action": st.column_config.TextColumn(_("What can be done"), width="large"),
        },
    )
    told = [_("Choose a stop or a row to see the debtor here.")] if not carded else []
    if len(rows) > TOP and not carded:
        told.append(_("The {n} with the largest value are shown.").format(n=formats.number(TOP)))
    if told:
        st.caption(" ".join(told))
    picked = chosen["selection"]["rows"]
    if not picked:
        st.session_state.pop("picked", None)
    elif picked[0] < len(rows) and rows[picked[0]].debtor_id != st.session_state.get("picked"):
        st.session_state["picked"] = rows[picked[0]].debtor_id
        st.session_state["debtor"] = rows[picked[0]].debtor_id
        st.rerun()
