"""Five steps through the week for a manager who is new: a bar above the page, and an outline around what it is about.

On the demo it begins by itself. Who closes it is not asked again, on whichever machine: the store keeps that. A reload
goes on at the step where it was, which the address carries.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.maps.escape import escape
from dashboard.services import OWN_REGION, Services
from dashboard.text import N_, _
from planner.domain import Branch, Principal, Role
from planner.store import PlanRow

#: in the session and in the address: the step, from 1; 0 is closed
STEP = "tour"
#: the store's setting, with the person's name behind it
CLOSED = "tour closed"


@dataclass(frozen=True)
class Step:
    """One step: what it is about, what it says, and what of the page it points at (selectors of CSS)."""

    title: str
    text: str
    at: str


STEPS = (
    Step(
        N_("What the week shows"),
        N_(
            "These five figures are the whole plan beside the same week planned by hand. Below them map and timeline "
            "show it: a colour is a crew, a number is a stop. A small ? explains a word."
        ),
        ".st-key-tiles-week",
    ),
    Step(
        N_("Choose a stop and read why"),
        N_(
            "Choose a number on the map or on the timeline. Beside the map stand the debtor and “Why here and now”; "
            "choose a row of the table, and it says why somebody is not visited and what it would take."
        ),
        ".st-key-map-week, .st-key-beside",
    ),
    Step(
        N_("Change it and see the price"),
        N_(
            "Under the card of a stop are Move, Lock, Apart and Take out. You are told first what a change costs and "
            "whether a rule forbids it; then take it or leave it. Undo goes back as far as you like."
        ),
        ".st-key-edit_bar, .st-key-edit_card, .st-key-edit_panel",
    ),
    Step(
        N_("Publish"),
        N_(
            "Publishing sends the plan to the crews' phones; “Take with you” has it as a workbook, route sheets and "
            "calendars. A draft you may change at will: nobody sees it."
        ),
        '[class*="st-key-publish"], .st-key-take-with-you',
    ),
    Step(
        N_("See what becomes of it"),
        N_(
            "The page Board shows today: done, late, at risk. Afterwards Know-how → Looking back lays the plan beside "
            "what happened, and Learning improves the next one."
        ),
        '[data-testid="stTopNavLink"][href$="/board"], '
        ".rc-overflow-item:nth-last-child(1 of :has([data-testid='stTopNavSection'])) > button, .loop",
    ),
)

#: the step that is about a card, and the session's wish to see one
OF_CARD, EXAMPLE = 3, "tour example"

#: The bar stays in sight while the page is scrolled, below the navigation, and covers nothing at the page's head. What
#: stays is the box of the fragment around it: within that, which is no higher than the bar, the bar has nowhere to go.
STYLE = """
[data-testid="stLayoutWrapper"]:has(> * > * > .st-key-tour) { position: sticky; top: 3.1rem; z-index: 90; }
.st-key-tour {
  background: light-dark(#EAF2F9, #16293A); border: 1px solid light-dark(#0F5E9C, #7CC0F5); border-radius: .5rem;
  padding: .4rem .8rem; gap: .75rem;
}
.st-key-tour .tour { font-size: .875rem; line-height: 1.35; color: light-dark(#1C2430, #E6EAF0); }
.st-key-tour .tour i { font-style: normal; color: light-dark(#47525F, #B7C2CE); margin-right: .35rem; }
.st-key-tour > :has(.tour) { flex: 1 1 24rem; min-width: 0; }
[data-testid="stTopNav"] :is(a, button) { outline-offset: -2px !important; }
.st-key-tour button { min-height: 2rem; padding: 0 .7rem; white-space: nowrap; }
"""
OUTLINE = "{{ outline: 3px solid light-dark(#0F5E9C, #7CC0F5); outline-offset: 3px; border-radius: .5rem; }}"


def show(kit: Services, principal: Principal, branch: Branch, rows: tuple[PlanRow, ...]) -> None:
    """Show the bar where the tour is on; nothing to whom the week is not to be changed by, or without a plan."""
    if principal.role is Role.MANAGER and rows and begin(kit, principal, branch):
        bar(kit, principal, branch)


def begin(kit: Services, principal: Principal, branch: Branch) -> int:
    """Give the step, 0 where it is off: as the session says, else the address, else whether it was ever closed."""
    if STEP not in st.session_state:
        asked = st.query_params.get(STEP, "")
        if asked.isdecimal() and int(asked) <= len(STEPS):
            st.session_state[STEP] = int(asked)
        else:
            demo = branch.road_region == OWN_REGION
            st.session_state[STEP] = int(demo and not kit.store.setting(principal, branch.code, kept(principal)))
    step: int = st.session_state[STEP]
    return step


def kept(principal: Principal) -> str:
    """Name the setting that says that somebody has closed the tour."""
    return f"{CLOSED} {principal.name}"


@st.fragment
def bar(kit: Services, principal: Principal, branch: Branch) -> None:
    """Show the step that is on, with the way on, back and out; a step runs this part of the page alone."""
    number = st.session_state[STEP]
    if not number:
        return
    st.query_params[STEP] = str(number)
    step = STEPS[number - 1]
    with st.container(horizontal=True, vertical_alignment="center", key="tour"):
        st.html(f"<style>{STYLE} :is({step.at}) {OUTLINE.format()}</style>" + drawn(number, step))
        if st.button(_("Step before"), key="tour_back", type="tertiary", disabled=number == 1):
            go(number - 1)
        if number < len(STEPS) and st.button(_("Next step"), key="tour_next", type="primary"):
            go(number + 1)
        last = number == len(STEPS)
        if st.button(_("Done") if last else _("Close"), key="tour_close", type="primary" if last else "tertiary"):
            close(kit, principal, branch)


def drawn(number: int, step: Step) -> str:
    """Draw what a step says; a screen reader reads it out when it changes."""
    count = escape(_("Step {k} of {n}").format(k=number, n=len(STEPS)))
    return (
        f'<div class="tour" role="status" aria-live="polite"><i>{count}</i><b>{escape(_(step.title))}</b> '
        f"{escape(_(step.text))}</div>"
    )


def go(number: int) -> None:
    """Turn to a step; the one about a card has one to show."""
    st.session_state[STEP] = number
    if number == OF_CARD and not st.session_state.get("debtor"):
        st.session_state[EXAMPLE] = True
        st.rerun()
    st.rerun(scope="fragment")


def example() -> bool:
    """Say once whether a stop is to be chosen for the step that is about a card."""
    return bool(st.session_state.pop(EXAMPLE, False))


def close(kit: Services, principal: Principal, branch: Branch) -> None:
    """End the tour for good; the button brings it back."""
    st.session_state[STEP] = 0
    st.query_params.pop(STEP, None)
    if not kit.store.setting(principal, branch.code, kept(principal)):
        kit.store.save_setting(principal, branch.code, kept(principal), value=True, now=kit.now())
    st.rerun()


def again(principal: Principal) -> None:
    """Offer the tour to who has closed it."""
    if principal.role is not Role.MANAGER or st.session_state.get(STEP):
        return
    if st.button(
        _("Tour"), icon=":material/tour:", type="tertiary", key="tour_again", help=_("Five steps through this page")
    ):
        st.session_state[STEP] = 1
        st.rerun()
