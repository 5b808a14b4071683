"""One crew's day at a desk: the same day that the collectors carry on the phone page."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import formats, maps
from dashboard.phone.content import back, day_address, hours
from dashboard.phone.day_off import ways_on
from dashboard.phone.days import days_of, of_day
from dashboard.principal import current_principal
from dashboard.screens import advice_card, uncovered, visit_sheet, week_files
from dashboard.screens.debtor_card import plain
from dashboard.screens.links import to_week
from dashboard.screens.money_column import money_column
from dashboard.screens.who import audience, branch_choice, read_plan
from dashboard.services import Services, services
from dashboard.text import _, distinct, n_
from dashboard.text.advice import advice_of, told
from dashboard.text.words import OUTCOMES, PLACE_KINDS, accommodation, word
from planner.domain import Branch, Crew, Principal, Role
from planner.safety import Days
from planner.view import DayStop, DayView, WeekView
from planner.week import iso_week

MAP_PX = 420


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_choice(kit, principal)
    crews = kit.store.crews(principal, branch.code) if branch else ()
    if principal.crew is not None:
        crews = tuple(crew for crew in crews if crew.crew_id == principal.crew)
    if branch is None or not crews:
        st.info(_("No crew is set up yet."), icon=":material/info:")
        return
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    title, act = st.columns([1, 1], vertical_alignment="center")
    with act:
        crew, day = choices(crews, today, days_of(kit, principal, branch))
    view = of_day(kit.store, principal, crew.crew_id, day, kit.now())
    with title:
        head(kit, principal, view, branch)
    if not view.stops:
        nothing(view)
        to_publish = not view.published and view.starts_at is not None and principal.role is Role.MANAGER
        if to_publish and st.button(_("To the week"), icon=":material/calendar_view_week:", key="day_to_week"):
            to_week(view.day)
        beside(ways_on(view, kit, principal))
        return
    progress(view)
    debtors = [stop.debtor_id for stop in view.stops]
    shown = uncovered.uncovered(kit, principal, debtors)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        next_card(view, shown=shown)
    with right:
        picture(kit, principal, branch, view)
    everybody(view, shown=shown)
    uncovered.button(kit, principal, branch.code, debtors, where="day", label=_("Show the addresses"))


def choices(crews: tuple[Crew, ...], today: date, mine: Days | None) -> tuple[Crew, date]:
    """Let the reader choose a crew and a day; ``mine`` are the days that he may open, None for any."""
    kept = st.session_state.get("day_date")
    if mine is not None and kept is not None and kept not in mine:
        st.session_state["day_date"] = today
    by_id = {crew.crew_id: crew for crew in crews}
    names = distinct({crew.crew_id: crew.name for crew in crews})
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        crew_id = st.selectbox(
            _("Crew"),
            list(names),
            format_func=names.__getitem__,
            key="day_crew",
            label_visibility="collapsed",
            width=190,
            persist_state="session",
        )
        day = st.date_input(
            _("Day"),
            today,
            min_value=mine.first if mine else None,
            max_value=mine.last if mine else None,
            key="day_date",
            label_visibility="collapsed",
            width=150,
            format="YYYY-MM-DD",
            persist_state="session",
        )
    chosen = day if isinstance(day, date) else today
    return by_id[crew_id], today if mine is not None and chosen not in mine else chosen


def head(kit: Services, principal: Principal, view: DayView, branch: Branch) -> None:
    """Show whose day it is, and the way to the phone page."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{formats.day(view.day)} · {plain(view.crew_name)}", anchor=False, width="content")
        if view.starts_at is not None:
            st.caption(_("Shift {hours}").format(hours=hours(view)), width="content")
        address = day_address("", branch.code, view.crew_id, view.day)
        st.link_button(_("Open the phone page"), address, icon=":material/smartphone:")
        if view.stops:
            visit_sheet.download(kit, principal, view.crew_id, view.day, key="day_sheet")
            week_files.show_crew(kit, principal, branch, week_of(kit, principal, branch, view), view.crew_id)


def nothing(view: DayView) -> None:
    """Say why there is no stop."""
    if view.starts_at is None:
        text = _("The crew is off on this day.")
    elif view.published:
        text = _("The published plan has no stop for the crew on this day.")
    else:
        text = _("The week is not published yet. The branch manager publishes it on the page Week.")
    st.info(text, icon=":material/event_busy:")


def beside(ways: list[tuple[date, str]]) -> None:
    """Offer the shifts beside a day off."""
    with st.container(horizontal=True, key="near_shifts"):
        for day, words in ways:
            st.button(words, key=f"near_{day}", on_click=to_day, args=(day,))


def to_day(day: date) -> None:
    """Show another day."""
    st.session_state["day_date"] = day


def progress(view: DayView) -> None:
    """Show how much of the day is done."""
    facts = [
        _("{k} of {n} visits").format(k=view.done, n=len(view.stops)),
        _("{money} collected").format(money=formats.money(view.collected_minor, view.branch.currency)),
    ]
    if view.returns_at is not None:
        facts.append(back(view))
    st.progress(view.done / len(view.stops), text=" · ".join(facts))
    if view.roads_estimated:
        st.warning(_("Travel times are estimated by straight lines, not streets."), icon=":material/warning:")


def next_card(view: DayView, *, shown: bool) -> None:
    """Show the next stop large; the address where it is uncovered."""
    stop = view.next_stop
    with st.container(border=True, height="stretch"):
        if stop is None:
            st.markdown("### :material/task_alt: " + _("All stops of the day are done."))
            return
        st.caption(_("Next") + f" · {formats.span(stop.begins_at, stop.leaves_at)}")
        # A heading of Markdown has a link to itself: the name would stand in the address.
        st.subheader(f"{stop.number} · {plain(stop.name or stop.debtor_id)}", anchor=False)
        st.markdown(f"{word(PLACE_KINDS, stop.place_kind)} · {plain(written(stop, shown=shown))}")
        st.caption(_("Pin accurate to {m}").format(m=formats.distance(stop.accuracy_m)))
        owed = formats.money(stop.overdue_minor, view.branch.currency)
        late = n_("{n} day late", "{n} days late", stop.days_past_due) if stop.days_past_due else ""
        cases = n_("{n} account", "{n} accounts", len(stop.cases))
        st.markdown(" · ".join(filter(None, (f"**{owed}**", late, cases))))
        advice = advice_of(stop)
        if advice is not None:
            st.markdown(":material/forum: " + told(advice.approach_name))
            st.markdown(":material/work: " + _(", ").join(told(thing.name) for thing in advice.documents))
        for kind, value in stop.accommodations:
            st.markdown(":material/favorite: " + plain(accommodation(kind, value)))
        if stop.required:
            st.markdown(":orange[:material/priority_high:] " + _("Must be visited this week"))
        if advice is None:
            st.warning(_("The playbook cannot be read: its page says why."), icon=":material/menu_book:")
        else:
            with st.expander(_("What to say, ask and mind"), icon=":material/menu_book:"):
                advice_card.show(advice)


def picture(kit: Services, principal: Principal, branch: Branch, view: DayView) -> None:
    """Show the route of the day."""
    week = week_of(kit, principal, branch, view)
    chosen = view.next_stop.debtor_id if view.next_stop else ""
    drawing = maps.week_map(
        week,
        kit.ground(branch),
        day=view.day,
        crews=[view.crew_id],
        selected=chosen,
        with_left_out=False,
        with_groups=False,
    )
    maps.show(drawing, height=MAP_PX)


def week_of(kit: Services, principal: Principal, branch: Branch, view: DayView) -> WeekView:
    """Give the week to which the day belongs, as its reader may see it."""
    week = iso_week(view.day)
    # A crew that changed its day goes by a plan of that day.
    rows = (*kit.store.plans(principal, branch.code, week), *kit.store.day_plans(principal, branch.code, week))
    row = next((one for one in rows if one.plan_id == view.plan_id), None)
    state = "" if row is None else f"{row.published_at} {row.in_force}"
    return read_plan(kit, principal, audience(principal), view.plan_id, state)


def everybody(view: DayView, *, shown: bool) -> None:
    """List the stops of the day; their addresses where they are uncovered."""
    st.dataframe(
        pd.DataFrame([_row(stop, shown=shown) for stop in view.stops]),
        height="content",
        hide_index=True,
        column_config={
            "number": st.column_config.NumberColumn("#", width=40),
            "door": st.column_config.TextColumn(_("At the door"), width=96),
            "name": st.column_config.TextColumn(_("Debtor"), width="small"),
            "address": st.column_config.TextColumn(_("Address"), width="large"),
            "owed": money_column(_("Overdue ¥"), view.branch.currency),
            "approach": st.column_config.TextColumn(_("Approach")),
            "outcome": st.column_config.TextColumn(_("Outcome")),
        },
    )


def written(stop: DayStop, *, shown: bool) -> str:
    """Give the written address of a stop, covered where it is not to be seen."""
    return stop.address if shown else uncovered.covered_address(stop.address)


def _row(stop: DayStop, *, shown: bool) -> dict[str, object]:
    advice = advice_of(stop)
    return {
        "number": stop.number,
        "door": formats.span(stop.begins_at, stop.leaves_at),
        "name": stop.name or stop.debtor_id,
        "address": written(stop, shown=shown),
        "owed": round(stop.overdue_minor / 100),
        "approach": told(advice.approach_name) if advice else "",
        "outcome": word(OUTCOMES, stop.outcome_code) if stop.outcome_code else "",
    }
