"""The playbook and the rules in force: what is advised for whom, the eighteen techniques, the rule pack as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from config.strict import BadConfig
from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import advice_card, rules_table
from dashboard.screens.debtor_card import plain
from dashboard.screens.overdue_words import BUCKETS, GROUPS, TYPES
from dashboard.screens.who import branch_choice, keep_choice, no_branch
from dashboard.services import services
from dashboard.text import N_, _
from dashboard.text.advice import playbook, told
from dashboard.text.words import word
from planner.domain import Bucket, DebtorType, Group
from planner.rules.playbook import Playbook, Status, Technique, advise

STATUSES = {
    Status.OFFERED: (N_("Offered"), "green"),
    Status.CONDITIONAL: (N_("Only on a condition"), "orange"),
    Status.BLOCKED: (N_("Blocked: never offered"), "red"),
}
CONDITIONS = {
    "guaranteed": N_("only where there is a guarantor"),
    "not_expired": N_("only inside the limitation period"),
    "lapsing": N_("only where the limitation period ends soon"),
    "expired": N_("only where the limitation period has passed"),
}


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_choice(kit, principal)
    st.subheader(_("Playbook and rules"), anchor=False)
    advice, techniques, rules = st.tabs([_("Advice"), _("Eighteen techniques"), _("Rules in force")])
    try:
        book = playbook()
    except BadConfig as error:
        with advice:
            st.error(
                _("The playbook cannot be used until its file is corrected: {why}").format(why=plain(str(error))),
                icon=":material/error:",
            )
    else:
        with advice:
            chooser(book)
        with techniques:
            listed(book)
    with rules:
        if branch is None:
            no_branch()
        else:
            rules_table.show(branch)


def chooser(book: Playbook) -> None:
    """Let the reader choose a kind of debtor, and show the advice as a collector sees it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        debtor_type = choice(_("Debtor type"), "book_type", tuple(DebtorType), TYPES)
        bucket = choice(_("Age"), "book_bucket", tuple(Bucket), BUCKETS)
        group = choice(_("Customer group"), "book_group", tuple(Group), GROUPS)
    with st.container(horizontal=True):
        guaranteed = st.toggle(_("Somebody stands surety"), key="book_guaranteed")
        lapsing = st.toggle(_("A clock ends soon"), key="book_lapsing")
        expired = st.toggle(_("Limitation has passed"), key="book_expired")
    advice = advise(
        book,
        debtor_type=debtor_type,
        bucket=bucket,
        group=group,
        guaranteed=guaranteed,
        required_reason="limitation_lapses" if lapsing else "",
        expired=expired,
    )
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True):
        st.markdown("##### :material/forum: " + plain(told(advice.approach_name)))
        st.markdown(":material/work: " + _(", ").join(plain(told(thing.name)) for thing in advice.documents))
        advice_card.show(advice)
    with right:
        if bucket == Bucket.M1:
            first_days(book, group)
        with st.container(border=True):
            st.markdown("**" + _("Never, to anybody") + "**\n\n" + advice_card.reasons(advice.blocked))
    st.caption(edition(book))


def first_days(book: Playbook, group: str) -> None:
    """Show what to do in the first days after the due date."""
    with st.container(border=True):
        st.markdown("**" + _("First days after the due date") + "**")
        reached = 0
        for act in book.first:
            if (not act.groups or group in act.groups) and act.to_day > reached:
                first = max(act.from_day, reached + 1)
                st.caption(_("Day {first} to {last}").format(first=first, last=act.to_day))
                advice_card.first(act)
                reached = act.to_day


def choice(label: str, key: str, options: Sequence[str], words: Mapping[str, str]) -> str:
    """Let the reader choose one code by its words."""
    keep_choice(key, options)
    chosen: str = st.selectbox(
        label, options, format_func=lambda code: word(words, code), key=key, width=260, persist_state="session"
    )
    return chosen


def edition(book: Playbook) -> str:
    """Say which playbook this is and where it is edited."""
    return _("Playbook of {day}, content {digest}. Edit config/playbook.toml; docs/playbook.md explains it.").format(
        day=formats.day(book.dated, year=True), digest=book.digest
    )


def listed(book: Playbook) -> None:
    """List the techniques by status, the offered ones first, each with its use, condition or reason."""
    for status, (title, colour) in STATUSES.items():
        some = [one for one in book.techniques if one.status is status]
        st.markdown(f":{colour}-badge[{_(title)} · {len(some)}]")
        st.markdown("\n".join(line(one) for one in some))
    st.caption(edition(book))


def line(one: Technique) -> str:
    """Say one technique in a line."""
    facts = [plain(told(one.article)) if one.article else "", _(CONDITIONS[one.when]) if one.when else ""]
    facts.append(_("confidence {level}").format(level=one.confidence))
    return f"- **{plain(told(one.name))}**: {plain(told(one.why))} :gray[{' · '.join(fact for fact in facts if fact)}]"
