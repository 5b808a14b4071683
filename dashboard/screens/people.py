"""The administrators' page: who may sign in and as what. No debtor is on it, and none can be reached from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens.people_words import WRONG
from dashboard.screens.who import branch_name, spoken_key
from dashboard.services import Services, services
from dashboard.sign_in.sessions import ago
from dashboard.sign_in.words import ROLES
from dashboard.text import LANGUAGES, _, n_
from planner.domain import Branch, Principal, Role
from planner.passwords import hashed, one_time
from planner.store import BadLogin, Login

#: a password that was given is to be changed within this
GOOD_FOR = timedelta(days=7)
GIVEN = "people given"


def page() -> None:
    """Show the page."""
    kit, principal = services(), current_principal()
    st.subheader(_("People"), anchor=False)
    st.caption(_("Who may sign in here, and as what. Changes hold within seconds, in all open tabs."))
    logins = kit.store.logins.listed(principal)
    branches = kit.store.branches(principal)
    told_once()
    listed, chosen = st.columns([3, 2], gap="large")
    with listed:
        name = table(logins, branches)
    with chosen:
        login = next((one for one in logins if one.name == name), None)
        if login is None:
            add(kit, principal, branches)
        else:
            change(kit, principal, branches, login)


def told_once() -> None:
    """Show a password that was just made, once: it is kept nowhere."""
    given = st.session_state.pop(GIVEN, None)
    if given is None:
        return
    name, password = given
    with st.container(border=True):
        st.markdown(_("One-time password for {name}, shown this once:").format(name=plain(name)))
        st.code(password, language=None)
        st.caption(
            _("Give it in person or by phone. It is good for {n} days and is changed at the first sign-in.").format(
                n=GOOD_FOR.days
            )
        )


def table(logins: Sequence[Login], branches: Sequence[Branch]) -> str:
    """Show who there is; gives the name of the one that was chosen, "" for none."""
    people = [one for one in logins if not one.ready]
    ready = len(logins) - len(people)
    if ready:
        st.caption(
            n_(
                "{n} ready account of the demo that was used is not listed.",
                "{n} ready accounts of the demo that were used are not listed.",
                ready,
            )
        )
    if not people:
        st.info(_("Nobody has an account of their own yet: add the first one."), icon=":material/person_add:")
        return ""
    names = {one.code: branch_name(one) for one in branches}
    shown = pd.DataFrame(
        {
            _("Name"): [one.name for one in people],
            _("Role"): [ROLES[one.role]() for one in people],
            _("Branch"): [", ".join(names.get(code, code) for code in sorted(one.branches)) for one in people],
            _("Crew"): [one.crew or "" for one in people],
            _("State"): [state(one) for one in people],
        }
    )
    event = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=spoken_key("people_table"),
    )
    rows = event.selection.rows
    st.caption(n_("{n} account", "{n} accounts", len(people)) + " · " + _("choose a row to change it"))
    return people[rows[0]].name if rows and rows[0] < len(people) else ""


def state(login: Login) -> str:
    """Say whether somebody can sign in."""
    if login.disabled:
        return _("disabled")
    if login.one_time_until is not None:
        return _("one-time password until {day}").format(day=formats.day(login.one_time_until.date()))
    return _("may sign in")


def add(kit: Services, principal: Principal, branches: Sequence[Branch]) -> None:
    """Offer to add somebody."""
    with st.container(border=True):
        st.markdown(f"**{_('Add somebody')}**")
        name = st.text_input(
            _("Name to sign in with"), key="people_name", placeholder=_("such as lin.xiaofeng or a staff number")
        )
        wanted = what(kit, principal, branches, "new", None)
        at_bank = bool(wanted.subject)
        said = _("Add, to sign in at the bank") if at_bank else _("Add, with a one-time password")
        if st.button(said, type="primary", disabled=not name.strip()):
            login = replace(wanted, name=name.strip())
            if any(one.name.lower() == login.name.lower() for one in kit.store.logins.listed(principal)):
                st.error(_("There is somebody of this name already."))
                return
            if at_bank:
                saved(kit, principal, login, password="")
            else:
                with_new_password(kit, principal, login)


def change(kit: Services, principal: Principal, branches: Sequence[Branch], login: Login) -> None:
    """Offer to change somebody's role or password, or to keep him out."""
    with st.container(border=True):
        st.markdown(f"**{plain(login.name)}**")
        wanted = what(kit, principal, branches, login.name, login)
        allowed = st.toggle(_("May sign in"), value=not login.disabled, key=f"people_may {login.name}")
        changed = replace(wanted, name=login.name, disabled=not allowed)
        if st.button(_("Keep the change"), type="primary", disabled=changed == login):
            saved(kit, principal, changed)
        if st.button(_("Give a one-time password"), disabled=login.disabled):
            with_new_password(kit, principal, login)
        st.caption(_("The old password and all open sessions end with it."))
        signed_in(kit, principal, login)


def signed_in(kit: Services, principal: Principal, login: Login) -> None:
    """Show somebody's open sessions, and offer to end them."""
    now = kit.now()
    found = kit.store.logins.sessions(principal, login.name, now=now)
    st.markdown(f"**{_('Signed in')}**")
    if not found:
        st.caption(_("Nobody is signed in with this account."))
        return
    lines = [
        _("signed in {ago}").format(ago=ago(now - one.created_at))
        + " · "
        + _("last used {ago}").format(ago=ago(now - one.seen_at))
        for one in found
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))
    if st.button(
        n_("End {n} session", "End {n} sessions", len(found)), icon=":material/logout:", key=f"people_end {login.name}"
    ):
        kit.store.logins.end_sessions(principal, login.name, now=now)
        st.rerun()


def what(kit: Services, principal: Principal, branches: Sequence[Branch], key: str, login: Login | None) -> Login:
    """Ask for role, branches, crew and language; gives them in a login without its own name."""
    roles, names = list(ROLES), {one.code: branch_name(one) for one in branches}
    role = st.selectbox(
        _("Role"),
        roles,
        index=roles.index(login.role) if login else 0,
        format_func=lambda one: ROLES[one](),
        key=spoken_key(f"people_role {key}"),
    )
    codes, crew = frozenset[str](), None
    if role is Role.COLLECTOR:
        there = sorted(login.branches)[0] if login and login.branches else next(iter(names), None)
        code = st.selectbox(
            _("Branch"),
            list(names),
            index=list(names).index(there) if there in names else 0,
            format_func=names.__getitem__,
            key=spoken_key(f"people_branch {key}"),
        )
        crews = dict(kit.store.logins.crews(principal, code)) if code else {}
        crew = st.selectbox(
            _("Crew"),
            list(crews),
            index=list(crews).index(login.crew) if login and login.crew in crews else 0,
            format_func=lambda one: f"{crews[one]} · {one}",
            key=spoken_key(f"people_crew {key} {code}"),
        )
        codes = frozenset({code}) if code else codes
    elif role is not Role.ADMINISTRATOR:
        codes = frozenset(
            st.multiselect(
                _("Branches"),
                list(names),
                default=sorted(login.branches & set(names)) if login else [],
                format_func=names.__getitem__,
                key=spoken_key(f"people_branches {key}"),
                placeholder=_("Choose branches"),
            )
        )
    language = st.segmented_control(
        _("Language at first"),
        list(LANGUAGES),
        default=login.language if login and login.language in LANGUAGES else None,
        format_func=LANGUAGES.__getitem__,
        key=spoken_key(f"people_language {key}"),
    )
    base = login or Login("", role)
    subject = base.subject
    if kit.settings.oidc_issuer or subject:
        subject = st.text_input(
            _("Name at the bank's own sign-in"),
            value=subject,
            max_chars=255,
            key=spoken_key(f"people_subject {key}"),
            help=_("What the bank's token says in “{claim}”. Empty: signs in here only.").format(
                claim=kit.settings.oidc_claim
            ),
        ).strip()
    return replace(base, role=role, branches=codes, crew=crew, language=language or "", subject=subject)


def with_new_password(kit: Services, principal: Principal, login: Login) -> None:
    """Keep a login with a one-time password and show that after the next run."""
    password, now = one_time(), kit.now()
    if saved(kit, principal, replace(login, one_time_until=until(now)), password=hashed(password), again=False):
        st.session_state[GIVEN] = (login.name, password)
        st.rerun()


def until(now: datetime) -> datetime:
    """Give until when a one-time password is good."""
    return (now + GOOD_FOR).replace(microsecond=0)


def saved(
    kit: Services, principal: Principal, login: Login, *, password: str | None = None, again: bool = True
) -> bool:
    """Keep a login, or say why not."""
    try:
        kit.store.logins.save(principal, login, password=password, now=kit.now())
    except BadLogin as error:
        st.error(WRONG[error.code]())
        return False
    if again:
        st.rerun()
    return True


def plain(name: str) -> str:
    """Give a name that Markdown shows as it is."""
    return "".join(f"\\{sign}" if not sign.isalnum() else sign for sign in name)
