"""The playbook's advice as a collector reads it: say, ask, mind, techniques offered and on which condition."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.screens.debtor_card import plain
from dashboard.text import N_, _
from dashboard.text.advice import told
from dashboard.text.words import word
from planner.rules.playbook import Advice, FirstAct, Technique

ELEMENTS = {"when": N_("When"), "how": N_("How"), "how_much": N_("How much")}
CHANNELS = {"message": N_("Message"), "call": N_("Telephone call"), "visit": N_("Visit")}
ICONS = {"message": ":material/sms:", "call": ":material/call:", "visit": ":material/directions_walk:"}


def show(advice: Advice) -> None:
    """Show the advice but approach and papers, which stand above it."""
    for caution in advice.cautions:
        st.markdown(":orange[:material/gavel:] " + plain(told(caution)))
    st.markdown("**" + _("Say") + "**  \n" + plain(told(advice.greeting)) + "  \n" + plain(told(advice.opening)))
    asked = [f"- {word(ELEMENTS, name)}: {plain(told(text))}" for name, text in advice.elements.items()]
    st.markdown("**" + _("Obtain the three elements") + "**\n\n" + "\n".join(asked))
    if advice.first is not None:
        first(advice.first)
    st.markdown("**" + _("Keep in mind") + "**  \n" + plain(told(advice.care)))
    st.markdown("**" + _("Offered") + "**  \n" + names(advice.offered))
    if advice.conditional:
        st.markdown("**" + _("Only on a condition") + "**\n\n" + reasons(advice.conditional))


def first(act: FirstAct) -> None:
    """Show what to do in the first days."""
    st.markdown(f"{ICONS[act.channel]} **{word(CHANNELS, act.channel)}**  \n{plain(told(act.do))}")


def names(techniques: Sequence[Technique]) -> str:
    """Name techniques in a row."""
    return _(", ").join(plain(told(one.name)) for one in techniques)


def reasons(techniques: Sequence[Technique]) -> str:
    """List techniques with why, one a line."""
    lines = []
    for one in techniques:
        article = f" :gray[{plain(told(one.article))}]" if one.article else ""
        lines.append(f"- {plain(told(one.name))}: {plain(told(one.why))}{article}")
    return "\n".join(lines)
