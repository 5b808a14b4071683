"""All words of the product with what they mean, to be searched in either language."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.text import _
from dashboard.text.glossary import Term, found, terms

STYLE = """
.words { width: 100%; border-collapse: collapse; font-size: .875rem; }
.words th, .words td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; }
.words tr { border-bottom: 1px solid light-dark(#D5DBE3, #39424D); }
.words th { font-weight: 600; width: 13rem; }
.words td.other { width: 12rem; color: light-dark(#5B6675, #A7B2BF); }
@media (max-width: 640px) {
  .words th, .words td, .words td.other { display: block; width: auto; padding: .1rem 0; }
  .words tr { display: block; padding: .35rem 0; }
}
"""


def page() -> None:
    """Show the page."""
    st.subheader(_("Words"), anchor=False)
    wish = st.text_input(
        _("Search the words"),
        key="words_wish",
        placeholder=_("A word or a part of it, in English or 中文"),
        label_visibility="collapsed",
        icon=":material/search:",
        width=420,
    )
    hits = found(wish or "")
    if not hits:
        st.info(_("No word has that. Try a part of it."), icon=":material/search_off:")
        return
    if len(hits) < len(terms()):
        st.caption(_("{k} of {n} words").format(k=formats.number(len(hits)), n=formats.number(len(terms()))))
    st.html(f"<style>{STYLE}</style>" + drawn(hits))


def drawn(hits: list[Term]) -> str:
    """Draw words as a table; every text of it is escaped."""
    return f'<table class="words"><tbody>{"".join(map(row, hits))}</tbody></table>'


def row(term: Term) -> str:
    """Draw a word: in the reader's language, in the other one, what it means."""
    other = term.word if term.name == term.chinese else term.chinese
    told = escape(term.told.replace("*", "").replace("`", ""))
    return f'<tr><th scope="row">{escape(term.name)}</th><td class="other">{escape(other)}</td><td>{told}</td></tr>'
