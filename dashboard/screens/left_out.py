"""Who is not visited this week: the reason, what it would take, and the amount at stake."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.maps.week import ALL, Choice
from dashboard.screens.money_column import money_column
from dashboard.text import _, joined, n_
from dashboard.text.called import called, whole
from dashboard.text.glossary import explained, meaning
from dashboard.text.sentences import reason_words, said, still
from planner.view import LeftOutView, WeekView

TOP = 400
#: the row of the table that was acted upon last
PICKED = "picked"
#: how many rows were chosen
PICKS = "picks"


def why(one: LeftOutView) -> str:
    """Say in a few words why somebody is left out, and first of all that the visit is due."""
    words = reason_words(one.reason)
    return _("Due · {reason}").format(reason=words) if one.required else words


def ahead(view: WeekView, now: datetime) -> WeekView:
    """Give a plan without proposals to change a shift that has begun: its reasons are of the day it was made on.

    A week that is over is left as it was planned: nothing of it is proposed to anybody.
    """
    gone = {route.shift_id for route in view.routes if route.shift_starts_at <= now}
    if not gone or len(gone) == len(view.routes):
        return view
    told = ((one, still(one.action, gone)) for one in view.left_out)
    left = tuple(one if text == one.action else replace(one, action=text) for one, text in told)
    return replace(view, left_out=left)


def rows_of(view: WeekView, choice: Choice) -> list[LeftOutView]:
    """Give who is in the table."""
    return [one for one in view.left_out if choice.has_left_out(one)][:TOP]


def key_of(view: WeekView, choice: Choice) -> str:
    """Give the table's key: of another filter it is another table, and no row of it is chosen."""
    return f"left out {view.plan_id} {sorted(choice.buckets)} {choice.group} {choice.reason}"


def pick(view: WeekView, choice: Choice) -> None:
    """Select the debtor whose row has just been chosen, before anything is drawn; an old choice is not made again."""
    state = st.session_state.get(key_of(view, choice)) or {}
    picked = state.get("selection", {}).get("rows", [])
    rows = rows_of(view, choice)
    if not picked or picked[0] >= len(rows):
        st.session_state.pop(PICKED, None)
    elif rows[picked[0]].debtor_id != st.session_state.get(PICKED):
        st.session_state[PICKED] = st.session_state["debtor"] = rows[picked[0]].debtor_id
        st.session_state[PICKS] = picks() + 1


def picks() -> int:
    """Give how many rows this reader has chosen."""
    number: int = st.session_state.get(PICKS, 0)
    return number


def title(view: WeekView, choice: Choice, over: Collection[str] = ()) -> str:
    """Say how many are not visited, and how many of them the filters are about.

    ``over`` are the shifts that were over before a plan was published: the row of figures counts theirs as not visited.
    """
    text = n_("Not visited: {n} debtor", "Not visited: {n} debtors", len(view.left_out))
    if gone := stops_of(view, over):
        text += n_(
            ", and {n} whose shift is over",
            ", and {n} whose shifts are over",
            gone,
        )
    there = sum(choice.has_left_out(one) for one in view.left_out)
    if there < len(view.left_out):
        text += " · " + _("{n} in the filter").format(n=formats.number(there))
    return text


def stops_of(view: WeekView, shifts: Collection[str]) -> int:
    """Count the stops of some shifts."""
    return sum(len(route.stops) for route in view.routes if route.shift_id in shifts)


def table_of(view: WeekView, choice: Choice) -> pd.DataFrame:
    """Give the table in the session's language: money in currency units, a sentence of what can be done."""
    shown, names, unit = rows_of(view, choice), called(view), formats.unit(view.currency)
    return pd.DataFrame(
        {
            "debtor": [one.name or one.debtor_id for one in shown],
            "overdue": [round(one.overdue_minor / unit) for one in shown],
            # Where no visit is permitted or has been valued there is no worth to tell.
            "value": [whole(one.value_minor / unit) if one.value_minor > 0 else None for one in shown],
            "reason": [why(one) for one in shown],
            "action": [said(one.action, names) for one in shown],
        }
    )


def show(view: WeekView, choice: Choice = ALL, table: pd.DataFrame | None = None, *, carded: bool) -> None:
    """Show the table; choosing a row shows the card and the place on the map (``pick``).

    ``table`` is that of ``table_of`` where it has been made earlier.
    """
    there = [one for one in view.left_out if choice.has_left_out(one)]
    due = sum(one.required for one in there)
    if due and not carded:
        text = n_(
            "{n} visit due this week is not in the plan: first row below.",
            "{n} visits due this week are not in the plan: first rows below.",
            due,
        )
        st.markdown(f":orange-badge[:material/priority_high: {text}]")
    if not there:
        st.caption(_("Nobody is left out in this choice."))
        return
    with st.container(height="stretch", key="left-out-table"):
        st.dataframe(
            table_of(view, choice) if table is None else table,
            height="stretch",
            hide_index=True,
            placeholder=formats.UNKNOWN,
            selection_mode="single-row",
            on_select="rerun",
            key=key_of(view, choice),
            column_config={
                "debtor": st.column_config.TextColumn(_("Debtor"), width=64),
                "overdue": money_column(_("Overdue ¥"), view.currency, 80),
                "value": money_column(_("Worth up to ¥"), view.currency, 108, told=meaning("uplift")),
                "reason": st.column_config.TextColumn(_("Why"), width=176, help=explained("left out", "removed")),
                "action": st.column_config.TextColumn(_("What can be done"), width="large"),
            },
        )
    told = [_("Choose a stop or a row to see the debtor here.")] if not carded else []
    if len(there) > TOP and not carded:
        told.append(_("The {n} with the largest value are shown.").format(n=formats.number(TOP)))
    if told:
        st.caption(joined(*told))
