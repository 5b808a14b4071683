"""Reads a branch's clocks once for every page that tells of them, so that no two of them say different things."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from config.rules import load_pack
from dashboard.screens.who import audience, kept_by
from dashboard.services import Services, everywhere
from planner.domain import Branch, Principal
from planner.value.clocks import clocks
from planner.value.early import overdue_only
from planner.view.clocks import ClocksView, clocks_view
from planner.week import iso_week


def lapsing_of(kit: Services, principal: Principal, branch: Branch, debtor_id: str) -> pd.DataFrame | None:
    """Give the clocks of one debtor that lapse soon, as ``read_view`` does; None where he has none.

    Most have none, which what they owe and what has interrupted it tell. For them the branch is not read anew each time
    that somebody records something.
    """
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    accounts = overdue_only(kit.store.accounts(principal, branch.code))
    moved = pd.util.hash_pandas_object(accounts[["case_id", "interrupted_on", "interruption"]], index=False).sum()
    listed = kit.store.listed_version(everywhere(kit.store, "pages"), branch.code)
    digest = load_pack(branch.rule_pack).digest
    key = audience(principal), branch.code, today.isoformat(), f"{listed} {moved}", digest
    if debtor_id not in _soon(accounts, branch, today, key):
        return None
    rows = read_view(kit, principal, branch).lapsing
    return rows[rows["debtor_id"] == debtor_id]


@st.cache_data(ttl=3600, max_entries=24, show_spinner=False)
def _soon(_accounts: pd.DataFrame, _branch: Branch, today: date, key: tuple[str, ...]) -> frozenset[str]:  # noqa: ARG001
    """Give the debtors with a clock that lapses soon, whichever act would be enough."""
    ticking = clocks(_accounts, load_pack(_branch.rule_pack).clocks, today=today)
    return frozenset(ticking.loc[ticking["state"] == "lapses_soon", "debtor_id"])


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
