"""A heading that is a name: one that Markdown makes has a link to itself, and the name would stand in the address."""

from __future__ import annotations

import streamlit as st

from dashboard.screens.debtor_card import plain

#: as large as a heading of the fifth order
STYLE = '[class*="st-key-named"] h3 { font-size: 1rem; padding: .35rem 0 .25rem; }'


def heading(name: object, key: str) -> None:
    """Head a part of a page with a name that came with a list; ``key`` is the part's own on its page."""
    with st.container(key=f"named_{key}", width="content"):
        st.subheader(plain(str(name)), anchor=False)
