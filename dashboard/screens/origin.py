"""Adopting a scenario, and what a draft that came of one still needs before it can be published."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from config.parameters import load as load_parameters
from config.rules import load_pack
from dashboard.screens import what_if_hours, what_if_lost
from dashboard.screens.debtor_card import plain
from dashboard.screens.links import to_week
from dashboard.screens.what_if_form import called, choices
from dashboard.screens.what_if_words import lack_words
from dashboard.services import Services
from dashboard.text import N_, _, joined
from planner.domain import Branch, Principal
from planner.scenarios import adopt as adopting
from planner.scenarios.adopt import CREW, HOURS, MODEL, SHIFT, START, Lack, NotAdoptable, adopt, lacks
from planner.scenarios.run import plan_beside
from planner.scenarios.scenario import read_scenario
from planner.store import PlanRow
from planner.week import week_days

#: where each kind of what lacks is got: a manager has no command line, so he is told whom to ask
WHERE = (
    (N_("Crews and start places are entered by whoever runs Rounds at your bank: ask there."), {CREW, START}),
    (
        N_("Undo this draft and adopt the scenario once more: its hours are then taken as changes of the week."),
        {HOURS, SHIFT},
    ),
    (N_("The value model is adopted on the page Learning."), {MODEL}),
)


def adopt_button(
    kit: Services, principal: Principal, branch: Branch, row: PlanRow, name: str, others: Sequence[PlanRow]
) -> None:
    """Offer to adopt a scenario, with what it takes for granted; ``others`` are the week's plans.

    Hours that the branch does not have are taken with it, as the week's own commands would, and their price is told.
    """
    saved = kit.store.plan(principal, row.plan_id)
    scenario = read_scenario(row.metrics["scenario"])
    if scenario.rule_pack and scenario.rule_pack != branch.rule_pack:
        text = _("“{name}” was planned under other rules than the branch's: it can be compared, not adopted.")
        st.caption(text.format(name=plain(name)))
        return
    days = what_if_hours.long_days(kit, principal, branch, saved)
    if forbidden := [one for one in days if one.forbidden]:
        st.caption(_("“{name}”: {what}").format(name=plain(name), what=what_if_hours.long_words(forbidden)))
        return
    drafts = [one for one in others if one.metrics.get("origin", {}).get("plan_id") == row.plan_id]
    if drafts:
        to_the_draft(drafts[0])
        return
    beside = plan_beside(others) if others else None
    if beside is not None:
        what_if_lost.show(kit, principal, branch, saved, scenario, beside)
    with st.container(horizontal=True, vertical_alignment="center"):
        # The key names the plan: a click on a page that is older than the store adopts no other than was on the screen.
        key = f"adopt {row.plan_id}"
        if st.button(_("Adopt “{name}” as a draft").format(name=plain(name)), icon=":material/check:", key=key):
            try:
                pack = load_pack(branch.rule_pack)
                draft = adopt(kit.store, principal, row.plan_id, now=kit.now(), taking=pack)
            except NotAdoptable:
                st.error(_("This scenario cannot be adopted."))
                return
            st.session_state["plan"] = draft.plan_id
            st.toast(_("The draft is on the page Week."), icon=":material/check_circle:")
            st.rerun()
        lacking = tuple(
            one for one in lacks(kit.store, principal, saved, load_parameters()) if one.kind not in (HOURS, SHIFT)
        )
        told = [
            what_if_hours.price(kit, principal, saved, beside, saved.context["currency"]),
            needed(kit, principal, branch, lacking)
            if lacking
            else _("It becomes a draft of the week; nobody sees it until it is published."),
        ]
        st.caption(joined(*told))


def to_the_draft(draft: PlanRow) -> None:
    """Say that a scenario was adopted already, and lead to what came of it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Adopted already: its draft is on the page Week."))
        if st.button(_("To the draft"), type="tertiary", icon=":material/calendar_view_week:", key="to_adopted"):
            st.session_state["plan"] = draft.plan_id
            to_week(week_days(draft.week)[0])


def needed(kit: Services, principal: Principal, branch: Branch, lacking: tuple[Lack, ...]) -> str:
    """Say what the branch must have before such a plan can be published."""
    crews = {one.crew_id: one.name for one in kit.store.crews(principal, branch.code)}
    phrases = plain("; ".join(lack_words(lacking, crews)))
    text = _("It needs what the branch does not have: {phrases}. Until that is entered it cannot be published.")
    kinds = {one.kind for one in lacking}
    return joined(text.format(phrases=phrases), *(_(told) for told, of in WHERE if kinds & of))


def unready(kit: Services, principal: Principal, row: PlanRow) -> tuple[Lack, ...]:
    """Name what keeps a draft that came of a scenario from being published; nothing for any other plan."""
    if "origin" not in row.metrics:
        return ()
    return adopting.unready(kit.store, principal, row, load_parameters())


def show(kit: Services, principal: Principal, branch: Branch, row: PlanRow) -> None:
    """Say which scenario a plan came of, and what it needs."""
    if "origin" not in row.metrics:
        return
    name = plain(called(read_scenario(row.metrics["origin"]["scenario"]), choices(kit, principal, branch)))
    st.caption(_("This plan was adopted from the scenario “{name}”.").format(name=name))
    lacking = unready(kit, principal, row)
    if lacking:
        st.warning(needed(kit, principal, branch, lacking), icon=":material/info:")
