"""The row of filters over the week's map: day, crews, bucket, visit group, reason; each with its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboard import formats
from dashboard.maps.week import Choice
from dashboard.screens.overdue_words import BUCKETS
from dashboard.screens.week_address import ALL_DAYS
from dashboard.screens.who import spoken_key
from dashboard.text import _
from dashboard.text.groups import group_name
from dashboard.text.sentences import reason_words
from dashboard.text.words import word
from planner.view import LeftOutView, StopView, WeekView

#: a change of it makes the filters new ones, which begin anew
ROUND = "week filters"

STYLE = """
.st-key-week-filters { row-gap: .4rem; }
.st-key-week-filters [data-testid="stPopover"] button { font-weight: 400; }
"""


def key_of(part: str) -> str:
    """Give a filter's key: it begins anew in another language, and when it is cleared."""
    return spoken_key(f"week {part} {st.session_state.get(ROUND, 0)}")


def show(view: WeekView, first: Choice) -> Choice:
    """Show the filters and give what they say; ``first`` is what they begin with."""
    begin(first)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="week-filters"):
        day = days(view, first.day)
        on_day = [route for route in view.routes if day is None or route.day == day]
        names = {route.crew_id: route.crew_name for route in view.routes}
        visits = Counter(dict.fromkeys(names, 0))
        for route in on_day:
            visits[route.crew_id] += len(route.stops)
        crews = several("crews", _("Crews"), list(names), visits, names.__getitem__)
        there: list[StopView | LeftOutView] = [*(stop for route in on_day for stop in route.stops), *view.left_out]
        buckets = Counter(one.bucket for one in there)
        wanted = several("buckets", _("Bucket"), [one for one in BUCKETS if one in buckets], buckets, bucket_word)
        groups = Counter(one.visit_group for one in there if one.visit_group in view.visit_groups)
        named = {code: group_name(view.visit_groups[code]) for code in groups}
        group = single("group", _("Group"), sorted(named, key=lambda one: -groups[one]), groups, named.__getitem__)
        reasons = Counter(one.reason for one in view.left_out)
        codes = [code for code, _n in reasons.most_common()]
        reason = single("reason", _("Not visited because"), codes, reasons, reason_words)
        if crews or wanted or group or reason:
            st.button(_("Clear"), icon=":material/filter_alt_off:", type="tertiary", key="week_clear", on_click=clear)
    return Choice(day, frozenset(crews), frozenset(wanted), group, reason)


def begin(first: Choice) -> None:
    """Set the filters to what they begin with, where they are new."""
    values = {
        "day": written(first.day),
        "crews": sorted(first.crews),
        "buckets": sorted(first.buckets),
        "group": first.group or None,
        "reason": first.reason or None,
    }
    for part, value in values.items():
        st.session_state.setdefault(key_of(part), value)


def clear() -> None:
    """Take back all filters but the day."""
    day = day_of(st.session_state.get(key_of("day")))
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    begin(Choice(day=day))


def bucket_word(code: str) -> str:
    """Name a bucket."""
    return word(BUCKETS, code)


def days(view: WeekView, first: date | None) -> date | None:
    """Let a reader choose a day or the whole week; a day of another week gives way to ``first``."""
    names = {ALL_DAYS: _("All days")} | {day.isoformat(): f"{formats.weekday(day)} {day.day}" for day in view.days}
    if st.session_state.get(key_of("day")) not in names:
        st.session_state[key_of("day")] = written(first)
    chosen = st.segmented_control(
        _("Day"),
        list(names),
        format_func=names.__getitem__,
        key=key_of("day"),
        label_visibility="collapsed",
        required=True,
    )
    return day_of(chosen)


def written(day: date | None) -> str:
    """Write a day as the control knows it; None is the whole week."""
    return ALL_DAYS if day is None else day.isoformat()


def day_of(text: str | None) -> date | None:
    """Read what the control says."""
    return None if text in (None, ALL_DAYS) else date.fromisoformat(text)


def several(
    part: str, label: str, options: Sequence[str], counts: Counter[str], name: Callable[[str], str]
) -> list[str]:
    """Let a reader choose some of a list, behind a button that says how many are chosen."""
    key = key_of(part)
    st.session_state[key] = [one for one in st.session_state.get(key) or [] if one in options]
    chosen = len(st.session_state[key])
    with st.popover(f"{label} · {chosen}" if chosen else label, key=f"{key} open"):
        found = st.pills(
            label,
            options,
            selection_mode="multi",
            format_func=lambda one: f"{name(one)} ({counts[one]})",
            key=key,
            label_visibility="collapsed",
        )
    return list(found)


def single(part: str, label: str, options: Sequence[str], counts: Counter[str], name: Callable[[str], str]) -> str:
    """Let a reader choose one of a list, or none."""
    key = key_of(part)
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    found = st.selectbox(
        label,
        options,
        format_func=lambda one: f"{name(one)} ({counts[one]})",
        key=key,
        index=None,
        placeholder=label,
        label_visibility="collapsed",
        width=175,
        disabled=not options,
    )
    return found or ""


def neighbour(view: WeekView, day: date | None, by: int) -> date:
    """Give the day before or after, from the whole week the first or the last; the ends stay where they are."""
    if day not in view.days:
        return view.days[0 if by > 0 else -1]
    at = view.days.index(day) + by
    return view.days[min(max(at, 0), len(view.days) - 1)]


def turn_to(day: date) -> None:
    """Turn to a day, with every crew: somebody to be shown may be with any of them."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    begin(Choice(day=day))


def go(view: WeekView, by: int) -> None:
    """Turn to the day before or after."""
    key = key_of("day")
    st.session_state[key] = neighbour(view, day_of(st.session_state.get(key)), by).isoformat()
