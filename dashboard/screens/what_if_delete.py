"""Deleting a scenario: which one, and the question before it; nobody sees it any more, what came of it stays."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.screens.debtor_card import plain
from dashboard.services import Services
from dashboard.text import _
from planner.domain import Principal, Role


def show(kit: Services, principal: Principal, names: Mapping[str, str]) -> None:
    """Offer to delete one of the scenarios, named by plan id, to who plans."""
    if principal.role is not Role.MANAGER:
        return
    with st.popover(_("Delete"), icon=":material/delete:", type="tertiary", key="scenario_delete", width="content"):
        ids = list(names)
        chosen = st.selectbox(_("Scenario"), ids, format_func=names.__getitem__, key=f"scenario to delete {ids}")
        st.markdown(_("Delete the scenario “{name}”?").format(name=plain(names[chosen])))
        st.caption(_("It disappears from this page for everybody. A draft that was adopted from it stays."))
        if st.button(_("Yes, delete it"), icon=":material/delete:", key=f"scenario_delete_yes {chosen}"):
            kit.store.put_away_scenario(principal, chosen, now=kit.now())
            st.toast(_("Deleted: {name}").format(name=plain(names[chosen])), icon=":material/delete:")
            st.rerun()
