"""Whose plan is being changed, and what of it every part of the page needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import formats
from dashboard.screens.edit_desks import shelf
from dashboard.screens.edit_words import shift_words
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.text.called import Called, called
from planner.domain import Branch, Principal, Role
from planner.editing import Command
from planner.store import PlanRow
from planner.view import StopView, WeekView

#: the session's key of a change that waits for an answer: the plan's id and the commands
PENDING = "edit"
#: the session's key of the drafts that this reader has gone back from, as the store remembers them
UNDONE = "edit undone"


@dataclass(frozen=True)
class Settled:
    """What is settled by hand in a plan: locks by visit, dropped visits, pairs apart, shifts off, and its shifts."""

    locks: Mapping[str, Mapping[str, Any]]
    dropped: frozenset[str]
    apart: tuple[tuple[str, str], ...]
    shifts: Mapping[str, Mapping[str, Any]]  # of the context, in the order of days and crews
    hours: Mapping[str, tuple[int, int]]  # the crew's own, seconds from the origin
    reserves_s: Mapping[str, int]  # by how much the problem's shift ends earlier
    visits: frozenset[str]  # those that the problem knows
    origin: datetime


@dataclass(frozen=True)
class Hand:
    """Who changes which plan."""

    kit: Services
    principal: Principal
    branch: Branch
    rows: tuple[PlanRow, ...]
    row: PlanRow
    view: WeekView
    #: the days on which crews still go by this plan, though a newer one has replaced it
    in_part: tuple[date, ...] = ()

    @cached_property
    def names(self) -> Called:
        """What visits and shifts are called."""
        return called(self.view)

    @cached_property
    def settled(self) -> Settled:
        """What is settled by hand."""
        return settled(self.kit, self.principal, audience(self.principal), self.row.plan_id)

    @property
    def may(self) -> bool:
        """Whether this principal may change plans."""
        return self.principal.role is Role.MANAGER

    @property
    def to_come(self) -> Mapping[str, Mapping[str, Any]]:
        """The shifts that are not over yet, in the order of days and crews: the past is not planned."""
        now = (self.kit.now() - self.settled.origin).total_seconds()
        return {name: one for name, one in self.settled.shifts.items() if self.settled.hours[name][1] > now}

    @property
    def begun(self) -> frozenset[str]:
        """The shifts that have begun or are over: what is left of today's is changed from the crew's phone."""
        now = (self.kit.now() - self.settled.origin).total_seconds()
        return frozenset(name for name, (starts, _ends) in self.settled.hours.items() if starts <= now)

    @property
    def shifts_ahead(self) -> list[str]:
        """The shifts that have not begun, in the order of days and crews."""
        return [name for name in self.settled.shifts if name not in self.begun]

    @property
    def days_ahead(self) -> list[date]:
        """The days of which no shift has begun."""
        begun = {one["day"] for name, one in self.settled.shifts.items() if name in self.begun}
        return sorted(date.fromisoformat(day) for day in {one["day"] for one in self.to_come.values()} - begun)

    def stop(self, debtor: str) -> StopView | None:
        """Give the stop of a debtor."""
        return next((stop for route in self.view.routes for stop in route.stops if stop.debtor_id == debtor), None)

    def stops_on(self, shift: str) -> tuple[StopView, ...]:
        """Give the stops of a shift."""
        return next((route.stops for route in self.view.routes if route.shift_id == shift), ())

    def shift(self, name: str) -> str:
        """Name a shift."""
        known = self.settled.shifts.get(name)
        return name if known is None else shift_words(known, self.settled.shifts)

    def when(self, moment: datetime) -> str:
        """Say when something was, where the branch is."""
        here = moment.astimezone(ZoneInfo(self.branch.timezone))
        return f"{formats.weekday(here.date())} {formats.clock(here)}"


@st.cache_data(ttl=3600, max_entries=24, show_spinner=False)
def settled(_kit: Services, _principal: Principal, who: str, plan_id: str) -> Settled:  # noqa: ARG001
    """Read what is settled in a plan; a plan never changes."""
    desk = shelf().get(plan_id)
    saved = desk.saved if desk is not None else _kit.store.plan(_principal, plan_id)
    kept = saved.context.get("edits", {}).get("kept", {})
    here = {one["id"] for one in saved.problem["shifts"]}
    shifts = [one for name, one in saved.context["shifts"].items() if name in here]
    return Settled(
        locks={one["visit"]: one for one in saved.problem.get("locks", [])},
        dropped=frozenset(kept.get("dropped", {})),
        apart=tuple((a, b) for a, b in kept.get("apart", [])),
        shifts={
            one["shift_id"]: one for one in sorted(shifts, key=lambda one: (one["day"], one["colour"], one["starts"]))
        },
        hours={one["shift_id"]: (int(one["starts"]), int(one["ends"])) for one in shifts},
        reserves_s={one["shift_id"]: int(one.get("reserve_s", 0)) for one in shifts},
        visits=frozenset(one["id"] for one in saved.problem["visits"]),
        origin=datetime.fromisoformat(saved.problem["origin"]),
    )


def put(hand: Hand, commands: Sequence[Command]) -> None:
    """Lay a change before the page: its price is shown with the next run."""
    st.session_state[PENDING] = (hand.row.plan_id, tuple(commands))
    st.session_state["edit_asked"] = times_asked() + 1


def times_asked() -> int:
    """Give how often this reader has asked what a change would cost."""
    number: int = st.session_state.get("edit_asked", 0)
    return number


def ask(hand: Hand, commands: Sequence[Command]) -> None:
    """Ask what a change would cost, from outside of the page's middle; the answer is shown when the page runs again."""
    put(hand, commands)
    st.rerun()


def asking(hand: Hand, label: str, key: str, icon: str, commands: Callable[[], Sequence[Command]], **more: Any) -> None:
    """Show a button of the page's middle that asks: that part alone runs then, once, and already with the answer.

    ``commands`` is called when it is clicked, so it reads what was chosen from the session: what the last run had drawn
    may be older.
    """
    st.button(label, key=key, icon=icon, on_click=lambda: put(hand, commands()), **more)


def said(key: str) -> Any:
    """Give what somebody has chosen last."""
    return st.session_state[key]


def behind(label: str, icon: str, key: str, *, help_text: str | None = None) -> DeltaGenerator:
    """Give a popover that closes when something was asked: it is a new one then."""
    return st.popover(label, icon=icon, help=help_text, key=f"{key} {times_asked()}")


def undone() -> frozenset[str]:
    """Give the drafts that this reader has gone back from: they are no newer plans to him."""
    return frozenset(st.session_state.get(UNDONE, ()))


def recall(kit: Services, principal: Principal, branch: str) -> None:
    """Read which drafts this reader has gone back from, in whatever tab and session: once a run of a page."""
    if principal.role is Role.MANAGER:
        st.session_state[UNDONE] = kit.store.undone_plans(principal, branch)


def show_plan(plan_id: str) -> None:
    """Show another plan of the week."""
    st.session_state["plan"] = plan_id
    st.session_state.pop(PENDING, None)
