"""The board of the day: a row a crew with what is recorded, late, at risk, refused, and how the rest will likely go."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.principal import current_principal
from dashboard.screens import address, board_news, board_read, board_safety, tiles
from dashboard.screens.board_words import STYLE, behind, key, sign, strip, words
from dashboard.screens.debtor_card import plain
from dashboard.screens.links import to_debtor, to_week
from dashboard.screens.tiles import Tile
from dashboard.screens.who import branch_name, branch_or_word
from dashboard.services import Services, services
from dashboard.text import _, distinct
from dashboard.text.words import OUTCOMES, UNSAID, word
from dashboard.theme import crew_colour
from planner.demo.prepare import LISTS_SEEDED
from planner.demo.seed import system
from planner.demo.walked import walk
from planner.domain import Branch, Principal, Role
from planner.view.board import RECORDED, Board, BoardRoute, BoardStop, Now, board_of, day_to_show
from planner.week import iso_week

#: how often today's board reads the store anew
EVERY_S = 8.0


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    st.html(f"<style>{STYLE}</style>")
    day = wanted_day(kit, principal, branch)
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    # Only a day that goes on changes by itself: a past one is read once.
    live = st.fragment(draw, run_every=EVERY_S if day == today else None)
    live(kit, principal, branch, day)


def wanted_day(kit: Services, principal: Principal, branch: Branch) -> date:
    """Let the reader choose a day, at first today or the last one on which a crew was out."""
    left, right = st.columns([3, 1], vertical_alignment="center")
    key = f"board_day {branch.code}"
    address.begin_with(key, address.day_asked())
    first = day_to_show(kit.store, principal, branch, now=kit.now())
    # Streamlit asks for one source of a first value: what the address says is in the session already.
    value: dict[str, Any] = {} if key in st.session_state else {"value": first}
    with right:
        said = st.date_input(_("Day"), key=key, label_visibility="collapsed", format="YYYY-MM-DD", **value)
    day = said if isinstance(said, date) else first
    address.say(day=day)
    with left:
        st.subheader(f"{branch_name(branch)} · {formats.day(day, year=True)}", anchor=False)
    return day


def draw(kit: Services, principal: Principal, branch: Branch, day: date) -> None:
    """Draw the board as of now."""
    read, now = board_read.day_read(kit, principal, branch, day), kit.now()
    crews = board_safety.show(kit, principal, read)
    board = board_of(read, load_parameters(), now=now)
    if not board.routes:
        nothing(board, principal)
        board_safety.table(kit, principal, branch, [one for one in crews if one.watch.last or one.watch.alerts])
        return
    board_news.alarm(board, read.names)
    tiles.show("board", figures(board))
    if any(one.roads_estimated for one in board.routes):
        st.warning(_("Travel times are estimated by straight lines, not streets."), icon=":material/warning:")
    told(board)
    st.html(table(board))
    st.html(key([state for state in Now if any(one.count(state) for one in board.routes)]))
    board_safety.table(kit, principal, branch, crews)
    board_news.told(board, read.names)
    act_out(kit, principal, board)
    detail(board)
    how()


def nothing(board: Board, principal: Principal) -> None:
    """Say why there is no board."""
    if board.published:
        st.info(_("No crew has a stop on this day."), icon=":material/event_busy:")
    else:
        st.info(_("The week is not published yet. The branch manager publishes it on the page Week."),
                icon=":material/event_busy:")  # fmt: skip
    if principal.role is Role.MANAGER and st.button(_("To the week"), icon=":material/calendar_view_week:"):
        to_week(board.day)


def figures(board: Board) -> tuple[Tile, ...]:
    """Give the figures of the day."""
    stops = [stop for route in board.routes for stop in route.stops]

    def count(*states: Now) -> str:
        return formats.number(sum(stop.now in states for stop in stops))

    chances = [one.required_chance for one in board.routes if one.required_chance is not None]
    unknown = any(one.silent and any(stop.planned.required for stop in one.stops) for one in board.routes)
    together = None
    for chance in chances:
        together = chance if together is None else together * chance
    return (
        Tile(_("Recorded"), f"{board.recorded} / {len(stops)}", meaning=_("Stops with an outcome, of all planned.")),
        Tile(_("Met"), count(Now.MET), meaning=_("The debtor was met, whatever came of it.")),
        Tile(_("Nobody met"), count(Now.NOBODY), meaning=_("Nobody there, moved away, or somebody else only.")),
        Tile(_("Late or passed"), count(Now.LATE, Now.PASSED), meaning=_(
            "Nothing is recorded though the visit should be over for twenty minutes, or a later one is recorded.")),
        Tile(_("Required visits will be made"), _("not known") if unknown else formats.percent(together), meaning=_(
            "The chance that all required visits still ahead are made today, crews taken as independent. Not known "
            "where a crew has been out for an hour and nothing is recorded: call it.")),
    )  # fmt: skip


def told(board: Board) -> None:
    """Say how fresh the board is, and that nothing recorded is nothing known."""
    zone = ZoneInfo(board.branch.timezone)
    if board.newest_at is None:
        st.caption(_("Nothing is recorded of this day yet: the plan is shown in pale."))
        return
    at = board.newest_at.astimezone(zone)
    last = _("last entry {when}").format(when=f"{formats.day(at.date())} {formats.clock(at)}")
    read = _("read {when}").format(when=f"{board.read_at.astimezone(zone):%H:%M:%S}")
    st.caption(f":material/sync: {read} · {last}")


def table(board: Board) -> str:
    """Draw the crews' rows as HTML; every text of it is escaped."""
    heads = [_("Crew"), _("Stops in order"), _("Recorded"), _("Nobody met"), _("Refused"), _("Late"), _("At risk"),
             _("Pace"), _("Back"), _("Ends in time"), _("Required made")]  # fmt: skip
    numbers = heads[2:]
    head = "".join(f'<th class="{"n" if one in numbers else ""}">{escape(one)}</th>' for one in heads)
    rows = "".join(row(one, numbers) for one in board.routes)
    pale = " pale" if board.newest_at is None else ""
    return f'<table class="board{pale}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def row(one: BoardRoute, names: list[str]) -> str:
    """Draw one crew's row."""
    shift = formats.span(one.route.shift_starts_at, one.route.shift_ends_at)
    cells = [
        f"{one.recorded} / {len(one.stops)}",
        formats.number(one.count(Now.NOBODY)),
        formats.number(one.count(Now.REFUSED)),
        formats.number(one.count(Now.LATE, Now.PASSED)),
        formats.number(one.count(Now.AT_RISK)),
        behind(one.late_by),
        formats.UNKNOWN if one.silent else formats.clock(one.back_at or one.route.returns_at),
        formats.percent(one.in_time),
        formats.percent(one.required_chance),
    ]
    told = "".join(
        f'<td class="n" data-name="{escape(name)}">{escape(cell)}</td>' for name, cell in zip(names, cells, strict=True)
    )
    colour = crew_colour(one.route.colour)
    crew = f'<i style="background:{colour}"></i>{escape(one.route.crew_name)}<span class="soft">{escape(shift)}</span>'
    return f'<tr><td class="crew">{crew}</td><td class="wide">{strip(one)}</td>{told}</tr>'


def act_out(kit: Services, principal: Principal, board: Board) -> None:
    """In the demo, let its crews work until now: nobody is out there to record anything."""
    code = board.branch.code
    if principal.role is not Role.MANAGER or kit.store.setting(principal, code, LISTS_SEEDED) is None:
        return
    if all(one.recorded == len(one.stops) for one in board.routes):
        return
    label = _("Let the demo's crews work until now")
    if st.button(
        label, icon=":material/play_arrow:", key="board_act_out", help=_("Invented outcomes of the whole week.")
    ):
        visits = walk(kit.store, system(frozenset({code})), code, iso_week(board.day), until=kit.now(), now=kit.now())
        st.toast(_("{n} visits recorded by the demo's crews.").format(n=formats.number(visits)))
        st.rerun()


def detail(board: Board) -> None:
    """Show one crew's stops; choosing one offers what can be done."""
    names = distinct({one.route.shift_id: one.route.crew_name for one in board.routes})
    key = f"board_crew {board.branch.code} {board.day}"
    if st.session_state.get(key) not in names:  # nothing is chosen yet, or that shift has no stops any more
        st.session_state[key] = address.one_asked("shift", names) or next(iter(names))
    chosen = st.segmented_control(
        _("Crew"), list(names), format_func=names.__getitem__, required=True, key=key, label_visibility="collapsed",
    )  # fmt: skip
    address.say(shift=chosen)
    one = next(one for one in board.routes if one.route.shift_id == chosen)
    answer = st.dataframe(
        pd.DataFrame([line(stop) for stop in one.stops]),
        hide_index=True,
        height="content",
        placeholder=formats.UNKNOWN,
        selection_mode="single-row",
        on_select="rerun",
        key=f"board_stops {one.route.shift_id}",
        column_config={
            "number": st.column_config.NumberColumn("#", width=40),
            "state": st.column_config.TextColumn(_("State"), width="medium"),
            "debtor": st.column_config.TextColumn(_("Debtor"), width="small"),
            "planned": st.column_config.TextColumn(_("Planned"), width=70),
            "began": st.column_config.TextColumn(_("Began"), width=70),
            "pace": st.column_config.TextColumn(_("Pace"), width=104),
            "outcome": st.column_config.TextColumn(_("Outcome"), width=150),
            "expected": st.column_config.TextColumn(_("Expected at"), width=90),
            "chance": st.column_config.NumberColumn(_("Will be made"), format="%.0f%%"),
            "due": st.column_config.TextColumn(_("Required")),
        },
    )
    picked = answer["selection"]["rows"]
    if picked and picked[0] < len(one.stops):
        actions(board, one.stops[picked[0]])
    else:
        st.caption(_("Choose a row to see what can be done."))


def line(stop: BoardStop) -> dict[str, object]:
    """Give one stop's row."""
    planned = stop.planned
    return {
        "number": planned.number,
        "state": f"{sign(stop.now)} {words(stop.now)}",
        "debtor": planned.name or planned.debtor_id,
        "planned": formats.clock(planned.begins_at),
        "began": formats.clock(stop.began_at) if stop.began_at else None,
        "pace": behind(stop.late_by) if stop.late_by is not None else None,
        "outcome": outcome_words(stop) if stop.outcome_code else None,
        "expected": formats.clock(stop.expected_at) if stop.expected_at else None,
        "chance": None if stop.chance is None else 100 * stop.chance,
        "due": _("yes") if planned.required else None,
    }


def outcome_words(stop: BoardStop) -> str:
    """Say an outcome, and what was not said of a promise: somebody should ask for it."""
    open_ = [word(UNSAID, one) for one in stop.unsaid]
    return " · ".join([word(OUTCOMES, stop.outcome_code), *open_])


def actions(board: Board, stop: BoardStop) -> None:
    """Offer what can be done about a stop."""
    debtor = stop.planned.debtor_id
    st.session_state["debtor"] = debtor
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{stop.planned.number} · {plain(stop.planned.name or debtor)}**", width="content")
        if st.button(_("Open the debtor"), icon=":material/person_search:", key="board_debtor"):
            to_debtor(debtor, board.branch.code)
        if st.button(_("Change the plan"), icon=":material/edit_calendar:", key="board_week"):
            to_week(board.day)
    if stop.now not in RECORDED and stop.planned.required:
        st.caption(_("A required visit: if it cannot be made today, plan the rest of the week again with it."))


def how() -> None:
    """Say how the chances are computed."""
    with st.expander(_("How is this computed?"), icon=":material/functions:"):
        st.write(_(
            "Each crew's rest of the day is drawn 600 times from the last door that was recorded: slower and quicker "
            "roads, nobody, somebody else or the debtor at each door. A visit that is not recorded is over now at the "
            "earliest. A stop is at risk if it is made in fewer than nine of ten drawn days. The minutes and their "
            "spread are assumptions; the board knows where a crew is only by what it records, and what nobody recorded "
            "it does not know."
        ))  # fmt: skip
