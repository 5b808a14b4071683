"""A regional head's one list of single debtors: the proposals of bad faith that wait for a second person."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from config.survey import load_survey
from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import review_form
from dashboard.screens.debtor_card import plain
from dashboard.screens.debtor_words import ABLE, WILLING
from dashboard.screens.who import branch_name, no_branch
from dashboard.services import Services, services
from dashboard.text import _, joined, n_
from dashboard.text.words import word
from planner.domain import Branch, Principal


def page() -> None:
    """Show what waits at the branches of whoever asks."""
    kit, principal = services(), current_principal()
    branches = kit.store.branches(principal)
    if not branches:
        no_branch()
        return
    st.subheader(_("Second reviews"), anchor=False)
    st.caption(
        joined(
            _("Bad faith counts only when two different people say so. The law decides the rest: suit, not pressure."),
            _("The branch knows the debtor by the number: ask there before you confirm."),
        )
    )
    if not sum(waiting(kit, principal, one) for one in branches):
        st.success(_("No proposal of bad faith waits for a second reviewer."), icon=":material/check_circle:")


def waiting(kit: Services, principal: Principal, branch: Branch) -> int:
    """Show what waits at a branch, oldest first; gives how many."""
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    proposals = kit.store.reviews_to_confirm(principal, branch.code, on=today).to_dict("records")
    if not proposals:
        return 0
    told = n_("{n} proposal waits", "{n} proposals wait", len(proposals))
    st.markdown(f"**{plain(branch_name(branch))}** · {told}")
    for row in proposals:
        proposal = {str(key): value for key, value in row.items()}
        with st.container(border=True, gap="xsmall"):
            facts = [
                "**" + _("Debtor {id}").format(id=plain(str(proposal["debtor_id"]))) + "**",
                word(WILLING, proposal["willing"]),
                word(ABLE, proposal["able"]),
                _("counts until {day}").format(day=formats.day(proposal["expires_on"].date(), year=True)),
            ]
            st.markdown(" · ".join(facts))
            if review_form.second(kit, principal, branch, load_survey(), proposal):
                st.rerun()
    return len(proposals)
