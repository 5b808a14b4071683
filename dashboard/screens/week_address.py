"""The address of the week page: it restores the view. Ids and numbers only, never a name; rights are asked as ever.

What the address says is a wish: it counts where the plan that is shown knows it, and is dropped where it does not. A
page that was left and is come back to begins where it was.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.maps.week import Choice
from planner.view import WeekView

#: where the last address is kept while another page is shown
KEPT = "week address"
#: set while a plan is being made: the address then names none, so that a reload shows the one to come
BUSY = "week busy"
DAY, CREWS, BUCKETS, GROUP, REASON, DEBTOR, PLAN, AT = "day", "crew", "bucket", "group", "why", "debtor", "plan", "at"
ALL_DAYS = "all"
IDS = re.compile(r"[\w.:@/-]{1,80}")

View = tuple[float, float, float]


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    choice: Choice
    debtor: str = ""
    at: View | None = None


def asked(values: Mapping[str, str], view: WeekView, today: date) -> Asked:
    """Read the address against a plan; what the plan does not know is left out."""
    crews = {route.crew_id for route in view.routes}
    buckets = {one.bucket for one in view.left_out} | {stop.bucket for route in view.routes for stop in route.stops}
    groups = {one.visit_group for one in view.left_out}
    groups |= {stop.visit_group for route in view.routes for stop in route.stops}
    choice = Choice(
        day=day_of(values.get(DAY, ""), view, today),
        crews=frozenset(known(values.get(CREWS, ""), crews)),
        buckets=frozenset(known(values.get(BUCKETS, ""), buckets)),
        group=next(iter(known(values.get(GROUP, ""), groups)), ""),
        reason=next(iter(known(values.get(REASON, ""), {one.reason for one in view.left_out})), ""),
    )
    debtor = values.get(DEBTOR, "")
    return Asked(choice, debtor if IDS.fullmatch(debtor) else "", place(values.get(AT, "")))


def day_of(text: str, view: WeekView, today: date) -> date | None:
    """Give the day asked for; at first the first with visits that is not over."""
    if text == ALL_DAYS:
        return None
    return next((day for day in view.days if day.isoformat() == text), None) or first_day(view, today)


def first_day(view: WeekView, today: date) -> date:
    """Give the day with which a reader begins: one with visits where there is any, of a week that is over its first."""
    there = sorted({route.day for route in view.routes if route.stops} & {*view.days})
    if today not in view.days:
        return there[0] if there else view.days[0]
    return next((day for day in there if day >= today), there[-1] if there else today)


def known(text: str, there: Collection[str]) -> list[str]:
    """Give the ids of a list that there are.

    >>> known("a,b,<x>", {"a", "c"})
    ['a']
    """
    return [one for one in text.split(",") if one in there]


def place(text: str) -> View | None:
    """Read longitude, latitude and zoom; anything odd is no place.

    >>> place("109.5,29.1,13.25"), place("200,29,13"), place("nan,1,2"), place("1,2")
    ((109.5, 29.1, 13.25), None, None, None)
    """
    try:
        lon, lat, zoom = (float(one) for one in text.split(","))
    except ValueError:
        return None
    plain = all(map(math.isfinite, (lon, lat, zoom))) and abs(lon) <= 180 and abs(lat) <= 85 and 1 <= zoom <= 19
    return (lon, lat, zoom) if plain else None


def written(wish: Asked, view: WeekView) -> dict[str, str]:
    """Write a view as the parts of an address; what is as at first is left out, all but the day."""
    choice = wish.choice
    parts = {
        PLAN: view.plan_id,
        DAY: ALL_DAYS if choice.day is None else choice.day.isoformat(),
        CREWS: ",".join(sorted(choice.crews)),
        BUCKETS: ",".join(sorted(choice.buckets)),
        GROUP: choice.group,
        REASON: choice.reason,
        DEBTOR: wish.debtor,
        AT: "" if wish.at is None else ",".join(f"{one:.5f}".rstrip("0").rstrip(".") for one in wish.at),
    }
    return {name: text for name, text in parts.items() if text}


def begin() -> None:
    """Take over what the address says, once a visit of the page: afterwards the page writes it."""
    if KEPT in st.session_state:
        return
    st.session_state[KEPT] = {name: st.query_params[name] for name in st.query_params}
    for key, name in (("plan", PLAN), ("debtor", DEBTOR)):
        if name in st.query_params and IDS.fullmatch(st.query_params[name]):
            st.session_state.setdefault(key, st.query_params[name])


def kept() -> Mapping[str, str]:
    """Give the parts of the address as they were last written, or as somebody came with them."""
    values: Mapping[str, str] = st.session_state.get(KEPT, {})
    return values


def write(wish: Asked, view: WeekView) -> None:
    """Let the address say what is shown. Parts that other sections of the page keep there are left as they are."""
    parts = written(wish, view)
    if st.session_state.get(BUSY):
        parts.pop(PLAN)
    st.session_state[KEPT] = parts
    for name in (PLAN, DAY, CREWS, BUCKETS, GROUP, REASON, DEBTOR, AT):
        if name in parts and st.query_params.get(name) != parts[name]:
            st.query_params[name] = parts[name]
        elif name not in parts and name in st.query_params:
            del st.query_params[name]
