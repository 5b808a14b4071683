"""The visit groups of a plan as a table: name, debtors, hours, value; and how they were found."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.text import _
from dashboard.text.groups import HOW, group_name
from geodata.patterns.groups import TIMES
from planner.pattern import GROUP_HOURS
from planner.view import WeekView


def show(view: WeekView) -> None:
    """Show the groups, the most valuable for an hour first; nothing for a plan that knows of none."""
    if not view.visit_groups:
        return
    table = pd.DataFrame(
        {
            "name": group_name(one),
            "code": one.code,
            "size": one.size,
            "hours": (one.door_s + (one.travel_s or 0.0)) / 3600,
            "value": one.value_minor / 100,
        }
        for one in view.visit_groups.values()
    )
    order = (table["value"] / table["hours"]).sort_values(ascending=False, kind="stable").index
    with st.expander(_("Visit groups ({n})").format(n=len(table))):
        st.dataframe(
            table.loc[order],
            hide_index=True,
            column_config={
                "name": st.column_config.TextColumn(_("Name")),
                "code": st.column_config.TextColumn(_("Code"), width="small"),
                "size": st.column_config.NumberColumn(_("Debtors"), format="localized"),
                "hours": st.column_config.NumberColumn(_("Hours needed"), format="%.1f"),
                "value": st.column_config.NumberColumn(_("Expected gain"), format="localized", step=1),
            },
        )
        st.caption(how(view))


def how(view: WeekView) -> str:
    """Tell how the groups of this plan were found."""
    reach_s = view.groups.get("reach_s")
    return _(HOW).format(
        times=f"{TIMES:g}",
        minutes=formats.number(None if reach_s is None else reach_s / 60, 1),
        hours=f"{GROUP_HOURS:g}",
        share=formats.percent(view.groups.get("share")),
        by_chance=formats.percent(view.groups.get("share_null"), 1),
    )
