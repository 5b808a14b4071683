"""A column of whole money in a table, under a heading with the sign of the branch's currency."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import formats


def money_column(words: str, currency: str, width: int | None = None, told: str | None = None) -> Any:
    """Give the column's configuration; the heading is written with the yuan's sign, ``told`` is its help."""
    return st.column_config.NumberColumn(
        formats.heading(words, currency), format="localized", step=1, width=width, help=told
    )
