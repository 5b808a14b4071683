"""What has changed since the plan on the screen was made: a newer plan, a newer list, outcomes, another rule pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from config.rules import load_pack
from dashboard import formats
from dashboard.screens import edit_hand, week_in_part
from dashboard.screens.since import since
from dashboard.screens.since_adopted import adopted, adopted_words
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal, Role
from planner.store import ImportBatch, PlanRow, last_decided, read_at
from planner.view import WeekView


def show(
    kit: Services,
    principal: Principal,
    branch: Branch,
    view: WeekView,
    rows: Sequence[PlanRow],
    today: date,
    *,
    announced: bool = False,
    in_part: bool = False,
) -> None:
    """Tell quietly what the plan does not know; nothing where it knows all, or of a week that is over.

    ``announced`` says that it is told already which other plan is in force; ``in_part`` that the plan holds for days
    that had begun when a newer one came.
    """
    row = next(one for one in rows if one.plan_id == view.plan_id)
    # What a plan is that holds for days that had begun, and what holds for the later ones, ``week_in_part`` says.
    other = None if in_part or week_in_part.came_from(rows, row) else another(rows, row)
    if announced and other is not None and other.in_force:
        other = None
    facts = [] if view.days[-1] < today else changed(kit, principal, branch, view, read_at(rows, row))
    if other is None and not facts:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="week-stale"):
        if other is not None:
            told, offered = _("A newer plan of this week exists."), _("Show the newest")
            if other.in_force:
                told, offered = _("Another plan of this week is published."), _("Show the published plan")
            st.markdown(f":blue-badge[:material/history: {told}]", width="content")
            st.button(offered, type="tertiary", key="week_newest", on_click=to_newest)
        if facts:
            told = _("Since this plan was made: {what}.").format(what=_("; ").join(facts))
            st.markdown(f":orange-badge[:material/update: {told}]", width="content")
            if principal.role is Role.MANAGER:
                st.caption(_("Plan again to take it into account."), width="content")


def another(rows: Sequence[PlanRow], shown: PlanRow) -> PlanRow | None:
    """Give the plan that was last decided on, where it is not the one shown; a draft gone back from is none."""
    decided = last_decided(rows, edit_hand.undone() - {shown.plan_id})
    return None if decided.plan_id == shown.plan_id else decided


def to_newest() -> None:
    """Choose no plan: the one that was last decided on is shown then."""
    st.session_state.pop("plan", None)


def changed(kit: Services, principal: Principal, branch: Branch, view: WeekView, made: datetime) -> list[str]:
    """Say what is not as it was at ``made``, when the data of the plan were read."""
    facts = came(kit, principal, branch, view, made) + other_rules(branch, view)
    return facts + adopted_words(adopted(kit, principal, branch, view, made))


def other_rules(branch: Branch, view: WeekView) -> list[str]:
    """Say which rules there are now, where the plan was made under others."""
    pack = load_pack(branch.rule_pack).version
    return [] if pack == view.rule_pack else [_("the rules are now {pack}").format(pack=pack)]


def came(kit: Services, principal: Principal, branch: Branch, view: WeekView, made: datetime) -> list[str]:
    """Say which outcomes and lists came since a moment."""
    found = since(kit, principal, branch, view, made)
    facts = [n_("{n} outcome recorded", "{n} outcomes recorded", found.outcomes)] if found.outcomes else []
    facts += listed(found.lists)
    gone = no_longer_listed(kit, principal, branch, view) if found.lists else 0
    if gone:
        facts.append(
            n_(
                "{n} planned visit is to somebody no longer on the list",
                "{n} planned visits are to people no longer on the list",
                gone,
            )
        )
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
