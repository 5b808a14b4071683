"""Who is not visited this week: the reason, what it would take, and the amount at stake."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.who import keep_choice
from dashboard.text import _, n_
from dashboard.text.sentences import reason_words, said
from planner.view import LeftOutView, WeekView

TOP = 400


def why(one: LeftOutView) -> str:
    """Say in a few words why somebody is left out, and first of all that the visit is due."""
    words = reason_words(one.reason)
    return f"{_('Must be visited this week')} · {words}" if one.required else words


def show(view: WeekView, *, height: int) -> None:
    """Show the table; choosing a row shows the debtor's card and the place on the map."""
    counts = pd.Series([one.reason for one in view.left_out], dtype="str").value_counts()
    names = {code: f"{reason_words(str(code))} ({n})" for code, n in counts.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(
            "**" + n_("Not visited: {n} debtor", "Not visited: {n} debtors", len(view.left_out)) + "**", width="content"
        )
        keep_choice("left_out_reason", [None, *names])
        reason = st.selectbox(
            _("Reason"),
            [None, *names],
            format_func=lambda code: _("All reasons") if code is None else names[code],
            label_visibility="collapsed",
            key="left_out_reason",
        )
    rows = [one for one in view.left_out if reason is None or one.reason == reason]
    table = pd.DataFrame(
        {
            "debtor": [one.name or one.debtor_id for one in rows],
            "overdue": [round(one.overdue_minor / 100) for one in rows],
            "value": [round(one.value_minor / 100) for one in rows],
            "reason": [why(one) for one in rows],
            "action": [said(one.action) for one in rows],
        }
    ).head(TOP)
    chosen = st.dataframe(
        table,
        height=height,
        hide_index=True,
        selection_mode="single-row",
        on_select="rerun",
        key=f"left out {view.plan_id} {reason}",
        column_config={
            "debtor": st.column_config.TextColumn(_("Debtor"), width=84),
            "overdue": st.column_config.NumberColumn(_("Overdue ¥"), format="localized", width=84),
            "value": st.column_config.NumberColumn(_("Worth up to ¥"), format="localized", width=104),
            "reason": st.column_config.TextColumn(_("Why"), width=180),
            "action": st.column_config.TextColumn(_("What can be done"), width="large"),
        },
    )
    if len(rows) > TOP:
        st.caption(_("The {n} with the largest value are shown.").format(n=formats.number(TOP)))
    picked = chosen["selection"]["rows"]
    if picked and rows[picked[0]].debtor_id != st.session_state.get("picked"):
        st.session_state["picked"] = rows[picked[0]].debtor_id
        st.session_state["debtor"] = rows[picked[0]].debtor_id
        st.rerun()
