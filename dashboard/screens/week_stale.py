"""What has changed since the plan on the screen was made: a newer plan, a newer list, another rule pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from config.rules import load_pack
from dashboard import formats
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal, Role
from planner.store import ImportBatch, PlanRow
from planner.view import WeekView


def show(
    kit: Services, principal: Principal, branch: Branch, view: WeekView, rows: Sequence[PlanRow], today: date
) -> None:
    """Tell quietly what the plan does not know; nothing where it knows all, or of a week that is over."""
    newer = rows[0].plan_id != view.plan_id
    facts = [] if view.days[-1] < today else changed(kit, principal, branch, view)
    if not newer and not facts:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="week-stale"):
        if newer:
            told = _("A newer plan of this week exists.")
            st.markdown(f":blue-badge[:material/history: {told}]", width="content")
            st.button(_("Show the newest"), type="tertiary", key="week_newest", on_click=to_newest)
        if facts:
            told = _("Since this plan was made: {what}.").format(what="; ".join(facts))
            st.markdown(f":orange-badge[:material/update: {told}]", width="content")
            if principal.role is Role.MANAGER:
                st.caption(_("Plan again to take it into account."), width="content")


def to_newest() -> None:
    """Choose no plan: the newest is shown then."""
    st.session_state.pop("plan", None)


def changed(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> list[str]:
    """Say what is not as it was when the plan was made."""
    facts = []
    if principal.role is Role.MANAGER:
        since = [
            one
            for one in kit.store.imports(principal, branch.code)
            if one.created_at > view.created_at and not one.result.older and not one.result.repeated
        ]
        facts += listed(since)
        if since:
            gone = no_longer_listed(kit, principal, branch, view)
            if gone:
                facts.append(
                    n_(
                        "{n} planned visit is to somebody no longer on the list",
                        "{n} planned visits are to people no longer on the list",
                        gone,
                    )
                )
    pack = load_pack(branch.rule_pack).version
    if pack != view.rule_pack:
        facts.append(_("the rules are now {pack}").format(pack=pack))
    return facts


def listed(batches: Sequence[ImportBatch]) -> list[str]:
    """Say what the lists since then brought."""
    if not batches:
        return []
    counts = [sum(getattr(one.result, name) for one in batches) for name in ("added", "changed", "gone")]
    words = [_("{n} accounts added"), _("{n} changed"), _("{n} gone")]
    parts = [word.format(n=formats.number(count)) for word, count in zip(words, counts, strict=True) if count]
    return [_("a newer list") + (f" ({', '.join(parts)})" if parts else "")]


def no_longer_listed(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> int:
    """Count the planned visits to debtors without an open account."""
    still = set(kit.store.accounts(principal, branch.code)["debtor_id"])
    return sum(stop.debtor_id not in still for route in view.routes for stop in route.stops)
