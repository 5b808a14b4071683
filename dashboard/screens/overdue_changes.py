"""What an import would change, account by account: told before it is made."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.overdue_words import GUARANTEES, PRODUCTS, column_words
from dashboard.text import N_, _
from dashboard.text.words import word

MOST_ROWS = 500
WHAT = {
    "added": N_("new"),
    "changed": N_("changed"),
    "gone": N_("no longer named"),
    "person": N_("name, phone or place changed"),
}

#: columns of the tables that are called otherwise in a list
_WORDS = {"region": "district", "workplace_lon": "work_lon"}
#: what the codes of a field are called
CODES = {"product": PRODUCTS, "guarantee_kind": GUARANTEES}


def said(field: str, value: str) -> str:
    """Give a value in words where it is a code."""
    return word(CODES[field], value) if value and field in CODES else value


def show(details: pd.DataFrame, *, full: bool) -> None:
    """Show what becomes of each account that does not stay as it is."""
    shown = details if full else details[details["what"] != "gone"]
    if shown.empty:
        return
    label = _("Account by account ({n})").format(n=formats.number(shown["case_id"].nunique()))
    with st.expander(label):
        head = shown.head(MOST_ROWS)
        st.dataframe(
            pd.DataFrame(
                {
                    "case_id": head["case_id"],
                    "what": [word(WHAT, one) for one in head["what"]],
                    "field": [column_words(one.removesuffix("_minor")) if one else "" for one in head["field"]],
                    "before": [said(*one) for one in zip(head["field"], head["before"], strict=True)],
                    "after": [said(*one) for one in zip(head["field"], head["after"], strict=True)],
                }
            ),
            hide_index=True,
            placeholder="",
            column_config={
                "case_id": st.column_config.TextColumn(_("Case id"), width=160),
                "what": st.column_config.TextColumn(_("What"), width=180),
                "field": st.column_config.TextColumn(_("Field"), width=180),
                "before": st.column_config.TextColumn(_("Before")),
                "after": st.column_config.TextColumn(_("After")),
            },
        )
        if len(shown) > MOST_ROWS:
            st.caption(
                _("The first {n} of {all} lines.").format(n=formats.number(MOST_ROWS), all=formats.number(len(shown)))
            )


def silent(kept: Collection[str]) -> None:
    """Say what the list has no column for although something is known of it."""
    if kept:
        names = sorted({column_words(_WORDS.get(one, one.removesuffix("_minor"))) for one in kept})
        st.caption(
            _("This list has no column for: {columns}. What is known of these stays as it is.").format(
                columns=_(", ").join(names)
            )
        )
