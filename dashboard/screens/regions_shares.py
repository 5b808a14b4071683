"""What each branch adds to the comparison of districts, remembered: a write to one branch makes that one's anew."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.screens.versions import counted_until
from dashboard.screens.who import audience
from planner.domain import Branch, Principal
from planner.rules.pack import RulePack
from planner.store import Store
from planner.value.parameters import Parameters
from planner.view.branch_share import BranchShare, branch_share


def share(
    store: Store, principal: Principal, branch: Branch, pack: RulePack, parameters: Parameters, *, now: datetime
) -> BranchShare:
    """Give a branch's share as ``planner.view.branch_share`` does, until its data or the day is another."""
    there = now.astimezone(ZoneInfo(branch.timezone))
    version = store.version(principal, branch.code, field_until=counted_until(there))
    given = (store, principal, branch, pack, parameters, now)
    return _cached(*given, audience(principal), branch.code, there.date().isoformat(), version)


# Some ten megabytes each.
@st.cache_resource(ttl=6 * 3600, max_entries=48, show_spinner=False)
def _cached(
    _store: Store,
    _principal: Principal,
    _branch: Branch,
    _pack: RulePack,
    _parameters: Parameters,
    _now: datetime,
    who: str,  # noqa: ARG001  part of the key
    code: str,  # noqa: ARG001
    today: str,  # noqa: ARG001
    version: int,  # noqa: ARG001
) -> BranchShare:
    return branch_share(_store, _principal, _branch, _pack, _parameters, now=_now)
