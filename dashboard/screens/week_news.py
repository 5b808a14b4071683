"""Several people at one week: what somebody else publishes meanwhile is announced, and never overwritten unseen.

A click on *Publish* means the plan that was on the screen in the place of the one that was in force on the screen. A
page runs anew at every click and reads the store anew, so what the reader saw is kept from one run to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.services import Services
from dashboard.text import _, joined
from dashboard.text.words import actor
from planner.domain import Branch, Principal
from planner.scenarios import adopt as publishing
from planner.store import NotPublishable, PlanRow, PublishedMeanwhile, ruling

#: the session's keys: which plan was in force on the screen, by branch and week; a publishing that was held back since
#: somebody else had published, or for what the plan lacks
SEEN, HELD, LACKING = "week in force", "week publish held", "week publish lacking"
#: and which plan of somebody else the page was drawn anew for, and that it is being drawn for it just now
DRAWN, DRAWING = "week drawn for", "week being drawn"
EVERY_S = 15


def in_force(rows: Sequence[PlanRow]) -> str:
    """Give the id of the plan in force, "" where none is."""
    row = ruling(rows)
    return "" if row is None else row.plan_id


def seen(branch: Branch, week: str) -> str | None:
    """Give the id of the plan that the reader saw in force, "" for none; None where the week was not looked at."""
    found: str | None = st.session_state.get(SEEN, {}).get((branch.code, week))
    return found


def publish(kit: Services, principal: Principal, branch: str, row: PlanRow) -> bool:
    """Publish a plan in the place of the one that the reader saw in force; say whether that was done."""
    seen = st.session_state.get(SEEN, {}).get((branch, row.week))
    try:
        publishing.publish(kit.store, principal, row, load_parameters(), now=kit.now(), instead_of=seen)
    except PublishedMeanwhile:
        st.session_state[HELD] = (branch, row.week)
        return False
    except NotPublishable:
        st.session_state[LACKING] = (branch, row.week)
        return False
    return True


def show(
    kit: Services, principal: Principal, branch: Branch, week: str, rows: Sequence[PlanRow], shown: str = ""
) -> bool:
    """Say why a publishing was held back, and go on watching the week; ``shown`` is the plan on the page.

    Returns whether it is told, with a way there, that somebody else's plan is in force: once is enough.
    """
    there, held = in_force(rows), st.session_state.pop(HELD, None) == (branch.code, week)
    if held:
        kept = _("Yours was not published, and nothing was overwritten. Look at it; then publish again if you want to.")
        st.warning(joined(told(branch, rows), kept))
        offer(rows)
    if st.session_state.pop(LACKING, None) == (branch.code, week):
        st.warning(
            _("It was not published: the plan takes for granted what the branch does not have, such as a crew."),
            icon=":material/info:",
        )
    before = seen(branch, week)
    # Drawn anew by itself, the page has the new plan in its figures; what the reader has answered is still the old one.
    if not st.session_state.pop(DRAWING, False) or before is None or held:
        before = st.session_state.setdefault(SEEN, {})[branch.code, week] = there
    watch(kit, principal, branch, week, before, shown)
    return held or there not in ("", before)


@st.fragment(run_every=EVERY_S)
def watch(kit: Services, principal: Principal, branch: Branch, week: str, seen: str, shown: str = "") -> None:
    """Announce a plan that somebody publishes while this page is open; the page itself stays as it is.

    Where it is the very plan on the page, that is said and the page drawn anew: nothing else has changed.
    """
    rows = kit.store.plans(principal, branch.code, week)
    if in_force(rows) in ("", seen):
        return
    row = ruling(rows)
    if row is not None and row.plan_id == shown:
        st.toast(
            _("{who} has published this plan.").format(who=actor(row.published_by or "")),
            icon=":material/check_circle:",
        )
        st.rerun()
    elif st.session_state.get(DRAWN) != in_force(rows):
        # The steps at the head of the page tell of the plan in force: they would go on telling of the one before.
        st.session_state[DRAWN], st.session_state[DRAWING] = in_force(rows), True
        st.rerun()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="week_news"):
        st.markdown(":material/campaign: " + told(branch, rows), width="content")
        offer(rows)


def told(branch: Branch, rows: Sequence[PlanRow]) -> str:
    """Say who published which plan when; nothing of a week without a published plan."""
    row = ruling(rows)
    if row is None or row.published_at is None:
        return _("The published plan of this week has changed.")
    when = row.published_at.astimezone(ZoneInfo(branch.timezone))
    return _("{who} published another plan of this week: {day} {time}.").format(
        who=actor(row.published_by or ""), day=formats.day(when.date()), time=formats.clock(when)
    )


def offer(rows: Sequence[PlanRow]) -> None:
    """Offer to look at the plan in force."""
    there = in_force(rows)
    # A word that is said once is gone when the click arrives, and its button with it: the click is heard before.
    if there and st.button(
        _("Show the published plan"), key=f"week_news {there}", type="tertiary", on_click=choose, args=(there,)
    ):
        st.rerun()


def choose(plan_id: str) -> None:
    """Show this plan."""
    st.session_state["plan"] = plan_id
