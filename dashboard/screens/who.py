"""Who looks at which branch, and plans read once for everybody who may see the same of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import formats
from dashboard.screens import address
from dashboard.screens.versions import data_version
from dashboard.services import Services, everywhere
from dashboard.text import _, current_language, distinct
from planner.domain import Branch, Principal
from planner.view import WeekView, week_view

#: in so many runs of a page a choice of another page is told to its own box
SAID = 2


def keep_choice(key: str, options: Sequence[Any]) -> None:
    """Hold on to what was chosen in a select box whose labels change with the language, or that other pages have too.

    Streamlit knows a choice by its label. In another language that label is no option, and the label itself would come
    back as the value; so the last choice is kept beside it. And on the first run of a page it knows of the choice by
    the other page's box alone: this page's own would begin with its first option. To be called before the box is drawn.
    """
    kept, now = f"{key} kept", st.session_state.get(key)
    if key in st.session_state and now not in options:
        last = st.session_state.get(kept)
        st.session_state[key] = last if last in options else options[0]
    st.session_state[kept] = st.session_state.get(key)
    # Said anew, it is this page's; and in its second run, since the first may end before the box is drawn.
    page, here = f"{key} page", _page()
    told_on, times = st.session_state.get(page, ("", 0))
    times = times + 1 if told_on == here else 1
    if times <= SAID and key in st.session_state:
        st.session_state[key] = st.session_state[kept]
    st.session_state[page] = here, min(times, SAID + 1)


def _page() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.page_script_hash


def spoken_key(key: str) -> str:
    """Give a widget's key in the session's language: a filter begins anew when the language changes.

    Streamlit knows a choice by its label, which is no option any more in the other language (see ``keep_choice``).
    """
    return f"{key} {current_language()}"


def branch_choice(kit: Services, principal: Principal) -> Branch | None:
    """Let somebody with several branches choose one."""
    mine = kit.store.branches(principal)
    if len(mine) <= 1:
        return next(iter(mine), None)
    names = distinct({one.code: branch_name(one) for one in mine})
    address.begin_with("branch", address.one_asked("branch", names))
    keep_choice("branch", list(names))
    code = st.selectbox(
        _("Branch"), list(names), format_func=names.__getitem__, key="branch", width=280, persist_state="session"
    )
    address.say(branch=code)
    return next(one for one in mine if one.code == code)


def branch_or_word(kit: Services, principal: Principal) -> Branch | None:
    """Give the branch that a page is about; where there is none, say so."""
    branch = branch_choice(kit, principal)
    if branch is None:
        no_branch()
    return branch


def no_branch() -> None:
    """Say that there is nothing to show yet, and how a branch comes about."""
    st.info(_("No branch is set up yet: make the demo (make demo), or set one up (README)."), icon=":material/info:")


def branch_name(branch: Branch) -> str:
    """Give a branch's name in the session's language."""
    return branch.name_zh if formats.locale().startswith("zh") else branch.name_en


@st.cache_data(ttl=3600, max_entries=24, show_spinner=False)
def read_plan(_kit: Services, _principal: Principal, who: str, plan_id: str, published: str) -> WeekView:  # noqa: ARG001
    """Read a plan once for everybody who may see the same of it; a plan never changes, being published does."""
    return week_view(_kit.store, _principal, plan_id)


def audience(principal: Principal) -> str:
    """Name who may see the same: role, branches and crew."""
    return "|".join((principal.role.value, ",".join(sorted(principal.branches)), principal.crew or ""))


def kept_by(kit: Services, principal: Principal, branch: Branch, *more: str) -> tuple[str, ...]:
    """Give what a cached view of a branch is kept by: who may see the same, the day there, the data's state, and more.

    The system asks for the state, since a collector may not read the trail.
    """
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    state = data_version(kit, everywhere(kit.store, "pages"), (branch,))
    return audience(principal), branch.code, today.isoformat(), state, *more
