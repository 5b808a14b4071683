"""Changes of the week as a whole: days swapped, a day off, a shift's hours, another crew called in, pairs apart."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.screens.edit_desks import Team, team_of
from dashboard.screens.edit_hand import Hand, ask, behind
from dashboard.screens.who import audience
from dashboard.text import _, distinct
from planner.desk import extra_shift, skills_without
from planner.desk.opening import Desk
from planner.editing import Allow, CallIn, DayOff, Hours, SwapDays
from planner.week import week_days

#: what a shift called in begins and ends with unless somebody says otherwise
DAYTIME = (time(9, 0), time(17, 30))
#: the session's key of an extra shift that was filled in elsewhere and whose price is wanted
EXTRA = "edit extra asked"
#: on a day on which the crew works already: so long after it is home, and until when
PAUSE, EVENING_ENDS = timedelta(minutes=30), time(20, 30)


def show(hand: Hand) -> None:
    """Show the button with all of it behind."""
    with behind(_("Change the week"), ":material/edit_calendar:", "edit_week"):
        if not hand.to_come:
            st.caption(_("All shifts of this week are over: nothing of it can be changed any more."))
            return
        swap, off, hours, crew, pairs = st.tabs(
            [_("Swap days"), _("Day off"), _("Hours"), _("Extra shift"), _("Apart")],
            key="edit_week_tabs",
        )
        with swap:
            swap_days(hand)
        with off:
            day_off(hand)
        with hours:
            shift_hours(hand)
        with crew:
            call_in(hand)
        with pairs:
            kept_apart(hand)


def priced(key: str) -> bool:
    """Show the button that asks for the price."""
    return st.button(_("What would it cost?"), key=key, icon=":material/price_check:")


def crews(hand: Hand) -> dict[str, str]:
    """Name the crews that still have a shift in this plan."""
    return distinct({one["crew_id"]: one["crew_name"] for one in hand.to_come.values()})


def swap_days(hand: Hand) -> None:
    """Let two days be exchanged."""
    days = hand.days_ahead
    if len(days) < 2:
        st.caption(_("Fewer than two days of this plan have not begun: there are none to swap."))
        return
    left, right = st.columns(2)
    with left:
        first = st.selectbox(_("Day"), days, format_func=formats.day, key="edit swap first")
    with right:
        second = st.selectbox(
            _("With"), [one for one in days if one != first], format_func=formats.day, key="edit swap second"
        )
    names = crews(hand)
    crew = st.selectbox(
        _("Crew"),
        ["", *names],  # None among options would read "Choose an option"
        format_func=lambda one: names[one] if one else _("All crews"),
        key="edit swap crew",
    )
    if priced("edit_swap") and second is not None:
        ask(hand, [SwapDays(first, second, crew or None)])


def day_off(hand: Hand) -> None:
    """Let a crew, or one of its collectors, have a day off."""
    names = crews(hand)
    crew = st.selectbox(_("Crew"), list(names), format_func=names.__getitem__, key="edit off crew")
    mine = [one for one in hand.to_come.values() if one["crew_id"] == crew]
    day = st.selectbox(
        _("Day"), sorted({date.fromisoformat(one["day"]) for one in mine}), format_func=formats.day, key="edit off day"
    )
    known = team(hand)
    members = known.crews[crew].members if crew in known.crews else ()
    named = {one: known.collectors[one].name if one in known.collectors else one for one in members}
    people = distinct({"": _("The whole crew"), **named})
    who = st.selectbox(_("Who"), list(people), format_func=people.__getitem__, key=f"edit off who {crew}")
    if priced("edit_off") and day is not None:
        skills: frozenset[str] = frozenset()
        if who:
            skills = skills_without(known.crews[crew], known.collectors, [who])
        ask(hand, [DayOff(crew, day, who or None, skills)])


def shift_hours(hand: Hand) -> None:
    """Let a shift begin or end at another time."""
    name = st.selectbox(_("Shift"), list(hand.to_come), format_func=hand.shift, key="edit hours shift")
    starts, ends = hand.settled.hours[name]
    origin = hand.settled.origin
    left, right = st.columns(2)
    with left:
        begins = st.time_input(
            _("Begins"), (origin + timedelta(seconds=starts)).time(), step=900, key=f"edit hours from {name}"
        )
    with right:
        closes = st.time_input(
            _("Ends"), (origin + timedelta(seconds=ends)).time(), step=900, key=f"edit hours to {name}"
        )
    fill = st.checkbox(_("Fill the room with visits that are left out"), value=True, key="edit hours fill")
    if priced("edit_hours"):
        midnight = starts // 86_400 * 86_400
        reserve = hand.settled.reserves_s[name]
        ask(hand, [Hours(name, midnight + seconds_of(begins), midnight + seconds_of(closes) - reserve, fill)])


def offer_extra(hand: Hand, like: str, day: date, starts: int, ends: int) -> None:
    """Offer to ask what a shift would cost that was found to be worth most; nothing where nobody is free for it."""
    crew = free_crew(hand, like, day, starts, ends) if hand.may else ""
    if crew:
        st.button(
            _("What would it cost now?"),
            icon=":material/price_check:",
            key=f"edit extra {day} {starts}",
            on_click=fill_in,
            args=(hand, crew, day, starts, ends),
            help=_("It stands filled in behind “Change the week”, “Extra shift”, where it can be changed."),
        )


def free_crew(hand: Hand, like: str, day: date, starts: int, ends: int) -> str:
    """Give a crew that has no shift at these hours of the day, the one it is like first; "" where there is none."""
    taken = {
        one["crew_id"]
        for one in hand.settled.shifts.values()
        if one["day"] == day.isoformat()
        and hand.settled.hours[one["shift_id"]][0] % 86_400 < ends
        and starts < hand.settled.hours[one["shift_id"]][1] % 86_400
    }
    return next((one for one in sorted(team(hand).crews, key=lambda one: one != like) if one not in taken), "")


def fill_in(hand: Hand, crew: str, day: date, starts: int, ends: int) -> None:
    """Fill the form of an extra shift in, before it is drawn, and have its price asked for."""
    st.session_state["edit call crew"], st.session_state["edit call day"] = crew, day
    for name, at in zip(hours_of(hand, crew, day), (starts, ends), strict=True):
        st.session_state[name] = time(at // 3600, at % 3600 // 60)
    st.session_state[EXTRA] = True


def hours_of(hand: Hand, crew: str, day: date) -> tuple[str, str]:
    """Name the fields of an extra shift's hours: those of a crew that works that day begin with the evening."""
    busy = f"{crew} {bool(shifts_on(hand, crew, day))}"
    return f"edit call from {busy}", f"edit call to {busy}"


def shifts_on(hand: Hand, crew: str, day: date) -> list[str]:
    """Name the shifts of a crew on a day."""
    shifts = hand.settled.shifts.values()
    return [one["shift_id"] for one in shifts if one["crew_id"] == crew and one["day"] == day.isoformat()]


def call_in(hand: Hand) -> None:
    """Let a crew of the branch work a shift more."""
    known = team(hand)
    names = {one.crew_id: one.name for one in known.crews.values()}
    crew = st.selectbox(_("Crew"), list(names), format_func=names.__getitem__, key="edit call crew")
    today = hand.kit.now().astimezone(ZoneInfo(hand.branch.timezone)).date()
    days = [one for one in week_days(hand.view.week) if one >= today]
    day = st.selectbox(_("Day"), days, format_func=formats.day, key="edit call day")
    mine = shifts_on(hand, crew, day)
    home = max((hand.settled.hours[one][1] % 86_400 for one in mine), default=0)
    usual, (start, end) = evening_after(home) if mine else DAYTIME, hours_of(hand, crew, day)
    left, right = st.columns(2)
    with left:
        begins = hour_of(_("Begins"), start, usual[0])
    with right:
        closes = hour_of(_("Ends"), end, usual[1])
    st.caption(_("It is filled with visits that are left out; nobody who is planned has to move."))
    if priced("edit_call") or st.session_state.pop(EXTRA, False):
        from dashboard.screens.edit import opened

        desk = opened(hand)
        shift = None if desk is None else extra_of(desk, crew, day, begins, closes)
        if desk is not None and shift is None:
            st.warning(_("This crew's start is not in the plan: plan again first."), icon=":material/info:")
        elif shift is not None:
            ask(hand, [CallIn(shift)])


def hour_of(label: str, key: str, usual: time) -> time:
    """Show the field of an hour; one that was filled in for its reader has its value already.

    A form that is opened later than it was drawn shows what it was told last: without a word, the server's own time.
    """
    if st.session_state.get(EXTRA):
        return st.time_input(label, step=900, key=key)
    kept: time = st.session_state.get(key, usual)
    return st.time_input(label, kept, step=900, key=key)


def evening_after(home_s: int) -> tuple[time, time]:
    """Give the span of an evening shift after a crew is home, that many seconds after midnight.

    >>> evening_after(17 * 3600 + 1800)
    (datetime.time(18, 0), datetime.time(20, 30))
    """
    begins = min(home_s + int(PAUSE.total_seconds()), seconds_of(EVENING_ENDS) - 3600) // 900 * 900
    return time(begins // 3600, begins % 3600 // 60), EVENING_ENDS


def extra_of(desk: Desk, crew: str, day: date, begins: time, closes: time) -> Any:
    """Make the shift that is called in."""
    return extra_shift(desk, crew, day, seconds_of(begins), seconds_of(closes))


def kept_apart(hand: Hand) -> None:
    """List the pairs that are kept apart, each with a way to take it back."""
    if not hand.settled.apart:
        st.caption(_("Nobody is kept apart. Choose a stop and then “Apart” to keep two visits off one route."))
    else:
        st.caption(_("Improving this plan keeps them off one route for sure: the search itself obeys it."))
    for first, second in hand.settled.apart:
        names = hand.names.visits
        if st.button(
            _("{a} and {b}").format(a=names.get(first, first), b=names.get(second, second)),
            icon=":material/close:",
            type="tertiary",
            key=f"edit allow {first} {second}",
            help=_("May be on one route again"),
        ):
            ask(hand, [Allow(first, second)])


def team(hand: Hand) -> Team:
    """Give the branch's crews and collectors."""
    return team_of(hand.kit, hand.principal, audience(hand.principal), hand.branch.code)


def seconds_of(moment: time) -> int:
    """Give the seconds since midnight."""
    return moment.hour * 3600 + moment.minute * 60
