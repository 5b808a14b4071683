"""What an auditor looks at is noted before it is shown: the page, and whose card was opened on it.

A branch's rows are remembered for a while, and a click inside a part of a page runs that part alone: of both the store
hears nothing, so the pages say it.
"""

from __future__ import annotations

import streamlit as st

from dashboard.services import Services
from planner.domain import Principal, Role

#: whose card this session noted last: a part that is drawn anew shows it to nobody new
NOTED = "looked at"


def page(kit: Services, principal: Principal, name: str) -> None:
    """Note that an auditor looks at a page; of a card on it ``card`` notes whose it is."""
    if principal.role is not Role.AUDITOR:
        return
    st.session_state.pop(NOTED, None)
    for branch in sorted(principal.branches):
        kit.store.note_page(principal, branch, name)


def card(kit: Services, principal: Principal, branch: str, name: str, debtor_id: str) -> None:
    """Note whose card an auditor is about to be shown on a page, once until the page runs anew or another one is."""
    now = (name, branch, debtor_id)
    if principal.role is not Role.AUDITOR or st.session_state.get(NOTED) == now:
        return
    kit.store.note_page(principal, branch, name, debtor_id=debtor_id)
    st.session_state[NOTED] = now
