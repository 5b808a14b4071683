"""The row of figures at the top of a page: five beside each other at a desk, two or three in a row on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

Colour = Literal["normal", "inverse", "off"]

#: On a phone the tiles of Streamlit fill the first screen; these take a third of it.
STYLE = """
@media (max-width: 640px) {
  [class*="st-key-tiles-"] { display: grid !important; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .4rem; }
  [class*="st-key-tiles-"] [data-testid="stMetric"] { padding: .4rem .45rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricValue"] { font-size: 1.05rem; line-height: 1.5rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricValue"] > div { overflow: visible; }
  [class*="st-key-tiles-"] [data-testid="stMetricLabel"] p { font-size: .75rem; white-space: normal; }
  [class*="st-key-tiles-"] [data-testid="stMetricDelta"] { font-size: .75rem; }
  [class*="st-key-tiles-"] > div { width: 100% !important; min-width: 0 !important; }
}
"""


@dataclass(frozen=True)
class Tile:
    """A figure with its unit in the text, what it means, and how it differs from what it is compared with."""

    label: str
    value: str
    delta: str | None = None
    colour: Colour = "normal"
    meaning: str | None = None


def show(name: str, tiles: Sequence[Tile]) -> None:
    """Show tiles; ``name`` tells rows of a page apart."""
    with st.container(horizontal=True, gap="small", key=f"tiles-{name}"):
        for tile in tiles:
            st.metric(
                tile.label,
                tile.value,
                tile.delta,
                delta_color=tile.colour,
                help=tile.meaning,
                border=True,
                height="stretch",
            )
