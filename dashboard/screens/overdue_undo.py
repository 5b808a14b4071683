"""Taking the newest import back: what it would do is said first, and asked."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.screens import tiles
from dashboard.screens.debtor_card import plain
from dashboard.screens.tiles import Tile
from dashboard.services import Services
from dashboard.text import _, joined, n_
from dashboard.text.refusals import refused
from planner.domain import Branch, Principal
from planner.store import ImportBatch, NotUndoable, Undoing


def show(kit: Services, principal: Principal, branch: Branch) -> None:
    """Offer to take the newest import back, say what that does, and do it."""
    made = next((one for one in kit.store.imports(principal, branch.code) if one.undoable), None)
    with st.container(border=True, key="overdue_undo_panel"):
        if made is None:
            st.write(_("No import can be taken back: what the last one changed is not kept any more."))
            keep(_("Close"))
            return
        at = made.created_at.astimezone(ZoneInfo(branch.timezone))
        st.markdown("**" + _("Take the import of {file} back?").format(file=plain(made.source.file_name)) + "**")
        st.caption(f"{formats.day(at.date(), year=True)} {formats.clock(at)}")
        try:
            told = kit.store.undoing_import(principal, branch.code, made.result.batch_id)
        except NotUndoable as error:
            st.info(refused(str(error)), icon=":material/info:")
            keep(_("Close"))
            return
        consequences(told)
        with st.container(horizontal=True):
            if st.button(_("Undo import"), type="primary", icon=":material/undo:", key="overdue_undo_do"):
                take_back(kit, principal, branch, made)
            keep(_("Keep it"))


def keep(label: str) -> None:
    """Offer to leave everything as it is."""
    if st.button(label, key="overdue_undo_keep"):
        st.session_state["overdue_undoing"] = False
        st.rerun()


def consequences(told: Undoing) -> None:
    """Say what taking it back does, in counts and in words."""
    facts = [
        (_("Accounts closed"), told.added),
        (_("Put back as they were"), told.changed),
        (_("Opened again"), told.gone),
    ]
    tiles.show("undoing", [Tile(label, formats.number(value)) for label, value in facts])
    said = [_("It stays on record that the list was loaded and taken back. What people changed since stays.")]
    if told.outcomes:
        said.append(
            n_(
                "{n} outcome recorded since at a new debtor is kept.",
                "{n} outcomes recorded since at new debtors are kept.",
                told.outcomes,
            ).format(n=formats.number(told.outcomes))
        )
    if told.planned:
        said.append(
            n_(
                "{n} visit of a plan goes to a debtor who leaves the list: plan the week again.",
                "{n} visits of plans go to debtors who leave the list: plan the week again.",
                told.planned,
            ).format(n=formats.number(told.planned))
        )
    st.markdown(joined(*said))


def take_back(kit: Services, principal: Principal, branch: Branch, made: ImportBatch) -> None:
    """Take it back and show the list as it is then."""
    try:
        kit.store.undo_import(principal, branch.code, made.result.batch_id, now=kit.now())
    except NotUndoable as error:  # somebody else was quicker
        st.error(refused(str(error)), icon=":material/error:")
        return
    st.session_state["overdue_undoing"] = False
    st.session_state.pop("overdue_result", None)
    st.session_state.pop("overdue_reading", None)
    st.session_state["overdue_taken_back"] = (branch.code, made.source.file_name)
    st.rerun()


def told(branch: Branch) -> None:
    """Say that an import was taken back, once."""
    done = st.session_state.get("overdue_taken_back")
    if done and done[0] == branch.code:
        st.session_state.pop("overdue_taken_back")
        st.success(
            _("Taken back: {file}. The list is as it was before.").format(file=plain(done[1])), icon=":material/undo:"
        )
