"""The way from any list, map or card to a debtor's page, and from a day to its week."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from dashboard.text import _
from planner.week import iso_week

#: the page's address; ``dashboard.navigation`` names the same
ADDRESS = "debtor"


def debtor_url(debtor_id: str, branch: str) -> str:
    """Give the address of a debtor's page.

    >>> debtor_url("D 1", "YX01")
    'debtor?id=D+1&branch=YX01'
    """
    return f"{ADDRESS}?{urlencode({'id': debtor_id, 'branch': branch})}"


def to_debtor(debtor_id: str, branch: str) -> None:
    """Turn to a debtor's page."""
    from dashboard.screens import debtor

    st.switch_page(st.Page(debtor.page, url_path=ADDRESS), query_params={"id": debtor_id, "branch": branch})


def open_button(debtor_id: str, branch: str, key: str) -> None:
    """Offer the way to a debtor's page."""
    if st.button(_("Open the debtor"), type="tertiary", icon=":material/person_search:", key=key):
        to_debtor(debtor_id, branch)


def to_week(day: date) -> None:
    """Turn to the week page at a day's week."""
    from dashboard.screens import week

    if st.session_state.get("week") != iso_week(day):  # a page with that box on it has chosen it, and may not set it
        st.session_state["week"] = iso_week(day)
    st.switch_page(st.Page(week.page, url_path="week"), query_params={"week": iso_week(day)})


def to_board(day: date, branch: str) -> None:
    """Turn to the board of a day."""
    from dashboard.screens import board

    st.session_state[f"board_day {branch}"] = day
    st.switch_page(st.Page(board.page, url_path="board"), query_params={"day": day.isoformat()})
