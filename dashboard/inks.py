"""The theme's colours for style sheets: each by day and, of the same meaning, by night."""

from __future__ import annotations

from dashboard import theme
from dashboard.charts import NIGHT


def both(colour: str) -> str:
    """Give a colour as CSS has it for a page by day and by night.

    >>> both("#5B6675")
    'light-dark(#5B6675, #A7B2BF)'
    """
    return f"light-dark({colour}, {NIGHT[colour]})"


TEXT, MUTED, LINE, GREY_DOT = both(theme.TEXT), both(theme.MUTED), both(theme.LINE), both(theme.GREY_DOT)
ACCENT, GOOD, WARN, BAD = both(theme.ACCENT), both(theme.GOOD), both(theme.WARN), both(theme.BAD)
