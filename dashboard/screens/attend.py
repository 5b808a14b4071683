"""Leads a reader to what he has just asked for: into view, and with the keyboard on it."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping

import streamlit as st

from dashboard import assets


def attend(key: str, number: int, *, keyboard: bool = True) -> None:
    """Bring the container with this key into view and give it the keyboard, once for each ``number``.

    The script is a file of ours: the page's policy runs nothing that stands in the page itself. Its address has the
    number, since a browser runs a script again only where the page was given another one.
    """
    source = f"assets/{assets.address('attend.js')}&n={number}"
    st.html(
        f'<script src="{html.escape(source)}" data-to="st-key-{html.escape(key)}"'
        f"{'' if keyboard else ' data-only-look'}></script>",
        unsafe_allow_javascript=True,
    )


def keyboard(lead: Mapping[str, str]) -> None:
    """Lead the keyboard through the page's forms, and back to where it was when a part is drawn anew.

    ``lead`` gives, for a key of the keyboard (as ``KeyJ``) that is pressed with Alt, the key of the container that then
    gets the keyboard. Once for a page: the script stays.
    """
    names = html.escape(json.dumps({key: f"st-key-{to}" for key, to in lead.items()}))
    source = html.escape(f"assets/{assets.address('keyboard.js')}")
    st.html(f'<script src="{source}" data-lead="{names}"></script>', unsafe_allow_javascript=True)
