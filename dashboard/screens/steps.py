"""From stop to stop and from day to day, with the mouse or the keyboard."""

from __future__ import annotations

import streamlit as st

from dashboard.maps.week import Choice
from dashboard.screens import week_filters
from dashboard.text import _
from planner.view import WeekView

#: by how many, the words, the icon, the key; with Alt and an arrow a browser turns its pages
Button = tuple[int, str, str, str]

#: the part of the page that holds the selected debtor's card and its deeds
CARD = "week-card"
#: with Alt: the stop after and before, whose card then has the keyboard, and the card as it is
LEAD = {"KeyJ": CARD, "KeyK": CARD, "KeyC": CARD}

#: Icons alone: their words are for a screen reader and for who lets the pointer rest. A long title wraps beside them.
STYLE = """
.st-key-week-steps button p, .st-key-week-steps button kbd {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
.st-key-week-steps-row { flex-wrap: nowrap; }
.st-key-week-steps-row > :has(.st-key-week-steps) { flex: none; }
.st-key-week-steps button { min-width: 1.9rem; min-height: 1.9rem; padding: 0 .3rem; }
"""


def show(view: WeekView, choice: Choice, title: str) -> None:
    """Show a title, and offer the stop before and after the selected one and the day before and after."""
    order = order_of(view, choice)
    days: list[Button] = [
        (-1, _("Day before"), ":material/keyboard_double_arrow_left:", "Alt+P"),
        (1, _("Next day"), ":material/keyboard_double_arrow_right:", "Alt+N"),
    ]
    stops: list[Button] = [
        (-1, _("Stop before"), ":material/chevron_left:", "Alt+K"),
        (1, _("Next stop"), ":material/chevron_right:", "Alt+J"),
    ]
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="week-steps-row"
    ):
        st.markdown(f"**{title}**")
        with st.container(horizontal=True, gap=None, width="content", key="week-steps"):
            for by, label, icon, key in stops:
                st.button(
                    label, icon=icon, type="tertiary", shortcut=key, help=f"{label} ({key.replace('+', ' + ')})",
                    disabled=not order, key=f"week stop {by}", on_click=step, args=(order, by),
                )  # fmt: skip
            for by, label, icon, key in days:
                st.button(
                    label, icon=icon, type="tertiary", shortcut=key, help=f"{label} ({key.replace('+', ' + ')})",
                    key=f"week day {by}", on_click=week_filters.go, args=(view, by),
                )  # fmt: skip


def order_of(view: WeekView, choice: Choice) -> list[str]:
    """Give the debtors shown in the order in which they are visited, crew by crew."""
    return [stop.debtor_id for route in view.routes if choice.has_route(route) for stop in route.stops]


def position(view: WeekView, choice: Choice, debtor: str) -> str:
    """Say which of the visits shown the selected one is, "" where it is none of them."""
    order = order_of(view, choice)
    if debtor not in order:
        return ""
    return _("Visit {k} of {n}").format(k=order.index(debtor) + 1, n=len(order))


def step(order: list[str], by: int) -> None:
    """Select the stop before or after the selected one, round and round; the first or last where none is."""
    st.session_state["debtor"] = neighbour(order, st.session_state.get("debtor", ""), by)


def neighbour(order: list[str], debtor: str, by: int) -> str:
    """Give the stop before or after one.

    >>> neighbour(["a", "b"], "a", 1), neighbour(["a", "b"], "b", 1), neighbour(["a", "b"], "?", -1)
    ('b', 'a', 'b')
    """
    if debtor not in order:
        return order[0 if by > 0 else -1]
    return order[(order.index(debtor) + by) % len(order)]
