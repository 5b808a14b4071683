"""The row of figures at the top of a page: five beside each other at a desk, two or three in a row on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

Colour = Literal["normal", "inverse", "off"]
#: what a difference begins with; anything else beside a figure is a remark, which points neither up nor down
SIGNS = ("+", "-", "−")

#: At a desk a row of low tiles; on a phone two dense rows without a hole, the second one wider.
STYLE = """
[class*="st-key-tiles-"] [data-testid="stMetric"] { background: light-dark(#FFFFFF, #1B2128); }
[class*="st-key-tiles-"] [data-testid="stMetric"] > div { padding: .5rem .9rem .4rem; }
[class*="st-key-tiles-"] [data-testid="stMetricValue"] { font-size: 1.6rem; line-height: 2rem; }
[class*="st-key-tiles-"] [data-testid="stMetricValue"] p { line-height: 2rem; font-variant-numeric: tabular-nums; }
[class*="st-key-tiles-"] [data-testid="stMetricDelta"] p { line-height: 1rem; }
@media (max-width: 640px) {
  [class*="st-key-tiles-"] { display: grid !important; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: .4rem; }
  [class*="st-key-tiles-"] > div { grid-column: span 2; width: 100% !important; min-width: 0 !important; }
  [class*="st-key-tiles-"] > div:nth-child(n + 4) { grid-column: span 3; }
  [class*="st-key-tiles-"] [data-testid="stMetric"] > div { padding: .35rem .5rem .25rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricValue"] { font-size: 1.1rem; line-height: 1.4rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricValue"] p { line-height: 1.4rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricValue"] > div { overflow: visible; }
  [class*="st-key-tiles-"] :is([data-testid="stMetricValue"], [data-testid="stMetricDelta"]) p { white-space: normal; }
  [class*="st-key-tiles-"] [data-testid="stMetricLabel"] p { font-size: .75rem; line-height: 1rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricLabel"] p { white-space: normal; }
  [class*="st-key-tiles-"] [data-testid="stMetricLabel"] [data-testid="stTooltipIcon"] { display: none; }
  [class*="st-key-tiles-"] [data-testid="stMetricDelta"] { font-size: .75rem; }
  [class*="st-key-tiles-"] [data-testid="stMetricDelta"] > div { overflow: visible; text-overflow: clip; }
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


def levelled(tile: Tile) -> Tile:
    """Give a tile whose difference is none as one that points nowhere and is neither good nor bad.

    >>> levelled(Tile("Visits", "40", "+0", "inverse")).delta, levelled(Tile("Visits", "40", "+10")).delta
    ('±0', '+10')
    """
    delta = tile.delta or ""
    if not delta.startswith(SIGNS) or any(one in "123456789" for one in delta):
        return tile
    return replace(tile, delta="±" + delta[1:], colour="off")


def show(name: str, tiles: Sequence[Tile]) -> None:
    """Show tiles; ``name`` tells rows of a page apart."""
    with st.container(horizontal=True, gap="small", key=f"tiles-{name}"):
        for tile in map(levelled, tiles):
            st.metric(
                tile.label,
                tile.value,
                tile.delta,
                delta_color=tile.colour,
                delta_arrow="auto" if (tile.delta or "").startswith(SIGNS) else "off",
                help=tile.meaning,
                border=True,
                height="stretch",
            )
