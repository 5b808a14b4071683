"""One clock in full, and a form for evidence that interrupted it: the clock is shown before and after, then saved."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens import looked
from dashboard.screens.clocks_table import setter
from dashboard.screens.clocks_words import EVIDENCE, NO_EVIDENCE, QUESTIONS, REFUSALS, STATES, article, why_words
from dashboard.screens.debtor_card import plain
from dashboard.screens.overdue_words import ACTS
from dashboard.services import Services
from dashboard.text import _, n_
from dashboard.text.sentences import said
from dashboard.text.words import word
from planner.domain import Principal, Role
from planner.rules import flagged
from planner.value.evidence import Moved, moved
from planner.view.clocks import ClocksView

LONGEST = 80
SAVED = "clocks_saved"


def told() -> None:
    """Say once that evidence was saved."""
    text = st.session_state.pop(SAVED, None)
    if text:
        st.success(text, icon=":material/check_circle:")


def card(kit: Services, principal: Principal, view: ClocksView, one: pd.Series) -> None:
    """Show what a clock rests on and, for a manager, the form."""
    looked.card(kit, principal, view.branch.code, "clocks", str(one["debtor_id"]))
    with st.container(border=True):
        st.markdown(f"**{plain(one['name'] or one['debtor_id'])}** · {plain(one['case_id'])}")
        left = n_("{n} day left", "{n} days left", int(one["days_left"]))
        st.markdown(f":orange[:material/timer:] **{left}**, {_('last day {day}').format(day=day(one['ends_on']))}")
        facts = _("Runs from {evidence}, {day}; list of {listed}; set by {who}.").format(
            evidence=word(EVIDENCE, one["evidence"]),
            day=day(one["starts_on"]),
            listed=day(one["listed_on"]),
            who=plain(setter(one["set_by"])) or formats.UNKNOWN,
        )
        st.markdown(f"{facts}  \n:gray[{plain(article(one['article']))}]")
        price = formats.money(one["price_minor"], view.branch.currency)
        reason = why_words(one["why"], one["barred_by"])
        st.markdown(f":material/task_alt: {word(ACTS, one['cheapest_act'])} · {price}  \n:gray[{reason}]")
        if one["question"]:
            st.markdown(":material/gavel: " + word(QUESTIONS, one["question"]))
    if principal.role is Role.MANAGER:
        with st.expander(_("Enter evidence of an interruption"), icon=":material/edit_document:"):
            form(kit, principal, view, one)


def form(kit: Services, principal: Principal, view: ClocksView, one: pd.Series) -> None:
    """Ask for the evidence, show what it does to the clock, and save it."""
    case_id = str(one["case_id"])
    kinds = [*sorted(view.terms.interrupting.value, key=list(EVIDENCE).index), *NO_EVIDENCE]
    evidence = st.selectbox(
        _("Evidence"),
        kinds,
        format_func=lambda code: word({**NO_EVIDENCE, **EVIDENCE}, code),
        key=f"evidence_kind {case_id}",
    )
    on = st.date_input(_("Day of the act"), view.today, format="YYYY-MM-DD", key=f"evidence_day {case_id}")
    source = st.text_input(
        _("Where the paper is kept"),
        max_chars=LONGEST,
        placeholder=_("Folder and sheet, or the number of the receipt"),
        key=f"evidence_source {case_id}",
    )
    account = view.accounts[view.accounts["case_id"] == case_id]
    if not isinstance(on, date) or account.empty:
        return
    source = (source or "").strip()
    change = moved(
        account.reset_index(drop=True),
        view.terms,
        on=on,
        evidence=evidence,
        source=source or "?",
        who=principal.name,
        today=view.today,
    )
    preview(change)
    flags = flagged(source)
    for flag in flags:
        st.warning(f"“{plain(flag.found)}”: {said(flag.reason)} {said(flag.cure)}", icon=":material/flag:")
    ready = not change.refusal and bool(source) and not flags
    if not change.refusal and not source:
        st.caption(word(REFUSALS, "no_source"))
    label = _("Save the evidence")
    if st.button(label, type="primary", disabled=not ready, key=f"evidence_save {case_id}") and ready:
        save(kit, principal, view, case_id, on, evidence, source)


def preview(change: Moved) -> None:
    """Show the clock before and after."""
    if change.refusal:
        st.warning(word(REFUSALS, change.refusal), icon=":material/block:")
        return
    before, after = change.before, change.after
    st.markdown(
        f"{_('Now')}: {word(STATES, before['state'])}, {day(before['ends_on'])}  \n"
        f"**{_('Then')}: {word(STATES, after['state'])}, {day(after['ends_on'])}**"
    )
    if after["question"]:
        st.caption(word(QUESTIONS, after["question"]))


def save(
    kit: Services, principal: Principal, view: ClocksView, case_id: str, on: date, evidence: str, source: str
) -> None:
    """Save the evidence and show the page anew."""
    try:
        kit.store.save_interruption(
            principal, view.branch.code, case_id, on=on, evidence=evidence, source=source, now=kit.now()
        )
    except ValueError:
        st.error(
            _("Somebody has entered newer evidence meanwhile, or the account is closed: load the page again."),
            icon=":material/error:",
        )
        return
    st.session_state[SAVED] = _(
        "Saved: the clock of case {case} runs anew from {day}. It is in the audit trail."
    ).format(case=case_id, day=formats.day(on, year=True))
    st.rerun()


def day(value: pd.Timestamp) -> str:
    """Give a day of a table."""
    return formats.UNKNOWN if pd.isna(value) else formats.day(value.date(), year=True)
