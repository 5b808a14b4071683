"""The overdue list: what is loaded, load another, the survey of it, what lapses, and who is on it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from config.rules import load_pack
from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import overdue_load, overdue_summary, overdue_table, overdue_told, overdue_undo
from dashboard.screens.debtor_card import plain
from dashboard.screens.who import branch_name, branch_or_word, kept_by
from dashboard.services import Services, services
from dashboard.text import _
from dashboard.text.words import actor
from planner.domain import Branch, Principal, Role
from planner.view.overdue import OverdueView, overdue_view


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    loads = principal.role is Role.MANAGER
    view = read_view(kit, principal, branch)
    head(kit, branch, view, loads=loads)
    overdue_told.told(principal, branch)
    overdue_undo.told(branch)
    if loads and st.session_state.get("overdue_undoing"):
        overdue_undo.show(kit, principal, branch)
    if loads and (view.last is None or st.session_state.get("overdue_loading")):
        overdue_load.show(kit, principal, branch, first=view.last is None)
    if view.debtors.empty:
        nothing_yet(loads=loads)
        return
    overdue_summary.show(kit, view)
    overdue_table.show(kit, principal, view)


def read_view(kit: Services, principal: Principal, branch: Branch) -> OverdueView:
    """Read the list once for everybody who may see the same of it, until the store has something new."""
    return _cached_view(kit, principal, branch, kept_by(kit, principal, branch))


@st.cache_data(ttl=1800, max_entries=12, show_spinner=False)
def _cached_view(_kit: Services, _principal: Principal, branch: Branch, key: tuple[str, ...]) -> OverdueView:  # noqa: ARG001
    return overdue_view(_kit.store, _principal, branch, load_pack(branch.rule_pack), now=_kit.now())


def head(kit: Services, branch: Branch, view: OverdueView, *, loads: bool) -> None:
    """Say which list is loaded and offer to load another."""
    title, act = st.columns([3, 2], vertical_alignment="center")
    with title:
        st.subheader(f"{_('Overdue list')} · {branch_name(branch)}", anchor=False)
        st.caption(list_line(view))
    with act, st.container(horizontal=True, horizontal_alignment="right"):
        sample = kit.settings.paths.var / "demo" / f"overdue_{branch.code}.csv"
        if loads and sample.is_file():
            st.download_button(
                _("Sample list"),
                sample.read_bytes,
                file_name=sample.name,
                mime="text/csv",
                icon=":material/download:",
                help=_("The invented list this demo was made from: a CSV file in GB18030, as Chinese Excel writes it."),
            )
        if loads and view.last is not None:
            if not st.session_state.get("overdue_undoing") and st.button(
                _("Undo import"),
                icon=":material/undo:",
                type="tertiary",
                key="overdue_undo",
                help=_("Undo the newest import. What it would do is said first."),
            ):
                st.session_state["overdue_undoing"] = True
                st.rerun()
            is_open = bool(st.session_state.get("overdue_loading"))
            label, icon = (_("Close"), ":material/close:") if is_open else (_("Load a list"), ":material/upload_file:")
            if st.button(label, icon=icon, type="secondary" if is_open else "primary", key="overdue_open"):
                st.session_state["overdue_loading"] = not is_open
                st.rerun()


def list_line(view: OverdueView) -> str:
    """Say in one line which list is loaded, when and by whom, and how many of its rows were taken."""
    if view.last is None:
        return _("No list has been loaded yet.")
    source, made = view.last.source, view.last.created_at.astimezone(ZoneInfo(view.branch.timezone))
    return " · ".join(
        [
            plain(source.file_name),
            f"{formats.day(made.date(), year=True)} {formats.clock(made)}",
            _("loaded by {who}").format(who=plain(actor(view.last.created_by))),
            _("{accepted} of {read} rows taken").format(
                accepted=formats.number(source.rows_accepted), read=formats.number(source.rows_read)
            ),
            _("aged to {day}").format(day=formats.day(view.today)),
        ]
    )


def nothing_yet(*, loads: bool) -> None:
    """Say what to do while nobody is on the list."""
    with st.container(border=True):
        st.markdown("##### " + _("Nobody is overdue here yet"))
        if loads:
            st.write(
                _("Load the bank's overdue list above: CSV or XLSX, columns in any order, Chinese or English headings.")
            )
        else:
            st.write(_("The branch manager has not loaded a list."))
