"""Crews compared fairly: actual by expected in a funnel, and beside it promises, records and complaints; no ranking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.charts import draw
from dashboard.principal import current_principal
from dashboard.screens.who import branch_name, branch_or_word, kept_by
from dashboard.services import Services, services
from dashboard.text import N_, _
from dashboard.theme import ACCENT, GREY_DOT, MUTED, TEXT, WARN
from planner.domain import Branch, Principal, Role
from planner.store.agencies import KINDS
from planner.tables import COMPLAINTS, conform
from planner.view.crew_past import CrewsView, crews_view
from planner.view.crews import FEWEST

PLACES: Mapping[str, str] = {
    "below": N_("Fewer than luck alone would give: talk about why"),
    "inside": N_("Within what luck alone would give"),
    "above": N_("More than luck alone would give: what can be learnt?"),
    "few": N_("Too few to tell"),
}
ABOUT: Mapping[str, str] = {
    "conduct": N_("Conduct"),
    "hours": N_("Hours"),
    "privacy": N_("Privacy"),
    "third_party": N_("Told somebody else"),
    "amount": N_("The amount"),
    "other": N_("Something else"),
}
UPHELD: Mapping[str, str] = {"open": N_("open"), "yes": N_("upheld"), "no": N_("not upheld")}
COLOURS = {"below": WARN, "above": WARN, "inside": ACCENT, "few": GREY_DOT}
ROW_PX = 36


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    view = read_view(kit, principal, branch, kept_by(kit, principal, branch))
    st.subheader(f"{_('Crews')} · {branch_name(branch)}", anchor=False)
    st.caption(
        _(
            "Visits since {day}. Whom a crew was sent to, where and when is taken into account; nobody is ranked."
        ).format(day=formats.day(view.since, year=True))
    )
    if not len(view.table) or not int(view.table["visits"].sum()):
        st.info(_("No visit of these crews is on file yet."), icon=":material/info:")
    else:
        chart(view)
        beside(view)
    if principal.role is Role.MANAGER:
        complaint_form(kit, principal, branch, view, today)
    how(view)


@st.cache_data(ttl=3600, max_entries=12, show_spinner=False)
def read_view(_kit: Services, _principal: Principal, _branch: Branch, key: tuple[str, ...]) -> CrewsView:  # noqa: ARG001
    """Compare once for everybody who may see the same, until the data or the day is another."""
    return crews_view(_kit.store, _principal, _branch, load_parameters(), now=_kit.now())


def names_of(view: CrewsView) -> dict[str, str]:
    """Give the crews' names by id."""
    return {one.crew_id: one.name for one in view.crews}


def chart(view: CrewsView) -> None:
    """Draw each crew's actual by expected with its interval, over the limits of luck; crews by name, never by rank."""
    names = names_of(view)
    rows = view.table[view.table["visits"] > 0].sort_values("crew_id")
    rows = rows.assign(name=rows["crew_id"].map(names))
    dots = pd.DataFrame(
        {
            "name": rows["name"],
            "factor": rows["factor"],
            "from": rows["factor_low"],
            "to": rows["factor_high"],
            "low": rows["low"],
            "high": rows["high"],
            "ratio": rows["ratio"],
            "colour": rows["place"].map(COLOURS),
            "told": [formats.number(one, 2) for one in rows["ratio"]],
            "visits": [formats.number(one) for one in rows["visits"]],
            "paid": [
                _("{paid} paid, {expected} expected").format(paid=formats.number(a), expected=formats.number(b, 1))
                for a, b in zip(rows["paid"], rows["expected"], strict=True)
            ],
            "place": [_(PLACES[one]) for one in rows["place"]],
        }
    )
    st.markdown("**" + _("Visits that paid, by how many were expected to") + "**")
    top = max(1.6, float(dots[["to", "high", "ratio"]].max().max()) * 1.05)
    y = alt.Y(
        "name:N",
        sort=list(rows["name"]),
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelColor=TEXT, labelFontSize=13, labelLimit=150, labelPadding=8),
    )
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(
        title=_("Actual ÷ expected"), titleColor=MUTED, titleFontWeight="normal", domain=False, ticks=False, tickCount=5
    )
    tooltip = [
        alt.Tooltip("name:N", title=_("Crew")),
        alt.Tooltip("visits:N", title=_("Visits")),
        alt.Tooltip("paid:N", title=_("Visits that paid")),
        alt.Tooltip("told:N", title=_("Actual ÷ expected")),
        alt.Tooltip("place:N", title=_("Against chance")),
    ]
    base = alt.Chart(dots).encode(y=y)
    luck = base.mark_bar(height=ROW_PX - 12, color="#E3EEF7").encode(
        x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q", tooltip=tooltip
    )
    span = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("from:Q", scale=scale), x2="to:Q", color=alt.Color("colour:N", scale=None, legend=None), tooltip=tooltip
    )
    point = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("factor:Q", scale=scale), color=alt.Color("colour:N", scale=None, legend=None), tooltip=tooltip
    )
    draw(
        alt.layer(luck, span, point)
        .properties(height=ROW_PX * len(dots) + 62, width="container")
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif"),
        key=f"crews {view.branch}",
    )
    st.caption(
        _(
            "Band: what luck alone gives to this many visits, for all crews together at 95%. Point and "
            "line: the ratio with "
            "luck taken out, and its {level} interval. Grey: too few expected payments to tell."
        ).format(level=formats.percent(view.level))
    )


def beside(view: CrewsView) -> None:
    """Show the table: against chance, promises, records and complaints."""
    names, rows = names_of(view), view.table.sort_values("crew_id")
    share = st.column_config.TextColumn
    st.dataframe(
        pd.DataFrame(
            {
                "crew": [names[one] for one in rows["crew_id"]],
                "visits": rows["visits"],
                "place": [_(PLACES[one]) for one in rows["place"]],
                "kept": [kept(one) for one in rows.to_dict("records")],
                "complete": [formats.percent(one) for one in rows["complete"]],
                "evidence": [formats.percent(one) for one in rows["evidence"]],
                "timed": [formats.percent(one) for one in rows["timed"]],
                "corrected": [formats.percent(one, 1) for one in rows["corrected"]],
                "wrong": [formats.percent(one) for one in rows["wrong_address"]],
                "complaints": [
                    _("{n}, {upheld} upheld").format(n=n, upheld=upheld)
                    for n, upheld in zip(rows["complaints"], rows["upheld"], strict=True)
                ],
            }
        ),
        hide_index=True,
        column_config={
            "crew": share(_("Crew")),
            "visits": st.column_config.NumberColumn(_("Visits"), width="small"),
            "place": share(_("Against chance"), width=236),
            "kept": share(_("Promises kept"), help=_("Of those that are due and whose money can be known.")),
            "complete": share(_("Three elements"), help=_("Promises with when, how and how much.")),
            "evidence": share(_("Evidence named"), help=_("Payments and notices with the kind of evidence.")),
            "timed": share(_("Times recorded"), help=_("Visits with a beginning and an end that can be.")),
            "corrected": share(_("Corrected later"), help=_("Entries that a later one put right.")),
            "wrong": share(_("Address wrong"), help=_("Says something of the list, not of the crew.")),
            "complaints": share(_("Complaints")),
        },
    )


def kept(row: Mapping[Any, Any]) -> str:
    """Say how many promises were kept, with the interval; too few where fewer than five can be judged."""
    due = int(row["due"])
    if int(row["promises"]) == 0:
        return formats.UNKNOWN
    if due == 0:
        return _("no payment on file to judge by")
    if due < FEWEST:
        return _("{kept} of {due}: too few to tell").format(kept=int(row["kept"]), due=due)
    return _("{kept} of {due} ({low}–{high})").format(
        kept=int(row["kept"]),
        due=due,
        low=formats.percent(row["kept_low"]),
        high=formats.percent(row["kept_high"]),
    )


def complaint_form(kit: Services, principal: Principal, branch: Branch, view: CrewsView, today: date) -> None:
    """Let the manager enter a complaint, or answer an open one: a crew, a day and a kind, no names and no text."""
    names = names_of(view)
    told = kit.store.complaints(principal, branch.code)
    waiting = {str(one["complaint_id"]): one for one in told[told["upheld"] == "open"].to_dict("records")}
    with (
        st.expander(_("Enter a complaint"), icon=":material/feedback:"),
        st.form("complaint", border=False, clear_on_submit=True),
    ):
        earlier = st.selectbox(
            _("Which"),
            ["", *waiting],
            format_func=lambda one: complaint_words(waiting[one], names) if one else _("A new complaint"),
            help=_("An open one is answered by its state alone: crew, day and kind stay."),
        )
        left, middle, right = st.columns(3)
        crew = left.selectbox(_("Crew"), list(names), format_func=names.__getitem__)
        kind = middle.selectbox(_("What it is about"), list(KINDS), format_func=lambda one: _(ABOUT[one]))
        upheld = right.selectbox(_("State"), list(UPHELD), format_func=lambda one: _(UPHELD[one]))
        day = left.date_input(_("Received on"), today, max_value=today)
        st.caption(_("No names and no text: what was said belongs in the file of the complaint."))
        if st.form_submit_button(_("Save"), icon=":material/save:") and crew:
            old = waiting.get(earlier or "", {})
            row = dict.fromkeys(COMPLAINTS, "") | {
                "complaint_id": str(uuid4()),
                "branch": branch.code,
                "crew_id": old.get("crew_id", crew),
                "received_on": old.get("received_on", pd.Timestamp(day)),
                "kind": old.get("kind", kind),
                "upheld": upheld,
                "replaces": earlier or "",
                "recorded_at": pd.Timestamp(kit.now()),
            }
            kit.store.save_complaints(principal, branch.code, conform(pd.DataFrame([row]), COMPLAINTS), now=kit.now())
            st.toast(_("The complaint is kept; it is never changed, only answered by a later entry."))
            st.rerun()


def complaint_words(one: Mapping[Any, Any], names: Mapping[str, str]) -> str:
    """Name an open complaint in the list to choose from."""
    day = formats.day(pd.Timestamp(one["received_on"]).date(), year=True)
    return " · ".join((names.get(str(one["crew_id"]), str(one["crew_id"])), day, _(ABOUT[str(one["kind"])])))


def how(view: CrewsView) -> None:
    """Say how the comparison is made and why it is made so."""
    with st.expander(_("How is this computed?"), icon=":material/help:"):
        st.markdown(
            _(
                "**Expected** is what the branch's own rates say of each visit that was made: this debtor, "
                "this place, this "
                "hour. A crew sent to old debts in the morning is expected to be paid less often, and is not "
                "blamed for it. "
                "Payments are **counted**; what was recovered is nowhere on this page."
            )
        )
        st.markdown(
            _(
                "The Card Measures (art. 66) forbid assessing collectors by the recovered amount alone. A "
                "crew outside the "
                "band is a reason to talk, not a mark: with crews that are all alike, in one of twenty "
                "comparisons one of "
                "them lies outside."
            )
        )
        if view.assumption:
            st.caption(
                ":orange-badge[" + _("Assumption") + "] " + _("No rate is learnt from this branch's visits yet.")
            )
