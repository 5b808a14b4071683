"""One debtor on one page; reached from the overdue list, the week's card, the review queue and by search."""

from __future__ import annotations

import streamlit as st

from config.survey import load_survey
from dashboard import formats
from dashboard.charts import draw
from dashboard.principal import current_principal
from dashboard.screens import debtor_actions, debtor_chart, debtor_parts, looked, uncovered
from dashboard.screens.debtor_card import plain
from dashboard.screens.debtor_data import branch_of, read_data, read_debtor
from dashboard.screens.debtor_words import HOLDS, TYPE_SOURCES, event_words, since, type_words
from dashboard.screens.overdue_words import BUCKETS, GROUPS, OCCUPATIONS
from dashboard.screens.who import branch_name, no_branch
from dashboard.services import Services, services
from dashboard.text import _, distinct, n_
from dashboard.text.words import word
from planner.domain import Branch, Principal, Role
from planner.view.debtor import DebtorView, found

#: so many answers of a search are offered
MOST_FOUND = 8
LIST_PX = 250

STYLE = """
.st-key-line-list p { margin-bottom: .15rem; font-size: .875rem; }
.st-key-debtor-head p { margin-bottom: .2rem; }
@media (max-width: 640px) { .st-key-line-chart { display: none; } }
"""


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    asked = str(st.query_params.get("id") or "")
    branch = branch_of(kit, principal, asked, str(st.query_params.get("branch") or ""))
    if branch is None:
        no_branch()
        return
    st.html(f"<style>{STYLE}</style>")
    asked = finder(kit, principal, branch) or asked
    if not asked:
        st.subheader(f"{_('Debtor')} · {branch_name(branch)}", anchor=False)
        st.caption(_("Look somebody up above, or open a debtor from a list, a map or the review queue."))
        return
    view = read_debtor(kit, principal, branch, asked)
    if view is None:
        st.info(
            _("This debtor is not on the list of {branch}, or not among your stops.").format(
                branch=branch_name(branch)
            ),
            icon=":material/person_off:",
        )
        return
    looked.card(kit, principal, branch.code, "debtor", view.debtor_id)
    show(kit, principal, view)


def finder(kit: Services, principal: Principal, branch: Branch) -> str:
    """Let the reader look somebody up; give the id that was chosen."""
    data = read_data(kit, principal, branch)
    if principal.role is Role.COLLECTOR:
        known = dict(zip(data.contacts["debtor_id"], data.contacts["name"], strict=True))
        ids = data.debtors["debtor_id"].tolist()
        names = distinct({one: known.get(one) or one for one in ids})
        if not ids:
            st.caption(_("No stop is published for your crew."))
            return ""
        chosen = st.selectbox(
            _("Your stops"), ids, index=None, format_func=names.__getitem__, key="debtor_own",
            placeholder=_("Choose one of your stops"), label_visibility="collapsed", width=420,
        )  # fmt: skip
        return opened(chosen, "debtor_own_last")
    hint = _("Name, debtor or case id, last digits of the phone")
    text = st.text_input(_("Search"), key="debtor_search", placeholder=hint, label_visibility="collapsed",
                         icon=":material/search:", width=420)  # fmt: skip
    if not (text or "").strip():
        return ""
    answers = found(data, text or "")
    if answers.empty:
        st.caption(_("Nobody fits."))
        return ""
    if len(answers) == 1:
        return opened(str(answers["debtor_id"].iloc[0]), "debtor_found")
    with st.container(horizontal=True, gap="small"):
        for row in answers.head(MOST_FOUND).to_dict("records"):
            if st.button(plain(row["name"] or row["debtor_id"]), type="tertiary", key=f"found {row['debtor_id']}",
                         help=row["debtor_id"]):  # fmt: skip
                open_here(row["debtor_id"])
        if len(answers) > MOST_FOUND:
            st.caption(_("and {n} more: type more of it").format(n=len(answers) - MOST_FOUND))
    return ""


def opened(chosen: str | None, memory: str) -> str:
    """Take a choice over once, so that a link opened later is not overruled by it."""
    if chosen and st.session_state.get(memory) != chosen:
        st.session_state[memory] = chosen
        open_here(chosen)
    return ""


def open_here(debtor_id: str) -> None:
    """Turn to another debtor."""
    st.query_params["id"] = debtor_id
    st.rerun()


def show(kit: Services, principal: Principal, view: DebtorView) -> None:
    """Show everything of one debtor."""
    terms = load_survey()
    shown = uncovered.uncovered(kit, principal, [view.debtor_id])
    head(view, shown=shown)
    uncovered.button(kit, principal, view.branch.code, [view.debtor_id], where="debtor")
    debtor_actions.bar(kit, principal, view, terms)
    line(view)
    left, middle, right = st.columns([4, 7, 4], gap="medium")
    with left:
        debtor_parts.clocks(view)
        debtor_parts.bring(view)
    with middle:
        debtor_parts.value(view)
    with right:
        debtor_parts.permitted(view)
    points, things = st.columns([2, 3], gap="medium")
    with points:
        debtor_parts.contact_points(kit, view, shown=shown)
    with things:
        debtor_parts.clues(view)
        debtor_parts.accounts(view)


def head(view: DebtorView, *, shown: bool) -> None:
    """Say who it is, what is owed, which type is in force and who says so; the telephone as far as it may be shown."""
    one, money = view.facts, formats.money(view.facts["overdue_minor"], view.branch.currency)
    with st.container(key="debtor-head"):
        st.subheader(plain(view.name or view.debtor_id), anchor=False)
        facts = [
            f"**{_('{money} overdue').format(money=money)}**",
            n_("{n} day past due", "{n} days past due", int(one["days_past_due"])),
            word(BUCKETS, one["bucket"]),
            word(GROUPS, one["group"]),
            word(OCCUPATIONS, one["occupation"])
            if one["occupation"] not in ("", "unknown")
            else _("Occupation unknown"),
            n_("{n} account", "{n} accounts", int(one["accounts"])),
            plain(view.phone if shown else uncovered.covered_phone(view.phone)),
        ]
        st.markdown(" · ".join(fact for fact in facts if fact))
        st.markdown(type_line(view))
        for held in view.held.to_dict("records"):
            st.markdown(":orange[:material/pause_circle:] " + _("Hold: {kind}").format(kind=word(HOLDS, held["kind"])))


def type_line(view: DebtorView) -> str:
    """Say the type in force with its source and date, and what the other source says."""
    one = view.judged
    words = f"**{type_words(one['debtor_type'], one['proposed'])}**"
    listed_on = None if one["listed_at"] is None or str(one["listed_at"]) == "NaT" else one["listed_at"].date()
    said = []
    if one["review_id"]:
        by = _("review by {who}, {day}, counts until {until}").format(
            who=plain(one["reviewer"]), day=since(one["reviewed_at"].date()), until=since(one["expires_on"].date())
        )
        answers = ((_("confirmed by {who}"), one["second"]), (_("{who} was not convinced"), one["doubted"]))
        said.append(" · ".join([by, *(text.format(who=plain(who)) for text, who in answers if who)]))
    if one["listed"] not in ("", "unreviewed"):
        said.append(_("list: {type}, {day}").format(type=type_words(one["listed"]), day=since(listed_on)))
    if one["expired"]:
        said.append(_("the last review is too old to count"))
    source = _("Source: {source}").format(source=word(TYPE_SOURCES, one["source"]))
    return f"{words} :gray[· {source}" + "".join(f" · {one}" for one in said) + "]"


def line(view: DebtorView) -> None:
    """Show the timeline as a chart and as a list; a phone shows the list alone."""
    st.markdown("**" + _("What happened, and what is ahead") + "**")
    with st.container(key="line-chart"):
        draw(debtor_chart.timeline_chart(view.events, view.today, view.branch.currency))
    with st.container(height=LIST_PX, key="line-list"):
        for event in reversed(view.events.to_dict("records")):
            row = debtor_chart.record(event)
            mark = ":blue[:material/schedule:] " if row["ahead"] else ""
            st.markdown(
                f":gray[{formats.day(row['on'].date(), year=True)}] {mark}"
                + plain(event_words(row, view.branch.currency))
            )
