"""The first page: who you are here, and every crew's day at a click."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.phone.content import day_address
from dashboard.phone.routes import own_name
from dashboard.principal import current_principal
from dashboard.services import services
from dashboard.text import _
from planner.domain import Role


def draw() -> None:
    """Draw the page."""
    principal, here = current_principal(), services()
    st.title(_("Crews today"))
    for branch in here.store.branches(principal):
        day = here.now().astimezone(ZoneInfo(branch.timezone)).date()
        st.subheader(own_name(branch.name_en, branch.name_zh))
        st.caption(formats.day(day, year=True))
        names = {one.collector_id: one.name for one in here.store.collectors(principal, branch.code)}
        for crew in here.store.crews(principal, branch.code):
            if principal.role is Role.COLLECTOR and crew.crew_id != principal.crew:
                continue
            members = _(", ").join(names.get(member, member) for member in crew.members)
            address = day_address("", branch.code, crew.crew_id, day)
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                st.html(f"<b>{escape(crew.name)}</b><br>{escape(members)}")
                st.link_button(_("Open the phone page"), address, icon=":material/smartphone:")
