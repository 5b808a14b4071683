"""The short review: willing? able? on what grounds? And the second reviewer's word on a proposed bad faith."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pandas as pd
import streamlit as st

from config.survey import SurveyTerms
from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.screens.debtor_words import ANSWERS, DOUBTS, GROUNDS, found_words, ground_words
from dashboard.screens.overdue_words import TYPES
from dashboard.services import Services
from dashboard.text import N_, _
from dashboard.text.sentences import said
from dashboard.text.words import word
from planner.domain import Branch, DebtorType, Principal
from planner.rules import flagged
from planner.rules.notes import LONGEST, faults
from planner.rules.review import proposed_type, same_person
from planner.store import NotAllowed, SamePerson
from planner.tables import REVIEWS, conform

#: what may be wrong with a note
FAULTS: Mapping[str, str] = {
    "long": N_("The note is too long: keep what bears on the review."),
    "number": N_("The note holds a long number: telephone and card numbers belong on the contact card."),
}


def new_id(what: str) -> str:
    """Give the id of what is being written: the same until it was saved, so that a second click changes nothing."""
    key = f"draft {what}"
    return str(st.session_state.setdefault(key, str(uuid4())))


def saved(what: str) -> None:
    """Forget the draft."""
    st.session_state.pop(f"draft {what}", None)


def note_faults(note: str) -> bool:
    """Say what is wrong with a note; true where something is."""
    wrong = faults(note)
    for code in wrong:
        if code in FAULTS:
            st.warning(_(FAULTS[code]), icon=":material/edit_note:")
    wording(note)
    return bool(wrong)


def wording(text: str) -> bool:
    """Show each word that must not be written, why, and what to do instead; true where there is one."""
    flags = [flag for flag in flagged(text) if not flag.code.endswith("_number")]
    for flag in flags:
        st.warning(f"“{plain(flag.found)}”: {said(flag.reason)} {said(flag.cure)}", icon=":material/flag:")
    return bool(flags)


def form(
    kit: Services, principal: Principal, branch: Branch, terms: SurveyTerms, debtor_id: str, *, queued: bool
) -> bool:
    """Ask the questions about one debtor, of the queue or alone; true once the review was saved."""
    with st.container(horizontal=True, gap="large"):
        willing = st.segmented_control(
            _("Is the debtor willing?"), list(ANSWERS), format_func=lambda one: _(ANSWERS[one]),
            key=f"willing {debtor_id}",
        )  # fmt: skip
        able = st.segmented_control(
            _("Is the debtor able?"), list(ANSWERS), format_func=lambda one: _(ANSWERS[one]), key=f"able {debtor_id}"
        )
    grounds = st.pills(
        _("Grounds"),
        list(GROUNDS),
        selection_mode="multi",
        format_func=ground_words,
        key=f"grounds {debtor_id}",
        help=_("Bad faith is proposed only where an act is named and the debtor is unwilling."),
    )
    note = st.text_input(_("Note"), key=f"note {debtor_id}", max_chars=LONGEST,
                         placeholder=_("What was seen or said; no names, no numbers"))  # fmt: skip
    wrong = note_faults(note or "")
    answered = willing is not None and able is not None
    found = proposed_type(willing or "unknown", able or "unknown", grounds)
    follows(found, answered=answered, willing=willing or "", able=able or "")
    if st.button(
        _("Save and next") if queued else _("Save"),
        type="primary",
        icon=":material/check:",
        shortcut="Ctrl+Enter",
        disabled=not answered or wrong,
        key=f"save review {debtor_id}",
    ):
        row = {"debtor_id": debtor_id, "branch": branch.code, "willing": willing, "able": able,
               "grounds": " ".join(grounds), "note": (note or "").strip()}  # fmt: skip
        return keep(kit, principal, branch, terms, row, f"review {debtor_id}")
    return False


def follows(found: DebtorType, *, answered: bool, willing: str, able: str) -> None:
    """Say which type follows from the answers, and what that means."""
    if not answered:
        st.caption(_("Two answers decide the type; the grounds say why."))
        return
    if found is DebtorType.BAD_FAITH:
        st.markdown(":orange[:material/gavel:] " + _("Proposes bad faith: it counts once another person confirms it."))
    elif (willing, able) == ("no", "no"):
        st.markdown(_("Neither willing nor able, and no act of bad faith: not yet understood. Talk first."))
    else:
        st.markdown(_("Follows: {type}").format(type=f"**{word(TYPES, found.value)}**"))


def keep(
    kit: Services, principal: Principal, branch: Branch, terms: SurveyTerms, row: Mapping[str, Any], what: str
) -> bool:
    """Save one review, confirmation or doubt; true where it was."""
    filled: dict[str, Any] = dict.fromkeys(REVIEWS, "")
    filled |= {"reviewed_at": pd.Timestamp(kit.now()), "expires_on": pd.NaT, "review_id": new_id(what), **row}
    table = pd.DataFrame([filled])
    table["expires_on"] = pd.to_datetime(table["expires_on"])
    try:
        kit.store.save_reviews(principal, branch.code, conform(table, REVIEWS), terms.review, now=kit.now())
    except SamePerson:
        st.error(_("You proposed this yourself: another person has to confirm it."), icon=":material/group:")
        return False
    except NotAllowed:
        st.error(_("Your role may not save this."), icon=":material/block:")
        return False
    except ValueError:
        st.error(_("Somebody has reviewed this debtor in the meantime: look at the page again."))
        return False
    saved(what)
    st.toast(_("Saved"), icon=":material/check_circle:")
    return True


def second(
    kit: Services, principal: Principal, branch: Branch, terms: SurveyTerms, proposal: Mapping[str, Any]
) -> bool:
    """Show a proposal of bad faith and let another person confirm it or say no; true once that was done."""
    debtor_id, first = str(proposal["debtor_id"]), str(proposal["reviewer"])
    day = pd.Timestamp(proposal["reviewed_at"]).tz_convert(branch.timezone).date()
    st.markdown(
        _("Proposed by {who} on {day}: {type}").format(
            who=plain(first), day=formats.day(day, year=True), type=found_words(str(proposal["proposed"]))
        )
    )
    st.markdown(f"**{ground_words(str(proposal['grounds']))}**")
    if proposal["note"]:
        st.caption(plain(str(proposal["note"])))
    if same_person(first, principal.name):
        st.info(_("You proposed this yourself: another person has to confirm it."), icon=":material/group:")
        return False
    names = ("debtor_id", "branch", "willing", "able", "grounds")
    with st.container(horizontal=True):
        if st.button(_("Confirm bad faith"), icon=":material/gavel:", key=f"confirm {proposal['review_id']}"):
            row = {**{name: proposal[name] for name in names}, "confirms": proposal["review_id"]}
            return keep(kit, principal, branch, terms, row, f"confirm {debtor_id}")
        with st.popover(_("Not convinced"), icon=":material/thumb_down:", key=f"doubt {proposal['review_id']}"):
            return doubt(kit, principal, branch, terms, proposal)


def doubt(kit: Services, principal: Principal, branch: Branch, terms: SurveyTerms, proposal: Mapping[str, Any]) -> bool:
    """Let the second reviewer say why he is not convinced; true once that was saved."""
    key = f"doubts {proposal['review_id']}"
    why = st.pills(_("Why not"), list(DOUBTS), selection_mode="multi", format_func=lambda one: _(DOUBTS[one]), key=key)
    st.caption(_("The proposal waits no longer and does not count. The branch is told and reviews the debtor anew."))
    if not st.button(_("Send back to the branch"), key=f"send {key}", disabled=not why, icon=":material/undo:"):
        return False
    unsaid = {"willing": "unknown", "able": "unknown", "grounds": " ".join(why)}
    row = {"debtor_id": proposal["debtor_id"], "branch": proposal["branch"], "confirms": proposal["review_id"]}
    return keep(kit, principal, branch, terms, {**row, **unsaid}, f"doubt {proposal['review_id']}")
