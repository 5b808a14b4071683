"""What may be done on the debtor's page: review, clue, contact point, hold, accommodation; each in a small dialog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from config.survey import SurveyTerms
from dashboard.screens import contact_dialog, review_form, uncovered
from dashboard.screens.debtor_words import ASSETS, CERTAINTIES, CLASSES, HOLDS, SOURCES
from dashboard.screens.review_form import new_id, saved
from dashboard.services import Services
from dashboard.text import N_, _
from dashboard.text.words import ACCOMMODATIONS, VALUES, WEEKDAYS, word
from planner.domain import Principal, Role
from planner.rules.assets import ASSETS as CLASS_OF
from planner.store import NotAllowed
from planner.tables import ACCOMMODATIONS as WISHES
from planner.tables import CLUES, conform
from planner.tables import HOLDS as HOLD_ROWS
from planner.view.debtor import DebtorView

#: an accommodation by how its value is asked for
PLAIN = ("no_entry", "interpreter", "safe_contact_only")
TIMES = ("no_visit_before", "no_visit_after")
SAID_BY: Mapping[str, str] = {
    "debtor": N_("the debtor"),
    "household": N_("somebody of the household"),
    "representative": N_("the representative"),
    "bank": N_("somebody at the bank"),
}


def bar(kit: Services, principal: Principal, view: DebtorView, terms: SurveyTerms) -> None:
    """Offer what the role may do."""
    proposal = waiting(view)
    if proposal is not None and principal.role is Role.MANAGER:
        with st.container(border=True, gap="xsmall"):
            st.markdown("**" + _("A second reviewer is needed") + "**")
            if review_form.second(kit, principal, view.branch, terms, proposal):
                st.rerun()
    if principal.role not in (Role.MANAGER, Role.COLLECTOR):
        return
    with st.container(horizontal=True, gap="small"):
        if principal.role is Role.MANAGER and st.button(_("Review"), icon=":material/rate_review:"):
            review_dialog(kit, principal, view, terms)
        if st.button(_("Add a clue"), icon=":material/search_insights:"):
            clue_dialog(kit, principal, view)
        if principal.role is Role.MANAGER:
            if st.button(_("Contact point"), icon=":material/add_location_alt:"):
                uncovered.note(kit, principal, view.branch.code, [view.debtor_id], where="contact point")
                contact_dialog.show(kit, principal, view)
            if st.button(_("Accommodation"), icon=":material/handshake:"):
                wish_dialog(kit, principal, view, terms)
            if st.button(_("Hold"), icon=":material/pause_circle:"):
                hold_dialog(kit, principal, view)


def waiting(view: DebtorView) -> dict[str, Any] | None:
    """Give the proposal of bad faith that waits for a second reviewer, None where there is none."""
    if not view.judged["proposed"]:
        return None
    rows = view.reviews[view.reviews["review_id"] == view.judged["review_id"]]
    return {str(key): value for key, value in rows.iloc[0].to_dict().items()} if len(rows) else None


@st.dialog(" ", width="medium")
def review_dialog(kit: Services, principal: Principal, view: DebtorView, terms: SurveyTerms) -> None:
    """Review the debtor."""
    st.markdown("##### " + _("Review 复盘"))
    if review_form.form(kit, principal, view.branch, terms, view.debtor_id, queued=False):
        st.rerun()


@st.dialog(" ", width="medium")
def clue_dialog(kit: Services, principal: Principal, view: DebtorView) -> None:
    """Add what the debtor may own."""
    st.markdown("##### " + _("Asset clue"))
    asset = st.selectbox(
        _("What"), list(ASSETS), format_func=lambda one: f"{_(ASSETS[one])} ({_(CLASSES[CLASS_OF[one]])})", index=None
    )
    where = st.text_input(_("Where it is"), max_chars=120)
    source = st.selectbox(_("Where this is from"), list(SOURCES), format_func=lambda one: _(SOURCES[one]), index=None)
    sure = st.segmented_control(
        _("How sure"), list(CERTAINTIES), format_func=lambda one: _(CERTAINTIES[one]), default="told"
    )
    seen_on = st.date_input(_("Seen or dated on"), value=view.today, max_value=view.today)
    st.caption(_("Lawful sources only: never a neighbour, a relative or an employer who owes nothing."))
    wrong = review_form.wording(where or "")
    if st.button(_("Save"), type="primary", disabled=not (asset and source and sure) or wrong):
        what = f"clue {view.debtor_id}"
        row = {"clue_id": new_id(what), "debtor_id": view.debtor_id, "branch": view.branch.code, "asset": asset,
               "place": (where or "").strip(), "source": source, "certainty": sure, "seen_on": pd.Timestamp(seen_on),
               "recorded_at": pd.Timestamp(kit.now()), "recorded_by": "", "replaces": "",
               "withdrawn": False}  # fmt: skip
        try:
            kit.store.save_clues(principal, view.branch.code, conform(pd.DataFrame([row]), CLUES), now=kit.now())
        except (NotAllowed, ValueError):
            st.error(_("This clue could not be saved: it is not one of your stops, or a word is not fit to be kept."))
            return
        saved(what)
        st.rerun()


@st.dialog(" ", width="medium")
def wish_dialog(kit: Services, principal: Principal, view: DebtorView, terms: SurveyTerms) -> None:
    """Set an accommodation: what must be respected, never why."""
    st.markdown("##### " + _("Accommodation"))
    st.caption(_("What must be respected at a visit. The reason is never asked for and never kept."))
    kind = st.selectbox(_("What"), list(ACCOMMODATIONS), format_func=wish_words, index=None)
    value = wish_value(kind, view.today) if kind else ""
    said_by = st.selectbox(_("Who said so"), list(SAID_BY), format_func=lambda one: _(SAID_BY[one]))
    last = (pd.Timestamp(view.today) + pd.DateOffset(months=terms.accommodation_months.value)).date()
    until = st.date_input(_("Until"), value=last, min_value=view.today)
    if st.button(_("Save"), type="primary", disabled=not kind or (not value and kind not in PLAIN)):
        what = f"wish {view.debtor_id}"
        row = {"accommodation_id": new_id(what), "debtor_id": view.debtor_id, "branch": view.branch.code, "kind": kind,
               "value": value, "said_by": said_by, "set_on": pd.Timestamp(view.today),
               "expires_on": pd.Timestamp(until)}  # fmt: skip
        table = conform(pd.DataFrame([row]), WISHES)
        kit.store.save_accommodations(principal, view.branch.code, table, now=kit.now())
        saved(what)
        st.rerun()


def wish_words(kind: str) -> str:
    """Name a kind of accommodation without its value."""
    return word(ACCOMMODATIONS, kind).replace(": {value}", "").replace("：{value}", "").replace("{value}", "…")


def wish_value(kind: str, today: date) -> str:
    """Ask for the value of an accommodation as it is kept."""
    if kind == "no_visit_weekdays":
        days = st.pills(_("Days"), list(range(7)), selection_mode="multi", format_func=lambda one: _(WEEKDAYS[one]))
        return " ".join(map(str, sorted(days)))
    if kind == "no_visit_dates":
        chosen = st.date_input(_("Day"), value=None, min_value=today)
        return chosen.isoformat() if isinstance(chosen, date) else ""
    if kind in TIMES:
        at = st.time_input(_("Time"), value=None, step=1800)
        return f"{at:%H:%M}" if at else ""
    if kind in ("language", "visitor_gender"):
        values = ["yue", "dialect"] if kind == "language" else ["female", "male"]
        return str(st.selectbox(_("Which"), values, format_func=lambda one: _(VALUES[one])) or "")
    return ""


@st.dialog(" ", width="medium")
def hold_dialog(kit: Services, principal: Principal, view: DebtorView) -> None:
    """Set a hold, or lift one."""
    st.markdown("##### " + _("Hold"))
    code = view.branch.code
    for held in view.held.to_dict("records"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(word(HOLDS, held["kind"]))
            if st.button(_("Lift from today"), key=f"lift {held['hold_id']}"):
                yesterday = pd.Timestamp(view.today) - pd.Timedelta(days=1)
                row = pd.DataFrame([{**held, "until_on": yesterday}])
                kit.store.save_holds(principal, code, conform(row, HOLD_ROWS), now=kit.now())
                st.rerun()
    kind = st.selectbox(_("Kind"), list(HOLDS), format_func=lambda one: _(HOLDS[one]), index=None)
    until = st.date_input(_("Until (empty: until lifted)"), value=None, min_value=view.today)
    if st.button(_("Set the hold"), type="primary", disabled=not kind):
        what = f"hold {view.debtor_id}"
        row = pd.DataFrame(
            [{"hold_id": new_id(what), "debtor_id": view.debtor_id, "branch": code, "kind": kind,
              "from_on": pd.Timestamp(view.today), "until_on": pd.Timestamp(until) if until else pd.NaT,
              "set_by": principal.name}]
        )  # fmt: skip
        row["until_on"] = pd.to_datetime(row["until_on"])
        kit.store.save_holds(principal, code, conform(row, HOLD_ROWS), now=kit.now())
        saved(what)
        st.rerun()
