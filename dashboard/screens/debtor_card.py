"""One debtor beside the map: who, how much, when and why here, or why not at all."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.screens import clock_line, looked, uncovered
from dashboard.screens.links import open_button
from dashboard.screens.overdue_words import BUCKETS
from dashboard.services import Services
from dashboard.text import N_, _, joined
from dashboard.text.articles import article_words
from dashboard.text.called import called
from dashboard.text.groups import group_words
from dashboard.text.sentences import reason_words, said
from dashboard.text.words import PLACE_KINDS, word
from planner.domain import Principal, Role
from planner.view import LeftOutView, RouteView, StopView, WeekView

#: the parts of a value, in the order in which they are told
PARTS = {
    "pays_now_minor": N_("Paid at the door"),
    "promises_minor": N_("Promises kept"),
    "paid_anyway_minor": N_("Would be paid anyway"),
    "information_minor": N_("Finding a wrong address"),
    "evidence_minor": N_("Limitation evidence"),
}
REQUIRED = {
    "limitation_lapses": N_("The limitation period is about to lapse and a signed notice is the right act."),
    "guarantee_lapses": N_("The guarantee period is about to lapse: the guarantor must be asked in time."),
}


def show(kit: Services, principal: Principal, view: WeekView, debtor_id: str) -> bool:
    """Show the card of the debtor who was chosen on the map, the timeline or a table; say whether there is one."""
    stop = next(((r, s) for r in view.routes for s in r.stops if s.debtor_id == debtor_id), None)
    out = next((one for one in view.left_out if one.debtor_id == debtor_id), None)
    if stop is None and out is None:
        return False
    looked.card(kit, principal, view.branch, "week", debtor_id)
    with st.container(border=True, gap="xsmall"):
        if stop is not None:
            visited(view, *stop)
        elif out is not None:
            not_visited(view, out)
            clock_line.show(kit, principal, view.branch, debtor_id)
        manager = principal.role is Role.MANAGER
        if manager and uncovered.uncovered(kit, principal, [debtor_id]):
            key = stop[1].place_id if stop is not None else debtor_id
            st.caption(plain(address_of(kit, principal, view.branch, key)))
        with st.container(horizontal=True, gap="medium", key="card_ways"):
            if manager:
                uncovered.button(kit, principal, view.branch, [debtor_id], where="week", label=_("Show the address"))
            open_button(debtor_id, view.branch, "open_debtor week")
    return True


@st.cache_data(ttl=600, max_entries=8, show_spinner=False)
def _addresses(_kit: Services, _principal: Principal, who: str, branch: str) -> dict[str, str]:  # noqa: ARG001
    table = _kit.store.addresses(_principal, branch)
    first = table.drop_duplicates("debtor_id")
    return dict(zip(first["debtor_id"], first["address"], strict=True)) | dict(
        zip(table["place_id"], table["address"], strict=True)
    )


def address_of(kit: Services, principal: Principal, branch: str, key: str) -> str:
    """Give the written address of a place, or any of a debtor, for somebody who may see contact cards."""
    who = f"{principal.role.value} {','.join(sorted(principal.branches))}"
    return _addresses(kit, principal, who, branch).get(key, "")


def visited(view: WeekView, route: RouteView, stop: StopView) -> None:
    """Say when, where and why somebody is visited."""
    st.markdown(f"**{stop.number} · {plain(stop.name or stop.debtor_id)}**")
    facts = [
        f"{formats.day(route.day)} {formats.span(stop.begins_at, stop.leaves_at)}",
        plain(route.crew_name),
        word(PLACE_KINDS, stop.place_kind),
        word(BUCKETS, stop.bucket),
        _("{money} overdue").format(money=formats.money(stop.overdue_minor, view.currency)),
        plain(group_words(stop.visit_group, view.visit_groups)),
    ]
    st.markdown(" · ".join(facts))
    if stop.required:
        st.markdown(
            ":orange[:material/priority_high:] "
            + _(REQUIRED.get(stop.required_reason, N_("Must be visited this week")))
        )
    if stop.set_aside:
        st.caption(
            joined(
                _("It goes before what the branch itself has set, which would let the claim lapse on {day}:").format(
                    day=formats.UNKNOWN if stop.deadline_on is None else formats.day(stop.deadline_on, year=True)
                ),
                plain(joined(*(said(one) for one in stop.set_aside))),
            )
        )
    low, high = (stop.value_parts.get(key) for key in ("value_low_minor", "value_high_minor"))
    st.markdown(
        _("Expected uplift {value}, 80 % interval {low} to {high} (assumption)").format(
            value=formats.money(stop.value_minor, view.currency),
            low=formats.money(low, view.currency),
            high=formats.money(high, view.currency),
        )
    )
    parts = [
        f"{_(label)} {formats.money(stop.value_parts.get(key), view.currency)}"
        for key, label in PARTS.items()
        if abs(stop.value_parts.get(key) or 0) >= 100
    ]
    met = _("met with {p}").format(p=formats.percent(stop.value_parts.get("p_met")))
    st.caption(" · ".join([met, *parts]))


def not_visited(view: WeekView, out: LeftOutView) -> None:
    """Say why somebody is left out and what can be done."""
    st.markdown(
        f"**{plain(out.name or out.debtor_id)}** · {word(BUCKETS, out.bucket)} · "
        + _("{money} overdue").format(money=formats.money(out.overdue_minor, view.currency))
        + f" · {plain(group_words(out.visit_group, view.visit_groups))}"
    )
    names, worth = called(view), out.value_minor / 100
    st.markdown(f"**{reason_words(out.reason)}** · {plain(said(out.detail, names, worth))}")
    st.markdown(":material/lightbulb: " + plain(said(out.action, names)))
    if out.article:
        st.caption(article_words(out.article))


def plain(text: str) -> str:
    r"""Take the power of Markdown from a text that came with a list.

    >>> plain("*c* <img>")
    '\\*c\\* \\<img\\>'
    """
    return "".join("\\" + sign if sign in "\\`*_{}[]<>#|~$:!&" else sign for sign in text)
