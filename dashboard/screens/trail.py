"""The audit trail as a page: who did what, when, and to which rows; ids and counts, never a debtor's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens.who import branch_choice, spoken_key
from dashboard.services import Services, services
from dashboard.sign_in.words import ROLES
from dashboard.text import N_, _, n_
from dashboard.text.deeds import about, deed
from planner.domain import Branch, Principal, Role
from planner.store import AuditEntry

#: how many of the newest entries a page shows
MOST = 2_000
PERIODS = {N_("Today"): 1, N_("7 days"): 7, N_("30 days"): 30, N_("All entries"): 0}
#: which trail: a branch's, or that of the accounts
BRANCH, ACCOUNTS = N_("Branch"), N_("Sign-in and accounts")


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    st.subheader(_("Trail"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of_accounts = which(principal) == ACCOUNTS
        branch = None if of_accounts else branch_choice(kit, principal)
        days = PERIODS[period()]
    if branch is None and not of_accounts:
        st.info(
            _("No branch is set up yet: make the demo (make demo), or set one up (README)."), icon=":material/info:"
        )
        return
    zone = zone_of(kit, principal, branch)
    since = start_of(kit.now(), zone, days)
    entries = (
        kit.store.logins.trail(principal, since=since, most=MOST)
        if branch is None
        else kit.store.audit_entries(principal, branch.code, since=since, most=MOST)
    )
    show(entries, zone)


def zone_of(kit: Services, principal: Principal, branch: Branch | None) -> ZoneInfo:
    """Give the zone in which a reader is told times: his branch's on both trails, UTC where he has none."""
    if branch is None and principal.role is Role.AUDITOR:
        branch = next(iter(kit.store.branches(principal)), None)
    return ZoneInfo(branch.timezone if branch else "UTC")


def which(principal: Principal) -> str:
    """Let an auditor choose which trail to read; the others have one each."""
    if principal.role is not Role.AUDITOR:
        return ACCOUNTS if principal.role is Role.ADMINISTRATOR else BRANCH
    return str(
        st.segmented_control(
            _("Trail"), [BRANCH, ACCOUNTS], format_func=_, default=BRANCH, required=True, key=spoken_key("trail_of")
        )
    )


def period() -> str:
    """Let the reader choose how far back."""
    return str(
        st.segmented_control(
            _("Period"),
            list(PERIODS),
            format_func=_,
            default="7 days",
            required=True,
            key=spoken_key("trail_period"),
        )
    )


def start_of(now: datetime, zone: ZoneInfo, days: int) -> datetime | None:
    """Give the midnight from which so many days, today among them, are shown; None for all of them.

    >>> start_of(datetime(2026, 11, 24, 1, tzinfo=ZoneInfo("UTC")), ZoneInfo("Asia/Shanghai"), 7).isoformat()
    '2026-11-18T00:00:00+08:00'
    """
    if not days:
        return None
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def show(entries: Sequence[AuditEntry], zone: ZoneInfo) -> None:
    """Show entries, the newest first, cut to the people and deeds that the reader chooses."""
    if not entries:
        st.info(_("Nothing was done in this period."), icon=":material/history:")
        return
    people, deeds = st.columns(2)
    wanted = people.multiselect(_("Who"), sorted({one.who for one in entries}), placeholder=_("Everybody"))
    words = {one.what: deed(one.what, titles()) for one in entries}
    chosen = deeds.multiselect(_("What"), sorted(set(words.values())), placeholder=_("Everything"))
    rows = [
        one
        for one in sorted(entries, key=lambda one: (one.at, one.number), reverse=True)
        if (not wanted or one.who in wanted) and (not chosen or words[one.what] in chosen)
    ]
    told = n_("{n} entry", "{n} entries", len(rows))
    if len(entries) == MOST:
        told += " · " + _("of the newest {n} of this period").format(n=formats.number(MOST))
    st.caption(told)
    table = pd.DataFrame(
        {
            _("When"): [one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") for one in rows],
            _("Who"): [one.who for one in rows],
            _("Role"): [role(one.role) for one in rows],
            _("What"): [words[one.what] for one in rows],
            _("About"): [about(one.ids) for one in rows],
        }
    )
    widths = dict(zip(table.columns, (150, 130, 120, 230), strict=False))
    st.dataframe(
        table,
        hide_index=True,
        height=min(640, 38 + 35 * max(1, len(rows))),
        column_config={name: st.column_config.TextColumn(width=width) for name, width in widths.items()},
    )
    st.caption(
        _("Times are of {zone}. Entries hold ids and counts; they are never changed or removed.").format(zone=zone.key)
    )


def titles() -> dict[str, str]:
    """Give the pages' titles by address."""
    from dashboard.navigation import ENTRIES  # names this page too

    return {one.address: _(one.title) for one in ENTRIES}


def role(name: str) -> str:
    """Give a role of the trail in words; the program's own are shown as they are."""
    known = {one.value: words for one, words in ROLES.items()}
    return known[name]() if name in known else name
