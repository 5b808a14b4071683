"""Reads a branch's clocks once for every page that tells of them, so that no two of them say different things."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from config.rules import load_pack
from dashboard.screens.who import kept_by
from dashboard.services import Services
from planner.domain import Branch, Principal
from planner.view.clocks import ClocksView, clocks_view
from planner.week import iso_week


def read_view(kit: Services, principal: Principal, branch: Branch) -> ClocksView:
    """Read the clocks once for everybody who may see the same of them, until the store has something new."""
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    plans = ",".join(
        f"{row.plan_id} {row.in_force}"
        for day in (today, today + timedelta(weeks=1))
        for row in kit.store.plans(principal, branch.code, iso_week(day))
    )
    key = kept_by(kit, principal, branch, plans, load_pack(branch.rule_pack).digest)
    return _cached_view(kit, principal, branch, key)


@st.cache_data(ttl=1800, max_entries=12, show_spinner=False)
def _cached_view(_kit: Services, _principal: Principal, branch: Branch, key: tuple[str, ...]) -> ClocksView:  # noqa: ARG001
    return clocks_view(_kit.store, _principal, branch, load_pack(branch.rule_pack), now=_kit.now())
