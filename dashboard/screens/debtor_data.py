"""What the survey and the debtor's page read: kept until the store has something new, for who may see the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from config.parameters import load
from config.rules import load_pack
from dashboard.screens.versions import data_version
from dashboard.screens.who import audience, kept_by, read_plan
from dashboard.services import Services, everywhere
from planner.adoption import model_in_use
from planner.domain import Branch, Principal, Role
from planner.store import NotAllowed, ruling
from planner.value.learning import Model
from planner.view.debtor import BranchData, DebtorView, branch_areas, branch_data, debtor_money, debtor_view
from planner.view.debtor_timeline import Planned
from planner.week import iso_week


def today_at(kit: Services, branch: Branch) -> date:
    """Give the day where the branch is."""
    return kit.now().astimezone(ZoneInfo(branch.timezone)).date()


def version(kit: Services, branch: Branch) -> str:
    """Name the state of a branch's data; the system asks, since a collector may not read the trail."""
    return data_version(kit, everywhere(kit.store, "pages"), (branch,))


def read_data(kit: Services, principal: Principal, branch: Branch) -> BranchData:
    """Read a branch as a principal may see it, once for everybody who may see the same."""
    return _data(kit, principal, branch, kept_by(kit, principal, branch))


def read_model(kit: Services, branch: Branch) -> Model:
    """Learn the branch's rates, once for everybody: they name nobody."""
    return _model(kit, branch, today_at(kit, branch), version(kit, branch))


def read_debtor(kit: Services, principal: Principal, branch: Branch, debtor_id: str) -> DebtorView | None:
    """Give one debtor's page, None where he is not among those whom the principal may see."""
    data, model = read_data(kit, principal, branch), read_model(kit, branch)
    stops = tuple(planned(kit, principal, branch, debtor_id))
    pack = load_pack(branch.rule_pack)
    areas = _areas(kit, branch, version(kit, branch), pack.digest)
    money = debtor_money(kit.store, principal, branch, debtor_id, data.outcomes, model.parameters)
    return debtor_view(data, branch, debtor_id, pack, model, planned=stops, money=money, areas=areas, now=kit.now())


def planned(kit: Services, principal: Principal, branch: Branch, debtor_id: str) -> Iterator[Planned]:
    """Give the visits to a debtor in the published plans of this week and the next."""
    today = today_at(kit, branch)
    for week in (iso_week(today), iso_week(today + timedelta(days=7))):
        try:
            row = ruling(kit.store.plans(principal, branch.code, week))
        except NotAllowed:
            continue
        if row is None:
            continue
        view = read_plan(kit, principal, audience(principal), row.plan_id, f"{row.published_at} {row.in_force}")
        for route in view.routes:
            for stop in route.stops:
                if stop.debtor_id == debtor_id:
                    yield Planned(stop.begins_at, route.crew_name, stop.place_kind)


def branch_of(kit: Services, principal: Principal, debtor_id: str, code: str) -> Branch | None:
    """Give the branch a link means: the one it names if it is the principal's, else the one that has the debtor."""
    mine = kit.store.branches(principal)
    named = next((one for one in mine if one.code == code), None)
    if named is not None or not debtor_id or len(mine) <= 1:
        return named or next(iter(mine), None)
    for one in mine:
        if (read_data(kit, principal, one).debtors["debtor_id"] == debtor_id).any():
            return one
    return next(iter(mine), None)


@st.cache_data(ttl=1800, max_entries=12, show_spinner=False)
def _data(_kit: Services, _principal: Principal, branch: Branch, key: tuple[str, ...]) -> BranchData:  # noqa: ARG001
    return branch_data(_kit.store, _principal, branch, today=today_at(_kit, branch))


@st.cache_resource(ttl=1800, max_entries=6, show_spinner=False)
def _model(_kit: Services, branch: Branch, today: date, state: str) -> Model:  # noqa: ARG001
    asking = Principal("pages", Role.SYSTEM, frozenset({branch.code}))
    return model_in_use(_kit.store, asking, branch.code, load())


@st.cache_resource(ttl=1800, max_entries=6, show_spinner=False)
def _areas(_kit: Services, branch: Branch, state: str, pack: str) -> dict[str, frozenset[str]]:  # noqa: ARG001
    asking = Principal("pages", Role.SYSTEM, frozenset({branch.code}))
    return branch_areas(_kit.store, asking, branch, load_pack(branch.rule_pack))
