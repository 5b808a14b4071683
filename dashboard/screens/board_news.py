"""What crews say of their day, on the manager's board: required visits in danger first, then what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.text import N_, _, n_
from planner.view.board import Board, BoardRoute
from planner.view.day_news import DayNews

KINDS: Mapping[str, str] = {
    "again": N_("planned the rest again"),
    "late": N_("is running late"),
    "blocked": N_("says that a road is closed"),
    "urgent": N_("has an urgent visit"),
    "alone": N_("lacks a member"),
    "refused": N_("does not make a stop"),
}
REASONS: Mapping[str, str] = {
    "unsafe": N_("it does not feel safe"),
    "known": N_("somebody of the crew knows the debtor"),
    "unwell": N_("somebody is unwell"),
    "other": N_("another reason"),
}


def alarm(board: Board, names: Mapping[str, str]) -> None:
    """Say which required visits will not, or may not, be made."""
    for one in board.routes:
        if one.lost:
            who = _(", ").join(plain(names.get(each.debtor_id) or each.debtor_id) for each in one.lost)
            text = n_(
                "a required visit will not be made today", "{n} required visits will not be made today", len(one.lost)
            )
            st.error(f"{plain(one.route.crew_name)}: {text}: {who}", icon=":material/priority_high:")
        if one.endangered:
            who = _(", ").join(plain(stop.planned.name or stop.planned.debtor_id) for stop in one.endangered)
            text = _("{crew}: may not be made any more, though required: {who}.")
            st.warning(text.format(crew=plain(one.route.crew_name), who=who), icon=":material/warning:")


def told(board: Board, names: Mapping[str, str]) -> None:
    """List what crews changed, the newest first; nothing where nobody did."""
    every = [(news, one) for one in board.routes for news in one.news]
    if not every:
        return
    zone = ZoneInfo(board.branch.timezone)
    with st.expander(
        n_("{n} change of the day by its crews", "{n} changes of the day by their crews", len(every)),
        icon=":material/published_with_changes:",
    ):
        for news, one in sorted(every, key=lambda pair: pair[0].at, reverse=True):
            st.markdown(f"{formats.clock(news.at.astimezone(zone))} · {line(news, one, names)}")
        for one in board.routes:
            given_up(one, names)
        st.caption(_("A stop that a crew does not make counts against nobody; a reason is never asked for."))


def given_up(one: BoardRoute, names: Mapping[str, str]) -> None:
    """Name whom a crew visits no more on this day, and say what becomes of them."""
    if not one.given_up:
        return
    who = _(", ").join(plain(names.get(each.debtor_id) or each.debtor_id) for each in one.given_up)
    visits = n_("{n} visit", "{n} visits", len(one.given_up))
    text = _("**{crew} does not make {visits} of the day any more:** {who}. Planning the week again finds other days.")
    st.markdown(text.format(crew=plain(one.route.crew_name), visits=visits, who=who))


def line(news: DayNews, one: BoardRoute, names: Mapping[str, str]) -> str:
    """Say one change in a line."""
    parts = [f"**{plain(one.route.crew_name)}** {_(KINDS.get(news.kind, news.kind))}"]
    if news.debtor_id:
        parts.append(plain(names.get(news.debtor_id) or news.debtor_id))
    if news.minutes:
        parts.append(_("{n} min").format(n=news.minutes))
    if news.reason in REASONS:
        parts.append(_(REASONS[news.reason]))
    if news.moved:
        parts.append(n_("{n} stop at another time", "{n} stops at another time", news.moved))
    if news.not_made:
        parts.append(n_("{n} stop not made", "{n} stops not made", len(news.not_made)))
    return " · ".join(parts)
