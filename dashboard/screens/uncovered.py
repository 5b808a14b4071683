"""Telephone and address are covered until somebody asks for them, and the asking is noted in the trail first.

Who sits at a desk seldom needs them; whoever does says so with a click. A crew at work sees those of its own stops:
without them there is no visit. What was uncovered is covered again after a while, and in another tab or session.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import streamlit as st

from dashboard.services import Services
from dashboard.text import _
from planner.domain import Principal, Role

#: so long what was asked for stays uncovered
SEEN_FOR = timedelta(minutes=15)
KEPT = "cards uncovered"
#: a crew sees those of its own stops as they are, and a head none
MAY_UNCOVER = frozenset({Role.MANAGER, Role.AUDITOR})
#: of a telephone so many last digits are told, enough to see that it is the one on the paper
LAST = 2
COVER = "•"


def covered_phone(text: str) -> str:
    """Cover a telephone's digits but the last.

    >>> covered_phone("138 0000 0007"), covered_phone("")
    ('••• •••• ••07', '')
    """
    left = sum(sign.isdigit() for sign in text) - LAST
    told = []
    for sign in text:
        hidden = sign.isalnum() and left > 0
        left -= sign.isdigit()
        told.append(COVER if hidden else sign)
    return "".join(told)


def covered_address(text: str) -> str:
    """Cover an address; that there is one may be told.

    >>> covered_address("知行路12号"), covered_address("")
    ('••••••', '')
    """
    return COVER * 6 if text else ""


def uncovered(kit: Services, principal: Principal, debtors: Collection[str]) -> bool:
    """Say whether the cards of these debtors may be shown now."""
    if principal.role is Role.COLLECTOR:
        return True
    seen: dict[tuple[str, str], datetime] = st.session_state.get(KEPT, {})
    now = kit.now()
    return all((principal.name, one) in seen and now - seen[principal.name, one] < SEEN_FOR for one in debtors)


def note(kit: Services, principal: Principal, branch: str, debtors: Collection[str], *, where: str) -> None:
    """Note that somebody looks at cards, then let them be shown; what cannot be noted is not shown."""
    now = kit.now()
    kit.store.note_cards(principal, branch, "shown", now=now, debtors=tuple(debtors), where=where)
    st.session_state[KEPT] = {
        **st.session_state.get(KEPT, {}),
        **{(principal.name, one): now for one in debtors},
    }


def button(
    kit: Services, principal: Principal, branch: str, debtors: Collection[str], *, where: str, label: str | None = None
) -> None:
    """Offer to uncover, where something is covered; only who may see contact cards is asked."""
    if principal.role not in MAY_UNCOVER or uncovered(kit, principal, debtors):
        return
    st.button(
        label or _("Show telephone and addresses"),
        icon=":material/visibility:",
        type="tertiary",
        key=f"uncover {where} {min(debtors, default='')}",
        help=_("Who looked at whom, and when, is noted in the trail."),
        on_click=note,
        args=(kit, principal, branch, debtors),
        kwargs={"where": where},
    )
