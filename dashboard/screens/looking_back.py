"""Looking back: a past week's plan beside what happened, and what the plan learned from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.phone.content import required_reason
from dashboard.principal import current_principal
from dashboard.screens import address, loop_steps, tiles
from dashboard.screens.learning_words import RATES, cell_words
from dashboard.screens.links import to_debtor
from dashboard.screens.tiles import Tile
from dashboard.screens.who import audience, branch_name, branch_or_word, keep_choice
from dashboard.services import Services, services
from dashboard.text import N_, _, joined, n_
from dashboard.text.words import OUTCOMES, word
from planner.domain import Branch, Principal
from planner.view.board import NOBODY
from planner.view.looking_back import LookingBack, looking_back, weeks_published
from planner.view.week import contact_names
from planner.week import iso_week, week_days

WEEKS_BACK = 12
WHY: Mapping[str, str] = {
    "nothing_recorded": N_("Nothing is recorded: the crew did not come, or did not write it down."),
    "nobody_met": N_("The crew came and met nobody."),
}


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    asked = [iso_week(today - timedelta(weeks=back)) for back in range(WEEKS_BACK + 1)]
    weeks = weeks_published(kit.store, principal, branch, asked)
    title, choice = st.columns([2, 1], vertical_alignment="center")
    if not weeks:
        title.subheader(branch_name(branch), anchor=False)
        st.info(_("No week of the last twelve was published: publish a week, let it be run, and look back here."),
                icon=":material/history:")  # fmt: skip
        return
    past = [week for week in weeks if week_days(week)[-1] < today]
    address.begin_with("back_week", address.one_asked("week", weeks) or (past or weeks)[0])
    keep_choice("back_week", weeks)
    week = choice.selectbox(
        _("Week"),
        weeks,
        key="back_week",
        format_func=formats.week,
        label_visibility="collapsed",
        persist_state="session",
    )
    address.say(week=week)
    title.subheader(f"{branch_name(branch)} · {formats.week(week)}", anchor=False)
    loop_steps.show(kit, principal, branch, week, kit.store.plans(principal, branch.code, week))
    version = f"{kit.store.version(principal, branch.code)} {today}"
    with st.spinner(_("Reading the week …")):
        found = read(kit, principal, branch, week, audience(principal), version)
    if found is None or found.visits.empty:
        st.info(_("The published plan of this week has no stop."), icon=":material/event_busy:")
        return
    show(kit, principal, found)


@st.cache_data(ttl=1800, max_entries=8, show_spinner=False)
def read(
    _kit: Services,
    _principal: Principal,
    branch: Branch,
    week: str,
    who: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
) -> LookingBack | None:
    """Read a week once, until anything is written."""
    return looking_back(_kit.store, _principal, branch, week, load_parameters(), now=_kit.now())


def show(kit: Services, principal: Principal, found: LookingBack) -> None:
    """Show one week."""
    tiles.show("back", figures(found))
    if found.plan.context["roads_estimated"]:
        st.warning(_("Travel times are estimated by straight lines, not streets."), icon=":material/warning:")
    if found.made.empty:
        st.info(_("Nothing was recorded of this week: what happened is not known."), icon=":material/edit_off:")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        money(found)
        learned(found)
    with right:
        crews(found)
        required(kit, principal, found)
    how()


def figures(found: LookingBack) -> tuple[Tile, ...]:
    """Give the figures of the week."""
    visits, made = found.visits, found.made
    met = int((~made["code"].isin(NOBODY)).sum())
    due = visits[visits["required"]]
    missed = len(found.required_missed)
    return (
        Tile(_("Visits made"), f"{len(made)} / {len(visits)}", meaning=_("Recorded, of those planned.")),
        Tile(_("Met the debtor"), formats.percent(met / len(made) if len(made) else None),
             meaning=_("Of the visits that were recorded.")),
        Tile(_("Within 15 min of the plan"), formats.percent(found.on_time),
             meaning=_("How many recorded visits began at most 15 minutes from the planned time.")),
        Tile(_("Inside the window"), formats.percent(found.in_window),
             meaning=_("Began when the rules and the debtor's wishes let it begin.")),
        Tile(_("Required visits met"), f"{len(due) - missed} / {len(due)}",
             meaning=_("Required visits at which somebody was met.")),
    )  # fmt: skip


def money(found: LookingBack) -> None:
    """Show money at the doors beside what chance explains, and what came since."""
    one, currency = found.money, found.plan.context["currency"]
    st.markdown("**" + _("Money at the doors") + "**")
    text = _(
        "{seen} was paid; {expected} was expected. Were the plan's rates true, chance gives {low} to {high} in nine "
        "weeks of ten."
    )
    if one.by_chance:
        more = _("This week says nothing against them.")
    elif one.by_doubt:
        more = _(
            "More than chance: the rates were off, as far as the plan's own doubt about them allows ({from_} to {to})."
        )
    else:
        more = _("More than chance and more than the plan's own doubt about its rates allows ({from_} to {to}).")
    st.write(text.format(
        seen=formats.money(one.seen_minor, currency), expected=formats.money(one.expected_minor, currency),
        low=formats.money(one.low_minor, currency), high=formats.money(one.high_minor, currency),
    ))  # fmt: skip
    st.write(more.format(from_=formats.money(one.doubt[0], currency), to=formats.money(one.doubt[1], currency)))
    facts = []
    if one.since_minor is not None and one.until is not None:
        facts.append(_("From these debtors since, by doors and lists until {day}: {money}.").format(
            day=formats.day(one.until.date()), money=formats.money(one.since_minor, currency)))  # fmt: skip
    if found.given:
        facts.append(n_("{n} promise was given.", "{n} promises were given.", found.given))
        facts.append(_("{due} due so far, {kept} of them kept.").format(due=found.due, kept=found.kept))
    uplift = float(found.made["uplift_minor"].sum())
    text = _(
        "Expected uplift of the visits made: {money}. Uplift is what would not have come anyway: one week cannot show "
        "it, the page Learning compares with and without a visit."
    )
    facts.append(text.format(money=formats.money(uplift, currency)))
    st.caption(joined(*facts))


def learned(found: LookingBack) -> None:
    """Show the rates that moved most."""
    st.markdown("**" + _("What the plan learned from it") + "**")
    if found.moved.empty:
        st.caption(_("The week gave no new answers."))
        return
    rows = found.moved.to_dict("records")
    st.dataframe(
        pd.DataFrame({
            "rate": [_(RATES[row["rate"]][0]) for row in rows],
            "cell": [cell_words(row["rate"], row["cell"], row["within"]) for row in rows],
            "before": [span(row, "before") for row in rows],
            "after": [span(row, "after") for row in rows],
            "answers": [row["answers"] for row in rows],
        }),
        hide_index=True,
        column_config={
            "rate": st.column_config.TextColumn(_("Rate"), width=126),
            "cell": st.column_config.TextColumn(_("Of"), width=186),
            "before": st.column_config.TextColumn(_("Before the week"), width=118),
            "after": st.column_config.TextColumn(_("After it"), width=96),
            "answers": st.column_config.NumberColumn(_("New answers"), width=98),
        },
    )  # fmt: skip
    used = str(found.plan.context["parameters"].get("model", "")) or _("the defaults")
    text = _(
        "The plan valued its visits by {model}. New rates count in plans only when a manager adopts them, on the page "
        "Learning."
    )
    st.caption(text.format(model=used))


def span(row: Mapping[Any, Any], when: str) -> str:
    """Give a rate with its range."""
    mean, low, high = (float(str(row[name])) for name in (when, f"{when}_low", f"{when}_high"))
    return f"{formats.percent(mean)} ({formats.number(100 * low)}–{formats.number(100 * high)})"


def crews(found: LookingBack) -> None:
    """Show each crew's week by visits and times, in the order of their ids."""
    st.markdown("**" + _("By crew") + "**")
    rows = []
    for _crew, mine in found.visits.groupby("crew_id", sort=True):
        made = mine[mine["outcome_id"] != ""]
        rows.append({
            "crew": str(mine["crew_name"].iloc[0]),
            "planned": len(mine),
            "made": len(made),
            "met": int((~made["code"].isin(NOBODY)).sum()),
            "late": against_plan(made["late_min"].median()) if len(made) else None,
            "most": against_plan(made["late_min"].quantile(0.9)) if len(made) else None,
        })  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        column_config={
            "crew": st.column_config.TextColumn(_("Crew")),
            "planned": st.column_config.NumberColumn(_("Planned"), width=80),
            "made": st.column_config.NumberColumn(_("Recorded"), width=80),
            "met": st.column_config.NumberColumn(_("Met"), width=60),
            "late": st.column_config.TextColumn(_("Middle visit")),
            "most": st.column_config.TextColumn(_("One in ten later than"), help=_("Against the plan.")),
        },
    )  # fmt: skip
    text = _(
        "In no order of merit, and without money: whom a crew was sent to decides that. The page Crews compares fairly."
    )
    if found.unplanned:
        unplanned = n_(
            "{n} visit of the week was in no plan.", "{n} visits of the week were in no plan.", found.unplanned
        )
        text = joined(text, unplanned)
    st.caption(text)


def against_plan(minutes: float | np.floating[Any]) -> str:
    """Say how much later or earlier than planned a visit began, whole minutes.

    >>> against_plan(-31.2), against_plan(55.6), against_plan(-0.4)
    ('31 min early', '56 min late', 'on time')
    """
    whole = round(minutes)
    text = _("{n} min late") if whole > 0 else _("{n} min early") if whole < 0 else _("on time")
    return text.format(n=abs(whole))


def required(kit: Services, principal: Principal, found: LookingBack) -> None:
    """Show required visits that met nobody, and why."""
    st.markdown("**" + _("Required visits missed") + "**")
    missed = found.required_missed
    if missed.empty:
        st.caption(_("None: at every required visit somebody was met."))
        return
    names = contact_names(kit.store, principal, found.branch.code)
    answer = st.dataframe(
        pd.DataFrame({
            "day": [formats.day(day.date()) for day in missed["day"]],
            "debtor": [names.get(one, one) for one in missed["debtor_id"]],
            "why": [_(WHY[one]) for one in missed["why"]],
            "outcome": [word(OUTCOMES, one) if one else None for one in missed["code"]],
            "due": [required_reason(one) for one in missed["required_reason"]],
        }),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        selection_mode="single-row",
        on_select="rerun",
        key=f"back_missed {found.week}",
        column_config={
            "day": st.column_config.TextColumn(_("Day"), width=108),
            "debtor": st.column_config.TextColumn(_("Debtor"), width=70),
            "why": st.column_config.TextColumn(_("What happened"), width=224),
            "outcome": st.column_config.TextColumn(_("Outcome"), width=160),
            "due": st.column_config.TextColumn(_("Why it was required"), width="large"),
        },
    )  # fmt: skip
    picked = answer["selection"]["rows"]
    if picked and picked[0] < len(missed) and st.button(_("Open the debtor"), icon=":material/person_search:"):
        to_debtor(str(missed["debtor_id"].iloc[picked[0]]), found.branch.code)


def how() -> None:
    """Say how the range is computed."""
    with st.expander(_("How is this computed?"), icon=":material/functions:"):
        st.write(_(
            "Each visit made pays with the chance that the plan's expected amount stands for, and then the part of the "
            "overdue amount that payers of the branch pay in the mean; 4,000 weeks are drawn so, once as if the "
            "plan's rates were true and once with its doubt about them, common to all visits of a week. Rates "
            "before and after are learnt from what was known on Monday morning and a week later; the range of a "
            "rate holds the true one in about eight of ten cases. A visit that nobody recorded is not known to "
            "have been made."
        ))  # fmt: skip
