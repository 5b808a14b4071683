"""What came into the store since a plan's data were read: lists, and outcomes of visits. Plans can be told apart by it.

Outcomes count that are about somebody whom the plan visits or leaves out, and that the planning of its week would have
gone by: visits before the week. Those of the week itself are the plan being carried out, which the board shows.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.screens.who import kept_by
from dashboard.services import Services
from planner.domain import Branch, Principal, Role
from planner.store import ImportBatch
from planner.view import WeekView
from planner.week import week_days


@dataclass(frozen=True)
class Since:
    """Lists and outcomes that a plan does not know."""

    lists: tuple[ImportBatch, ...]
    outcomes: int

    @property
    def key(self) -> tuple[tuple[str, ...], int]:
        """What is the same for two plans that were made from the same data."""
        return tuple(one.result.batch_id for one in self.lists), self.outcomes


def since(kit: Services, principal: Principal, branch: Branch, view: WeekView, read_at: datetime) -> Since:
    """Give what came since a moment, as far as it concerns a plan; lists are told to managers."""
    kept = kept_by(kit, principal, branch, view.plan_id, read_at.isoformat())
    return Since(
        lists_since(kit, principal, branch, read_at),
        counted(kit, principal, branch, people_of(view), week_days(view.week)[0], read_at, kept),
    )


def lists_since(kit: Services, principal: Principal, branch: Branch, read_at: datetime) -> tuple[ImportBatch, ...]:
    """Give the lists that came since a moment and still stand."""
    if principal.role is not Role.MANAGER:
        return ()
    return tuple(
        one
        for one in kit.store.imports(principal, branch.code)
        if one.created_at > read_at and one.undone_at is None and not one.result.older and not one.result.repeated
    )


@st.cache_data(ttl=3600, max_entries=64, show_spinner=False)
def counted(
    _kit: Services,
    _principal: Principal,
    _branch: Branch,
    _people: AbstractSet[str],
    _monday: date,
    _read_at: datetime,
    kept: tuple[str, ...],  # noqa: ARG001
) -> int:
    """Count the outcomes that came since a moment; once for each state of the data."""
    came = _kit.store.outcomes_arrived(_principal, _branch.code, _read_at)
    begins = pd.Timestamp(datetime.combine(_monday, time(), ZoneInfo(_branch.timezone)))
    concerned = came.rows["debtor_id"].isin(_people) & (came.rows["started_at"] < begins)
    # Of a large delivery the trail keeps no names: it is taken to be about the branch's debtors of before the week.
    return int(concerned.sum()) + came.unnamed


def people_of(view: WeekView) -> frozenset[str]:
    """Give whom a plan visits or leaves out."""
    visited = {stop.debtor_id for route in view.routes for stop in route.stops}
    return frozenset(visited | {one.debtor_id for one in view.left_out})
