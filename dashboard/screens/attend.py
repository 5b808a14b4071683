"""Leads a reader to what he has just asked for: into view, and with the keyboard on it."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import assets


def attend(key: str, number: int) -> None:
    """Bring the container with this key into view and give it the keyboard, once for each ``number``.

    The script is a file of ours: the page's policy runs nothing that stands in the page itself. Its address has the
    number, since a browser runs a script again only where the page was given another one.
    """
    source = f"assets/{assets.address('attend.js')}&n={number}"
    st.html(
        f'<script src="{html.escape(source)}" data-to="st-key-{html.escape(key)}"></script>',
        unsafe_allow_javascript=True,
    )
