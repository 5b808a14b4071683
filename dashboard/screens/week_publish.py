"""Publishing a week: one click, and a question first where more would change for the crews than was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.screens import edit_published, week_news
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal
from planner.store import PlanRow


def clicked(kit: Services, principal: Principal, branch: Branch, rows: Sequence[PlanRow], shown: PlanRow) -> None:
    """Publish the plan shown, or ask before that; what somebody else published meanwhile is told without a question."""
    before = week_news.in_force(rows)
    if before and week_news.seen(branch, shown.week) == before:
        found = edit_published.since(kit, principal, audience(principal), before, shown.plan_id)
        if found.unasked:
            ask(kit, principal, branch, shown, found)
            return
    publish(kit, principal, branch, shown)


def publish(kit: Services, principal: Principal, branch: Branch, shown: PlanRow) -> None:
    """Publish, and draw the page anew."""
    if week_news.publish(kit, principal, branch.code, shown):
        st.toast(_("Published: the crews see it on their phones."), icon=":material/check_circle:")
    st.rerun()


def ask(kit: Services, principal: Principal, branch: Branch, shown: PlanRow, found: edit_published.Since) -> None:
    """Say what changes for the crews, and let the manager decide."""

    @st.dialog(_("Publish over the plan that the crews have?"))
    def asked() -> None:
        st.markdown(edit_published.summary(found.found))
        st.caption(n_("{n} of them was not asked for.", "{n} of them were not asked for.", len(found.unasked)))
        st.caption(_("They are listed under “visits changed”, those that nobody asked for first."))
        with st.container(horizontal=True):
            if st.button(_("Publish"), type="primary", icon=":material/send:", key="publish_surely"):
                publish(kit, principal, branch, shown)
            if st.button(_("Not now"), key="publish_not"):
                st.rerun()

    asked()
