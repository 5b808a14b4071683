"""What is said at the address of a page that is for another role than that of who is signed in."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.text import _


def draw(first: StreamlitPage) -> None:
    """Say so, with the way to the page that the role begins with."""
    with st.container(key="no_page"):
        st.subheader(_("This page is not for your role"), anchor=False)
        st.markdown(
            _("What is under this address is for another role. If you need it, ask whoever administers the accounts.")
        )
        if st.button(_("To the first page"), icon=":material/arrow_forward:"):
            st.switch_page(first)
