"""“Take with you”: the week as files, each made when it is asked for; every one is noted in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

import pandas as pd
import streamlit as st

from config.rules import load_pack
from config.strict import BadConfig
from dashboard import formats
from dashboard.screens import week_files_all
from dashboard.screens.week_files_all import Part
from dashboard.screens.week_files_book import book
from dashboard.screens.week_files_out import calendar, features, tracks
from dashboard.screens.week_files_paper import route_sheets, wall_page
from dashboard.screens.week_files_plan import CARDS, Taken, basemap_of, taken
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.text import _, current_language, distinct, speaking
from planner.domain import Branch, Principal, Role
from planner.view import WeekView
from planner.view.clocks import clocks_view

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "ics": "text/calendar",
    "gpx": "application/gpx+xml",
    "geojson": "application/geo+json",
}
#: a whole week is for who reads all of it
WHOLE = frozenset({Role.MANAGER})
KEPT_S, MOST_KEPT = 3600, 24


@dataclass(frozen=True)
class Wanted:
    """One file: its kind, and of which crew and day; ``option`` is the paper, or whether names are in."""

    kind: str
    ending: str
    crew: str = ""
    day: date | None = None
    option: str = ""


def show(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Offer the files of a plan, on the week page."""
    if not view.routes or principal.role not in WHOLE | CARDS:
        return
    with st.popover(
        _("Take with you"),
        icon=":material/download:",
        help=_("The week as files, made without internet."),
        key="take-with-you",
    ):
        if view.published_at is None:
            st.badge(_("Draft: every file says so"), icon=":material/edit_note:", color="orange")
        if principal.role in WHOLE:
            whole_week(kit, principal, branch, view)
        if principal.role in CARDS:
            one_crew(kit, principal, branch, view)
        if principal.role in WHOLE:
            everything(kit, principal, branch, view)
        st.caption(_("Each file that is taken is written down: who, when, which. Kept nowhere else."))


def everything(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Offer all files in one ZIP: that takes some seconds, which are told."""
    language = current_language()
    crews = week_files_all.crews_of(principal, view)
    wanted = [Wanted("week", "xlsx"), Wanted("wall", "pdf", option="a4"), Wanted("map", "geojson")]
    for crew in crews:
        wanted += [Wanted("routes", "pdf", crew), Wanted("calendar", "ics", crew), Wanted("tracks", "gpx", crew)]
    named = Taken(view, branch, kit.now(), published=view.published_at is not None)

    def part(one: Wanted) -> Part:
        name = named.file_name(one.kind, one.ending, one.crew)
        return Part(one.kind, one.crew, crews.get(one.crew, ""), name, lambda: build(kit, principal, branch, view, one))

    def note(one: Part) -> None:
        noted(kit, principal, view, next(w for w in wanted if (w.kind, w.crew) == (one.kind, one.crew)))

    key = f"{audience(principal)} {branch.code} {state_of(kit, principal, branch, view, language)}"
    making = week_files_all.shelf().get(key)
    asks = making is None or making.failed
    if asks and st.button(_("Everything in one ZIP"), icon=":material/folder_zip:", key="files_all"):
        week_files_all.shelf().begin(key, [part(one) for one in wanted], language)
        st.rerun()
    if making is not None and making.ended:
        week_files_all.show_end(making, named.file_name("week", "zip"), note)
    elif making is not None:
        week_files_all.watch(key)


def show_crew(kit: Services, principal: Principal, branch: Branch, view: WeekView, crew: str) -> None:
    """Offer a crew's own files, on the page of its day."""
    if principal.role not in CARDS or not any(route.crew_id == crew for route in view.routes):
        return
    with st.popover(_("Take with you"), icon=":material/download:"):
        one_crew(kit, principal, branch, view, crew=crew)
        st.caption(_("Each file that is taken is written down: who, when, which. Kept nowhere else."))


def whole_week(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Offer what tells of all crews."""
    st.markdown("**" + _("The whole week") + "**")
    paper = st.segmented_control(
        _("Paper of the wall page"), ["a4", "a3"], default="a4", format_func=str.upper, required=True, key="wall_paper"
    )
    with st.container(horizontal=True):
        offer(kit, principal, branch, view, Wanted("week", "xlsx"), _("Workbook"), ":material/table_view:")
        wall = Wanted("wall", "pdf", option=str(paper or "a4"))
        offer(kit, principal, branch, view, wall, _("Wall page"), ":material/dashboard:")
        offer(kit, principal, branch, view, Wanted("map", "geojson"), _("GeoJSON"), ":material/layers:")
    if principal.role in CARDS:
        st.caption(_("The workbook has names and addresses; wall page and GeoJSON have none."))
    else:
        st.caption(_("No names and no addresses in any of them."))


def one_crew(kit: Services, principal: Principal, branch: Branch, view: WeekView, crew: str = "") -> None:
    """Offer what a crew takes with it: the one named, else one to choose; a collector's view has his crew alone."""
    names = distinct({route.crew_id: route.crew_name for route in view.routes if crew in ("", route.crew_id)})
    st.markdown("**" + _("One crew") + "**")
    left, right = st.columns(2)
    chosen = left.selectbox(_("Crew"), list(names), format_func=names.__getitem__, key=f"files_crew {view.plan_id}")
    crew = str(chosen)
    days = {f"{route.day}": route.day for route in view.routes if route.crew_id == crew}
    said = right.selectbox(
        _("Day"), ["", *sorted(days)], format_func=lambda one: formats.day(days[one]) if one else _("All days"),
        key=f"files_day {view.plan_id} {crew} {current_language()}",
    )  # fmt: skip
    day = days.get(str(said))
    named = st.checkbox(_("Names and addresses in the calendar"), key="files_named")
    # Not behind the box's own help: a tap on that would tick the box.
    st.caption(
        _(
            "A calendar on a telephone is often copied to the maker of the telephone. Without them a visit is its "
            "number and its district."
        )
    )
    with st.container(horizontal=True):
        offer(kit, principal, branch, view, Wanted("routes", "pdf", crew, day), _("Route sheets"), ":material/route:")
        ics = Wanted("calendar", "ics", crew, None, "names" if named else "")
        offer(kit, principal, branch, view, ics, _("Calendar"), ":material/calendar_month:")
        offer(kit, principal, branch, view, Wanted("tracks", "gpx", crew, day), _("GPX"), ":material/near_me:")
    st.caption(
        _("Route sheets have names and addresses, GPX the doors without names. The calendar is of the whole week.")
    )


def offer(
    kit: Services, principal: Principal, branch: Branch, view: WeekView, wanted: Wanted, label: str, icon: str
) -> None:
    """Offer one file; the browser's click makes it."""
    state = "published" if view.published_at is not None else "draft"
    key = " ".join(("file", wanted.kind, wanted.crew, str(wanted.day), wanted.option, view.plan_id, state))
    st.download_button(
        label,
        made(kit, principal, branch, view, wanted, current_language()),
        file_name=Taken(view, branch, kit.now(), published=state == "published").file_name(
            wanted.kind, wanted.ending, wanted.crew, wanted.day
        ),
        mime=TYPES[wanted.ending],
        icon=icon,
        on_click="ignore",
        key=key,
    )


def made(
    kit: Services, principal: Principal, branch: Branch, view: WeekView, wanted: Wanted, language: str
) -> Callable[[], bytes]:
    """Give what makes the file in the page's language, notes that it was taken, and keeps it while nothing changes."""

    def make() -> bytes:
        # Names may be corrected and people erased: a file is kept only as long as nothing was written.
        with speaking(language):
            if principal.role in WHOLE:
                state = state_of(kit, principal, branch, view, language)
                found = kept(kit, principal, branch, view, wanted, audience(principal), state)
            else:
                found = build(kit, principal, branch, view, wanted)
        noted(kit, principal, view, wanted)
        return found

    return make


def state_of(kit: Services, principal: Principal, branch: Branch, view: WeekView, language: str) -> str:
    """Name what a file is kept by: the plan, the state of the data, the language and the day."""
    version = kit.store.version(principal, branch.code)
    return f"{view.plan_id} {view.published_at} {version} {language} {kit.now():%Y-%m-%d}"


def noted(kit: Services, principal: Principal, view: WeekView, wanted: Wanted) -> None:
    """Write down that a file was taken."""
    ids = {"file": f"{wanted.kind}.{wanted.ending}", "crew": wanted.crew, "day": str(wanted.day or "")}
    names = "yes" if has_names(principal, wanted) else "no"
    kit.store.note_export(principal, view.plan_id, wanted.kind, said=ids | {"names": names}, now=kit.now())


def has_names(principal: Principal, wanted: Wanted) -> bool:
    """Say whether names of debtors are in a file."""
    named = wanted.kind in ("week", "routes") or (wanted.kind == "calendar" and wanted.option == "names")
    return named and principal.role in CARDS


@st.cache_data(ttl=KEPT_S, max_entries=MOST_KEPT, show_spinner=False)
def kept(
    _kit: Services,
    _principal: Principal,
    _branch: Branch,
    _view: WeekView,
    wanted: Wanted,
    who: str,  # noqa: ARG001
    state: str,  # noqa: ARG001
) -> bytes:
    """Make a file once for everybody who may see the same."""
    return build(_kit, _principal, _branch, _view, wanted)


def build(kit: Services, principal: Principal, branch: Branch, view: WeekView, wanted: Wanted) -> bytes:
    """Make a file.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    of = taken(kit, principal, branch, view)
    if wanted.kind == "week":
        return book(of, lapsing(kit, principal, branch))
    if wanted.kind == "wall":
        return wall_page(of, cast(Literal["a3", "a4"], wanted.option), basemap_of(kit, branch))
    if wanted.kind == "map":
        return features(of)
    if wanted.kind == "routes":
        return route_sheets(of, wanted.crew, wanted.day, basemap_of(kit, branch))
    if wanted.kind == "calendar":
        return calendar(of, wanted.crew, names=wanted.option == "names")
    if wanted.kind == "tracks":
        return tracks(of, wanted.crew, wanted.day)
    raise ValueError(f"there is no file {wanted.kind!r}")


def lapsing(kit: Services, principal: Principal, branch: Branch) -> pd.DataFrame | None:
    """Give the clocks that lapse soon; None where the rule pack cannot be read."""
    try:
        pack = load_pack(branch.rule_pack)
    except BadConfig:
        return None
    return clocks_view(kit.store, principal, branch, pack, now=kit.now()).lapsing
