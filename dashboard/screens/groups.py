"""The visit groups of a plan as a table: name, debtors, hours, value; and how they were found."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.screens.money_column import money_column
from dashboard.text import _
from dashboard.text.glossary import explained
from dashboard.text.groups import HOW, group_name, group_words
from geodata.patterns.groups import TIMES
from planner.pattern import GROUP_HOURS
from planner.view import GroupView, WeekView

#: how often the choice of a row was taken back in this session
FORGOTTEN = "groups forgotten"


def table_key(view: WeekView) -> str:
    """Give the key of the table: another plan's groups are others, and after ``forget`` no row is chosen."""
    return f"groups {view.plan_id} {st.session_state.get(FORGOTTEN, 0)}"


def forget() -> None:
    """Take back the choice of a row. Streamlit lets nobody set it, so a new table takes the place of the old one."""
    st.session_state[FORGOTTEN] = st.session_state.get(FORGOTTEN, 0) + 1


def under_map(view: WeekView) -> None:
    """Say under the map which group it shows, and offer the whole again; nothing where none is chosen."""
    group = view.visit_groups.get(chosen(view))
    if group is None:
        return
    facts = (
        plain(group_words(group.code, view.visit_groups)),
        formats.duration(round(3600 * hours(group))),
        _("Expected uplift") + " " + formats.money(group.value_minor, view.currency),
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(" · ".join(facts), width="content")
        # The table of groups lies outside the map's fragment: the whole page runs again.
        if st.button(_("Show the whole"), icon=":material/zoom_out_map:", type="tertiary", on_click=forget):
            st.rerun()


def ordered(view: WeekView) -> list[GroupView]:
    """Give the groups in the order of the table: the most uplift for an hour first."""
    return sorted(view.visit_groups.values(), key=lambda one: -per_hour(one))


def hours(group: GroupView) -> float:
    """Give the hours at a group's doors and between them, as far as they are known."""
    return (group.door_s + (group.travel_s or 0.0)) / 3600


def per_hour(group: GroupView) -> float:
    """Give a group's expected uplift by hour needed, in hundreds of minor units; 0 where no time is known."""
    return group.value_minor / 100 / hours(group) if hours(group) > 0 else 0.0


def chosen(view: WeekView) -> str:
    """Give the code of the group whose row is chosen, "" where none is: the map above is drawn before the table."""
    state = st.session_state.get(table_key(view)) or {}
    picked = state.get("selection", {}).get("rows", [])
    groups = ordered(view)
    return groups[picked[0]].code if picked and picked[0] < len(groups) else ""


def show(view: WeekView) -> None:
    """Show the groups; choosing a row shows the group on the map. Nothing for a plan that knows of none."""
    groups = ordered(view)
    if not groups:
        return
    table = pd.DataFrame(
        {
            "name": group_name(one),
            "code": one.code,
            "size": one.size,
            "hours": hours(one),
            # Rounded here: the table would cut off what the map and the line under it round.
            "value": round(one.value_minor / formats.unit(view.currency)),
            "rate": round(100 * per_hour(one) / formats.unit(view.currency)),
        }
        for one in groups
    )
    with st.expander(_("Visit groups ({n})").format(n=len(table))):
        st.markdown(explained("visit group"))
        st.caption(
            _("Sorted by expected uplift per hour needed, the highest first. Choose a row to see its group on the map.")
        )
        st.dataframe(
            table,
            hide_index=True,
            selection_mode="single-row",
            on_select="rerun",
            key=table_key(view),
            column_config={
                "name": st.column_config.TextColumn(_("Group name")),
                "code": st.column_config.TextColumn(_("Code"), width="small"),
                "size": st.column_config.NumberColumn(_("Debtors"), format="localized"),
                "hours": st.column_config.NumberColumn(_("Hours needed"), format="%.1f"),
                "value": money_column(_("Expected uplift ¥"), view.currency),
                "rate": money_column(_("Uplift per hour ¥"), view.currency),
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
