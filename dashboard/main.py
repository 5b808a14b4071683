"""The script Streamlit runs for every page: language, navigation, who is acting, then the page itself."""

from __future__ import annotations

import html
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.maps.frame import STYLE as MAPS
from dashboard.metrics import page_run
from dashboard.navigation import ENTRIES, FIRST
from dashboard.principal import NobodySignedIn, current_principal
from dashboard.screens import alarm, looked, no_page
from dashboard.screens.attend import keyboard
from dashboard.screens.named import STYLE as NAMED
from dashboard.screens.steps import LEAD
from dashboard.screens.steps import STYLE as STEPS
from dashboard.screens.tiles import STYLE as TILES
from dashboard.screens.week import STYLE as WEEK
from dashboard.screens.week_filters import STYLE as FILTERS
from dashboard.screens.workbench import STYLE as WORKBENCH
from dashboard.services import services
from dashboard.sign_in.words import ROLES
from dashboard.text import COOKIE, LANGUAGES, SESSION_KEY, _, current_language, known, speaking
from planner.domain import Principal, Role

ICON = Path(__file__).parent / "assets" / "icon.png"

#: Streamlit leaves as much room above a page as for a headline; a dense page begins right under the navigation.
#: Language and role stand in the navigation's own bar, at every width: a phone folds the navigation away, they stay.
FRAME = """
.stMainBlockContainer { padding-top: 3.1rem; padding-bottom: 2rem; }
[data-testid="stCaptionContainer"] { font-size: .8rem; }
[data-testid="stApp"] [data-testid="stBaseButton-primary"]:enabled { color: light-dark(#FFFFFF, #0B1219); }
[data-testid="stApp"] :focus-visible { outline: 3px solid light-dark(#0F5E9C, #7CC0F5); outline-offset: 2px; }
.st-key-corner { position: fixed; top: .55rem; right: 1rem; z-index: 999991; width: auto !important; }
.st-key-corner, .st-key-corner > div { flex-wrap: nowrap; }
.st-key-corner > div { width: auto !important; }
.st-key-corner a { color: light-dark(#5B6675, #A7B2BF); font-size: .875rem; }
.st-key-corner a { text-decoration: none; white-space: nowrap; }
.st-key-corner a:hover, .st-key-corner a:focus-visible { color: light-dark(#0F5E9C, #7CC0F5); }
.st-key-corner a:hover, .st-key-corner a:focus-visible { text-decoration: underline; }
.st-key-corner .look { display: inline-block; width: .95rem; height: .95rem; margin-right: .7rem; border-radius: 50%;
  vertical-align: -.12rem; border: 2px solid currentColor;
  background: linear-gradient(90deg, currentColor 50%, #0000 0); }
.st-key-corner .look { position: relative; }
.st-key-corner .look::after { content: ""; position: absolute; inset: -.75rem -.5rem; }
.st-key-corner button { min-height: 2rem; padding: 0 .6rem; }
[data-testid="stStatusWidget"] { margin-right: 17rem; }
body:has([data-testid="stPopoverBody"]):not(:has([data-testid="stPopoverBody"]:hover)) [role="tooltip"] {
  visibility: hidden; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3.1rem 1rem 2rem; }
  .stMarkdownBadge { white-space: normal !important; }
  [data-testid="stButtonGroup"] [role="radiogroup"] { max-width: 100%; }
  [data-testid="stButtonGroup"] button { padding: 0 .3rem; }
  [data-testid="stButtonGroup"] button p { font-size: .75rem; }
  [data-testid="stStatusWidget"] { display: none; }
}
@media (pointer: coarse) { .st-key-corner button { min-height: 2.75rem; } .st-key-corner { top: .25rem; } }
"""


def main() -> None:
    """Draw the frame of every page and the chosen page in it."""
    # A local icon: the icons of Streamlit's own set would be fetched from outside.
    st.set_page_config(page_title="Rounds", page_icon=str(ICON), layout="wide", initial_sidebar_state="collapsed")
    if SESSION_KEY not in st.session_state:
        wish = st.context.cookies.get(COOKIE) or st.context.locale
        st.session_state[SESSION_KEY] = known(wish, services().settings.language)
    try:
        principal = current_principal()
    except NobodySignedIn:
        st.error(_("Nobody is signed in. Open this page through the application's own address."))
        return
    pages = {
        entry.address: st.Page(entry.draw, title=_(entry.title), icon=entry.icon, url_path=entry.address)
        for entry in ENTRIES
        if principal.role in entry.roles
    }
    first = pages[FIRST[principal.role]]
    # Streamlit serves its default page at "/" alone: a hidden one keeps every page at its own address.
    home = st.Page(lambda: st.switch_page(first), title="Rounds", url_path="home", default=True, visibility="hidden")
    # Streamlit would open its first page at an address that it does not know, under a word of its own in English.
    others = [
        st.Page(lambda: no_page.draw(first), title=_(one.title), url_path=one.address, visibility="hidden")
        for one in ENTRIES
        if one.address not in pages
    ]
    menus: dict[str, list[StreamlitPage]] = {"": [home, *others]}
    for entry in ENTRIES:
        if entry.address in pages:
            menus.setdefault(_(entry.section) if entry.section else "", []).append(pages[entry.address])
    page = st.navigation(menus, position="top")
    st.html(f"<style>{FRAME}{TILES}{NAMED}{MAPS}{FILTERS}{WEEK}{WORKBENCH}{STEPS}</style>")
    corner(principal)
    keyboard(LEAD)
    if page.url_path in pages:  # the hidden pages only lead on
        looked.page(services(), principal, page.url_path)
    with page_run(page.url_path), speaking(current_language()):  # asked once: a page says thousands of words
        if principal.role is Role.MANAGER and page is not pages["board"]:
            alarm.watch(services(), principal)
        page.run()


def corner(principal: Principal) -> None:
    """Show who is acting, with the way to the account and out, and the language."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="corner"):
        role, branches = ROLES[principal.role](), ", ".join(sorted(principal.branches))
        title = f"{principal.name}: {role} · {branches} · {_('Your account')}"
        look = html.escape(_("Light or dark"))
        # A full load of the page: Streamlit reads this choice when it begins.
        st.html(
            f'<a href="appearance?language={current_language()}" target="_self" class="look" title="{look}" '
            f'aria-label="{look}"></a><a href="account" target="_self" title="{html.escape(title)}">{role}</a>'
        )
        keep_language()
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key=SESSION_KEY,
            required=True,
            label_visibility="collapsed",
        )


def keep_language() -> None:
    """Let the browser keep the language once it was chosen here: a new session knows it by its cookie alone.

    A script of Streamlit's cannot set a cookie; the answer to a picture can. It is asked for only when the choice
    changes, since the page keeps what is the same in its next run.
    """
    language = current_language()
    first = st.session_state.setdefault("language first", language)
    if language != first or st.session_state.get("language chosen"):
        st.session_state["language chosen"] = True
        st.html(f'<img src="language?to={language}&amp;stay=1" alt="" hidden>')


main()
