"""A crew's call for help on every page of a manager but the board, which has it at length."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from config.safety import load_safety
from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.screens.board_safety import phone_of
from dashboard.screens.board_safety_words import STYLE
from dashboard.services import Services
from dashboard.text import _
from planner.domain import Principal
from planner.view.safety import recent_alerts

EVERY = timedelta(seconds=20)


@st.fragment(run_every=EVERY)
def watch(kit: Services, principal: Principal) -> None:
    """Say which crews call for help, read anew while the page stands open, with the way to the board."""
    lines = []
    for branch in kit.store.branches(principal):
        zone = ZoneInfo(branch.timezone)
        for crew, alert in recent_alerts(kit.store, principal, branch, load_safety(), now=kit.now()):
            since = formats.clock(alert.entry.at.astimezone(zone))
            told = _("{crew} calls for help since {time}: to the board").format(crew=crew.name, time=since)
            phone = phone_of(kit, principal, branch, crew)
            lines.append((told, _("Phone of the crew: {phone}").format(phone=phone) if phone else ""))
    if lines:
        told = "".join(
            f'<a href="board" target="_self">⚠ {escape(text)}</a><div>{escape(phone)}</div>' for text, phone in lines
        )
        st.html(f'<style>{STYLE}</style><div class="safety alarm" role="alert">{told}</div>')
