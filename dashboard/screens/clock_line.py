"""The clocks that run out for somebody who is not visited: how long is left, and which act is enough in time."""

from __future__ import annotations

import streamlit as st

from config.strict import BadConfig
from dashboard import formats
from dashboard.screens.clocks_read import lapsing_of
from dashboard.screens.clocks_words import why_words
from dashboard.screens.overdue_words import ACTS, CLOCKS
from dashboard.services import Services
from dashboard.text import _, n_
from dashboard.text.words import word
from planner.domain import Principal
from planner.store import NotAllowed


def show(kit: Services, principal: Principal, branch_code: str, debtor_id: str) -> None:
    """Show a line for each clock of a debtor that lapses soon; nothing where none does or who asks may not know."""
    try:
        branch = next((one for one in kit.store.branches(principal) if one.code == branch_code), None)
        rows = None if branch is None else lapsing_of(kit, principal, branch, debtor_id)
    except (NotAllowed, BadConfig):
        return
    if rows is None:
        return
    for one in rows.to_dict("records"):
        left = n_("{n} day left", "{n} days left", int(one["days_left"]))
        last = _("last day {day}").format(day=formats.day(one["ends_on"].date(), year=True))
        st.markdown(
            f":orange[:material/timer:] **{word(CLOCKS, one['kind'])}**: {left}, {last}  \n"
            f":material/arrow_forward: {_('Enough is')}: {word(ACTS, one['cheapest_act'])}"
        )
        st.caption(why_words(one["why"], one["barred_by"]))
        if one["visit_needed"] and not one["planned_crew"]:
            st.caption(_("The visit is permitted and must be made in time: plan again, and the plan has to hold it."))
