"""How sure routes should end in their shifts: the branch's choice, which trades value for certainty."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.services import Services
from dashboard.text import _
from dashboard.text.glossary import meaning
from planner.domain import Principal
from planner.plan import CERTAINTY

#: None plans as much as fits into the shifts by the expected minutes
CHOICES: tuple[float | None, ...] = (None, 0.7, 0.8, 0.85, 0.9, 0.95)


def chosen(kit: Services, principal: Principal, branch: str) -> float | None:
    """Give the certainty that the branch plans with."""
    kept = kit.store.setting(principal, branch, CERTAINTY)
    return kept if kept in CHOICES else None


def keep(kit: Services, principal: Principal, branch: str, key: str) -> None:
    """Keep what was chosen: only a hand on the slider changes it, never a page that was open before."""
    kit.store.save_setting(principal, branch, CERTAINTY, st.session_state[key], now=kit.now())


def choice(kit: Services, principal: Principal, branch: str, *, busy: bool) -> None:
    """Let the manager choose; the next plan is made with it."""
    kept, key = chosen(kit, principal, branch), f"certainty {branch}"
    # What this page knows may be older than what another page has chosen since.
    st.session_state[key] = kept
    with st.popover(named(kept), icon=":material/schedule:", disabled=busy, help=meaning("certainty")):
        st.select_slider(
            _("Each route ends in its shift with"),
            CHOICES,
            format_func=lambda one: _("as it comes") if one is None else formats.percent(one),
            key=key,
            on_change=keep,
            args=(kit, principal, branch, key),
        )
        st.caption(
            _(
                "As it comes, shifts are filled by the expected minutes: some routes then end late. "
                "With more certainty each shift keeps a reserve, and the plan is worth less: about 1 to 2% at 80%, 4 "
                "to 6% at 95%. It takes effect with the next plan."
            )
        )


def mean_words(chance: float, asked: float | None = None) -> str:
    """Say the mean chance of a plan's routes to end in their shifts, and which chance was asked of each."""
    words = f"{_('Mean chance to end in time')} {formats.percent(chance)}"
    return words if asked is None else words + _(" (asked of each: {share})").format(share=formats.percent(asked))


def named(certainty: float | None) -> str:
    """Name a choice on the button.

    >>> named(None)
    'In time: as it comes'
    """
    return _("In time: {share}").format(share=_("as it comes") if certainty is None else formats.percent(certainty))
