"""Charts on a page, by day and by night: the one way to show an Altair chart.

A chart names its colours for a light page. On a dark one what stands on the page itself (texts, axes, lines) gets the
colour of the same meaning by night; colours that come with the data, and the ink upon them, stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import altair as alt
import streamlit as st

from dashboard.theme import ACCENT, BACKGROUND, BAD, GOOD, GREY_DOT, LINE, MUTED, TEXT, WARN

#: a colour by day → the one of the same meaning by night
NIGHT: Mapping[str, str] = {
    TEXT: "#E6EBF1",
    MUTED: "#A7B2BF",
    LINE: "#37414D",
    GREY_DOT: "#9AA5B3",
    ACCENT: "#5AA9E6",
    BACKGROUND: "#12161B",
    GOOD: "#4CC79B",
    WARN: "#F0B35A",
    BAD: "#FF8A80",
    "#DDE3EA": "#303945",
    "#EDF1F5": "#1E252D",
    "#000000": "#FFFFFF",
}
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def draw(chart: Any, *, key: str | None = None) -> None:
    """Show a chart in the colours of the reader's page."""
    if st.context.theme.type != "dark":
        st.altair_chart(chart, key=key)
        return
    with alt.data_transformers.enable("default", max_rows=None):
        spec = chart.to_dict()
    data = {name: spec.pop(name) for name in ("datasets",) if name in spec}
    st.vega_lite_chart(by_night(spec) | data, key=key)


def by_night(spec: Any) -> Any:
    """Give a specification with the colours of a dark page; data in it are left alone.

    >>> by_night({"mark": {"color": "#1c2430"}, "data": {"values": [{"fill": "#1C2430"}]}})
    {'mark': {'color': '#E6EBF1'}, 'data': {'values': [{'fill': '#1C2430'}]}}
    """
    if isinstance(spec, dict):
        return {name: part if name == "data" else by_night(part) for name, part in spec.items()}
    if isinstance(spec, list):
        return [by_night(part) for part in spec]
    if isinstance(spec, str) and COLOUR.fullmatch(spec):
        return NIGHT.get(spec.upper(), spec)
    return spec
