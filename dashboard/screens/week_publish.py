"""Publishing a week: one click, and a question first where more would change for the crews than was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from config.rules import load_pack
from dashboard import formats
from dashboard.screens import edit_published, week_in_part, week_news, week_without_plan
from dashboard.screens.what_if_hours import long_lines
from dashboard.screens.who import audience, read_plan
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal
from planner.scenarios.hours import OtherHours, other_hours
from planner.store import PlanRow, ruling
from planner.view.without_plan import without_plan


def clicked(
    kit: Services,
    principal: Principal,
    branch: Branch,
    rows: Sequence[PlanRow],
    shown: PlanRow,
    *,
    again: Callable[[], None],
    in_part: Sequence[date] = (),
) -> None:
    """Publish the plan shown, or ask before that; what somebody else published meanwhile is told without a question.

    ``again`` plans what is left of a week; ``in_part`` are the days for which an older plan is in force still.
    """
    before = week_news.in_force(rows)
    if not before:
        view = read_plan(kit, principal, audience(principal), shown.plan_id, f"{shown.published_at} {shown.in_force}")
        behind = without_plan(view, rows, now=kit.now())
        if behind.visits:
            week_without_plan.ask(behind, again, lambda: publish(kit, principal, branch, shown))
            return
    if before and in_part:
        found = edit_published.since(kit, principal, audience(principal), before, shown.plan_id)
        put_back(kit, principal, branch, rows, shown, found, in_part)
        return
    if before and week_news.seen(branch, shown.week) == before:
        found = edit_published.since(kit, principal, audience(principal), before, shown.plan_id)
        theirs, ours = (edit_published.read(kit, principal, one) for one in (before, shown.plan_id))
        hours = other_hours(theirs, ours, load_pack(branch.rule_pack))
        if found.unasked or hours.shifts:
            ask(kit, principal, branch, shown, found, hours)
            return
    publish(kit, principal, branch, shown)


def publish(kit: Services, principal: Principal, branch: Branch, shown: PlanRow) -> None:
    """Publish, and draw the page anew."""
    if week_news.publish(kit, principal, branch.code, shown):
        st.toast(_("Published: the crews see it on their phones."), icon=":material/check_circle:")
    st.rerun()


def put_back(
    kit: Services,
    principal: Principal,
    branch: Branch,
    rows: Sequence[PlanRow],
    shown: PlanRow,
    found: edit_published.Since,
    days: Sequence[date],
) -> None:
    """Ask before an older plan takes the place of the newer one on the later days: said in words, ticked, then done."""

    @st.dialog(_("Put this older plan back?"))
    def asked() -> None:
        st.markdown(_("It is in force for {days} already.").format(days=week_in_part.named(days)))
        st.markdown(week_in_part.goes_by(branch, ruling(rows)))
        told = _("What would change for the crews beside the published plan")
        st.markdown(f"**{told}**  \n{edit_published.summary(found.found)}")
        sure = st.checkbox(_("The later days are to go by this older plan again"), key="publish_older_sure")
        with st.container(horizontal=True):
            if st.button(_("Keep the newer plan"), type="primary", key="publish_older_not"):
                st.rerun()
            if st.button(_("Put it back"), icon=":material/history:", key="publish_older", disabled=not sure) and sure:
                publish(kit, principal, branch, shown)

    asked()


def ask(
    kit: Services,
    principal: Principal,
    branch: Branch,
    shown: PlanRow,
    found: edit_published.Since,
    hours: OtherHours,
) -> None:
    """Say what changes for the crews, and let the manager decide."""

    @st.dialog(_("Publish over the plan that the crews have?"))
    def asked() -> None:
        st.markdown(edit_published.summary(found.found))
        if found.unasked:
            st.caption(n_("{n} of them was not asked for.", "{n} of them were not asked for.", len(found.unasked)))
        st.caption(_("They are listed under “visits changed”, those that nobody asked for first."))
        for line in hours_words(hours):
            st.markdown(line)
        with st.container(horizontal=True):
            if st.button(_("Publish"), type="primary", icon=":material/send:", key="publish_surely"):
                publish(kit, principal, branch, shown)
            if st.button(_("Not now"), key="publish_not"):
                st.rerun()

    asked()


def hours_words(hours: OtherHours) -> list[str]:
    """Say how the crews' hours change with a plan, and which of their days the law has something to say of."""
    if not hours.shifts:
        return []
    told = n_("{n} shift begins or ends otherwise", "{n} shifts begin or end otherwise", hours.shifts)
    if hours.more_s:
        told += _(": {time} more of the crews' work").format(time=formats.duration(hours.more_s))
    return [f"**{told}{_('.')}**", *(f"{sign} {words}" for sign, words in long_lines(hours.days))]
