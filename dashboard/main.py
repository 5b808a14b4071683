"""The script Streamlit runs for every page: language, navigation, who is acting, then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.navigation import ENTRIES, FIRST
from dashboard.principal import NobodySignedIn, current_principal
from dashboard.screens.tiles import STYLE as TILES
from dashboard.services import services
from dashboard.text import COOKIE, LANGUAGES, SESSION_KEY, _, known
from planner.domain import Role

ICON = Path(__file__).parent / "assets" / "icon.png"

#: Streamlit leaves as much room above a page as for a headline; a dense page begins right under the navigation.
LESS_AIR = ".stMainBlockContainer { padding-top: 4.25rem; padding-bottom: 2rem; }"

ROLES = {
    Role.MANAGER: lambda: _("Branch manager"),
    Role.COLLECTOR: lambda: _("Collector"),
    Role.REGIONAL_HEAD: lambda: _("Regional head"),
}


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
    page = st.navigation([home, *pages.values()], position="top")
    st.html(f"<style>{LESS_AIR}{TILES}</style>")
    with st.sidebar:
        st.segmented_control(
            _("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key=SESSION_KEY, required=True
        )
        st.caption(f"{_('Acting as')}: {ROLES[principal.role]()} · {', '.join(sorted(principal.branches))}")
        st.html(f'<a href="act-as" target="_self">{_("Change the role")}</a>')
    page.run()


main()
