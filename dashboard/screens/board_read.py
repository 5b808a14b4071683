"""What the board reads of a day, once for everybody who may see the same of it, until somebody writes to it.

The board renews itself every few seconds for each of its readers; most of the time nobody has written anything. What
depends on the time of the look (who is late, how the rest will go) is never kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard.screens.who import audience
from dashboard.services import Services
from planner.domain import Branch, Principal, Role
from planner.store import SavedPlan
from planner.view.day_read import DayRead, read_day
from planner.view.week import contact_names


def day_read(kit: Services, principal: Principal, branch: Branch, day: date) -> DayRead:
    """Give what ``planner.view.day_read`` reads of a day, read anew where somebody wrote to the branch.

    Of an auditor the store notes what he reads: his reading is his own.
    """

    def plan_of(plan_id: str) -> SavedPlan:
        return plan_kept(kit, principal, audience(principal), plan_id)

    if principal.role is Role.AUDITOR:
        return read_day(kit.store, principal, branch, day, plan_of=plan_of)
    # The store asks whether he may read here, each time. Asked before anything is read: what is read may be newer than
    # its version, never older.
    version = kit.store.version(principal, branch.code)
    return _read(kit, principal, branch, kit.store.where, audience(principal), branch.code, day.isoformat(), version)


def names_of(kit: Services, principal: Principal, branch: Branch) -> Mapping[str, str]:
    """Give debtors' names to who may see them: no outcome of a visit changes them."""
    if principal.role is Role.AUDITOR:
        return contact_names(kit.store, principal, branch.code)
    version = kit.store.listed_version(principal, branch.code)
    return _names(kit, principal, kit.store.where, audience(principal), branch.code, version)


@st.cache_resource(max_entries=6, show_spinner=False)
def plan_kept(_kit: Services, _principal: Principal, who: str, plan_id: str) -> SavedPlan:  # noqa: ARG001
    """Read a plan once for everybody who may see the same of it; nobody changes what is given."""
    return _kit.store.plan(_principal, plan_id)


@st.cache_resource(ttl=3600, max_entries=12, show_spinner=False)
def _read(
    _kit: Services,
    _principal: Principal,
    _branch: Branch,
    where: str,  # noqa: ARG001  part of the key
    who: str,
    code: str,  # noqa: ARG001
    of_day: str,
    version: int,  # noqa: ARG001
) -> DayRead:
    def plan_of(plan_id: str) -> SavedPlan:
        return plan_kept(_kit, _principal, who, plan_id)

    names = names_of(_kit, _principal, _branch)
    return read_day(_kit.store, _principal, _branch, date.fromisoformat(of_day), plan_of=plan_of, names=names)


@st.cache_resource(ttl=3600, max_entries=12, show_spinner=False)
def _names(
    _kit: Services,
    _principal: Principal,
    where: str,  # noqa: ARG001  part of the key
    who: str,  # noqa: ARG001
    code: str,
    version: int,  # noqa: ARG001
) -> Mapping[str, str]:
    return contact_names(_kit.store, _principal, code)
