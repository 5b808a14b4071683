"""What the last import of this session did, with the next step."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.text import _
from planner.domain import Branch, Principal
from planner.store import ImportResult


def told(principal: Principal, branch: Branch) -> None:
    """Say what the last import of this session did, with the next step."""
    done = st.session_state.get("overdue_result")
    if not done or done[0] != branch.code:
        return
    result: ImportResult = done[1]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if result.repeated:
            st.markdown(":material/info: " + _("This very file had been imported before: nothing was changed."))
        elif result.older:
            st.markdown(
                ":green[:material/check_circle:] "
                + _("Kept for the page Risk: {n} accounts as of {day}. The accounts of today stay as they are.").format(
                    n=formats.number(result.unchanged), day=formats.day(result.list_on, year=True)
                )
            )
        else:
            st.markdown(
                ":green[:material/check_circle:] "
                + _("Imported: {added} accounts added, {changed} changed, {unchanged} unchanged, {gone} gone.").format(
                    added=formats.number(result.added),
                    changed=formats.number(result.changed),
                    unchanged=formats.number(result.unchanged),
                    gone=formats.number(result.gone),
                )
            )
        if result.older:
            if st.button(_("Risk over a period"), type="primary", icon=":material/trending_up:", key="overdue_to_risk"):
                st.session_state.pop("overdue_result", None)
                go_to(principal, "risk")
        elif st.button(_("Plan the week"), type="primary", icon=":material/bolt:", key="overdue_to_week"):
            st.session_state.pop("overdue_result", None)
            go_to(principal, "week")
        if st.button(_("Close"), type="tertiary", key="overdue_told"):
            st.session_state.pop("overdue_result", None)
            st.rerun()


def go_to(principal: Principal, address: str) -> None:
    """Show another page."""
    from dashboard.navigation import ENTRIES  # the navigation imports the pages

    mine = [entry for entry in ENTRIES if principal.role in entry.roles]
    for number, entry in enumerate(mine):
        if entry.address == address:
            st.switch_page(st.Page(entry.draw, title=_(entry.title), url_path=entry.address, default=number == 0))
