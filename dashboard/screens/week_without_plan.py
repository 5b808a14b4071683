"""Days of a week that were over before anybody published a plan: told, left out of the figures, planned again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import formats
from dashboard.text import _, joined, n_
from planner.view.without_plan import WithoutPlan


def show(found: WithoutPlan, *, draft: bool, busy: bool, again: Callable[[], None] | None) -> None:
    """Say what lay behind before a plan was published; ``again`` plans what is left of a week without a plan."""
    if not found.visits:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="week-without-plan"):
        text = joined(told(found), _("The figures are without what is over.") if found.over else "")
        st.markdown(f":orange-badge[:material/event_busy: {text}]", width="content")
        if (
            draft
            and again is not None
            and st.button(_("Plan again for what is left"), type="tertiary", key="week_what_is_left", disabled=busy)
        ):
            again()


def told(found: WithoutPlan) -> str:
    """Say which days are over or have begun, and how many visits lie behind.

    >>> told(WithoutPlan())
    '0 visits of this plan lie behind; no crew had a plan then.'
    """
    parts = []
    if found.days_over:
        parts.append(_("{days}: over").format(days=_(", ").join(formats.day(day) for day in found.days_over)))
    if found.days_begun:
        parts.append(_("{days}: begun").format(days=_(", ").join(formats.day(day) for day in found.days_begun)))
    behind = n_(
        "{n} visit of this plan lies behind; no crew had a plan then.",
        "{n} visits of this plan lie behind; no crew had a plan then.",
        found.visits,
    )
    return " · ".join([*parts, behind])


def ask(found: WithoutPlan, again: Callable[[], None], publish: Callable[[], None]) -> None:
    """Ask before a plan is published of which days are over: what is left may be planned again instead."""

    @st.dialog(_("Part of this plan is over"))
    def asked() -> None:
        st.markdown(told(found))
        st.caption(_("Plan again for what is left: who was not visited is planned on a later day where that pays."))
        with st.container(horizontal=True):
            if st.button(
                _("Plan again for what is left"), type="primary", icon=":material/bolt:", key="publish_what_is_left"
            ):
                again()
            if st.button(_("Publish all the same"), icon=":material/send:", key="publish_late"):
                publish()
            if st.button(_("Not now"), key="publish_late_not"):
                st.rerun()

    asked()
