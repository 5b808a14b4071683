"""What lapses when: limitation and guarantee, each with the cheapest act that is enough; and what has passed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import clocks_evidence, clocks_letters, tiles
from dashboard.screens.clocks_read import read_view
from dashboard.screens.clocks_table import chosen, table
from dashboard.screens.clocks_words import QUESTIONS, headline
from dashboard.screens.debtor_card import plain
from dashboard.screens.overdue_words import ACT_COUNTS, ACTS
from dashboard.screens.tiles import Tile
from dashboard.screens.who import branch_name, branch_or_word, spoken_key
from dashboard.services import Services, services
from dashboard.text import _, n_
from dashboard.text.words import word
from planner.domain import ClockKind, Principal, Role
from planner.view.clocks import ClocksView, acts


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    view = read_view(kit, principal, branch)
    st.subheader(f"{_('Clocks')} · {branch_name(branch)}", anchor=False)
    if view.rows.empty:
        st.info(_("Nobody is overdue here yet"), icon=":material/info:")
        return
    summary(view)
    clocks_evidence.told()
    soon, guarantees, passed, asked = st.tabs(
        [_("Limitation"), _("Guarantees"), _("Passed"), _("Questions for a lawyer")]
    )
    with soon:
        lapsing(kit, principal, view, of_kind(view.lapsing, ClockKind.LIMITATION))
    with guarantees:
        guarantee(view)
    with passed:
        expired(kit, principal, view)
    with asked:
        questions(view)
    how(view)


def of_kind(rows: pd.DataFrame, kind: ClockKind) -> pd.DataFrame:
    """Keep the clocks of one kind."""
    return rows[rows["kind"] == kind.value].reset_index(drop=True)


def summary(view: ClocksView) -> None:
    """Say what lapses and what is enough, with the money at stake and what the acts cost."""
    rows, days, currency = of_kind(view.lapsing, ClockKind.LIMITATION), view.terms.soon_days.value, money(view)
    summed = acts(rows)
    st.markdown(f"##### {headline(summed, days)}")
    letters = [act for act in summed if act.code in ("record_payment", "letter")]
    visits = view.lapsing[view.lapsing["visit_needed"]]
    planned = int(visits["planned_on"].notna().sum())
    costs = sum(act.price_minor for act in summed if not formats.is_unknown(act.price_minor))
    gone = of_kind(view.expired, ClockKind.LIMITATION)
    tiles.show(
        "clocks",
        [
            Tile(
                _("At stake"),
                formats.money_short(int(rows["overdue_minor"].sum()), currency),
                meaning=_("Overdue amount of the accounts whose limitation period ends within {days} days.").format(
                    days=days
                ),
            ),
            Tile(
                _("Without a visit"),
                formats.number(sum(act.count for act in letters)),
                meaning=_("A letter by registered post, or a payment on file that only needs recording, is enough."),
            ),
            Tile(
                _("Visits that are the right act"),
                formats.number(len(visits)),
                None if visits.empty else _("{n} of them planned").format(n=planned),
                "off",
                _("Both clocks. They are required visits of the plan: no letter would come in time, and they pay."),
            ),
            Tile(
                _("All acts together"),
                formats.money_short(costs, currency),
                meaning=_("Assumed prices of the rule pack: post, a crew's visit, the court's fee without counsel."),
            ),
            Tile(
                _("Passed"),
                formats.number(len(gone)),
                meaning=_("Limitation periods that have passed: {money}. No optional visit; legal review.").format(
                    money=formats.money(int(gone["overdue_minor"].sum()), currency)
                ),
            ),
        ],
    )


def money(view: ClocksView) -> str:
    """Give the branch's currency."""
    return view.branch.currency


def lapsing(kit: Services, principal: Principal, view: ClocksView, rows: pd.DataFrame) -> None:
    """List what lapses, by act, with the form for evidence beside it."""
    if rows.empty:
        st.success(
            _("Nothing lapses within {days} days").format(days=view.terms.soon_days.value),
            icon=":material/check_circle:",
        )
        return
    there = [act for act in ACTS if act in set(rows["cheapest_act"])]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        wanted = st.pills(
            _("Enough is"),
            there,
            selection_mode="multi",
            format_func=lambda act: ACT_COUNTS[act](int((rows["cheapest_act"] == act).sum())),
            key=spoken_key("clocks_acts"),
            label_visibility="collapsed",
        )
        if principal.role is Role.MANAGER:
            clocks_letters.download(kit, principal, view)
    shown = rows[rows["cheapest_act"].isin(wanted)].reset_index(drop=True) if wanted else rows
    listed, side = st.columns([11, 5], gap="medium")
    with listed:
        picked = table(shown, "clocks_lapsing", view)
        plan_note(view)
    with side:
        one = chosen(shown, picked)
        if one is None:
            st.caption(_("Choose a row to see what its date rests on."))
        else:
            clocks_evidence.card(kit, principal, view, one)


def plan_note(view: ClocksView) -> None:
    """Say which plan the planned visits are of."""
    if view.published is None:
        st.caption(_("Neither this week nor the next has a plan yet: nothing is known of visits."))
    elif view.published:
        st.caption(_("Visits planned: from today on, of the published plans of this week and the next."))
    else:
        st.caption(_("Visits planned: from today on, of plans of this week and the next that are not all published."))


def guarantee(view: ClocksView) -> None:
    """List the guarantees that end soon: their period is never interrupted."""
    rows = of_kind(view.lapsing, ClockKind.GUARANTEE)
    st.caption(
        _(
            "A second, separate clock: nothing interrupts it. A joint guarantee is kept by a written demand on the "
            "guarantor, an ordinary one by suit or arbitration against the debtor, inside the period."
        )
    )
    if rows.empty:
        st.success(_("No guarantee ends soon."), icon=":material/check_circle:")
        return
    ends = n_("{n} guarantee ends", "{n} guarantees end", len(rows))
    st.markdown(
        "**"
        + _("{guarantees} within {days} days, for {money} overdue").format(
            guarantees=ends,
            days=view.terms.soon_days.value,
            money=formats.money(int(rows["overdue_minor"].sum()), money(view)),
        )
        + "**"
    )
    table(rows, "clocks_guarantees", view)


def expired(kit: Services, principal: Principal, view: ClocksView) -> None:
    """List what has passed, apart and marked, with words that mislead nobody.

    Evidence from before the end may turn up late, such as a receipt: so it can be entered here too.
    """
    rows = view.expired
    st.warning(
        _(
            "These periods have passed. The debtor may refuse to pay, and may still pay if he wishes. Never say or "
            "write that the bank can still sue, and ask for no signature or promise before the legal department has "
            "looked at it. Optional visits are off."
        ),
        icon=":material/gavel:",
    )
    if rows.empty:
        st.success(_("No period has passed."), icon=":material/check_circle:")
        return
    one = chosen(rows, table(rows, "clocks_expired", view))
    if one is not None and one["kind"] == ClockKind.LIMITATION and principal.role is Role.MANAGER:
        with st.container(border=True):
            st.markdown(f"**{plain(one['name'] or one['debtor_id'])}** · {plain(one['case_id'])}")
            st.caption(_("Evidence of an act before the end of the period, found only now, may be entered."))
            with st.expander(_("Enter evidence of an interruption"), icon=":material/edit_document:"):
                clocks_evidence.form(kit, principal, view, one)


def questions(view: ClocksView) -> None:
    """List what a lawyer is asked."""
    rows = view.unknown
    if rows.empty:
        st.success(_("No date is in doubt."), icon=":material/check_circle:")
        return
    for code, count in rows["question"].value_counts().items():
        if code:
            st.markdown(f"- {word(QUESTIONS, str(code))} **{formats.number(int(count))}**")
    table(rows, "clocks_questions", view, questions=True)


def how(view: ClocksView) -> None:
    """Say how the clocks are computed."""
    with st.expander(_("How is this computed?")):
        terms = view.terms
        text = _(
            "The limitation period is {years} years from the last instalment's due date or from the last act that is "
            "proven by evidence and interrupts it, and at most {stop} years from the due date. A check-in, a telephone "
            "call or a notice that nobody signed interrupts nothing. The cheapest act that is enough is named: a "
            "payment on file, a letter while its proof can still arrive ({post} days), a signed notice at a visit from "
            "{visit} on, a suit from {suit} on. Where the last day is a day off it is not moved here, so that nobody "
            "relies on it. Dates and who set them come from the list or from evidence entered here. Rule pack {pack}; "
            "not legal advice."
        )
        currency = money(view)
        st.markdown(
            text.format(
                years=terms.limitation_years.value,
                stop=terms.long_stop_years.value,
                post=terms.letter_days.value,
                visit=formats.money(terms.visit_worth_minor.value, currency),
                suit=formats.money(terms.suit_worth_minor.value, currency),
                pack=view.pack_version,
            )
        )
