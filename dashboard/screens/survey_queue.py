"""The review queue: one debtor after the other, most worth first; and what waits for a second reviewer."""

from __future__ import annotations

import streamlit as st

from config.survey import load_survey
from dashboard import formats
from dashboard.screens import named, review_form
from dashboard.screens.debtor_card import plain
from dashboard.screens.debtor_chart import record
from dashboard.screens.debtor_data import read_debtor
from dashboard.screens.debtor_words import ASSETS, event_words, ground_words
from dashboard.screens.links import to_debtor
from dashboard.screens.overdue_words import BUCKETS, GROUPS, OCCUPATIONS
from dashboard.services import Services
from dashboard.text import _, n_
from dashboard.text.words import word
from planner.domain import Principal
from planner.view.survey import SurveyView

#: so many of the last events stand beside the form
LAST = 8
SHOWN = ("visit", "promise", "paid", "interruption", "hold", "review", "doubted", "due")


def reviews(kit: Services, principal: Principal, view: SurveyView) -> None:
    """Show the next debtor to review with a short form; the next one appears as soon as it is saved."""
    skipped: list[str] = st.session_state.setdefault("review_skipped", [])
    left = [one for one in view.queue if one not in skipped]
    if not left:
        st.success(_("Nobody is left to review."), icon=":material/check_circle:")
        if skipped and st.button(_("Begin again with those skipped ({n})").format(n=len(skipped))):
            st.session_state["review_skipped"] = []
            st.rerun()
        return
    debtor_id = left[0]
    row = view.rows[view.rows["debtor_id"] == debtor_id].iloc[0]
    money = formats.money(row["overdue_minor"], view.branch.currency)
    facts, form = st.columns([1, 1], gap="large")
    with form, st.container(border=True):
        if review_form.form(kit, principal, view.branch, load_survey(), debtor_id, queued=True):
            st.rerun()
        with st.container(horizontal=True):
            if st.button(_("Skip"), type="tertiary", shortcut="Ctrl+Right", icon=":material/skip_next:"):
                st.session_state["review_skipped"] = [*skipped, debtor_id]
                st.rerun()
            if st.button(_("Open the debtor"), type="tertiary", icon=":material/person_search:"):
                to_debtor(debtor_id, view.branch.code)
        st.caption(_("Ctrl+Enter saves, Ctrl+→ skips; Tab and the arrow keys reach every answer."))
    with facts:
        named.heading(row["name"] or debtor_id, "review")
        st.caption(n_("{n} is left to review", "{n} are left to review", len(left)))
        lines = [
            "**" + _("{money} overdue").format(money=money) + "**",
            n_("{n} day past due", "{n} days past due", int(row["days_past_due"])),
            word(BUCKETS, row["bucket"]),
            word(GROUPS, row["group"]),
            word(OCCUPATIONS, row["occupation"]),
        ]
        st.markdown(" · ".join(lines))
        history(kit, principal, view, debtor_id)


def history(kit: Services, principal: Principal, view: SurveyView, debtor_id: str) -> None:
    """Show what is known that bears on the review: the last events and the asset clues."""
    page = read_debtor(kit, principal, view.branch, debtor_id)
    if page is None:
        return
    events = page.events[page.events["kind"].isin(SHOWN)].tail(LAST)
    for event in reversed(events.to_dict("records")):
        one = record(event)
        words = plain(event_words(one, view.branch.currency))
        st.markdown(f":gray[{formats.day(one['on'].date(), year=True)}] {words}")
    if len(page.clues):
        st.caption(_("Asset clues") + ": " + ", ".join(word(ASSETS, one) for one in page.clues["asset"]))


def second(kit: Services, principal: Principal, view: SurveyView) -> None:
    """Show the proposals of bad faith that wait for another person."""
    sent_back(view)
    if view.proposals.empty:
        st.success(_("No proposal of bad faith waits for a second reviewer."), icon=":material/check_circle:")
        return
    st.caption(
        _("Bad faith counts only when two different people say so. The law decides the rest: suit, not pressure.")
    )
    for proposal in view.proposals.to_dict("records"):
        row = view.rows[view.rows["debtor_id"] == proposal["debtor_id"]].iloc[0]
        money = formats.money(row["overdue_minor"], view.branch.currency)
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                facts = [f"**{plain(row['name'] or row['debtor_id'])}**", _("{money} overdue").format(money=money),
                         word(BUCKETS, row["bucket"]), word(GROUPS, row["group"])]  # fmt: skip
                st.markdown(" · ".join(facts))
                if st.button(_("Open the debtor"), type="tertiary", icon=":material/person_search:",
                             key=f"open {row['debtor_id']}"):  # fmt: skip
                    to_debtor(str(row["debtor_id"]), view.branch.code)
            told = {str(key): value for key, value in proposal.items()}
            if review_form.second(kit, principal, view.branch, load_survey(), told):
                st.rerun()


def sent_back(view: SurveyView) -> None:
    """Tell of whom a second reviewer was not convinced, and why, until somebody reviews them anew."""
    for word_of in view.doubted.to_dict("records"):
        row = view.rows[view.rows["debtor_id"] == word_of["debtor_id"]].iloc[0]
        told = _("{who} is not convinced of bad faith: {grounds}").format(
            who=plain(word_of["reviewer"]), grounds=ground_words(word_of["grounds"])
        )
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f":orange[:material/undo:] **{plain(row['name'] or row['debtor_id'])}** · {told}")
            st.caption(_("Review anew: until then nothing counts."))
            if st.button(_("Open the debtor"), type="tertiary", icon=":material/person_search:",
                         key=f"back {row['debtor_id']}"):  # fmt: skip
                to_debtor(str(row["debtor_id"]), view.branch.code)
