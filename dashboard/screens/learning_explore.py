"""Exploring: off, a share left unvisited by lot, or a bonus for what is little known; each with its price."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from config.parameters import load as load_parameters
from config.rules import load_pack
from dashboard import formats
from dashboard.screens.who import kept_by, spoken_key
from dashboard.services import Services
from dashboard.text import N_, _, joined
from planner.adoption import exploration_of, set_exploration
from planner.domain import Branch, Principal, Role
from planner.exploring_price import Price, price, ready
from planner.value.exploring import BONUS, HOLD_OUT, OFF, Exploration
from planner.view.learning import LearningView

KINDS = {
    OFF: N_("Off"),
    HOLD_OUT: N_("Leave a share unvisited by lot"),
    BONUS: N_("Bonus for what is little known"),
}
MEANINGS = {
    OFF: N_("Plans take the visits that are worth most by today's numbers. What nobody visits, nobody learns about."),
    HOLD_OUT: N_(
        "A share of the debtors, drawn by lot, is left unvisited; whoever must be visited before a clock lapses is not "
        "drawn. After sixty days it shows what visits bring beyond what is paid anyway, whoever the crews would choose."
    ),
    BONUS: N_(
        "Visits whose value is little known are raised towards the upper end of their interval, so that crews also go "
        "where the numbers are doubtful. The plan's own figures are then told too high by the bonus."
    ),
}


def show(kit: Services, principal: Principal, branch: Branch, view: LearningView) -> None:
    """Show the setting, its price, and let a manager change it."""
    now = exploration_of(kit.store, principal, branch.code)
    st.markdown(
        joined(
            _("In force: {what}.").format(what=words(now)),
            _("Exploring costs uplift now and makes later weeks better known."),
        )
    )
    kind = st.radio(
        _("How to explore"),
        list(KINDS),
        index=list(KINDS).index(now.kind),
        format_func=lambda one: _(KINDS[one]),
        key=spoken_key("learning_explore_kind"),
        horizontal=True,
        label_visibility="collapsed",
    )
    st.caption(_(MEANINGS[kind]))
    setting = replace(now, kind=kind)
    if kind == HOLD_OUT:
        share = st.slider(
            _("Share left unvisited, %"), 1, 30, round(100 * now.share) or 10, key="learning_explore_share", width=360
        )
        setting = replace(setting, share=share / 100)
    elif kind == BONUS:
        weight = st.slider(
            _("Bonus, % of the way to the upper end"),
            10,
            100,
            round(100 * now.weight) or 50,
            step=10,
            key="learning_explore_weight",
            width=360,
        )
        setting = replace(setting, weight=weight / 100)
    if kind != OFF:
        tell_price(kit, principal, branch, view, setting)
    if principal.role is not Role.MANAGER:
        st.caption(_("The branch manager decides."))
    elif st.button(
        _("Explore like this from the next plan on") if kind != OFF else _("Do not explore"),
        key="learning_explore_set",
        disabled=same(now, setting),
    ):
        today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
        # Another share draws another lot; the same one keeps those who are unvisited already.
        fresh = setting.kind == HOLD_OUT and (now.kind != HOLD_OUT or now.share != setting.share)
        lot = now.lot + 1 if fresh else now.lot
        set_exploration(kit.store, principal, branch.code, replace(setting, lot=lot, since=today), now=kit.now())
        st.rerun()


def same(now: Exploration, setting: Exploration) -> bool:
    """Say whether nothing would change."""
    return replace(setting, since=now.since) == now


def words(setting: Exploration) -> str:
    """Say a setting in words."""
    if setting.kind == HOLD_OUT:
        return _("{share} of the debtors left unvisited by lot").format(share=formats.percent(setting.share))
    if setting.kind == BONUS:
        return _("a bonus of {share} of the way to the upper end").format(share=formats.percent(setting.weight))
    return _("no exploring")


def tell_price(kit: Services, principal: Principal, branch: Branch, view: LearningView, setting: Exploration) -> None:
    """Say what a week of it costs."""
    with st.spinner(_("Pricing the coming week")):
        found = _price(kit, principal, branch, view, setting, kept_by(kit, principal, branch))
    if found is None:
        st.info(_("No price: no crew works in the coming days, or nobody may be visited."))
        return
    share = found.costs_minor / found.plain_minor if found.plain_minor > 0 else None
    held = (
        _("{n} debtors are left unvisited.").format(n=formats.number(round(found.held)))
        if setting.kind == HOLD_OUT
        else ""
    )
    price_told = _("**Price: {money} of expected uplift a week**, {share} of {whole}.").format(
        money=formats.money_short(found.costs_minor, branch.currency),
        share=formats.percent(share, 1),
        whole=formats.money_short(found.plain_minor, branch.currency),
    )
    st.markdown(joined(price_told, held))


@st.cache_data(ttl=6 * 3600, max_entries=40, show_spinner=False)
def _price(
    _kit: Services,
    _principal: Principal,
    branch: Branch,
    _view: LearningView,
    setting: Exploration,
    key: tuple[str, ...],  # noqa: ARG001
) -> Price | None:
    now = _kit.now()
    days = [_view.today + timedelta(days=k) for k in range(1, 8)]
    week = ready(
        _kit.store, _principal, branch, load_pack(branch.rule_pack), load_parameters(), _view.in_use, days=days, now=now
    )
    return None if week is None else price(week, setting)
