"""The middle of the week page: filters, map and timeline as one, the debtor's card and who is left out.

All of it is one fragment: a click runs these parts alone, not the whole page. What depends on the selected debtor, or
on the day and crews shown, belongs in here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import formats, maps
from dashboard.maps.week import ALL, Choice, Chosen, Prepared
from dashboard.screens import (
    debtor_card,
    edit,
    edit_hand,
    groups,
    left_out,
    routes_table,
    steps,
    tour,
    visit_sheet,
    week_address,
    week_filters,
    why,
)
from dashboard.screens.attend import attend
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.text import _, current_language, speaking
from planner.domain import Branch, Principal
from planner.view import WeekView

#: map and timeline together, before the page's own rule for the window's height takes over
MAP_PX = 560
#: the last answer of the map's frame that has been acted upon
ACTED = "week map acted"

#: Map and timeline fill what the window leaves of the first screen. At a desk the frame is as wide as the page, for the
#: timeline; its map takes three fifths, and card and table lie beside the map, as high as it is. Until the frame is
#: there its outline stands in its place, behind it.
STYLE = """
.st-key-workbench { --frame: clamp(490px, calc(100vh - 330px), 1300px); }
.st-key-workbench .st-key-map-week iframe { height: var(--frame) !important; }
.st-key-workbench .st-key-map-week { position: relative; isolation: isolate; min-height: var(--frame); }
.st-key-workbench .st-key-map-week::before, .st-key-workbench .st-key-map-week::after {
  --strip: min(.46 * var(--frame), var(--lines, 90px));
  content: ""; position: absolute; z-index: -1; left: 0; right: 0; box-sizing: border-box; border-radius: 8px;
  border: 1px solid light-dark(#D5DBE3, #37414D);
}
.st-key-workbench .st-key-map-week::before {
  content: var(--loading, ""); top: 0; height: calc(var(--frame) - var(--strip) - 6px);
  display: grid; place-items: center; font-size: .875rem; color: light-dark(#5B6675, #A7B2BF);
}
.st-key-workbench .st-key-map-week::after { bottom: 0; height: var(--strip); }
.st-key-workbench [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-map-week) {
  display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem 0;
}
.st-key-workbench [data-testid="stHorizontalBlock"]:has(> * .st-key-map-week) > * { width: 100%; min-width: 0; }
.st-key-beside { gap: .4rem; }
.st-key-beside [data-testid="stVerticalBlock"] { gap: .3rem; }
.st-key-left-out-table { min-height: 180px; }
@media (min-width: 950px) {
  .st-key-workbench [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-map-week) {
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
  }
  .st-key-workbench [data-testid="stColumn"]:has(.st-key-map-week) { grid-column: 1 / 3; grid-row: 1; }
  .st-key-workbench .st-key-map-week::before { right: calc(40% + 8px); }
  .st-key-workbench [data-testid="stColumn"]:has(.st-key-beside) {
    grid-column: 2; grid-row: 1; z-index: 1; box-sizing: border-box; padding-left: 8px;
    height: calc(var(--frame) - min(.46 * var(--frame), var(--lines, 90px)) - 6px); overflow: auto;
  }
  .st-key-workbench [data-testid="stColumn"]:has(.st-key-beside) > *,
  .st-key-workbench [data-testid="stLayoutWrapper"]:has(> .st-key-beside), .st-key-beside { height: 100%; }
}
@media (max-width: 640px) { .st-key-workbench { --frame: 560px; } .st-key-left-out-table { height: 300px; } }
"""


@st.cache_data(ttl=3600, max_entries=64, show_spinner=False)
def _drawn(_view: WeekView, who: str, plan: str, language: str, choice: Choice, group: str) -> Prepared:  # noqa: ARG001
    return maps.prepared(_view, choice, group=group)


@st.cache_data(ttl=3600, max_entries=64, show_spinner=False)
def _left_out(_view: WeekView, who: str, plan: str, language: str, choice: Choice) -> pd.DataFrame:  # noqa: ARG001
    return left_out.table_of(_view, choice)


@st.fragment
def show(hand: edit_hand.Hand, over: Collection[str] = ()) -> None:
    """Show the fragment; ``over`` are the shifts that were over before a plan was published."""
    kit, branch, view = hand.kit, hand.branch, hand.view
    edit.deed(hand)
    now = kit.now().astimezone(ZoneInfo(branch.timezone))
    asked = week_address.asked(week_address.kept(), view, now.date())
    answer = heard(kit, branch)
    with speaking(current_language()), st.container(key="workbench"):
        parts(hand, asked, answer, now, over)


def parts(
    hand: edit_hand.Hand, asked: week_address.Asked, answer: maps.Answer, now: datetime, over: Collection[str]
) -> None:
    """Show the filters and what they are about, and write the address."""
    kit, principal, branch, view = hand.kit, hand.principal, hand.branch, hand.view
    choice = week_filters.show(view, asked.choice)
    if choice != asked.choice:
        asked = week_address.Asked(choice)  # another day or crew has another view of the map
    left_out.pick(view, choice)
    order, title = steps.order_of(view, choice), left_out.title(view, choice, over)
    if order and tour.example() and not st.session_state.get("debtor"):
        st.session_state["debtor"] = order[0]
    picture, side = st.columns([12, 8], gap="small")
    with picture:
        frame = draw(kit, principal, branch, view, choice, asked, answer, now)
        groups.under_map(view)
    with side, st.container(key="beside", height="stretch"):
        debtor = st.session_state.get("debtor", "")
        known = debtor in {one.debtor_id for one in view.left_out} | set(steps.order_of(view, ALL))
        where = steps.position(view, choice, debtor) or (_("Selected") if known else "")
        with st.container():  # a place of its own: what comes and goes in it moves nothing below
            edit.panel(hand)
        steps.show(view, choice, where or title)
        with st.container(gap="xsmall", key=steps.CARD):
            carded = debtor_card.show(kit, principal, view, debtor)
            edit.card(hand, debtor)
            elsewhere(view, choice, debtor)
        if carded and left_out.picks():  # who chose a row of the table has scrolled past the card
            attend(steps.CARD, left_out.picks(), keyboard=False)
        reasons = st.container()
        if where:
            st.markdown(f"**{title}**")
        people = replace(choice, day=None, crews=frozenset())  # the table is that of the whole week
        begun = sum(route.shift_starts_at <= now for route in view.routes)  # of those nothing is proposed any more
        table = _left_out(view, audience(principal), f"{version(view)} {begun}", current_language(), people)
        left_out.show(view, choice, table, carded=carded)
    routes = [route for route in view.routes if choice.has_route(route)]
    routes_table.show(routes, view.currency)
    visit_sheet.of_week(kit, principal, view, routes, choice.day)
    at = maps.view_of(answer, frame) or asked.at
    week_address.write(week_address.Asked(choice, debtor, at), view)
    why.show(reasons, hand)  # last: everything else is there while slots are tried


def version(view: WeekView) -> str:
    """Name what is shown of a plan: it never changes, being published does."""
    return f"{view.plan_id} {view.published_at}"


def elsewhere(view: WeekView, choice: Choice, debtor: str) -> None:
    """Offer the day of a selected visit that is not among those shown."""
    visit = next((one for one in view.routes for stop in one.stops if stop.debtor_id == debtor), None)
    if visit is not None and not choice.has_route(visit):
        st.button(
            _("Show its day: {day}").format(day=formats.day(visit.day)),
            icon=":material/event:",
            type="tertiary",
            key="week_its_day",
            on_click=week_filters.turn_to,
            args=(visit.day,),
        )


def heard(kit: Services, branch: Branch) -> maps.Answer:
    """Read what the map's frame said last, before anything is drawn; a new click chooses its debtor."""
    answer = maps.answer_of(kit.ground(branch), "week")
    if answer is not None and answer.clicks and answer.mark != st.session_state.get(ACTED):
        st.session_state[ACTED] = answer.mark
        st.session_state["debtor"] = answer.id
    return answer or maps.SILENT


def outline(lines_px: int) -> str:
    """Give what the outline of map and timeline needs to know: how high the timeline is, and a word until they come."""
    word = _("Map and timeline are loading …").replace("\\", "").replace('"', "").replace("<", "")
    return f'--lines: {lines_px}px; --loading: "{word}";'


def draw(
    kit: Services,
    principal: Principal,
    branch: Branch,
    view: WeekView,
    choice: Choice,
    asked: week_address.Asked,
    answer: maps.Answer,
    now: datetime,
) -> str:
    """Draw map and timeline and give the name of the view that was drawn."""
    ready = _drawn(view, audience(principal), version(view), current_language(), choice, groups.chosen(view))
    in_week = view.days[0] <= now.date() <= view.days[-1]
    chosen = Chosen(
        selected=st.session_state.get("debtor", ""),
        heard=answer.clicks,
        at=maps.view_of(answer, ready.frame) or asked.at,
        now=now if in_week else None,
    )
    ground = kit.ground(branch)
    st.html(f"<style>.st-key-workbench {{ {outline(ready.lines_px)} }}</style>")
    maps.show(maps.week_drawing(ground, ready, chosen), height=MAP_PX)
    if not maps.has_basemap(ground):
        st.caption(":material/map: " + _("There is no basemap of this region yet: routes are drawn on plain ground."))
    return ready.frame
