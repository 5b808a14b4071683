"""The first days of a delinquency and the days before it: a message or a call now saves a visit later."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from config.strict import BadConfig
from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens.advice_card import CHANNELS
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_words import GROUPS, PRODUCTS
from dashboard.screens.who import branch_name, branch_or_word, kept_by, spoken_key
from dashboard.services import Services, services
from dashboard.text import _, joined, n_
from dashboard.text.advice import playbook, told
from dashboard.text.words import word
from planner.domain import Branch, Principal
from planner.rules.playbook import Playbook
from planner.view.early import EarlyView, early_view

TABLE_PX = 560


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    st.subheader(f"{_('First days')} · {branch_name(branch)}", anchor=False)
    try:
        book = playbook()
    except BadConfig:
        st.warning(_("The playbook cannot be read: its page says why."), icon=":material/menu_book:")
        return
    view = read_view(kit, principal, branch, book)
    st.markdown(f"##### {headline(view)}")
    fresh, watch = st.tabs([_("Fresh: what to do first"), _("Watched: not overdue yet")])
    with fresh:
        first_days(view, book)
    with watch:
        watch_list(view, book)


def read_view(kit: Services, principal: Principal, branch: Branch, book: Playbook) -> EarlyView:
    """Read the page once for everybody who may see the same, until the store, the day or the playbook changes."""
    return _cached_view(kit, principal, branch, book, kept_by(kit, principal, branch, book.digest))


@st.cache_data(ttl=1800, max_entries=12, show_spinner=False)
def _cached_view(
    _kit: Services,
    _principal: Principal,
    branch: Branch,
    _book: Playbook,
    key: tuple[str, ...],  # noqa: ARG001
) -> EarlyView:
    return early_view(_kit.store, _principal, branch, _book, now=_kit.now())


def headline(view: EarlyView) -> str:
    """Say in one sentence how many are fresh, by what is done, and how many show a sign."""
    if view.fresh.empty and view.watch.empty:
        return _("Nobody is in the first days, and nobody is watched")
    counts = [f"{word(CHANNELS, code)} {formats.number(n)}" for code, n in view.channels.items() if code]
    return _("{fresh} in the first {days} days ({acts}); {watched} watched, {signs} with a sign").format(
        fresh=n_("{n} debtor", "{n} debtors", len(view.fresh)),
        days=view.first_days,
        acts=_(", ").join(counts) or formats.UNKNOWN,
        watched=n_("{n} account", "{n} accounts", len(view.watch)),
        signs=formats.number(view.with_sign),
    )


def first_days(view: EarlyView, book: Playbook) -> None:
    """List who has just fallen overdue, with the first act of the playbook."""
    st.caption(
        joined(
            _("The cheapest channel that helps comes first; a visit is planned only where it is worth its way."),
            _("Today: {day}").format(day=formats.day(view.today, year=True)),
        )
    )
    if view.fresh.empty:
        st.success(_("Nobody is in the first days."), icon=":material/check_circle:")
        return
    rows = view.fresh
    wanted = st.pills(
        _("Channel"),
        [code for code in CHANNELS if code in view.channels],
        selection_mode="multi",
        format_func=lambda code: f"{word(CHANNELS, code)} · {view.channels[code]}",
        key=spoken_key("early_channels"),
        label_visibility="collapsed",
    )
    rows = rows[rows["channel"].isin(wanted)] if wanted else rows
    unit = formats.unit(view.branch.currency)
    shown = pd.DataFrame(
        {
            "days": rows["days_past_due"],
            "who": rows["name"].where(rows["name"] != "", rows["debtor_id"]),
            "overdue": (rows["overdue_minor"] / unit).round().astype("int64"),
            "group": [word(GROUPS, code) for code in rows["group"]],
            "channel": [word(CHANNELS, code) if code else "" for code in rows["channel"]],
            "act": [told(book.first[k].do) if k >= 0 else "" for k in rows["act"]],
            "cases": rows["case_ids"],
        }
    )
    st.dataframe(
        shown,
        height=min(TABLE_PX, 38 + 35 * len(shown)),
        hide_index=True,
        column_config={
            "days": st.column_config.NumberColumn(_("Days"), help=_("Days past due, as of today"), width=66),
            "who": st.column_config.TextColumn(_("Debtor"), width=110),
            "overdue": money_column(_("Overdue ¥"), view.branch.currency, 92),
            "group": st.column_config.TextColumn(_("Customer group"), width=120),
            "channel": st.column_config.TextColumn(_("Channel"), width=110),
            "act": st.column_config.TextColumn(_("What to do first"), width=620),
            "cases": st.column_config.TextColumn(_("Case"), width=130),
        },
    )


def watch_list(view: EarlyView, book: Playbook) -> None:
    """List the accounts that are not overdue yet, those with a sign first, each with a decent act."""
    terms = book.watch
    st.caption(
        _(
            "Accounts whose list says zero days past due. Nobody is ever sent to them. Signs: another account "
            "overdue, a promise broken within {broken} days, a part payment last, no payment for {quiet} days, due "
            "within {soon} days. Only these are looked at, and never who somebody is. The numbers are assumptions of "
            "the playbook."
        ).format(
            broken=terms.broken_promise_days.value,
            quiet=terms.quiet_days.value,
            soon=terms.due_within_days.value,
        )
    )
    if view.watch.empty:
        st.info(
            _("The list names no account that is due today or later. A bank may add them: zero days, due date ahead."),
            icon=":material/info:",
        )
        return
    rows, unit = view.watch, formats.unit(view.branch.currency)
    shown = pd.DataFrame(
        {
            "left": rows["days_to_due"],
            "due": rows["due_on"].dt.date,
            "who": rows["name"].where(rows["name"] != "", rows["debtor_id"]),
            "amount": (rows["amount_minor"] / unit).round().astype("int64"),
            "signs": [
                _(", ").join(told(book.signs[code].name) for code in signs.split()) or _("No sign")
                for signs in rows["signs"]
            ],
            "act": [told(book.signs[code].act) if code else "" for code in rows["sign"]],
            "product": [word(PRODUCTS, code) for code in rows["product"]],
            "case": rows["case_id"],
        }
    )
    st.dataframe(
        shown,
        height=min(TABLE_PX, 38 + 35 * len(shown)),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        column_config={
            "left": st.column_config.NumberColumn(
                _("Days to due"), help=_("Negative: due since the list was made; ask whether it was paid"), width=92
            ),
            "due": st.column_config.DateColumn(_("Due on"), format="YYYY-MM-DD", width=96),
            "who": st.column_config.TextColumn(_("Debtor"), width=110),
            "amount": money_column(_("Falls due ¥"), view.branch.currency, 96),
            "signs": st.column_config.TextColumn(_("Signs"), width=330),
            "act": st.column_config.TextColumn(_("What to do"), width=430),
            "product": st.column_config.TextColumn(_("Product"), width=116),
            "case": st.column_config.TextColumn(_("Case"), width=130),
        },
    )
